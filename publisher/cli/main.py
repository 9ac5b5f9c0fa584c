"""`publisher`: its groups of commands, and how each mistake ends: one clear line and an exit code."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from publisher import __version__
from publisher.cli import issuing, pressing, reading, reviewing, running, signing, subscribing, upkeep
from publisher.cli.output import say_error
from publisher.cli.start import Start
from publisher.errors import PublisherError

app = typer.Typer(
    name="publisher",
    help="Turns a folder of articles into feeds and newsletters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (reading, issuing, running, upkeep):
    app.add_typer(group.app)
app.add_typer(pressing.app, name="issues")
app.add_typer(reviewing.app, name="review")
app.add_typer(subscribing.app, name="subscribers")
app.add_typer(upkeep.alerts, name="alerts")
app.add_typer(signing.dkim, name="dkim")
app.add_typer(upkeep.db, name="db")
app.add_typer(upkeep.templates, name="templates")


def _show_version(*, is_wanted: bool) -> None:
    if is_wanted:
        print(f"publisher {__version__}")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    home: Annotated[Path, typer.Option(help="The home folder.", metavar="DIR")] = Path(),
    debug: Annotated[bool, typer.Option("--debug", help="Show where an unexpected error came from.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", is_eager=True, callback=lambda value: _show_version(is_wanted=value)
        ),
    ] = False,
) -> None:
    """Remember what holds for every command."""
    context.obj = Start(home=home.absolute(), is_debug=debug)


def main() -> None:
    """Run the command line and exit with its code (0 done, 1 failed, 2 wrong usage or settings, 3 done in part)."""
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    try:
        typer.main.get_command(app)(arguments, prog_name="publisher")
    except SystemExit as end:  # how a command ends, and how wrong usage does (2)
        return end.code if isinstance(end.code, int) else 0
    except PublisherError as problem:
        say_error(str(problem))
        return problem.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say_error("stopped")
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has heard enough
        return 0
    except OSError as problem:
        if "--debug" in arguments:
            raise
        say_error(f"{problem.filename}: {problem.strerror}" if problem.filename else str(problem))
        return 1
    except Exception as problem:
        if "--debug" in arguments:
            raise
        say_error(f"an unexpected error: {type(problem).__name__}: {problem} (`publisher --debug …` shows where)")
        return 1
    return 0
