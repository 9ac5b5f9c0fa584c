"""Standards M13 to M18 over real conversations with one relay; M01 to M10 are in test_mail_message.py.

| rule | here | elsewhere |
|---|---|---|
| M01 M02 M05 M06 M07 | | test_mail_message, test_mail_headers, acceptance/test_mail_rules |
| M03 M04 | bytes on the wire | test_mail_message, test_mail_body, test_mail_headers, acceptance/test_mail_rules |
| M13 | | acceptance/test_mail_rules |
| M14 | what each answer ends | test_mail_retry, test_mail_breaker, acceptance/test_mail_rules |
| M15 M16 | the limits | test_mail_retry, test_mail_connection |
| M18 | SIZE, SMTPUTF8, TLS, AUTH | test_mail_connection, test_mail_headers |
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from publisher.domain.delivery import Kind, Letter, Ref, Status
from publisher.errors import SendError, UsageError
from publisher.mail import Answer, Blame, Connection, End, Relay, Reply, Step, Timeouts, Tls, decide, find_blame
from publisher.mail.relay import open_connection
from tests.recorder import Recorder
from tests.recorder import Step as FaultyStep
from tests.unit.test_mail_connection import IDENTITY

FROM, TO, ELISE = "gazette@example.org", "alice@example.net", "élise@example.net"
MESSAGE = b"Subject: Hello\r\n\r\nBonjour\r\n"
PATIENT = Timeouts(greeting=15, mail=15, rcpt=15, data=15, block=15, dot=15, quit=1)
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LOGIN: dict[str, Any] = {"username": "gazette", "password": "s3cret"}
LETTER = Letter(
    ref=Ref(kind=Kind.DELIVERY, key=1),
    rendering="variant:1",
    email=TO,
    message_id="1@example.org",
    values={},
    attempts=0,
)


class Speaker:
    """A relay whose EHLO answers (before TLS, and after) a test writes; it keeps each line with whether TLS hid it."""

    def __init__(self, *extensions: str, host: str = "127.0.0.1") -> None:
        self.extensions = self.later_extensions = extensions
        self.host, self.port = host, 0
        self.tls: ssl.SSLContext | None = None
        self.injected = b""
        self.lines: list[tuple[str, bool]] = []
        self.content = b""

    def count(self, word: str) -> int:
        """How many commands began with that word."""
        return sum(line.upper().startswith(word) for line, _ in self.lines)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session."""
        plain = writer.transport
        try:
            await self._talk(reader, writer)
        finally:
            for transport in (writer.transport, plain):
                transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_hidden = False
        writer.write(b"220 speaker ESMTP\r\n")
        while line := await reader.readline():
            self.lines.append((line.decode().strip(), is_hidden))
            match line.split()[0].upper():
                case b"EHLO":
                    offered = self.later_extensions if is_hidden else self.extensions
                    writer.write("".join(f"250-{one}\r\n" for one in ("speaker", *offered)).encode() + b"250 HELP\r\n")
                case b"STARTTLS":
                    assert self.tls
                    writer.write(b"220 go\r\n" + self.injected)
                    await writer.start_tls(self.tls)
                    is_hidden = True
                case b"AUTH":
                    writer.write(b"235 2.7.0 welcome\r\n")
                case b"QUIT":
                    writer.write(b"221 2.0.0 bye\r\n")
                    await writer.drain()
                    return
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    self.content = await reader.readuntil(b"\r\n.\r\n")
                    writer.write(b"250 2.0.0 ok\r\n")
                case _:
                    writer.write(b"250 2.0.0 ok\r\n")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Speaker"]:
        """Listen, for as long as the block lasts."""
        tasks: set[asyncio.Task[None]] = set()

        def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(asyncio.create_task(self.talk(reader, writer)))

        async with await asyncio.start_server(start, self.host, 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)  # a handshake that failed raises there


