"""Languages: which one a reader gets, and that every word of ours is there in each."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from publisher import share
from publisher.templating import find_locale, list_languages, spoken, translate
from publisher.templating.languages import CATALOGUES, read_catalogues

ROOMS = Path(share.__file__).parent
# What puts words before a reader, with the place of those words among its arguments.
SPEAKERS = (
    {"translate": (2,), "say": (2,), "_show_problem": (2,), "RefusedError": (1,)},
    {"say": (3,)},
)
PLACES = re.compile(r"%\(\w+\)s")
OTHERS = [language for language in list_languages() if language != "en"]


def iter_template_messages() -> Iterator[str]:
    folder = share.find_folder("templates")
    for path in [*folder.rglob("*.html"), *folder.rglob("*.txt")]:
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], {"trimmed": "true"}):
                yield str(message[0] if isinstance(message, tuple) else message)


def iter_code_messages() -> Iterator[str]:
    for path, keywords in product(ROOMS.rglob("*.py"), SPEAKERS):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, keywords=keywords):
                text = message if isinstance(message, str) else message[0]
                if not text[0].islower():  # the others are for the operator
                    yield text


@pytest.fixture(scope="module")
def wanted() -> set[str]:
    return {*iter_template_messages(), *iter_code_messages()}


def read_messages(language: str) -> list[Message]:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def places(texts: object) -> set[str]:
    return set(PLACES.findall(str(texts)))


def test_pages_say_literal_words() -> None:
    """A sentence in a variable would be in no catalogue; a refusal's own reason is one of RefusedError's."""
    for path in (ROOMS / "web").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say":
                spoken = [ast.unparse(argument) for argument in call.args[1:] if not isinstance(argument, ast.Constant)]
                assert set(spoken) <= {"problem.reason"}, f"{path.name}:{call.lineno}"


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language: str, wanted: set[str]) -> None:
    given = {key(message) for message in read_messages(language) if message.string and all(message.string)}
    assert wanted - given == set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: str, wanted: set[str]) -> None:
    assert {key(message) for message in read_messages(language)} - wanted == set()


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_their_places(language: str) -> None:
    for message in read_messages(language):
        assert places(message.string) == places(message.id)


def test_english_needs_no_catalogue() -> None:
    assert list_languages()[0] == "en"
    assert "en" not in read_catalogues()


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("fr", "fr"),
        ("fr-BE", "fr-BE"),
        ("fr_BE", "fr-BE"),
        ("FR-xx", "fr"),
        ("nl", "nl"),
        ("en-GB", "en-GB"),
        ("de", "en"),
        ("", "en"),
        ("../fr", "en"),
        ("f", "en"),
    ],
)
def test_unknown_languages_become_english(asked: str, given: str) -> None:
    assert spoken(asked) == given


def test_region_shares_its_languages_words() -> None:
    assert translate("fr-BE", "Read on") == translate("fr", "Read on") == "Lire la suite"


def test_values_fill_their_places() -> None:
    assert translate("en", "Read on: %(title)s", title="100 %") == "Read on: 100 %"


def test_unknown_text_stays_as_it_is() -> None:
    assert translate("fr", "Nobody translated 100 % of this") == "Nobody translated 100 % of this"


def test_direction_follows_the_language() -> None:
    assert find_locale("fr").text_direction == "ltr"
