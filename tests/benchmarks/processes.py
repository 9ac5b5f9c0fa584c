"""Processes that are measured: how long they take, what memory they need, and those that serve meanwhile."""

import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_STEP = 0.01
_PATIENCE = 60.0
_IDLE = 0.1  # seconds of processor in a second: it looks at its queue all the time


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A process from its start to its end: seconds on the wall, seconds of processor, megabytes at its peak."""

    seconds: float
    cpu: float
    peak: float


def run(command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end, which must be a good one; what it prints is thrown away."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=env and {**os.environ, **env}, stdout=subprocess.DEVNULL)
    with _watched(process.pid) as peaks:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command} ended with {process.returncode}"
    return Ran(seconds=seconds, cpu=usage.ru_utime + usage.ru_stime, peak=max(peaks))


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    """The peaks of a process, looked at until the block ends: `wait4` would count the memory of whoever started it."""
    peaks, is_over = [0.0], threading.Event()

    def watch() -> None:
        while not is_over.wait(_STEP):
            peaks.append(find_memory(pid, "VmHWM"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        is_over.set()
        watcher.join()


def find_memory(pid: int, field: str) -> float:
    """Megabytes that /proc shows for a process: `VmHWM` at its peak, `VmRSS` now; 0 for one that has ended."""
    try:
        found = re.search(rf"{field}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def find_cpu(pid: int) -> float:
    """Seconds of processor that a process has had so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_idle(pid: int) -> None:
    """Wait until a process has next to nothing to do for a second."""
    is_busy = True
    while is_busy:
        before = find_cpu(pid)
        time.sleep(1)
        is_busy = find_cpu(pid) - before > _IDLE


def find_free_port() -> int:
    """A port on this machine that nobody listens on: sinks share one that is taken without a word."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(command: Sequence[str], *, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens on a port, until the block ends; what it says goes to `log`."""
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            wait_until(lambda: is_open(port), process=process)
            yield process
        finally:
            process.terminate()
            process.wait()


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_so: Callable[[], bool], *, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait for a condition, closely; fails when the process ends instead, or it takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert process is None or process.poll() is None, f"{process.args!r} ended" if process else ""
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.001)
