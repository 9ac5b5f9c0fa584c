"""Commands about subscribers."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from publisher.cli.output import AsJson, print_json, print_table, progress, say, say_error
from publisher.cli.start import opened, parse_email
from publisher.clock import now
from publisher.domain.subscriber import Layout, Reason, Status
from publisher.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from publisher.app import App

app = typer.Typer(help="Who gets what.", no_args_is_help=True)
Newsletters = Annotated[
    list[str] | None, typer.Option("--newsletter", "-n", help="A newsletter (several times: several).")
]
Confirmed = Annotated[bool, typer.Option("--confirmed", help="Their consent is on record elsewhere (see --source).")]


@app.command()
def add(
    context: typer.Context,
    email: str,
    newsletter: Newsletters = None,
    confirmed: Confirmed = False,
    source: Annotated[str, typer.Option(help="With --confirmed: where the consent is on record.")] = "",
    name: Annotated[str, typer.Option()] = "",
    language: Annotated[str, typer.Option()] = "",
) -> None:
    """Add one; a confirmation mail goes out unless --confirmed."""
    from publisher.jobs.subscribing import ask
    from publisher.subscriptions import Request, add_confirmed

    if confirmed and not source:
        raise UsageError("--confirmed needs --source TEXT: where and when she agreed")
    with opened(context) as opened_app:
        wish = Request(
            email=parse_email(email),
            newsletters=_choose(opened_app, newsletter),
            source=source or "added by the operator",
            name=name,
            language=language,
        )
        if not confirmed:
            queued = ask(opened_app, wish, now=now())
            say("a confirmation mail is queued" if queued else "nothing to do: confirmed already, suppressed, or asked")
            return
        with opened_app.ledger.write() as tx:
            added = add_confirmed(tx, wish, keys=opened_app.keys, consent_at=now(), now=now())
    say(f"subscribed to {', '.join(added)}" if added else "nothing to do: subscribed already")


def _choose(opened_app: "App", names: list[str] | None) -> tuple[str, ...]:
    """The newsletters that were named, or the only one there is."""
    known = [newsletter.name for newsletter in opened_app.newsletters]
    if not names and len(known) != 1:
        raise UsageError(f"say which with --newsletter: {', '.join(known) or 'none is in the settings'}")
    return tuple(opened_app.get_newsletter(name).name for name in names or known)


@app.command("list")
def list_all(
    context: typer.Context,
    newsletter: Annotated[str, typer.Option("--newsletter", "-n")] = "",
    status: Annotated[Status | None, typer.Option()] = None,
    as_json: AsJson = False,
) -> None:
    """Who subscribes to what."""
    from publisher.jobs.looking import iso

    with opened(context) as opened_app, opened_app.ledger.read() as tx:
        found = [
            {
                "email": one.subscriber.email,
                "newsletter": one.subscription.newsletter,
                "status": one.subscription.status.value,
                "language": one.subscriber.language,
                "sections": list(one.subscription.sections),
                "consent_at": iso(one.subscription.consent_at) if one.subscription.consent_at else None,
                "consent_source": one.subscription.consent_source,
            }
            for one in tx.subscribers.iter_memberships(newsletter=newsletter, status=status)
        ]
    if as_json:
        print_json(found)
    elif not found:
        say("nobody")
    else:
        columns = ("email", "newsletter", "status", "language", "consent_at", "consent_source")
        print_table(columns, [[one[column] or "" for column in columns] for one in found])


@app.command()
def show(context: typer.Context, email: str, as_json: AsJson = False) -> None:
    """Everything about one address (the same as `publisher why`)."""
    tell_why(context, email, issue="", as_json=as_json)


@app.command("import")
def take(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV or JSON lines; - for standard input.")],
    newsletter: Newsletters = None,
    confirmed: Confirmed = False,
    source: Annotated[str, typer.Option(help="Where the consent of rows that say none is on record.")] = "",
    layout: Annotated[Layout | None, typer.Option("--format", help="By the file's ending where not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take subscribers in; those without a status are pending and get a confirmation mail, unless --confirmed."""
    from publisher.jobs.subscribing import take_in
    from publisher.subscriptions.exchange import ImportRules, read_rows

    layout = layout or (Layout.JSON_LINES if file.suffix in {".jsonl", ".ndjson", ".json"} else Layout.CSV)
    if str(file) != "-" and not file.is_file():
        raise UsageError(f"{file}: there is no such file")
    moment = now()
    with opened(context) as opened_app, progress("Importing") as bar:
        rules = ImportRules(
            known=[one.name for one in opened_app.newsletters],
            default=tuple(newsletter or ()) or tuple(one.name for one in opened_app.newsletters[:1]),
            source=source or f"imported by the operator from {file.name} at {moment:%Y-%m-%dT%H:%M:%SZ}",
            default_status=Status.CONFIRMED if confirmed else Status.PENDING,
        )
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            bar(done, done)

        try:
            with sys.stdin if str(file) == "-" else file.open(encoding="utf-8-sig", newline="") as stream:
                taken, asked, rejected = take_in(
                    opened_app, read_rows(stream, layout=layout), rules=rules, now=moment, on_progress=advance
                )
        except UnicodeDecodeError as problem:
            raise UsageError(f"{file}: this is no UTF-8 text: save it as such ({problem.reason})") from problem
    if as_json:
        lines = [{"line": one.line, "reason": one.reason} for one in rejected]
        print_json({"taken": taken, "confirmations": asked, "rejected": lines})
    else:
        for one in rejected:
            say_error(f"{file}:{one.line}: {one.reason}")
        say(f"{taken} taken, {asked} confirmation mails queued, {len(rejected)} rejected")
    if rejected:
        raise typer.Exit(3 if taken else 1)


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="A file; standard output where not given.")] = None,
    layout: Annotated[Layout, typer.Option("--format")] = Layout.CSV,
) -> None:
    """Write all subscribers, as `import` takes them."""
    from publisher.subscriptions import export_rows
    from publisher.subscriptions.exchange import write_rows

    with opened(context) as opened_app, opened_app.ledger.read() as tx:
        if out is None:
            write_rows(export_rows(tx), sys.stdout, layout=layout)
            return
        with open(out, "w", encoding="utf-8", newline="", opener=_open_private) as stream:
            count = write_rows(export_rows(tx), stream, layout=layout)
    say(f"{count} rows written to {out}")


