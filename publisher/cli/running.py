"""Commands that stay: `run` and `worker`."""

from typing import Annotated

import typer

from publisher.cli.start import find_home, set_up_logs
from publisher.errors import UsageError

app = typer.Typer()


@app.command()
def run(
    context: typer.Context,
    only: Annotated[str, typer.Option(help="Some of watch,schedule,send,web.", metavar="PARTS")] = "",
) -> None:
    """Everything in one process: watch the folder, keep the schedule, send, serve the site."""
    from publisher.run import PARTS, run_home
    from publisher.settings import load_settings

    chosen = frozenset(part.strip() for part in only.split(",") if part.strip()) or PARTS
    if strangers := chosen - PARTS:
        raise UsageError(f"--only takes {', '.join(sorted(PARTS))}; not {', '.join(sorted(strangers))}")
    home = find_home(context)
    set_up_logs(load_settings(home), is_quiet=False)
    run_home(home, parts=chosen)


@app.command()
def worker(context: typer.Context) -> None:
    """One more sender."""
    from publisher.run import work_home
    from publisher.settings import load_settings

    home = find_home(context)
    set_up_logs(load_settings(home), is_quiet=False)
    work_home(home)
