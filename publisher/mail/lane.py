"""A lane: one connection, and one letter at a time on it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from publisher.domain.delivery import Outcome, Ref, Status
from publisher.errors import SendError
from publisher.mail.answer import Answer, Step
from publisher.mail.breaker import Breaker, Trip
from publisher.mail.clerk import Clerk, Turn
from publisher.mail.connection import Connection
from publisher.mail.ledger import Ledger
from publisher.mail.press import Page
from publisher.mail.retry import decide
from publisher.mail.route import Route
from publisher.mail.stock import Stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the lanes of an outbox share. `report` is told each outcome once it is on the disk."""

    ledger: Ledger
    clerk: Clerk
    stock: Stock
    breaker: Breaker
    report: Callable[[Ref, Outcome], None]
    now: Callable[[], datetime]

    def pause(self, trip: Trip) -> None:
        """Have the ledger pause an issue whose refusals are not its readers' fault."""
        self.ledger.pause(issue=trip.issue, reason=trip.reason, refused=trip.refused)


class Lane:
    """Takes pages until there are none; a row is `sending` on the disk before its content goes out.

    The envelope of the next page goes out behind the content of the one before. The last outcome travels with the next
    row's begin, in one transaction.
    """

    def __init__(self, desk: Desk, route: Route) -> None:
        self._desk, self._route = desk, route
        self._connection: Connection | None = None
        self._opening: asyncio.Future[Connection] | None = None
        self._outcome: tuple[Ref, Outcome] | None = None
        self._page: Page | None = None  # taken, and neither begun nor put back
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Work until the stock gives no more. Raises SendError where the relay can't be worked with."""
        try:
            while not self._stopped.is_set() and (self._page or await self._take()):
                await self._handle()
        finally:
            if self._page:
                self._route.give_up_turn()
                self._desk.stock.put_back(self._page)
            try:
                await self._settle()
            finally:
                if self._connection:
                    await self._connection.close()

    def stop(self) -> None:
        """Take no more letters, and wait for no connection."""
        self._stopped.set()
        self._route.wake()
        if self._opening:
            self._opening.cancel()

    def abort(self) -> None:
        """Drop the connection: what is on the wire ends as what is then known of it."""
        if self._connection:
            self._connection.abort()

    async def _take(self) -> bool:
        """Take the next page when it is this relay's turn; False when there is none, or we were stopped."""
        while not self._page:
            if not self._route.may_go:
                await self._settle()
                if not await self._route.wait_for_turn(self._stopped):
                    return False
            self._page = self._desk.stock.find()
            if self._page is None:
                await self._settle()
                if not await self._desk.stock.fill():  # others may have taken their turns meanwhile
                    return False
        self._route.take_turn()
        return True

    def _find_following(self) -> Page | None:
        """The page whose envelope may go out behind the one in hand, if one is ready."""
        if self._stopped.is_set() or not self._route.may_go:
            return None
        page = self._desk.stock.find()
        if page:
            self._route.take_turn()
        return page

    async def _handle(self) -> None:
        """Bring the page in hand to its end, and leave in hand what follows it."""
        page = self._page
        assert page
        if page.fault:
            return await self._refuse(page)
        connection = await self._connect()
        if connection is None:
            return None
        refusal = await self._open_envelope(connection, page)
        if refusal:
            if refusal.step is Step.MAIL:  # nothing was said of the reader yet: the page may go another way
                self._judge_relay(refusal)
            return await self._note_refusal(page, refusal)
        connection, self._page = self._connection, None
        assert connection
        if not await self._turn(Turn(begin=page.ref)):
            connection.abort()  # the relay waits for content, and an empty mail would be worse
            return await self._desk.stock.note_barred()
        self._page = self._find_following()
        answer = await connection.send_content(page.message, following=self._page.envelope if self._page else None)
        await self._note(page, _hide_addresses(answer, page))
        return self._judge_relay(answer)

    async def _connect(self) -> Connection | None:
        """An open connection; None when stopped."""
        if self._connection and self._connection.is_open:
            return self._connection
        await self._settle()
        return await self._open()

    async def _open(self) -> Connection | None:
        if self._stopped.is_set():
            return None
        self._opening = asyncio.ensure_future(self._route.open())
        try:
            self._connection = await self._opening
        except asyncio.CancelledError:
            if not self._stopped.is_set():
                raise
            return None
        finally:
            self._opening = None
        return self._connection

    async def _open_envelope(self, connection: Connection, page: Page) -> Answer | None:
        """Open it; over a new connection where the old one had been closed behind our back."""
        is_used = connection.attempts > 0
        if not connection.has_answered(page.envelope):
            await self._settle()
        refusal = await connection.open_envelope(page.envelope)
        is_worn = is_used and refusal and refusal.ends_session and refusal.step is Step.MAIL
        if not is_worn or self._stopped.is_set():
            return refusal
        try:
            fresh = await self._open()
        except SendError:
            return refusal
        return await fresh.open_envelope(page.envelope) if fresh else refusal

    async def _note_refusal(self, page: Page, refusal: Answer) -> None:
        """A page that came no further than its envelope."""
        self._page = None
        answer = _hide_addresses(refusal, page)
        outcome = decide(answer, page.letter, relay=self._route.name, now=self._desk.now())
        trip = self._desk.breaker.note(answer, page.letter, issue=page.issue)
        await self._end_unsent(page, outcome)
        if trip:
            self._desk.pause(trip)
        self._judge_relay(refusal)

    async def _note(self, page: Page, answer: Answer) -> None:
        outcome = decide(answer, page.letter, relay=self._route.name, now=self._desk.now())
        self._outcome = (page.ref, outcome)
        trip = self._desk.breaker.note(answer, page.letter, issue=page.issue)
        if outcome.status is Status.FAILED:
            # Another lane's trip may name this row, and only a recorded failure can be put back.
            await self._settle()
        if trip:
            self._desk.pause(trip)

    def _judge_relay(self, answer: Answer) -> None:
        """A session that ends with its very first message says that the relay is not to be worked with for now."""
        is_first = self._connection is not None and self._connection.attempts == 1
        if is_first and answer.ends_session and not self._stopped.is_set():
            raise SendError(answer.reply.code, answer.reply.text, recipient="", is_permanent=False)

    async def _refuse(self, page: Page) -> None:
        """Fail a row whose message can't be built; where its whole issue can't, that is paused."""
        self._page = None
        if not await self._end_unsent(page, Outcome(status=Status.FAILED, relay="", reply=page.fault)):
            return
        if page.is_common and page.issue:
            self._desk.pause(Trip(issue=page.issue, reason=page.fault, refused=(page.ref,)))

    async def _end_unsent(self, page: Page, outcome: Outcome) -> bool:
        has_ended = await self._turn(Turn(refusal=(page.ref, outcome)))
        if has_ended:
            self._desk.report(page.ref, outcome)
        return has_ended

    async def _settle(self) -> None:
        if self._outcome:
            await self._turn(Turn())

    async def _turn(self, turn: Turn) -> bool:
        """Have the ledger take a turn, and the last outcome with it."""
        done, self._outcome = self._outcome, None
        try:
            has_begun = await self._desk.clerk.take(Turn(outcome=done, begin=turn.begin, refusal=turn.refusal))
        except BaseException:
            self._outcome = done  # nobody else knows it: the last settling tries once more
            raise
        if done:
            self._desk.report(*done)
        return has_begun


def _hide_addresses(answer: Answer, page: Page) -> Answer:
    return answer.without(page.envelope.recipient, page.letter.email)
