"""Ids beside the articles: taken from a file before the folder is read, and written there after it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from publisher.app import App
from publisher.domain.article import Article
from publisher.domain.ids import IdRecord, Line, Problem, Settled, read_lines, settle_lines, write_lines
from publisher.errors import UsageError
from publisher.files import locked, write_atomic
from publisher.logs import get_logger
from publisher.store import Transaction

_log = get_logger()
_SEEN = "ids_file"


def list_records(app: App) -> list[IdRecord]:
    """What of each article no file can tell, by first sight and id."""
    with app.ledger.read() as tx:
        records = tx.ids.list_all()
    return sorted(records, key=lambda record: (record.first_seen_at, record.id))


def import_ids(app: App, file: Path, *, now: datetime) -> tuple[Settled, list[Problem]]:
    """Take the ids of a file that are new here: (what became of them, the lines that can't be read).

    A file of the folder that has no article here yet becomes the one of its line at the next look. What the ledger
    knows otherwise stays as it is. Raises UsageError where there is no such file.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file}: it can't be read: {problem}") from problem
    lines, problems = read_lines(text)
    with locked(app.home.run / "folder.lock"):
        return _take(app, lines, now=now), problems


def _take(app: App, lines: list[Line], *, now: datetime) -> Settled:
    with app.ledger.write() as tx:
        settled = _settle(tx, lines)
        tx.articles.add_many([(_promise(app, record, now=now), "") for record in settled.fresh])
    return settled


def _settle(tx: Transaction, lines: Iterable[Line]) -> Settled:
    known = {record.id: record for record in tx.ids.list_all()}
    standing = tx.ids.list_standing()
    return settle_lines(lines, known=known, standing=standing, addresses=_list_addresses(known.values()))


def _list_addresses(records: Iterable[IdRecord]) -> dict[str, str]:
    return {place: record.id for record in records for place in (record.address, *record.former)}


def _promise(app: App, record: IdRecord, *, now: datetime) -> Article:
    """An article that waits for its file: nobody sees it, but its id and its addresses are taken."""
    return Article(
        title="",
        html="",
        language=app.publication.language,
        key=0,
        id=record.id,
        path=record.path,
        slug=record.slug,
        year=record.year,
        month=record.month,
        declared_id=record.declared_id,
        aliases=record.former,
        published_at=record.published_at,
        released_at=record.released_at,
        updated_at=record.published_at,
        first_seen_at=record.first_seen_at,
        withdrawn_at=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a look took from the file beside the articles: the reasons by path, and what is wrong with its lines."""

    name: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def take_file(app: App, *, now: datetime) -> Taken:
    """Take the ids of `seeds.ids_file` that the ledger does not know, where it has changed since we wrote it.

    A second file that claims the id of a first one is refused, with the reason.
    """
    file = find_file(app)
    if file is None or not file.exists() or _is_seen(app, file):
        return Taken()
    lines, problems = read_lines(file.read_bytes().decode("utf-8", "replace"))
    settled = _take(app, lines, now=now)
    paths = {line.record.id: line.record.path for line in reversed(lines)}
    refused = {}
    claims = {line.number: line.record for line in lines}
    for conflict in settled.conflicts:
        claimed = claims[conflict.number]
        if claimed.path and paths[claimed.id] != claimed.path:
            refused[claimed.path] = f"{file.name}:{conflict.number} gives it the id of {paths[claimed.id]}"
        _log.warning("ids_conflict", file=file.name, line=conflict.number, reason=conflict.reason)
    for problem in problems:
        _log.warning("ids_not_read", file=file.name, line=problem.number, reason=problem.reason)
    if not problems and not refused:
        _note_seen(app, file)
    return Taken(name=file.name, refused=refused, problems=tuple(problems))


def is_behind(app: App, report: Mapping[str, Any]) -> bool:
    """Whether a look has changed what stands in `seeds.ids_file`, or somebody else has."""
    file = find_file(app)
    moved = ("new", "changed", "renamed", "withdrawn")
    return file is not None and (any(report[name] for name in moved) or not file.exists() or not _is_seen(app, file))


def write_file(app: App) -> bool:
    """Bring `seeds.ids_file` up to the ledger; says whether it changed.

    Lines whose ids the ledger could not take stay in it. A file with a line that can't be read is left as it is.
    """
    file = find_file(app)
    if file is None:
        return False
    with locked(app.home.run / "folder.lock"):
        before = file.read_bytes() if file.exists() else None
        lines, problems = read_lines((before or b"").decode("utf-8", "replace"))
        if problems or _has_twins(lines):
            return False
        records = {line.record.id: line.record for line in lines}
        records |= {record.id: record for record in list_records(app)}
        after = write_lines(records.values()).encode()
        if after != before:
            write_atomic(file, after)
        _note_seen(app, file)
    return after != before


def _has_twins(lines: list[Line]) -> bool:
    """Whether two files claim one id: an editor has to say which."""
    return len({line.record.id for line in lines}) < len({(line.record.id, line.record.path) for line in lines})


def find_file(app: App) -> Path | None:
    """Where the ids lie beside the articles, if anywhere."""
    named = app.settings.seeds.ids_file
    return app.home.root / named if named else None


def _is_seen(app: App, file: Path) -> bool:
    with app.ledger.read() as tx:
        return tx.facts.find(_SEEN) == _describe(file)


def _note_seen(app: App, file: Path) -> None:
    with app.ledger.write() as tx:
        tx.facts.put(_SEEN, _describe(file))


def _describe(file: Path) -> str:
    found = file.stat()
    return f"{found.st_size} {found.st_mtime_ns}"
