"""Review: what waits for an editor, why, how it would be published, and what he says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.app import App
from publisher.domain.article import Article
from publisher.domain.doubt import Remedy, Verdict
from publisher.errors import NotFoundError, SeedError, UsageError
from publisher.ingest import Found, Reading, SeedFile, read_bytes
from publisher.ingest.decoding import decode
from publisher.ingest.parts import split_seed
from publisher.jobs.looking import iso
from publisher.jobs.opening import read_again
from publisher.jobs.reading import read_folder
from publisher.jobs.review_files import write_reviews
from publisher.jobs.surveying import Watch
from publisher.logs import get_logger
from publisher.markup import to_text
from publisher.store import Transaction
from publisher.store.seeds import SeedRecord
from publisher.store.verdicts import VerdictRecord

_log = get_logger()
_AROUND = 3  # lines of the file before and after the one that is meant
_AT_FIRST = 12  # lines of a file of which none is meant
CHOICES = {"correction": Verdict.AS_CORRECTION, "new": Verdict.AS_NEW}


def list_reviews(app: App, *, is_whole: bool = False) -> list[dict[str, Any]]:
    """What waits for an editor, by path; as a whole with the verdicts on files that still hold those bytes."""
    with app.ledger.read() as tx:
        waiting = [_describe(record) for record in tx.seeds.list_waiting()]
        decided = [_describe_decided(record) for record in tx.verdicts.list_standing()] if is_whole else []
    paths = {one["path"] for one in waiting}
    return sorted([*waiting, *(one for one in decided if one["path"] not in paths)], key=lambda one: str(one["path"]))


def _describe(record: SeedRecord) -> dict[str, Any]:
    return {
        "path": record.path,
        "reason": record.reason,
        "line": record.line,
        "since": iso(record.waiting_since) if record.waiting_since else None,
        "state": "waiting",
        "remedy": record.remedy.value,
    }


def _describe_decided(record: VerdictRecord) -> dict[str, Any]:
    return {
        "path": record.path,
        "reason": record.reason,
        "line": record.line,
        "since": iso(record.decided_at),
        "state": record.verdict.value,
        "remedy": record.remedy.value,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that waits, as `review show` tells it: `lines` are (number, text) around the place that is meant.

    `text` and `title` are as they would be published, empty where it can't be read; `kept` is the title of the article
    that keeps its last good version; `is_several` says that it can be split.
    """

    summary: dict[str, Any]
    doubts: list[dict[str, Any]]
    lines: list[tuple[int, str]]
    title: str
    text: str
    kept: str
    is_changed: bool
    is_several: bool


def show_review(app: App, path: str) -> Waiting:
    """All that an editor needs to decide about a file. Raises NotFoundError."""
    with app.ledger.read() as tx:
        record = _get_waiting(tx, path)
        kept = tx.articles.get(record.article_key).title if record.article_key is not None else ""
    found = _read(app, record)
    reading = found.reading if found and isinstance(found.reading, Reading) else None
    return Waiting(
        summary=_describe(record),
        doubts=[
            {"field": one.field, "found": one.found, "certainty": one.certainty, "reason": one.reason}
            for one in record.doubts
        ],
        lines=_list_lines(app, record),
        title=reading.content.title if reading else "",
        text=to_text(reading.content.html) if reading else "",
        kept=kept,
        is_changed=bool(found and not found.digest),
        is_several=_is_several(app, record),
    )


def _get_waiting(tx: Transaction, path: str) -> SeedRecord:
    record = tx.seeds.find(path)
    if record is None or not record.reason:
        raise NotFoundError(f"{path} does not wait for review (`publisher review list` says what does)")
    return record


def _read(app: App, record: SeedRecord) -> Found | None:
    return read_again(app, _as_file(record), digest=record.digest) if record.digest else None


def _as_file(record: SeedRecord) -> SeedFile:
    return SeedFile(record.path, record.size, record.mtime_ns)


def _is_several(app: App, record: SeedRecord) -> bool:
    try:
        data = read_bytes(app.home.seeds, _as_file(record), app.settings.seeds.max_size)
        return bool(split_seed(record.path, data, languages=app.publication.languages))
    except SeedError:
        return False


def _list_lines(app: App, record: SeedRecord) -> list[tuple[int, str]]:
    try:
        data = read_bytes(app.home.seeds, _as_file(record), app.settings.seeds.max_size)
        text = decode(record.path, data)
    except SeedError:
        return []
    lines = list(enumerate(text.split("\n"), start=1))
    return pick_lines(lines, meant=record.line)


