"""The list of feeds of a large paper on the open web, as a browser draws it."""

import functools
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from publisher import share
from publisher.domain.feed import Feed
from publisher.domain.publication import Publication
from publisher.domain.topic import Kind, Topic, to_slug
from publisher.pages import (
    Site,
    feed_of_issues,
    feed_of_topic,
    group_feeds,
    render_feed_list,
    render_stylesheet,
)
from publisher.templating import Templates
from tests.browser.axe import find_violations
from tests.browser.chrome import DESK, NIGHT, PHONE, Look, Tab, open_tab
from tests.browser.hands import Keyboard
from tests.factories import make_newsletter

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS = {"phone": PHONE, "desk": DESK, "night": NIGHT}
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
NAMES = {
    Kind.SECTION: ("Culture", "Nature", "Sport", "Ville"),
    Kind.LANGUAGE: ("fr", "nl", "en", "ar"),
    Kind.TAG: (LONG, *(f"Chemin {number}" for number in range(1, 40))),
    Kind.AUTHOR: ("Basile Quertin", "نجيب محفوظ", "Odile Marchal"),
}


def make_site() -> Site:
    return Site(
        publication=Publication(title="La Gazette", url="https://gazette.example", language="fr"),
        feeds=(Feed(name="main", title="La Gazette"), Feed(name="sport", title="La Gazette – Sport")),
        newsletters=(make_newsletter(title="Le matin"), make_newsletter(name="weekly", title="La semaine")),
        templates=Templates(None, share.find_folder("templates")),
    )


def write_paper(folder: Path) -> None:
    site = make_site()
    topics = (Topic(kind=kind, slug=to_slug(name), name=name) for kind, names in NAMES.items() for name in names)
    issues = (feed_of_issues(site.publication, newsletter) for newsletter in site.newsletters)
    feeds = [*site.feeds, *issues, *(feed_of_topic(site.publication, topic) for topic in topics)]
    (folder / "feeds.html").write_bytes(render_feed_list(site, group_feeds(feeds)))
    (folder / "style.css").write_bytes(render_stylesheet(site))


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a folder, until the block ends."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page."""
    folder = tmp_path_factory.mktemp("feeds")
    write_paper(folder)
    with serving(folder) as address:
        yield f"{address}/feeds.html"


@pytest_asyncio.fixture(loop_scope="session")
async def opened(chromium: Browser, served: str) -> AsyncIterator[Tab]:
    async with open_tab(chromium, PHONE) as tab:
        await tab.page.goto(served)
        yield tab


async def unfold(page: Page) -> None:
    await page.locator("summary").click()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_feed_page_has_no_violation(opened: Tab, look: Look) -> None:
    await opened.wear(look)
    await unfold(opened.page)
    assert await find_violations(opened.page) == []
    assert opened.problems == []


async def test_feed_page_fits_a_phone(opened: Tab) -> None:
    await unfold(opened.page)
    assert await opened.page.evaluate("() => document.scrollingElement.scrollWidth") == PHONE.width


async def test_keyboard_unfolds_a_group(opened: Tab) -> None:
    hand, link = Keyboard(), opened.page.get_by_role("link", name="Chemin 1, Atom", exact=True)
    await hand.use(opened.page.locator("summary"))
    await hand.tick(link)
    assert await link.is_visible()


async def test_keyboard_marks_the_address(opened: Tab) -> None:
    await Keyboard().fill(opened.page.get_by_label("Ou copiez son adresse"), "")
    assert await opened.page.evaluate("() => getSelection().toString()") == "https://gazette.example/feeds/main.atom"


async def test_one_click_marks_an_address(opened: Tab) -> None:
    await opened.page.locator("code", has_text="sections/ville").last.click()
    marked = await opened.page.evaluate("() => getSelection().toString()")
    assert marked == "https://gazette.example/feeds/sections/ville.atom"
