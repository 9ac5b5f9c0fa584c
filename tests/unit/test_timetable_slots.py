"""Slots on wall time, over both clock changes; the names follow the rules of the standards' section F."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.timetable import due_slots, find_period, iter_slots

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Brussels",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _slots(schedule: str, zone: str, after: str, *, number: int) -> list[str]:
    found = islice(iter_slots(schedule, zone, after=_at(after)), number)
    return [f"{slot.name} {slot.due_at:%m-%dT%H:%MZ}" for slot in found]


def test_t01_gap_runs_once_after_it() -> None:
    assert _slots("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00", number=3) == [
        "2026-03-28T0230 03-28T01:30Z",
        "2026-03-29T0230 03-29T01:30Z",  # 03:30 in summer time
        "2026-03-30T0230 03-30T00:30Z",
    ]


def test_t01_gap_and_next_hour_meet_once() -> None:
    assert _slots("0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00", number=3) == [
        "2026-03-29T0200 03-29T01:00Z",
        "2026-03-30T0200 03-30T00:00Z",
        "2026-03-30T0300 03-30T01:00Z",
    ]


def test_t01_restart_after_gap_still_runs_it() -> None:
    assert _slots("30 2 * * *", "Europe/Berlin", "2026-03-29T01:10", number=1) == ["2026-03-29T0230 03-29T01:30Z"]


def test_t02_overlap_runs_once_first() -> None:
    assert _slots("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", number=2) == [
        "2026-10-25T0230 10-25T00:30Z",  # fold=0: still summer time
        "2026-10-26T0230 10-26T01:30Z",
    ]


def test_t02_repeated_hour_has_one_slot() -> None:
    assert _slots("0 * * * *", "Europe/Berlin", "2026-10-24T23:30", number=3) == [
        "2026-10-25T0200 10-25T00:00Z",
        "2026-10-25T0300 10-25T02:00Z",
        "2026-10-25T0400 10-25T03:00Z",
    ]


def test_t02_between_the_twins_nothing_comes() -> None:
    assert _slots("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30", number=1) == ["2026-10-26T0230 10-26T01:30Z"]


def test_t03_half_hour_gap_runs_once() -> None:
    assert _slots("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00", number=2) == [
        "2026-10-04T0215 10-03T15:45Z",  # 02:45 with summer time
        "2026-10-05T0215 10-04T15:15Z",
    ]


def test_t03_half_hour_overlap_runs_once() -> None:
    assert _slots("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00", number=2) == [
        "2026-04-05T0145 04-04T14:45Z",
        "2026-04-06T0145 04-05T15:15Z",
    ]


def test_t03_short_gap_hides_no_slot() -> None:
    assert _slots("10,35,38 2 * * *", "Australia/Lord_Howe", "2026-10-03T15:00", number=3) == [
        "2026-10-04T0235 10-03T15:35Z",
        "2026-10-04T0238 10-03T15:38Z",
        "2026-10-04T0210 10-03T15:40Z",
    ]


def test_t04_skipped_day_has_no_slot() -> None:
    assert _slots("0 7 * * *", "Pacific/Apia", "2011-12-29T00:00", number=3) == [
        "2011-12-29T0700 12-29T17:00Z",
        "2011-12-31T0700 12-30T17:00Z",
        "2012-01-01T0700 12-31T17:00Z",
    ]


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        ("0 7 29 * *", ["01-29", "03-29", "04-29"]),
        ("0 7 30 * *", ["01-30", "03-30", "04-30"]),
        ("0 7 31 * *", ["01-31", "03-31", "05-31"]),
        ("0 7 L * *", ["01-31", "02-28", "03-31"]),
    ],
)
def test_t05_short_months_are_skipped(schedule: str, days: list[str]) -> None:
    found = islice(iter_slots(schedule, "UTC", after=_at("2026-01-01T00:00")), 3)
    assert [f"{slot.due_at:%m-%d}" for slot in found] == days


def test_t05_leap_day_comes_every_four_years() -> None:
    found = islice(iter_slots("0 7 29 2 *", "UTC", after=_at("2026-01-01T00:00")), 2)
    assert [slot.name for slot in found] == ["2028-02-29T0700", "2032-02-29T0700"]


def test_t07_missed_slots_are_all_due() -> None:
    slots = due_slots("0 7 * * *", "UTC", seen_at=_at("2026-11-20T12:00"), decided=(), now=_at("2026-11-23T07:00"))
    assert [slot.name for slot in slots] == ["2026-11-21T0700", "2026-11-22T0700", "2026-11-23T0700"]


def test_t08_clock_set_back_repeats_nothing() -> None:
    seen_at, decided = _at("2026-11-22T12:00"), {"2026-11-23T0700"}
    for now in ("2026-11-23T07:00", "2026-11-23T06:00", "2026-11-23T07:00"):
        assert due_slots("0 7 * * *", "UTC", seen_at=seen_at, decided=decided, now=_at(now)) == []


def test_t10_slot_is_named_by_wall_time() -> None:
    (slot,) = islice(iter_slots("0 7 * * *", "Asia/Kathmandu", after=_at("2026-11-23T00:00")), 1)
    assert (slot.name, slot.due_at) == ("2026-11-23T0700", _at("2026-11-23T01:15"))


@pytest.mark.parametrize(
    ("seen_at", "is_due"),
    [("2026-11-23T06:59:59", True), ("2026-11-23T07:00:00", False), ("2026-11-23T07:00:01", False)],
)
def test_t10_past_slot_never_becomes_due(seen_at: str, is_due: bool) -> None:
    slots = due_slots("0 7 * * *", "UTC", seen_at=_at(seen_at), decided=(), now=_at("2026-11-23T12:00"))
    assert bool(slots) is is_due


def test_slot_is_due_at_its_instant() -> None:
    seen_at = _at("2026-11-23T00:00")
    early = _at("2026-11-23T07:00") - timedelta(microseconds=1)
    assert due_slots("0 7 * * *", "UTC", seen_at=seen_at, decided=(), now=early) == []
    assert len(due_slots("0 7 * * *", "UTC", seen_at=seen_at, decided=(), now=_at("2026-11-23T07:00"))) == 1


def test_decided_slots_are_left_out() -> None:
    decided = {"2026-11-22T0700"}
    slots = due_slots("0 7 * * *", "UTC", seen_at=_at("2026-11-20T12:00"), decided=decided, now=_at("2026-11-23T08:00"))
    assert [slot.name for slot in slots] == ["2026-11-21T0700", "2026-11-23T0700"]


SCHEDULES = st.builds(
    "{} {} * * {}".format,
    st.sampled_from(["0", "*/15", "30", "1,59", "10,35", "*/7"]),
    st.sampled_from(["*", "0-4", "2", "2,3", "22-3", "*/5"]),
    st.sampled_from(["*", "*", "mon-fri", "sat,sun"]),
)
CHANGES = st.sampled_from([_at(day) for day in ("2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03", "2011-12-29")])
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)) | CHANGES  # noqa: DTZ001


@given(schedule=SCHEDULES, zone=st.sampled_from(ZONES), after=MOMENTS)
def test_slots_follow_strictly(schedule: str, zone: str, after: datetime) -> None:
    instants = [after, *(slot.due_at for slot in islice(iter_slots(schedule, zone, after=after), 60))]
    assert all(one < next_one for one, next_one in pairwise(instants))


@given(schedule=SCHEDULES, zone=st.sampled_from(ZONES), after=MOMENTS)
def test_slots_have_different_names(schedule: str, zone: str, after: datetime) -> None:
    names = [slot.name for slot in islice(iter_slots(schedule, zone, after=after), 60)]
    assert len(set(names)) == len(names)


@given(schedule=SCHEDULES, zone=st.sampled_from(ZONES), after=MOMENTS)
def test_slot_shows_its_name_on_clocks(schedule: str, zone: str, after: datetime) -> None:
    for slot in islice(iter_slots(schedule, zone, after=after), 60):
        wall = datetime.strptime(slot.name, "%Y-%m-%dT%H%M")  # noqa: DTZ007
        shown = slot.due_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert timedelta(0) <= shown - wall <= 2 * HOUR


@settings(max_examples=50)
@given(zone=st.sampled_from(ZONES), after=MOMENTS, minutes=st.sets(st.integers(0, 59), min_size=1, max_size=3))
def test_every_hour_has_its_slots(zone: str, after: datetime, minutes: set[int]) -> None:
    schedule = f"{','.join(map(str, sorted(minutes)))} * * * *"
    end = after + 2 * DAY
    due = {slot.due_at for slot in islice(iter_slots(schedule, zone, after=after), 200) if slot.due_at <= end}
    every_minute = (after.replace(second=0, microsecond=0) + timedelta(minutes=step) for step in range(1, 2 * 24 * 60))
    local = ((instant, instant.astimezone(ZoneInfo(zone))) for instant in every_minute)
    assert due >= {instant for instant, wall in local if wall.minute in minutes and not wall.fold}


@given(schedule=SCHEDULES, zone=st.sampled_from(ZONES), seen_at=MOMENTS, hours=st.integers(0, 100))
def test_due_slots_lie_after_first_sight(schedule: str, zone: str, seen_at: datetime, hours: int) -> None:
    now = seen_at + hours * HOUR
    slots = due_slots(schedule, zone, seen_at=seen_at, decided=(), now=now)
    assert all(seen_at < slot.due_at <= now for slot in slots)


@given(schedule=SCHEDULES, zone=st.sampled_from(ZONES), seen_at=MOMENTS, hours=st.lists(st.integers(1, 9), max_size=8))
def test_looking_often_finds_the_same(schedule: str, zone: str, seen_at: datetime, hours: list[int]) -> None:
    decided: set[str] = set()
    now = seen_at
    for step in hours:
        now += step * HOUR
        decided |= {slot.name for slot in due_slots(schedule, zone, seen_at=seen_at, decided=decided, now=now)}
    at_once = due_slots(schedule, zone, seen_at=seen_at, decided=(), now=now)
    assert decided == {slot.name for slot in at_once}


@given(schedule=SCHEDULES, zone=st.sampled_from(ZONES), after=MOMENTS, hours=st.integers(0, 50))
def test_starting_later_names_slots_alike(schedule: str, zone: str, after: datetime, hours: int) -> None:
    later = after + hours * HOUR
    all_slots = islice(iter_slots(schedule, zone, after=after), 400)
    tail = [slot for slot in all_slots if slot.due_at > later][:20]
    assert tail == list(islice(iter_slots(schedule, zone, after=later), len(tail)))


@pytest.mark.parametrize(
    ("schedule", "at", "period"),
    [
        ("0 7 * * *", "2026-11-23T12:00", DAY),
        ("0 7 * * *", "2026-11-23T07:00", DAY),
        ("0 * * * *", "2026-11-23T12:30", HOUR),
        ("0 7 * * mon-fri", "2026-11-21T12:00", 3 * DAY),
        ("0 7 * * mon-fri", "2026-11-24T12:00", DAY),
        ("0 7 * * mon-fri", "2026-11-20T07:00", 3 * DAY),
        ("0 7 * * mon-fri", "2026-11-23T07:00", DAY),
        ("0 7 * * mon", "2026-11-25T12:00", 7 * DAY),
        ("0 7 1 * *", "2026-11-25T12:00", 30 * DAY),
        ("0 7 1 1 *", "2026-11-25T12:00", 365 * DAY),
        ("0 7 29 2 *", "2026-11-25T12:00", 1461 * DAY),
    ],
)
def test_period_lies_around_the_moment(schedule: str, at: str, period: timedelta) -> None:
    assert find_period(schedule, "UTC", at=_at(at)) == period


def test_period_counts_the_clock_change() -> None:
    assert find_period("0 7 * * *", "Europe/Berlin", at=_at("2026-03-28T12:00")) == 23 * HOUR
