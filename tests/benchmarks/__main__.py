"""`./run bench [NAME …]`: our figures and their references in the same run, as medians of rounds taken in turn.

message   one recipient's message from a rendering, beside an EmailMessage built for each
send      an issue through the whole product, near and far, beside what people would use instead
clicks    one-click answers while `publisher run` sends as fast as it can
read      `publisher ingest`: a first read, and one article more, beside Hugo
drop      a dropped file to the feed's new bytes, beside Hugo
idle      what `publisher run` takes of a core while nothing happens
feeds     what feeds cost: to make, with one article more among 100,000, to serve (as `serve`), to serve while built
clippings how well clippings without front matter are read: precision and recall a field (`--misses` lists what is not)
start     `publisher --help` and `publisher run`, and the memory of the latter

Only when named; a million rows take their time (`--people` says how many):
freeze    a million deliveries: the freeze, and claims to the last one
million   a million deliveries frozen, and sent by one process
serve     of `feeds` only: a feed's 304 and its 200, plain and in gzip, beside nginx
rows      bytes and seconds that a row of the ledger takes, and commits that workers share
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator
from statistics import median

import structlog

from tests.benchmarks import (
    clicks,
    clippings,
    drop,
    feeds,
    freeze,
    idle,
    message,
    million,
    read,
    rows,
    send,
    serve,
    start,
)
from tests.benchmarks.figure import Figure, Options
from tests.benchmarks.tools import MissingToolError, say_missing

BENCHMARKS: dict[str, Callable[[Options], Iterator[Figure]]] = {
    "message": message.measure,
    "send": send.measure,
    "clicks": clicks.measure,
    "read": read.measure,
    "drop": drop.measure,
    "idle": idle.measure,
    "feeds": feeds.measure,
    "clippings": clippings.measure,
    "start": start.measure,
}
NAMED_ONLY: dict[str, Callable[[Options], Iterator[Figure]]] = {
    "freeze": freeze.measure,
    "million": million.measure,
    "rows": rows.measure,
    "serve": serve.measure,
}
_HEAD = "| what | ours | reference | ratio | aim |\n|---|---|---|---|---|\n"


def main() -> None:
    """Run the named benchmarks, or all."""
    wanted = _parse()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    options = Options(
        is_quick=wanted.quick,
        rounds=wanted.rounds,
        database=wanted.database,
        people=wanted.people,
        lists_misses=wanted.misses,
    )
    sys.stdout.write(_HEAD if wanted.table else "")
    figures = []
    known = BENCHMARKS | NAMED_ONLY
    for name in wanted.names or BENCHMARKS:
        try:
            for figure in known[name](options):
                figures.append(figure)
                if not wanted.json:
                    say((_row(figure) if wanted.table else _line(figure)) + (figure.beneath and f"\n{figure.beneath}"))
        except MissingToolError as missing:
            say_missing(name, f"install {missing.package}")
    if wanted.json:
        json.dump([figure.to_json() for figure in figures], sys.stdout, indent=2)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="one of those above; all when none is given")
    parser.add_argument("--json", action="store_true", help="every round of every figure")
    parser.add_argument("--table", action="store_true", help="the table of docs/performance.md")
    parser.add_argument("--quick", action="store_true", help="less of everything, to see a change while working")
    parser.add_argument("--misses", action="store_true", help="every field of a clipping that is not as it should be")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="3 where not given")
    parser.add_argument("--people", type=int, default=0, metavar="N", help="so many readers, where mail is measured")
    parser.add_argument(
        "--database", default="", metavar="URL", help="a PostgreSQL server, to make ledgers on; SQLite when empty"
    )
    wanted = parser.parse_args()
    names = [*BENCHMARKS, *NAMED_ONLY]
    if strangers := set(wanted.names).difference(names):
        parser.error(f"no benchmark is named {', '.join(sorted(strangers))}; there are {', '.join(names)}")
    return wanted


def say(line: str) -> None:
    """A line at once: some figures take minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _show(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    """(ours, the reference's, the ratio with its spread, the aim), each perhaps empty."""
    ours = f"{_show(median(figure.ours))} {figure.unit}"
    least, most = (_show(value) for value in figure.spread)
    aim = f"{figure.aim.sense.value} {figure.aim.bound:g}" if figure.aim else ""
    if figure.aim and not figure.aim.of_ratio:
        aim += f" {figure.unit}"
    if figure.ratio is None:
        return f"{ours} ({least} to {most})", "", "", aim
    reference = f"{_show(median(figure.reference))} {figure.unit}, {figure.beside}"
    return ours, reference, f"{_show(figure.ratio)} ({least} to {most})", aim


def _row(figure: Figure) -> str:
    return f"| {' | '.join([figure.what, *_cells(figure)])} |"


def _line(figure: Figure) -> str:
    ours, reference, ratio, aim = _cells(figure)
    verdict = ("met: " if figure.aim.is_met(figure) else "MISSED: ") + aim if figure.aim else ""
    beside = f"{ratio} x {reference}" if reference else ""
    return f"{figure.what:52} {ours:26} {beside:48} {verdict}".rstrip()


if __name__ == "__main__":
    main()
