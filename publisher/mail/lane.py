"""A lane: one connection, and one letter at a time on it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from publisher.domain.delivery import Letter, Outcome, Ref, Status
from publisher.errors import PublisherError, SendError
from publisher.mail.addressing import to_wire
from publisher.mail.answer import Answer, Step
from publisher.mail.breaker import Breaker, Trip
from publisher.mail.clerk import Clerk
from publisher.mail.ledger import Ledger
from publisher.mail.press import Plate, Press
from publisher.mail.relay import Connection
from publisher.mail.retry import decide
from publisher.mail.stock import Stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the lanes of an outbox share. `report` is told each outcome once it is on the disk."""

    ledger: Ledger
    clerk: Clerk
    stock: Stock
    press: Press
    breaker: Breaker
    relay: str
    sender: str
    open: Callable[[], Awaitable[Connection]]
    report: Callable[[Ref, Outcome], None]
    now: Callable[[], datetime]

    async def pause(self, trip: Trip) -> None:
        """Have the ledger pause an issue whose refusals are not its readers' fault."""
        await self.clerk.call(self.ledger.pause, issue=trip.issue, reason=trip.reason, refused=trip.refused)


class Lane:
    """Takes letters until there are none; a row is `sending` on the disk before its content goes out.

    The last outcome travels with the next row's begin, in one transaction.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._connection: Connection | None = None
        self._opening: asyncio.Future[Connection] | None = None
        self._outcome: tuple[Ref, Outcome] | None = None
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Work until the stock gives no more. Raises SendError where the relay can't be worked with."""
        try:
            while not self._stopped.is_set() and (letter := await self._desk.stock.take()):
                await self._handle(letter)
        finally:
            await self._settle()
            if self._connection:
                await self._connection.close()

    def stop(self) -> None:
        """Take no more letters, and wait for no connection."""
        self._stopped.set()
        if self._opening:
            self._opening.cancel()

    def abort(self) -> None:
        """Drop the connection: what is on the wire ends as what is then known of it."""
        if self._connection:
            self._connection.abort()

    async def _handle(self, letter: Letter) -> None:
        connection = await self._prepare(letter)
        if connection is None:
            return self._desk.stock.put_back(letter)
        plate = await self._desk.press.find(letter.rendering)
        try:
            message, recipient = plate.strike(letter, self._desk.now()), to_wire(letter.email)
        except PublisherError as error:
            return await self._refuse(letter, str(error), plate=plate)
        if not await self._turn(letter.ref):
            return None
        sender = letter.sender or self._desk.sender
        answer = await self._send(connection, recipient, sender=sender, message=message)
        answer = answer.without(recipient, letter.email)
        await self._note(answer, letter, issue=plate.issue)
        return self._judge_relay(answer)

    async def _prepare(self, letter: Letter) -> Connection | None:
        """An open connection, with the letter's plate made; None when stopped."""
        try:
            await self._desk.press.find(letter.rendering)
            if self._connection and self._connection.is_open:
                return self._connection
            await self._settle()
            return await self._open()
        except PublisherError:
            self._desk.stock.put_back(letter)
            raise

    async def _open(self) -> Connection | None:
        if self._stopped.is_set():
            return None
        self._opening = asyncio.ensure_future(self._desk.open())
        try:
            self._connection = await self._opening
        except asyncio.CancelledError:
            if not self._stopped.is_set():
                raise
            return None
        finally:
            self._opening = None
        return self._connection

    async def _send(self, connection: Connection, recipient: str, *, sender: str, message: bytes) -> Answer:
        """Send; once more over a new connection where the old one had been closed behind our back."""
        is_used = connection.attempts > 0
        answer = await connection.send(sender, recipient, message=message)
        if self._stopped.is_set() or not (is_used and answer.ends_session and answer.step is Step.MAIL):
            return answer
        try:
            fresh = await self._open()
        except SendError:
            return answer
        return await fresh.send(sender, recipient, message=message) if fresh else answer

    async def _note(self, answer: Answer, letter: Letter, *, issue: str) -> None:
        outcome = decide(answer, letter, relay=self._desk.relay, now=self._desk.now())
        self._outcome = (letter.ref, outcome)
        trip = self._desk.breaker.note(answer, letter, issue=issue)
        if outcome.status is Status.FAILED:
            # Another lane's trip may name this row, and only a recorded failure can be put back.
            await self._settle()
        if trip:
            await self._desk.pause(trip)

    def _judge_relay(self, answer: Answer) -> None:
        """A session that ends with its very first message says that the relay is not to be worked with for now."""
        is_first = self._connection is not None and self._connection.attempts == 1
        if is_first and answer.ends_session and not self._stopped.is_set():
            raise SendError(answer.reply.code, answer.reply.text, recipient="", is_permanent=False)

    async def _refuse(self, letter: Letter, reason: str, *, plate: Plate) -> None:
        """Fail a row whose message can't be built; where its whole issue can't, that is paused."""
        if not await self._turn(letter.ref):
            return
        self._outcome = (letter.ref, Outcome(status=Status.FAILED, relay="", reply=reason))
        await self._settle()
        if plate.fault and plate.issue:
            await self._desk.pause(Trip(issue=plate.issue, reason=plate.fault, refused=(letter.ref,)))

    async def _settle(self) -> None:
        if self._outcome:
            await self._turn(None)

    async def _turn(self, begin: Ref | None) -> bool:
        done, self._outcome = self._outcome, None
        try:
            has_begun = await self._desk.clerk.turn(outcome=done, begin=begin)
        except BaseException:
            self._outcome = done  # nobody else knows it: the last settling tries once more
            raise
        if done:
            self._desk.report(*done)
        return has_begun
