"""The newcomer's walk of the README in Chromium: on a phone, at a desk, and with a keyboard alone."""

from dataclasses import dataclass
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from publisher.mail import Maildir
from tests.acceptance.site import Running, wait_for
from tests.browser.chrome import DESK, PHONE, Look, open_tab
from tests.browser.hands import Hand, Keyboard, Pointer

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Walker(NamedTuple):
    """How somebody walks, and by which name."""

    name: str
    look: Look
    hand: Hand


WALKERS = (Walker("pia", PHONE, Pointer()), Walker("dirk", DESK, Pointer()), Walker("keith", DESK, Keyboard()))


@dataclass(frozen=True, slots=True)
class Walk:
    """Somebody in front of the paper that she has started."""

    page: Page
    live: Running
    hand: Hand
    email: str

    async def sign_up(self) -> None:
        """On the front page: an address, Le matin, S’abonner."""
        await self._go("/")
        await self.hand.fill(self.page.get_by_label("Votre adresse"), self.email)
        await self.hand.tick(self.page.get_by_label("Le matin"))
        await self.hand.use(self.page.get_by_role("button", name="S’abonner"))
        await says(self.page, "Regardez votre boîte aux lettres")

    async def confirm(self) -> None:
        """The confirmation's link, and the button behind it."""
        await self.open_mail("confirmez votre abonnement")
        page = await self.follow("Confirmer mon abonnement")
        await self.hand.use(page.get_by_role("button", name="Confirmer mon abonnement"))
        await says(page, "Vous êtes abonné")

    async def send(self, title: str) -> None:
        """A note in the folder, once the front page has it, and `send daily`."""
        self.live.home.write_seed(f"{self.email}.md", f"# {title}\n\nQuelques mots pour voir.\n")
        wait_for(lambda: title in self.live.read("/"))
        sent = self.live.home.run("send", "daily")
        assert sent.returncode == 0, sent.stdout + sent.stderr

    async def choose(self, section: str) -> None:
        """From the digest to the preferences: one section, and no other."""
        page = await self.follow("Vos préférences")
        await self.hand.tick(page.get_by_label(section))
        await self.hand.use(page.get_by_role("button", name="Enregistrer"))
        await expect(page.get_by_role("status")).to_have_text("Enregistré.")
        await expect(page.get_by_label(section)).to_be_checked()

    async def leave(self) -> None:
        """From the digest to the end, with one button."""
        page = await self.follow("Se désabonner")
        await self.hand.use(page.get_by_role("button", name="Se désabonner"))
        await says(page, "Votre désabonnement est fait")

    async def open_mail(self, subject: str) -> None:
        """The newest mail to her, out of the mailbox."""
        wait_for(lambda: subject in self._newest_subject())
        await self._go("/mailbox")
        row = self.page.get_by_role("listitem").filter(has_text=self.email).filter(has_text=subject)
        await self.hand.use(row.get_by_role("link"))
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(subject)

    async def follow(self, words: str) -> Page:
        """A link of the mail that is shown; it opens a tab of its own."""
        await self.page.bring_to_front()
        async with self.page.context.expect_page() as opened:
            await self.hand.use(self.in_mail().get_by_role("link", name=words).first)
        page = await opened.value
        await page.wait_for_load_state()
        return page

    def in_mail(self) -> Locator:
        """The mail's HTML as it is shown in its frame."""
        return self.page.frame_locator("iframe").locator("body")

    async def _go(self, path: str) -> None:
        await self.page.bring_to_front()
        await self.page.goto(f"http://127.0.0.1:{self.live.port}{path}")

    def _newest_subject(self) -> str:
        filed = Maildir(self.live.home.path / "var" / "mailbox").list_messages()
        return next((one.subject for one in filed if self.email in one.to), "")


async def says(page: Page, title: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize("walker", WALKERS, ids=["phone", "desk", "keyboard"])
async def test_newcomer_walks_to_the_end(chromium: Browser, live: Running, walker: Walker) -> None:
    title = f"Une note pour {walker.name}"
    async with open_tab(chromium, walker.look) as tab:
        walk = Walk(tab.page, live, walker.hand, f"{walker.name}@example.org")
        await walk.sign_up()
        await walk.confirm()
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