def _open_private(path: str, flags: int) -> int:
    """Addresses are the operator's alone."""
    return os.open(path, flags, 0o600)


@app.command("erase")
def forget(context: typer.Context, email: str) -> None:
    """Forget a person; a keyed digest keeps the address from being mailed again."""
    from publisher.subscriptions import erase

    with opened(context) as opened_app:
        with opened_app.ledger.write() as tx:
            erase(tx, email, keys=opened_app.keys, now=now())
        is_gone = opened_app.ledger.forget_deleted()
    say("erased" if is_gone else "erased; somebody reads the database, so a copy stays in it until the next erasure")


@app.command("suppress")
def never_mail(
    context: typer.Context,
    email: str,
    source: Annotated[str, typer.Option(help="Why, in your words.")] = "the operator",
    lift: Annotated[bool, typer.Option("--lift", help="The other way: mail it again.")] = False,
) -> None:
    """Mail this address never again; or again, where a bounce or the operator had ended that."""
    from publisher.subscriptions import lift_suppression, suppress

    with opened(context) as opened_app, opened_app.ledger.write() as tx:
        if lift:
            reason = lift_suppression(tx, parse_email(email), keys=opened_app.keys)
            say(f"lifted ({reason}): issues to come are mailed to it again" if reason else "it is not suppressed")
            return
        suppress(tx, parse_email(email), keys=opened_app.keys, reason=Reason.OPERATOR, source=source, now=now())
    say("suppressed")


def tell_why(context: typer.Context, email: str, *, issue: str, as_json: bool) -> None:
    """Print the story of an address."""
    from publisher.jobs.explaining import explain

    with opened(context) as opened_app:
        story = explain(opened_app, email, issue=issue)
    if as_json:
        print_json(story)
        return
    for line in _tell(story):
        say(line)
    if issue and not story.get("deliveries"):
        raise NotFoundError(f"{issue} was not for this address")


def _tell(story: dict[str, Any]) -> list[str]:
    lines = [story["email"]]
    if story["suppressed"]:
        suppressed = story["suppressed"]
        lines.append(f"  suppressed {suppressed['at']}: {suppressed['reason']} ({suppressed['source']})")
    for one in story.get("subscriptions", []):
        given = f"; consent of {one['consent_at']} ({one['consent_source']})" if one["consent_at"] else ""
        lines.append(f"  {one['newsletter']}: {one['status']}{given}")
    events = [
        (
            one["at"],
            f"{one['event']} {one['newsletter']}: {one['source']}" + (f" from {one['ip']}" if one["ip"] else ""),
        )
        for one in story.get("consents", [])
    ]
    events += [
        (one["at"], f"{one.get('issue') or one['kind']}: {one['words']}")
        for one in (*story.get("notices", []), *story.get("deliveries", []))
    ]
    return lines + [f"  {at}  {text}" for at, text in sorted(events)]
