"""Holding: nothing bad replaces a feed that readers have. What is held back stands in a file beside the public ones.

That file is derived like them, and tells every process of this home: doctor, /readyz, /metrics and alerts read it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from publisher.app import App
from publisher.domain import address
from publisher.domain.article import Article, Status
from publisher.domain.feed import ISSUES, Feed, Format
from publisher.domain.issue import parse_id
from publisher.domain.part import Place
from publisher.errors import CheckError
from publisher.feeds import checking
from publisher.feeds.checking import Standing
from publisher.feeds.reading import Fault, Problem, Reading, Seen, read_back
from publisher.files import write_atomic
from publisher.jobs.feeding import has_page, is_of_issues
from publisher.store import Transaction
from publisher.store.articles import Moments

_log = structlog.get_logger()
MEND: Final = "publisher rebuild --accept"
_ATOM_LAST = (Format.RSS, Format.JSON, Format.ATOM)  # it says most of an entry

_Readings = Mapping[Format, Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A feed whose last good files stay, since when, and what is wrong with those that were built."""

    name: str
    since: datetime
    problems: tuple[str, ...]

    @property
    def reason(self) -> str:
        """All that is wrong, in one line."""
        return "; ".join(self.problems)


def keep_good(
    app: App, tx: Transaction, built: Mapping[str, bytes], *, feeds: Sequence[Feed], now: datetime, accept: bool = False
) -> dict[str, bytes]:
    """Of what was built, by public path, all but the formats of feeds that must not replace those that readers have.

    One bad format holds all three of its feed, for they must agree. `accept` takes everything, and says so.
    """
    problems = {feed.name: _find_problems(app, tx, _pick(feed, built), feed=feed, now=now) for feed in feeds}
    bad = {name: found for name, found in problems.items() if found}
    if accept:
        for name, found in bad.items():
            _log.warning("feed_accepted", feed=name, reasons=_name_faults(found))
    _note(app, {} if accept else bad, checked=problems.keys(), now=now)
    kept_back = set() if accept else {path for feed in feeds if feed.name in bad for path in _list_paths(feed).values()}
    return {path: data for path, data in built.items() if path not in kept_back}


