"""Every page that the site can show, as people and their tools meet it: axe-core, a narrow screen, one language."""

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.acceptance.site import Running
from tests.browser.axe import NOT_FOR_MAIL, find_violations
from tests.browser.chrome import DESK, NIGHT, PHONE, Look, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIXED = {
    "front": "/",
    "feeds": "/feeds",
    "subscribe": "/subscribe",
    "mailbox": "/mailbox",
    "missing": "/nowhere",
    "missing mail": "/mailbox/nowhere",
    "broken link": "/confirm/nothing",
}
MAILS = ("framed confirmation", "framed digest")
GETS = (
    *FIXED,
    *("rich article", "withdrawn article", "English article", "Dutch article", "issue"),
    *("confirm", "confirmed before", "preferences", "unsubscribe"),
    *("confirmation mail", "digest mail", *MAILS),
)
LOOKS = {"phone": PHONE, "desk": DESK, "night": NIGHT}


async def press(page: Page) -> None:
    await page.locator("main button").click()


async def forget_the_newsletter(page: Page) -> None:
    await page.get_by_label("Votre adresse").fill("erin@example.net")
    await press(page)


async def mistype(page: Page) -> None:
    await page.get_by_label("Votre adresse").fill("erin@example")
    await page.get_by_label("Le matin").check()
    await press(page)


async def sign_up(page: Page) -> None:
    await page.get_by_label("Votre adresse").fill("erin@example.net")
    await page.get_by_label("Le matin").check()
    await press(page)


async def ask_for_dutch(page: Page) -> None:
    await page.get_by_label("Langue").select_option("nl")
    await press(page)


# A page behind a form's button: where the form is, and what is done there.
ANSWERS: dict[str, tuple[str, Callable[[Page], Awaitable[None]]]] = {
    "no newsletter": ("subscribe", forget_the_newsletter),
    "no address": ("subscribe", mistype),
    "check your inbox": ("subscribe", sign_up),
    "confirmed": ("confirmed", press),
    "saved in Dutch": ("saved preferences", ask_for_dutch),
    "unsubscribed": ("unsubscribed", press),
}


class Shown(NamedTuple):
    """A page by its name, in a tab."""

    name: str
    tab: Tab

    @property
    def page(self) -> Page:
        return self.tab.page


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=[*GETS, *ANSWERS])
async def shown(request: pytest.FixtureRequest, tab: Tab, live: Running, paths: dict[str, str]) -> Shown:
    name = str(request.param)
    place, act = ANSWERS.get(name, (name, None))
    await tab.page.goto(f"http://127.0.0.1:{live.port}{(FIXED | paths)[place]}")
    if act:
        await act(tab.page)
    return Shown(name, tab)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_page_has_no_violation(shown: Shown, look: Look) -> None:
    await shown.tab.wear(look)
    assert await find_violations(shown.page, without=NOT_FOR_MAIL if shown.name in MAILS else ()) == []


async def test_page_fits_a_phone(shown: Shown) -> None:
    await shown.tab.wear(PHONE)
    assert await shown.page.evaluate("() => document.scrollingElement.scrollWidth") == PHONE.width


# Words that only stand in the wrong place when they stand in a text of that language.
FOREIGN = {
    "fr": r"\b(the|your|you|and|of|is|are|with|this|was|please|there|read|het|een|voor|niet)\b",
    "en": r"\b(le|les|des|et|une|pour|dans|vous|votre|het|een|voor|niet)\b",
    "nl": r"\b(the|your|and|with|this|les|des|et|une|pour|vous|votre)\b",
}
# What a page says, each piece with the language that it is said to be in. Left out: an article's <title>,
# which holds its own language and ours, and a mail's headers and source, which are in none.
SAID = """() => {
  const said = [], skipped = '[translate=no], [hidden], script, style, title, option:not(:checked)';
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    const element = node.nodeType === 1 ? node : node.parentElement;
    if (element.closest(skipped)) continue;
    const names = ['alt', 'title', 'aria-label', 'placeholder'];
    const words = node === element ? names.map(name => node.getAttribute(name) ?? '').join(' ') : node.data;
    if (words.trim()) said.push([element.closest('[lang]').lang, words.trim()]);
  }
  return said;
}"""


async def test_page_speaks_its_language(shown: Shown) -> None:
    said = await shown.page.evaluate(SAID)
    assert len(said) > 5
    assert [line for language, line in said if re.search(FOREIGN[language], line, re.IGNORECASE)] == []
