"""Commands about newsletters and their issues."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from publisher.cli.output import AsJson, print_json, print_table, progress, say, say_error
from publisher.cli.start import opened, parse_email, parse_moment
from publisher.clock import now
from publisher.domain.issue import Issue, Slot, slot_name
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.newsletter import Newsletter
from publisher.errors import UsageError

if TYPE_CHECKING:
    from publisher.app import App
    from publisher.jobs.issuing import Coming

app = typer.Typer()
issues = typer.Typer(help="What was mailed, and what is being mailed.", no_args_is_help=True)
_PLANNED_DAYS = 7


@app.command()
def plan(
    context: typer.Context,
    start: Annotated[str, typer.Option("--from", help="A moment; now where not given.", metavar="T")] = "",
    end: Annotated[str, typer.Option("--to", help=f"A moment; {_PLANNED_DAYS} days on.", metavar="T")] = "",
    as_json: AsJson = False,
) -> None:
    """What the schedule will do: which issues, when, with which articles, to how many."""
    from publisher.jobs import issuing
    from publisher.jobs.previewing import describe_plan

    with opened(context) as opened_app:
        zone = opened_app.publication.timezone
        first = parse_moment(start, timezone=zone) if start else now()
        last = parse_moment(end, timezone=zone) if end else first + timedelta(days=_PLANNED_DAYS)
        if last <= first:
            raise UsageError("--to must be later than --from")
        planned = issuing.plan(opened_app, start=min(first, now()), end=last)
        lines = describe_plan([line for line in planned if line.due_at > first])
    if as_json:
        print_json(lines)
        return
    if not lines:
        say("no newsletter has a slot in that time")
        return
    columns = ("slot", "due (UTC)", "what", "articles", "recipients", "lead")
    print_table(columns, [_plan_row(line) for line in lines])


def _plan_row(line: dict[str, Any]) -> Sequence[object]:
    lead = line["articles"][0]["title"] if line["articles"] else ""
    slot = f"{line['newsletter']}/{line['slot']}"
    return slot, line["due_at"], line["outcome"], len(line["articles"]), line["recipients"], lead


@app.command()
def preview(
    context: typer.Context,
    newsletter: str,
    at: Annotated[str, typer.Option(help="As it would be at this moment; now where not given.", metavar="T")] = "",
    email: Annotated[str, typer.Option("--as", help="As this subscriber would get it.", metavar="ADDRESS")] = "",
    out: Annotated[Path | None, typer.Option(help="Write message.eml, .html and .txt there.", metavar="DIR")] = None,
) -> None:
    """The coming issue, as a reader would get it."""
    from publisher.files import write_many
    from publisher.jobs import issuing, previewing

    with opened(context) as opened_app:
        chosen = opened_app.get_newsletter(newsletter)
        moment = parse_moment(at, timezone=opened_app.publication.timezone) if at else now()
        slot = Slot(name=slot_name(moment.astimezone(ZoneInfo(chosen.timezone))), due_at=moment)
        coming = issuing.prepare(opened_app, chosen, slot=slot, cutoff=moment)
        if not coming.chosen.articles:
            say("nothing to show: no article is waiting for this newsletter")
            return
        seen = previewing.preview(opened_app, coming, email=email)
    if out:
        contents = {"eml": seen.message, "html": seen.variant.html.encode(), "txt": seen.variant.text.encode()}
        write_many({out / f"message.{ending}": data for ending, data in contents.items()})
        say(f"written: {out}/message.eml, message.html, message.txt")
        return
    say(f"Subject: {seen.variant.subject}\n\n{seen.variant.text}")


@app.command()
def send(
    context: typer.Context,
    newsletter: str,
    test: Annotated[str, typer.Option(help="Mail it to this address only; no issue is made.", metavar="ADDRESS")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent; send nothing.")] = False,
) -> None:
    """Finish the newsletter's open issues, then compose what is unmailed and deliver it."""
    from publisher.jobs import guarding, issuing
    from publisher.jobs.sending import check_sending

    with opened(context) as opened_app:
        chosen = opened_app.get_newsletter(newsletter)
        check_sending(opened_app)
        issuing.see_schedules(opened_app, now=now())
        if test or dry_run:
            coming = issuing.prepare_manual(opened_app, chosen, now=now())
            _say_dry_run(opened_app, coming) if dry_run else _send_test(opened_app, coming, address=test)
            return
        guarding.check(opened_app)
        _close(opened_app, _send_all(opened_app, chosen))


def _send_all(opened_app: "App", chosen: Newsletter) -> list[Issue]:
    """Send the newsletter's open issues, then one of what is unmailed; gives all that are in hand, paused ones too."""
    from publisher.jobs import issuing, pressing, publishing

    unfinished = _list_unfinished(opened_app, chosen.name)
    if unfinished:  # whoever made them may have been killed before their pages stood there, which the mails link to
        publishing.publish(opened_app, now=now())
    if not _deliver(opened_app, [issue for issue in unfinished if issue.status is IssueStatus.OPEN]):
        return unfinished  # one issue more would only wait with the others
    coming = issuing.prepare_manual(opened_app, chosen, now=now())
    fresh = pressing.compose(opened_app, coming, now=now())
    if isinstance(fresh, str):
        say(f"{chosen.name}: {fresh}")
        return unfinished
    say(f"{fresh.id}: {fresh.subject}")
    _deliver(opened_app, [fresh])
    return [*unfinished, fresh]