def pick_lines(lines: Sequence[tuple[int, str]], *, meant: int | None) -> list[tuple[int, str]]:
    """The numbered lines around the one that is meant, or the first ones where none is."""
    if meant is None:
        return list(lines[:_AT_FIRST])
    return [one for one in lines if abs(one[0] - meant) <= _AROUND]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What became of an approved file: its article, or the reason why it waits (again)."""

    article: Article | None
    reason: str


def approve(app: App, path: str, *, choice: str = "", now: datetime) -> Approval:
    """Let a file be published as it is found, and read the folder at once. Raises UsageError for what can't be.

    The verdict holds for the bytes that the last look found; a file that has changed since is decided anew.
    """
    with app.ledger.write() as tx:
        record, remedy = _find_decidable(tx, path)
        verdict = choose_verdict(path, remedy, choice=choice)
        _decide(tx, record, verdict, remedy=remedy, now=now)
        if not record.reason:  # it was rejected: now it waits again, so that the look reads it
            tx.seeds.set_reason(path, "approved by an editor")
    _log.info("seed_approved", path=path, verdict=verdict.value)
    read_folder(app, now=now, watch=Watch())
    with app.ledger.read() as tx:
        after = tx.seeds.find(path)
        if after is None or after.reason or after.article_key is None:
            return Approval(article=None, reason=after.reason if after else "it is gone from the folder")
        return Approval(article=tx.articles.get(after.article_key), reason="")


def choose_verdict(path: str, remedy: Remedy, *, choice: str) -> Verdict:
    """What an approval comes to. Raises UsageError with the mend, or with the choices."""
    if remedy is Remedy.MEND:
        raise UsageError(f"{path} can't be approved as it is: mend the file (`publisher review show {path}` says how)")
    if remedy is Remedy.APPROVE:
        if choice:
            raise UsageError(f"{path}: there is nothing to choose: `publisher review approve {path}` publishes it")
        return Verdict.APPROVED
    if choice not in CHOICES:
        raise UsageError(
            f"{path} holds another text than its article: choose `--as correction` (the same article, corrected) or "
            "`--as new` (an article of its own; the earlier one stays as it is)"
        )
    return CHOICES[choice]


def _find_decidable(tx: Transaction, path: str) -> tuple[SeedRecord, Remedy]:
    """A file that waits, or was rejected and has not changed since; and what can be done about it."""
    record = tx.seeds.find(path)
    if record is not None and record.reason:
        return record, record.remedy
    said = tx.verdicts.find(path, record.digest) if record else None
    if record is None or said is None or said.verdict is not Verdict.REJECTED:
        raise NotFoundError(f"{path} does not wait for review (`publisher review list` says what does)")
    return record, said.remedy


def _decide(tx: Transaction, record: SeedRecord, verdict: Verdict, *, remedy: Remedy, now: datetime) -> None:
    before = tx.verdicts.find(record.path, record.digest)
    reason, line = (record.reason, record.line) if record.reason or before is None else (before.reason, before.line)
    tx.verdicts.put(
        VerdictRecord(
            path=record.path,
            digest=record.digest,
            verdict=verdict,
            reason=reason,
            line=line,
            remedy=remedy,
            decided_at=now,
        )
    )


def reject(app: App, path: str, *, now: datetime) -> str:
    """Leave a file out until it changes; gives the title of the article that keeps its last good version, or nothing.

    Raises UsageError for an article that is published from it, and for what could not even be looked at.
    """
    with app.ledger.write() as tx:
        _refuse_published(tx, path)
        record = _get_waiting(tx, path)
        if not record.digest:
            raise UsageError(f"{path}: {record.reason}: there are no bytes that a verdict could hold for")
        _decide(tx, record, Verdict.REJECTED, remedy=record.remedy, now=now)
        tx.seeds.set_reason(path, "")
        kept = tx.articles.get(record.article_key).title if record.article_key is not None else ""
    write_reviews(app)
    _log.info("seed_rejected", path=path)
    return kept


def _refuse_published(tx: Transaction, path: str) -> None:
    record = tx.seeds.find(path)
    if record is None or record.reason or record.article_key is None:
        return
    said = tx.verdicts.find(path, record.digest)
    if said is None or said.verdict is not Verdict.REJECTED:
        raise UsageError(
            f"{path} is published: to take it back, remove the file or write `draft: true` into its front matter"
        )
