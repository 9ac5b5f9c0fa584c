"""One connection to a relay: whatever the relay does, the answer says how far the message came."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from publisher.errors import SendError, UsageError
from publisher.mail import Connection, End, Relay, Step, Timeouts, Tls, open_connection
from tests.recorder import Recorder
from tests.recorder import Step as FaultyStep

FROM, TO = "gazette@example.org", "alice@example.net"
MESSAGE = b"Subject: Hello\r\n\r\nBonjour\r\n"
PATIENT = Timeouts(greeting=15, mail=15, rcpt=15, data=15, block=15, dot=15, quit=1)
SHORT = Timeouts(greeting=15, mail=0.2, rcpt=0.2, data=0.2, block=15, dot=0.2, quit=1)
# For "localhost" and 127.0.0.1, trusted by nobody but these tests.
IDENTITY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglZEHLWGT9r+BP0Bi
g5Oy/4DQAKQ7Q0ewR9DQhuD11lahRANCAATOK4gNa/k0QfbtfmFAh8rimLdMk2cz
NeL4Ab4+2rAJnbmFOgb/cYVdwSJgXKwiLA7HLTf4WgZIAYbzLOvA5CAQ
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUAc3CFzBaVgb/p+IBZMD7Efbjw1MwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA3MDI1M1oYDzIxMjYxMDMw
MDcwMjUzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATOK4gNa/k0QfbtfmFAh8rimLdMk2czNeL4Ab4+2rAJnbmFOgb/cYVd
wSJgXKwiLA7HLTf4WgZIAYbzLOvA5CAQo28wbTAdBgNVHQ4EFgQU/LqtRqfbuqwJ
QCmoZ19G97fRHoUwHwYDVR0jBBgwFoAU/LqtRqfbuqwJQCmoZ19G97fRHoUwGgYD
VR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
zj0EAwIDRwAwRAIgb/gJU2hgiJi0FezSC+zYMZ3g0M05PKmvkCu4Xt2S9xoCIGRu
5gfANljcbla/rUqoyQZxxkSy6LUNMtvXFd5qD+u+
-----END CERTIFICATE-----
"""


@pytest.fixture(params=["plain", "pipelining"])
def recorder(request: pytest.FixtureRequest) -> Iterator[Recorder]:
    with Recorder(pipelining=request.param == "pipelining") as started:
        yield started


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    path = tmp_path / "identity.pem"
    path.write_text(IDENTITY)
    return path


