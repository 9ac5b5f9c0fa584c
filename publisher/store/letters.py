"""Deliveries and notices as one queue: claimed in batches, begun and recorded by guarded updates.

Every move names the state that it moves from and the worker that holds the row, so that a repeat or a late
answer changes nothing. `docs/architecture.md` has the table of states.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Update,
    and_,
    case,
    or_,
    select,
    update,
)

from publisher.domain.delivery import Claim, Kind, Outcome, Ref, Rendering, Status
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.notice import Kind as NoticeKind
from publisher.store import tables
from publisher.store.conditions import (
    has_consent,
    is_cancelled,
    is_of_renewed_issue,
    is_suppressed,
    to_queue,
    written,
)
from publisher.store.notice_texts import get_shared_text
from publisher.store.revisions import renew_texts
from publisher.store.statements import TABLES, build_begin, build_claims, build_record, outcome_values

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_SHARED = "text"
_STEP = 5_000  # late rows marked in one go: a worker must not hold up the others for long


class Letters:
    """All rows that are mailed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, worker: str, *, limit: int, now: datetime) -> list[Claim]:
        """Take up to `limit` due rows for a worker, notices first; those past their expiry are marked so instead.

        Many late rows take several steps: an empty claim is an empty queue once `expire` finds none either.
        """
        keys: dict[Kind, list[int]] = {kind: [] for kind in TABLES}
        room = limit
        for kind, condition in self._list_queues():
            taken = self._take(TABLES[kind], condition, worker, limit=room, now=now) if room else []
            keys[kind] += taken
            room -= len(taken)
        return [claim for kind, found in keys.items() for claim in self._list_claims(kind, found)]

    def _list_queues(self) -> list[tuple[Kind, ColumnElement[bool]]]:
        """What waits, and in what order: notices by their kind, then the open issues, the oldest first.

        By kind, so that nobody's confirmation waits for a hundred thousand corrections.
        Each issue by itself: the rows of one that is paused would have to be passed over at every claim.
        """
        issue = tables.issues
        wanted = select(issue.c.key).where(issue.c.status == IssueStatus.OPEN.value).order_by(issue.c.key)
        opened = [(Kind.DELIVERY, tables.deliveries.c.issue_key == key) for key in self._connection.scalars(wanted)]
        return [*((Kind.NOTICE, tables.notices.c.kind == kind.value) for kind in NoticeKind), *opened]

    def _take(
        self, table: Table, condition: ColumnElement[bool], worker: str, *, limit: int, now: datetime
    ) -> list[int]:
        keys, late = self._take_due(table, condition, worker, limit=limit, now=now)
        if late:  # they take nobody's place: a claim of nothing but late rows would look like an empty queue
            self._expire(table, condition, now=now)
            keys += self._take_due(table, condition, worker, limit=late, now=now)[0]
        return keys

    def expire(self, *, now: datetime) -> int:
        """Mark a few thousand of the due rows that are past their expiry; gives how many."""
        return sum(self._expire(TABLES[kind], condition, now=now) for kind, condition in self._list_queues())

    def _expire(self, table: Table, condition: ColumnElement[bool], *, now: datetime) -> int:
        # What somebody else is claiming in this moment is left to him: to wait for it might be to wait for each other.
        late = _due(table, condition, now).where(table.c.expires_at <= now).limit(_STEP).cte("late")
        marked = self._connection.scalars(
            update(table)
            .where(table.c.key.in_(select(late.c.key)))
            .values(status=Status.EXPIRED.value, changed_at=now)
            .returning(table.c.key)
        )
        return len(marked.all())  # SQLite's driver counts no rows of a statement that begins by WITH

    def _take_due(
        self, table: Table, condition: ColumnElement[bool], worker: str, *, limit: int, now: datetime
    ) -> tuple[list[int], int]:
        """(the rows claimed, how many of those due were past their expiry and are marked so instead)."""
        due = _due(table, condition, now).limit(limit).cte("due")
        is_late = table.c.expires_at <= now
        rows = self._connection.execute(
            update(table)
            .where(table.c.key.in_(select(due.c.key)))
            .values(
                status=case((is_late, Status.EXPIRED.value), else_=Status.CLAIMED.value),
                worker=case((is_late, None), else_=worker),
                changed_at=now,
            )
            .returning(table.c.key, table.c.status)
        ).all()
        keys = [row.key for row in rows if row.status == Status.CLAIMED.value]
        return keys, len(rows) - len(keys)

    def _list_claims(self, kind: Kind, keys: Sequence[int]) -> list[Claim]:
        if not keys:
            return []
        rows = self._connection.execute(build_claims(kind, self._connection.dialect), {"b_keys": keys})
        return [
            Claim(
                ref=Ref(kind=kind, key=key, text=text),
                rendering=_name_rendering(kind, text, *more[:1]),
                email=email or "",
                subscriber_key=subscriber or 0,
                subscription_key=subscription,
                message_domain=domain,
                attempts=attempts,
                first_due_at=first_due_at,
                answers=_find_answered(*more[1:]),
            )
            for key, text, subscription, domain, email, subscriber, attempts, first_due_at, *more in rows
        ]

    def list_begun(self, worker: str, *, refs: Iterable[Ref]) -> frozenset[Ref]:
        """Those of the rows that this worker has in `sending`: by a turn of which it never heard that it was taken."""
        begun: set[Ref] = set()
        for kind, keys in _by_kind(refs).items():
            table = TABLES[kind]
            mine = and_(table.c.status == Status.SENDING.value, table.c.worker == worker)
            found = self._connection.scalars(select(table.c.key).where(table.c.key.in_(sorted(keys)), mine))
            begun |= {Ref(kind=kind, key=key) for key in found}
        return frozenset(begun)

    def begin(self, worker: str, *, refs: Iterable[Ref], now: datetime) -> frozenset[Ref]:
        """Move claimed rows to `sending` where consent, issue, expiry and lease still stand (G4, G5); gives those.

        The others get the state that says why not. One that was claimed again with a newer text waits for that claim.
        """
        begun: set[Ref] = set()
        texts = {ref: ref.text for ref in refs}
        for kind, keys in _by_kind(texts).items():
            table = TABLES[kind]
            statement = build_begin(table, self._connection.dialect)
            given = statement.bind(b_keys=sorted(keys), b_worker=worker, b_now=now)
            rows = {Ref(kind=kind, key=row[0]): row[1] for row in statement.run(self._connection, given)}
            stale = {ref.key for ref, text in rows.items() if texts[ref] not in (0, text)}
            if stale:
                self._unbegin(table, worker, keys=stale, now=now)
            if len(rows) < len(keys):
                self._turn_back(table, worker, keys=set(keys) - {ref.key for ref in rows}, now=now)
            begun |= {ref for ref in rows if ref.key not in stale}
        return frozenset(begun)

    def _unbegin(self, table: Table, worker: str, *, keys: Iterable[int], now: datetime) -> None:
        """Take a begin of this transaction back."""
        begun = update(table).where(table.c.key.in_(sorted(keys)), table.c.worker == worker)
        values = {"status": to_queue(table), "worker": None, "attempts": table.c.attempts - 1, "changed_at": now}
        self._connection.execute(begun.values(**values))

    def _held(self, table: Table, worker: str, *, keys: Iterable[int]) -> Update:
        is_mine = and_(table.c.status == Status.CLAIMED.value, table.c.worker == worker)
        return update(table).where(table.c.key.in_(sorted(keys)), is_mine)

    def _turn_back(self, table: Table, worker: str, *, keys: Iterable[int], now: datetime) -> None:
        why_not = case(
            (is_cancelled(table), Status.CANCELLED.value),
            (is_suppressed(table), Status.SUPPRESSED.value),
            (~has_consent(table), Status.SKIPPED.value),
            (table.c.expires_at <= now, Status.EXPIRED.value),
            else_=Status.QUEUED.value,
        )
        self._connection.execute(
            self._held(table, worker, keys=keys).values(status=why_not, worker=None, changed_at=now)
        )

    def record(self, worker: str, *, outcomes: Mapping[Ref, Outcome], now: datetime) -> None:
        """Write down what became of attempts; a late answer still settles a doubtful row of the same attempt."""
        for kind, table in TABLES.items():
            statement = build_record(table, self._connection.dialect)
            shared = statement.bind(b_worker=worker, b_now=now)
            own = {ref.key: outcome for ref, outcome in outcomes.items() if ref.kind is kind}
            rows = [
                shared | statement.bind(b_key=key, **outcome_values(outcome, worker=worker))
                for key, outcome in own.items()
            ]
            if rows:
                statement.run_for_each(self._connection, rows)
            deferred = [key for key, outcome in own.items() if outcome.status is Status.QUEUED]
            if deferred and kind is Kind.DELIVERY:
                self._renew(tables.deliveries.c.key.in_(deferred), now=now)

    def _renew(self, rows: ColumnElement[bool], *, now: datetime) -> None:
        """Give rows that were on the wire when their issue was made anew, and are queued again, its new text."""
        renew_texts(self._connection, and_(rows, tables.deliveries.c.status == Status.QUEUED.value), now=now)

    def give_back(self, worker: str, *, refs: Iterable[Ref], now: datetime) -> None:
        """Return claimed rows to the queue as if nothing had been."""
        for kind, keys in _by_kind(refs).items():
            back = self._held(TABLES[kind], worker, keys=keys)
            self._connection.execute(back.values(status=to_queue(TABLES[kind]), worker=None, changed_at=now))

    def recover(self, worker: str, *, is_resent: bool, now: datetime) -> tuple[int, int]:
        """Free what a dead worker held: (claimed rows queued again, rows whose sending nobody can know about)."""
        queued = doubtful = 0
        for table in TABLES.values():
            after = {"status": to_queue(table), "worker": None} if is_resent else {"status": Status.DOUBTFUL.value}
            mine = update(table).where(table.c.worker == worker)
            queued += self._connection.execute(
                mine.where(table.c.status == Status.CLAIMED.value).values(
                    status=to_queue(table), worker=None, changed_at=now
                )
            ).rowcount
            doubtful += self._connection.execute(
                mine.where(table.c.status == Status.SENDING.value).values(**after, changed_at=now)
            ).rowcount
        if doubtful and is_resent:
            self._renew(is_of_renewed_issue(), now=now)
        return queued, doubtful

    def requeue_refused(self, refs: Iterable[Ref], *, now: datetime) -> list[Ref]:
        """Put rows that a broken relay refused back into the queue, for the fault was not theirs; gives those.

        With them go the others of their issues that failed by the same answers: a worker that has died since, or knew
        less, may have recorded those.
        """
        requeued: list[Ref] = []
        for kind, keys in _by_kind(refs).items():
            table = TABLES[kind]
            is_meant: ColumnElement[bool] = table.c.key.in_(sorted(keys))
            if kind is Kind.DELIVERY:
                is_meant = or_(is_meant, *self._list_same_answers(sorted(keys)))
            found = self._connection.scalars(
                update(table)
                .where(is_meant, table.c.status == Status.FAILED.value)
                .values(status=to_queue(table), due_at=now, worker=None, changed_at=now)
                .returning(table.c.key)
            ).all()
            requeued += [Ref(kind=kind, key=key) for key in found]
            if kind is Kind.DELIVERY:
                self._renew(table.c.key.in_(found), now=now)
        return requeued

    def _list_same_answers(self, keys: Sequence[int]) -> list[ColumnElement[bool]]:
        """For each answer that those deliveries failed by: whether another one of that issue failed by it too.

        Answers are the same by code and enhanced code (RFC 3463); without the latter, by all their words.
        """
        row = tables.deliveries
        refused = select(row.c.issue_key, row.c.code, row.c.reply).where(
            row.c.key.in_(keys), row.c.status == Status.FAILED.value, row.c.code > 0
        )
        answers = {(issue, code, _shorten(reply)) for issue, code, reply in self._connection.execute(refused)}
        return [
            and_(row.c.issue_key == issue, row.c.code == code, _is_answer(words))
            for issue, code, words in sorted(answers)
        ]

    def find_next_due(self) -> datetime | None:
        """When the next queued row of an open issue is due."""
        moments = [
            self._connection.scalar(
                select(TABLES[kind].c.due_at)
                .where(TABLES[kind].c.status == Status.QUEUED.value, condition)
                .order_by(TABLES[kind].c.due_at)
                .limit(1)
            )
            for kind, condition in self._list_queues()
        ]
        return min((moment for moment in moments if moment), default=None)

    def get_rendering(self, name: str) -> Rendering:
        """What a claim's `rendering` names; titles and addresses of the newsletter are the caller's to add."""
        kind, _, key = name.partition(":")
        if kind == _SHARED:
            return get_shared_text(self._connection, int(key), name=name)
        if kind == "notice":
            notice = self._connection.execute(select(tables.notices).where(tables.notices.c.key == int(key))).one()
            return Rendering(
                name=name, subject=notice.subject, html=notice.html, text=notice.text, language=notice.language
            )
        variant, issue = tables.variants, tables.issues
        row = self._connection.execute(
            select(variant, issue.c.newsletter, issue.c.slot).join(issue).where(variant.c.key == int(key))
        ).one()
        return Rendering(
            name=name,
            subject=row.subject,
            html=row.html,
            text=row.text,
            language=row.language,
            issue=f"{row.newsletter}/{row.slot}",
            list_name=row.newsletter,
        )


