"""Moments in the spellings of people and generators."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.ingest.dates import find_written_date, parse_moment

BRUSSELS = ZoneInfo("Europe/Brussels")
PLUS_ONE = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=BRUSSELS)),
        ("2026/11/3", datetime(2026, 11, 3, tzinfo=BRUSSELS)),
        ("2026-11-23 07:00", datetime(2026, 11, 23, 7, tzinfo=BRUSSELS)),
        ("2026-11-23T7:05", datetime(2026, 11, 23, 7, 5, tzinfo=BRUSSELS)),
        ("2026-11-23T07:00:00Z", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-11-23 07:00:00 +0100", datetime(2026, 11, 23, 7, tzinfo=PLUS_ONE)),
        ("2026-11-23 07:00:00 UTC", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-11-23 07:00:00+1", datetime(2026, 11, 23, 7, tzinfo=PLUS_ONE)),
        ("Mon, 23 Nov 2026 07:00:00 +0100", datetime(2026, 11, 23, 7, tzinfo=PLUS_ONE)),
        ("Mon, 23 Nov 2026 07:00:00 -0000", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("23 novembre 2026", datetime(2026, 11, 23, tzinfo=BRUSSELS)),
        ("lundi 23 novembre 2026", datetime(2026, 11, 23, tzinfo=BRUSSELS)),
        ("le 1er décembre 2026 à 7 heures", datetime(2026, 12, 1, 7, tzinfo=BRUSSELS)),
        ("23 novembre 2026 à 7 h 30", datetime(2026, 11, 23, 7, 30, tzinfo=BRUSSELS)),
        ("23 nov. 2026, 19h05", datetime(2026, 11, 23, 19, 5, tzinfo=BRUSSELS)),
        ("mardi 3 mars 2026", datetime(2026, 3, 3, tzinfo=BRUSSELS)),
        ("November 23, 2026 7:30 AM", datetime(2026, 11, 23, 7, 30, tzinfo=BRUSSELS)),
        ("Monday, November 23rd, 2026 at 12:05 a.m.", datetime(2026, 11, 23, 0, 5, tzinfo=BRUSSELS)),
        ("Nov 23 2026", datetime(2026, 11, 23, tzinfo=BRUSSELS)),
        ("the 23rd of November 2026, 12 pm", datetime(2026, 11, 23, 12, tzinfo=BRUSSELS)),
        ("maandag 23 november 2026 om 7.30 uur", datetime(2026, 11, 23, 7, 30, tzinfo=BRUSSELS)),
        ("Montag, den 23. November 2026 um 7:30 Uhr", datetime(2026, 11, 23, 7, 30, tzinfo=BRUSSELS)),
        ("23.11.2026", datetime(2026, 11, 23, tzinfo=BRUSSELS)),
        ("23/11/2026 07:30", datetime(2026, 11, 23, 7, 30, tzinfo=BRUSSELS)),
        ("11/23/2026", datetime(2026, 11, 23, tzinfo=BRUSSELS)),
        ("11/11/2026", datetime(2026, 11, 11, tzinfo=BRUSSELS)),
        ("23 novembre 2026 07:30:15 +0100", datetime(2026, 11, 23, 7, 30, 15, tzinfo=PLUS_ONE)),
        ("2026-11-23 7:30 PM", datetime(2026, 11, 23, 19, 30, tzinfo=BRUSSELS)),
    ],
)
def test_written_moments_are_read(text: str, moment: datetime) -> None:
    assert parse_moment(text, BRUSSELS) == moment


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [("2026-10-25T02:30", "2026-10-25T00:30"), ("2026-03-29T02:30", "2026-03-29T01:30")],
    ids=["comes twice: the first", "never comes: an hour later on the clock"],
)
def test_hours_of_clock_changes_are_settled(text: str, in_utc: str) -> None:
    found = parse_moment(text, BRUSSELS)
    assert found is not None
    assert found.astimezone(UTC) == datetime.fromisoformat(f"{in_utc}+00:00")


def test_summer_dates_take_summer_time() -> None:
    found = parse_moment("2026-07-01T07:00", BRUSSELS)
    assert found is not None
    assert found.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    "value",
    [
        "05/12/2026",
        "31 février 2026",
        "mars 2026",
        "23 novembre 2026 à 25 h 00",
        "23 novembre 2026 7",
        "23 novembre 2026 13 pm",
        "23 novembre 2026, et la suite",
        "31.12.26",
    ],
)
def test_doubtful_words_give_no_date(value: str) -> None:
    assert parse_moment(value, BRUSSELS) is None


@pytest.mark.parametrize("value", ["2026-02-30", "tomorrow", "", "2026", "0001-01-01T00:00:00Z", 20261123, True, None])
def test_what_is_no_date_gives_none(value: object) -> None:
    assert parse_moment(value, BRUSSELS) is None


@given(st.integers(min_value=-2_000_000_000, max_value=7_000_000_000))
def test_iso_forms_come_back_whole(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert parse_moment(moment.isoformat(), BRUSSELS) == moment


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = parse_moment(text, BRUSSELS)
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Bruxelles, le 1er décembre 2026", date(2026, 12, 1)),
        ("lundi 23 novembre 2026", date(2026, 11, 23)),
        ("November 23rd, 2026", date(2026, 11, 23)),
        ("maandag 23 november 2026", date(2026, 11, 23)),
        ("le 31 février 2026", None),
        ("le 13 novembre", None),
    ],
)
def test_written_days_are_found(text: str, day: date | None) -> None:
    assert find_written_date(text) == day
