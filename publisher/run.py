"""`run`: watch, timetable, sender and web in one process, started and stopped in order."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Coroutine, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
import uvloop

from publisher.app import App, open_app
from publisher.clock import now
from publisher.domain import address
from publisher.domain.feed import Format
from publisher.errors import BusyError, PublisherError
from publisher.failpoint import wait
from publisher.jobs import alerting, issuing, leasing, publishing, pushing
from publisher.jobs.hubs import keep_pushing
from publisher.jobs.sending import check_sending, deliver
from publisher.jobs.watching import first_of, keep_reading
from publisher.logs import get_logger, set_up_logs
from publisher.settings import Settings, load_settings
from publisher.tally import Tally
from publisher.timetable import iter_slots
from publisher.timetable.alarm import Alarm
from publisher.web import build_web
from publisher.web.protocol import ShelfProtocol
from publisher.web.state import State

PARTS = frozenset({"watch", "schedule", "send", "web"})
_RECKON = 60.0
_PAUSE = wait(5.0)
_PASSING = (PublisherError, OSError)  # a busy ledger, a full disk: said, and tried again
_log = get_logger()


class Stop:
    """How a process is told to end (SIGTERM, SIGINT) or to begin again with new settings (SIGHUP)."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.is_end = False
        self._settings: Settings | None = None

    def listen(self, home: Path) -> None:
        """Take the signals of this process."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        loop.add_signal_handler(signal.SIGHUP, self._reload, home)

    def take_settings(self) -> Settings | None:
        """The settings that a SIGHUP brought, once."""
        if not self.is_end:
            self.event.clear()
        found, self._settings = self._settings, None
        return found

    def _end(self) -> None:
        self.is_end = True
        self.event.set()

    def _reload(self, home: Path) -> None:
        try:
            self._settings = load_settings(home)
        except PublisherError as problem:
            _log.error("settings_kept", why=str(problem))
            return
        self.event.set()


class Door:
    """The socket that readers come in by; a reload that leaves its address alone never shuts it."""

    def __init__(self) -> None:
        self._address: tuple[str, int] | None = None
        self._listener: socket.socket | None = None

    def open(self, host: str, port: int) -> None:
        """Listen there. Raises BusyError, and then stays as it was."""
        if self._listener is None or self._address != (host, port):
            listener = _listen(host, port)
            self.close()
            self._listener, self._address = listener, (host, port)

    def share(self) -> socket.socket:
        """The socket once more, for a server that closes it."""
        assert self._listener is not None
        return self._listener.dup()

    def close(self) -> None:
        """Let nobody in any more."""
        if self._listener:
            self._listener.close()
        self._listener = None


def run_home(home: Path, *, parts: frozenset[str] = PARTS) -> None:
    """Run a home until a signal ends it. Raises what keeps it from starting."""
    with contextlib.closing(Door()) as door:
        uvloop.run(_run_rounds(home, parts=parts, door=door))


async def _run_rounds(home: Path, *, parts: frozenset[str], door: Door) -> None:
    """One round for each settings; those that can't be started with give way to the last that could."""
    stop = Stop()
    stop.listen(home)
    settings, last, tally = load_settings(home), None, Tally()
    while not stop.is_end:
        set_up_logs(settings.log_level, style=settings.log_format)
        with contextlib.ExitStack() as stack:
            try:
                app = stack.enter_context(open_app(home, settings=settings, tally=tally))
                await _start(app, parts=parts, door=door)
            except PublisherError as problem:
                if last is None:
                    raise
                _log.error("settings_kept", why=str(problem))
                settings, last = last, None
                continue
            await _run(app, stop=stop, parts=parts, door=door)
        settings, last = stop.take_settings() or settings, settings
    say("stopped")


