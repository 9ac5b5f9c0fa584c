"""Notices and suppressions: written once, whoever writes them."""

from publisher.domain.delivery import Status, Verdict
from publisher.domain.subscriber import Reason
from publisher.store import Ledger
from tests.factories import DAY, NOW, make_notice, put_cast
from tests.store.desk import open_desk


def test_notice_waits_in_queue(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert tx.notices.add(make_notice(cast.bob.key), message_domain="example.org", expires_at=NOW + DAY, now=NOW)
        (record,) = tx.notices.list_for(cast.bob.key)
    assert (record.kind, record.subject, record.status) == ("confirmation", "Please confirm", Status.QUEUED)
    assert (record.created_at, record.attempts) == (NOW, 0)


def test_same_notice_is_written_once(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        added = [
            tx.notices.add(make_notice(cast.bob.key, key), message_domain="", expires_at=NOW, now=NOW)
            for key in ("first", "first", "second")
        ]
    assert added == [True, False, True]


def test_notices_are_listed_by_person(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        for key, member in (("1", cast.bob), ("2", cast.alice), ("3", cast.bob)):
            notice = make_notice(member.key, key, subject=key)
            tx.notices.add(notice, message_domain="", expires_at=NOW, now=NOW)
        assert [record.subject for record in tx.notices.list_for(cast.bob.key)] == ["1", "3"]


def test_record_tells_the_relay_reply(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    desk.record(desk.begin_one(), Status.FAILED, code=550, reply="5.1.1 nobody")
    with ledger.read() as tx:
        alice = tx.subscribers.find("alice@example.org")
        assert alice
        (record,) = tx.notices.list_for(alice.key)
    assert (record.status, record.relay, record.code, record.reply) == (Status.FAILED, "main", 550, "5.1.1 nobody")


def test_doubtful_notices_are_resolved(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    desk.record(desk.begin_one(), Status.DOUBTFUL)
    with ledger.write() as tx:
        assert tx.notices.resolve_doubtful(verdict=Verdict.RESEND, now=NOW) == 1
    assert desk.count_notices() == {Status.QUEUED: 1}


def test_doubtful_notice_may_count_as_sent(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    desk.record(desk.begin_one(), Status.DOUBTFUL)
    with ledger.write() as tx:
        assert tx.notices.resolve_doubtful(verdict=Verdict.ASSUMED, now=NOW) == 1
        assert tx.notices.resolve_doubtful(verdict=Verdict.ASSUMED, now=NOW) == 0
    assert desk.count_notices() == {Status.SENT: 1}


def test_unknown_address_is_not_suppressed(ledger: Ledger) -> None:
    with ledger.read() as tx:
        assert tx.suppressions.find("digest") is None


def test_first_reason_stays(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.suppressions.add("digest", reason=Reason.COMPLAINT, source="feedback loop", now=NOW)
        tx.suppressions.add("digest", reason=Reason.BOUNCE, source="5.1.1", now=NOW + DAY)
        assert tx.suppressions.find("digest") == (Reason.COMPLAINT, "feedback loop", NOW)