def _send_test(opened_app: "App", coming: "Coming", *, address: str) -> None:
    from publisher.jobs.pressing import send_test

    reply = send_test(opened_app, coming, email=parse_email(address), now=now())
    say(f"a test was mailed to {address}: {reply}")


def _say_dry_run(opened_app: "App", coming: "Coming") -> None:
    from publisher.jobs.pressing import count_recipients

    counts = count_recipients(opened_app, coming.newsletter.name)
    for article in coming.chosen.articles:
        say(f"  {article.title}  ({article.path})")
    passed_over = f", {len(coming.chosen.passed_over)} passed over" if coming.chosen.passed_over else ""
    say(f"{len(coming.chosen.articles)} articles{passed_over}; confirmed subscribers: {counts}; nothing was sent")


def _list_unfinished(opened_app: "App", newsletter: str) -> list[Issue]:
    with opened_app.ledger.read() as tx:
        states = (IssueStatus.OPEN, IssueStatus.PAUSED, IssueStatus.HELD)
        return [issue for state in states for issue in tx.issues.list_by_status(state, newsletter=newsletter)]


def _deliver(opened_app: "App", wanted: list[Issue]) -> bool:
    """Send issues while one watches; False when the relay can't be used, or a signal ended it."""
    from publisher.jobs.pressing import deliver_issues

    if not wanted:
        return True
    with progress("Sending") as bar:
        problem = deliver_issues(opened_app, wanted, on_progress=bar)
    if problem:
        say_error(problem)
    return not problem


def _close(opened_app: "App", done: list[Issue]) -> None:
    """Say how each issue ended, and leave with 3 when rows are left for later or in doubt, or an issue is paused."""
    import asyncio

    from publisher.jobs.alerting import look_once
    from publisher.jobs.looking import describe_issue

    asyncio.run(look_once(opened_app))
    is_partial = False
    for issue in done:
        with opened_app.ledger.read() as tx:
            line = describe_issue(tx, tx.issues.get(issue.key))
        counts = {name: number for name, number in line["deliveries"].items() if number}
        said = ", ".join(f"{number} {name}" for name, number in counts.items()) or "nobody was to get it"
        say(f"{line['id']}: {line['status']}: {said}" + (f" ({line['reason']})" if line["reason"] else ""))
        is_partial |= line["status"] in {"open", "paused", "held"}
        _advise(line)
    if is_partial:
        _say_next_due(opened_app)
        raise typer.Exit(3)


def _advise(line: dict[str, Any]) -> None:
    if line["deliveries"]["doubtful"]:
        say(f"  nobody can know about those in doubt: publisher issues resolve {line['id']} --resend | --assume-sent")
    if line["status"] == "paused":
        say(f"  when the reason is mended: publisher issues resume {line['id']}")


def _say_next_due(opened_app: "App") -> None:
    with opened_app.ledger.read() as tx:
        due_at = tx.letters.find_next_due()
    if due_at:
        here = due_at.astimezone(ZoneInfo(opened_app.publication.timezone))
        say(f"the next attempt is due at {here:%H:%M} on {here:%Y-%m-%d}; `run` makes it, or another `send`")


@issues.command("list")
def list_all(context: typer.Context, newsletter: str = "", as_json: AsJson = False) -> None:
    """Every issue, newest first."""
    from publisher.jobs.looking import list_issues

    with opened(context) as opened_app:
        found = list_issues(opened_app, newsletter=newsletter)
    if as_json:
        print_json(found)
    elif not found:
        say("no issue yet")
    else:
        print_table(("issue", "status", "eligible", "deliveries", "subject"), [_issue_row(one) for one in found])


def _issue_row(one: dict[str, Any]) -> Sequence[object]:
    counts = " ".join(f"{name}={number}" for name, number in one["deliveries"].items() if number)
    return one["id"], one["status"], one["eligible"], counts, one["subject"]


@issues.command("show")
def show(context: typer.Context, issue: str, as_json: AsJson = False) -> None:
    """One issue: its articles, how many got it, who is in doubt."""
    from publisher.jobs.looking import show_issue

    with opened(context) as opened_app:
        found = show_issue(opened_app, issue)
    if as_json:
        print_json(found)
        return
    say(f"{found['id']}  {found['status']}" + (f": {found['reason']}" if found["reason"] else ""))
    say(f"subject   {found['subject']}" + (f"  (text {found['revision']})" if found["revision"] > 1 else ""))
    counts = ", ".join(f"{number} {name}" for name, number in found["deliveries"].items() if number)
    say(f"eligible  {found['eligible']}: {counts or 'none'}; {found['deferred']} deferred")
    for article in found["articles"]:
        say(f"  - {article['title']}")
    if found["note"]:
        say(found["note"])
    may = ", or may" if found["deliveries"]["sending"] or found["deliveries"]["doubtful"] else ""
    for revision, number in found["texts"].items():
        if found["revision"] > 1:
            say(f"text {revision}    {number} have it{may}")
    for row in found["attention"]:
        say(f"  {row['status']}  {row['at']}  {row['email'] or '(erased)'}  {row['code'] or ''} {row['reply']}")
