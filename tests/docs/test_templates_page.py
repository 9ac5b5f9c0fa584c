"""docs/templates.md names every template that there is."""

from tests.docs.pages import ROOT, read_page


def test_page_names_every_template() -> None:
    page, folder = read_page("docs/templates.md"), ROOT / "templates"
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    assert [name for name in names if f"`{name}`" not in page] == []