def _name_rendering(kind: Kind, text: int, shared: int | None = None) -> str:
    """A delivery's variant, the text that a notice shares with others, or its own."""
    if kind is Kind.DELIVERY:
        return f"variant:{text}"
    return f"{_SHARED}:{shared}" if shared else f"notice:{text}"


def _find_answered(key: int | None = None, domain: str | None = None) -> tuple[Ref, str] | None:
    return (Ref(kind=Kind.DELIVERY, key=key), domain) if key and domain else None


def _is_answer(words: str) -> ColumnElement[bool]:
    reply = tables.deliveries.c.reply
    return or_(reply == words, reply.startswith(f"{words} ")) if _is_enhanced(words) else reply == words


def _is_enhanced(words: str) -> bool:
    return bool(_ENHANCED.fullmatch(words))


def _shorten(reply: str) -> str:
    """A reply's enhanced code where it begins with one, else all of it."""
    first = reply.partition(" ")[0]
    return first if _is_enhanced(first) else reply


def _due(table: Table, condition: ColumnElement[bool], now: datetime) -> Select[int]:
    """The keys of rows that are due, in order, but for those that somebody else is moving."""
    return (
        select(table.c.key)
        .where(table.c.status == written(Status.QUEUED), condition, table.c.due_at <= now)
        .order_by(table.c.due_at, table.c.key)
        .with_for_update(skip_locked=True, of=table)
    )


# Each is built once: building one costs more than the database takes for a row, and a turn may be of one row.
def _by_kind(refs: Iterable[Ref]) -> dict[Kind, list[int]]:
    grouped: dict[Kind, list[int]] = {}
    for ref in refs:
        grouped.setdefault(ref.kind, []).append(ref.key)
    return grouped
