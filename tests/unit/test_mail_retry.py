"""The decider as tables: what each answer makes of its row, and whom it blames."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.delivery import Kind, Letter, Outcome, Ref, Status
from publisher.mail import Answer, Blame, End, Reply, Step, decide, find_blame

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def _letter(key: int = 1, *, attempts: int = 0, kind: Kind = Kind.DELIVERY) -> Letter:
    return Letter(
        ref=Ref(kind=kind, key=key),
        rendering="variant:1",
        email="alice@example.org",
        message_id="1@example.org",
        values={},
        attempts=attempts,
    )


def _answer(code: int, text: str = "", *, step: Step = Step.CONTENT, end: End = End.ANSWERED) -> Answer:
    return Answer(end=end, step=step, reply=Reply(code, text))


def _decide(answer: Answer, letter: Letter | None = None) -> Outcome:
    return decide(answer, letter or _letter(), relay="main", now=NOW)


def _wait(answer: Answer, letter: Letter | None = None) -> float:
    outcome = _decide(answer, letter)
    assert outcome.retry_at
    return (outcome.retry_at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (_answer(250, "2.0.0 ok"), Status.SENT),
        (_answer(250, "", step=Step.RCPT), Status.QUEUED),
        (_answer(451, "4.7.1 later"), Status.QUEUED),
        (_answer(421, "4.3.2 closing"), Status.QUEUED),
        (_answer(554, "5.7.1 spam"), Status.FAILED),
        (_answer(550, "5.1.1 unknown", step=Step.RCPT), Status.FAILED),
        (_answer(550, "4.2.1 try later", step=Step.RCPT), Status.QUEUED),
        (_answer(450, "5.1.1 unknown", step=Step.RCPT), Status.QUEUED),
        (_answer(552, "too many recipients", step=Step.RCPT), Status.QUEUED),
        (_answer(552, "5.2.2 mailbox full", step=Step.RCPT), Status.FAILED),
        (_answer(552, "message too large"), Status.FAILED),
        (_answer(0, end=End.UNREACHED, step=Step.CONNECT), Status.QUEUED),
        (_answer(0, end=End.UNSENT, step=Step.DATA), Status.QUEUED),
        (_answer(0, end=End.UNANSWERED), Status.DOUBTFUL),
        (_answer(0, end=End.UNADDRESSABLE, step=Step.RCPT), Status.FAILED),
    ],
)
def test_m14_answer_decides_the_state(answer: Answer, status: Status) -> None:
    assert _decide(answer).status is status


@pytest.mark.parametrize(
    ("code", "text", "step", "blame"),
    [
        *((550, f"{enhanced} no", Step.RCPT, Blame.RECIPIENT) for enhanced in ("5.1.1", "5.1.2", "5.1.3", "5.1.6")),
        *((550, f"{enhanced} no", Step.RCPT, Blame.RECIPIENT) for enhanced in ("5.1.10", "5.2.1", "5.2.2")),
        (550, "5.1.1 no", Step.CONTENT, Blame.ODD),
        (554, "5.2.2 your quota", Step.CONTENT, Blame.ODD),
        (554, "5.7.1 relay access denied", Step.RCPT, Blame.SENDER),
        (554, "5.7.1 no", Step.MAIL, Blame.SENDER),
        (550, "no", Step.MAIL, Blame.SENDER),
        (554, "5.7.1 spam", Step.CONTENT, Blame.ODD),
        (554, "5.2.0 limit", Step.RCPT, Blame.ODD),
        (554, "5.4.5 limit", Step.RCPT, Blame.ODD),
        (550, "no such user", Step.RCPT, Blame.ODD),
        (550, "5.1.11 no", Step.RCPT, Blame.ODD),
        (451, "4.1.1 later", Step.RCPT, None),
        (250, "ok", Step.CONTENT, None),
    ],
)
def test_m14_refusal_blames_the_right_one(code: int, text: str, step: Step, blame: Blame | None) -> None:
    assert find_blame(_answer(code, text, step=step)) is blame


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 5), (1, 15), (2, 30), (3, 60), (4, 120), (5, 180), (50, 180)])
def test_m15_deferred_rows_wait_longer(attempts: int, minutes: int) -> None:
    assert _wait(_answer(451), _letter(attempts=attempts)) == pytest.approx(60 * minutes, rel=0.1001)


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 30), (1, 60), (2, 120), (50, 1800)])
def test_lost_connection_is_tried_soon(attempts: int, seconds: int) -> None:
    answer = _answer(0, end=End.UNSENT, step=Step.MAIL)
    assert _wait(answer, _letter(attempts=attempts)) == pytest.approx(seconds, rel=0.1001)


@given(st.integers(1, 10**9), st.integers(0, 9))
def test_wait_is_the_rows_own(key: int, attempts: int) -> None:
    letter = _letter(key, attempts=attempts)
    assert _wait(_answer(451), letter) == _wait(_answer(451), letter)


def test_rows_deferred_together_are_spread() -> None:
    waits = {_wait(_answer(451), _letter(key)) for key in range(100)}
    assert min(waits) < 290 < 310 < max(waits)


@pytest.mark.parametrize(("end", "counts"), [(End.UNREACHED, False), (End.UNSENT, True), (End.ANSWERED, True)])
def test_failed_connection_costs_no_attempt(end: End, counts: bool) -> None:
    assert _decide(_answer(0, end=end)).counts is counts


def test_notice_waits_for_mended_relay() -> None:
    denied = _answer(554, "5.7.1 relay access denied", step=Step.RCPT)
    assert _decide(denied, _letter(kind=Kind.NOTICE)).status is Status.QUEUED


def test_outcome_tells_the_relays_words() -> None:
    outcome = _decide(_answer(554, "5.7.1 spam"))
    assert (outcome.relay, outcome.code, outcome.reply, outcome.retry_at) == ("main", 554, "5.7.1 spam", None)


@pytest.mark.parametrize(
    ("text", "enhanced"), [("5.7.1 no", "5.7.1"), ("no 5.7.1", ""), ("5.7.1x", ""), ("6.1.1 a", ""), ("2.0.0", "2.0.0")]
)
def test_enhanced_code_begins_the_text(text: str, enhanced: str) -> None:
    assert Reply(550, text).enhanced == enhanced
