"""What has happened in the folder since the last look: pure decisions over paths, digests and readings.

A look goes in three steps, so that ten thousand files need not be in memory at once:

1. `compare` what is known with a walk, and read the digests of what may have changed;
2. `Reconciliation` settles what digests alone tell and names the files `to_parse`; `decide` takes these in batches;
3. `settle` decides, when all batches are through, about the files that are gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from publisher.domain.doubt import Doubt, Remedy, Verdict, explain
from publisher.errors import SeedError
from publisher.ingest.changes.claims import Claims
from publisher.ingest.changes.compare import Comparison, FolderState, Found, KnownArticle, Seen
from publisher.ingest.changes.copies import copy_reason, find_original
from publisher.ingest.changes.decisions import (
    Changed,
    Decision,
    Drafted,
    Forgotten,
    Missing,
    New,
    Renamed,
    Review,
    Unchanged,
    Waiting,
    Withdrawn,
)
from publisher.ingest.changes.likeness import may_be_another
from publisher.ingest.folder.walking import SeedFile
from publisher.ingest.reading import Draft, Reading
from publisher.markup import to_plain

GONE_FOR = timedelta(minutes=1)
_GUARDED_FROM = 10
_WHICH = (
    "little is left of the article that lay here: a new article or a correction? "
    "(`publisher review approve` takes it as either; else give a new one a file name of its own)"
)


class Reconciliation:
    """One look being decided: which article each file is, and which articles are left without one."""

    def __init__(self, state: FolderState, *, comparison: Comparison, seen: Sequence[Seen]) -> None:
        self._known, self._text_of, self._refused = state.known, state.text_of, state.refused
        self._gone = comparison.gone
        self._verdicts = state.verdicts
        self._claims = Claims(state, gone=comparison.gone, seen=seen)
        self._new_ids: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._leaving: set[str] = set()
        self._deferred: list[Found] = []
        self._targets: dict[str, KnownArticle | None] = {}
        self._done: set[str] = set()
        #: What digests alone have decided.
        self.decisions: list[Decision] = [self._refuse(error) for error in comparison.refused]
        #: The files whose content must be read before they can be decided.
        self.to_parse: tuple[SeedFile, ...] = self._match(sorted(seen, key=lambda one: one.file.path))

    def _refuse(self, error: SeedError, seen: Seen | None = None, *, remedy: Remedy = Remedy.MEND) -> Review:
        return Review(
            path=error.path,
            reason=error.reason,
            line=error.line,
            file=seen.file if seen else None,
            digest=seen.digest if seen else "",
            key=self._claims.keep(error.path),
            remedy=remedy,
        )

    def _find_verdict(self, one: Seen | Found) -> Verdict | None:
        return self._verdicts.get((one.file.path, one.digest))

    def _is_rejected(self, one: Seen) -> bool:
        return self._find_verdict(one) is Verdict.REJECTED

    def _is_approved(self, one: Seen | Found) -> bool:
        return self._find_verdict(one) not in (None, Verdict.REJECTED)

    def _match(self, seen: Sequence[Seen]) -> tuple[SeedFile, ...]:
        left = [one for one in seen if not self._is_settled_at_once(one)]
        vacated = self._claims.find_vacated()
        left = [one for one in left if self._is_rejected(one) or not self._is_moved(one, vacated)]
        copies = self._claims.find_standing()
        to_parse = [one.file for one in seen if one.file.path in self._targets]
        for one in left:
            if one.error is not None:
                self.decisions.append(self._refuse(one.error, one))
            elif self._is_rejected(one):
                key = self._claims.keep(one.file.path)
                self.decisions.append(Unchanged(file=one.file, digest=one.digest, key=key))
            elif self._is_old_copy(one):
                self.decisions.append(self._refuse(self._known_reason(one), one, remedy=Remedy.APPROVE))
            elif one.digest in copies and not self._is_approved(one):
                copy = SeedError(one.file.path, copy_reason(copies[one.digest]))
                self.decisions.append(self._refuse(copy, one, remedy=Remedy.APPROVE))
            else:
                self._targets[one.file.path] = self._claims.find_free_at(one.file.path)
                to_parse.append(one.file)
        return tuple(sorted(to_parse, key=lambda file: file.path))

    def _is_settled_at_once(self, one: Seen) -> bool:
        """Notes a file whose bytes are those of its article, or those of a draft that we know."""
        article, known = self._claims.find_at(one.file.path), self._known.get(one.file.path)
        is_same_article = article is not None and not article.is_withdrawn and article.digest == one.digest
        is_same_draft = known is not None and known.digest == one.digest and not known.reason and not known.article_key
        if not one.digest or not (is_same_article or is_same_draft):
            return False
        same = article if is_same_article else None
        if same is not None:
            self._claims.take(same, one.file.path)
        self.decisions.append(Unchanged(file=one.file, digest=one.digest, key=same.key if same else None))
        return True

    def _is_moved(self, one: Seen, vacated: Mapping[str, KnownArticle]) -> bool:
        """Gives a file the article whose very content has left its own path."""
        article = vacated.get(one.digest) if one.digest else None
        if article is None or article.path == one.file.path or self._claims.is_taken(article):
            return False
        if article.path and self._is_old_copy(one):
            return False
        self._claims.take(article, one.file.path)
        self._targets[one.file.path] = article
        return True

    def _is_old_copy(self, one: Seen) -> bool:
        """Whether a file waits as a copy of one that is still there, though that one may have been corrected since."""
        known = self._known.get(one.file.path)
        if known is None or known.digest != one.digest or self._is_approved(one):
            return False
        return find_original(known.reason) in self._claims.digests

    def _known_reason(self, one: Seen) -> SeedError:
        return SeedError(one.file.path, self._known[one.file.path].reason)

    def decide(self, found: Iterable[Found]) -> list[Decision]:
        """The decisions for a batch of files that were `to_parse`; what has changed meanwhile waits for a new look."""
        decisions = (self._decide_one(one) for one in found if self._claims.digests.get(one.file.path) == one.digest)
        return [decision for decision in decisions if decision is not None]

    def _decide_one(self, one: Found) -> Decision | None:
        self._done.add(one.file.path)
        if isinstance(one.reading, SeedError):
            return self._review(one, one.reading.reason, line=one.reading.line)
        article = self._target(one.file.path)
        if isinstance(one.reading, Draft):
            return self._draft(one, article, reason=one.reading.reason)
        named = self._claims.find_named(one.reading.content.declared_id)
        if one.reading.doubts and not self._is_vouched_for(one, named or article):
            doubts = one.reading.doubts
            return self._review(one, explain(doubts), remedy=Remedy.APPROVE, doubts=doubts)
        if named is not None and named is not article:
            return self._decide_by_id(one, named)
        return self._decide_by_place(one, one.reading, article)

    def _is_vouched_for(self, one: Found, article: KnownArticle | None) -> bool:
        """Whether an editor has approved these bytes, or they are what the article was last read from."""
        return self._is_approved(one) or (article is not None and article.digest == one.digest)

    def _target(self, path: str) -> KnownArticle | None:
        """The article matched to a path, unless another file has taken it by its id."""
        article = self._targets.get(path)
        return None if article is None or self._claims.is_taken(article, besides=path) else article

    def _review(
        self,
        one: Found,
        reason: str,
        *,
        line: int | None = None,
        remedy: Remedy = Remedy.MEND,
        doubts: tuple[Doubt, ...] = (),
    ) -> Review:
        article = self._target(one.file.path)
        is_kept = article is not None and not article.is_withdrawn
        if article is not None and is_kept:
            self._claims.take(article, one.file.path)
        key = article.key if article is not None and is_kept else None
        return Review(
            path=one.file.path,
            reason=reason,
            line=line,
            file=one.file,
            digest=one.digest,
            key=key,
            remedy=remedy,
            doubts=doubts,
        )

    def _draft(self, one: Found, article: KnownArticle | None, *, reason: str) -> Drafted:
        if article is not None:
            self._claims.take(article, one.file.path)
        key = article.key if article is not None and not article.is_withdrawn else None
        return Drafted(file=one.file, digest=one.digest, key=key, reason=reason)

    def _decide_by_id(self, one: Found, named: KnownArticle) -> Decision | None:
        self._leaving.add(one.file.path)
        is_held = named.path in self._claims.digests and named.path not in self._leaving
        if not self._claims.is_taken(named) and is_held and self._is_pending(named.path):
            self._deferred.append(one)
            return None
        if self._claims.is_taken(named) or (is_held and not named.is_withdrawn):
            self._leaving.discard(one.file.path)
            return self._review(one, f"its id {named.declared_id!r} is that of {named.path}")
        return self._take(one, named)

    def _is_pending(self, path: str) -> bool:
        return path in self._targets and path not in self._done

    def _decide_by_place(self, one: Found, reading: Reading, article: KnownArticle | None) -> Decision:
        original = self._taken.setdefault(one.digest, one.file.path)
        if original != one.file.path and not self._is_approved(one):
            return self._review(one, copy_reason(original), remedy=Remedy.APPROVE)
        declared_id = reading.content.declared_id
        if article is None and declared_id:
            other = self._new_ids.setdefault(declared_id, one.file.path)
            if other != one.file.path:
                return self._review(one, f"its id {declared_id!r} is that of {other}")
        if article is None and one.file.path in self._refused:
            return self._review(one, self._refused[one.file.path])
        if article is None:
            return New(file=one.file, digest=one.digest, reading=reading)
        if article.path == one.file.path and self._is_doubtful(article, reading):
            return self._settle_which(one, reading, article)
        return self._take(one, article)

    def _settle_which(self, one: Found, reading: Reading, article: KnownArticle) -> Decision:
        """Another title and text in an article's place: what the editor says that it is, else a question to him."""
        verdict = self._find_verdict(one)
        if verdict is Verdict.AS_NEW:
            self._claims.take(article, one.file.path)  # it is not lost with its path
            return New(file=one.file, digest=one.digest, reading=reading, displaced=article.key)
        if verdict is Verdict.AS_CORRECTION:
            return self._take(one, article)
        return self._review(one, _WHICH, remedy=Remedy.CHOOSE)

    def _is_doubtful(self, article: KnownArticle, reading: Reading) -> bool:
        if reading.text_digest == article.text_digest:
            return False
        return may_be_another(
            old_title=article.title,
            old_text=self._text_of(article.key),
            new_title=reading.content.title,
            new_text=to_plain(reading.content.html),
        )

    def _take(self, one: Found, article: KnownArticle) -> Changed | Renamed:
        assert isinstance(one.reading, Reading)
        self._claims.take(article, one.file.path)
        is_first = not article.digest
        is_text_changed = not is_first and one.reading.text_digest != article.text_digest
        if article.path in ("", one.file.path):
            return Changed(
                file=one.file,
                digest=one.digest,
                reading=one.reading,
                key=article.key,
                is_text_changed=is_text_changed,
                is_restored=article.is_withdrawn,
                is_first=is_first,
            )
        return Renamed(
            file=one.file,
            digest=one.digest,
            reading=one.reading,
            key=article.key,
            old_path=article.path,
            is_text_changed=is_text_changed,
            is_restored=article.is_withdrawn,
        )

    def settle(self, *, now: datetime, by_hand: bool, accept: bool, guard: float) -> list[Decision]:
        """The decisions about what is left when every batch is through: ids in doubt, and files that are gone.

        By hand the folder is taken as it stands; else a file must have been gone for a minute. More than `guard` (a
        share of the live articles) and more than ten withdrawals wait, unless `accept`.
        """
        decisions = [self._decide_deferred(one) for one in self._deferred]
        # An article whose path now holds another one has no file left; nothing but its own content brings it back.
        replaced = ((path, self._claims.find_lost_at(path)) for path in self._done)
        lost = {path: article for path, article in replaced if article}
        for path in self._gone:
            article = self._claims.find_lost_at(path)
            gone_at = self._known[path].gone_at
            if article is None:
                decisions.append(Forgotten(path=path))
            elif by_hand or accept or (gone_at and now - gone_at >= GONE_FOR):
                lost[path] = article
            else:
                decisions.append(Missing(path=path, key=article.key, gone_at=gone_at or now))
        return decisions + self._withdraw(lost, now=now, guard=None if accept else guard)

    def _decide_deferred(self, one: Found) -> Decision:
        assert isinstance(one.reading, Reading)
        named = self._claims.find_named(one.reading.content.declared_id)
        assert named is not None
        if not self._claims.is_taken(named):
            return self._take(one, named)
        self._leaving.discard(one.file.path)
        return self._review(one, f"its id {named.declared_id!r} is that of {named.path}")

    def _withdraw(self, lost: dict[str, KnownArticle], *, now: datetime, guard: float | None) -> list[Decision]:
        if guard is not None and len(lost) > _GUARDED_FROM and len(lost) > guard * self._claims.count_live():
            return [Waiting(path=path, key=lost[path].key, gone_at=self._gone_at(path) or now) for path in sorted(lost)]
        return [Withdrawn(path=path, key=lost[path].key) for path in sorted(lost)]

    def _gone_at(self, path: str) -> datetime | None:
        known = self._known.get(path)
        return known.gone_at if known else None
