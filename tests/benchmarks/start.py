"""How long a start takes, and what memory `run` needs, with many articles already taken in.

`publisher --help` as a whole process, beside a Python that does nothing; `publisher run` from its start to the first
200 of `/readyz`; its memory at the peak, and once it has had nothing to do for a second.
"""

import http.client
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from tests.benchmarks import processes
from tests.benchmarks.drop import ARTICLES, FEW, make_full_home
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.homes import HomeFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A `run`: seconds until it was ready, megabytes at its peak and once it was at rest."""

    seconds: float
    peak: float
    settled: float


def start_run(home: HomeFolder, *, port: int) -> Started:
    """Start `publisher run`, and stop it once it is at rest."""
    started = time.perf_counter()
    with processes.serving(home.command("run"), port=port, log=home.path / "run.log") as process:
        processes.wait_until(lambda: is_ready(port), process=process)
        seconds = time.perf_counter() - started
        processes.wait_until_idle(process.pid)
        peak, settled = (processes.find_memory(process.pid, field) for field in ("VmHWM", "VmRSS"))
    return Started(seconds=seconds, peak=peak, settled=settled)


def is_ready(port: int) -> bool:
    """Whether `run` answers on that port, and says that all is well."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def measure(options: Options) -> Iterator[Figure]:
    """The help, and `run`."""
    ours, reference = take_turns(
        options.rounds,
        lambda: processes.run([sys.executable, "-m", "publisher", "--help"]).seconds,
        lambda: processes.run([sys.executable, "-c", "pass"]).seconds,
    )
    yield Figure(
        what="start: publisher --help",
        unit="s",
        ours=ours,
        reference=reference,
        beside="python -c pass",
        aim=Aim(sense=Sense.MOST, bound=0.4, of_ratio=False),
    )
    count = FEW if options.is_quick else ARTICLES
    full = make_full_home(count)
    (runs,) = take_turns(options.rounds, lambda: start_run(full.home, port=full.port))
    yield _show(f"start: run is ready, {count:,} articles", "s", [run.seconds for run in runs], most=1.5)
    yield _show(f"start: peak memory of run, {count:,} articles", "MB", [run.peak for run in runs], most=150)
    yield _show("start: the same at rest", "MB", [run.settled for run in runs])


def _show(what: str, unit: str, values: list[float], *, most: float | None = None) -> Figure:
    aim = Aim(sense=Sense.MOST, bound=most, of_ratio=False) if most else None
    return Figure(what=what, unit=unit, ours=tuple(values), aim=aim)
