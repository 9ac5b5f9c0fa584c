"""The ground that all faults of a run stand on: a folder, a nest, a database server, and homes with people in them."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.clock import now
from publisher.settings import DatabasePart
from publisher.store import Ledger
from publisher.store.migrate import upgrade
from tests.homes import DATABASE, HTTPS, RELAY, SETTINGS, HomeFolder, look, make_home, subscribe
from tests.postgres import Databases, running_server
from tests.torture.nest import Nest

SQLITE, POSTGRESQL = KINDS = ("sqlite", "postgresql")
HASTE = 20.0
_LEAD = timedelta(hours=1)


class MissingError(Exception):
    """Something that a fault needs is not on this machine: what, in a word or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A home with people, to be copied; `url` is its database on a server, or empty."""

    home: HomeFolder
    people: tuple[str, ...]
    url: str


class Ground:
    """Opened once for a run; servers and patterns are made when the first fault asks for them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._numbers = count(1)
        self._nests: dict[float, Nest] = {}
        self._databases: Databases | None = None
        self._patterns: dict[tuple[str, int], Pattern] = {}

    def nest(self, haste: float = HASTE) -> Nest:
        """The nest of that haste."""
        if haste not in self._nests:
            self._nests[haste] = self._stack.enter_context(Nest(haste=haste))
        return self._nests[haste]

    @property
    def databases(self) -> Databases:
        """The PostgreSQL server of this run."""
        if self._databases is None:
            self._databases = self._stack.enter_context(closing(Databases(self._stack.enter_context(running_server()))))
        return self._databases

    def make_folder(self) -> Path:
        """A folder of its own."""
        path = self.folder / str(next(self._numbers))
        path.mkdir()
        return path

    def make_home(
        self, kind: str, *, people: int, port: int, connections: int, more: str = ""
    ) -> tuple[HomeFolder, str]:
        """A home with so many readers of `daily`, and the URL of its database on a server ("" on SQLite)."""
        pattern = self._find_pattern(kind, people)
        home, url = HomeFolder(self.make_folder() / "home"), ""
        shutil.copytree(pattern.home.path, home.path)
        if kind == POSTGRESQL:
            url = self.databases.make(like=pattern.url)
            self.databases.make_durable(url)
        write_settings(home, port=port, connections=connections, url=url, more=more)
        return home, url

    def make_twin(self, home: HomeFolder) -> HomeFolder:
        """The same paper as another machine has it: the same settings and secret, a `var` of its own."""
        twin = HomeFolder(self.make_folder() / "home")
        for name in ("config", "seeds"):
            shutil.copytree(home.path / name, twin.path / name)
        (twin.path / "data").mkdir()
        shutil.copy(home.path / "data" / "secret", twin.path / "data" / "secret")
        if (home.path / "data" / "publisher.db").exists():
            settings = twin.path / "config" / "publisher.toml"
            shared = f'[database]\nurl = "sqlite:///{home.path / "data" / "publisher.db"}"\n'
            settings.write_text(settings.read_text(encoding="utf-8").replace("[database]\n", shared), encoding="utf-8")
        return twin

    def drop(self, url: str) -> None:
        """Drop a home's database."""
        if url:
            self.databases.drop(url)

    def _find_pattern(self, kind: str, people: int) -> Pattern:
        if (kind, people) not in self._patterns:
            self._patterns[kind, people] = self._make_pattern(kind, people)
        return self._patterns[kind, people]

    def _make_pattern(self, kind: str, people: int) -> Pattern:
        url = self.databases.make() if kind == POSTGRESQL else ""
        if url:
            with closing(Ledger(url, home=Path("/"))) as ledger:
                upgrade(ledger)
        home = make_home(self.make_folder() / "home", more=DATABASE.format(url=url) if url else "")
        emails = tuple(f"reader{number}@example{number % 7}.net" for number in range(people))
        with home.opened() as app:
            look(app, now() - _LEAD)  # so that its lease of the folder is over for the copies
            subscribe(app, emails, now=now() - _LEAD)
        return Pattern(home=home, people=emails, url=url)

    def people(self, kind: str, number: int) -> tuple[str, ...]:
        """Who is in a home with so many."""
        return self._find_pattern(kind, number).people


def write_settings(
    home: HomeFolder, *, port: int, connections: int, url: str, more: str = "", tls: str = "none", web_port: int = 0
) -> None:
    """Write a home's settings; the disk's floor is left to the fault that is about it."""
    has_floor = "floor" in DatabasePart.model_fields
    database = "\n[database]\n" + (f'url = "{url}"\n' if url else "") + ('floor = "0"\n' if has_floor else "")
    relay = RELAY.format(port=port, connections=connections).replace('"none"', f'"{tls}"')
    text = SETTINGS.format(url=HTTPS, port=web_port) + relay
    (home.path / "config" / "publisher.toml").write_text(text + database + more, encoding="utf-8")


@contextmanager
def open_ground() -> Iterator[Ground]:
    """A ground in a folder of its own, gone at the end with all that was started on it."""
    with TemporaryDirectory(prefix="torture-", ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        yield Ground(Path(folder), stack)
