"""The outbox: drives the sending of whatever the ledger has due, over as many connections as that needs."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from publisher import clock, failpoint
from publisher.domain.delivery import Outcome, Ref, Status
from publisher.errors import SendError
from publisher.logs import get_logger
from publisher.mail.answer import SERVICE_CLOSING
from publisher.mail.breaker import Breaker
from publisher.mail.clerk import Clerk
from publisher.mail.connection import Timeouts
from publisher.mail.lane import Desk, Lane
from publisher.mail.ledger import Ledger
from publisher.mail.message import Signer
from publisher.mail.press import Press
from publisher.mail.relay import Relay
from publisher.mail.route import Pace, Route
from publisher.mail.sender import Sender
from publisher.mail.stock import Stock

_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did: recorded outcomes by status, and the `problem` that ended it early, if one did."""

    counts: Counter[Status]
    problem: str = ""


def _ignore(_ref: Ref, _outcome: Outcome) -> None:
    return None


def _ignore_state(_relay: str, _problem: str) -> None:
    return None


class Outbox:
    """The sender over one or several relays. `run` it once; `stop` and `wake` may be called from any thread.

    It waits for the ledger where it stands, so it needs a loop of its own.
    """

    def __init__(
        self,
        ledger: Ledger,
        *relays: Relay,
        sender: Sender,
        signer: Signer | None = None,
        on_outcome: Callable[[Ref, Outcome], None] = _ignore,
        on_relay: Callable[[str, str], None] = _ignore_state,
        now: Callable[[], datetime] = clock.now,
        timeouts: Timeouts | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._relays, self._sender = relays, sender
        self._on_outcome, self._on_relay = on_outcome, on_relay
        self._timeouts = timeouts or failpoint.hasten(Timeouts())
        self._pace = pace or failpoint.hasten(Pace())
        self._press = Press(ledger, sender=sender, now=now, signer=signer)
        connections = sum(relay.connections for relay in relays)
        self._desk = Desk(
            ledger=ledger,
            clerk=Clerk(ledger),
            stock=Stock(ledger, press=self._press, connections=connections),
            breaker=Breaker(),
            report=self._report,
            now=now,
        )
        self._routes: dict[str, Route] = {}
        self._lanes: dict[asyncio.Task[None], tuple[Lane, Route]] = {}
        self._counts: Counter[Status] = Counter()
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
        self._routes = {relay.name: self._make_route(relay) for relay in self._relays}
        for route in self._routes.values():
            route.join(list(self._routes.values()))
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
                self._press.close()
        return Report(counts=self._counts, problem=self._find_problem())

    def _make_route(self, relay: Relay) -> Route:
        return Route(
            relay,
            hello=self._sender.message_domain,
            timeouts=self._timeouts,
            pace=self._pace,
            on_state=self._on_relay,
        )

    def _find_problem(self) -> str:
        """What is wrong with the relays; nothing while one of them works."""
        problems = [route.problem for route in self._routes.values()]
        return problems[0] if problems and all(problems) else ""

    async def _work(self, *, until_empty: bool) -> None:
        while not self._is_stopping:
            self._signal.clear()
            if await self._open_lanes() and not self._lanes:
                self._pause_refused()
                if until_empty:
                    return
            await self._nap()
            await self._reap()
            if until_empty and not self._lanes and self._are_hopeless():
                return

    def _are_hopeless(self) -> bool:
        return all(route.failures >= self._pace.tries for route in self._routes.values())

    async def _open_lanes(self) -> bool:
        """Open as many as there are letters and connections for; False where no relay may be tried now."""
        rooms = {route: route.connections - self._count_lanes(route) for route in self._routes.values()}
        if max(rooms.values()) <= 0:
            return False
        if not self._desk.stock:
            await self._desk.stock.fill()
        left = len(self._desk.stock)
        # In turn, so that a few letters go to several relays too.
        while left > 0 and any(room > 0 for room in rooms.values()):
            for route in rooms:
                if left > 0 and rooms[route] > 0:
                    self._open_lane(route)
                    rooms[route], left = rooms[route] - 1, left - 1
        return True

    def _count_lanes(self, route: Route) -> int:
        return sum(1 for _, used in self._lanes.values() if used is route)

    def _open_lane(self, route: Route) -> None:
        lane = Lane(self._desk, route)
        task = asyncio.create_task(lane.run())
        task.add_done_callback(lambda _: self._signal.set())
        self._lanes[task] = lane, route

    def _pause_refused(self) -> None:
        """Pause the issues that had too few answers to trip the breaker, all of them refusals."""
        for trip in self._desk.breaker.rest():
            self._desk.pause(trip)

    async def _nap(self) -> None:
        try:
            async with asyncio.timeout(self._pace.look):
                await self._signal.wait()
        except TimeoutError:
            return

    async def _reap(self) -> None:
        for task in [task for task in self._lanes if task.done()]:
            _, route = self._lanes.pop(task)
            try:
                await task
            except SendError as error:
                route.note_failure(error)
        if not self._lanes and all(route.failures for route in self._routes.values()):
            await self._desk.stock.give_back()

    def _report(self, ref: Ref, outcome: Outcome) -> None:
        if outcome.code and outcome.code != SERVICE_CLOSING and outcome.relay in self._routes:
            self._routes[outcome.relay].note_answer()
        self._counts[outcome.status] += 1
        self._on_outcome(ref, outcome)

    async def _keep_lease(self) -> None:
        """Renew the lease, also while a message waits at the dot, and learn how many share the relays' rates."""
        while True:
            try:
                sharers = self._desk.ledger.renew()
            except Exception as error:  # whatever it is, the next renewal must be tried
                _log.warning("lease_not_renewed", error=str(error))
            else:
                self._share_rates(sharers)
            await asyncio.sleep(self._pace.renew)

    def _share_rates(self, sharers: int) -> None:
        for route in self._routes.values():
            route.sharers = max(sharers, 1)

    async def _wind_up(self) -> None:
        """End every lane: by itself within the grace, then by dropping its connection; give the other letters back."""
        self._is_stopping = True
        self._desk.stock.close()
        for lane, _ in self._lanes.values():
            lane.stop()
        if self._lanes:
            _, late = await asyncio.wait(self._lanes, timeout=self._pace.grace)
            for task in late:
                self._lanes[task][0].abort()
            await asyncio.gather(*self._lanes, return_exceptions=True)
        self._pause_refused()
        await self._desk.stock.give_back()
        await self._reap()
