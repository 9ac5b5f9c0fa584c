"""The clerk: gathers the lanes' turns into one transaction of the ledger."""

import asyncio
from dataclasses import dataclass

from publisher import failpoint
from publisher.domain.delivery import Outcome, Ref
from publisher.errors import PublisherError
from publisher.logs import get_logger
from publisher.mail.ledger import Ledger

_WAITS = (failpoint.wait(1.0), failpoint.wait(4.0), failpoint.wait(15.0))
_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a lane tells the ledger at once.

    `outcome` is what became of its row in `sending`, `begin` the row whose content is next, and `refusal` a claimed row
    with what became of it before any content.
    """

    outcome: tuple[Ref, Outcome] | None = None
    begin: Ref | None = None
    refusal: tuple[Ref, Outcome] | None = None


class Clerk:
    """One for one ledger. The turns of all lanes that have an answer by now share a transaction.

    It waits for the ledger in the outbox's own loop, since handing each group to another thread and back would take
    longer than the group itself. A turn that the ledger can't take (a full disk, a lock) is tried again after each of
    `waits`, in seconds, and then raises: its outcomes are known to nobody else. From then on turns are tried once,
    until one is taken, so that all lanes end when the first one does.
    """

    def __init__(self, ledger: Ledger, *, waits: tuple[float, ...] = _WAITS) -> None:
        self._ledger = ledger
        self._waits = self._left = waits
        self._requests: list[tuple[Turn, asyncio.Future[bool]]] = []
        self._out: set[Ref] = set()  # rows that a lane has begun, or asks to begin
        self._committing: asyncio.Task[None] | None = None

    async def take(self, turn: Turn) -> bool:
        """Have a turn written down; whether its row has begun: durably `sending`, or ended by its refusal."""
        if turn.begin in self._out:
            # It was claimed anew while a lane still had an older page of it: only the first of them may go.
            turn = Turn(outcome=turn.outcome)
        if turn.begin:
            self._out.add(turn.begin)
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._requests.append((turn, answer))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        return await answer

    async def _commit(self) -> None:
        while self._requests:
            await self._gather()
            requests, self._requests = self._requests, []
            try:
                begun = await self._commit_once([turn for turn, _ in requests])
            except Exception as error:  # whatever it is, the lanes must hear of it
                for turn, answer in requests:
                    if turn.begin:
                        self._out.discard(turn.begin)
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for turn, answer in requests:
                self._note_taken(turn, begun)
                if not answer.done():
                    answer.set_result((turn.begin or (turn.refusal and turn.refusal[0])) in begun)

    def _note_taken(self, turn: Turn, begun: frozenset[Ref]) -> None:
        if turn.outcome:
            self._out.discard(turn.outcome[0])
        if turn.begin and turn.begin not in begun:
            self._out.discard(turn.begin)

    async def _gather(self) -> None:
        """Let the other lanes read what the relay has said by now, until a round of the loop brings no more turns."""
        count = 0
        while count < len(self._requests):
            count = len(self._requests)
            await asyncio.sleep(0)

    async def _commit_once(self, turns: list[Turn]) -> frozenset[Ref]:
        outcomes = dict(turn.outcome for turn in turns if turn.outcome)
        begin = [turn.begin for turn in turns if turn.begin]
        refused = dict(turn.refusal for turn in turns if turn.refusal)
        is_repeated = False
        while True:
            try:
                begun = self._ledger.turn(outcomes=outcomes, begin=begin, refused=refused, is_repeated=is_repeated)
            except PublisherError as error:
                if not self._left:
                    raise
                wait, self._left = self._left[0], self._left[1:]
                _log.warning("ledger_turn_failed", error=str(error), turns=len(turns), again_in=wait)
                await asyncio.sleep(wait)
                is_repeated = True
            else:
                self._left = self._waits
                return begun
