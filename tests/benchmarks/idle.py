"""What `publisher run` takes of a core while nothing happens, with a small and a large folder.

The watcher waits for hints, the sender looks at its queue each second, and the whole folder is looked at each minute,
or more seldom where that takes long. A minute is measured, so that such a look is in it, once each: a whole minute's
share of a core hardly varies.
"""

import time
from collections.abc import Iterator

from tests.benchmarks import processes
from tests.benchmarks.drop import make_full_home
from tests.benchmarks.figure import Aim, Figure, Options, Sense

SIZES, FEW = (100, 10_000), (100, 500)
_MINUTE, _MOMENT = 61.0, 20.0  # seconds
_HUNDREDTH = Aim(sense=Sense.MOST, bound=1, of_ratio=False)
_WHOLE, _WATCH = "watch,schedule,send,web", "watch,web"


def measure(options: Options) -> Iterator[Figure]:
    """Percent of a core, for the whole process and for watch and web alone."""
    for count in FEW if options.is_quick else SIZES:
        full = make_full_home(count)
        for what, parts, aim in (("run", _WHOLE, None), ("watch and web", _WATCH, _HUNDREDTH)):
            command = full.home.command("run", "--only", parts)
            with processes.serving(command, port=full.port, log=full.home.path / "run.log") as process:
                processes.wait_until_idle(process.pid)
                ours = _measure(process.pid, _MOMENT if options.is_quick else _MINUTE)
            yield Figure(what=f"idle: {what}, {count:,} articles", unit="% of a core", ours=(ours,), aim=aim)


def _measure(pid: int, seconds: float) -> float:
    before, started = processes.find_cpu(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (processes.find_cpu(pid) - before) / (time.monotonic() - started)
