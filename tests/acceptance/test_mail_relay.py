"""The outbox against a real SMTP server that misbehaves: nobody is lost, and nobody is mailed twice unnamed."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from publisher.domain import slots
from publisher.domain.delivery import Kind, Letter, Outcome, Ref, Rendering, Status
from publisher.mail import Maildir, Outbox, Pace, Relay, Report, Timeouts, Tls, build_sender
from publisher.mail.mailbox import BuiltInRelay
from tests.recorder import Recorded, Recorder

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ISSUE = "daily/2026-11-23T0700"
PACE = Pace(look=0.05, renew=20, grace=5, retry_first=0.01, retry_most=0.05, tries=4)
PATIENT = Timeouts(greeting=15, mail=15, rcpt=15, data=15, block=15, dot=15, quit=1)
SENDER = build_sender("La Gazette <gazette@gazette.example>")
RENDERING = Rendering(
    name="variant:1",
    subject="Le matin",
    html=f'<a href="{slots.mark("unsubscribe_url")}">Se désabonner</a>',
    text=f"Se désabonner : {slots.mark('unsubscribe_url')}",
    language="fr",
    issue=ISSUE,
    list_name="daily",
)


def _letter(key: int) -> Letter:
    address = f"https://gazette.example/unsubscribe/{key}"
    return Letter(
        ref=Ref(kind=Kind.DELIVERY, key=key),
        rendering="variant:1",
        email=f"reader{key}@example.net",
        message_id=f"{key}.abc@gazette.example",
        values={"unsubscribe_url": address},
        attempts=0,
        unsubscribe_url=address,
    )


@dataclass
class Row:
    letter: Letter
    status: Status = Status.QUEUED
    attempts: int = 0
    due_at: datetime = NOW
    reply: str = ""


class LedgerOfRows:
    """A ledger in memory that allows the moves of the table of states and no others."""

    def __init__(self, number: int = 0, *, rendering: Rendering = RENDERING) -> None:
        self.rows = {letter.ref: Row(letter) for letter in map(_letter, range(1, number + 1))}
        self.rendering = rendering
        self.unsubscribed: set[Ref] = set()
        self.paused = ""
        self.most_sending = self.renewed = 0
        self.threads: set[str] = set()
        self.has_claimed, self.has_begun = threading.Event(), threading.Event()

    def claim(self, *, limit: int) -> list[Letter]:
        self._note_call()
        due = [row for row in self.rows.values() if row.status is Status.QUEUED and row.due_at <= NOW]
        taken = [] if self.paused else due[:limit]
        for row in taken:
            self._move(row, Status.QUEUED, Status.CLAIMED)
        self.has_claimed.set()
        return [replace(row.letter, attempts=row.attempts) for row in taken]

    def turn(
        self,
        *,
        outcomes: Mapping[Ref, Outcome],
        begin: Sequence[Ref],
        refused: Mapping[Ref, Outcome],
        is_repeated: bool = False,
    ) -> frozenset[Ref]:
        self._note_call()
        self._record(outcomes)
        begun = frozenset(ref for ref in (*begin, *refused) if self._begin(ref))
        self._record({ref: outcome for ref, outcome in refused.items() if ref in begun})
        self.most_sending = max(self.most_sending, self.count()[Status.SENDING])
        return begun

    def _record(self, outcomes: Mapping[Ref, Outcome]) -> None:
        for ref, outcome in outcomes.items():
            row = self.rows[ref]
            self._move(row, Status.SENDING, outcome.status)
            row.attempts -= not outcome.counts
            row.due_at, row.reply = outcome.retry_at or row.due_at, outcome.reply

    def _begin(self, ref: Ref) -> bool:
        row = self.rows[ref]
        if ref in self.unsubscribed or self.paused:
            self._move(row, Status.CLAIMED, Status.SKIPPED if ref in self.unsubscribed else Status.QUEUED)
            return False
        self._move(row, Status.CLAIMED, Status.SENDING)
        row.attempts += 1
        self.has_begun.set()
        return True

    def give_back(self, refs: Sequence[Ref]) -> None:
        self._note_call()
        for ref in refs:
            self._move(self.rows[ref], Status.CLAIMED, Status.QUEUED)

    def renew(self) -> int:
        self._note_call()
        self.renewed += 1
        return 1

    def get_rendering(self, name: str) -> Rendering:
        self._note_call()
        return self.rendering

    def pause(self, *, issue: str, reason: str, refused: Sequence[Ref]) -> None:
        self._note_call()
        assert issue == ISSUE
        self.paused = reason
        for ref in refused:  # one that was refused after the pause is in the queue already
            if self.rows[ref].status is not Status.QUEUED:
                self._move(self.rows[ref], Status.FAILED, Status.QUEUED)

    def _move(self, row: Row, before: Status, after: Status) -> None:
        assert row.status is before, f"{row.letter.ref} is {row.status}, not {before}"
        row.status = after

    def _note_call(self) -> None:
        self.threads.add(threading.current_thread().name)

    def count(self) -> Counter[Status]:
        return Counter(row.status for row in self.rows.values())


@pytest.fixture(params=["plain", "pipelining"])
def recorder(request: pytest.FixtureRequest) -> Iterator[Recorder]:
    with Recorder(pipelining=request.param == "pipelining") as started:
        yield started


def _outbox(
    ledger: LedgerOfRows,
    port: int,
    *,
    connections: int = 3,
    pace: Pace = PACE,
    timeouts: Timeouts = PATIENT,
    on_outcome: Callable[[Ref, Outcome], None] = lambda _ref, _outcome: None,
) -> Outbox:
    relay = Relay(name="main", host="127.0.0.1", port=port, tls=Tls.NONE, connections=connections)
    return Outbox(ledger, relay, sender=SENDER, now=lambda: NOW, pace=pace, timeouts=timeouts, on_outcome=on_outcome)


async def _send_all(ledger: LedgerOfRows, port: int, **options: Any) -> Report:
    return await asyncio.wait_for(_outbox(ledger, port, **options).run(until_empty=True), 20)


async def test_everybody_is_mailed_once(recorder: Recorder) -> None:
    ledger = LedgerOfRows(200)
    report = await _send_all(ledger, recorder.port)
    assert sorted(recorder.recipients) == sorted(row.letter.email for row in ledger.rows.values())
    assert ledger.count() == report.counts == {Status.SENT: 200}


async def test_each_gets_her_own_message(recorder: Recorder) -> None:
    await _send_all(LedgerOfRows(20), recorder.port)
    for recorded in recorder.messages:
        key = recorded.recipient.removeprefix("reader").partition("@")[0]
        message = message_from_bytes(recorded.content)
        assert message["To"] == recorded.recipient
        assert message["Message-ID"] == f"<{key}.abc@gazette.example>"
        assert message["List-Unsubscribe"] == f"<https://gazette.example/unsubscribe/{key}>"


async def test_g4_row_is_sending_before_content() -> None:
    ledger = LedgerOfRows(50)
    seen: list[Status] = []

    def look(recorded: Recorded) -> None:
        seen.extend(row.status for row in ledger.rows.values() if row.letter.email == recorded.recipient)

    with Recorder(on_accept=look) as watched:
        await _send_all(ledger, watched.port)
    assert seen == [Status.SENDING] * 50


async def test_g4_no_more_sending_than_connections(recorder: Recorder) -> None:
    ledger = LedgerOfRows(100)
    await _send_all(ledger, recorder.port, connections=4)
    assert 1 <= ledger.most_sending <= 4
    assert recorder.most_open <= 4


async def test_one_letter_opens_one_connection(recorder: Recorder) -> None:
    await _send_all(LedgerOfRows(1), recorder.port)
    assert recorder.opened == 1


async def test_ledger_is_called_from_our_thread(recorder: Recorder) -> None:
    ledger = LedgerOfRows(50)
    await _send_all(ledger, recorder.port)
    assert ledger.threads == {threading.current_thread().name}


async def test_g5_who_left_is_not_mailed(recorder: Recorder) -> None:
    ledger = LedgerOfRows(10)
    ledger.unsubscribed = {Ref(kind=Kind.DELIVERY, key=key) for key in (3, 10)}
    await _send_all(ledger, recorder.port)
    assert ledger.count() == {Status.SENT: 8, Status.SKIPPED: 2}
    assert not {"reader3@example.net", "reader10@example.net"} & set(recorder.recipients)


@pytest.mark.parametrize(
    ("text", "status"),
    [("550 5.1.1 unknown", Status.FAILED), ("450 4.2.0 later", Status.QUEUED), ("421 4.3.2 closing", Status.QUEUED)],
)
async def test_x08_one_answer_concerns_one_reader(recorder: Recorder, text: str, status: Status) -> None:
    recorder.reply("rcpt", text, recipient="reader5@example.net")
    ledger = LedgerOfRows(10)
    await _send_all(ledger, recorder.port)
    assert ledger.count() == {Status.SENT: 9, status: 1}
    assert ledger.rows[Ref(kind=Kind.DELIVERY, key=5)].reply == text[4:]


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_x06_loss_before_content_is_queued(recorder: Recorder, step: str, how: str) -> None:
    getattr(recorder, how)(step, recipient="reader5@example.net", times=1)
    ledger = LedgerOfRows(10)
    await _send_all(ledger, recorder.port, timeouts=replace(PATIENT, rcpt=1, data=1))
    assert ledger.count() == {Status.SENT: 9, Status.QUEUED: 1}
    assert ledger.rows[Ref(kind=Kind.DELIVERY, key=5)].due_at > NOW


@pytest.mark.parametrize("step", ["content", "dot"])
@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_x06_loss_after_content_is_doubtful(recorder: Recorder, step: str, how: str) -> None:
    getattr(recorder, how)(step, recipient="reader5@example.net", times=1)
    ledger = LedgerOfRows(10)
    await _send_all(ledger, recorder.port, timeouts=replace(PATIENT, dot=1))
    assert ledger.count() == {Status.SENT: 9, Status.DOUBTFUL: 1}


@pytest.mark.parametrize("text", ["421 4.7.0 enough for one connection", ""])
async def test_worn_connection_is_replaced_unnoticed(text: str) -> None:
    def wear(_recorded: Recorded) -> None:
        worn.reply("mail", text, times=1) if text else worn.drop("mail", times=1)

    ledger = LedgerOfRows(5)
    with Recorder(on_accept=wear) as worn:
        await _send_all(ledger, worn.port, connections=1)
    assert ledger.count() == {Status.SENT: 5}
    assert worn.opened == 5


async def test_absent_relay_costs_no_attempt() -> None:
    with Recorder() as recorder:
        port = recorder.port
    ledger = LedgerOfRows(20)
    report = await _send_all(ledger, port)
    assert ledger.count() == {Status.QUEUED: 20}
    assert {row.attempts for row in ledger.rows.values()} == {0}
    assert "relay main" in report.problem


async def test_returning_relay_is_found(recorder: Recorder) -> None:
    recorder.reply("connect", "421 4.3.2 not yet", times=3)
    ledger = LedgerOfRows(20)
    report = await _send_all(ledger, recorder.port)
    assert ledger.count() == {Status.SENT: 20}
    assert report.problem == ""


async def test_hopeless_relay_is_not_hammered(recorder: Recorder) -> None:
    recorder.drop("mail")
    ledger = LedgerOfRows(50)
    report = await _send_all(ledger, recorder.port)
    assert recorder.opened <= 3 + PACE.tries - 1  # one for each lane, and then one at a time
    assert ledger.count() == {Status.QUEUED: 50}
    assert report.problem


async def test_relay_that_denies_pauses_the_issue(recorder: Recorder) -> None:
    recorder.reply("rcpt", "554 5.7.1 relay access denied")
    ledger = LedgerOfRows(200)
    await _send_all(ledger, recorder.port)
    assert "relay access denied" in ledger.paused
    assert ledger.count() == {Status.QUEUED: 200}


async def test_small_issue_is_paused_too(recorder: Recorder) -> None:
    recorder.reply("rcpt", "554 5.7.1 relay access denied")
    ledger = LedgerOfRows(2)
    await _send_all(ledger, recorder.port)
    assert "relay access denied" in ledger.paused
    assert ledger.count() == {Status.QUEUED: 2}


async def test_unfit_text_pauses_the_issue(recorder: Recorder) -> None:
    ledger = LedgerOfRows(5, rendering=replace(RENDERING, web_url="not an address"))
    await _send_all(ledger, recorder.port)
    assert "List-Archive" in ledger.paused
    assert ledger.count() == {Status.QUEUED: 5}


async def test_unfit_address_fails_alone(recorder: Recorder) -> None:
    ledger = LedgerOfRows(5)
    row = ledger.rows[Ref(kind=Kind.DELIVERY, key=2)]
    row.letter = replace(row.letter, email="no address")
    await _send_all(ledger, recorder.port)
    assert ledger.count() == {Status.SENT: 4, Status.FAILED: 1}
    assert "no mail can be addressed" in row.reply


async def test_outcomes_are_told_as_recorded(recorder: Recorder) -> None:
    ledger = LedgerOfRows(10)
    told: list[tuple[Status, Status]] = []

    def tell(ref: Ref, outcome: Outcome) -> None:
        told.append((outcome.status, ledger.rows[ref].status))

    outbox = _outbox(ledger, recorder.port, on_outcome=tell)
    await outbox.run(until_empty=True)
    assert told == [(Status.SENT, Status.SENT)] * 10


async def test_x02_stop_finishes_what_is_on_the_wire(recorder: Recorder) -> None:
    ledger = LedgerOfRows(100)
    outbox = _outbox(ledger, recorder.port, on_outcome=lambda _ref, _outcome: outbox.stop())
    report = await asyncio.wait_for(outbox.run(), 10)
    assert report.counts[Status.SENT] == len(recorder.messages) < 100
    assert ledger.count() == {Status.SENT: len(recorder.messages), Status.QUEUED: 100 - len(recorder.messages)}


async def test_x02_late_answer_at_stop_is_doubtful(recorder: Recorder) -> None:
    recorder.hang("dot", recipient="reader1@example.net")
    ledger = LedgerOfRows(100)
    pace = replace(PACE, grace=0.2)
    outbox = _outbox(ledger, recorder.port, pace=pace, on_outcome=lambda _ref, _outcome: outbox.stop())
    await asyncio.wait_for(outbox.run(), 10)
    assert ledger.rows[Ref(kind=Kind.DELIVERY, key=1)].status is Status.DOUBTFUL
    assert set(ledger.count()) == {Status.DOUBTFUL, Status.SENT, Status.QUEUED}


async def test_cancelled_run_leaves_nothing_claimed(recorder: Recorder) -> None:
    recorder.hang("connect")
    ledger = LedgerOfRows(30)
    running = asyncio.create_task(_outbox(ledger, recorder.port).run())
    await asyncio.to_thread(ledger.has_claimed.wait, 5)
    running.cancel()
    await asyncio.wait([running], timeout=10)
    assert running.cancelled()
    assert ledger.count() == {Status.QUEUED: 30}


async def test_lease_is_renewed_at_the_dot(recorder: Recorder) -> None:
    recorder.hang("dot")
    ledger = LedgerOfRows(1)
    await _send_all(ledger, recorder.port, pace=replace(PACE, renew=0.05), timeouts=replace(PATIENT, dot=1))
    assert ledger.renewed >= 2


async def test_new_letter_is_sent_when_woken(recorder: Recorder) -> None:
    ledger = LedgerOfRows()
    outbox = _outbox(ledger, recorder.port, pace=replace(PACE, look=60), on_outcome=lambda *_: outbox.stop())
    running = asyncio.create_task(outbox.run())
    await asyncio.to_thread(ledger.has_claimed.wait, 5)
    ledger.rows[_letter(1).ref] = Row(_letter(1))
    outbox.wake()
    await asyncio.wait_for(running, 5)
    assert recorder.recipients == ["reader1@example.net"]


async def test_stuck_message_holds_up_nobody(recorder: Recorder) -> None:
    recorder.hang("dot", recipient="reader1@example.net")
    ledger = LedgerOfRows(1)
    outbox = _outbox(ledger, recorder.port, pace=replace(PACE, grace=0.1), on_outcome=lambda *_: outbox.stop())
    running = asyncio.create_task(outbox.run())
    await asyncio.to_thread(ledger.has_begun.wait, 5)
    ledger.rows[_letter(2).ref] = Row(_letter(2))
    await asyncio.wait_for(running, 5)
    assert recorder.recipients == ["reader2@example.net"]


def _relays(*ports: int, **options: Any) -> list[Relay]:
    return [
        Relay(name=f"relay{port}", host="127.0.0.1", port=port, tls=Tls.NONE, connections=2, **options)
        for port in ports
    ]


async def _send_over(ledger: LedgerOfRows, relays: Sequence[Relay], **options: Any) -> Report:
    outbox = Outbox(ledger, *relays, sender=SENDER, now=lambda: NOW, pace=PACE, timeouts=PATIENT, **options)
    return await asyncio.wait_for(outbox.run(until_empty=True), 20)


async def test_two_relays_share_the_mail(recorder: Recorder) -> None:
    ledger = LedgerOfRows(200)
    with Recorder() as other:
        await _send_over(ledger, _relays(recorder.port, other.port, weight=1))
        assert ledger.count() == {Status.SENT: 200}
        assert sorted(recorder.recipients + other.recipients) == sorted(
            row.letter.email for row in ledger.rows.values()
        )
        assert abs(len(other.recipients) - 100) <= 8


async def test_relay_that_is_down_is_replaced(recorder: Recorder) -> None:
    ledger = LedgerOfRows(100)
    states: list[tuple[str, str]] = []
    with Recorder() as absent:
        port = absent.port
    report = await _send_over(ledger, _relays(port, recorder.port), on_relay=lambda *state: states.append(state))
    assert ledger.count() == {Status.SENT: 100}
    assert report.problem == ""
    assert states
    assert {relay for relay, _ in states} == {f"relay{port}"}


async def test_relay_that_goes_down_midway_is_replaced(recorder: Recorder) -> None:
    recorder.drop("mail")
    ledger = LedgerOfRows(100)
    with Recorder() as other:
        await _send_over(ledger, _relays(recorder.port, other.port))
        # Each lane of the broken one may have cost a letter its next attempt.
        assert ledger.count()[Status.SENT] >= 100 - 2 * PACE.tries
        assert set(ledger.count()) <= {Status.SENT, Status.QUEUED}


class LedgerInPairs(LedgerOfRows):
    """One that never gives more than two letters at a time."""

    def claim(self, *, limit: int) -> list[Letter]:
        return super().claim(limit=min(limit, 2))


async def test_rate_holds_where_letters_are_claimed() -> None:
    moments: list[float] = []
    with Recorder(on_accept=lambda _: moments.append(time.monotonic())) as watched:
        await _send_over(LedgerInPairs(6), _relays(watched.port, rate=5))
    assert len(moments) == 6
    assert min(later - sooner for sooner, later in pairwise(moments)) >= 0.1  # 0.2, but for what others do


async def test_paused_issue_costs_few_connections(recorder: Recorder) -> None:
    ledger = LedgerOfRows(300)

    def pause(_ref: Ref, _outcome: Outcome) -> None:
        ledger.paused = "by the operator"

    await _send_all(ledger, recorder.port, on_outcome=pause)
    assert recorder.opened <= 3 + 3 * 3
    assert ledger.count() == {Status.SENT: len(recorder.messages), Status.QUEUED: 300 - len(recorder.messages)}


async def test_no_sender_but_the_letter_s(recorder: Recorder) -> None:
    ledger = LedgerOfRows(2)
    row = ledger.rows[Ref(kind=Kind.DELIVERY, key=2)]
    row.letter = replace(row.letter, sender="bounce+abc@bounces.example")
    await _send_all(ledger, recorder.port)
    assert {message.sender for message in recorder.messages} == {SENDER.address, "bounce+abc@bounces.example"}


async def test_built_in_relay_files_every_message(tmp_path: Path) -> None:
    ledger = LedgerOfRows(20)
    async with BuiltInRelay(tmp_path / "mailbox") as built_in:
        outbox = Outbox(ledger, built_in.relay, sender=SENDER, now=lambda: NOW)
        await asyncio.wait_for(outbox.run(until_empty=True), 20)
    mails = Maildir(tmp_path / "mailbox").list_messages()
    assert {mail.to for mail in mails} == {row.letter.email for row in ledger.rows.values()}
    assert ledger.count() == {Status.SENT: 20}


async def test_built_in_relay_keeps_the_bytes(tmp_path: Path) -> None:
    async with BuiltInRelay(tmp_path / "mailbox") as built_in:
        await Outbox(LedgerOfRows(1), built_in.relay, sender=SENDER, now=lambda: NOW).run(until_empty=True)
    maildir = Maildir(tmp_path / "mailbox")
    mail = maildir.get_message(maildir.list_messages()[0].key)
    assert mail.text == "Se désabonner : https://gazette.example/unsubscribe/1\n"
    assert 'href="https://gazette.example/unsubscribe/1"' in mail.html
