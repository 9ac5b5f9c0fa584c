"""Sending: the relays that mail is handed to, and one worker that hands it over in a thread of its own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from publisher.app import App
from publisher.clock import now
from publisher.domain import address
from publisher.domain.delivery import Outcome, Ref, Status
from publisher.jobs.worker import Worker
from publisher.logs import get_logger
from publisher.mail import Outbox, Pace, Relay, Report, Sender, Tls, build_sender
from publisher.mail.mailbox import BuiltInRelay
from publisher.settings import RelayPart, read_password

if TYPE_CHECKING:
    from publisher.mail.dkim import Signer

_log = get_logger()
_IMPLICIT_TLS_PORT = 465

OnOutcome = Callable[[Ref, Outcome], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How to send: the relays, and the paper as a correspondent."""

    relays: tuple[Relay, ...]
    sender: Sender


@asynccontextmanager
async def open_relays(app: App) -> AsyncIterator[Sending]:
    """The relays of the settings, or the built-in one for as long as the block lasts."""
    check_sending(app)
    sender = make_sender(app)
    if app.has_built_in_relay:
        async with BuiltInRelay(app.home.mailbox) as built_in:
            yield Sending(relays=(built_in.relay,), sender=sender)
        return
    relays = (make_relay(name, part, root=app.home.root) for name, part in app.settings.relays.items())
    yield Sending(relays=tuple(relays), sender=sender)


def make_signer(app: App) -> "Signer | None":
    """What signs mail here, where the settings name a key. Raises SettingsError for one that can't be used."""
    if not app.settings.mail.dkim.key_file:
        return None
    # It loads cryptography, which takes as long as a small command altogether, and most relays sign themselves.
    from publisher.jobs.signing import build_signer

    return build_signer(app, make_sender(app))


def check_sending(app: App) -> None:
    """Refuse to send what readers could not leave, or what could not be signed as it should. Raises SettingsError."""
    app.check_sending()
    make_signer(app)


def make_sender(app: App) -> Sender:
    """The paper as a correspondent."""
    return build_sender(
        app.settings.mail.from_,
        reply_to=app.settings.mail.reply_to,
        subscribe_url=address.absolute(app.publication.url, address.SUBSCRIBE),
        help_url=address.absolute(app.publication.url, address.FRONT),
        owner=app.publication.contact if "@" in app.publication.contact else "",
    )


def make_relay(name: str, part: RelayPart, *, root: Path) -> Relay:
    """A relay as the settings give it; TLS by the port where they do not say."""
    by_port = Tls.IMPLICIT if part.port == _IMPLICIT_TLS_PORT else Tls.STARTTLS
    return Relay(
        name=name,
        host=part.host,
        port=part.port,
        tls=Tls(part.tls) if part.tls else by_port,
        username=part.username,
        password=read_password(part, home=root),
        connections=part.connections,
        rate=part.rate,
        weight=part.weight,
    )


def _ignore(_ref: Ref, _outcome: Outcome) -> None:
    return None


def _counted(app: App, on_outcome: OnOutcome, *, late: Counter[Status], stop: asyncio.Event | None) -> OnOutcome:
    """The same, with the relay's answers counted, and what became of messages after the stop."""

    def count(ref: Ref, outcome: Outcome) -> None:
        if outcome.relay:  # else the message could not be built, and no relay was asked
            app.tally.note_answer(outcome.relay, outcome.code)
        if stop and stop.is_set():
            late[outcome.status] += 1
        on_outcome(ref, outcome)

    return count


async def deliver(
    app: App,
    *,
    until_empty: bool,
    on_outcome: OnOutcome = _ignore,
    stop: asyncio.Event | None = None,
    wake: asyncio.Event | None = None,
    pace: Pace | None = None,
) -> Report:
    """Send what is due until nothing is, or until `stop` is set; `wake` makes it look at the queue at once."""
    async with open_relays(app) as sending:
        worker, late = Worker(app), Counter[Status]()
        await asyncio.to_thread(worker.start)
        try:
            outbox = Outbox(
                worker,
                *sending.relays,
                sender=sending.sender,
                signer=make_signer(app),
                on_outcome=_counted(app, on_outcome, late=late, stop=stop),
                on_relay=lambda name, problem: app.tally.note_relay(name, problem, at=now()),
                now=app.steady.now,
                pace=pace,
            )
            followers = [
                asyncio.create_task(_call_when_set(event, act, is_repeated=is_repeated))
                for event, act, is_repeated in ((stop, outbox.stop, False), (wake, outbox.wake, True))
                if event
            ]
            try:
                return await _run_apart(outbox, until_empty=until_empty)
            finally:
                if late[Status.DOUBTFUL]:
                    _log.warning("left_in_doubt", doubtful=late[Status.DOUBTFUL])
                for follower in followers:
                    follower.cancel()
                with suppress(asyncio.CancelledError):
                    await asyncio.gather(*followers, return_exceptions=True)
        finally:
            await asyncio.to_thread(worker.stop)


async def _run_apart(outbox: Outbox, *, until_empty: bool) -> Report:
    """Run an outbox in a thread and a loop of its own: it waits for the ledger while others go on."""

    def run() -> Report:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(outbox.run(until_empty=until_empty))

    with ThreadPoolExecutor(1, thread_name_prefix="sender") as thread:
        running = asyncio.get_running_loop().run_in_executor(thread, run)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            outbox.stop()
            await asyncio.wait([running])
            raise


async def _call_when_set(event: asyncio.Event, act: Callable[[], None], *, is_repeated: bool) -> None:
    while True:
        await event.wait()
        act()
        if not is_repeated:
            return
        event.clear()
