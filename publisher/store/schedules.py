"""When each schedule was first seen, and which slots are done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from publisher.domain.issue import Slot, SlotOutcome
from publisher.domain.newsletter import Newsletter
from publisher.store import tables
from publisher.store.dialect import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`first_seen_at` is the newsletter's own first sight, `seen_at` that of its present schedule and zone."""

    first_seen_at: datetime
    seen_at: datetime


class Schedules:
    """The ledger's memory of the settings' schedules."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def see(self, newsletter: Newsletter, now: datetime) -> Seen:
        """Note that a newsletter has this schedule and zone at `now`; gives since when that is so."""
        schedule = tables.schedules
        row = self._connection.execute(select(schedule).where(schedule.c.newsletter == newsletter.name)).first()
        if row and (row.schedule, row.timezone) == (newsletter.schedule, newsletter.timezone):
            return Seen(first_seen_at=row.first_seen_at, seen_at=row.seen_at)
        values = {
            "newsletter": newsletter.name,
            "schedule": newsletter.schedule,
            "timezone": newsletter.timezone,
            "first_seen_at": row.first_seen_at if row else now,
            "seen_at": now,
        }
        statement = insert(self._connection, schedule).values(values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["newsletter"], set_=values))
        return Seen(first_seen_at=row.first_seen_at if row else now, seen_at=now)

    def find(self, newsletter: str) -> Seen | None:
        """Since when a newsletter is known, where it is."""
        schedule = tables.schedules
        row = self._connection.execute(select(schedule).where(schedule.c.newsletter == newsletter)).first()
        return Seen(first_seen_at=row.first_seen_at, seen_at=row.seen_at) if row else None

    def list_decided(self, newsletter: str, *, since: datetime) -> set[str]:
        """The names of the slots due at or after `since` that are done."""
        slot = tables.slots
        names = select(slot.c.slot).where(slot.c.newsletter == newsletter, slot.c.due_at >= since)
        return set(self._connection.scalars(names))

    def find_outcome(self, newsletter: str, slot: str) -> SlotOutcome | None:
        """What became of a slot, where it is done."""
        table = tables.slots
        wanted = select(table.c.outcome).where(table.c.newsletter == newsletter, table.c.slot == slot)
        outcome = self._connection.scalar(wanted)
        return SlotOutcome(outcome) if outcome else None

    def decide(self, newsletter: str, slot: Slot, *, outcome: SlotOutcome, now: datetime) -> bool:
        """Mark a slot done; False when somebody has already done so (G8)."""
        values = {
            "newsletter": newsletter,
            "slot": slot.name,
            "outcome": outcome.value,
            "due_at": slot.due_at,
            "decided_at": now,
        }
        statement = insert(self._connection, tables.slots).values(values).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(tables.slots.c.slot)).first() is not None
