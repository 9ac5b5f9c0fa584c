"""A path tells section, date, slug and language."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.ingest.naming import day_of_address, make_slug, read_path, words_as_title


@pytest.mark.parametrize(
    ("path", "section", "words", "day"),
    [
        ("note.md", "", "note", None),
        ("ville/pont.md", "ville", "pont", None),
        ("ville/quartiers/pont.md", "ville", "pont", None),
        ("_posts/2026-11-23-pont.md", "", "pont", date(2026, 11, 23)),
        ("ville/_posts/2026-11-23-pont.md", "ville", "pont", date(2026, 11, 23)),
        ("content/blog/sport/pont.md", "sport", "pont", None),
        ("2026/11/23/pont.md", "", "pont", date(2026, 11, 23)),
        ("2026/11/23/ville/pont.md", "ville", "pont", date(2026, 11, 23)),
        ("ville/2026/11/3/pont.md", "ville", "pont", date(2026, 11, 3)),
        ("2026-11/pont.md", "", "pont", None),
        ("ville/pont/index.md", "ville", "pont", None),
        ("pont/index.md", "", "pont", None),
        ("2026-11-23-pont/index.md", "", "pont", date(2026, 11, 23)),
        ("index.md", "", "index", None),
        ("2026-02-30-pont.md", "", "2026-02-30-pont", None),
        ("2026-11-23.md", "", "", date(2026, 11, 23)),
        ("ville/12/pont.md", "ville", "pont", None),
        ("12/pont.md", "12", "pont", None),
        ("2026/11-23-pont.md", "", "pont", date(2026, 11, 23)),
        ("ville/2026/11-23-pont/index.md", "ville", "pont", date(2026, 11, 23)),
        ("2026/13-23-pont.md", "", "13-23-pont", None),
        ("2026/11/10-raisons.md", "", "10-raisons", None),
        ("2026-11-23_pont.md", "", "pont", date(2026, 11, 23)),
        ("src/content/blog/pont.md", "", "pont", None),
    ],
)
def test_path_tells_section_words_and_day(path: str, section: str, words: str, day: date | None) -> None:
    named = read_path(path)
    assert (named.section, named.words, named.day) == (section, words, day)


def test_language_stands_before_the_ending() -> None:
    named = read_path("ville/pont.nl.md", languages=("fr", "nl"))
    assert (named.words, named.language) == ("pont", "nl")


@pytest.mark.parametrize(
    "path", ["nl/ville/pont.md", "content/nl/ville/pont.md", "ville/NL/pont.md", "nl/ville/pont/index.md"]
)
def test_language_may_be_a_folder(path: str) -> None:
    named = read_path(path, languages=("fr", "nl"))
    assert (named.words, named.section, named.language) == ("pont", "ville", "nl")


def test_language_of_nobody_is_a_section() -> None:
    assert read_path("de/pont.md", languages=("fr", "nl")).section == "de"


@pytest.mark.parametrize("moment", ["2026-11-23T07:30:00+01:00", "2026-11-23T06:30Z", "2026-11-23T07:30:00"])
def test_name_may_begin_with_a_moment(moment: str) -> None:
    named = read_path(f"ville/{moment}-pont.md")
    assert (named.words, named.moment, named.day) == ("pont", moment, None)


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("/2026/11/23/pont/", date(2026, 11, 23)),
        ("https://a.example/2026/11/23/pont", date(2026, 11, 23)),
        ("ville/2026-11-23/pont.html", date(2026, 11, 23)),
        ("/2026/11/pont", None),
        ("", None),
    ],
)
def test_address_may_name_a_day(address: str, day: date | None) -> None:
    assert day_of_address(address) == day


def test_other_dots_are_no_language() -> None:
    assert read_path("version-1.10.md", languages=("fr",)).words == "version-1.10"


@pytest.mark.parametrize(
    ("text", "language", "slug"),
    [
        ("Œuvre à l’été", "fr", "oeuvre-a-lete"),
        ("Größe und Übermut", "de", "groesse-und-uebermut"),
        ("Zoë coöperatie", "nl", "zoe-cooperatie"),
        ("日本", "fr", "ri-ben"),
    ],
)
def test_slug_follows_the_language(text: str, language: str, slug: str) -> None:
    assert make_slug(text, language=language) == slug


@given(st.text(max_size=200))
def test_slug_is_never_empty(text: str) -> None:
    slug = make_slug(text)
    assert slug
    assert slug.isascii()
    assert len(slug) <= 80


def test_title_comes_from_the_name() -> None:
    assert words_as_title("le-pont_des  écoles") == "Le pont des écoles"
