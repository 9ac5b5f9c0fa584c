"""Writes what a look at the folder decided into the ledger: identities, dates, addresses, withdrawals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from publisher.app import App
from publisher.domain.article import Article, Content, find_corrected_at, find_expiry
from publisher.domain.identity import Dates, date_again, date_new, date_promised, local_day, make_identity
from publisher.domain.slugs import next_free
from publisher.ingest import (
    Changed,
    Decision,
    Drafted,
    Forgotten,
    Missing,
    New,
    Renamed,
    Review,
    SeedFile,
    Unchanged,
    Waiting,
    Withdrawn,
    build_report,
    extend_report,
)
from publisher.jobs.pausing import EXPIRED, pause_issues_with
from publisher.logs import get_logger
from publisher.store import Transaction
from publisher.store.seeds import SeedRecord

_log = get_logger()


class Scribe:
    """Writes the decisions of one look into the ledger, each list in one transaction."""

    def __init__(self, app: App, *, records: Mapping[str, SeedRecord], is_first: bool, now: datetime) -> None:
        self._app, self._records, self._is_first, self._now = app, records, is_first, now
        self._seen: list[SeedRecord] = []
        #: What was carried out so far: paths, not texts, for ten thousand of those are too much to keep.
        self.report = build_report(())

    def apply(self, decisions: Sequence[Decision]) -> None:
        """Carry out a list of decisions, whole or not at all."""
        if not decisions:
            return
        with self._app.ledger.write() as tx:
            self._add_all(tx, [decision for decision in decisions if isinstance(decision, New)])
            for decision in decisions:
                self._apply(tx, decision)
            tx.seeds.put_many(self._seen)
        self._seen.clear()
        extend_report(self.report, decisions)

    def _apply(self, tx: Transaction, decision: Decision) -> None:
        match decision:
            case Changed() | Renamed():
                self._change(tx, decision)
            case Unchanged():
                self._see(decision.file, digest=decision.digest, key=decision.key)
            case Drafted():
                if decision.key is not None:
                    self._withdraw(tx, decision.key, why=_why_drafted(decision.reason))
                self._see(decision.file, digest=decision.digest, key=None)
            case Review():
                self._see_doubtful(decision)
            case Missing() | Waiting():
                tx.seeds.mark_gone(decision.path, gone_at=decision.gone_at)
            case Withdrawn():
                self._withdraw(tx, decision.key, why="its file is gone")
                tx.seeds.forget_place_of(decision.key, decision.path)
            case Forgotten():
                tx.seeds.forget(decision.path)
            case New(displaced=displaced):  # written all at once, before the others
                if displaced is not None:
                    tx.articles.detach(displaced)

    def _add_all(self, tx: Transaction, new: Sequence[New]) -> None:
        """Give each new article its dates, address and identity, and write them all down in one statement."""
        dated = [(decision, self._date(decision)) for decision in new]
        days = [local_day(dates.published_at, self._app.publication.timezone) for _, dates in dated]
        wanted = [one.reading.content.wanted_slug for one in new]
        register = _Register(tx, places=[(day.year, day.month, slug) for day, slug in zip(days, wanted, strict=True)])
        built = {
            index: self._build_new(new[index], dated[index][1], day=days[index], register=register)
            for index in sorted(range(len(new)), key=lambda index: self._is_translation(new[index]))
        }
        articles = [built[index] for index in range(len(new))]
        keys = tx.articles.add_many([(article, one.digest) for article, one in zip(articles, new, strict=True)])
        over = (one.file.path for one, article in zip(new, articles, strict=True) if article.is_expired(self._now))
        self.report["expired"].extend(over)
        for decision, key in zip(new, keys, strict=True):
            self._see(decision.file, digest=decision.digest, key=key)

    def _is_translation(self, decision: New) -> bool:
        """Whether a new article is not in the publication's language, and so leaves the bare slug to one that is."""
        return decision.reading.content.language.split("-")[0] != self._app.publication.language.split("-")[0]

    def _date(self, decision: New) -> Dates:
        file_time = datetime.fromtimestamp(decision.file.mtime_ns / 1e9, tz=UTC) if self._is_first else None
        fresh = self._app.settings.seeds.fresh
        return date_new(decision.reading.content, now=self._now, file_time=file_time, fresh=fresh)

    def _build_new(self, decision: New, dates: Dates, *, day: date, register: "_Register") -> Article:
        content, publication = decision.reading.content, self._app.publication
        slug = register.take_slug(day, content.wanted_slug)
        identity = make_identity(
            content,
            authority=publication.id_authority,
            day=local_day(self._now, publication.timezone),
            address=f"{day:%Y/%m}/{slug}",
            # An address was never another article's, and so neither was an id made of it.
            is_taken=register.has_id if content.declared_id else register.ids.__contains__,
        )
        register.ids.add(identity)
        return _build_article(
            content,
            dates,
            key=0,
            id=identity,
            path=decision.file.path,
            slug=slug,
            first_seen_at=self._now,
            text_digest=decision.reading.text_digest,
            year=day.year,
            month=day.month,
        )

    def _change(self, tx: Transaction, decision: Changed | Renamed) -> None:
        content, before = decision.reading.content, tx.articles.get(decision.key)
        fresh = self._app.settings.seeds.fresh
        is_changed = decision.is_text_changed or content.correction != before.correction
        if before.text_digest:
            dates = date_again(before, content, is_text_changed=is_changed, now=self._now, fresh=fresh)
        else:
            dates = date_promised(before, content, now=self._now, fresh=fresh)
        year, month, slug = self._readdress(tx, before, content, dates)
        article = _build_article(
            replace(content, expires_at=find_expiry(before, content, now=self._now)),
            dates,
            key=before.key,
            id=before.id,
            path=decision.file.path,
            slug=slug,
            first_seen_at=before.first_seen_at,
            text_digest=decision.reading.text_digest,
            year=year,
            month=month,
            corrected_at=find_corrected_at(before, content, now=self._now),
        )
        tx.articles.change(article, seed_digest=decision.digest)
        if isinstance(decision, Renamed):
            tx.seeds.forget_place_of(decision.key, decision.old_path)
        self._see(decision.file, digest=decision.digest, key=decision.key)
        if dates.released_at > self._now >= before.released_at:
            pause_issues_with(tx, article, why="it is held back until its date")
        elif article.is_expired(self._now) and not before.is_expired(self._now):
            pause_issues_with(tx, article, why=EXPIRED)

    def _readdress(self, tx: Transaction, before: Article, content: Content, dates: Dates) -> tuple[int, int, str]:
        """Where it lives: fixed once it was out, but for a slug that the seed itself names."""
        was_out = before.released_at <= self._now
        day = local_day(dates.published_at, self._app.publication.timezone)
        year, month = (before.year, before.month) if was_out else (day.year, day.month)
        is_written_now = content.has_own_slug and not before.has_own_slug and content.wanted_slug != before.slug
        is_another = content.wanted_slug != before.wanted_slug and (content.has_own_slug or not was_out)
        wants_another = is_written_now or is_another
        if not wants_another and (year, month) == (before.year, before.month):
            return year, month, before.slug
        wanted = content.wanted_slug if wants_another else before.wanted_slug
        return year, month, tx.addresses.free_slug(year, month, wanted, key=before.key)

    def _withdraw(self, tx: Transaction, key: int, *, why: str) -> None:
        tx.articles.withdraw(key, now=self._now)
        _log.info("article_withdrawn", article=key, why=why)
        pause_issues_with(tx, tx.articles.get(key), why=why)

    def _see_doubtful(self, decision: Review) -> None:
        before = self._records.get(decision.path)
        if before is None or (before.reason, before.line) != (decision.reason, decision.line):
            _log.warning("seed_in_review", path=decision.path, line=decision.line, reason=decision.reason)
        file = decision.file or SeedFile(decision.path, 0, 0)
        has_waited = before is not None and before.reason and before.digest == decision.digest
        record = _build_record(file, digest=decision.digest, key=decision.key)
        self._seen.append(
            replace(
                record,
                reason=decision.reason,
                line=decision.line,
                remedy=decision.remedy,
                waiting_since=(before.waiting_since if before and has_waited else None) or self._now,
                doubts=decision.doubts,
            )
        )

    def _see(self, file: SeedFile, *, digest: str, key: int | None) -> None:
        self._seen.append(_build_record(file, digest=digest, key=key))


