"""Fixtures that all tests share: the moment, the keys, and a fresh ledger on every engine that there is."""

import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from publisher.domain.token import Keys
from publisher.store import Ledger
from publisher.store.migrate import upgrade
from tests import factories
from tests.postgres import Databases, running_server

ENGINES = ("sqlite", "postgresql")
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
_OPEN = 4

MakeUrl = Callable[[], str]
MakeLedger = Callable[[], Ledger]

settings.register_profile("suite", deadline=None, print_blob=True)
settings.load_profile("suite")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped, a line a reason."""
    skipped = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
    for reason, number in skipped.items():
        terminalreporter.write_line(f"{number} skipped: {reason.removeprefix('Skipped: ')}")


@pytest.fixture
def now() -> datetime:
    """The moment at which tests play."""
    return factories.NOW


@pytest.fixture
def keys() -> Keys:
    """The secrets of the ledger, a new one and an old one."""
    return factories.KEYS


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The kind of database that the contract is tried on."""
    return str(request.param)


@pytest.fixture(scope="session")
def server() -> Iterator[Databases]:
    """A PostgreSQL server of this run."""
    with running_server() as url, closing(Databases(url)) as databases:
        yield databases


@pytest.fixture(scope="session")
def pattern_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite ledger with this version's tables, to be copied."""
    path = tmp_path_factory.mktemp("pattern") / "publisher.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def pattern_database(server: Databases) -> str:
    """A PostgreSQL ledger with this version's tables, to be copied."""
    url = server.make()
    _migrate(url)
    return url


def _migrate(url: str) -> None:
    with closing(Ledger(url, home=Path("/"))) as ledger:
        upgrade(ledger)


@pytest.fixture(scope="session")
def databases(engine: str, request: pytest.FixtureRequest) -> Databases | None:
    """The server of that engine; none for files."""
    found: Databases | None = request.getfixturevalue("server") if engine == "postgresql" else None
    return found


@pytest.fixture(scope="session")
def make_empty_url(databases: Databases | None, tmp_path_factory: pytest.TempPathFactory) -> MakeUrl:
    """Makes a database without any table; gives its URL."""
    if databases:
        return databases.make
    folder, numbers = tmp_path_factory.mktemp("sqlite"), count(1)
    return lambda: f"sqlite:///{folder / f'{next(numbers)}.db'}"


@pytest.fixture(scope="session")
def make_url(databases: Databases | None, make_empty_url: MakeUrl, request: pytest.FixtureRequest) -> MakeUrl:
    """Makes a database with this version's tables, each a copy of one that was migrated; gives its URL."""
    if databases:
        pattern: str = request.getfixturevalue("pattern_database")
        return lambda: databases.make(like=pattern)
    file: Path = request.getfixturevalue("pattern_file")

    def copy() -> str:
        url = make_empty_url()
        shutil.copyfile(file, url.removeprefix("sqlite:///"))
        return url

    return copy


@pytest.fixture(scope="session")
def make_ledger(databases: Databases | None, make_url: MakeUrl) -> Iterator[MakeLedger]:
    """Opens fresh ledgers, for tests that need many; only the last few stay open."""
    opened: deque[tuple[str, Ledger]] = deque()

    def close_first() -> None:
        url, ledger = opened.popleft()
        ledger.close()
        if databases:
            databases.drop(url)

    def open_next() -> Ledger:
        url = make_url()
        opened.append((url, Ledger(url, home=Path("/"))))
        if len(opened) > _OPEN:
            close_first()
        return opened[-1][1]

    yield open_next
    while opened:
        close_first()


@pytest.fixture
def ledger_url(databases: Databases | None, make_url: MakeUrl) -> Iterator[str]:
    """The database of `ledger`, for tests that open it a second time."""
    url = make_url()
    yield url
    if databases:
        databases.drop(url)


@pytest.fixture
def empty_url(databases: Databases | None, make_empty_url: MakeUrl) -> Iterator[str]:
    """A database without any table, for a home that is to start with it."""
    url = make_empty_url()
    yield url
    if databases:
        databases.drop(url)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A fresh ledger with this version's tables."""
    with closing(Ledger(ledger_url, home=Path("/"))) as opened:
        yield opened
