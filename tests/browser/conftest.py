"""One Chromium for all tests of this folder, and one paper, served by a process of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.acceptance.site import Running, running, wait_for
from tests.browser import chrome, paper


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Chromium, started once."""
    if not chrome.EXECUTABLE:
        pytest.skip(chrome.MISSING)
    async with chrome.launch() as browser:
        yield browser


@pytest.fixture(scope="session")
def live(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A filled paper's `publisher run`; nothing is made where no browser will look at it."""
    home, port = paper.make_paper(tmp_path_factory.mktemp("paper") / "home")
    paper.fill_paper(home)
    with running(home, port) as process:
        process.wait_until_ready()
        wait_for(lambda: all(email in process.read("/mailbox") for email in paper.PENDING))
        yield process


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tab(chromium: Browser) -> AsyncIterator[chrome.Tab]:
    """One tab for many pages: a new one for each would cost more than all that is looked at in it."""
    async with chrome.open_tab(chromium, chrome.DESK, bypass_csp=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def paths(live: Running) -> dict[str, str]:
    """Where the pages of the paper are, by name."""
    return paper.list_paths(live.home)
