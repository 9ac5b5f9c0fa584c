"""Commands about the ids, addresses and releases of articles, which no file of the folder can tell."""

from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.output import AsJson, print_json, say, say_error
from publisher.cli.start import opened
from publisher.clock import now

app = typer.Typer(help="What of the articles only the ledger knows: ids, addresses, releases.", no_args_is_help=True)


@app.command("export")
def write(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="Into this file.", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a line of JSON for each article, by first sight and id, as `import` takes them."""
    from publisher.domain.ids import describe_record, write_lines
    from publisher.files import write_atomic
    from publisher.jobs.ids import list_records

    with opened(context) as opened_app:
        records = list_records(opened_app)
    if as_json:
        print_json([describe_record(record) for record in records])
    elif out is None:
        print(write_lines(records), end="")
    else:
        write_atomic(out, write_lines(records).encode())
        say(f"{len(records)} ids written to {out}")


@app.command("import")
def take(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Take ids that are new here: their files get them at the next look. What is known here is never changed."""
    from publisher.jobs.ids import import_ids

    with opened(context) as opened_app:
        settled, problems = import_ids(opened_app, file, now=now())
    refused = sorted([*problems, *settled.conflicts], key=lambda problem: problem.number)
    if as_json:
        lines = [{"line": one.number, "reason": one.reason} for one in refused]
        print_json({"taken": len(settled.fresh), "known": settled.known, "refused": lines})
    else:
        for problem in refused:
            say_error(f"{file}:{problem.number}: {problem.reason}")
        say(f"{len(settled.fresh)} taken, {settled.known} known, {len(refused)} refused")
    if refused:
        raise typer.Exit(3)
