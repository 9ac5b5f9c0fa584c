"""What a browser shows of a podcast, and of a part of an archive (F19)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher import share
from publisher.domain.feed import Feed, Format, Podcast
from publisher.feeds import build
from publisher.pages import Site, render_feed_stylesheet
from publisher.templating import Templates
from tests.browser.chrome import Tab
from tests.browser.test_feed_page import serving
from tests.browser.test_feeds import EXPLANATION, SEEN
from tests.feed_documents import SOUND, make_article, make_document

pytestmark = pytest.mark.asyncio(loop_scope="session")

XML = pytest.mark.parametrize("form", ["rss", "atom"])
RADIO = Feed(name="radio", title="Radio", podcast=Podcast(image="https://gazette.example/c.jpg", category="News"))
EVENING = datetime(2026, 11, 21, 23, tzinfo=UTC)  # a paper further east dates its article of then to the 22nd
DOCUMENTS = {
    "podcast": make_document(make_article(enclosure=SOUND, published_at=EVENING), feed=RADIO),
    "part": make_document(make_article(), part="2026-11"),
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where all of these are served."""
    folder = tmp_path_factory.mktemp("styles")
    _write_all(folder)
    with serving(folder) as address:
        yield address


def _write_all(folder: Path) -> None:
    publication = DOCUMENTS["part"].publication
    templates = Templates(None, share.find_folder("templates"))
    site = Site(publication=publication, feeds=(), newsletters=(), templates=templates)
    (folder / "feed.css").write_bytes(render_feed_stylesheet(site))
    for name, document in DOCUMENTS.items():
        for form in (Format.RSS, Format.ATOM):
            (folder / f"{name}.{form}.xml").write_bytes(build(document, form))


@XML
async def test_f19_episode_has_one_title(tab: Tab, address: str, form: str) -> None:
    await tab.page.goto(f"{address}/podcast.{form}.xml")
    seen = await tab.page.evaluate(SEEN)
    assert [name for name in seen if name in {"title", "itunes:title"}] == [
        "title",
        "title",
    ]  # the feed's, the episode's


@XML
async def test_f19_moment_is_shown_whole(tab: Tab, address: str, form: str) -> None:
    await tab.page.goto(f"{address}/podcast.{form}.xml")
    width = "one => { const inside = document.createRange(); inside.selectNodeContents(one);"
    width += " return one.clientWidth >= inside.getBoundingClientRect().width }"
    assert await tab.page.locator("pubDate, published").evaluate(width)


@XML
async def test_f19_part_leads_to_its_feed(tab: Tab, address: str, form: str) -> None:
    await tab.page.goto(f"{address}/part.{form}.xml")
    text, *_ = await tab.page.evaluate(EXPLANATION)
    assert text.startswith('"Ceci est une partie des archives')
    assert await tab.page.locator("[rel=current]").is_visible()
