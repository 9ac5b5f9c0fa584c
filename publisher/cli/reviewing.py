"""Commands about what waits for an editor."""

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.output import AsJson, make_safe, print_json, print_table, say
from publisher.cli.start import opened
from publisher.clock import now
from publisher.domain import address
from publisher.domain.doubt import Remedy

if TYPE_CHECKING:
    from publisher.jobs.reviewing import Waiting

app = typer.Typer(help="What waits for an editor.", no_args_is_help=True)
Path = Annotated[str, typer.Argument(help="The file, as `review list` names it.")]

_REMEDIES = {Remedy.MEND: "mend the file", Remedy.APPROVE: "approve or mend", Remedy.CHOOSE: "approve --as … or mend"}
_KEYS = {"title": "title", "standfirst": "summary", "authors": "author", "date": "date"}  # of the front matter
_LONGEST_TEXT = 30  # lines of the text as it would be published


@app.command("list")
def list_waiting(
    context: typer.Context,
    is_whole: Annotated[bool, typer.Option("--all", help="Also what was approved or rejected.")] = False,
    as_json: AsJson = False,
) -> None:
    """What waits, why, since when, and what can be done."""
    from publisher.jobs.reviewing import list_reviews

    with opened(context) as opened_app:
        found = list_reviews(opened_app, is_whole=is_whole)
    if as_json:
        print_json(found)
        return
    if not found:
        say("nothing waits for review")
        return
    rows = [
        (
            make_safe(one["path"]),
            one["line"] or "",
            one["since"] or "",
            _REMEDIES[one["remedy"]] if one["state"] == "waiting" else one["state"].replace("_", " "),
            make_safe(one["reason"]),
        )
        for one in found
    ]
    print_table(("path", "line", "since", "what to do", "reason"), rows)


@app.command("show")
def show_waiting(context: typer.Context, path: Path, as_json: AsJson = False) -> None:
    """Why one file waits, what stands in it there, how it would be published, and what can be done."""
    from publisher.jobs.reviewing import show_review

    with opened(context) as opened_app:
        found = show_review(opened_app, path)
    if as_json:
        print_json({**found.summary, **{name: value for name, value in asdict(found).items() if name != "summary"}})
        return
    for line in _tell(found):
        say(line)


def _tell(found: "Waiting") -> list[str]:
    summary = found.summary
    place = f"{summary['path']}:{summary['line']}" if summary["line"] else summary["path"]
    lines = [f"{place}: {summary['reason']}", f"waits since {summary['since'] or 'before this version'}"]
    if found.is_changed:
        lines.append("the file has changed since the last look: `publisher ingest` reads it again")
    if found.kept:
        lines.append(f"until then readers see the last good version: {found.kept}")
    for doubt in found.doubts:
        lines += ["", f"{doubt['field']}: found {doubt['found']!r}, certain to {doubt['certainty']:.0%}"]
    if found.lines:
        lines += ["", "in the file:", *(f"{number:>6}  {text}" for number, text in found.lines)]
    if found.text:
        shown = found.text.strip().splitlines()
        lines += ["", "as it would be published:", f"        {found.title}", ""]
        lines += [f"        {line}" for line in shown[:_LONGEST_TEXT]]
        lines += [f"        … and {len(shown) - _LONGEST_TEXT} lines more"] if len(shown) > _LONGEST_TEXT else []
    return [make_safe(line) for line in [*lines, "", *_list_ways(found)]]


def _list_ways(found: "Waiting") -> list[str]:
    """The commands that go on from here."""
    path, remedy = shlex.quote(found.summary["path"]), found.summary["remedy"]
    ways = {
        Remedy.MEND: [],
        Remedy.APPROVE: [f"publisher review approve {path}    publish it as found"],
        Remedy.CHOOSE: [
            f"publisher review approve {path} --as correction    the same article, corrected",
            f"publisher review approve {path} --as new    an article of its own; the earlier one stays as it is",
        ],
    }
    split = [f"publisher review split {path}    each article into a file of its own"] if found.is_several else []
    return [
        *ways[remedy],
        *split,
        f"publisher review reject {path}    leave it out until it changes",
        f"{_tell_mend(found)}; it is read again at the next look",
    ]


def _tell_mend(found: "Waiting") -> str:
    """What to write into the file; a title above Markdown would make it an article that is published as typed."""
    doubted = [doubt["field"] for doubt in found.doubts]
    if not found.summary["path"].lower().endswith(".txt"):
        return "or begin the file with its title, as `# …`" if "title" in doubted else "or mend the file"
    fields = ", ".join(f"`{key}: …`" for field in doubted if (key := _KEYS.get(field)))
    return f"or write what is right into its front matter: {fields}" if fields else "or mend the file"


@app.command()
def approve(
    context: typer.Context,
    path: Path,
    choice: Annotated[
        str, typer.Option("--as", help="Another text in an article's place: correction or new.", metavar="WHAT")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Publish a file as it is found; that holds until its bytes change."""
    from publisher.jobs.looking import describe_article
    from publisher.jobs.reviewing import approve as approve_file

    moment = now()
    with opened(context) as opened_app:
        done = approve_file(opened_app, path, choice=choice, now=moment)
        url = opened_app.publication.url
    if as_json:
        article = describe_article(done.article, moment) if done.article else None
        print_json({"path": path, "article": article, "reason": done.reason})
    elif done.article:
        status = done.article.status(moment)
        say(make_safe(f"{status}: {done.article.title}  {address.absolute(url, address.article(done.article))}"))
    else:
        say(make_safe(f"approved, but it is not published: {done.reason}"))
    if not done.article:
        raise typer.Exit(3)


@app.command()
def reject(context: typer.Context, path: Path, as_json: AsJson = False) -> None:
    """Leave a file out until it changes; an article that it belonged to keeps its last good version."""
    from publisher.jobs.reviewing import reject as reject_file

    with opened(context) as opened_app:
        kept = reject_file(opened_app, path, now=now())
    if as_json:
        print_json({"path": path, "kept": kept})
    else:
        said = f"; readers go on seeing {kept!r}" if kept else ""
        say(make_safe(f"{path} is left out until it changes{said}"))


@app.command("split")
def split_file(
    context: typer.Context,
    path: Path,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    is_removed: Annotated[bool, typer.Option("--remove", help="Remove the file that is split.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write each article of a file that holds several into a file of its own; nothing is written over."""
    from publisher.jobs.splitting import foresee_split, split

    with opened(context) as opened_app:
        found = foresee_split(opened_app, path)
        for part in found.parts if not as_json else ():
            say(make_safe(f"{part.path}  {part.title}" + ("  is there already" if part.path in found.taken else "")))
        if not is_sure:
            typer.confirm(f"Write these {len(found.parts)} files?", abort=True, err=as_json)
        split(opened_app, found, is_removed=is_removed, now=now())
    if as_json:
        parts = [{"path": part.path, "title": part.title} for part in found.parts]
        print_json({"path": path, "parts": parts, "is_removed": is_removed})
        return
    say(
        f"{len(found.parts)} files are written"
        + make_safe(f"; {path} is removed" if is_removed else f"; {path} stays, and in review")
    )
