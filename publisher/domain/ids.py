"""Ids outside the ledger: a line of JSON an article, which gives it its id, address and release in a new one."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard
from urllib.parse import unquote

from publisher.domain.address import article_path

_ADDRESS = re.compile(r"/articles/([1-9][0-9]{3})/(0[1-9]|1[0-2])/((?!\.\.?$)[\w.~-]+)")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")  # no database takes them
_ID = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_LONGEST = 1000  # bytes of what articles are found by: an index has no room for more
_MOMENTS = ("published_at", "released_at", "first_seen_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdRecord:
    """What of an article no file can tell: identity, address, moments, and the addresses that led to it before.

    `path` is empty where another article's file lies there by now.
    """

    id: str
    path: str
    year: int
    month: int
    slug: str
    declared_id: str = ""
    published_at: datetime
    released_at: datetime
    first_seen_at: datetime
    former: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where it lives."""
        return article_path(self.year, self.month, self.slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a file of ids, from 1, and what it says."""

    number: int
    record: IdRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A line that can't be used; `path` is that of the file which it is about, empty where it names none."""

    number: int
    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of the lines of a file: records that are new here, how many are known, and what conflicts."""

    fresh: tuple[IdRecord, ...]
    known: int
    conflicts: tuple[Problem, ...]


def describe_record(record: IdRecord) -> dict[str, Any]:
    """A record as JSON: moments in RFC 3339, to the microsecond where they have any."""
    moments = {name: _write_moment(getattr(record, name)) for name in _MOMENTS}
    return {
        "id": record.id,
        "path": record.path,
        "slug": record.slug,
        "address": record.address,
        "declared_id": record.declared_id,
        **moments,
        "former": list(record.former),
    }


def write_lines(records: Iterable[IdRecord]) -> str:
    """A line a record, by first sight and id: what is new stands at the end, and nothing above it moves."""
    ordered = sorted(records, key=lambda record: (record.first_seen_at, record.id))
    return "".join(json.dumps(describe_record(record), ensure_ascii=False) + "\n" for record in ordered)


def read_lines(text: str) -> tuple[list[Line], list[Problem]]:
    """(the lines that can be used, what is wrong with the others); empty ones are passed over."""
    lines, problems = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            lines.append(Line(number=number, record=_read(json.loads(line))))
        except json.JSONDecodeError as problem:
            problems.append(Problem(number=number, reason=f"this is no JSON ({problem.msg}): one object a line"))
        except (ValueError, RecursionError) as problem:
            problems.append(Problem(number=number, reason=str(problem)))
    return lines, problems


def settle_lines(
    lines: Iterable[Line],
    *,
    known: Mapping[str, IdRecord],
    standing: Mapping[str, str],
    addresses: Mapping[str, str],
) -> Settled:
    """Which records a ledger should take: it gives up nothing of its own for them.

    `known` are its records by id, `standing` the ids of those that have a file by its path, `addresses` the ids of all
    by each address that leads to them.
    """
    fresh: dict[str, IdRecord] = {}
    conflicts, count = [], 0
    paths, places = dict(standing), dict(addresses)
    for line in lines:
        record = line.record
        before = fresh.get(record.id) or known.get(record.id)
        reason = _find_conflict(record, before, paths=paths, places=places)
        if reason:
            conflicts.append(Problem(number=line.number, reason=reason, path=record.path))
        elif before:
            count += 1
        else:
            fresh[record.id] = record
            paths |= {record.path: record.id} if record.path else {}
            places[record.address] = record.id
    return Settled(fresh=tuple(fresh.values()), known=count, conflicts=tuple(conflicts))


def _find_conflict(
    record: IdRecord, before: IdRecord | None, *, paths: Mapping[str, str], places: Mapping[str, str]
) -> str:
    if before:
        compared = ("path", "address", "declared_id", "released_at")
        differing = [name for name in compared if getattr(before, name) != getattr(record, name)]
        here = ", ".join(f"{name} {_write(getattr(before, name))}" for name in differing)
        return f"{record.id} has another {' and '.join(differing)} already: {here}" if differing else ""
    if record.path and paths.get(record.path, record.id) != record.id:
        return f"{record.path} is {paths[record.path]} already"
    if places.get(record.address, record.id) != record.id:
        return f"{record.address} leads to {places[record.address]} already"
    return ""


def _read(values: object) -> IdRecord:
    """A record of a line's JSON. Raises ValueError, with what is wanted."""
    if not isinstance(values, dict):
        raise ValueError("a JSON object is wanted")
    place = _ADDRESS.fullmatch(unquote(_text(values, "address")))
    if not place:
        raise ValueError(f"address: {_text(values, 'address')!r} is not of the form /articles/2026/11/slug")
    if not _ID.fullmatch(_text(values, "id")):
        raise ValueError(f"id: {_text(values, 'id')!r} is no tag: or other URI")
    path = _text(values, "path")
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"path: {path!r} does not lie below the folder")
    former = values.get("former", [])
    if not isinstance(former, list) or not all(_is_text(one) and one.startswith("/") for one in former):
        raise ValueError("former: a list of addresses is wanted")
    return IdRecord(
        id=_text(values, "id"),
        path=path,
        year=int(place[1]),
        month=int(place[2]),
        slug=place[3],
        declared_id=_text(values, "declared_id"),
        former=tuple(former),
        **{name: _read_moment(values, name) for name in _MOMENTS},
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not _is_text(value):
        raise ValueError(f"{name}: a text of at most {_LONGEST} bytes is wanted")
    return value


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and not _UNWRITABLE.search(value) and len(value.encode()) <= _LONGEST


def _read_moment(values: Mapping[str, Any], name: str) -> datetime:
    wanted = ValueError(f"{name}: a moment such as 2026-11-23T06:00:00Z is wanted")
    try:
        moment = datetime.fromisoformat(_text(values, name))
        if moment.tzinfo is None:
            raise wanted
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise wanted from None


def _write_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _write(value: object) -> str:
    return _write_moment(value) if isinstance(value, datetime) else str(value) or "none"
