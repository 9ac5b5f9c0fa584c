"""Our mails by themselves, as a mail program without any rule of its own would draw them."""

import pytest
import pytest_asyncio

from tests.acceptance.site import Running
from tests.browser import paper
from tests.browser.axe import NOT_FOR_MAIL, find_violations
from tests.browser.chrome import NIGHT, PHONE, Look, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS = {"phone": PHONE, "sheet": Look(600, "light"), "night": NIGHT}
READERS = {"confirmation": paper.PENDING[0], "digest": paper.CONFIRMED[0]}
_GROUND = "() => getComputedStyle(document.querySelector('.sheet')).backgroundColor"


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=READERS)
async def mail(
    request: pytest.FixtureRequest, tab: Tab, live: Running, tmp_path_factory: pytest.TempPathFactory
) -> Tab:
    """A mail's HTML as a file."""
    file = tmp_path_factory.mktemp("mail") / f"{request.param}.html"
    file.write_text(paper.find_mail(live.home, READERS[request.param]).html, encoding="utf-8")
    await tab.page.goto(file.as_uri())
    return tab


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_mail_has_no_violation(mail: Tab, look: Look) -> None:
    await mail.wear(look)
    assert await find_violations(mail.page, without=NOT_FOR_MAIL) == []


async def test_mail_fits_a_phone(mail: Tab) -> None:
    await mail.wear(PHONE)
    assert await mail.page.evaluate("() => document.scrollingElement.scrollWidth") == PHONE.width


async def test_mail_has_a_night_side(mail: Tab) -> None:
    await mail.wear(PHONE)
    by_day = await mail.page.evaluate(_GROUND)
    await mail.wear(NIGHT)
    assert await mail.page.evaluate(_GROUND) != by_day


async def test_mail_fetches_only_what_is_ours(mail: Tab) -> None:
    assert mail.problems == []
