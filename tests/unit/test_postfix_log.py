"""What a Postfix log proves: a name and a queue entry together, in any of its spellings of time, and nothing less."""

import pytest

from publisher.mail.postfix_log import PostfixLog

OURS = "<d12.3f9a0c@example.org>"
BSD, ISO = "Nov 23 07:00:01 mx", "2026-11-23T07:00:01.123456+01:00 mx"
QUEUED = "postfix/qmgr[12]: 4F1A2B3C: from=<gazette@example.org>, size=20480, nrcpt=1 (queue active)"
NAMED = "postfix/cleanup[11]: 4F1A2B3C: message-id=<d12.3f9a0c@example.org>"


def read(*lines: str) -> PostfixLog:
    log = PostfixLog({OURS, "<d13.aaaaaa@example.org>"})
    log.read(f"{line}\n".encode() for line in lines)
    return log


@pytest.mark.parametrize("head", [BSD, ISO, "<22>1 2026-11-23T07:00:01Z mx", ""])
@pytest.mark.parametrize(
    "proof",
    [
        QUEUED,
        "postfix/smtp[13]: 4F1A2B3C: to=<alice@example.net>, relay=mx[192.0.2.1]:25, dsn=2.0.0, status=sent (ok)",
        "postfix/smtp[13]: 4F1A2B3C: to=<alice@example.net>, relay=none, delay=1, dsn=4.4.1, status=deferred (later)",
        "postfix/qmgr[12]: 4F1A2B3C: removed",
    ],
)
def test_queued_message_was_taken(head: str, proof: str) -> None:
    assert read(f"{head} {NAMED}", f"{head} {proof}").taken == {OURS}


@pytest.mark.parametrize(
    "end",
    [
        "postfix/smtpd[10]: lost connection after DATA (61440 bytes) from app[192.0.2.7]",
        "postfix/cleanup[11]: 4F1A2B3C: milter-reject: END-OF-MESSAGE from app: 5.7.1 no; from=<a@b> to=<c@d>",
        "postfix/qmgr[12]: 5A5A5A5A: from=<gazette@example.org>, size=20480, nrcpt=1 (queue active)",
    ],
)
def test_name_alone_proves_nothing(end: str) -> None:
    assert read(f"{BSD} {NAMED}", f"{BSD} {end}").taken == set()


def test_queue_id_that_comes_back_is_another_message() -> None:
    other = NAMED.replace("d12.3f9a0c", "somebody.else")
    assert read(f"{BSD} {NAMED}", f"{BSD} {other}", f"{BSD} {QUEUED}").taken == set()


def test_long_queue_ids_and_other_instances_are_read() -> None:
    lines = [line.replace("4F1A2B3C", "4YtRbq2xVnz9Kq").replace("postfix/", "postfix-out/") for line in (NAMED, QUEUED)]
    assert read(*(f"{ISO} {line}" for line in lines)).taken == {OURS}


def test_all_names_are_counted() -> None:
    other = NAMED.replace("d12.3f9a0c", "somebody.else")
    assert read(f"{BSD} {other}", f"{BSD} {NAMED}", f"{BSD} kernel: nothing").named == 2
