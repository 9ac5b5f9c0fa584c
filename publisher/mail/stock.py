"""The stock: letters that are claimed, and the pages printed from them that wait for a connection."""

import asyncio
from collections import deque

from publisher.domain.delivery import Letter
from publisher.mail.ledger import Ledger
from publisher.mail.press import Page, Press

_SECONDS_OF_WORK = 10
_FIRST_FOR_EACH = 10
_MOST = 1_000
_MOST_BARRED = 3


def next_limit(limit: int, *, claimed: int, seconds: float, connections: int) -> int:
    """How many letters to claim after `claimed` went out in `seconds`: ten seconds' worth, at most twice the last."""
    in_time = int(claimed / max(seconds, 0.001) * _SECONDS_OF_WORK)
    return max(connections, min(in_time, 2 * limit, _MOST))


class Stock:
    """Claims letters in batches, which grow and shrink with the speed at which the last one went out.

    Pages are printed ahead, one for each connection, so that a lane need not wait for its next one.
    """

    def __init__(self, ledger: Ledger, *, press: Press, connections: int) -> None:
        self._ledger, self._press, self._connections = ledger, press, connections
        self._letters: deque[Letter] = deque()
        self._printing: list[Letter] = []
        self._pages: deque[Page] = deque()
        self._filling: asyncio.Task[int] | None = None
        self._limit = min(connections * _FIRST_FOR_EACH, _MOST)
        self._claimed = self._barred = 0
        self._claimed_at = 0.0
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._letters) + len(self._printing) + len(self._pages)

    def find(self) -> Page | None:
        """The next page if one is ready now."""
        if self._is_closed or not self._pages:
            return None
        page = self._pages.popleft()
        if self._letters and len(self._pages) < self._connections:
            self._start_filling()
        return page

    async def fill(self) -> int:
        """Print, claiming first where there is nothing to print; gives how many pages came (others may take them).

        Those who ask at the same time share it. It is nothing when nothing is due, or the stock is closed.
        """
        if self._is_closed:
            return 0
        # Whoever is cancelled here must not lose what the ledger has already marked as claimed.
        return await asyncio.shield(self._start_filling())

    def _start_filling(self) -> asyncio.Task[int]:
        if self._filling is None or self._filling.done():
            self._filling = asyncio.create_task(self._fill())
        return self._filling

    async def _fill(self) -> int:
        if not self._letters:
            self._claim()
        number = min(self._connections, len(self._letters))
        self._printing = [self._letters.popleft() for _ in range(number)]
        try:
            self._pages.extend(await self._press.print(self._printing))
        except BaseException:
            self._letters.extendleft(reversed(self._printing))
            raise
        finally:
            self._printing = []
        return number

    def _claim(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._claimed:
            seconds = now - self._claimed_at
            self._limit = next_limit(self._limit, claimed=self._claimed, seconds=seconds, connections=self._connections)
        claimed = self._ledger.claim(limit=self._limit)
        self._letters.extend(claimed)
        self._claimed, self._claimed_at, self._barred = len(claimed), now, 0

    def put_back(self, page: Page) -> None:
        """Return a page that was taken and not begun."""
        self._pages.appendleft(page)

    async def note_barred(self) -> None:
        """A row could not begin any more. Where several can't, an issue may have been stopped: claim anew."""
        self._barred += 1
        if self._barred >= _MOST_BARRED:
            await self.give_back()

    def close(self) -> None:
        """Give out no more letters."""
        self._is_closed = True

    async def give_back(self) -> None:
        """Return every letter to the ledger's queue, also those that are only just being claimed or printed."""
        while self._filling and not self._filling.done():
            await asyncio.wait([self._filling])
        refs = [page.ref for page in self._pages] + [letter.ref for letter in self._letters]
        self._pages.clear()
        self._letters.clear()
        self._claimed = self._barred = 0
        if refs:
            self._ledger.give_back(refs)
