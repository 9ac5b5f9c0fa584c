"""Commands about the folder and what is published from it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from publisher.cli.output import AsJson, print_json, print_table, progress, say
from publisher.cli.start import loading, opened
from publisher.clock import now
from publisher.domain import address

if TYPE_CHECKING:
    from publisher.app import App
    from publisher.jobs.holding import Held

_Accept = Annotated[bool, typer.Option("--accept", help="Take feeds as they are built, though our checks hold them.")]
_NOTHING = "-"  # no section, no author; no file, where another article has its path

app = typer.Typer()


@app.command()
def ingest(
    context: typer.Context,
    accept: Annotated[bool, typer.Option("--accept", help="Let withdrawals through that the guard holds.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the whole folder once: new, changed, renamed, withdrawn, review."""
    with loading():
        from publisher.jobs.reading import read_folder

    with opened(context) as opened_app, progress("Reading") as bar:
        look = read_folder(opened_app, now=now(), accept=accept, on_progress=bar)
    if as_json:
        print_json(look.report)
    else:
        _tell(look.report)
    if look.report["waiting"]:
        raise typer.Exit(3)


def _tell(report: dict[str, Any]) -> None:
    for path in report["new"]:
        say(f"new        {path}")
    for path in report["changed"]:
        say(f"changed    {path}")
    for move in report["renamed"]:
        say(f"renamed    {move['from']} -> {move['path']}")
    for path in report["withdrawn"]:
        say(f"withdrawn  {path}")
    for one in report["left_out"]:
        say(f"left out   {one['path']}: {one['reason']}")
    for one in report["review"]:
        place = f"{one['path']}:{one['line']}" if one["line"] else one["path"]
        say(f"review     {place}: {one['reason']}")
    for one in report["notes"]:
        say(f"note       {one['path']}: {one['note']}")
    for path in report["expired"]:
        say(f"expired    {path}: its time was over before it was first seen; it is not published")
    if report["waiting"]:
        say(
            f"{len(report['waiting'])} articles are gone from the folder and still published: so many at once are "
            "taken for an accident; `publisher ingest --accept` withdraws them"
        )
    counts = ", ".join(f"{len(report[name])} {name}" for name in ("new", "changed", "renamed", "withdrawn"))
    say(f"{counts}, {report['unchanged']} unchanged, {len(report['review'])} to review")


@app.command()
def articles(context: typer.Context, as_json: AsJson = False) -> None:
    """What is published, scheduled, expired or withdrawn, newest first."""
    from publisher.jobs.looking import list_articles

    with opened(context) as opened_app:
        found = list_articles(opened_app, now=now())
    if as_json:
        print_json(found)
        return
    if not found:
        say("no article yet: `publisher ingest` reads the folder")
        return
    columns = ("status", "published_at", "section", "language", "title", "path")
    print_table(columns, [[article[name] or _NOTHING for name in columns] for article in found])


@app.command()
def show(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="Its id, slug or path.")],
    as_json: AsJson = False,
) -> None:
    """One article, whole."""
    from publisher.jobs.linking import link_up_one
    from publisher.jobs.looking import describe_whole_article, get_article, list_mailings

    with opened(context) as opened_app:
        moment = now()
        chosen = link_up_one(opened_app, get_article(opened_app, article), now=moment)
        found = describe_whole_article(chosen, moment) | {"issues": list_mailings(opened_app, chosen)}
    if as_json:
        print_json(found)
        return
    for name in ("id", "path", "status", "published_at", "released_at", "updated_at", "section", "language"):
        say(f"{name:13} {found[name] or _NOTHING}")
    say(f"{'authors':13} {', '.join(found['authors']) or _NOTHING}")
    say(f"{'tags':13} {', '.join(found['tags']) or _NOTHING}")
    say(f"{'address':13} {address.absolute(opened_app.publication.url, address.article(chosen))}")
    say(f"{'mailed in':13} {', '.join(found['issues']) or _NOTHING}")
    if media := chosen.enclosure:
        length = f", {timedelta(seconds=media.seconds)}" if media.seconds else ""
        say(f"{'enclosure':13} {media.url} ({media.media_type}{length})")
    if chosen.rights:
        say(f"{'rights':13} {chosen.rights}")
    for note in found["notes"]:
        say(f"{'note':13} {note}")
    say(f"{'title':13} {found['title']}\n{'summary':13} {found['summary']}\n\n{found['text']}")


@app.command()
def feeds(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(help="Also bring this folder up to date, for any static host.", metavar="DIR")
    ] = None,
    accept: _Accept = False,
    as_json: AsJson = False,
) -> None:
    """Write all feeds and pages that are not up to date."""
    from publisher.jobs.holding import list_held
    from publisher.jobs.publishing import publish

    with opened(context) as opened_app:
        changed = publish(opened_app, now=now(), accept=accept)
        exported = _export(opened_app, out) if out else {}
        held = list_held(opened_app)
    if as_json:
        reasons = [{"name": one.name, "reason": one.reason} for one in held]
        print_json({"published": changed, "held": reasons, **exported})
    else:
        say(f"{len(changed)} files written")
        if exported:
            written, removed = (len(exported[name]) for name in ("written", "removed"))
            say(f"{out}: {written} written, {removed} removed, {exported['unchanged']} as they were")
        _tell_held(held)
    if held:
        raise typer.Exit(3)


def _export(opened_app: "App", out: Path) -> dict[str, Any]:
    from publisher.jobs.exporting import export
    from publisher.jobs.making import iter_all

    with progress("Writing") as bar:
        made = iter_all(opened_app, now=now())
        return {"out": str(out), **asdict(export(opened_app, out, made=made, on_progress=bar))}


@app.command()
def rebuild(context: typer.Context, accept: _Accept = False) -> None:
    """Make all derived files again from the folder and the ledger."""
    from publisher.jobs.holding import list_held
    from publisher.jobs.publishing import publish

    with opened(context) as opened_app, progress("Building") as bar:
        changed = publish(opened_app, now=now(), is_full=True, accept=accept, on_progress=bar)
        held = list_held(opened_app)
    say(f"everything is built; {len(changed)} files were not as they should be" if changed else "everything was right")
    _tell_held(held)
    if held:
        raise typer.Exit(3)


def _tell_held(held: "Sequence[Held]") -> None:
    """Say which feeds readers have as they were, and the mend."""
    from publisher.jobs.holding import describe

    for one in held:
        say(f"feed {one.name}: {describe(one)}")
