"""Issues: what is due, what goes in, the freeze, and what the schedule will do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from publisher import failpoint
from publisher.app import App
from publisher.digests import Brief, Chosen, choose, for_sections, render_variant
from publisher.domain import address
from publisher.domain.article import Article
from publisher.domain.issue import Issue, Slot, SlotOutcome, Variant, slot_name
from publisher.domain.newsletter import Newsletter
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.errors import PublisherError
from publisher.jobs import guarding
from publisher.jobs.linking import link_up
from publisher.logs import get_logger
from publisher.store import Transaction
from publisher.store.issues import Freeze
from publisher.store.schedules import Seen
from publisher.timetable import due_slots, find_period

_log = get_logger()
_HORIZON = timedelta(days=35)  # a slot missed for longer is not looked for any more
_RENDERINGS = 5  # tries, when subscribers change their choices between rendering and freeze


def see_schedules(app: App, *, now: datetime) -> None:
    """Note since when each newsletter has its present schedule; run at every start and after every change."""
    with app.ledger.write() as tx:
        for newsletter in app.newsletters:
            tx.schedules.see(newsletter, now)


def reckon(app: App, *, now: datetime) -> list[Issue]:
    """Make the issues of every slot that is due and not decided; harmless at any time, in any number of processes.

    While something keeps mail from going out, no slot is decided: what the ledger or the clock says may be wrong.
    """
    if guarding.is_held_back(app):
        return []
    return [issue for newsletter in app.newsletters for issue in _reckon_one(app, newsletter, now=now)]


def _reckon_one(app: App, newsletter: Newsletter, *, now: datetime) -> list[Issue]:
    """One newsletter's part of the reckoning; what keeps its issue from being made keeps no other one."""
    made: list[Issue] = []
    try:
        for slot in list_due(app, newsletter, now=now):
            issue = _settle(app, newsletter, slot, now=now)
            made += [issue] if issue else []
        app.tally.note_ill("composing", newsletter.name, problem="", at=now)
    except PublisherError as problem:
        app.tally.note_ill("composing", newsletter.name, problem=str(problem), at=now)
        _log.error("issue_not_made", newsletter=newsletter.name, why=str(problem))
    return made


def list_due(app: App, newsletter: Newsletter, *, now: datetime) -> list[Slot]:
    """A newsletter's slots that are due and not decided, oldest first."""
    with app.ledger.read() as tx:
        seen = tx.schedules.find(newsletter.name)
        if seen is None:
            return []
        if newsletter.is_on_publish:
            return _list_releases(tx, newsletter, seen, until=now)
        since = max(seen.seen_at, now - _HORIZON)
        decided = tx.schedules.list_decided(newsletter.name, since=since - timedelta(days=2))
    return due_slots(newsletter.schedule, newsletter.timezone, seen_at=since, decided=decided, now=now)


def _list_releases(tx: Transaction, newsletter: Newsletter, seen: Seen, *, until: datetime) -> list[Slot]:
    """One slot, at the newest release, for a newsletter that goes out when articles do; none where nothing is new."""
    not_before, period = find_not_before(newsletter, seen), find_newsletter_period(newsletter, seen)
    candidates = list(tx.articles.iter_candidates(newsletter=newsletter.name, since=not_before))
    chosen = choose(candidates, newsletter, cutoff=until, not_before=not_before, mailed=(), period=period)
    if not chosen.articles:
        return []
    newest = max(article.released_at for article in chosen.articles)
    slots = (_slot_at(newsletter, moment) for moment in (newest, until))
    # What came out in the very minute of the last issue, or came back after it, goes out in a minute of its own.
    return [slot for slot in slots if not _is_used(tx, newsletter, slot)][:1]


def _is_used(tx: Transaction, newsletter: Newsletter, slot: Slot) -> bool:
    """Whether a release's slot has its issue, or was found empty; one that was merged waits for the next release."""
    outcome = tx.schedules.find_outcome(newsletter.name, slot.name)
    return outcome is SlotOutcome.EMPTY or tx.issues.find(newsletter.name, slot.name) is not None


def _slot_at(newsletter: Newsletter, moment: datetime) -> Slot:
    return Slot(name=slot_name(moment.astimezone(ZoneInfo(newsletter.timezone))), due_at=moment)


