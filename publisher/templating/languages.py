"""The languages that templates speak: English in the templates themselves, the others in catalogues below."""

import functools
import gettext
import io
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from publisher.errors import TemplateError

ENGLISH = "en"
CATALOGUES = Path(__file__).parent / "catalogues"


def list_languages() -> tuple[str, ...]:
    """The languages that there are words for, English first."""
    return (ENGLISH, *read_catalogues())


@functools.lru_cache(maxsize=256)
def spoken(language: str) -> str:
    """The tag of the language that a reader of `language` gets: `fr-BE` for itself, `en` where we lack the words."""
    return str(find_locale(language)).replace("_", "-")


def translate(language: str, text: str, **values: object) -> str:
    """An English text in `language`; where there are values, its `%(name)s` are filled in."""
    words = find_catalogue(find_locale(language).language).gettext(text)
    return words % values if values else words


@functools.lru_cache(maxsize=256)
def find_locale(language: str) -> Locale:
    """How dates are written for a language tag: its own region's way, else its language's, else the English way."""
    base = language.replace("_", "-").partition("-")[0].casefold()
    if base not in list_languages():
        return Locale(ENGLISH)
    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale(base)


def find_catalogue(base: str) -> gettext.NullTranslations:
    """The words of a language without its region; one that leaves English as it is where there are none."""
    return read_catalogues().get(base) or gettext.NullTranslations()


@functools.cache
def read_catalogues() -> dict[str, gettext.GNUTranslations]:
    """Every catalogue by its language, read once. Raises TemplateError that names the file."""
    return {path.stem: _read(path) for path in sorted(CATALOGUES.glob("*.po"))}


def _read(path: Path) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    try:
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=path.stem, abort_invalid=True))
    except (PoFileError, ValueError, UnknownLocaleError) as error:
        raise TemplateError(f"{path.name}: {error}") from error
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
