"""Jinja templates: the home's own before the built-in ones, one environment for each language."""

import hashlib
import traceback
from pathlib import Path

import jinja2

from publisher.errors import TemplateError
from publisher.templating.filters import build_filters, slot
from publisher.templating.languages import CATALOGUES, find_catalogue, find_locale, spoken

_KINDS = (".html", ".txt", ".xml")


class Templates:
    """The templates of one home; values are only ever shown, never run as template source."""

    def __init__(self, overrides: Path | None, built_in: Path) -> None:
        folders = (overrides, built_in) if overrides else (built_in,)
        self._loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in folders])
        self._environments: dict[str, jinja2.Environment] = {}
        self._fingerprint = ""

    def render(self, name: str, *, language: str, **values: object) -> str:
        """The template's text for a reader of `language`. Raises TemplateError with the template's name and line."""
        try:
            return self._environment(language).get_template(name).render(**values)
        except Exception as error:  # a home's own template is a program: whatever it raises is its fault
            raise TemplateError(_explain(name, error)) from error

    def has(self, name: str) -> bool:
        """Whether there is a template of that name, built in or the home's own."""
        try:
            self._loader.get_source(self._environment("en"), name)
        except jinja2.TemplateNotFound:
            return False
        return True

    def source(self, name: str) -> str:
        """A template's own text, as for a stylesheet, which is not rendered."""
        try:
            return self._loader.get_source(self._environment("en"), name)[0]
        except jinja2.TemplateError as error:
            raise TemplateError(_explain(name, error)) from error

    def check(self) -> list[str]:
        """One line for each template that does not compile."""
        return [problem for name in self._loader.list_templates() if (problem := self._check(name))]

    def fingerprint(self) -> str:
        """A digest of all templates and catalogues as they lie there now: what is rendered from now on is made of them.

        It is equal exactly when what they make of the same values is.
        """
        digest = hashlib.sha256()
        sources = {name: self.source(name).encode() for name in self._loader.list_templates() if _is_text(name)}
        words = {path.name: path.read_bytes() for path in CATALOGUES.glob("*.po")}
        for name, data in sorted((sources | words).items()):
            digest.update(f"{name} {len(data)}\n".encode() + data)
        if self._fingerprint != digest.hexdigest():
            self._fingerprint, self._environments = digest.hexdigest(), {}
        return self._fingerprint

    def _check(self, name: str) -> str | None:
        if not name.endswith(_KINDS):
            return None
        try:
            self._environment("en").get_template(name)
        except (jinja2.TemplateError, UnicodeDecodeError) as error:
            return _explain(name, error)
        return None

    def _environment(self, language: str) -> jinja2.Environment:
        tag, environments = spoken(language), self._environments
        if tag not in environments:
            locale = find_locale(language)
            environment = _build_environment(self._loader)
            environment.filters.update(build_filters(locale))
            environment.globals |= {"language": tag, "direction": locale.text_direction, "slot": slot}
            words = find_catalogue(locale.language)
            environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
            environments[tag] = environment
        return environments[tag]


def _build_environment(loader: jinja2.BaseLoader) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=loader,
        autoescape=jinja2.select_autoescape(enabled_extensions=("html", "xml"), default=False),
        undefined=jinja2.StrictUndefined,
        auto_reload=False,  # `fingerprint` looks at the files once, which is dear for each page
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    return environment


def _is_text(name: str) -> bool:
    return name.endswith((*_KINDS, ".css"))


def _explain(name: str, error: Exception) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        missing = error.message or name
        return f"{name}: there is no template {missing}" if missing != name else f"there is no template {name}"
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.name or name}:{error.lineno}: {error.message}"
    return f"{_place(name, error)}: {error or type(error).__name__}"


def _place(name: str, error: Exception) -> str:
    # Jinja rewrites a traceback so that its innermost template frame has the template's own file and line.
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith(_KINDS):
            return f"{name}:{frame.lineno}" if frame.filename.endswith(name) else f"{frame.filename}:{frame.lineno}"
    return name