def _settle(app: App, newsletter: Newsletter, slot: Slot, *, now: datetime) -> Issue | None:
    """Make a due slot's issue, or note why it has none."""
    is_merged = now - slot.due_at > newsletter.not_after
    coming = None if is_merged else prepare(app, newsletter, slot=slot, cutoff=slot.due_at, now=now)
    if coming is None or (not coming.chosen.articles and newsletter.skip_empty):
        outcome = SlotOutcome.MERGED if is_merged else SlotOutcome.EMPTY
        with app.ledger.write() as tx:
            if tx.schedules.decide(newsletter.name, slot, outcome=outcome, now=now):
                _log.info("slot_skipped", newsletter=newsletter.name, slot=slot.name, why=outcome.value)
        return None
    return freeze(app, coming, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An issue before its freeze: the slot, the choice of articles up to `cutoff`, and the rendering's brief."""

    newsletter: Newsletter
    slot: Slot
    cutoff: datetime
    chosen: Chosen
    brief: Brief
    is_manual: bool = False


def prepare(
    app: App,
    newsletter: Newsletter,
    *,
    slot: Slot,
    cutoff: datetime,
    now: datetime | None = None,
    is_manual: bool = False,
) -> Coming:
    """Choose what goes into an issue, and what its rendering needs; `now` where that is later than the cutoff."""
    with app.ledger.read() as tx:
        seen = tx.schedules.find(newsletter.name) or Seen(first_seen_at=cutoff, seen_at=cutoff)
        not_before = find_not_before(newsletter, seen)
        candidates = list(tx.articles.iter_candidates(newsletter=newsletter.name, since=not_before))
        period = find_newsletter_period(newsletter, seen)
        chosen = choose(candidates, newsletter, cutoff=cutoff, not_before=not_before, mailed=(), period=period, now=now)
        chosen = replace(chosen, articles=tuple(link_up(app, tx, chosen.articles, now=cutoff)))
        corrections = tx.corrections.list_untold(newsletter.name, now=now or cutoff) if chosen.articles else []
    return Coming(
        newsletter=newsletter,
        slot=slot,
        cutoff=cutoff,
        chosen=chosen,
        brief=build_brief(
            app,
            newsletter,
            slot=slot,
            articles=chosen.articles,
            passed_over=len(chosen.passed_over),
            corrections=tuple(corrections[: newsletter.limit]),
        ),
        is_manual=is_manual,
    )


def prepare_manual(app: App, newsletter: Newsletter, *, now: datetime) -> Coming:
    """The issue that is sent by hand at this moment; its slot's name uses up no slot of the schedule."""
    day = now.astimezone(ZoneInfo(newsletter.timezone)).strftime("%Y-%m-%d")
    with app.ledger.read() as tx:
        number = tx.issues.count_manual(newsletter.name, day=day) + 1
    slot = Slot(name=f"{day}-manual-{number}", due_at=now)
    return prepare(app, newsletter, slot=slot, cutoff=now, is_manual=True)


def build_brief(
    app: App,
    newsletter: Newsletter,
    *,
    slot: Slot,
    articles: tuple[Article, ...],
    passed_over: int,
    corrections: tuple[Article, ...] = (),
) -> Brief:
    """What rendering needs to know of an issue."""
    return Brief(
        publication=app.publication,
        newsletter=newsletter,
        slot=slot.name,
        due_at=slot.due_at,
        articles=articles,
        templates=app.templates,
        passed_over=passed_over,
        web_url=address.absolute(app.publication.url, address.issue(newsletter.name, slot.name)),
        corrections=corrections,
    )


def find_not_before(newsletter: Newsletter, seen: Seen) -> datetime:
    """The earliest release that a newsletter ever mails: one period before it was first seen itself."""
    return seen.first_seen_at - find_newsletter_period(newsletter, seen)


def find_newsletter_period(newsletter: Newsletter, seen: Seen) -> timedelta:
    """How far apart a newsletter's issues are; nothing for one that goes out when articles do."""
    if newsletter.is_on_publish:
        return timedelta(0)
    return find_period(newsletter.schedule, newsletter.timezone, at=seen.first_seen_at)


def freeze(app: App, coming: Coming, *, now: datetime) -> Issue | None:
    """Render every variant, then write the issue and its deliveries down in one transaction (G1).

    Gives None when another process has already made this slot's issue (G8). Raises PublisherError while something
    keeps mail from going out.
    """
    newsletter = coming.newsletter
    for _ in range(_RENDERINGS):
        plan = _render(app, coming)
        issue, is_ours = _write_down(app, coming, plan, now=now)
        if issue:
            _log.info("issue_frozen", issue=issue.id, articles=len(plan.articles), eligible=issue.eligible)
        if issue or not is_ours:
            return issue
        coming = prepare(app, newsletter, slot=coming.slot, cutoff=coming.cutoff, now=now, is_manual=coming.is_manual)
        if not coming.chosen.articles and newsletter.skip_empty:
            return None
    raise PublisherError(f"{newsletter.name}: subscribers changed their choices {_RENDERINGS} times meanwhile")


def _render(app: App, coming: Coming) -> Freeze:
    newsletter = coming.newsletter
    with app.ledger.read() as tx:
        choices = tx.subscribers.list_variant_choices(newsletter.name)
    default = render_variant(coming.brief, language=newsletter.language, sections=(), format="html")
    return Freeze(
        newsletter=newsletter.name,
        slot=coming.slot.name,
        title=newsletter.title,
        subject=default.subject,
        message_domain=app.settings.mail_domain,
        due_at=coming.slot.due_at,
        cutoff_at=coming.cutoff,
        expires_at=coming.slot.due_at + newsletter.expires,
        articles=coming.chosen.articles,
        passed_over=coming.chosen.passed_over,
        corrections=coming.brief.corrections,
        variants=list(iter_variants(coming.brief, choices)),
    )


def iter_variants(brief: Brief, choices: list[tuple[str, tuple[str, ...], str]]) -> Iterator[Variant]:
    """A variant for each choice there is; those that come to the same articles share one rendering.

    What nobody said (the language) is the newsletter's.
    """
    rendered: dict[tuple[str, tuple[int, ...], str], Variant] = {}
    for language, sections, form in choices:
        spoken = language or brief.newsletter.language
        told = for_sections(brief.articles, sections) + for_sections(brief.corrections, sections)
        key = (spoken, tuple(article.key for article in told), form)
        if key not in rendered:
            rendered[key] = render_variant(brief, language=spoken, sections=sections, format=form)
        yield replace(rendered[key], language=language, sections=sections)


class _MovedError(Exception):
    """Undoes a freeze: a variant was missing, or an article was mailed or withdrawn meanwhile."""


def _write_down(app: App, coming: Coming, plan: Freeze, *, now: datetime) -> tuple[Issue | None, bool]:
    """(the issue, True), (None, True) when it must be rendered again, or (None, False) when somebody else made it."""
    try:
        with app.ledger.write() as tx:
            guarding.check(app, tx)
            is_ours = (
                tx.issues.find(plan.newsletter, plan.slot) is None
                if coming.is_manual
                else tx.schedules.decide(plan.newsletter, coming.slot, outcome=SlotOutcome.ISSUE, now=now)
            )
            if not is_ours:
                return None, False
            articles = [*plan.articles, *plan.passed_over]
            if tx.issues.are_mailed(plan.newsletter, articles) or tx.articles.are_hidden(articles, now=now):
                raise _MovedError
            if plan.corrections and not _are_untold(tx, plan, now=now):
                raise _MovedError
            issue = tx.issues.freeze(plan, now)
            if issue is None:
                raise _MovedError
            sequence = guarding.count_up(tx)
            failpoint.reach("freezing")
        failpoint.reach("frozen")
    except _MovedError:
        return None, True
    guarding.remember(app, sequence)
    return issue, True


def _are_untold(tx: Transaction, plan: Freeze, *, now: datetime) -> bool:
    """Whether no other issue has told a plan's corrections meanwhile, and they stand as they were rendered."""
    untold = tx.corrections.list_untold(plan.newsletter, now=now)
    return set(plan.corrections) <= set(untold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One line of a plan: what a slot will do as things stand."""

    newsletter: str
    slot: str
    due_at: datetime
    outcome: SlotOutcome
    articles: tuple[Article, ...]
    passed_over: int
    recipients: int


def plan(app: App, *, start: datetime, end: datetime) -> list[Planned]:
    """What the schedule does from `start` to `end` (later than the first, up to the second), as things stand.

    It is reckoned by the same functions as the sending itself; articles not there yet are not foreseen.
    """
    lines = [line for newsletter in app.newsletters for line in _plan_one(app, newsletter, start=start, end=end)]
    return sorted(lines, key=lambda line: (line.due_at, line.newsletter))


def _plan_one(app: App, newsletter: Newsletter, *, start: datetime, end: datetime) -> Iterator[Planned]:
    with app.ledger.read() as tx:
        seen = tx.schedules.find(newsletter.name) or Seen(first_seen_at=start, seen_at=start)
        not_before = find_not_before(newsletter, seen)
        candidates = list(tx.articles.iter_candidates(newsletter=newsletter.name, since=not_before))
        recipients = tx.subscribers.count_by_status(newsletter.name)[SubscriptionStatus.CONFIRMED]
        decided = tx.schedules.list_decided(newsletter.name, since=start - timedelta(days=2))
    period = find_newsletter_period(newsletter, seen)
    mailed: set[int] = set()
    for slot in _iter_planned_slots(newsletter, candidates, seen_at=start, decided=decided, end=end):
        chosen = choose(candidates, newsletter, cutoff=slot.due_at, not_before=not_before, mailed=mailed, period=period)
        mailed |= {article.key for article in (*chosen.articles, *chosen.passed_over)}
        is_empty = not chosen.articles and newsletter.skip_empty
        yield Planned(
            newsletter=newsletter.name,
            slot=slot.name,
            due_at=slot.due_at,
            outcome=SlotOutcome.EMPTY if is_empty else SlotOutcome.ISSUE,
            articles=chosen.articles,
            passed_over=len(chosen.passed_over),
            recipients=recipients if chosen.articles else 0,
        )


def _iter_planned_slots(
    newsletter: Newsletter, candidates: list[Article], *, seen_at: datetime, decided: set[str], end: datetime
) -> Iterator[Slot]:
    if not newsletter.is_on_publish:
        yield from due_slots(newsletter.schedule, newsletter.timezone, seen_at=seen_at, decided=decided, now=end)
        return
    moments = {article.released_at for article in candidates if newsletter.choice.fits(article)}
    for moment in sorted(moment for moment in moments if seen_at < moment <= end):
        yield _slot_at(newsletter, moment)
