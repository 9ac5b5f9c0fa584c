"""Telling: an alert goes to a hook by HTTP, or to a command; each has its time-out, and says why it failed.

Addresses of hooks hold tokens: of them only the host is ever named.
"""

import asyncio
import contextlib
import json
import os
import shlex
import signal
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from publisher.domain.alert import Alert, What
from publisher.errors import PublisherError
from publisher.logs import hide_addresses

HOOK_SECONDS: Final = 10.0
COMMAND_SECONDS: Final = 30.0
_LONGEST: Final = 1000  # characters of a text: more can neither be shown nor stand in a variable
_NAMED_AFTER: Final = {
    **dict.fromkeys((What.SLOT, What.ISSUE, What.DOUBTFUL), "issue"),
    What.COMPOSING: "newsletter",
    What.RELAY: "relay",
    What.FEED: "feed",
}

Tell = Callable[[Mapping[str, str]], Awaitable[None]]
T = TypeVar("T")


def build_news(alert: Alert, *, publication: str, now: datetime) -> dict[str, str]:
    """What is told: publication, what, state, at, text, and the issue, newsletter, relay or feed that it is about.

    `text` is one line, and what Slack, Mattermost and the like show. No address of a person is in it.
    """
    trouble = alert.trouble
    news = {"publication": publication, "what": trouble.what.value, "state": alert.state.value, "at": now.isoformat()}
    if trouble.what in _NAMED_AFTER:
        news[_NAMED_AFTER[trouble.what]] = trouble.name
    text = hide_addresses(" ".join(alert.text.replace("\0", " ").split()))
    return news | {"text": _shorten(f"{publication}: {text}")}


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


async def post(url: str, news: Mapping[str, str], *, seconds: float = HOOK_SECONDS) -> None:
    """Send the news to a hook. Raises PublisherError with the host and the reason."""
    await _reach(url, content=json.dumps(dict(news)).encode(), seconds=seconds)


async def beat(url: str, *, seconds: float = HOOK_SECONDS) -> None:
    """Ask for an address, which tells its owner that we are well. Raises PublisherError."""
    await _reach(url, content=None, seconds=seconds)


async def run_command(command: str, news: Mapping[str, str], *, folder: Path, seconds: float = COMMAND_SECONDS) -> None:
    """Run a command without a shell, in `folder`, and kill it after `seconds`. Raises PublisherError."""
    program, *arguments = shlex.split(command)
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, "ALERT_TEXT": news["text"]},
            start_new_session=True,
        )
    except OSError as problem:
        raise PublisherError(f"{program} can't be started: {problem.strerror}") from problem
    try:
        async with asyncio.timeout(seconds):
            await process.communicate(json.dumps(dict(news)).encode())
    except TimeoutError as problem:
        raise PublisherError(f"{program} was not done after {seconds:g} seconds, and was killed") from problem
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever it started goes with it
            await process.wait()
    if process.returncode:
        raise PublisherError(f"{program} ended with {process.returncode}")


async def _reach(url: str, *, content: bytes | None, seconds: float) -> None:
    from publisher.jobs.hook import ask  # what speaks HTTP takes long to load, and most processes never tell

    await reach(url, lambda: ask(url, content=content, seconds=seconds), seconds=seconds)


async def reach(url: str, call: Callable[[], T], *, seconds: float) -> T:
    """Ask in a thread of its own, which is left behind where it does not end in time: it holds up nobody's exit.

    Raises PublisherError with the host and the reason.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _in_daemon(call)
    except TimeoutError as problem:
        raise PublisherError(f"{urlsplit(url).hostname}: no answer in {seconds:g} seconds") from problem


async def _in_daemon(call: Callable[[], T]) -> T:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(act: Callable[[], None]) -> None:
        if not done.done():
            act()

    def work() -> None:
        try:
            found = call()
        except Exception as caught:
            act = partial(done.set_exception, caught)
        else:
            act = partial(done.set_result, found)
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits any more
            loop.call_soon_threadsafe(settle, act)

    threading.Thread(target=work, name="telling", daemon=True).start()
    return await done
