"""Commands that stop an issue, go on with it, make it anew, end it, and settle what is in doubt."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from publisher.cli.issuing import issues
from publisher.cli.output import AsJson, print_json, say
from publisher.cli.start import opened
from publisher.clock import now
from publisher.domain.delivery import Verdict
from publisher.domain.issue import Status as IssueStatus
from publisher.errors import PublisherError, UsageError

if TYPE_CHECKING:
    from publisher.app import App
    from publisher.jobs.recomposing import Recomposition
    from publisher.jobs.resolving import Resolved
    from publisher.jobs.stopping import Stopped

app = issues
_PATIENCE = 10.0  # seconds
_SHOWN = 20  # rows in doubt that are named; `issues show` names them all


@app.command()
def pause(context: typer.Context, issue: str, reason: str = "paused by the operator") -> None:
    """Begin no message more of an issue."""
    with opened(context) as opened_app:
        _move(opened_app, issue, IssueStatus.PAUSED, was=[IssueStatus.OPEN], reason=reason)
    say(f"{issue}: paused")


@app.command()
def resume(context: typer.Context, issue: str) -> None:
    """Go on with a paused or held issue."""
    from publisher.jobs.stopping import list_hidden

    with opened(context) as opened_app:
        _move(opened_app, issue, IssueStatus.OPEN, was=[IssueStatus.PAUSED, IssueStatus.HELD])
        hidden = list_hidden(opened_app, issue, now=now())
    say(f"{issue}: open")
    for title in hidden:
        say(f"  {title!r} is in it, and no longer published: `publisher issues recompose {issue}` leaves it out")


def _move(opened_app: "App", name: str, status: IssueStatus, *, was: Sequence[IssueStatus], reason: str = "") -> None:
    from publisher.jobs.looking import get_issue

    with opened_app.ledger.write() as tx:
        found = get_issue(tx, name)
        if not tx.issues.set_status(found.key, status, reason=reason, was=was):
            raise PublisherError(f"{name} is {found.status}, not {' or '.join(was)}")


@app.command()
def cancel(context: typer.Context, issue: str) -> None:
    """Mail the rest of an issue to nobody."""
    with opened(context) as opened_app:
        _cancel(opened_app, issue)


def _cancel(opened_app: "App", issue: str) -> None:
    from publisher.jobs.pressing import cancel_issue

    count = cancel_issue(opened_app, issue, now=now())
    say(f"{issue}: cancelled; {count} will not get it")


@app.command()
def recompose(context: typer.Context, issue: str) -> None:
    """Make an issue's text anew from its articles as they stand now, for everybody who has not had it.

    Those that were withdrawn, held back or made drafts are left out. An open issue is paused first; it stays paused.
    """
    with opened(context) as opened_app:
        _recompose(opened_app, issue)


def _recompose(opened_app: "App", issue: str) -> None:
    from publisher.jobs.recomposing import recompose as make_anew

    for line in _tell_recomposed(make_anew(opened_app, issue, now=now())):
        say(line)


def _tell_recomposed(done: "Recomposition") -> list[str]:
    name, counts = done.issue.id, done.renewed
    skipped = f", {counts.skipped} nothing: none of their sections is left" if counts.skipped else ""
    return [
        f"{name}: made anew from {len(done.articles)} articles: {done.issue.subject}",
        *(f"  left out: {title}" for title in done.left_out),
        f"  {counts.had} have the earlier text; {counts.waiting} will get the new one{skipped}",
        f"  it is {done.issue.status}: `publisher issues resume {name}` goes on",
    ]


@app.command()
def stop(
    context: typer.Context,
    issue: str,
    cancel_rest: Annotated[bool, typer.Option("--cancel", help="Then mail the rest to nobody.")] = False,
    recompose_rest: Annotated[bool, typer.Option("--recompose", help="Then make it anew for the rest.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="Print the addresses of those who have it.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds for the messages on the wire.", min=0)] = _PATIENCE,
    as_json: AsJson = False,
) -> None:
    """Stop the press: begin no message more, wait for those on the wire, say who has it already.

    The issue stays paused, unless --cancel or --recompose says what comes next.
    """
    from publisher.jobs.stopping import stop_issue

    if cancel_rest and recompose_rest:
        raise UsageError("say --cancel or --recompose, not both")
    with opened(context) as opened_app:
        stopped = stop_issue(opened_app, issue, patience=wait)
        if as_json:
            _finish_quietly(opened_app, issue, is_cancelled=cancel_rest, is_recomposed=recompose_rest)
            print_json(_describe_stopped(opened_app, stopped, has_list=show_list))
        else:
            _say_stopped(opened_app, stopped, has_list=show_list)
            if cancel_rest:
                _cancel(opened_app, issue)
            elif recompose_rest:
                _recompose(opened_app, issue)
            else:
                say(f"  next: publisher issues recompose {issue} | cancel {issue} | resume {issue}")
    if stopped.on_the_wire:
        raise typer.Exit(3)


def _finish_quietly(opened_app: "App", issue: str, *, is_cancelled: bool, is_recomposed: bool) -> None:
    from publisher.jobs.pressing import cancel_issue
    from publisher.jobs.recomposing import recompose as make_anew

    if is_cancelled:
        cancel_issue(opened_app, issue, now=now())
    elif is_recomposed:
        make_anew(opened_app, issue, now=now())


def _describe_stopped(opened_app: "App", stopped: "Stopped", *, has_list: bool) -> dict[str, Any]:
    from publisher.jobs.looking import describe_issue, iso
    from publisher.jobs.stopping import list_holders

    with opened_app.ledger.read() as tx:
        line = describe_issue(tx, tx.issues.get(stopped.issue.key))
    if has_list:
        line["recipients"] = [
            {"email": row.email, "status": row.status.value, "at": iso(row.changed_at)}
            for row in list_holders(opened_app, stopped.issue)
        ]
    return line


def _say_stopped(opened_app: "App", stopped: "Stopped", *, has_list: bool) -> None:
    from publisher.domain.delivery import Status
    from publisher.jobs.looking import iso
    from publisher.jobs.stopping import list_holders

    doubtful = stopped.counts[Status.DOUBTFUL]
    say(
        f"{stopped.issue.id}: {stopped.issue.status} ({stopped.issue.reason}): {stopped.counts[Status.SENT]} have it, "
        f"{stopped.waiting} wait" + (f", {doubtful} in doubt" if doubtful else "")
    )
    if stopped.on_the_wire:
        say(f"  {stopped.on_the_wire} are on the wire still: the relay has not answered; they may get it")
    if has_list:
        for row in list_holders(opened_app, stopped.issue):
            say(f"  {row.status}  {iso(row.changed_at)}  {row.email or '(erased)'}")


@app.command()
def resolve(
    context: typer.Context,
    issue: str,
    resend: Annotated[bool, typer.Option("--resend", help="Mail the doubtful rows once more.")] = False,
    assume_sent: Annotated[bool, typer.Option("--assume-sent", help="Take the doubtful rows for sent.")] = False,
    logs: Annotated[
        list[Path] | None,
        typer.Option(
            "--from-log",
            help="A Postfix log, also gzipped, or -: what it took is sent. Several times: several, oldest first.",
            metavar="FILE",
        ),
    ] = None,
) -> None:
    """Decide about rows whose sending nobody can know about (a crash or a lost reply after the content began).

    ISSUE may be `notices`: the doubtful mails outside any issue. With --from-log, --resend and --assume-sent are about
    the rows that the log does not show; without either these stay in doubt.
    """
    from publisher.jobs.resolving import resolve as settle

    if resend and assume_sent:
        raise UsageError("say --resend or --assume-sent, not both")
    if not (resend or assume_sent or logs):
        raise UsageError("say --resend or --assume-sent, or --from-log FILE")
    verdict = (Verdict.RESEND if resend else Verdict.ASSUMED) if resend or assume_sent else None
    with opened(context) as opened_app:
        done = settle(opened_app, issue, verdict=verdict, logs=logs or (), now=now())
    for line in _tell_resolved(issue, done, verdict=verdict, has_log=bool(logs)):
        say(line)
    if done.left:
        raise typer.Exit(3)


def _tell_resolved(name: str, done: "Resolved", *, verdict: Verdict | None, has_log: bool) -> list[str]:
    from publisher.jobs.looking import iso

    if not done.doubtful:
        return [f"{name}: no row is in doubt"]
    what = "queued again (they may get it twice)" if verdict is Verdict.RESEND else "taken for sent"
    said = [f"{done.logged} sent, by the relay's log"] if has_log else []
    said += [f"{done.settled} {what}"] if verdict else []
    said += [f"{len(done.left)} still in doubt"] if done.left else []
    rows = [f"  doubtful  {iso(one.at)}  {one.email or '(erased)'}" for one in done.left[:_SHOWN]]
    more = len(done.left) - len(rows)
    return [f"{name}: {', '.join(said)}", *rows, *([f"  and {more} more (`publisher issues show`)"] if more else [])]
