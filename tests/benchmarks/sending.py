"""Mails a second through the whole product, the ledger included, into a recording server of its own process."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiosmtplib

from publisher.clock import now
from publisher.jobs import issuing
from publisher.jobs.sending import deliver
from tests.benchmarks.figure import Figure
from tests.benchmarks.message import build_whole, make_letter
from tests.homes import look, make_home, subscribe

ROUNDS, PEOPLE, CONNECTIONS = 3, 2_000, 8


@contextmanager
def recorder(folder: Path) -> Iterator[int]:
    """A recording server in a process of its own; gives its port."""
    port_file = folder / "port"
    command = [
        sys.executable,
        "-m",
        "tests.recorder",
        "--port-file",
        str(port_file),
        "--record",
        str(folder / "record"),
    ]
    with subprocess.Popen(command) as process:
        try:
            while not (port_file.exists() and port_file.read_text()):
                time.sleep(0.01)
            yield int(port_file.read_text())
        finally:
            process.terminate()


def send_ours(folder: Path, port: int) -> float:
    """Mails a second of one issue to everybody."""
    home = make_home(folder / "home", relay_port=port, connections=CONNECTIONS)
    home.write_seed("bridge.md", "# The bridge opens\n\n" + "After two years, the bridge opens on Monday. " * 400)
    with home.opened() as app:
        look(app, now())
        subscribe(app, [f"reader{number}@example.net" for number in range(PEOPLE)], now=now())
        started = time.perf_counter()
        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=now())
        assert issuing.freeze(app, coming, now=now())
        report = asyncio.run(deliver(app, until_empty=True))
        assert report.counts.total() == PEOPLE
        return PEOPLE / (time.perf_counter() - started)


async def _send_plain(port: int) -> None:
    numbers = iter(range(PEOPLE))

    async def lane() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for number in numbers:
                letter = make_letter(number)
                await client.sendmail("gazette@example.org", [letter.email], build_whole(letter))

    await asyncio.gather(*(lane() for _ in range(CONNECTIONS)))


def send_reference(port: int) -> float:
    """Mails a second by aiosmtplib, as most programs use it."""
    started = time.perf_counter()
    asyncio.run(_send_plain(port))
    return PEOPLE / (time.perf_counter() - started)


def measure() -> Iterator[Figure]:
    """The whole product beside aiosmtplib with an EmailMessage each."""
    pairs = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name, recorder(Path(name)) as port:
            pairs.append((send_ours(Path(name), port), send_reference(port)))
    ours, reference = zip(*pairs, strict=True)
    beside = "aiosmtplib, an EmailMessage each, no ledger"
    yield Figure(
        what=f"mails sent, {CONNECTIONS} connections", unit="/s", ours=ours, reference=reference, beside=beside
    )
