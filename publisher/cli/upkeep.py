"""Commands for the operator: a new home, what is wrong with one, its database, its templates."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli import subscribing
from publisher.cli.output import AsJson, print_json, print_table, say
from publisher.cli.start import find_home, opened
from publisher.clock import now
from publisher.errors import PublisherError, UsageError

app = typer.Typer()
db = typer.Typer(help="The ledger's database.", no_args_is_help=True)
templates = typer.Typer(help="The templates that make pages and mails.", no_args_is_help=True)

alerts = typer.Typer(help="What is stuck, and who is told.", no_args_is_help=True)
_NEXT = (
    "next: `publisher rebuild` brings feeds and pages up to it; a feed whose readers have more than it knows is held "
    "back, until `publisher rebuild --accept`"
)
_ADVICE = (
    "whoever was mailed or has left since is not known here: `publisher issues pause | cancel | resolve` and "
    "`publisher subscribers suppress` before, where that matters"
)


@app.command()
def init(context: typer.Context, folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path()) -> None:
    """Make a new home with commented settings and one sample article."""
    from publisher.jobs.upkeep import make_home

    for path in make_home(folder.absolute()):
        say(f"made {path}")
    say(f"next: publisher --home {folder} run")


@app.command()
def why(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="ADDRESS")],
    issue: Annotated[str, typer.Argument(help="Only this issue.")] = "",
    as_json: AsJson = False,
) -> None:
    """The whole story of an address."""
    subscribing.tell_why(context, email, issue=issue, as_json=as_json)


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """What is wrong with this home, and the mend."""
    from publisher.jobs.upkeep import examine

    with opened(context) as opened_app:
        findings = examine(opened_app)
    if as_json:
        print_json([{"what": one.what, "ok": one.is_ok, "text": one.text} for one in findings])
    else:
        print_table(("", "what", ""), [("ok" if one.is_ok else "BAD", one.what, one.text) for one in findings])
    if not all(one.is_ok for one in findings):
        raise typer.Exit(1)


@alerts.command("list")
def list_troubles(context: typer.Context, as_json: AsJson = False) -> None:
    """What waits for a person at this moment."""
    from publisher.jobs import troubles as looking

    with opened(context) as opened_app:
        looking.examine_disk(opened_app, now=now())
        troubles = looking.list_troubles(opened_app, now=now())
    if as_json:
        print_json([{"what": one.what, "name": one.name, "text": one.text} for one in troubles])
    for one in troubles if not as_json else ():
        say(one.text)
    if not troubles and not as_json:
        say("nothing is stuck")


@alerts.command()
def test(context: typer.Context) -> None:
    """Tell each channel of [alerts] something that is no trouble, and say whether that went well."""
    import asyncio

    from publisher.jobs.alerting import try_channels

    with opened(context) as opened_app:
        problems = asyncio.run(try_channels(opened_app, now=now()))
    if not problems:
        raise UsageError("nobody would be told: give url, command or heartbeat_url in [alerts]")
    for channel, problem in problems.items():
        say(f"{channel}: {problem or 'told'}")
    if any(problems.values()):
        raise typer.Exit(1)


@db.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to this version (on SQLite this happens by itself; on PostgreSQL make a copy first)."""
    from publisher.app import Home, open_app, upgrade_ledger
    from publisher.settings import load_settings

    home = find_home(context)
    settings = load_settings(home)
    with open_app(home, settings=settings, is_upgrading=False) as opened_app:
        saved = upgrade_ledger(opened_app.ledger, home=Home(root=home, seeds=home / settings.seeds.path))
    say(f"the database is up to date; the copy from before is {saved}" if saved else "the database is up to date")


@db.command()
def backup(
    context: typer.Context, out: Annotated[Path | None, typer.Option(help="A new file.", metavar="FILE")] = None
) -> None:
    """Copy the database while it is in use (SQLite; the secret in data/ is not in it)."""
    from publisher.store.migrate import backup as copy

    with opened(context) as opened_app:
        path = out or opened_app.home.data / f"publisher-{now():%Y%m%dT%H%M%S}.db"
        copy(opened_app.ledger, path, now=now())
    say(f"copied to {path}; keep data/secret with it. Put back, it sends only after `publisher db adopt`")


@db.command()
def adopt(
    context: typer.Context,
    restored: Annotated[
        bool, typer.Option("--restored", help="It was restored and can't know: let it send nothing before this answer.")
    ] = False,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Let a restored database make issues and send again; says first what would go."""
    from publisher.jobs import adopting

    with opened(context) as opened_app:
        if restored:
            adopting.mark_restored(opened_app)
        prospect = adopting.find_prospect(opened_app)
        if prospect is None:
            say("this database is no copy, and not older than what was sent from here: there is nothing to adopt")
            return
        for line in (prospect.why, *(prospect.lines or ["nothing waits to be mailed"]), _ADVICE):
            say(line)
        if not is_sure and not _confirm("From now on this database is the one that counts. Send from it?"):
            raise PublisherError("this database sends nothing until it is adopted")
        queued, doubtful = adopting.adopt(opened_app)
    say(f"adopted; of senders that are no more, {queued} rows are queued again and {doubtful} in doubt")
    say(_NEXT)


def _confirm(question: str) -> bool:
    """The answer at a terminal. Raises UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: say --yes")
    return typer.confirm(question)


@db.command()
def check(context: typer.Context) -> None:
    """Look for damage in the database."""
    from publisher.store.migrate import list_damage

    with opened(context) as opened_app:
        damage = list_damage(opened_app.ledger)
        is_file = opened_app.ledger.is_sqlite
    for line in damage:
        say(line)
    if damage:
        raise typer.Exit(1)
    say("the database is sound" if is_file else "its tables are of this version; pg_amcheck looks for damage inside")


@templates.command("copy")
def copy_template(
    context: typer.Context, name: Annotated[str, typer.Argument(help="As in email/digest.html.")]
) -> None:
    """Copy a built-in template into the home, to be changed there."""
    from publisher.jobs.upkeep import copy_template as copy

    with opened(context) as opened_app:
        path = copy(opened_app, name)
    say(f"copied to {path}: from now on this one is used")
