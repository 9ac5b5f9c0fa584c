"""A route: one relay as the outbox uses it. When it may be tried, how fast it may go, and which share is its own."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from publisher.errors import SendError
from publisher.logs import get_logger
from publisher.mail.connection import Connection, Timeouts
from publisher.mail.relay import Relay, open_connection

_STALLED = 5.0  # seconds after which a relay that takes nothing holds up the others no longer
_LOOK = 1.0
_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: between looks at the queue, between renewals of the lease, for messages on the wire when stopped.

    After a failed connection the wait doubles from `retry_first` to `retry_most`; a run until empty
    gives up after `tries` of them in a row.
    """

    look: float = 1
    renew: float = 20
    grace: float = 30
    retry_first: float = 1
    retry_most: float = 60
    tries: int = 5


class Route:
    """Counts what a relay was given, and remembers how it fares. `on_state` hears its problem, "" when it is over."""

    def __init__(
        self, relay: Relay, *, hello: str, timeouts: Timeouts, pace: Pace, on_state: Callable[[str, str], None]
    ) -> None:
        self._relay, self._hello, self._timeouts, self._pace = relay, hello, timeouts, pace
        self._on_state = on_state
        self._loop = asyncio.get_running_loop()
        self._others: Sequence[Route] = ()
        self._signal = asyncio.Event()
        self._next_at = self._not_before = 0.0
        self._moved_at = self._loop.time()
        self.given = 0
        self.sharers = 1
        self.failures = 0
        self.problem = ""

    @property
    def name(self) -> str:
        """The relay's name in the settings."""
        return self._relay.name

    @property
    def weight(self) -> float:
        """Its share beside the weights of the others; 0 where each takes what it can."""
        return self._relay.weight

    @property
    def connections(self) -> int:
        """How many may be open now: while the relay fails us, one is enough to find out when it is back."""
        if self._loop.time() < self._not_before:
            return 0
        return 1 if self.failures else self._relay.connections

    def join(self, routes: Sequence["Route"]) -> None:
        """Share the mail with these others."""
        self._others = [route for route in routes if route is not self and route.weight]

    async def open(self) -> Connection:
        """A new connection. Raises SendError."""
        return await open_connection(self._relay, hello=self._hello, timeouts=self._timeouts)

    @property
    def may_go(self) -> bool:
        """Whether its rate and its share let one more message go now."""
        if self._relay.rate and self._loop.time() < self._next_at:
            return False
        return not self._others or self._is_in_share

    @property
    def _is_in_share(self) -> bool:
        """Not ahead of any other that takes mail by more than one message a connection."""
        ahead = (self.given - self._relay.connections) / self.weight
        oldest = self._loop.time() - _STALLED
        return all(
            ahead < route.given / route.weight or route.failures or route._moved_at < oldest for route in self._others
        )

    async def wait_for_turn(self, stopped: asyncio.Event) -> bool:
        """Wait until one more message may go; False when stopped."""
        while not stopped.is_set():
            if self.may_go:
                return True
            self._signal.clear()
            wait = self._next_at - self._loop.time()
            try:
                async with asyncio.timeout(wait if 0 < wait < _LOOK else _LOOK):
                    await self._signal.wait()
            except TimeoutError:
                continue
        return False

    def take_turn(self) -> None:
        """A message is on its way to this relay. `sharers` (all workers there are) keep to its rate together."""
        self.given += 1
        self._moved_at = self._loop.time()
        if self._relay.rate:
            self._next_at = max(self._next_at, self._moved_at) + self.sharers / self._relay.rate
        for route in self._others:
            route.wake()

    def give_up_turn(self) -> None:
        """It was not sent after all."""
        self.given -= 1

    def wake(self) -> None:
        """Look again whether one more may go."""
        self._signal.set()

    def note_failure(self, error: SendError) -> None:
        """Let the relay rest, each time for longer; lanes that fail together are one failure."""
        if self._loop.time() < self._not_before:
            return
        wait = min(self._pace.retry_first * 2**self.failures, self._pace.retry_most)
        self.failures += 1
        self._not_before = self._loop.time() + wait
        self.problem = str(error)
        self._on_state(self.name, self.problem)
        _log.warning("relay_failed", relay=self.name, code=error.code, again_in=wait, failures=self.failures)

    def note_answer(self) -> None:
        """It answers: whatever was wrong is over, and nobody has to catch up."""
        if not self.failures:
            return
        self.failures, self.problem, self._not_before = 0, "", 0.0
        self._on_state(self.name, "")
        for route in (self, *self._others):
            route.given = 0