def _build_record(file: SeedFile, *, digest: str, key: int | None) -> SeedRecord:
    return SeedRecord(path=file.path, size=file.size, mtime_ns=file.mtime_ns, digest=digest, article_key=key)


class _Register:
    """The addresses and identities that are taken, those given out in this transaction included."""

    def __init__(self, tx: Transaction, *, places: Sequence[tuple[int, int, str]]) -> None:
        self._tx = tx
        self._taken = tx.addresses.list_taken(places)
        self.ids: set[str] = set()

    def take_slug(self, day: date, wanted: str) -> str:
        """A slug that is free in that day's month, taken from now on."""
        month = (day.year, day.month)
        if (*month, wanted) in self._taken:
            self._taken.update((*month, twin) for twin in self._tx.addresses.list_twins(*month, wanted))
        slug = next_free(wanted, is_taken=lambda name: (*month, name) in self._taken)
        self._taken.add((*month, slug))
        return slug

    def has_id(self, identity: str) -> bool:
        """Whether an article has that identity."""
        return identity in self.ids or self._tx.articles.has_id(identity)


_CONTENT_FIELDS = tuple(Content.__dataclass_fields__)


def _build_article(content: Content, dates: Dates, **identity: Any) -> Article:
    values = {name: getattr(content, name) for name in _CONTENT_FIELDS}
    return Article(
        **values,
        **identity,
        published_at=dates.published_at,
        released_at=dates.released_at,
        updated_at=dates.updated_at,
        first_published_at=dates.first_published_at,
    )


def _why_drafted(reason: str) -> str:
    return f"its file says that it is no article ({reason})" if reason else "it was made a draft"
