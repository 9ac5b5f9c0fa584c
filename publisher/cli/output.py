"""What commands print: tables and lines for people, JSON for scripts; problems go to standard error."""

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Annotated, Any

import typer

_REDRAW = 0.1  # seconds
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def make_safe(text: str) -> str:
    """A line that can do nothing to a terminal: marks stand for its control characters and turns of direction."""
    return _UNSAFE.sub("\ufffd", text.expandtabs(4))


def say(text: str) -> None:
    """A line or more for a person, whatever an article or an address holds."""
    print("\n".join(map(make_safe, text.split("\n"))))


def say_error(text: str) -> None:
    """A problem, a line each, on standard error."""
    for line in text.splitlines() or [""]:
        print(f"publisher: {line}", file=sys.stderr)


def print_json(value: Any) -> None:
    """One JSON document."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table; in a pipe it is as wide as its text."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(escape(make_safe(str(cell))) for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(
            width=max(200, 20 + max((sum(len(str(cell)) + 2 for cell in row) for row in rows), default=0))
        )
    console.print(table)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, shown from the first call of the function that is given (done, total)."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # No thread of its own draws it: a process that has one can't fork a crew.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    drawn_at = -math.inf
    with bar:
        task = bar.add_task(label, total=None, visible=False)

        def show(done: int, total: int) -> None:
            nonlocal drawn_at
            is_due = done == total or monotonic() - drawn_at > _REDRAW
            drawn_at = monotonic() if is_due else drawn_at
            bar.update(task, completed=done, total=total, visible=True, refresh=is_due)

        yield show
