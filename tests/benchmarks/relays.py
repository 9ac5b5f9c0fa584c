"""The relays that mail is measured into: Debian's smtp-sink beside us, and one of ours that is far away."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import processes, tools

ROUND_TRIP = 0.05


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """smtp-sink; gives its port."""
    port = processes.find_free_port()
    command = [tools.find("smtp-sink", package="postfix"), "-u", "nobody", f"127.0.0.1:{port}", "1024"]
    with processes.serving(command, port=port, log=folder / "sink.log"):
        yield port


@contextmanager
def far_relay(folder: Path) -> Iterator[int]:
    """A relay with a round trip of ROUND_TRIP seconds; gives its port."""
    port = processes.find_free_port()
    command = [sys.executable, "-m", "tests.benchmarks.far_relay", str(port), str(ROUND_TRIP)]
    with processes.serving(command, port=port, log=folder / "far.log"):
        yield port
