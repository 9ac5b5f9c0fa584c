"""Debian's Chromium as the tests drive it: no network but this machine, and every complaint of its console kept."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response, Route, async_playwright

EXECUTABLE = shutil.which("chromium") or ""
MISSING = "there is no chromium: apt-get install chromium"
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_OUTSIDE = re.compile(r"^(?!http://127\.0\.0\.1:|file:|data:|about:)")
_PATIENCE = 10_000  # milliseconds
_LOOKED_INTO = "the 'allow-scripts' permission is not set"  # what a mail's frame says when a test asks it something

Scheme = Literal["light", "dark"]


class Look(NamedTuple):
    """How somebody looks at a page: the width of the window in pixels, and the colours that she likes."""

    width: int
    scheme: Scheme


PHONE, DESK, NIGHT = Look(375, "light"), Look(1280, "light"), Look(375, "dark")


@dataclass(eq=False)  # Playwright marks whoever listens, so that it can't be frozen
class Tab:
    """A tab and whatever has gone wrong in it: complaints, failed requests, requests that would leave this machine."""

    page: Page
    problems: list[str] = field(default_factory=list)

    async def wear(self, look: Look) -> None:
        """Show the page in another look."""
        await self.page.set_viewport_size({"width": look.width, "height": 900})
        await self.page.emulate_media(color_scheme=look.scheme)

    def watch(self) -> None:
        """Keep what goes wrong here and in the tabs that this one opens."""
        context = self.page.context
        context.on("console", self._note_console)
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_answer)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and _LOOKED_INTO not in message.text:
            self.problems.append(message.text)

    def _note_failure(self, request: Request) -> None:
        self.problems.append(f"{request.url}: {request.failure}")

    def _note_answer(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.url}: {response.status}")


@asynccontextmanager
async def launch() -> AsyncIterator[Browser]:
    """One Chromium until the block ends."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=EXECUTABLE, args=_FLAGS.split())
        yield browser
        await browser.close()


@asynccontextmanager
async def open_tab(
    browser: Browser, look: Look, *, height: int = 900, scale: float = 1, bypass_csp: bool = False
) -> AsyncIterator[Tab]:
    """A tab of a French reader with nothing remembered."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": height},
        device_scale_factor=scale,
        color_scheme=look.scheme,
        reduced_motion="reduce",
        locale="fr-BE",
        timezone_id="Europe/Brussels",
        bypass_csp=bypass_csp,
    )
    context.set_default_timeout(_PATIENCE)
    tab = Tab(await context.new_page())
    tab.watch()
    await context.route(_OUTSIDE, _refuse)
    yield tab
    await context.close()


async def _refuse(route: Route) -> None:
    await route.abort("addressunreachable")  # its tab notes the failure
