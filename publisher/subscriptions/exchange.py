"""Subscribers in and out: CSV and JSON lines, row by row, so that a million need no more memory than one."""

import csv
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import IO, TypeVar

from publisher.domain.subscriber import Consent, Event, Format, Layout, Reason, Status, canonical
from publisher.domain.token import Keys
from publisher.errors import RefusedError, UsageError
from publisher.store import Transaction
from publisher.store.subscribers import Membership
from publisher.subscriptions.addresses import check_email
from publisher.subscriptions.signup import Request, add_confirmed, put_subscriber

COLUMNS = (
    "email",
    "name",
    "newsletters",
    "status",
    "language",
    "timezone",
    "sections",
    "format",
    "consent_at",
    "consent_source",
)
_CHUNK = 500
_LONGEST = 1000  # bytes in a cell: what issues tell readers apart by goes into an index
_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # with what we put before it
_SECTIONS = ";"  # a section may have a space in its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that was not taken, by its line from 1, and why."""

    line: int
    reason: str


def export_rows(tx: Transaction) -> Iterator[dict[str, str]]:
    """Every subscriber, by address: a row for each different state, sections and consent among her subscriptions."""

    def in_common(membership: Membership) -> tuple[str, ...]:
        subscription = membership.subscription
        consent_at = subscription.consent_at.isoformat() if subscription.consent_at else ""
        return (
            subscription.status.value,
            _SECTIONS.join(subscription.sections),
            consent_at,
            subscription.consent_source,
        )

    for _, person in groupby(tx.subscribers.iter_memberships(), key=lambda one: one.subscriber.key):
        for shared, members in groupby(sorted(person, key=in_common), key=in_common):
            together = list(members)
            subscriber = together[0].subscriber
            status, sections, consent_at, consent_source = shared
            yield {
                "email": subscriber.email,
                "name": subscriber.name,
                "newsletters": " ".join(sorted(one.subscription.newsletter for one in together)),
                "status": status,
                "language": subscriber.language,
                "timezone": subscriber.timezone,
                "sections": sections,
                "format": subscriber.format.value,
                "consent_at": consent_at,
                "consent_source": consent_source,
            }


def write_rows(rows: Iterable[Mapping[str, str]], file: IO[str], *, layout: Layout) -> int:
    """Write rows to a file; gives how many. A cell that a spreadsheet would run as a formula is kept from it."""
    written = 0
    writer = csv.DictWriter(file, COLUMNS)  # lines end as in RFC 4180: with "\n" alone it would not quote a "\r"
    if layout is Layout.CSV:
        writer.writeheader()
    for row in rows:
        if layout is Layout.CSV:
            writer.writerow({name: _disarm(value) for name, value in row.items()})
        else:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        written += 1
    return written


def _disarm(value: str) -> str:
    return f"'{value}" if _FORMULA.match(value) else value


def _rearm(value: str) -> str:
    return value[1:] if value[:1] == "'" and _FORMULA.match(value) else value


def read_rows(file: IO[str], *, layout: Layout) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of each row. Raises UsageError for a file without an email column, or a line that is no JSON."""
    if layout is Layout.CSV:
        reader = csv.DictReader(file)
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        if "email" not in names:
            raise UsageError(f"{_name(file)}:1: no column is named email; columns are {', '.join(COLUMNS)}")
        reader.fieldnames = names
        try:
            for row in reader:
                yield reader.line_num, {name: _rearm(value or "") for name, value in row.items() if name}
        except csv.Error as problem:
            raise UsageError(f"{_name(file)}:{reader.line_num}: this is no CSV: {problem}") from problem
        return
    for line, text in enumerate(file, 1):
        try:
            found: object = json.loads(text) if text.strip() else None
        except ValueError as problem:
            raise UsageError(f"{_name(file)}:{line}: this is no JSON: {problem}") from problem
        if isinstance(found, dict):
            yield line, {str(name): _flatten(str(name), value) for name, value in found.items()}
        elif found is not None:
            raise UsageError(f'{_name(file)}:{line}: a row must be a JSON object such as {{"email": …}}')


def _flatten(name: str, value: object) -> str:
    if isinstance(value, list):
        return (" " if name == "newsletters" else _SECTIONS).join(str(part) for part in value)
    return "" if value is None else str(value)


def _name(file: IO[str]) -> str:
    return str(getattr(file, "name", "input"))


def in_chunks(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[list[tuple[int, dict[str, str]]]]:
    """Rows in lists, each small enough for one transaction."""
    chunk: list[tuple[int, dict[str, str]]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRules:
    """What holds for a whole import: the newsletters there are, those for rows that name none, and the source."""

    known: Collection[str]
    default: tuple[str, ...]
    source: str
    default_status: Status = Status.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a chunk: how many rows were taken, the wishes that need a confirmation mail, the rejected."""

    taken: int
    pending: tuple[Request, ...]
    rejected: tuple[Rejected, ...]


