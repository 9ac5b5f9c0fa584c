"""The press: keeps the stencils of the renderings that are being sent, and strikes messages from them."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from publisher.domain.delivery import Letter, Rendering
from publisher.errors import PublisherError
from publisher.mail.clerk import Clerk
from publisher.mail.ledger import Ledger
from publisher.mail.message import Stencil
from publisher.mail.sender import Sender

_KEPT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A rendering that is ready to print, or the `fault` that keeps every letter of it from going out."""

    issue: str
    stencil: Stencil | None
    fault: str = ""

    def strike(self, letter: Letter, now: datetime) -> bytes:
        """The letter's message, ready for DATA. Raises PublisherError where it can't be built."""
        if self.stencil is None:
            raise PublisherError(self.fault)
        return self.stencil.fill(letter, now)


class Press:
    """Plates by the name of their rendering; those used last are kept."""

    def __init__(self, clerk: Clerk, ledger: Ledger, *, sender: Sender) -> None:
        self._clerk, self._ledger, self._sender = clerk, ledger, sender
        self._plates: OrderedDict[str, asyncio.Task[Plate]] = OrderedDict()

    async def find(self, name: str) -> Plate:
        """The plate of a rendering, made once. Raises what the ledger raises."""
        making = self._plates.get(name)
        if making is None or (making.done() and making.exception()):
            making = self._plates[name] = asyncio.create_task(self._clerk.call(self._make, name))
        self._plates.move_to_end(name)
        while len(self._plates) > _KEPT:
            self._plates.popitem(last=False)
        return await making

    def _make(self, name: str) -> Plate:
        rendering = self._ledger.get_rendering(name)
        try:
            return _engrave(rendering, self._sender)
        except PublisherError as error:
            return Plate(issue=rendering.issue, stencil=None, fault=str(error))


def _engrave(rendering: Rendering, sender: Sender) -> Plate:
    return Plate(issue=rendering.issue, stencil=Stencil(rendering, sender))
