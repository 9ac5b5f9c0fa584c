"""The nest: a process that has loaded the product, and forks each command from itself in a hundredth of the time.

What hatches is a process of its own, with its own pid, that runs `publisher …` from its arguments to its exit code.
The nest and all that it hatched go when whoever made it has gone.
"""

import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

import time_machine

from tests.postgres import ROOT

_LOADED = ("cli.main", "run", "jobs.sending", "jobs.pressing", "jobs.issuing", "jobs.looking", "jobs.reading", "web")


class Process:
    """A command that was hatched; signals reach it and nobody else, also when its pid has been given out again."""

    def __init__(self, pid: int, *, log: Path) -> None:
        self.pid, self.log, self.code = pid, log, 0
        self._ended = threading.Event()
        try:
            self._fd = os.pidfd_open(pid)
        except ProcessLookupError:
            self._fd = -1

    def note_end(self, code: int) -> None:
        """It has ended; less than 0 is a signal."""
        self.code = code
        self._ended.set()
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return not self._ended.is_set()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; nothing where it has ended."""
        with suppress(ProcessLookupError, OSError):
            signal.pidfd_send_signal(self._fd, number)

    def kill(self) -> None:
        """Kill it, as by `kill -9`."""
        self.send(signal.SIGKILL)

    def wait(self, seconds: float = 60) -> int | None:
        """Its exit code, or None where it goes on for longer."""
        return self.code if self._ended.wait(seconds) else None


class Nest:
    """Hatches commands until its block ends; all of them have the same haste."""

    def __init__(self, *, haste: float) -> None:
        ours, theirs = socket.socketpair()
        environment = {**os.environ, "FAILPOINT_HASTE": str(haste), "PYTHONPATH": str(ROOT)}
        environment.pop("FAILPOINT", None)
        command = [sys.executable, "-m", "tests.torture.nest", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        self._socket, self._lines = ours, ours.makefile("r")
        self._started: list[int] = []
        self._is_started = threading.Condition()
        self._hatched: dict[int, Process] = {}
        self._early: dict[int, int] = {}
        self._asking = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def hatch(self, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None) -> Process:
        """Start `publisher ARGUMENTS`; what it says goes to `log`.

        In an environment with STANDING_CLOCK its clock shows that moment for ever.
        """
        asked = {"arguments": list(arguments), "environment": dict(environment or {}), "log": str(log)}
        with self._asking, self._is_started:
            self._socket.sendall(f"{json.dumps(asked)}\n".encode())
            assert self._is_started.wait_for(lambda: self._started, timeout=60), "the nest hatches nothing"
            process = Process(self._started.pop(), log=log)
            self._hatched[process.pid] = process
            if process.pid in self._early:
                process.note_end(self._early.pop(process.pid))
        return process

    def _read(self) -> None:
        for line in self._lines:
            told = json.loads(line)
            with self._is_started:
                if told["event"] == "started":
                    self._started.append(told["pid"])
                    self._is_started.notify_all()
                elif told["pid"] in self._hatched:
                    self._hatched.pop(told["pid"]).note_end(told["code"])
                else:
                    self._early[told["pid"]] = told["code"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_WR)
        self._process.wait()
        self._reader.join(10)
        self._lines.close()
        self._socket.close()


def _serve(connection: socket.socket) -> None:
    for name in _LOADED:
        importlib.import_module(f"publisher.{name}")
    importlib.import_module("sqlalchemy.dialects.postgresql.psycopg")
    waking, woken = socket.socketpair()
    waking.setblocking(False)
    woken.setblocking(False)
    signal.set_wakeup_fd(waking.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: set[int] = set()
    unread = b""
    while True:
        ready, _, _ = select.select([connection, woken], [], [])
        if woken in ready:
            with suppress(BlockingIOError):
                woken.recv(1000)
            _reap(children, connection)
        if connection in ready:
            data = connection.recv(65_536)
            if not data:
                break
            *lines, unread = (unread + data).split(b"\n")
            for line in lines:
                children.add(_hatch(json.loads(line), connection))
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _reap(children: set[int], connection: socket.socket) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        children.discard(pid)
        _tell(connection, event="ended", pid=pid, code=os.waitstatus_to_exitcode(status))


def _tell(connection: socket.socket, **what: Any) -> None:
    with suppress(BrokenPipeError):
        connection.sendall(f"{json.dumps(what)}\n".encode())


def _hatch(asked: dict[str, Any], connection: socket.socket) -> int:
    pid = os.fork()
    if pid:
        _tell(connection, event="started", pid=pid)
        return pid
    try:
        connection.close()
        _become(asked)
    finally:
        os._exit(1)


def _become(asked: dict[str, Any]) -> NoReturn:
    """Be the command: its environment, its output, its fail point."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(asked["environment"])
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(log, number)
    from publisher import failpoint
    from publisher.cli.main import _run

    importlib.reload(failpoint)
    moment = os.environ.get("STANDING_CLOCK")
    if moment:
        time_machine.travel(datetime.fromisoformat(moment), tick=False).start()
    code = _run(asked["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
