"""The steps of the README's first walk, as somebody takes them in a browser."""

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from publisher.mail import Maildir
from tests.acceptance.site import Running, wait_for
from tests.browser.hands import Hand


@dataclass(frozen=True, slots=True)
class Walk:
    """Somebody in front of the paper that she has started."""

    page: Page
    live: Running
    hand: Hand
    email: str

    async def sign_up(self) -> None:
        """On the front page: an address, Le matin, S’abonner."""
        await self.go("/")
        await self.hand.fill(self.page.get_by_label("Votre adresse"), self.email)
        await self.hand.tick(self.page.get_by_label("Le matin"))
        await self.hand.use(self.page.get_by_role("button", name="S’abonner"))
        await _says(self.page, "Regardez votre boîte aux lettres")

    async def confirm(self) -> None:
        """The confirmation's link, and the button behind it."""
        await self.open_mail("confirmez votre abonnement")
        page = await self.follow("Confirmer mon abonnement")
        await self.hand.use(page.get_by_role("button", name="Confirmer mon abonnement"))
        await _says(page, "Vous êtes abonné")

    async def send(self, title: str) -> None:
        """Once the front page has what was dropped, `send daily` in a second terminal."""
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
        await _says(page, "Votre désabonnement est fait")

    async def open_mail(self, subject: str) -> None:
        """The newest mail to her, out of the mailbox."""
        wait_for(lambda: subject in self._newest_subject())
        await self.go("/mailbox")
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

    async def go(self, path: str) -> None:
        """Open an address of the paper."""
        await self.page.bring_to_front()
        await self.page.goto(f"http://127.0.0.1:{self.live.port}{path}")

    def _newest_subject(self) -> str:
        filed = Maildir(self.live.home.path / "var" / "mailbox").list_messages()
        return next((one.subject for one in filed if self.email in one.to), "")


async def _says(page: Page, title: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
