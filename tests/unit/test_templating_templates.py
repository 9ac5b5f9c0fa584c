"""Templates: overrides, escaping, errors that name their place."""

from pathlib import Path

import pytest

from publisher import share
from publisher.domain import slots
from publisher.errors import TemplateError
from publisher.templating import Templates


@pytest.fixture
def built_in(tmp_path: Path) -> Path:
    return tmp_path / "built_in"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


def write(folder: Path, name: str, source: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)


def render(folder: Path, source: str, *, name: str = "a.html", language: str = "en", **values: object) -> str:
    write(folder, name, source)
    return Templates(None, folder).render(name, language=language, **values)


def test_own_template_comes_first(own: Path, built_in: Path) -> None:
    write(built_in, "email/a.txt", "built in")
    write(own, "email/a.txt", "own")
    assert Templates(own, built_in).render("email/a.txt", language="en") == "own"


def test_built_in_template_fills_the_gap(own: Path, built_in: Path) -> None:
    write(built_in, "email/a.txt", "built in")
    assert Templates(own, built_in).render("email/a.txt", language="en") == "built in"


@pytest.mark.parametrize("text", ["{{7*7}}", "{% raw %}", "${7*7}", "{# x #}", "<%= 7*7 %>"])
def test_values_are_never_template_source(built_in: Path, text: str) -> None:
    assert render(built_in, "{{ title }}", name="a.txt", title=text) == text


@pytest.mark.parametrize(("name", "shown"), [("a.html", "&lt;b&gt;"), ("a.xml", "&lt;b&gt;"), ("a.txt", "<b>")])
def test_markup_is_escaped_where_it_counts(built_in: Path, name: str, shown: str) -> None:
    assert render(built_in, "{{ title }}", name=name, title="<b>") == shown


def test_undefined_name_names_its_line(built_in: Path) -> None:
    with pytest.raises(TemplateError, match=r"^a\.html:2: 'titel' is undefined$"):
        render(built_in, "one\n{{ titel }}")


def test_error_in_include_names_the_include(built_in: Path) -> None:
    write(built_in, "part.html", "\n\n{{ titel }}")
    with pytest.raises(TemplateError, match=r"part\.html:3: 'titel' is undefined$"):
        render(built_in, '{% include "part.html" %}')


def test_syntax_error_names_its_line(built_in: Path) -> None:
    with pytest.raises(TemplateError, match=r"^a\.html:2: "):
        render(built_in, "one\n{% if %}")


def test_wrong_operation_is_a_template_error(built_in: Path) -> None:
    with pytest.raises(TemplateError, match=r"^a\.html:1: "):
        render(built_in, "{{ 1 + 'a' }}")


def test_missing_template_is_named(built_in: Path) -> None:
    with pytest.raises(TemplateError, match=r"^there is no template email/none\.html$"):
        Templates(None, built_in).render("email/none.html", language="en")


def test_missing_include_names_both(built_in: Path) -> None:
    with pytest.raises(TemplateError, match=r"^a\.html: there is no template none\.html$"):
        render(built_in, '{% include "none.html" %}')


def test_check_lists_each_broken_template(own: Path, built_in: Path) -> None:
    write(built_in, "good.html", "{{ x }}")
    write(own, "bad.html", "{% for %}")
    write(own, "style.css", "a {# not a comment")
    assert [line.partition(":")[0] for line in Templates(own, built_in).check()] == ["bad.html"]


def test_built_in_templates_are_sound() -> None:
    assert Templates(None, share.find_folder("templates")).check() == []


def test_has_looks_in_both_folders(own: Path, built_in: Path) -> None:
    write(own, "email/weekly.html", "")
    templates = Templates(own, built_in)
    assert templates.has("email/weekly.html")
    assert not templates.has("email/weekly.txt")


def test_path_cannot_leave_the_folder(tmp_path: Path, built_in: Path) -> None:
    write(tmp_path, "secret.txt", "secret")
    assert not Templates(None, built_in).has("../secret.txt")


def test_fingerprint_changes_with_an_override(own: Path, built_in: Path) -> None:
    write(built_in, "a.txt", "one")
    before = Templates(own, built_in).fingerprint()
    write(own, "a.txt", "two")
    assert Templates(own, built_in).fingerprint() != before


def test_fingerprint_is_the_same_twice(built_in: Path) -> None:
    write(built_in, "a.txt", "one")
    assert Templates(None, built_in).fingerprint() == Templates(None, built_in).fingerprint()


def test_source_is_not_rendered(built_in: Path) -> None:
    write(built_in, "web/style.css", "a { b: {{ c }} }")
    assert Templates(None, built_in).source("web/style.css") == "a { b: {{ c }} }"


def test_missing_source_is_a_template_error(built_in: Path) -> None:
    with pytest.raises(TemplateError):
        Templates(None, built_in).source("web/style.css")


def test_template_knows_its_language(built_in: Path) -> None:
    assert render(built_in, "{{ language }} {{ direction }}", language="fr-BE") == "fr-BE ltr"


def test_template_speaks_the_readers_language(built_in: Path) -> None:
    assert render(built_in, "{% trans %}Read on{% endtrans %}", language="nl") == "Lees verder"


@pytest.mark.parametrize(
    ("count", "shown"), [(1, "Un autre article sur le site"), (3, "3 autres articles sur le site")]
)
def test_plural_follows_the_count(built_in: Path, count: int, shown: str) -> None:
    source = "{% trans count=n %}One more article on the site{% pluralize %}{{ count }} more articles on the site"
    assert render(built_in, source + "{% endtrans %}", language="fr", n=count) == shown


def test_slot_stands_as_its_mark(built_in: Path) -> None:
    assert render(built_in, '{{ slot("confirm_url") }}') == slots.mark("confirm_url")


def test_unknown_slot_is_refused(built_in: Path) -> None:
    with pytest.raises(TemplateError, match="password"):
        render(built_in, '{{ slot("password") }}')
