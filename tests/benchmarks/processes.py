"""Processes that are measured: how long they take, what memory they need, and those that serve meanwhile."""

import os
import re
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_STEP = 0.01
_SAMPLE = 10  # steps
_PATIENCE = 60.0
_IDLE = 0.1  # seconds of processor in a second: it looks at its queue all the time


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A process at one moment (seconds since the epoch): seconds of processor so far, megabytes in memory."""

    at: float
    cpu: float
    resident: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A process from its start to its end: seconds on the wall, seconds of processor, megabytes at its peak.

    `samples` are a tenth of a second apart; `printed` is what it wrote to its standard output.
    """

    seconds: float
    cpu: float
    peak: float
    samples: tuple[Sample, ...]
    printed: str


class _Watch:
    """What is seen of a process while it runs: `wait4` would count the memory of whoever started it."""

    def __init__(self, pid: int) -> None:
        self._pid, self._is_over = pid, threading.Event()
        self._thread = threading.Thread(target=self._look_on)
        self.peak, self.samples = 0.0, list[Sample]()
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._is_over.set()
        self._thread.join()

    def _look_on(self) -> None:
        step = 0
        while not self._is_over.wait(_STEP):
            self.peak = max(self.peak, find_memory(self._pid, "VmHWM"))
            if step % _SAMPLE == 0 and (resident := find_memory(self._pid, "VmRSS")):
                self.samples.append(Sample(at=time.time(), cpu=find_cpu(self._pid), resident=resident))
            step += 1


def run(command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end, which must be a good one."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env and {**os.environ, **env}, stdout=output)
        watch = _Watch(process.pid)
        try:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        finally:
            watch.end()
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"{command} ended with {process.returncode}"
        output.seek(0)
        return Ran(
            seconds=seconds,
            cpu=usage.ru_utime + usage.ru_stime,
            peak=watch.peak,
            samples=tuple(watch.samples),
            printed=output.read(),
        )


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
def serving(
    command: Sequence[str], *, port: int, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens on a port, until the block ends; what it says goes to `log`."""
    with staying(command, log=log, env=env) as process:
        wait_until(lambda: is_open(port), process=process)
        yield process


@contextmanager
def staying(
    command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that works until the block ends; what it says goes to `log`."""
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=env and {**os.environ, **env})
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(
    is_so: Callable[[], bool],
    *,
    process: subprocess.Popen[bytes] | None = None,
    patience: float = _PATIENCE,
    step: float = 0.001,
) -> None:
    """Wait for a condition, closely; fails when the process ends instead, or it takes too long."""
    deadline = time.monotonic() + patience
    while not is_so():
        assert process is None or process.poll() is None, f"{process.args!r} ended" if process else ""
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(step)
