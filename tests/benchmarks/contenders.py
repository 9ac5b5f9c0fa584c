"""What a sending gives, whoever sends: Publisher's whole path, and the clients that people use today."""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import processes, tools
from tests.benchmarks.clients.letters import LINE, SENDER
from tests.benchmarks.paper import SIZE, Paper, to_relay
from tests.benchmarks.progress import FIRST, LAST, find_steady
from tests.homes import HomeFolder

_CLIENTS = Path(__file__).parent / "clients"
_LINES = 108  # as letters.py has them
_THREADS = (2, 4, 8, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Messages a second in the steady part, microseconds of processor a message, megabytes at the peak."""

    rate: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OursSent(Sent):
    """The same for `publisher send`: also from its start to its end, and what it held in memory early and late."""

    whole: float
    early: float
    late: float
    rows_a_commit: float
    freeze: float


def send_ours(paper: Paper, port: int, *, connections: int, env: Mapping[str, str] | None = None) -> OursSent:
    """An issue to everybody by one `publisher send`, whose rows are frozen already."""
    issue = paper.freeze()
    ran = processes.run(
        paper.home.command("send", "daily"), env={**to_relay(port, connections=connections), **(env or {})}
    )
    progress = paper.read_progress(issue)
    steady = find_steady(ran.samples, progress)
    return OursSent(
        rate=progress.rate(),
        cpu=steady.cpu / (paper.people * (LAST - FIRST)) * 1e6,
        peak=ran.peak,
        whole=paper.people / ran.seconds,
        early=steady.early,
        late=steady.late,
        rows_a_commit=progress.rows_a_commit,
        freeze=issue.seconds,
    )


def send_unkept(home: HomeFolder, port: int, *, messages: int, connections: int) -> Sent:
    """Our sender without its ledger."""
    command = [sys.executable, "-m", "tests.benchmarks.clients.unkept", home.path, messages]
    return _ask(*command, env=to_relay(port, connections=connections))


def send_source(port: int, *, messages: int, connections: int) -> Sent:
    """smtp-source, which is as fast from its first message as it is later: so all of it counts."""
    command = [tools.find("smtp-source", package="postfix"), "-s", str(connections), "-l", str(SIZE)]
    command += ["-m", str(messages), "-f", SENDER, "-t", "reader@example.net", f"127.0.0.1:{port}"]
    ran = processes.run(command)
    return Sent(rate=messages / ran.seconds, cpu=ran.cpu / messages * 1e6, peak=ran.peak)


def send_threads(port: int, *, messages: int, threads: int) -> Sent:
    """smtplib, with bytes that are ready."""
    return _ask(sys.executable, "-m", "tests.benchmarks.clients.threads", port, messages, threads)


def find_best_threads(port: int, *, messages: int) -> int:
    """With how many threads smtplib is fastest here."""
    return max(_THREADS, key=lambda threads: send_threads(port, messages=messages, threads=threads).rate)


def send_lanes(port: int, *, messages: int, connections: int, is_built: bool) -> Sent:
    """aiosmtplib on uvloop: bytes that are ready, or an EmailMessage built for each."""
    content = "built" if is_built else "ready"
    return _ask(sys.executable, "-m", "tests.benchmarks.clients.lanes", port, messages, connections, content)


def send_pool(port: int, *, messages: int, connections: int) -> Sent:
    """nodemailer's pool, a message composed for each. Raises MissingToolError."""
    folder, node = tools.find_nodemailer(), shutil.which("node") or "node"
    return _ask(node, _CLIENTS / "pool.cjs", folder, port, messages, connections, LINE, _LINES)


def _ask(*command: object, env: Mapping[str, str] | None = None) -> Sent:
    return Sent(**json.loads(processes.run([str(part) for part in command], env=env).printed))
