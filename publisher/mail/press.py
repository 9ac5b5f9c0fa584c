"""The press: keeps the stencils of the renderings that are being sent, and prints pages from them."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from publisher.domain.delivery import Letter, Ref, Rendering
from publisher.errors import PublisherError
from publisher.mail.addressing import to_wire
from publisher.mail.clerk import Clerk
from publisher.mail.connection import Envelope
from publisher.mail.ledger import Ledger
from publisher.mail.message import Signer, Stencil
from publisher.mail.sender import Sender

_KEPT = 32
_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A letter that is ready for the wire, or the `fault` that keeps it from going out.

    `issue` is empty for a notice; `is_common` says that the fault is in what the whole issue shares.
    """

    letter: Letter
    issue: str
    envelope: Envelope
    message: bytes
    fault: str = ""
    is_common: bool = False

    @property
    def ref(self) -> Ref:
        """The row that it is for."""
        return self.letter.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plate:
    """A rendering that is ready to print, or the `fault` that keeps every letter of it from going out."""

    issue: str
    stencil: Stencil | None
    fault: str = ""


class Press:
    """Plates by the name of their rendering; those used last are kept. Signing is done in threads."""

    def __init__(
        self, clerk: Clerk, ledger: Ledger, *, sender: Sender, now: Callable[[], datetime], signer: Signer | None = None
    ) -> None:
        self._clerk, self._ledger, self._sender, self._now, self._signer = clerk, ledger, sender, now, signer
        self._plates: OrderedDict[str, asyncio.Task[_Plate]] = OrderedDict()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="press") if signer else None

    async def print(self, letters: Sequence[Letter]) -> list[Page]:
        """The pages of letters, in their order. Raises what the ledger raises."""
        jobs = [(letter, await self._find(letter.rendering)) for letter in letters]
        moment = self._now()
        if self._threads is None:
            return self._strike_all(jobs, moment)
        loop, size = asyncio.get_running_loop(), -(-len(jobs) // _THREADS)
        parts = [jobs[start : start + size] for start in range(0, len(jobs), size)] if jobs else []
        striking = [loop.run_in_executor(self._threads, self._strike_all, part, moment) for part in parts]
        return [page for part in await asyncio.gather(*striking) for page in part]

    def close(self) -> None:
        """End the threads."""
        if self._threads:
            self._threads.shutdown(wait=False)

    def _strike_all(self, jobs: Sequence[tuple[Letter, _Plate]], moment: datetime) -> list[Page]:
        return [self._strike(letter, plate, moment) for letter, plate in jobs]

    def _strike(self, letter: Letter, plate: _Plate, moment: datetime) -> Page:
        sender = letter.sender or self._sender.address
        try:
            if plate.stencil is None:
                raise PublisherError(plate.fault)
            message, recipient = plate.stencil.fill(letter, moment), to_wire(letter.email)
            if self._signer:
                message = self._signer.sign(message, now=moment)
        except PublisherError as error:
            nothing = Envelope(sender, "", 0)
            is_common = plate.stencil is None
            return Page(
                letter=letter, issue=plate.issue, envelope=nothing, message=b"", fault=str(error), is_common=is_common
            )
        envelope = Envelope(sender, recipient, len(message))
        return Page(letter=letter, issue=plate.issue, envelope=envelope, message=message)

    async def _find(self, name: str) -> _Plate:
        """The plate of a rendering, made once."""
        making = self._plates.get(name)
        if making is None or (making.done() and making.exception()):
            making = self._plates[name] = asyncio.create_task(self._clerk.call(self._make, name))
        self._plates.move_to_end(name)
        while len(self._plates) > _KEPT:
            self._plates.popitem(last=False)
        return making.result() if making.done() else await making

    def _make(self, name: str) -> _Plate:
        rendering = self._ledger.get_rendering(name)
        try:
            return _engrave(rendering, self._sender, signer=self._signer)
        except PublisherError as error:
            return _Plate(issue=rendering.issue, stencil=None, fault=str(error))


def _engrave(rendering: Rendering, sender: Sender, *, signer: Signer | None) -> _Plate:
    stencil = Stencil(rendering, sender)
    if signer:
        stencil.check_signed(signer)
    return _Plate(issue=rendering.issue, stencil=stencil)
