"""The newcomer's walk of the README in Chromium: on a phone, at a desk, and with a keyboard alone."""

from typing import NamedTuple

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.site import Running
from tests.browser.chrome import DESK, PHONE, Look, open_tab
from tests.browser.hands import Hand, Keyboard, Pointer
from tests.browser.walk import Walk

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Walker(NamedTuple):
    """How somebody walks, and by which name."""

    name: str
    look: Look
    hand: Hand


WALKERS = (Walker("pia", PHONE, Pointer()), Walker("dirk", DESK, Pointer()), Walker("keith", DESK, Keyboard()))


@pytest.mark.parametrize("walker", WALKERS, ids=["phone", "desk", "keyboard"])
async def test_newcomer_walks_to_the_end(chromium: Browser, live: Running, walker: Walker) -> None:
    title = f"Une note pour {walker.name}"
    async with open_tab(chromium, walker.look) as tab:
        walk = Walk(tab.page, live, walker.hand, f"{walker.name}@example.org")
        await walk.sign_up()
        await walk.confirm()
        live.home.write_seed(f"{walker.name}.md", f"# {title}\n\nQuelques mots pour voir.\n")
        await walk.send(title)
        await walk.open_mail(f"Le matin — {title}")
        await expect(walk.in_mail().get_by_role("heading", name=title)).to_be_visible()
        await walk.choose("culture")
        await walk.leave()
    assert tab.problems == []


async def test_first_stop_skips_to_the_content(chromium: Browser, live: Running) -> None:
    async with open_tab(chromium, DESK) as tab:
        await tab.page.goto(f"http://127.0.0.1:{live.port}/subscribe")
        await tab.page.keyboard.press("Tab")
        await tab.page.keyboard.press("Enter")
        await Keyboard().fill(tab.page.get_by_label("Votre adresse"), "k")
        assert tab.page.url.endswith("#main")


async def test_policy_stops_what_is_foreign(chromium: Browser, live: Running) -> None:
    async with open_tab(chromium, DESK) as tab:
        await tab.page.goto(f"http://127.0.0.1:{live.port}/")
        await tab.page.evaluate("() => document.body.setAttribute('style', 'color: red')")
        await tab.page.evaluate("() => { new Image().src = 'https://outside.example/pixel.png' }")
        await expect(tab.page.get_by_role("main")).to_be_visible()
    assert any("Content Security Policy" in problem for problem in tab.problems)
    assert any("outside.example" in problem for problem in tab.problems)
