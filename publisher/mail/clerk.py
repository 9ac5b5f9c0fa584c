"""The clerk: does the ledger's blocking work in one thread, and gathers the lanes' turns into one transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

import structlog

from publisher import failpoint
from publisher.domain.delivery import Outcome, Ref
from publisher.errors import PublisherError
from publisher.mail.ledger import Ledger

P = ParamSpec("P")
T = TypeVar("T")

_WAITS = (failpoint.wait(1.0), failpoint.wait(4.0), failpoint.wait(15.0))
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    outcome: tuple[Ref, Outcome] | None
    begin: Ref | None
    answer: asyncio.Future[bool]


class Clerk:
    """One thread for one ledger. While one transaction runs, the turns that come in wait and share the next.

    A turn that the ledger can't take (a full disk, a lock) is tried again after each of `waits`, in seconds, and
    then raises: its outcomes are known to nobody else.
    """

    def __init__(self, ledger: Ledger, *, waits: tuple[float, ...] = _WAITS) -> None:
        self._ledger = ledger
        self._waits = waits
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._requests: list[_Request] = []
        self._committing: asyncio.Task[None] | None = None

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one blocking call of the ledger, after those that came before it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *args, **kwargs))

    async def turn(self, *, outcome: tuple[Ref, Outcome] | None, begin: Ref | None) -> bool:
        """Record a lane's last outcome and begin its next row; whether that row is now durably `sending`."""
        request = _Request(outcome=outcome, begin=begin, answer=asyncio.get_running_loop().create_future())
        self._requests.append(request)
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        return await request.answer

    async def _commit(self) -> None:
        while self._requests:
            requests, self._requests = self._requests, []
            try:
                begun = await self._commit_once(requests)
            except Exception as error:  # whatever it is, the lanes must hear of it
                for request in _awaited(requests):
                    request.answer.set_exception(error)
                continue
            for request in _awaited(requests):
                request.answer.set_result(request.begin in begun)

    async def _commit_once(self, requests: list[_Request]) -> frozenset[Ref]:
        outcomes = dict(request.outcome for request in requests if request.outcome)
        begin = [request.begin for request in requests if request.begin]
        for wait in self._waits:
            try:
                return await self.call(self._ledger.turn, outcomes=outcomes, begin=begin)
            except PublisherError as error:
                _log.warning("ledger_turn_failed", error=str(error), outcomes=len(outcomes), again_in=wait)
                await asyncio.sleep(wait)
        return await self.call(self._ledger.turn, outcomes=outcomes, begin=begin)

    async def close(self) -> None:
        """Let what has been asked finish, and end the thread."""
        if self._committing:
            await self._committing
        self._thread.shutdown(wait=False)


def _awaited(requests: list[_Request]) -> list[_Request]:
    return [request for request in requests if not request.answer.done()]
