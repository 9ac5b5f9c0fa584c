"""Cron lines as people write them, and one clear reason for those that are none."""

from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.timetable import check_schedule, check_zone, iter_slots

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def _days(schedule: str, *, number: int = 4) -> str:
    return " ".join(f"{slot.due_at:%a}" for slot in islice(iter_slots(schedule, "UTC", after=MONDAY), number))


def _hours(field: str) -> list[int]:
    found = islice(iter_slots(f"0 {field} * * *", "UTC", after=MONDAY), 24)
    return sorted({slot.due_at.hour for slot in found})


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("mon-fri", "Mon Tue Wed Thu Fri Mon"),
        ("MON-FRI", "Mon Tue Wed Thu Fri Mon"),
        ("1-5", "Mon Tue Wed Thu Fri Mon"),
        ("fri-mon", "Mon Fri Sat Sun Mon Fri"),
        ("5-1", "Mon Fri Sat Sun Mon Fri"),
        ("fri-sun", "Fri Sat Sun Fri Sat Sun"),
        ("5-7", "Fri Sat Sun Fri Sat Sun"),
        ("sun", "Sun Sun Sun Sun Sun Sun"),
        ("0,7", "Sun Sun Sun Sun Sun Sun"),
        ("7-2", "Mon Tue Sun Mon Tue Sun"),
        ("sat-tue/2", "Mon Sat Mon Sat Mon Sat"),
        ("mon,wed-thu", "Mon Wed Thu Mon Wed Thu"),
        ("1-5/2", "Mon Wed Fri Mon Wed Fri"),
        ("sat-sun,wed", "Wed Sat Sun Wed Sat Sun"),
        ("fri-mon,wed", "Mon Wed Fri Sat Sun Mon"),
    ],
)
def test_weekdays_are_read(field: str, expected: str) -> None:
    assert _days(f"0 7 * * {field}", number=6) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("7", [7]),
        ("6-9", [6, 7, 8, 9]),
        ("22-2", [0, 1, 2, 22, 23]),
        ("22-3/2", [0, 2, 22]),
        ("*/6", [0, 6, 12, 18]),
        ("8-20/4", [8, 12, 16, 20]),
        ("7,12,18", [7, 12, 18]),
        ("23-1,12", [0, 1, 12, 23]),
    ],
)
def test_hours_are_read(field: str, expected: list[int]) -> None:
    assert _hours(field) == expected


def test_months_wrap_over_new_year() -> None:
    found = islice(iter_slots("0 7 1 nov-feb *", "UTC", after=MONDAY), 5)
    assert [slot.due_at.month for slot in found] == [12, 1, 2, 11, 12]


def test_day_or_weekday_is_enough() -> None:
    found = islice(iter_slots("0 7 13 * fri", "UTC", after=datetime(2026, 12, 1, tzinfo=UTC)), 4)
    assert [slot.due_at.day for slot in found] == [4, 11, 13, 18]


@pytest.mark.parametrize(
    ("alias", "line"),
    [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * 0"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
        (" @Daily ", "0 0 * * *"),
        ("0   7\t* * *", "0 7 * * *"),
    ],
)
def test_short_forms_mean_the_long(alias: str, line: str) -> None:
    short, long = (list(islice(iter_slots(text, "UTC", after=MONDAY), 3)) for text in (alias, line))
    assert short == long


@pytest.mark.parametrize("line", ["0 7 * * mon-fri", "@daily", "on publish", "*/5 * * * *"])
def test_good_schedule_is_given_back(line: str) -> None:
    assert check_schedule(line) == line


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "wrong number of fields"),
        ("0 7 * *", "wrong number of fields"),
        ("0 7 * * * * * *", "wrong number of fields"),
        ("60 7 * * *", "minute"),
        ("0 24 * * *", "hour"),
        ("0 7 0 * *", "day-of-month"),
        ("0 7 32 * *", "day-of-month"),
        ("0 7 * 13 *", "month"),
        ("0 7 * * 8", "day-of-week"),
        ("0 7 * * funday", "day-of-week"),
        ("0 7 * * mon-funday", "day-of-week"),
        ("0 30-2 * * *", "hour"),
        ("99-5 7 * * *", "minute"),
        ("0 7 * * 9-2", "day-of-week"),
        ("0 7 * 13-2 *", "month"),
        ("0 22-2/0 * * *", "hour"),
        ("*/0 7 * * *", "minute"),
        ("-5 7 * * *", "minute"),
        ("seven o'clock", "wrong number of fields"),
        ("@reboot", "wrong number of fields"),
        ("on Publish", "wrong number of fields"),
        ("0 7 30 2 *", "day-of-month"),
        ("0 7 31 feb,apr *", "day-of-month"),
        ("0 0 7 * * *", "wrong number of fields"),
        ("0 7 * * 8-2", "day-of-week"),
    ],
)
def test_bad_line_has_one_reason(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=rf"\Ait is no cron line \([^\n]*{reason}[^\n]*\): five fields [^\n]*\Z"):
        check_schedule(line)


@given(line=st.text() | st.text(alphabet="0123456789*/-, @abcL#", max_size=20))
def test_any_text_is_read_or_refused(line: str) -> None:
    with suppress(ValueError):
        assert check_schedule(line) == line


@pytest.mark.parametrize("zone", ["UTC", "Europe/Brussels", "Pacific/Apia", "America/Argentina/Ushuaia"])
def test_known_zone_is_given_back(zone: str) -> None:
    assert check_zone(zone) == zone


@pytest.mark.parametrize("zone", ["", "Brussels", "Europe/Atlantis", "../etc/passwd", "/etc/localtime", "+01:00"])
def test_unknown_zone_has_one_reason(zone: str) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]*such as Europe/Brussels[^\n]*\Z"):
        check_zone(zone)