def list_held(app: App) -> list[Held]:
    """The feeds whose last good files stand in for newer ones, by name."""
    try:
        found = json.loads(_file(app).read_bytes())
        held = [
            Held(name=name, since=datetime.fromisoformat(one["since"]), problems=tuple(one["problems"]))
            for name, one in found.items()
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []  # nothing derived is lost: the next build finds it again
    return sorted((one for one in held if _is_known(app, one.name)), key=lambda one: one.name)


def describe(held: Held) -> str:
    """What an operator is told of it, and the mend."""
    since = f"{held.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"held back since {since}: {held.reason}; readers have the last good one; if this is right: `{MEND}`"


def _file(app: App) -> Path:
    return app.home.public / ".held.json"


def _is_known(app: App, name: str) -> bool:
    """Whether there is still such a feed: new settings may have left it out."""
    return name in {feed.name for feed in app.feeds} | {f"{ISSUES}/{one.name}" for one in app.newsletters}


def _name_faults(found: Sequence[Problem]) -> list[str]:
    """What is wrong, each once: the formats of a feed often have the same fault."""
    return list(dict.fromkeys(problem.fault.value for problem in found))


def _note(app: App, bad: Mapping[str, Sequence[Problem]], *, checked: Iterable[str], now: datetime) -> None:
    before = {held.name: held for held in list_held(app)}
    lasting = {name: held for name, held in before.items() if name not in set(checked)}
    for name, found in bad.items():
        since = before[name].since if name in before else now
        lasting[name] = Held(name=name, since=since, problems=tuple(problem.text for problem in found))
        if name not in before or before[name].problems != lasting[name].problems:
            _log.error("feed_held", feed=name, reasons=_name_faults(found))
    for name in before.keys() - lasting.keys():
        _log.warning("feed_goes_on", feed=name)
    if lasting != before:
        written = {name: asdict(held) | {"since": held.since.isoformat()} for name, held in sorted(lasting.items())}
        write_atomic(_file(app), json.dumps(written, ensure_ascii=False).encode())


def _list_paths(feed: Feed) -> dict[Format, str]:
    return {form: address.feed(feed.name, form) for form in Format}


def _pick(feed: Feed, built: Mapping[str, bytes]) -> dict[Format, bytes]:
    return {form: built[path] for form, path in _list_paths(feed).items() if path in built}


def _find_problems(
    app: App, tx: Transaction, built: Mapping[Format, bytes], *, feed: Feed, now: datetime
) -> list[Problem]:
    last = {form: served.body for form, path in _list_paths(feed).items() if (served := app.shelf.find(path))}
    if built == last:
        return []
    try:
        after = {form: read_back(data, form) for form, data in built.items()}
    except CheckError as problem:
        return [Problem(fault=Fault.BROKEN, where=(str(problem),))]
    before = dict(_iter_readable(last))
    return [*checking.compare_formats(after), *_compare(tx, before, after, feed=feed, now=now)]


def _iter_readable(last: Mapping[Format, bytes]) -> Iterator[tuple[Format, Reading]]:
    """What readers have, but for files that they can't read either: anything is better than those."""
    for form, data in last.items():
        try:
            yield form, read_back(data, form)
        except CheckError as problem:
            _log.warning("feed_damaged", format=form.value, why=str(problem))


def _compare(tx: Transaction, before: _Readings, after: _Readings, *, feed: Feed, now: datetime) -> list[Problem]:
    pairs = [(before[form], after[form]) for form in _ATOM_LAST if form in before and form in after]
    asked = {seen.id: seen for pair in pairs for seen in checking.list_in_question(*pair)}
    shown = {seen.id: seen for _, reading in pairs for seen in reading.entries if asked}
    gone = {ref: at for was, _ in pairs for ref, at in was.gone.items()}
    still = {ref for _, reading in pairs for ref in reading.gone}
    dropped = [at for ref, at in gone.items() if ref not in still]

    def check(known: Mapping[str, Standing]) -> list[Problem]:
        found = [checking.compare(*pair, feed=feed, known=known, dropped=dropped) for pair in pairs]
        return list(dict.fromkeys(problem for problems in found for problem in problems))

    known = _ask(tx, [*shown.values(), *asked.values()], feed=feed)
    problems = check(known)
    missed = {one for problem in problems if problem.fault is Fault.LOST for one in problem.where}
    left = _list_left(tx, missed, feed=feed, now=now) if missed else {}
    return check(known | left) if left else problems


def _ask(tx: Transaction, entries: Sequence[Seen], *, feed: Feed) -> dict[str, Standing]:
    """What the ledger knows of entries, as if they were all of the feed: few leave one otherwise than by their age."""
    if is_of_issues(feed):
        return _ask_of_issues(tx, entries, feed=feed)
    return {one.id: _place(one) for one in tx.articles.list_moments([seen.id for seen in entries])}


def _list_left(tx: Transaction, ids: Iterable[str], *, feed: Feed, now: datetime) -> dict[str, Standing]:
    """Those of the articles that readers may not see any more, or that are not of the feed."""
    articles = tx.articles.list_with_ids(sorted(ids))
    left = (one for one in articles if one.status(now) is not Status.PUBLISHED or not feed.choice.fits(one))
    return {one.id: _place(one, belongs=False) for one in left}


def _place(one: Article | Moments, *, belongs: bool = True) -> Standing:
    place = Place(released_at=one.released_at, published_at=one.published_at, id=one.id)
    is_changed = one.updated_at > one.released_at
    return Standing(place=place, updated_at=one.updated_at, belongs=belongs, is_changed=is_changed)


def _ask_of_issues(tx: Transaction, entries: Iterable[Seen], *, feed: Feed) -> dict[str, Standing]:
    issues = tx.issues.list_all(newsletter=feed.name.partition("/")[2])
    newest = {issue.id for issue in issues[: feed.limit]}
    by_name = {issue.id: issue for issue in issues}
    known = {}
    for seen in entries:
        if issue := by_name.get(_name_issue(seen.url)):
            place = Place(released_at=issue.frozen_at, published_at=issue.frozen_at, id=seen.id)
            belongs = issue.id in newest and has_page(tx, issue)
            known[seen.id] = Standing(place=place, updated_at=seen.updated or issue.frozen_at, belongs=belongs)
    return known


def _name_issue(url: str) -> str:
    """The issue whose page has that address, as `daily/2026-11-23T0700`."""
    name = "/".join(url.split("/")[-2:])
    return name if parse_id(name) else ""