def say(line: str) -> None:
    """A line for whoever started us."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _start(app: App, *, parts: frozenset[str], door: Door) -> None:
    """All that may keep a round from starting."""
    if "send" in parts:
        check_sending(app)
    if "watch" in parts:
        await asyncio.to_thread(leasing.take_folder, app, now=now())
    if "web" in parts:
        door.open(app.settings.web.host, app.settings.web.port)
    if parts != {"send"}:  # all that a sender needs is in the ledger
        await asyncio.to_thread(_prepare, app)


async def _run(app: App, *, stop: Stop, parts: frozenset[str], door: Door) -> None:
    """Work until stopped, and leave the folder to whoever comes next."""
    for line in where_to_look(app, parts=parts, now=now()):
        say(line)
    state = State(app)
    try:
        await _run_together(list(_choose_services(state, stop.event, parts=parts, door=door)), stop.event)
    finally:
        if "watch" in parts:
            await asyncio.to_thread(leasing.leave_folder, app)


def _prepare(app: App) -> None:
    issuing.see_schedules(app, now=now())
    publishing.publish(app, now=now())
    pushing.note_pushes(app, now=now())  # new settings may name other hubs, and change no byte


def _choose_services(
    state: State, stop: asyncio.Event, *, parts: frozenset[str], door: Door
) -> Iterator[Coroutine[None, None, object]]:
    news = asyncio.Event()  # hubs may have something to be told
    if "web" in parts:
        yield _serve(state, stop, door.share())
    if "watch" in parts:
        yield keep_reading(state.app, stop, on_published=partial(_go_on, state, news))
    if parts & {"watch", "web"}:  # where the files are: a hub fetches at once what it is told of
        yield keep_pushing(state.app, stop, wake=news)
    if "schedule" in parts:
        yield _keep_schedule(state, stop)
    if "send" in parts:
        yield _send(state, stop)
    yield alerting.keep_watch(state.app, stop)


async def _run_together(services: list[Coroutine[None, None, object]], stop: asyncio.Event) -> None:
    """Run services until `stop`; when one of them fails, the others are stopped in good order too."""
    tasks = [asyncio.create_task(service) for service in services]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as problem:
        listener.close()
        raise BusyError(
            f"{host}:{port} can't be used ({problem.strerror}): stop what listens there, or set web.port"
        ) from problem
    return listener


class _Server(uvicorn.Server):
    """uvicorn, with the signals left to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(state: State, stop: asyncio.Event, listener: socket.socket) -> None:
    web = state.app.settings.web
    config = uvicorn.Config(
        build_web(state),
        loop="none",
        http=ShelfProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(web.trusted_proxies),
        forwarded_allow_ips=list(web.trusted_proxies),
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=64 << 10,
        limit_concurrency=1000,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving


async def _keep_schedule(state: State, stop: asyncio.Event) -> None:
    """Reckon at every slot, and each minute for what was slept through."""
    alarm = Alarm()

    async def reckon() -> None:
        await _reckon(state)

    for newsletter in state.app.newsletters:
        if not newsletter.is_on_publish:
            alarm.add_schedule(
                newsletter.name, schedule=newsletter.schedule, timezone=newsletter.timezone, callback=reckon
            )
    alarm.add_interval("reckon", seconds=_RECKON, callback=reckon)
    alarm.start()
    await reckon()
    await stop.wait()
    alarm.stop()


async def _go_on(state: State, news: asyncio.Event) -> None:
    """What follows when readers get something new."""
    news.set()
    await _reckon(state)


async def _reckon(state: State) -> None:
    try:
        made = await asyncio.to_thread(issuing.reckon, state.app, now=now())
        if made:
            await asyncio.to_thread(publishing.publish, state.app, now=now())
            state.wake.set()
    except _PASSING as problem:
        _log.error("issue_not_made", why=str(problem))


async def _send(state: State, stop: asyncio.Event) -> None:
    """Send what is due until stopped; a ledger that can't be used for a while does not end the others."""
    while not stop.is_set():
        try:
            await deliver(state.app, until_empty=False, stop=stop, wake=state.wake)
        except _PASSING as problem:
            state.app.tally.note_ill("sending", problem=str(problem), at=now())
            _log.error("sending_stopped", why=str(problem), again_in=_PAUSE)
            await first_of(stop, seconds=_PAUSE)


def work_home(home: Path) -> None:
    """One more sender, until a signal ends it. Raises what keeps it from starting."""
    run_home(home, parts=frozenset({"send"}))


def where_to_look(app: App, *, parts: frozenset[str], now: datetime) -> Iterator[str]:
    """The lines that `run` begins with: where the site, the feeds and the mailbox are, and what is due next."""
    url = app.publication.url
    if "web" in parts:
        yield f"{app.publication.title}: {url}/"
        feeds = [address.absolute(url, address.feed(feed.name, Format.ATOM)) for feed in app.feeds]
        yield f"  feeds     {'  '.join(feeds)}"
        if app.has_built_in_relay:
            yield f"  mailbox   {address.absolute(url, address.MAILBOX)}  (mail stays here: no relay is set)"
    if parts == {"send"}:
        yield f"{app.publication.title}: sending what waits"
    if "watch" in parts:
        yield f"  articles  {app.home.seeds}"
    for newsletter in app.newsletters if "schedule" in parts else ():
        yield f"  {newsletter.name:9} {_next_issue(newsletter.schedule, newsletter.timezone, now=now)}"


def _next_issue(schedule: str, timezone: str, *, now: datetime) -> str:
    if schedule == "on publish":
        return "goes out when an article does"
    due = next(iter_slots(schedule, timezone, after=now)).due_at.astimezone(ZoneInfo(timezone))
    return f"next issue {due:%A %d %B %Y, %H:%M} ({timezone})"
