"""The stock: letters that are claimed and wait for a connection, at most about ten seconds of work."""

import asyncio
from collections import deque

from publisher.domain.delivery import Letter
from publisher.mail.clerk import Clerk
from publisher.mail.ledger import Ledger

_SECONDS_OF_WORK = 10
_FIRST_FOR_EACH = 10
_MOST = 2_000


def next_limit(limit: int, *, claimed: int, seconds: float, connections: int) -> int:
    """How many letters to claim after `claimed` went out in `seconds`: ten seconds' worth, at most twice the last."""
    in_time = int(claimed / max(seconds, 0.001) * _SECONDS_OF_WORK)
    return max(connections, min(in_time, 2 * limit, _MOST))


class Stock:
    """Claims letters in batches, which grow and shrink with the speed at which the last one went out."""

    def __init__(self, clerk: Clerk, ledger: Ledger, *, connections: int) -> None:
        self._clerk, self._ledger, self._connections = clerk, ledger, connections
        self._letters: deque[Letter] = deque()
        self._claiming: asyncio.Task[None] | None = None
        self._limit = min(connections * _FIRST_FOR_EACH, _MOST)
        self._claimed = 0
        self._claimed_at = 0.0
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._letters)

    async def take(self) -> Letter | None:
        """The next letter, claiming more where there is none; None when nothing is due, or the stock is closed."""
        if not self._letters:
            await self.refill()
        return self._letters.popleft() if self._letters and not self._is_closed else None

    async def refill(self) -> None:
        """Claim a batch unless there are letters already; those who ask at the same time share it."""
        if self._letters or self._is_closed:
            return
        if self._claiming is None or self._claiming.done():
            self._claiming = asyncio.create_task(self._claim())
        # Whoever is cancelled here must not lose what the ledger has already marked as claimed.
        await asyncio.shield(self._claiming)

    async def _claim(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._claimed:
            seconds = now - self._claimed_at
            self._limit = next_limit(self._limit, claimed=self._claimed, seconds=seconds, connections=self._connections)
        claimed = await self._clerk.call(self._ledger.claim, limit=self._limit)
        self._letters.extend(claimed)
        self._claimed, self._claimed_at = len(claimed), now

    def put_back(self, letter: Letter) -> None:
        """Return a letter that was taken and not begun."""
        self._letters.appendleft(letter)

    def close(self) -> None:
        """Give out no more letters."""
        self._is_closed = True

    async def give_back(self) -> None:
        """Return every letter to the ledger's queue, also those that are only just being claimed."""
        if self._claiming:
            await asyncio.wait([self._claiming])
        refs = [letter.ref for letter in self._letters]
        self._letters.clear()
        self._claimed = 0
        if refs:
            await self._clerk.call(self._ledger.give_back, refs)
