"""Home folders for tests: settings, seeds, subscribers, and the command line as a process of its own."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.app import App, open_app
from publisher.jobs import issuing
from publisher.jobs.reading import Look, read_folder
from publisher.subscriptions import Request, add_confirmed

SETTINGS = """
[publication]
title = "La Gazette"
url = "{url}"
language = "en"
languages = ["en", "fr"]
timezone = "Europe/Brussels"
postal_address = "La Gazette, 3 Church Street, Walhain"
[seeds]
quiet = 0.05
[mail]
from = "La Gazette <gazette@example.org>"
[feeds.main]
title = "La Gazette"
[newsletters.daily]
title = "The morning"
schedule = "0 7 * * mon-fri"
[web]
port = {port}
"""
RELAY = """
[relays.main]
host = "127.0.0.1"
port = {port}
tls = "none"
connections = {connections}
"""
DATABASE = """
[database]
url = "{url}"
"""
HTTPS = "https://gazette.example.org"


@dataclass(frozen=True, slots=True)
class HomeFolder:
    """A home on disk."""

    path: Path

    def write_seed(self, name: str, text: str) -> Path:
        """Put a file into the folder, whole."""
        path = self.path / "seeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_name(f".{path.name}.part")
        staged.write_text(text, encoding="utf-8")
        return staged.replace(path)

    @contextmanager
    def opened(self) -> Iterator[App]:
        """The App of this home."""
        with open_app(self.path) as app:
            yield app

    def command(self, *arguments: str) -> list[str]:
        """A command line for this home."""
        return [sys.executable, "-m", "publisher", "--home", str(self.path), "--debug", *arguments]

    def run(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=timeout, check=False)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command that stays."""
        return subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def make_home(
    path: Path, *, relay_port: int | None = None, connections: int = 4, url: str = HTTPS, port: int = 0, more: str = ""
) -> HomeFolder:
    """A home whose mail goes to a relay on this machine; without one, and with a loopback url, into the mailbox."""
    relay = RELAY.format(port=relay_port, connections=connections) if relay_port else ""
    (path / "config").mkdir(parents=True)
    (path / "seeds").mkdir()
    settings = SETTINGS.format(url=url, port=port) + relay + more
    (path / "config" / "publisher.toml").write_text(settings, encoding="utf-8")
    return HomeFolder(path)


def look(app: App, now: datetime) -> Look:
    """One look at the folder by hand, with the schedules noted."""
    issuing.see_schedules(app, now=now)
    return read_folder(app, now=now)


def subscribe(app: App, emails: Sequence[str], *, now: datetime, newsletter: str = "daily") -> None:
    """Add confirmed subscribers."""
    with app.ledger.write() as tx:
        for email in emails:
            wish = Request(email=email, newsletters=(newsletter,), source="a list of the tests")
            add_confirmed(tx, wish, keys=app.keys, consent_at=now, now=now)