@pytest.fixture
def identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a relay shows that we trust, for `localhost` and 127.0.0.1 alone."""
    path = tmp_path / "identity.pem"
    path.write_text(IDENTITY)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as started:
        yield started


def make_relay(port: int, *, host: str = "127.0.0.1", tls: Tls = Tls.NONE, **login: Any) -> Relay:
    return Relay(name="main", host=host, port=port, tls=tls, **login)


@asynccontextmanager
async def connected(relay: Relay, *, timeouts: Timeouts = PATIENT) -> AsyncIterator[Connection]:
    connection = await open_connection(relay, hello="gazette.example", timeouts=timeouts)
    try:
        yield connection
    finally:
        await connection.close()


async def send_to(relay: Relay, recipient: str = TO, *, message: bytes = MESSAGE) -> Answer:
    async with connected(relay) as connection:
        return await connection.send(FROM, recipient, message=message)


# M03, M04: what is on the wire.


async def test_m03_dots_are_stuffed_on_the_wire() -> None:
    async with Speaker().serving() as speaker:
        assert (await send_to(make_relay(speaker.port), message=MESSAGE + b".\r\n.x\r\n")).is_accepted
    assert speaker.content == MESSAGE + b"..\r\n..x\r\n.\r\n"


async def test_m03_needs_no_eight_bit_relay() -> None:
    async with Speaker("SIZE 1000000", "8BITMIME").serving() as speaker:
        await send_to(make_relay(speaker.port))
    (mail,) = (line for line, _ in speaker.lines if line.startswith("MAIL"))
    assert mail == f"MAIL FROM:<{FROM}> SIZE={len(MESSAGE)}"


@pytest.mark.parametrize("recipient", ["a@b.org>\r\nRCPT TO:<c@d.org", "a@b.org\nDATA", "a@b.org\0", "a@b.org\x85"])
async def test_m04_address_adds_no_command(recipient: str) -> None:
    async with Speaker("SMTPUTF8").serving() as speaker:
        assert (await send_to(make_relay(speaker.port), recipient)).end is End.UNADDRESSABLE
    assert {line.split()[0] for line, _ in speaker.lines} <= {"EHLO", "QUIT"}


# M14: reply classes.


@pytest.mark.parametrize(
    ("step", "text", "status"),
    [
        ("mail", "451 4.3.0 later", Status.QUEUED),
        ("rcpt", "450 4.2.0 greylisted", Status.QUEUED),
        ("rcpt", "450 4.7.1 greylisted", Status.QUEUED),
        ("rcpt", "452 4.2.2 mailbox full", Status.QUEUED),
        ("rcpt", "552 too many recipients", Status.QUEUED),
        ("rcpt", "550 4.2.1 not now", Status.QUEUED),
        ("rcpt", "550 5.1.1 unknown", Status.FAILED),
        ("rcpt", "553 5.1.3 what?", Status.FAILED),
        ("data", "451 4.3.0 later", Status.QUEUED),
        ("data", "554 5.5.1 no", Status.FAILED),
        ("dot", "452 4.3.1 no room", Status.QUEUED),
        ("dot", "554 5.6.0 no", Status.FAILED),
        ("dot", "250 2.0.0 ok", Status.SENT),
    ],
)
async def test_m14_reply_class_decides(recorder: Recorder, step: FaultyStep, text: str, status: Status) -> None:
    recorder.reply(step, text)
    answer = await send_to(make_relay(recorder.port))
    assert decide(answer, LETTER, relay="main", now=NOW).status is status


@pytest.mark.parametrize("step", ["connect", "mail", "rcpt", "data", "content", "dot"])
async def test_m14_421_is_temporary_and_closes(recorder: Recorder, step: FaultyStep) -> None:
    recorder.reply(step, "421 4.3.2 closing", times=1)
    if step == "connect":
        with pytest.raises(SendError) as caught:
            await send_to(make_relay(recorder.port))
        assert not caught.value.is_permanent
        return
    async with connected(make_relay(recorder.port)) as connection:
        answer = await connection.send(FROM, TO, message=MESSAGE)
        assert not connection.is_open
    outcome = decide(answer, LETTER, relay="main", now=NOW)
    assert (outcome.status, outcome.code) == (Status.QUEUED, 421)


@pytest.mark.parametrize("text", ["554 5.7.1 blocked", "550 5.7.26 no", "530 5.7.0 log in first"])
async def test_m14_refused_sender_is_no_reader(recorder: Recorder, text: str) -> None:
    recorder.reply("mail", text)
    assert find_blame(await send_to(make_relay(recorder.port))) is Blame.SENDER


async def test_m14_refused_reader_spoils_no_other(recorder: Recorder) -> None:
    recorder.reply("rcpt", "550 5.1.1 unknown", recipient=TO)
    async with connected(make_relay(recorder.port)) as connection:
        refused = await connection.send(FROM, TO, message=MESSAGE)
        other = await connection.send(FROM, "bob@example.net", message=MESSAGE)
    assert (find_blame(refused), other.is_accepted) == (Blame.RECIPIENT, True)
    assert (recorder.recipients, recorder.opened) == (["bob@example.net"], 1)


# M15, M16: time.


def list_retries(text: str, *, until: timedelta) -> list[timedelta]:
    """When a row is tried again, after its first attempt, while a relay says that."""
    answer = Answer(end=End.ANSWERED, step=Step.RCPT, reply=Reply(450, text))
    moments: list[timedelta] = []
    moment = NOW
    while moment - NOW < until:
        retry_at = decide(answer, replace(LETTER, attempts=len(moments)), relay="main", now=moment).retry_at
        assert retry_at
        moment = retry_at
        moments.append(moment - NOW)
    return moments


def test_m15_attempts_grow_apart() -> None:
    retries = list_retries("4.2.0 greylisted", until=timedelta(days=5))
    gaps = [after - before for before, after in pairwise(retries)]
    assert timedelta(minutes=4) < retries[0] < timedelta(minutes=15)
    assert sum(one < timedelta(hours=1) for one in retries) >= 2
    assert max(gaps) < timedelta(hours=3.5)
    assert min(gaps[5:]) > timedelta(hours=2.5)


def test_m15_nothing_but_time_gives_up() -> None:
    assert list_retries("4.2.0 later", until=timedelta(days=5))[-1] >= timedelta(days=5)


def test_m16_limits_are_those_of_the_rfc() -> None:
    limits = Timeouts()
    assert (limits.greeting, limits.mail, limits.rcpt) == (300, 300, 300)
    assert (limits.data, limits.block, limits.dot) == (120, 180, 600)


async def test_m16_dot_has_a_limit_of_its_own() -> None:
    with Recorder(delay=1) as slow:
        hasty = replace(PATIENT, mail=0.5, rcpt=0.5, data=0.5, block=0.5)
        async with connected(make_relay(slow.port), timeouts=hasty) as connection:
            assert (await connection.send(FROM, TO, message=MESSAGE)).is_accepted


@pytest.mark.parametrize(("step", "limit"), [("mail", "mail"), ("rcpt", "rcpt"), ("data", "data"), ("dot", "dot")])
async def test_m16_each_step_has_its_limit(recorder: Recorder, step: FaultyStep, limit: str) -> None:
    recorder.hang(step)
    async with connected(make_relay(recorder.port), timeouts=replace(PATIENT, **{limit: 0.2})) as connection:
        answer = await asyncio.wait_for(connection.send(FROM, TO, message=MESSAGE), 10)
    assert answer.end is (End.UNANSWERED if step == "dot" else End.UNSENT)


async def test_m16_silent_greeting_has_its_limit(recorder: Recorder) -> None:
    recorder.hang("connect")
    with pytest.raises(SendError) as caught:
        await asyncio.wait_for(open_connection(make_relay(recorder.port), timeouts=replace(PATIENT, greeting=0.2)), 10)
    assert (caught.value.code, caught.value.is_permanent) == (0, False)


# M18: extensions and encryption.


async def test_m18_larger_than_size_is_not_sent() -> None:
    async with Speaker("SIZE 1000").serving() as speaker, connected(make_relay(speaker.port)) as connection:
        large = await connection.send(FROM, TO, message=MESSAGE + b"x" * 70 + b"\r\n" + b"more\r\n" * 200)
        assert speaker.count("MAIL") == 0
        small = await connection.send(FROM, TO, message=MESSAGE)
    assert (find_blame(large), small.is_accepted) == (Blame.SENDER, True)


@pytest.mark.parametrize("size", ["SIZE 1000", "SIZE 0", "SIZE", "SIZE lots"])
async def test_m18_size_without_a_limit_keeps_nobody(size: str) -> None:
    async with Speaker(size).serving() as speaker:
        assert (await send_to(make_relay(speaker.port))).is_accepted
    assert any(line.endswith(f"SIZE={len(MESSAGE)}") for line, _ in speaker.lines)


async def test_m18_size_is_said_where_offered_only() -> None:
    async with Speaker().serving() as speaker:
        assert (await send_to(make_relay(speaker.port))).is_accepted
    assert (f"MAIL FROM:<{FROM}>", False) in speaker.lines


async def test_m18_refused_size_blames_the_sender(recorder: Recorder) -> None:
    recorder.reply("mail", "552 5.3.4 message too big")
    assert find_blame(await send_to(make_relay(recorder.port))) is Blame.SENDER


@pytest.mark.parametrize(("recipient", "is_needed"), [(TO, False), ("bob@xn--bcher-kva.example", False), (ELISE, True)])
async def test_m18_smtputf8_only_where_needed(recipient: str, is_needed: bool) -> None:
    async with Speaker("SMTPUTF8", "8BITMIME").serving() as speaker:
        assert (await send_to(make_relay(speaker.port), recipient)).is_accepted
    assert any("SMTPUTF8" in line for line, _ in speaker.lines) is is_needed


async def test_m18_utf8_address_waits_for_no_offer() -> None:
    async with Speaker("8BITMIME").serving() as speaker:
        answer = await send_to(make_relay(speaker.port), ELISE)
    assert decide(answer, LETTER, relay="main", now=NOW).status is Status.FAILED
    assert speaker.count("MAIL") == 0


async def test_m18_starttls_forgets_what_was_offered(identity: ssl.SSLContext) -> None:
    speaker = Speaker("STARTTLS", "SMTPUTF8", "SIZE 1000")
    speaker.tls, speaker.later_extensions = identity, ()
    async with speaker.serving(), connected(make_relay(speaker.port, tls=Tls.STARTTLS)) as connection:
        refused = await connection.send(FROM, ELISE, message=MESSAGE)
        accepted = await connection.send(FROM, TO, message=MESSAGE)
    assert (refused.end, accepted.is_accepted) == (End.UNADDRESSABLE, True)
    assert [hidden for line, hidden in speaker.lines if line.startswith("EHLO")] == [False, True]
    assert (f"MAIL FROM:<{FROM}>", True) in speaker.lines


async def test_m18_words_before_tls_are_not_believed(identity: ssl.SSLContext) -> None:
    speaker = Speaker("STARTTLS")
    speaker.tls, speaker.injected = identity, b"250-injected\r\n250 SMTPUTF8\r\n"
    async with speaker.serving():
        try:
            answer = await send_to(make_relay(speaker.port, tls=Tls.STARTTLS), ELISE)
        except SendError:
            return
    assert answer.end is End.UNADDRESSABLE


async def test_m18_login_goes_encrypted_only(identity: ssl.SSLContext) -> None:
    speaker = Speaker("STARTTLS", "AUTH PLAIN LOGIN")
    speaker.tls = identity
    async with speaker.serving():
        assert (await send_to(make_relay(speaker.port, tls=Tls.STARTTLS, **LOGIN))).is_accepted
    assert [hidden for line, hidden in speaker.lines if line.startswith("AUTH")] == [True]
    assert {hidden for line, hidden in speaker.lines if line.startswith(("MAIL", "RCPT", "DATA"))} == {True}


async def test_m18_stripped_starttls_gets_no_login() -> None:
    async with Speaker("AUTH PLAIN LOGIN").serving() as speaker:
        with pytest.raises(SendError, match="STARTTLS"):
            await send_to(make_relay(speaker.port, tls=Tls.STARTTLS, **LOGIN))
    assert speaker.count("AUTH") == speaker.count("MAIL") == 0


def test_m18_login_without_tls_is_refused() -> None:
    with pytest.raises(UsageError, match="starttls"):
        make_relay(25, **LOGIN)


async def test_m18_certificate_must_name_the_host(identity: ssl.SSLContext) -> None:
    speaker = Speaker("STARTTLS", host="127.0.0.2")
    speaker.tls = identity
    async with speaker.serving():
        with pytest.raises(SendError, match=r"(?i)certificate"):
            await send_to(make_relay(speaker.port, host="127.0.0.2", tls=Tls.STARTTLS))
    assert speaker.count("MAIL") == 0
