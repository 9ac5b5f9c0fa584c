"""Draws docs/images: the sample paper's front page and its digest, by day and by night. `./run pictures`

The clock stands at the sample's own morning, so that the pictures change only with the paper, its look, and Chromium.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser

from publisher.clock import now
from publisher.domain import address
from tests.acceptance.site import Running, running
from tests.browser import chrome
from tests.browser.chrome import DESK, Look, Scheme, open_tab
from tests.browser.hands import Pointer
from tests.browser.paper import ROOT, find_mail, make_paper
from tests.browser.walk import Walk
from tests.homes import HomeFolder

IMAGES = ROOT / "docs" / "images"
MORNING = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # Monday, half past six in Brussels
LEAD, TITLE = "culture/le-kiosque-retrouve-sa-musique.md", "Le kiosque retrouve sa musique"
READER = "alice@example.org"
_ENDING: dict[Scheme, str] = {"light": "", "dark": "-dark"}


@dataclass(frozen=True, slots=True)
class ClockedHome(HomeFolder):
    """A home whose processes live so much earlier."""

    back: timedelta

    def command(self, *arguments: str) -> list[str]:
        """A command line for this home at its time."""
        clocked = [sys.executable, "-m", "tests.browser.clocked", str(self.back.total_seconds())]
        return [*clocked, "--home", str(self.path), *arguments]


@contextmanager
def _start(folder: Path) -> Iterator[Running]:
    """The sample paper on its morning, without the article that will lead it."""
    home, port = make_paper(folder / "home")
    (home.path / "seeds" / LEAD).rename(folder / "lead.md")
    for path in folder.rglob("*.*"):
        os.utime(path, (MORNING.timestamp() - 3600,) * 2)
    with running(ClockedHome(home.path, back=now() - MORNING), port) as process:
        process.wait_until_ready()
        yield process


async def draw(folder: Path) -> list[Path]:
    """Walk to the digest, and take each picture twice."""
    with _start(folder) as live:
        async with chrome.launch() as browser:
            await _walk(browser, live, lead=folder / "lead.md")
            framed = f"{address.mail(find_mail(live.home, READER).key)}/html"
            return [
                await _draw(browser, live, path, name=name, look=Look(width, scheme), height=height)
                for name, path, width, height in (("site", "/", 1200, 1090), ("digest", framed, 640, 1012))
                for scheme in _ENDING
            ]


async def _walk(browser: Browser, live: Running, *, lead: Path) -> None:
    async with open_tab(browser, DESK) as tab:
        walk = Walk(tab.page, live, Pointer(), READER)
        await walk.sign_up()
        await walk.confirm()
        shutil.move(lead, live.home.path / "seeds" / LEAD)
        await walk.send(TITLE)
        await walk.open_mail(TITLE)


async def _draw(browser: Browser, live: Running, path: str, *, name: str, look: Look, height: int) -> Path:
    file = IMAGES / f"{name}{_ENDING[look.scheme]}.png"
    async with open_tab(browser, look, height=height, scale=1.25) as tab:
        await tab.page.goto(f"http://127.0.0.1:{live.port}{path}", wait_until="networkidle")
        await tab.page.screenshot(path=file)
    return file


def main() -> None:
    """Draw them all, and say how large they are."""
    if not chrome.EXECUTABLE:
        sys.exit(f"pictures: {chrome.MISSING}")
    with TemporaryDirectory() as folder:
        for file in asyncio.run(draw(Path(folder))):
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB")  # noqa: T201


if __name__ == "__main__":
    main()
