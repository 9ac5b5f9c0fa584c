"""A feed that somebody opens in a browser (F19): a page that can be read, with a word on what it is."""

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.acceptance.site import Running
from tests.browser.chrome import DESK, NIGHT, PHONE, Look, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS = {"phone": PHONE, "desk": DESK, "night": NIGHT}
ENOUGH = 4.5  # contrast that small letters need (WCAG 1.4.3)
# What can be seen: the name of each element that has letters of its own and a place.
SEEN = """() => [...document.querySelectorAll('*')]
  .filter(one => one.getClientRects().length && [...one.childNodes].some(node => node.data?.trim()))
  .map(one => one.tagName)"""
COLOURS = """() => [...document.querySelectorAll('*')]
  .filter(one => one.getClientRects().length)
  .map(one => [getComputedStyle(one).color, getComputedStyle(document.documentElement).backgroundColor])"""
EXPLANATION = """() => {
  const style = getComputedStyle(document.documentElement, '::before');
  return [style.content, style.color, style.backgroundColor];
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["rss", "atom"])
async def feed(request: pytest.FixtureRequest, tab: Tab, live: Running) -> Tab:
    tab.problems.clear()
    await tab.page.goto(f"http://127.0.0.1:{live.port}/feeds/main.{request.param}")
    return tab


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as computed styles write them (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = (int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_f19_feed_is_shown_as_a_page(feed: Tab) -> None:
    assert await feed.page.locator(":is(channel, feed) > title").is_visible()
    assert await feed.page.locator(":is(item, entry) > title", has_text="Un article riche en formes").is_visible()


async def test_f19_only_what_people_read_is_seen(feed: Tab) -> None:
    seen = set(await feed.page.evaluate(SEEN))
    assert seen <= {"title", "description", "subtitle", "summary", "link", "pubDate", "published"}
    assert len(seen) >= 4


async def test_f19_feed_explains_itself(feed: Tab) -> None:
    text, *_ = await feed.page.evaluate(EXPLANATION)
    assert text.startswith('"Ceci est un flux\N{NO-BREAK SPACE}: il apporte')


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_f19_all_of_it_can_be_read(feed: Tab, look: Look) -> None:
    await feed.wear(look)
    _, *explanation = await feed.page.evaluate(EXPLANATION)
    pairs = {tuple(pair) for pair in [*await feed.page.evaluate(COLOURS), explanation]}
    assert [pair for pair in pairs if contrast(*pair) < ENOUGH] == []


async def test_f19_night_is_dark(feed: Tab) -> None:
    grounds = []
    for look in (PHONE, NIGHT):
        await feed.wear(look)
        grounds.append((await feed.page.evaluate(COLOURS))[0][1])
    assert luminance(grounds[0]) > 0.9
    assert luminance(grounds[1]) < 0.1


async def test_f19_feed_fits_a_phone(feed: Tab) -> None:
    await feed.wear(PHONE)
    assert await feed.page.evaluate("() => document.documentElement.scrollWidth") == PHONE.width


async def test_f19_browser_has_no_complaint(feed: Tab) -> None:
    assert feed.problems == []


async def test_f19_letters_are_large_on_a_real_phone(chromium: Browser, live: Running) -> None:
    """It lays XML out 980 pixels wide, whatever its screen."""
    context = await chromium.new_context(viewport={"width": 375, "height": 800}, is_mobile=True)
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{live.port}/feeds/main.rss")
    width, size = await page.evaluate(
        "() => [innerWidth, parseFloat(getComputedStyle(document.documentElement).fontSize)]"
    )
    await context.close()
    assert size * PHONE.width / width > 16
