"""The outbox: drives the sending of whatever the ledger has due, over as many connections as that needs."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from publisher import clock, failpoint
from publisher.domain.delivery import Outcome, Ref, Status
from publisher.errors import SendError
from publisher.mail.answer import SERVICE_CLOSING
from publisher.mail.breaker import Breaker
from publisher.mail.clerk import Clerk
from publisher.mail.lane import Desk, Lane
from publisher.mail.ledger import Ledger
from publisher.mail.press import Press
from publisher.mail.relay import Connection, Relay, Timeouts, open_connection
from publisher.mail.sender import Sender
from publisher.mail.stock import Stock

_log = structlog.get_logger()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did: recorded outcomes by status, and the `problem` that ended it early, if one did."""

    counts: Counter[Status]
    problem: str = ""


def _ignore(_ref: Ref, _outcome: Outcome) -> None:
    return None


class Outbox:
    """One relay's sender. `run` it once; `stop` and `wake` may be called from any thread."""

    def __init__(
        self,
        ledger: Ledger,
        relay: Relay,
        *,
        sender: Sender,
        on_outcome: Callable[[Ref, Outcome], None] = _ignore,
        now: Callable[[], datetime] = clock.now,
        timeouts: Timeouts | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._relay, self._sender = relay, sender
        self._on_outcome = on_outcome
        self._timeouts = timeouts or failpoint.hasten(Timeouts())
        self._pace = pace or failpoint.hasten(Pace())
        clerk = Clerk(ledger)
        self._desk = Desk(
            ledger=ledger,
            clerk=clerk,
            stock=Stock(clerk, ledger, connections=relay.connections),
            press=Press(clerk, ledger, sender=sender),
            breaker=Breaker(),
            relay=relay.name,
            sender=sender.address,
            open=self._open_connection,
            report=self._report,
            now=now,
        )
        self._lanes: dict[asyncio.Task[None], Lane] = {}
        self._counts: Counter[Status] = Counter()
        self._failures = 0
        self._problem = ""
        self._not_before = 0.0
        self._is_stopping = False
        self._signal = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """Finish the messages on the wire, give the other letters back, and return from `run`."""
        self._is_stopping = True
        self.wake()

    def wake(self) -> None:
        """Look at the queue now."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._signal.set)

    async def run(self, *, until_empty: bool = False) -> Report:
        """Send what is due until stopped, or until nothing is. Raises what the ledger raises."""
        self._loop = asyncio.get_running_loop()
        renewing = asyncio.create_task(self._keep_lease())
        try:
            await self._work(until_empty=until_empty)
        finally:
            try:
                await self._wind_up()
            finally:
                renewing.cancel()
                await asyncio.wait([renewing])
                self._loop = None
                await self._desk.clerk.close()
        return Report(counts=self._counts, problem=self._problem)

    async def _work(self, *, until_empty: bool) -> None:
        while not self._is_stopping:
            self._signal.clear()
            if self._time() >= self._not_before:
                await self._open_lanes()
                if not self._lanes and await self._is_done(until_empty=until_empty):
                    return
            await self._nap()
            await self._reap()
            if until_empty and self._failures >= self._pace.tries and not self._lanes:
                return

    async def _open_lanes(self) -> None:
        # While the relay fails us, one lane is enough to find out when it is back.
        most = 1 if self._failures else self._relay.connections
        room = most - len(self._lanes)
        if room <= 0:
            return
        await self._desk.stock.refill()
        for _ in range(min(room, len(self._desk.stock))):
            lane = Lane(self._desk)
            task = asyncio.create_task(lane.run())
            task.add_done_callback(lambda _: self._signal.set())
            self._lanes[task] = lane

    async def _is_done(self, *, until_empty: bool) -> bool:
        await self._pause_refused()
        return until_empty

    async def _pause_refused(self) -> None:
        """Pause the issues that had too few answers to trip the breaker, all of them refusals."""
        for trip in self._desk.breaker.rest():
            await self._desk.pause(trip)

    async def _nap(self) -> None:
        try:
            async with asyncio.timeout(self._pace.look):
                await self._signal.wait()
        except TimeoutError:
            return

    async def _reap(self) -> None:
        for task in [task for task in self._lanes if task.done()]:
            del self._lanes[task]
            try:
                await task
            except SendError as error:
                self._note_failure(error)
        if self._failures and not self._lanes:
            await self._desk.stock.give_back()

    def _note_failure(self, error: SendError) -> None:
        wait = min(self._pace.retry_first * 2**self._failures, self._pace.retry_most)
        self._failures += 1
        self._not_before = self._time() + wait
        self._problem = str(error)
        _log.warning("relay_failed", relay=self._relay.name, code=error.code, again_in=wait, failures=self._failures)

    def _report(self, ref: Ref, outcome: Outcome) -> None:
        if outcome.code and outcome.code != SERVICE_CLOSING:
            self._failures, self._problem, self._not_before = 0, "", 0.0
        self._counts[outcome.status] += 1
        self._on_outcome(ref, outcome)

    async def _open_connection(self) -> Connection:
        return await open_connection(self._relay, hello=self._sender.message_domain, timeouts=self._timeouts)

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(self._pace.renew)
            if not self._lanes and not self._desk.stock:
                continue
            try:
                await self._desk.clerk.call(self._desk.ledger.renew)
            except Exception as error:  # whatever it is, the next renewal must be tried
                _log.warning("lease_not_renewed", error=str(error))

    async def _wind_up(self) -> None:
        """End every lane: by itself within the grace, then by dropping its connection; give the other letters back."""
        self._is_stopping = True
        self._desk.stock.close()
        for lane in self._lanes.values():
            lane.stop()
        if self._lanes:
            _, late = await asyncio.wait(self._lanes, timeout=self._pace.grace)
            for task in late:
                self._lanes[task].abort()
            await asyncio.gather(*self._lanes, return_exceptions=True)
        await self._pause_refused()
        await self._desk.stock.give_back()
        await self._reap()

    def _time(self) -> float:
        return asyncio.get_running_loop().time()
