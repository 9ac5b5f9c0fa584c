"""`worker`: one more sender. The ledger and the settings are all that it needs."""

import shutil
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.jobs import issuing
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder


def _freeze(home: HomeFolder, people: int) -> Issue:
    home.write_seed("bridge.md", "# The bridge opens\n\nAfter two years, the bridge opens on Monday.\n")
    with home.opened() as app:
        look(app, datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
        subscribe(app, [f"reader{number}@example.net" for number in range(people)], now=now())
        issue = issuing.freeze(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=now()), now=now())
    assert issue
    return issue


def test_worker_needs_neither_seeds_nor_templates(tmp_path: Path) -> None:
    have_all = threading.Event()
    with Recorder(pipelining=True, on_accept=lambda _: have_all.set() if len(recorder.messages) >= 30 else None) as (
        recorder
    ):
        home = make_home(tmp_path / "home", relay_port=recorder.port)
        issue = _freeze(home, 30)
        other = HomeFolder(tmp_path / "other")
        for name in ("config", "data"):
            shutil.move(home.path / name, other.path / name)
        worker = other.start("worker")
        assert have_all.wait(30)
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert not (other.path / "seeds").exists()
    assert not (other.path / "var" / "public").exists()
    with other.opened() as app, app.ledger.read() as tx:
        assert tx.deliveries.count_by_status(issue.key)[Status.SENT] == 30


def test_worker_without_its_secret_does_not_send(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", relay_port=9)
    _freeze(home, 1)
    (home.path / "data" / "secret").unlink()
    ran = home.run("worker")
    assert ran.returncode == 1
    assert "secret is missing" in ran.stderr
