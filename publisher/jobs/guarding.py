"""Guarding: looks before an issue is made and before mail is claimed, and remembers how far the ledger has come."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from publisher.app import App
from publisher.domain.guard import Obstacle, Sight, find_obstacle
from publisher.errors import PublisherError
from publisher.files import locked, write_atomic
from publisher.logs import get_logger
from publisher.store import Transaction
from publisher.store.facts import COPIED_AT, LEDGER_ID, SEQUENCE

_log = get_logger()


def look(app: App, tx: Transaction | None = None) -> Obstacle | None:
    """What keeps this process from making issues and sending; in a transaction of the caller's, where there is one."""
    if tx is None:
        with app.ledger.read() as reading:
            return look(app, reading)
    facts = tx.facts.find_many(COPIED_AT, LEDGER_ID, SEQUENCE)
    return find_obstacle(
        Sight(
            copied_at=facts.get(COPIED_AT, ""),
            sequence=int(facts.get(SEQUENCE, "0")),
            remembered=_read_seen(app).get(facts.get(LEDGER_ID, ""), 0),
            free=dict(_measure_room(app)),
            floor=app.settings.database.floor,
            leap=app.steady.find_leap(),
        )
    )


def is_held_back(app: App, tx: Transaction | None = None) -> bool:
    """The same as yes or no, with a line in the log when that changes."""
    obstacle = look(app, tx)
    app.tally.note_ill("sending", problem=obstacle.text if obstacle else "", at=app.steady.now())
    if app.tally.hold.note(obstacle.kind if obstacle else ""):
        if obstacle:
            _log.error("sending_held_back", reason=obstacle.kind.value, why=obstacle.text)
        else:
            _log.info("sending_goes_on")
    return obstacle is not None


def check(app: App, tx: Transaction | None = None) -> None:
    """Raises PublisherError with the obstacle, where there is one."""
    if obstacle := look(app, tx):
        raise PublisherError(obstacle.text)


def count_up(tx: Transaction) -> int:
    """Note in the ledger that it goes on; the last statement of a transaction, for others wait to do the same."""
    return tx.facts.count_up(SEQUENCE)


def remember(app: App, sequence: int) -> None:
    """Remember in var/ how far the ledger has come; after the commit, so that we are never ahead of it."""
    path = _seen_path(app)
    with suppress(OSError), locked(app.home.run / "ledger.lock"):  # to be behind does no harm
        seen = _read_seen(app)
        if seen.get(app.ledger_id, 0) < sequence:
            write_atomic(path, json.dumps(seen | {app.ledger_id: sequence}).encode())


def find_remembered(app: App) -> int:
    """How far this home has seen its ledger come."""
    return _read_seen(app).get(app.ledger_id, 0)


def _seen_path(app: App) -> Path:
    return app.home.var / "ledgers.json"


def _read_seen(app: App) -> dict[str, int]:
    """How far each ledger of this home had come when it was last seen; what can't be read remembers nothing."""
    try:
        seen = json.loads(_seen_path(app).read_bytes())
        return {str(name): int(sequence) for name, sequence in seen.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _measure_room(app: App) -> Iterator[tuple[str, int]]:
    """The bytes that are left to us in each folder that sending writes to."""
    ledger = [app.ledger.path.parent] if app.ledger.path else []
    for folder in (*ledger, app.home.var):
        with suppress(FileNotFoundError):  # it is made by the first who writes there
            found = os.statvfs(folder)
            yield str(folder), found.f_bavail * found.f_frsize
