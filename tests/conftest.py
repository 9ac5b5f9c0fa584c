"""Fixtures that all tests share: the moment, the keys, and a fresh ledger on every engine that there is."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from publisher.domain.token import Keys
from publisher.store import Ledger
from publisher.store.migrate import upgrade
from tests import factories

ENGINES = ("sqlite",)

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
def make_empty_url(engine: str, tmp_path_factory: pytest.TempPathFactory) -> MakeUrl:
    """Makes a database without any table; gives its URL."""
    folder, numbers = tmp_path_factory.mktemp(engine), count(1)
    return lambda: f"sqlite:///{folder / f'{next(numbers)}.db'}"


@pytest.fixture(scope="session")
def make_url(make_empty_url: MakeUrl, tmp_path_factory: pytest.TempPathFactory) -> MakeUrl:
    """Makes a database with this version's tables, each a copy of one that was migrated; gives its URL."""
    pattern = tmp_path_factory.mktemp("pattern") / "publisher.db"
    with closing(Ledger(f"sqlite:///{pattern}", home=Path("/"))) as ledger:
        upgrade(ledger)

    def copy() -> str:
        url = make_empty_url()
        shutil.copyfile(pattern, url.removeprefix("sqlite:///"))
        return url

    return copy


@pytest.fixture(scope="session")
def make_ledger(make_url: MakeUrl) -> Iterator[MakeLedger]:
    """Opens fresh ledgers, for tests that need many."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Ledger(make_url(), home=Path("/"))))


@pytest.fixture
def ledger_url(make_url: MakeUrl) -> str:
    """The database of `ledger`, for tests that open it a second time."""
    return make_url()


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A fresh ledger with this version's tables."""
    with closing(Ledger(ledger_url, home=Path("/"))) as opened:
        yield opened