def _tls(identity: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    return context


def _relay(port: int, *, tls: Tls = Tls.NONE, username: str = "", password: str = "") -> Relay:
    return Relay(name="main", host="127.0.0.1", port=port, tls=tls, username=username, password=password)


@asynccontextmanager
async def _connected(relay: Relay, *, timeouts: Timeouts = PATIENT) -> AsyncIterator[Connection]:
    connection = await open_connection(relay, hello="gazette.example", timeouts=timeouts)
    try:
        yield connection
    finally:
        await connection.close()


async def test_message_is_accepted_as_written(recorder: Recorder) -> None:
    async with _connected(_relay(recorder.port)) as connection:
        answer = await connection.send(FROM, TO, message=MESSAGE)
    (recorded,) = recorder.messages
    assert answer.is_accepted
    assert (recorded.sender, recorded.recipient, recorded.content) == (FROM, TO, MESSAGE)
    assert (recorded.hello, recorded.options) == ("gazette.example", (f"SIZE={len(MESSAGE)}",))


async def test_m03_leading_dots_survive(recorder: Recorder) -> None:
    message = MESSAGE + b".\r\n..two\r\n"
    async with _connected(_relay(recorder.port)) as connection:
        await connection.send(FROM, TO, message=message)
    assert recorder.messages[0].content == message


async def test_long_message_arrives_whole(recorder: Recorder) -> None:
    message = MESSAGE + b"x" * 70 + b"\r\n" + b"line of text\r\n" * 100_000
    async with _connected(_relay(recorder.port), timeouts=PATIENT) as connection:
        answer = await connection.send(FROM, TO, message=message)
    assert answer.is_accepted
    assert recorder.messages[0].content == message


async def test_one_connection_carries_many(recorder: Recorder) -> None:
    async with _connected(_relay(recorder.port)) as connection:
        for number in range(5):
            await connection.send(FROM, f"reader{number}@example.net", message=MESSAGE)
    assert (len(recorder.messages), recorder.opened) == (5, 1)


@pytest.mark.parametrize(
    ("fault", "step"),
    [("mail", Step.MAIL), ("rcpt", Step.RCPT), ("data", Step.DATA), ("dot", Step.CONTENT)],
)
async def test_refusal_names_its_step(recorder: Recorder, fault: FaultyStep, step: Step) -> None:
    recorder.reply(fault, "554 5.7.1 no", times=1)
    async with _connected(_relay(recorder.port)) as connection:
        answer = await connection.send(FROM, TO, message=MESSAGE)
        again = await connection.send(FROM, TO, message=MESSAGE)
    assert (answer.end, answer.step, answer.reply.code) == (End.ANSWERED, step, 554)
    assert again.is_accepted
    assert (len(recorder.messages), recorder.opened) == (1, 1)


@pytest.mark.parametrize("fault", ["mail", "rcpt", "data", "content", "dot"])
async def test_m14_service_closing_ends_the_session(recorder: Recorder, fault: FaultyStep) -> None:
    recorder.reply(fault, "421 4.3.2 closing", times=1)
    async with _connected(_relay(recorder.port)) as connection:
        answer = await connection.send(FROM, TO, message=MESSAGE)
        assert not connection.is_open
    assert (answer.end, answer.reply.code, answer.ends_session) == (End.ANSWERED, 421, True)


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ("mail", End.UNSENT),
        ("rcpt", End.UNSENT),
        ("data", End.UNSENT),
        ("content", End.UNANSWERED),
        ("dot", End.UNANSWERED),
    ],
)
@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_lost_connection_tells_how_far(recorder: Recorder, fault: FaultyStep, end: End, how: str) -> None:
    getattr(recorder, how)(fault)
    async with _connected(_relay(recorder.port), timeouts=SHORT if how == "hang" else PATIENT) as connection:
        answer = await connection.send(FROM, TO, message=MESSAGE)
        assert not connection.is_open
    assert (answer.end, answer.reply.code) == (end, 0)
    assert answer.reply.text


async def test_m18_utf8_address_needs_the_extension() -> None:
    with Recorder(smtputf8=False) as recorder:
        async with _connected(_relay(recorder.port)) as connection:
            answer = await connection.send(FROM, "élise@example.net", message=MESSAGE)
    assert answer.end is End.UNADDRESSABLE
    assert recorder.messages == []


async def test_m18_utf8_address_goes_where_offered(recorder: Recorder) -> None:
    async with _connected(_relay(recorder.port)) as connection:
        await connection.send(FROM, "élise@example.net", message=MESSAGE)
    (recorded,) = recorder.messages
    assert recorded.recipient == "élise@example.net"
    assert "SMTPUTF8" in recorded.options


@pytest.mark.parametrize("recipient", ["", "alice", "a@b.org\r\nRSET", "a@b.org> SIZE=1", "a b@c.org"])
async def test_m04_address_can_not_add_commands(recorder: Recorder, recipient: str) -> None:
    async with _connected(_relay(recorder.port)) as connection:
        answer = await connection.send(FROM, recipient, message=MESSAGE)
    assert answer.end is End.UNADDRESSABLE


@pytest.mark.parametrize(
    ("text", "code", "is_permanent"), [("554 5.7.1 no", 554, True), ("421 4.3.2 full", 421, False)]
)
async def test_refused_greeting_is_an_error(recorder: Recorder, text: str, code: int, is_permanent: bool) -> None:
    recorder.reply("connect", text)
    with pytest.raises(SendError) as caught:
        await open_connection(_relay(recorder.port), timeouts=PATIENT)
    assert (caught.value.code, caught.value.is_permanent) == (code, is_permanent)


async def test_absent_relay_is_an_error() -> None:
    with Recorder() as recorder:
        relay = _relay(recorder.port)
    with pytest.raises(SendError, match="relay main") as caught:
        await open_connection(relay, timeouts=PATIENT)
    assert caught.value.code == 0


