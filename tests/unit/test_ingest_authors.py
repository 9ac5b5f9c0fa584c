"""Words for authors get their names from the nearest authors.yml; a page's meta lines are its header."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from publisher.domain.article import Content
from publisher.errors import SeedError
from publisher.ingest import Draft, Reading, Rules, read_neighbour, read_seed
from publisher.ingest.dates import parse_moment
from publisher.ingest.folder.neighbours import MAX_SIZE

BRUSSELS = ZoneInfo("Europe/Brussels")
RULES = Rules(timezone="Europe/Brussels", language="fr")
BOOK = b"anne:\n  name: Anne Petit\n  title: Editor\njan: Jan Maes\nempty: {}\n"


def content(text: str, *, path: str = "blog/2026/pont.md", files: dict[str, bytes] | None = None) -> Content:
    found = read_seed(path, text.encode(), RULES, asset=lambda path: None, neighbour=(files or {}).get)
    assert isinstance(found, Reading)
    return found.content


def signed(authors: str) -> str:
    return f"---\ntitle: x\nauthors: {authors}\n---\nText.\n"


@pytest.mark.parametrize("place", ["blog/2026/authors.yml", "blog/authors.yml", "authors.yml", "_data/authors.yml"])
def test_words_get_their_names(place: str) -> None:
    found = content(signed("[anne, {key: jan, title: Guest}, empty, Zoë Claes]"), files={place: BOOK})
    assert found.authors == ("Anne Petit", "Jan Maes", "empty", "Zoë Claes")


def test_nearest_names_are_taken() -> None:
    found = content(signed("anne"), files={"authors.yml": b"anne: Other", "blog/authors.yml": BOOK})
    assert found.authors == ("Anne Petit",)


@pytest.mark.parametrize("book", [b"anne: [", b"\x00\x00", b"anne: 1\nanne: 2\n"])
def test_broken_names_leave_a_note(book: bytes) -> None:
    found = content(signed("anne"), files={"authors.yml": book})
    assert found.authors == ("anne",)
    assert "authors.yml" in found.notes[0]


def test_full_names_look_nothing_up() -> None:
    looked: list[str] = []
    read_seed("a.md", signed("Anne Petit").encode(), RULES, asset=lambda path: None, neighbour=looked.append)
    assert looked == []


def test_neighbour_stays_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "seeds" / "blog").mkdir(parents=True)
    (tmp_path / "authors.yml").write_bytes(BOOK)
    (tmp_path / "seeds" / "authors.yml").write_bytes(BOOK)
    (tmp_path / "seeds" / "blog" / "authors.yml").symlink_to(tmp_path / "authors.yml")
    (tmp_path / "seeds" / "_data").symlink_to(tmp_path)
    places = ("authors.yml", "blog/authors.yml", "_data/authors.yml", "none.yml")
    assert [read_neighbour(tmp_path / "seeds", place) for place in places] == [BOOK, None, None, None]


def test_huge_neighbour_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "authors.yml").write_bytes(b"#" * (MAX_SIZE + 1))
    assert read_neighbour(tmp_path, "authors.yml") is None


def page(*metas: str) -> str:
    return f"<html><head><title>Le pont</title>{''.join(metas)}</head><body><p>Il est ouvert.</p></body></html>"


def meta(name: str, text: str) -> str:
    return f'<meta name="{name}" content="{text}">'


def test_meta_lines_are_a_header() -> None:
    metas = (meta("date", "2026-11-23 07:30"), meta("tags", "pont, canal"), meta("category", "Travaux"))
    found = content(page(*metas, meta("Authors", "Anne Petit"), meta("slug", "le-pont")), path="a.html")
    assert found.date == parse_moment("2026-11-23 07:30", BRUSSELS)
    assert (found.tags, found.section, found.authors, found.wanted_slug) == (
        ("pont", "canal"),
        "Travaux",
        ("Anne Petit",),
        "le-pont",
    )


def test_hidden_page_is_left_out() -> None:
    found = read_seed("a.html", page(meta("status", "hidden")).encode(), RULES, asset=lambda path: None)
    assert found == Draft("a.html", "status: hidden")


def test_odd_date_of_a_page_is_passed_over() -> None:
    assert content(page(meta("date", "some day"), meta("tags", "pont")), path="a.html").date is None


def test_lead_picture_elsewhere_leaves_a_note() -> None:
    found = content("---\ntitle: x\nheroImage: ../../../assets/a.png\n---\nText.\n")
    assert (found.lead_image, len(found.notes)) == ("", 1)


def test_missing_lead_picture_is_refused() -> None:
    with pytest.raises(SeedError, match=r"a\.png"):
        content("---\ntitle: x\nimage: a.png\n---\nText.\n")


@pytest.mark.parametrize(
    ("path", "header", "said"),
    [
        ("2026-11-20-x.md", "date: 2026-11-23", "2026-11-23"),
        ("2026-11-20-x.md", "permalink: /2026/11/23/x", "2026-11-20"),
        ("x.md", "permalink: /2026/11/23/x", "2026-11-23"),
        ("2026-11-23T07:30:00+01:00-x.md", "title: x", "2026-11-23T07:30:00+01:00"),
    ],
)
def test_date_is_sought_in_order(path: str, header: str, said: str) -> None:
    assert content(f"---\n{header}\n---\nText.\n", path=path).date == parse_moment(said, BRUSSELS)
