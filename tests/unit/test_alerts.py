"""Alerts: what is a trouble, and when each is told."""

from datetime import datetime, timedelta

import pytest

from publisher.domain.alert import (
    Alert,
    Doubt,
    Ill,
    State,
    Stopped,
    Told,
    Trouble,
    View,
    What,
    decide,
    find_troubles,
)
from publisher.domain.issue import Slot, Status
from publisher.jobs.telling import build_news
from tests.factories import DAY, HOUR, MINUTE, NOW, make_issue, make_slot

PAUSED = Trouble(what=What.ISSUE, name="daily/2026-11-23T0700", text="paused")
DISK = Trouble(what=What.DISK, name="", text="full")


def told(trouble: Trouble, *, ago: timedelta = MINUTE) -> Told:
    return Told(trouble=trouble, at=NOW - ago)


def ill(what: What, name: str = "", *, minutes: int = 10, problem: str = "no route") -> Ill:
    return Ill(what=what, name=name, problem=problem, since=NOW - minutes * MINUTE)


def find(*, now: datetime = NOW, **view: object) -> list[tuple[What, str]]:
    return [(one.what, one.name) for one in find_troubles(View(**view), now=now)]  # type: ignore[arg-type]


def test_new_trouble_is_told_once() -> None:
    assert decide([PAUSED], [], now=NOW) == [Alert(trouble=PAUSED, state=State.BEGUN)]
    assert decide([PAUSED], [told(PAUSED)], now=NOW) == []


def test_trouble_is_the_same_in_other_words() -> None:
    other = Trouble(what=PAUSED.what, name=PAUSED.name, text="paused; 3 wait")
    assert decide([other], [told(PAUSED)], now=NOW) == []


@pytest.mark.parametrize(("ago", "is_told"), [(DAY - MINUTE, False), (DAY, True)])
def test_lasting_trouble_is_told_each_day(ago: timedelta, is_told: bool) -> None:
    assert bool(decide([PAUSED], [told(PAUSED, ago=ago)], now=NOW)) is is_told


def test_trouble_that_ends_is_over() -> None:
    (alert,) = decide([DISK], [told(PAUSED), told(DISK)], now=NOW)
    assert (alert.state, alert.text) == (State.OVER, "over: paused")


@pytest.mark.parametrize(("late", "is_trouble"), [(4 * MINUTE, False), (5 * MINUTE, True), (HOUR, True)])
def test_late_slot_is_a_trouble(late: timedelta, is_trouble: bool) -> None:
    slot = Slot(name="2026-11-23T0700", due_at=NOW)
    assert bool(find(due=[("daily", slot)], now=NOW + late)) is is_trouble


def test_failing_issue_is_told_by_its_cause() -> None:
    view = {"due": [("daily", make_slot()), ("weekly", make_slot())], "ills": [ill(What.COMPOSING, "daily")]}
    assert find(**view, now=NOW + HOUR) == [(What.SLOT, "weekly/2026-11-23T0700"), (What.COMPOSING, "daily")]


@pytest.mark.parametrize("status", [Status.PAUSED, Status.HELD])
def test_stopped_issue_says_who_waits(status: Status) -> None:
    issue = make_issue(status=status, reason="the relay refuses our mail")
    (trouble,) = find_troubles(View(stopped=[Stopped(issue=issue, waiting=12)]), now=NOW)
    said = f"daily/2026-11-23T0700 is {status} (the relay refuses our mail); 12 wait for it"
    assert trouble.text == f"{said}: publisher issues show daily/2026-11-23T0700"


def test_doubtful_rows_are_counted() -> None:
    (trouble,) = find_troubles(View(doubts=[Doubt(issue="notices", rows=2)]), now=NOW)
    assert trouble.text == "notices: 2 in doubt for an hour or more: publisher issues resolve notices …"


@pytest.mark.parametrize("what", [What.RELAY, What.SENDING, What.LEDGER, What.COMPOSING])
def test_short_ill_mends_itself(what: What) -> None:
    assert find(ills=[ill(what, minutes=4)]) == []
    assert find(ills=[ill(what, minutes=5)]) == [(what, "")]


def test_full_disk_is_told_at_once() -> None:
    assert find(ills=[ill(What.DISK, minutes=0)]) == [(What.DISK, "")]


def test_many_witnesses_make_one_trouble() -> None:
    ills = [ill(What.RELAY, "main", minutes=minutes) for minutes in (6, 30, 1)]
    (trouble,) = find_troubles(View(ills=ills), now=NOW)
    assert trouble.text == "relay main can't be used since 05:30 UTC: no route"


@pytest.mark.parametrize(
    ("what", "name", "key"),
    [(What.ISSUE, "daily/1", "issue"), (What.RELAY, "main", "relay"), (What.COMPOSING, "daily", "newsletter")],
)
def test_news_names_its_thing(what: What, name: str, key: str) -> None:
    alert = Alert(trouble=Trouble(what=what, name=name, text="stuck"), state=State.BEGUN)
    news = build_news(alert, publication="La Gazette", now=NOW)
    assert news == {
        "publication": "La Gazette",
        "what": what.value,
        "state": "begun",
        "at": "2026-11-23T06:00:00+00:00",
        key: name,
        "text": "La Gazette: stuck",
    }


def test_news_holds_no_address() -> None:
    text = "550 <alice@example.net>: no\r\nsuch\0user"
    alert = Alert(trouble=Trouble(what=What.ISSUE, name="daily/1", text=text), state=State.BEGUN)
    assert build_news(alert, publication="P", now=NOW)["text"] == "P: 550 <…>: no such user"


def test_feed_that_is_held_back_is_told_by_name() -> None:
    (trouble,) = find_troubles(View(ills=[ill(What.FEED, "main", problem="entries are gone")]), now=NOW)
    assert trouble.text == "feed main is held back since 05:50 UTC, readers have the last good one: entries are gone"
    news = build_news(Alert(trouble=trouble, state=State.BEGUN), publication="La Gazette", now=NOW)
    assert (news["what"], news["feed"]) == ("feed", "main")
