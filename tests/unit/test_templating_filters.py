"""Filters: dates in words, full addresses, heading levels."""

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from publisher.templating.filters import (
    absolute,
    build_filters,
    direction,
    focusable_tables,
    headings_from,
    iso,
    name_language,
    one_line,
)

LATE = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "shown"),
    [("fr", "lundi 23 novembre 2026"), ("nl", "maandag 23 november 2026"), ("en", "Monday, November 23, 2026")],
)
def test_long_date_speaks_the_language(language: str, shown: str) -> None:
    filters = build_filters(Locale(language))
    assert filters["long_date"](LATE, "Europe/Brussels", has_weekday=True) == shown


@pytest.mark.parametrize(("timezone", "shown"), [("Europe/Brussels", "23 novembre 2026"), ("UTC", "22 novembre 2026")])
def test_date_is_that_of_the_zone(timezone: str, shown: str) -> None:
    assert build_filters(Locale("fr"))["long_date"](LATE, timezone) == shown


def test_date_time_has_both() -> None:
    assert build_filters(Locale("fr"))["date_time"](LATE, "Europe/Brussels") == "23 novembre 2026, 00:30"


def test_iso_is_utc_with_a_z() -> None:
    assert iso(datetime.fromisoformat("2026-11-23T00:30:05.123+01:00")) == "2026-11-22T23:30:05Z"


@pytest.mark.parametrize(
    ("path", "full"), [("/a", "https://x.example/a"), ("https://y.example/", "https://y.example/")]
)
def test_absolute_completes_paths_only(path: str, full: str) -> None:
    assert absolute(path, "https://x.example") == full


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("xx", "ltr"), ("", "ltr")]
)
def test_direction_is_the_scripts(language: str, expected: str) -> None:
    assert direction(language) == expected


@pytest.mark.parametrize(("language", "name"), [("fr", "français"), ("nl", "Nederlands"), ("x-odd", "x-odd")])
def test_language_is_named_by_its_speakers(language: str, name: str) -> None:
    assert name_language(language) == name


def test_one_line_folds_white_space() -> None:
    assert one_line(" 12 rue\n  du Puits ") == "12 rue du Puits"


@pytest.mark.parametrize(
    ("html", "level", "moved"),
    [
        ("<h2>a</h2><h3>b</h3>", 3, "<h3>a</h3><h4>b</h4>"),
        ("<h1>a</h1>", 2, "<h2>a</h2>"),
        ("<h4>a</h4>", 2, "<h2>a</h2>"),
        ("<h2>a</h2><h5>b</h5>", 2, "<h2>a</h2><h3>b</h3>"),
        ("<h5>a</h5><h6>b</h6>", 5, "<h5>a</h5><h6>b</h6>"),
        ('<h2 lang="fr">a</h2><hr>', 3, '<h3 lang="fr">a</h3><hr>'),
    ],
)
def test_headings_move_without_gaps(html: str, level: int, moved: str) -> None:
    assert headings_from(html, level) == moved


@given(levels=st.lists(st.integers(1, 6), min_size=1), start=st.integers(2, 4))
def test_no_heading_ever_skips(levels: list[int], start: int) -> None:
    html = headings_from("".join(f"<h{level}>x</h{level}>" for level in levels), start)
    moved = [start - 1, *(int(level) for level in re.findall(r"<h(\d)", html))]
    assert all(start <= now <= before + 1 for before, now in pairwise(moved))
    assert re.findall(r"<h(\d)", html) == re.findall(r"</h(\d)", html)


def test_every_table_takes_the_focus() -> None:
    html = '<p>A &lt;table&gt;.</p><table><tr><td><table lang="fr"></table></td></tr></table>'
    assert focusable_tables(html) == html.replace("<table", '<table tabindex="0"')
