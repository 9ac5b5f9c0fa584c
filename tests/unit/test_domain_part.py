"""Parts of archives: each place of a month is in one part of it, and a part's name leads back to it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.part import PART_SIZE, Part, Place, find_cuts, month_begin, parse_name, part_month

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
LAST = timedelta(days=30) - timedelta(microseconds=1)

moments = st.one_of(
    st.sampled_from([BEGIN, BEGIN + LAST]), st.timedeltas(timedelta(0), LAST).map(lambda later: BEGIN + later)
)
places = st.builds(Place, released_at=moments, published_at=moments, id=st.sampled_from(["a", "b", "c", "é", "文"]))
months = st.tuples(st.integers(1, 9998), st.integers(1, 12))


def make_place(number: int) -> Place:
    return Place(released_at=BEGIN + timedelta(minutes=number), published_at=BEGIN, id=f"{number}")


def holds(part: Part, place: Place) -> bool:
    return not place.is_before(part.since) and place.is_before(part.until)


@given(one=places, other=places)
def test_one_of_two_places_is_before(one: Place, other: Place) -> None:
    assert [one.is_before(other), other.is_before(one)].count(True) == (one != other)


@given(one=places, other=places, third=places)
def test_places_stand_in_one_row(one: Place, other: Place, third: Place) -> None:
    assert not (one.is_before(other) and other.is_before(third)) or one.is_before(third)


@given(place=places, cuts=st.lists(places, unique=True, max_size=5))
def test_each_place_is_in_one_part(place: Place, cuts: list[Place]) -> None:
    in_order = sorted(cuts, key=lambda cut: sum(other.is_before(cut) for other in cuts))
    assert sum(holds(part, place) for part in part_month(2026, 11, in_order)) == 1


@given(months)
def test_parts_of_months_leave_no_gap(month: tuple[int, int]) -> None:
    year, number = month
    (this,), (following,) = part_month(year, number, []), part_month(year, number + 1, [])
    assert this.until == following.since
    assert this.since.is_before(this.until)


@given(month=months, number=st.integers(1, 99999))
def test_name_of_a_part_leads_back(month: tuple[int, int], number: int) -> None:
    begin = month_begin(*month)
    part = Part(year=month[0], month=month[1], number=number, since=begin, until=begin)
    assert parse_name(part.name) == (*month, number)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026",
        "2026-0",
        "2026-00",
        "2026-13",
        "2026-11-0",
        "2026-11-1",
        "2026-11-02",
        "0000-01",
        "9999-12",
        "2026-11-",
    ],
)
def test_other_names_are_no_parts(name: str) -> None:
    assert parse_name(name) is None


@pytest.mark.parametrize("name", ["٢٠٢٦-١١", "2026-11\n", " 2026-11", "2026-11-٢"])
def test_part_has_one_name(name: str) -> None:
    assert parse_name(name) is None


@given(st.integers(0, 350))
def test_month_is_cut_at_hundreds(number: int) -> None:
    row = [make_place(one) for one in range(number)]
    parts = part_month(2026, 11, find_cuts(row))
    sizes = [sum(holds(part, place) for place in row) for part in parts]
    assert sizes[:-1] == [PART_SIZE] * (len(parts) - 1)
    assert sizes[-1] <= PART_SIZE


@given(before=st.integers(0, 350), more=st.integers(0, 250))
def test_closed_parts_stay_when_more_come_out(before: int, more: int) -> None:
    row = [make_place(one) for one in range(before + more)]
    earlier, later = find_cuts(row[:before]), find_cuts(row)
    assert later[: len(earlier)] == earlier


@given(before=st.integers(0, 350), more=st.integers(0, 250))
def test_cuts_go_on_from_the_last(before: int, more: int) -> None:
    row = [make_place(one) for one in range(before + more)]
    noted = find_cuts(row[:before])
    since = row.index(noted[-1]) if noted else 0
    assert noted + find_cuts(row[since:]) == find_cuts(row)


def test_parts_are_numbered_from_one() -> None:
    cuts = find_cuts([make_place(number) for number in range(250)])
    assert [part.name for part in part_month(2026, 11, cuts)] == ["2026-11", "2026-11-2", "2026-11-3"]
    assert all(one.until == two.since for one, two in pairwise(part_month(2026, 11, cuts)))
