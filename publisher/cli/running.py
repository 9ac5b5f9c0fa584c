"""Commands that stay: `run` and `worker`."""

from typing import Annotated

import typer

from publisher.cli.start import find_home, loading
from publisher.errors import UsageError

app = typer.Typer()


@app.command()
def run(
    context: typer.Context,
    only: Annotated[str, typer.Option(help="Some of watch,schedule,send,web.", metavar="PARTS")] = "",
) -> None:
    """Everything in one process: watch the folder, keep the schedule, send, serve the site."""
    with loading():
        from publisher.run import PARTS, run_home

    chosen = frozenset(part.strip() for part in only.split(",") if part.strip()) or PARTS
    if strangers := chosen - PARTS:
        raise UsageError(f"--only takes {', '.join(sorted(PARTS))}; not {', '.join(sorted(strangers))}")
    run_home(find_home(context), parts=chosen)


@app.command()
def worker(context: typer.Context) -> None:
    """One more sender."""
    with loading():
        from publisher.run import work_home

    work_home(find_home(context))