def import_rows(
    tx: Transaction, rows: Iterable[tuple[int, dict[str, str]]], *, rules: ImportRules, keys: Keys, now: datetime
) -> Imported:
    """Take rows in: confirmed ones with their consent, those who left as having left, pending ones as wishes."""
    taken, pending, rejected = 0, [], []
    for line, row in rows:
        try:
            wish = _take(tx, row, rules=rules, keys=keys, now=now)
        except RefusedError as problem:
            rejected.append(Rejected(line=line, reason=problem.reason))
            continue
        taken += 1
        if wish:
            pending.append(wish)
    return Imported(taken=taken, pending=tuple(pending), rejected=tuple(rejected))


def _take(tx: Transaction, row: dict[str, str], *, rules: ImportRules, keys: Keys, now: datetime) -> Request | None:
    wish = _read_wish(row, rules)
    status = _read_enum(Status, row.get("status") or rules.default_status.value, "status")
    if status is Status.PENDING:
        return wish
    consent_at = _read_moment(row.get("consent_at", ""))
    if status is Status.UNSUBSCRIBED:
        _note_left(tx, wish, keys=keys, consent_at=consent_at, now=now)
    else:
        add_confirmed(tx, wish, keys=keys, consent_at=consent_at or now, now=now)
    return None


def _read_wish(row: dict[str, str], rules: ImportRules) -> Request:
    if long := [name for name, value in row.items() if len(value.encode("utf-8", "replace")) > _LONGEST]:
        raise RefusedError(f"{', '.join(long)}: more than {_LONGEST} letters are too many here")
    newsletters = tuple(dict.fromkeys(row.get("newsletters", "").split())) or rules.default
    if strangers := [name for name in newsletters if name not in rules.known]:
        raise RefusedError(f"no newsletter is named {', '.join(strangers)}; there are {', '.join(rules.known)}")
    if not newsletters:
        raise RefusedError("it names no newsletter, and --newsletter gives none")
    return Request(
        email=check_email(row.get("email", "")),
        newsletters=newsletters,
        source=row.get("consent_source") or rules.source,
        name=row.get("name", ""),
        language=row.get("language", ""),
        timezone=row.get("timezone", ""),
        format=_read_enum(Format, row.get("format") or Format.HTML.value, "format"),
        sections=tuple(name.strip() for name in row.get("sections", "").split(_SECTIONS) if name.strip()),
    )


def _note_left(tx: Transaction, wish: Request, *, keys: Keys, consent_at: datetime | None, now: datetime) -> None:
    suppressed = tx.suppressions.find(keys.suppression_digest(canonical(wish.email)))
    if suppressed and suppressed[0] is Reason.ERASED:
        raise RefusedError(f"this address was erased on {suppressed[2]:%Y-%m-%d}")
    subscriber = put_subscriber(tx, wish, keys=keys, now=now)
    for newsletter in wish.newsletters:
        tx.subscribers.set_subscription(
            subscriber.key,
            newsletter,
            status=Status.UNSUBSCRIBED,
            sections=wish.sections or None,
            now=now,
            consent_at=consent_at,
            consent_source=wish.source,
        )
        tx.subscribers.log(
            subscriber.key, Consent(newsletter=newsletter, event=Event.IMPORTED, at=now, source=wish.source)
        )


_Choice = TypeVar("_Choice", bound=StrEnum)


def _read_enum(kind: type[_Choice], text: str, column: str) -> _Choice:
    try:
        return kind(text.strip().lower())
    except ValueError as problem:
        raise RefusedError(f"{column} {text!r} is none of {', '.join(kind)}") from problem


def _read_moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as problem:
        raise RefusedError(f"consent_at {text!r} is no date such as 2026-11-23T07:00:00Z") from problem
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
