"""One-click answers (RFC 8058) of `publisher run` while it sends an issue as fast as it can into smtp-sink.

Mail programs of readers POST twenty times a second, each over a connection of its own and with a token of its own, from
a process of their own. An answer's time counts from when its POST was due to the last byte, so that one that had to
wait for the machine counts too. The reference is the same process a moment later, when all has been sent.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.benchmarks.near import CONNECTIONS
from tests.benchmarks.paper import Paper, open_paper, to_relay
from tests.benchmarks.relays import sink
from tests.benchmarks.start import is_ready

PEOPLE, FEW = 100_000, 6_000
_EVERY = 0.05  # seconds between two POSTs
_TOKENS = 20_000  # a round, for a thousand seconds
_QUIET = 5.0  # seconds of POSTs once all is sent
_SETTLED = 0.5  # seconds after the last mail, when they count as quiet
_SHARES = {"the median": 0.5, "p99": 0.99, "the slowest": 1.0}
_AIMS = {"p99": Aim(sense=Sense.MOST, bound=100, of_ratio=False)}
Click = tuple[float, float, int]  # as clients/clicker.py prints them


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Seconds that answers took while mail went out, and afterwards; and the rate at which it went out."""

    busy: tuple[float, ...]
    quiet: tuple[float, ...]
    rate: float


def measure(options: Options) -> Iterator[Figure]:
    """The median, the 99th of a hundred and the slowest answer, and the sender's own rate meanwhile."""
    people = options.people or (FEW if options.is_quick else PEOPLE)
    web_port = processes.find_free_port()
    with (
        tempfile.TemporaryDirectory() as name,
        sink(Path(name)) as port,
        open_paper(options, people=people, web_port=web_port) as paper,
    ):
        clicking = Clicking(paper, relay_port=port, web_port=web_port, folder=Path(name))
        (rounds,) = take_turns(options.rounds, clicking.run)
    for name, share in _SHARES.items():
        yield Figure(
            what=f"clicks: {name} of one-click answers while sending, {options.kept}",
            unit="ms",
            ours=tuple(1000 * pick(one.busy, share) for one in rounds),
            reference=tuple(1000 * pick(one.quiet, share) for one in rounds),
            beside="with nothing to send",
            aim=_AIMS.get(name),
        )
    yield Figure(what="clicks: mails sent meanwhile", unit="/s", ours=tuple(one.rate for one in rounds))
    yield Figure(what="clicks: answers counted a round", unit="", ours=tuple(float(len(one.busy)) for one in rounds))


def pick(values: Sequence[float], share: float) -> float:
    """The value that so great a share of them do not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


class Clicking:
    """One round after another: an issue, `run`, and readers who leave meanwhile."""

    def __init__(self, paper: Paper, *, relay_port: int, web_port: int, folder: Path) -> None:
        self._paper, self._folder, self._web_port = paper, folder, web_port
        self._env = to_relay(relay_port, connections=CONNECTIONS)
        self._clicks = 0

    def run(self) -> Answered:
        """One round."""
        issue = self._paper.freeze()
        command = self._paper.home.command("run")
        with processes.serving(command, port=self._web_port, log=self._folder / "run.log", env=self._env):
            processes.wait_until(lambda: is_ready(self._web_port))
            clicks = self._click(lambda: self._paper.wait_until_sent(issue, step=0.5))
        assert {status for _, _, status in clicks} == {200}
        self._clicks += len(clicks)
        progress = self._paper.read_progress(issue, left=self._clicks)
        began, ended = progress.moments[0], progress.moments[-1]
        return Answered(
            busy=tuple(seconds for due, seconds, _ in clicks if began <= due <= ended),
            quiet=tuple(seconds for due, seconds, _ in clicks if due > ended + _SETTLED),
            rate=progress.rate(),
        )

    def _click(self, wait: Callable[[], None]) -> list[Click]:
        """What readers saw from now until a while after `wait` has returned."""
        tokens = self._folder / "tokens"
        # From the end of the queue: most of them leave before their own mail has gone out.
        tokens.write_text("\n".join(self._paper.make_tokens(min(_TOKENS, self._paper.people // 4))))
        command = [sys.executable, "-m", "tests.benchmarks.clients.clicker", str(self._web_port), str(_EVERY)]
        with subprocess.Popen([*command, str(tokens)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as clicker:
            wait()
            time.sleep(_QUIET)
            printed, _ = clicker.communicate()
        clicks: list[Click] = [(due, seconds, status) for due, seconds, status in json.loads(printed)]
        return clicks
