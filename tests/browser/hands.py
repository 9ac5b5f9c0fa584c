"""Two ways to work a page: with a pointer, and with a keyboard alone, looking for the focus at every stop."""

from dataclasses import dataclass
from typing import Protocol

from playwright.async_api import Locator

_STOPS = 120
# Whether the focus, where a document has it, is drawn and stands in the window. Inside a frame, the frame is asked.
_IS_SEEN = """() => {
  const focused = document.querySelector(':focus');
  if (!focused || focused === document.body || focused.tagName === 'IFRAME') return true;
  const style = getComputedStyle(focused), line = style.outlineStyle, box = focused.getBoundingClientRect();
  const isDrawn = line === 'auto' || (line !== 'none' && parseFloat(style.outlineWidth) >= 2);
  const isInside = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
  return focused.matches(':focus-visible') && isDrawn && isInside && box.width > 0;
}"""


class Hand(Protocol):
    """What does something to an element of a page."""

    async def use(self, target: Locator) -> None: ...
    async def tick(self, target: Locator) -> None: ...
    async def fill(self, target: Locator, text: str) -> None: ...


class Pointer:
    """A mouse or a finger, and a keyboard for words."""

    async def use(self, target: Locator) -> None:
        """Follow a link, press a button."""
        await target.click()

    async def tick(self, target: Locator) -> None:
        """Tick a box."""
        await target.click()

    async def fill(self, target: Locator, text: str) -> None:
        """Write into a field."""
        await target.click()
        await target.press_sequentially(text)


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Tab, Enter, Space and letters. Fails where a stop on the way shows no focus."""

    async def use(self, target: Locator) -> None:
        """Follow a link, press a button."""
        await _reach(target)
        await target.page.keyboard.press("Enter")

    async def tick(self, target: Locator) -> None:
        """Tick a box."""
        await _reach(target)
        await target.page.keyboard.press("Space")

    async def fill(self, target: Locator, text: str) -> None:
        """Write into a field."""
        await _reach(target)
        await target.page.keyboard.type(text)


async def _reach(target: Locator) -> None:
    page = target.page
    for _ in range(_STOPS):
        await page.keyboard.press("Tab")
        for frame in page.frames:
            assert await frame.evaluate(_IS_SEEN), await frame.evaluate("() => document.activeElement.outerHTML")
        if await target.evaluate("element => element.matches(':focus')"):
            return
    raise AssertionError(f"no Tab reaches {target}")
