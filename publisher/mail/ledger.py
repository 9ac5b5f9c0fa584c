"""What the outbox needs of the ledger."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from publisher.domain.delivery import Letter, Outcome, Ref, Rendering


class Ledger(Protocol):
    """The rows that wait, as one worker sees them. Every call blocks the sender; all come from its thread."""

    def claim(self, *, limit: int) -> list[Letter]:
        """Move up to `limit` due rows from queued to claimed, under this worker's lease."""
        ...

    def turn(
        self,
        *,
        outcomes: Mapping[Ref, Outcome],
        begin: Sequence[Ref],
        refused: Mapping[Ref, Outcome],
        is_repeated: bool = False,
    ) -> frozenset[Ref]:
        """In one transaction, record what became of rows in `sending`, and move claimed ones to `sending`.

        Gives those that went: the others have lost their consent, issue, time or lease, and got the state that says so.
        The `refused` are claimed too: they begin and end at once, so that no row that went no further than its envelope
        is ever seen in `sending`. One that is repeated may have been taken before, without our hearing of it: what it
        began then has begun.
        """
        ...

    def give_back(self, refs: Sequence[Ref]) -> None:
        """Move claimed rows back to queued, as if they had never been claimed."""
        ...

    def renew(self) -> int:
        """Renew the lease of everything that this worker holds; gives how many workers there are."""
        ...

    def get_rendering(self, name: str) -> Rendering:
        """The text that a letter's `rendering` names."""
        ...

    def pause(self, *, issue: str, reason: str, refused: Sequence[Ref]) -> None:
        """Pause an issue, and put its failed rows among `refused` back to queued."""
        ...
