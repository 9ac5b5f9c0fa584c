"""A worker without a relay: claims rows, begins them, and records each as sent: `python -m … HOME GROUP`.

GROUP rows share a transaction, as so many connections' turns do. It prints, as JSON, the seconds of each claim with its
rows. What is left of a sending without its mail is what the ledger takes.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from publisher.app import open_app
from publisher.domain.delivery import Letter, Outcome, Ref, Status
from publisher.jobs.worker import Worker
from publisher.logs import Style, set_up_logs

_CLAIMED = 1_000
_TAKEN = Outcome(status=Status.SENT, relay="main", code=250, reply="2.0.0 Ok")


def drain(worker: Worker, *, group: int) -> list[tuple[int, float]]:
    """Move all rows that are due; gives (rows, seconds) a claim."""
    claims: list[tuple[int, float]] = []
    while letters := _claim(worker, claims):
        begun: Sequence[Ref] = ()
        for part in _cut(letters, group):
            begun = _turn(worker, done=begun, begin=[letter.ref for letter in part])
        _turn(worker, done=begun, begin=[])
    return claims


def _claim(worker: Worker, claims: list[tuple[int, float]]) -> list[Letter]:
    started = time.perf_counter()
    letters = worker.claim(limit=_CLAIMED)
    if letters:
        claims.append((len(letters), time.perf_counter() - started))
    return letters


def _turn(worker: Worker, *, done: Sequence[Ref], begin: Sequence[Ref]) -> list[Ref]:
    return list(worker.turn(outcomes=dict.fromkeys(done, _TAKEN), begin=begin, refused={}))


def _cut(letters: Sequence[Letter], size: int) -> Iterator[list[Letter]]:
    rest = iter(letters)
    return iter(lambda: list(itertools.islice(rest, size)), [])


if __name__ == "__main__":
    set_up_logs("warning", style=Style.TEXT)
    with open_app(Path(sys.argv[1])) as app:
        one = Worker(app)
        one.start()
        try:
            json.dump(drain(one, group=int(sys.argv[2])), sys.stdout)
        finally:
            one.stop()
