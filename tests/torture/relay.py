"""The torture's relay: a recording SMTP server in a thread of its own, quick, and as faulty as its rules say.

Each worker comes in by a port of its own (a seat), so that a rule knows whose connection it strikes. What is taken is
recorded before the answer goes out, by recipient and Message-ID.
"""

import asyncio
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.torture.acts import PLAIN, Act, Rule, Step, Visit
from tests.torture.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the relay says that it can do; without `is_strict` a DATA without a recipient is answered by a 354."""

    pipelining: bool = True
    size: bool = True
    eight_bit: bool = True
    utf8: bool = True
    is_strict: bool = True
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One message that the relay has answered for."""

    recipient: str
    message_id: str
    seat: int
    at: float


class TortureRelay:
    """Serves until its block ends. Of its `rules` the first one that gives an act has its way."""

    def __init__(self, *, seats: int = 4, offer: Offer | None = None) -> None:
        self.offer = offer or Offer()
        self.rules: tuple[Rule, ...] = ()
        self.taken: list[Taken] = []
        self.lied_to: set[str] = set()
        self.wrongs: list[str] = []
        self.visits: Counter[Step] = Counter()
        self.ports: list[int] = []
        self.on_taken: Callable[[int], None] | None = None
        self.sessions: set[Session] = set()
        self._seats = seats
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    # What a session asks and tells, in the relay's thread.

    def visit(self, step: Step, *, recipient: str, seat: int) -> Act:
        """What to do at this step."""
        self.visits[step] += 1
        visit = Visit(step=step, recipient=recipient, number=self.visits[step], seat=seat)
        return next((act for act in (rule(visit) for rule in self.rules) if act), PLAIN)

    def take(self, recipient: str, message_id: str, *, seat: int) -> None:
        """Answer for a message from now on."""
        with self._moved:
            self.taken.append(Taken(recipient=recipient, message_id=message_id, seat=seat, at=time.monotonic()))
            self._moved.notify_all()
        if self.on_taken:
            self.on_taken(len(self.taken))

    def note_wrong(self, what: str) -> None:
        """Note that the client broke a rule of SMTP."""
        self.wrongs.append(what)

    # What a fault asks.

    def behave(self, *rules: Rule) -> None:
        """Replace the rules; without any, be a good relay."""
        self.rules = rules

    def wait_for(self, number: int, *, seconds: float = 60) -> bool:
        """Wait until that many messages are taken in all; whether they were in time."""
        with self._moved:
            return self._moved.wait_for(lambda: len(self.taken) >= number, timeout=seconds)

    def cut_all(self) -> None:
        """Cut every session."""

        def cut() -> None:
            for session in tuple(self.sessions):
                session.cut()

        self._loop.call_soon_threadsafe(cut)

    def copies(self) -> Counter[str]:
        """How many messages for each address were taken."""
        return Counter(taken.recipient for taken in tuple(self.taken))

    # The thread.

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        servers = [self._loop.run_until_complete(self._open(seat)) for seat in range(self._seats)]
        self.ports = [server.sockets[0].getsockname()[1] for server in servers]
        self._ready.set()
        self._loop.run_forever()
        for server in servers:
            server.close()
        for session in tuple(self.sessions):
            session.cut()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _open(self, seat: int) -> asyncio.Server:
        return await self._loop.create_server(lambda: Session(self, seat=seat), "127.0.0.1", 0, backlog=500)