@pytest.mark.parametrize(("tls", "is_implicit"), [(Tls.STARTTLS, False), (Tls.IMPLICIT, True)])
async def test_m18_encrypted_relay_takes_our_login(
    identity: Path, monkeypatch: pytest.MonkeyPatch, tls: Tls, is_implicit: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(identity))
    with Recorder(tls=_tls(identity), is_implicit=is_implicit, credentials=("gazette", "s3cret")) as recorder:
        relay = _relay(recorder.port, tls=tls, username="gazette", password="s3cret")
        async with _connected(relay) as connection:
            assert (await connection.send(FROM, TO, message=MESSAGE)).is_accepted
    assert recorder.messages[0].is_encrypted
    assert recorder.logins == ["gazette"]


async def test_wrong_password_is_an_error(identity: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(identity))
    with Recorder(tls=_tls(identity), credentials=("gazette", "s3cret")) as recorder:
        relay = _relay(recorder.port, tls=Tls.STARTTLS, username="gazette", password="wrong")
        with pytest.raises(SendError) as caught:
            await open_connection(relay, timeouts=PATIENT)
    assert caught.value.code == 535
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(("tls", "is_implicit"), [(Tls.STARTTLS, False), (Tls.IMPLICIT, True)])
async def test_m18_unknown_certificate_is_refused(identity: Path, tls: Tls, is_implicit: bool) -> None:
    with Recorder(tls=_tls(identity), is_implicit=is_implicit) as recorder:
        relay = _relay(recorder.port, tls=tls)
        with pytest.raises(SendError, match=r"(?i)certificate"):
            await open_connection(relay, timeouts=PATIENT)
    assert recorder.messages == []


async def test_m18_missing_starttls_is_refused(recorder: Recorder) -> None:
    with pytest.raises(SendError, match="STARTTLS"):
        await open_connection(_relay(recorder.port, tls=Tls.STARTTLS), timeouts=PATIENT)


def test_m18_password_never_goes_in_clear() -> None:
    with pytest.raises(UsageError, match="tls"):
        _relay(25, username="gazette", password="s3cret")


def test_password_is_not_shown() -> None:
    assert "s3cret" not in repr(_relay(25, tls=Tls.STARTTLS, username="gazette", password="s3cret"))


@asynccontextmanager
async def _scripted(*replies: bytes) -> AsyncIterator[int]:
    """A server that greets, and then says one of the replies for each line that it is sent."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 scripted\r\n")
        for reply in replies:
            await reader.readline()
            writer.write(reply)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\r\n",
        b"25\r\n",
        b"2500 ok\r\n",
        b"999 no\r\n",
        b"\xff\xfe\r\n",
        b"x" * 9000,
        b"250-a\r\n" * 300,
        b"354 go\r\n",
    ],
)
async def test_garbage_closes_the_session(garbage: bytes) -> None:
    async with _scripted(b"250 hello\r\n", garbage) as port, _connected(_relay(port)) as connection:
        answer = await connection.send(FROM, TO, message=MESSAGE)
        assert not connection.is_open
    assert (answer.end, answer.step) == (End.UNSENT, Step.MAIL)


async def test_reply_may_have_many_lines() -> None:
    refusal = b"550-5.1.1 no such\r\n550 5.1.1 reader\r\n"
    async with (
        _scripted(b"250 hello\r\n", b"250 ok\n", refusal, b"250 ok\r\n") as port,
        _connected(_relay(port)) as connection,
    ):
        answer = await connection.send(FROM, TO, message=MESSAGE)
    assert (answer.reply.text, answer.reply.enhanced) == ("5.1.1 no such 5.1.1 reader", "5.1.1")


async def test_unasked_reply_closes_the_session() -> None:
    async with (
        _scripted(b"250 hello\r\n", b"250 ok\r\n421 and goodbye\r\n") as port,
        _connected(_relay(port)) as connection,
    ):
        answer = await connection.send(FROM, TO, message=MESSAGE)
    assert answer.end is End.UNSENT
    assert "421 and goodbye" in answer.reply.text


@pytest.mark.parametrize(
    ("fault", "said"), [("rcpt", "no answer to RCPT in time"), ("dot", "no answer to the message in time")]
)
async def test_silent_relay_is_told_by_its_step(recorder: Recorder, fault: FaultyStep, said: str) -> None:
    recorder.hang(fault)
    async with _connected(_relay(recorder.port), timeouts=SHORT) as connection:
        answer = await connection.send(FROM, TO, message=MESSAGE)
    assert answer.reply.text == said
