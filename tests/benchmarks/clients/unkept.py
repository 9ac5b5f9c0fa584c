"""Our own sender with a ledger that is none: `python -m … HOME MESSAGES`, for a home with one queued row.

Rows are made up from that one and live in memory; a turn costs nothing and is on no disk. All else is as it is in
`publisher send`: what is missing from its time is what the ledger costs.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import uvloop

from publisher.app import App, open_app
from publisher.clock import now
from publisher.domain.delivery import Letter, Outcome, Ref, Status
from publisher.jobs import sending, worker
from publisher.logs import Style, set_up_logs
from tests.benchmarks.clients.letters import name_reader
from tests.benchmarks.clients.meter import Meter


class Unkept(worker.Worker):
    """A worker whose rows are nowhere but here."""

    meter: Meter
    messages: int

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._letters = self._make_up(app)

    def claim(self, *, limit: int) -> list[Letter]:
        """The next of those made up."""
        return list(islice(self._letters, limit))

    def turn(
        self,
        *,
        outcomes: Mapping[Ref, Outcome],
        begin: Sequence[Ref],
        refused: Mapping[Ref, Outcome],
        is_repeated: bool = False,
    ) -> frozenset[Ref]:
        """Count what was taken, and let all begin."""
        for outcome in outcomes.values():
            assert outcome.status is Status.SENT, outcome
            self.meter.note()
        return frozenset(begin)

    def _make_up(self, app: App) -> Iterator[Letter]:
        with app.ledger.move() as tx:
            (claim,) = tx.letters.claim(self.name, limit=1, now=now())
        for number in range(self.messages):
            ref = replace(claim.ref, key=claim.ref.key + number)
            yield worker.make_letter(
                replace(claim, ref=ref, email=name_reader(number)), keys=app.keys, url=app.publication.url
            )


if __name__ == "__main__":
    set_up_logs("warning", style=Style.TEXT)
    Unkept.messages = int(sys.argv[2])
    Unkept.meter = Meter(Unkept.messages)
    sending.Worker = Unkept  # type: ignore[attr-defined]
    with open_app(Path(sys.argv[1])) as opened:
        uvloop.run(sending.deliver(opened, until_empty=True))
    Unkept.meter.say()
