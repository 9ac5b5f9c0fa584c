"""The tally: what a process notes of what it has done."""

import pytest

from publisher.tally import Ill, Tally, Work
from tests.factories import MINUTE, NOW


@pytest.mark.parametrize(("code", "kind"), [(250, "2xx"), (421, "4xx"), (451, "4xx"), (554, "5xx"), (0, "lost")])
def test_answer_is_noted_by_class(code: int, kind: str) -> None:
    tally = Tally()
    tally.note_answer("main", code)
    assert tally.answers == {("main", kind): 1}


def test_requests_add_up_by_route_and_class() -> None:
    tally = Tally()
    for status in (200, 204, 404):
        tally.note_request("feeds", status)
    assert tally.requests == {("feeds", "2xx"): 2, ("feeds", "4xx"): 1}


def test_work_is_measured() -> None:
    work = Work()
    for _ in range(3):
        with work.measured():
            pass
    assert (work.count, work.failures) == (3, 0)
    assert work.seconds > 0
    assert work.done_at


def test_failed_work_is_no_success() -> None:
    work = Work()
    with pytest.raises(OSError, match="full"), work.measured():
        raise OSError("full")
    assert (work.count, work.failures, work.done_at) == (0, 1, None)


def test_ill_lasts_since_it_began() -> None:
    tally = Tally()
    for minutes in (0, 5):
        tally.note_relay("main", f"no route {minutes}", at=NOW + minutes * MINUTE)
    assert tally.ills == {("relay", "main"): Ill("no route 5", NOW)}


def test_relay_that_is_up_again_is_well() -> None:
    tally = Tally()
    tally.note_relay("main", "no route", at=NOW)
    for _ in range(2):
        tally.note_relay("main", "", at=NOW)
    assert tally.ills == {}


@pytest.mark.parametrize(("code", "is_up"), [(250, True), (550, True), (421, False), (0, False)])
def test_answer_shows_that_a_relay_is_up(code: int, is_up: bool) -> None:
    tally = Tally()
    tally.note_relay("main", "no route", at=NOW)
    tally.note_answer("main", code)
    assert (tally.ills == {}) is is_up
