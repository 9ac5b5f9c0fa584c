"""Pushes in the ledger: what is due, who tells it, and what becomes of it when the bytes change meanwhile."""

from publisher.domain.push import Push
from publisher.store import Ledger
from tests.conftest import on_postgresql, on_sqlite
from tests.factories import HOUR, MINUTE, NOW
from tests.store.processes import run_threads

HUB, OTHER = "https://hub.example.org/", "https://other.example.org/"
ATOM, JSON = "https://gazette.example.org/feeds/main.atom", "https://gazette.example.org/feeds/main.json"


def note(ledger: Ledger, digest: str, *, hub: str = HUB, topic: str = ATOM, minutes: int = 0) -> None:
    with ledger.write() as tx:
        tx.pushes.note(hub, topic, digest=digest, now=NOW + minutes * MINUTE)


def claim(ledger: Ledger, *, hub: str = HUB, minutes: int = 0) -> Push | None:
    now = NOW + minutes * MINUTE
    with ledger.write() as tx:
        return tx.pushes.claim(hub, now=now, until=now + MINUTE)


def take(ledger: Ledger, *, minutes: int = 0) -> Push:
    push = claim(ledger, minutes=minutes)
    assert push
    return push


def fail(ledger: Ledger, push: Push, *, minutes: int = 0) -> None:
    now = NOW + minutes * MINUTE
    with ledger.write() as tx:
        tx.pushes.fail(push, problem="HTTP 500", due_at=now + HOUR, now=now)


def record(ledger: Ledger, push: Push) -> None:
    with ledger.write() as tx:
        tx.pushes.record(push, now=NOW)


def find(ledger: Ledger) -> Push:
    with ledger.read() as tx:
        (push,) = tx.pushes.list_all()
    return push


def test_feed_is_due_at_first_sight(ledger: Ledger) -> None:
    note(ledger, "a")
    assert find(ledger) == Push(hub=HUB, topic=ATOM, digest="a", told="", due_at=NOW)
    with ledger.read() as tx:
        assert tx.pushes.list_due_hubs(now=NOW) == [HUB]


def test_told_push_is_due_no_more(ledger: Ledger) -> None:
    note(ledger, "a")
    record(ledger, take(ledger))
    note(ledger, "a", minutes=1)
    assert claim(ledger, minutes=1) is None
    assert find(ledger).told_at == NOW


def test_other_bytes_are_due_at_once(ledger: Ledger) -> None:
    note(ledger, "a")
    fail(ledger, take(ledger))
    note(ledger, "b", minutes=1)
    assert find(ledger).attempts == 0
    assert take(ledger, minutes=1).digest == "b"


def test_same_bytes_leave_the_pause(ledger: Ledger) -> None:
    note(ledger, "a")
    fail(ledger, take(ledger))
    note(ledger, "a", minutes=1)
    assert claim(ledger, minutes=1) is None


def test_failed_push_waits_and_counts(ledger: Ledger) -> None:
    note(ledger, "a")
    fail(ledger, take(ledger))
    assert claim(ledger, minutes=59) is None
    fail(ledger, take(ledger, minutes=60), minutes=60)
    push = find(ledger)
    assert (push.attempts, push.problem, push.failing_since) == (2, "HTTP 500", NOW)


def test_told_push_forgets_its_failures(ledger: Ledger) -> None:
    note(ledger, "a")
    fail(ledger, take(ledger))
    record(ledger, take(ledger, minutes=60))
    push = find(ledger)
    assert (push.attempts, push.problem, push.failing_since) == (0, "", None)


def test_bytes_that_come_meanwhile_are_due(ledger: Ledger) -> None:
    note(ledger, "a")
    push = take(ledger)
    note(ledger, "b")
    record(ledger, push)
    assert take(ledger).digest == "b"


def test_bytes_after_a_failure_wait_no_hour(ledger: Ledger) -> None:
    note(ledger, "a")
    push = take(ledger)
    note(ledger, "b")
    fail(ledger, push)
    again = take(ledger)
    assert (again.digest, again.attempts) == ("b", 0)


def test_bytes_that_return_are_told(ledger: Ledger) -> None:
    note(ledger, "a")
    record(ledger, take(ledger))
    note(ledger, "b", minutes=1)
    push = take(ledger, minutes=1)
    note(ledger, "a", minutes=1)
    record(ledger, push)
    assert take(ledger, minutes=1).digest == "a"


def test_claimed_push_is_nobody_elses(ledger: Ledger) -> None:
    note(ledger, "a")
    note(ledger, "a", topic=JSON)
    assert [push.topic for push in (take(ledger), take(ledger))] == [ATOM, JSON]
    assert claim(ledger) is None
    with ledger.read() as tx:
        assert tx.pushes.list_due_hubs(now=NOW) == []


def test_racing_processes_claim_once(ledger: Ledger) -> None:
    note(ledger, "a")
    assert len([push for push in run_threads(lambda _: claim(ledger), number=4) if push]) == 1


def test_released_push_is_due(ledger: Ledger) -> None:
    note(ledger, "a")
    push = take(ledger)
    with ledger.write() as tx:
        tx.pushes.release(push)
    assert take(ledger) == push


@on_sqlite
def test_lease_of_the_dead_ends(ledger: Ledger) -> None:
    note(ledger, "a")
    take(ledger)
    assert claim(ledger, minutes=1)


@on_postgresql
def test_wrong_clock_ends_no_lease(ledger: Ledger) -> None:
    note(ledger, "a")
    take(ledger)
    assert claim(ledger, minutes=120) is None


def test_clock_set_back_keeps_nothing_waiting(ledger: Ledger) -> None:
    note(ledger, "a", minutes=10_000)
    assert take(ledger)


@on_sqlite
def test_clock_set_back_ends_a_lease(ledger: Ledger) -> None:
    note(ledger, "a")
    take(ledger, minutes=10_000)
    assert take(ledger)


def test_hubs_are_told_apart(ledger: Ledger) -> None:
    note(ledger, "a")
    note(ledger, "a", hub=OTHER)
    take(ledger)
    with ledger.write() as tx:
        assert tx.pushes.list_due_hubs(now=NOW) == [OTHER]
        tx.pushes.drop(OTHER, ATOM)
    assert find(ledger).hub == HUB
