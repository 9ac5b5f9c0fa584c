"""Telling: a real hook and real commands, that answer well, badly and not at all."""

import asyncio
import json
import os
import shlex
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.errors import PublisherError
from publisher.jobs.telling import beat, post, run_command
from tests.hook import SECRET, Hook

NEWS = {"what": "issue", "state": "begun", "text": "La Gazette: élan; $(id)"}


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as started:
        yield started


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A command that writes down what it was told, and how."""
    path = tmp_path / "tell me"
    path.write_text('#!/bin/sh\ncat > "$1"\nprintf %s "$ALERT_TEXT" > "$1.text"\npwd > "$1.folder"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


async def fail_to_post(url: str, *, seconds: float = 10) -> str:
    with pytest.raises(PublisherError) as caught:
        await post(url, NEWS, seconds=seconds)
    assert SECRET not in str(caught.value)
    return str(caught.value)


async def test_hook_gets_the_news(hook: Hook) -> None:
    await post(hook.url, NEWS)
    (asked,) = hook.asked
    assert (asked.method, asked.kind, asked.news) == ("POST", "application/json", NEWS)
    assert asked.path == f"/{SECRET}?key={SECRET}"


async def test_heartbeat_is_a_get(hook: Hook) -> None:
    await beat(hook.url)
    assert [(asked.method, asked.content) for asked in hook.asked] == [("GET", b"")]


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_refusing_hook_says_its_status(hook: Hook, status: int) -> None:
    hook.status = status
    assert await fail_to_post(hook.url) == f"127.0.0.1: HTTP {status}"


@pytest.mark.parametrize("elsewhere", ["file:///etc/passwd", "/other", "https://127.0.0.1:1/"])
async def test_redirection_is_not_followed(hook: Hook, elsewhere: str) -> None:
    hook.status, hook.location = 302, elsewhere
    assert "sends us elsewhere" in await fail_to_post(hook.url)
    assert len(hook.asked) == 1


async def test_silent_hook_is_left(hook: Hook) -> None:
    hook.is_hanging = True
    assert "no answer" in await fail_to_post(hook.url, seconds=0.2)


async def test_absent_hook_names_its_host() -> None:
    with Hook() as gone:
        url = gone.url
    assert await fail_to_post(url) == "127.0.0.1: Connection refused"


async def test_garbage_for_an_answer_is_an_error() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(b"what?\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await fail_to_post(f"http://127.0.0.1:{port}/{SECRET}") == "127.0.0.1: BadStatusLine"


async def test_stranger_to_tls_is_an_error(hook: Hook) -> None:
    assert (await fail_to_post(hook.url.replace("http:", "https:"))).startswith("127.0.0.1: ")


async def test_command_gets_the_news(script: Path, tmp_path: Path) -> None:
    out = tmp_path / "out; touch bad"
    await run_command(f"{shlex.quote(str(script))} {shlex.quote(str(out))}", NEWS, folder=tmp_path)
    assert json.loads(out.read_text()) == NEWS
    assert out.with_name(f"{out.name}.text").read_text() == NEWS["text"]
    assert out.with_name(f"{out.name}.folder").read_text().strip() == str(tmp_path)
    assert not (tmp_path / "bad").exists()


async def test_command_need_not_listen(tmp_path: Path) -> None:
    await run_command("true", {"text": "", "what": "x" * 1_000_000}, folder=tmp_path)


@pytest.mark.parametrize(
    ("command", "said"), [("false", "false ended with 1"), ("no-such-command", "no-such-command can't be started")]
)
async def test_failing_command_says_so(command: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(PublisherError, match=said):
        await run_command(command, NEWS, folder=tmp_path)


async def test_endless_command_is_killed_with_its_own(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = f"sh -c 'sleep 60 & echo $! > {pids}; wait'"
    started = time.monotonic()
    with pytest.raises(PublisherError, match="killed"):
        await run_command(command, NEWS, folder=tmp_path, seconds=0.5)
    assert time.monotonic() - started < 10
    pid = int(pids.read_text())
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]


async def test_cancelled_command_is_killed(tmp_path: Path) -> None:
    fifo = tmp_path / "started"
    os.mkfifo(fifo)
    running = asyncio.create_task(run_command(f"sh -c 'echo $$ > {fifo}; exec sleep 60'", NEWS, folder=tmp_path))
    pid = int(await asyncio.to_thread(fifo.read_text))
    running.cancel()
    await asyncio.wait([running], timeout=10)
    assert running.cancelled()
    assert not Path(f"/proc/{pid}").exists()
