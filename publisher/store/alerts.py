"""What the watches of all processes share: what each has found, who was told of what, which issues went out well.

These are facts with a JSON value, a few at a time.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from publisher.domain.alert import Ill, Told, Trouble, What
from publisher.domain.issue import Issue
from publisher.store import tables
from publisher.store.facts import Facts

_TOLD, _ILL, _HEARTBEAT = "alert:", "ill:", "heartbeat:"
_STALE: Final = timedelta(minutes=3)  # what a process has not said again for so long, it says no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """An issue that went out, which nobody was told of yet."""

    key: int
    issue: str
    at: datetime


class Alerts:
    """The alerts of a ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._facts = Facts(connection)

    def list_told(self, channel: str) -> list[Told]:
        """The troubles that a channel was told of and that were not over."""
        return [_parse_told(said) for _, said in self._list(f"{_TOLD}{channel}:")]

    def put_told(self, channel: str, told: Told) -> None:
        """Note that a channel was told of a trouble."""
        one = told.trouble
        self._put(f"{_TOLD}{channel}:{one.key}", what=one.what, name=one.name, text=one.text, at=told.at.isoformat())

    def drop_told(self, channel: str, trouble: Trouble) -> None:
        """Note that a channel was told that a trouble is over."""
        self._drop(f"{_TOLD}{channel}:{trouble.key}")

    def count_told(self) -> dict[What, int]:
        """How many troubles somebody was told of and that were not over, of each kind."""
        found = {(said["what"], said["name"]) for _, said in self._list(_TOLD)}
        return {what: sum(kind == what for kind, _ in found) for what in What if what is not What.TEST}

    def put_ills(self, process: str, ills: Sequence[Ill], *, now: datetime) -> None:
        """Write down what a process finds not to work at this moment, in the place of what it said before."""
        self.drop_ills(process)
        for one in ills:
            moments = {"since": one.since.isoformat(), "at": now.isoformat()}
            name = f"{_ILL}{process}:{one.what}:{one.name}"
            self._put(name, what=one.what, name=one.name, problem=one.problem, **moments)

    def drop_ills(self, process: str) -> None:
        """Forget what a process has found."""
        for name, _ in list(self._list(f"{_ILL}{process}:")):
            self._drop(name)

    def list_ills(self, *, now: datetime) -> list[Ill]:
        """What any process finds not to work; those that died without a word are forgotten after a while."""
        return [_parse_ill(said) for _, said in self._list(_ILL) if now - _moment(said["at"]) <= _STALE]

    def drop_stale(self, *, now: datetime) -> None:
        """Clear away what dead processes had found."""
        for name, said in list(self._list(_ILL)):
            if now - _moment(said["at"]) > _STALE:
                self._drop(name)

    def add_heartbeat(self, issue: Issue, *, now: datetime) -> None:
        """Note that an issue went out."""
        self._put(f"{_HEARTBEAT}{issue.key}", issue=issue.id, at=now.isoformat())

    def list_heartbeats(self) -> list[Heartbeat]:
        """The issues that went out and that nobody was told of, oldest first."""
        found = [
            Heartbeat(key=int(name.removeprefix(_HEARTBEAT)), issue=said["issue"], at=_moment(said["at"]))
            for name, said in self._list(_HEARTBEAT)
        ]
        return sorted(found, key=lambda one: one.at)

    def drop_heartbeat(self, key: int) -> None:
        """Forget an issue that somebody was told of."""
        self._drop(f"{_HEARTBEAT}{key}")

    def _list(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        fact = tables.facts
        wanted = select(fact).where(fact.c.name.startswith(prefix, autoescape=True)).order_by(fact.c.name)
        for row in self._connection.execute(wanted):
            yield row.name, json.loads(row.value)

    def _put(self, fact: str, /, **said: str) -> None:
        self._facts.put(fact, json.dumps(said))

    def _drop(self, name: str) -> None:
        self._connection.execute(delete(tables.facts).where(tables.facts.c.name == name))


def _parse_told(said: dict[str, Any]) -> Told:
    trouble = Trouble(what=What(said["what"]), name=said["name"], text=said["text"])
    return Told(trouble=trouble, at=_moment(said["at"]))


def _parse_ill(said: dict[str, Any]) -> Ill:
    return Ill(what=What(said["what"]), name=said["name"], problem=said["problem"], since=_moment(said["since"]))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
