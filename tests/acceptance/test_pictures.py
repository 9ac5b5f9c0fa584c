"""Pictures from the folder to readers: what the site serves, what mail shows, what becomes of both."""

from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from PIL import Image
from starlette.testclient import TestClient

from publisher.jobs import issuing
from publisher.jobs.looking import preview
from publisher.jobs.publishing import publish
from publisher.web import build_web
from publisher.web.state import State
from tests.folders import HOUR, NOW, TRAM, Desk, open_desk, public_files
from tests.homes import HTTPS, make_home, subscribe
from tests.pictures import make_animation, make_photo, paint, read, save

WIDE = make_photo(width=1600, height=800, orientation=6)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


@pytest.fixture
def site(desk: Desk) -> TestClient:
    return TestClient(build_web(State(desk.app)), base_url=HTTPS)


def put_tram(desk: Desk, **pictures: bytes) -> None:
    """An article that shows those pictures, the first one also above."""
    names = {name.replace("_", "."): data for name, data in pictures.items()}
    for name, data in names.items():
        desk.put(name, data)
    shown = "".join(f"\n![What {name} shows]({name})\n" for name in names)
    desk.put("tram.md", f"---\nimage: {next(iter(names))}\n---\n{TRAM}{shown}")
    desk.read(HOUR)


def mail_pictures(desk: Desk) -> list[lxml.html.HtmlElement]:
    """The pictures of the morning's digest."""
    coming = issuing.prepare_manual(desk.app, desk.app.get_newsletter("daily"), now=NOW + 2 * HOUR)
    variant = preview(desk.app, coming).variant
    found: list[lxml.html.HtmlElement] = lxml.html.document_fromstring(variant.html).xpath("//img")
    return found


def fetch(site: TestClient, url: str) -> Image.Image:
    """The picture that a reader gets there, of the type that the site says."""
    answer = site.get(url)
    assert answer.status_code == 200
    found = read(answer.content)
    assert answer.headers["content-type"] == f"image/{(found.format or '').lower()}"
    return found


def test_published_photo_tells_no_place(desk: Desk, site: TestClient) -> None:
    put_tram(desk, stop_jpg=WIDE)
    (image,) = desk.get("tram.md").images
    published = fetch(site, image.address)
    assert dict(published.getexif()) == {0x0112: 6}
    assert (image.width, image.height) == (800, 1600)
    assert f'width="{image.width}" height="{image.height}"' in site.get("/articles/2026/11/tram").text
    assert not desk.is_public("secret place")


def test_mail_shows_a_smaller_upright_photo(desk: Desk, site: TestClient) -> None:
    put_tram(desk, stop_jpg=WIDE)
    (shown,) = mail_pictures(desk)
    found = fetch(site, shown.get("src"))
    assert found.size == (800, 1600)
    assert (shown.get("width"), shown.get("height")) == ("552", "1104")
    assert (shown.get("alt"), dict(found.getexif())) == ("What stop.jpg shows", {})


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_mail_shows_moving_pictures_still(desk: Desk, site: TestClient, kind: str) -> None:
    put_tram(desk, stop_png=make_animation(kind, frames=4))
    (shown,) = mail_pictures(desk)
    assert getattr(fetch(site, shown.get("src")), "n_frames", 1) == 1
    (image,) = desk.get("tram.md").images
    assert getattr(fetch(site, image.address), "n_frames", 1) == 4


def test_mail_shows_plain_pictures_as_they_are(desk: Desk, site: TestClient) -> None:
    put_tram(desk, stop_png=save(paint(), "PNG"))
    (shown,) = mail_pictures(desk)
    assert shown.get("src") == HTTPS + desk.get("tram.md").images[0].address
    assert fetch(site, shown.get("src")).size == (64, 40)


def test_feeds_and_issue_pages_keep_the_original(desk: Desk, site: TestClient) -> None:
    put_tram(desk, stop_jpg=WIDE)
    subscribe(desk.app, ["alice@example.net"], now=NOW)
    issuing.reckon(desk.app, now=NOW + 13 * HOUR)
    desk.read(14 * HOUR)
    (image,) = desk.get("tram.md").images
    for path in ("/feeds/main.rss", "/feeds/main.atom", "/issues/daily/2026-11-23T0700", "/articles/2026/11/tram"):
        page = site.get(path).text
        assert (image.address in page, image.mail_address in page) == (True, False)


def test_mail_copy_goes_with_its_picture(desk: Desk) -> None:
    put_tram(desk, stop_jpg=WIDE)
    assert sum(name.startswith("images/") for name in public_files(desk.home)) == 2
    desk.remove("tram.md")
    desk.read(2 * HOUR)
    assert not [name for name in public_files(desk.home) if name.startswith("images/")]


def test_rebuilt_pictures_have_the_same_addresses(desk: Desk) -> None:
    put_tram(desk, stop_jpg=WIDE, square_webp=make_photo("WEBP"))
    before = public_files(desk.home)
    publish(desk.app, now=NOW + HOUR, is_full=True)
    assert public_files(desk.home) == before


def test_heavy_pictures_are_allowed_below_their_own_limit(desk: Desk, site: TestClient) -> None:
    heavy = save(Image.effect_noise((1600, 1500), 90), "PNG", compress_level=1)
    assert len(heavy) > desk.app.settings.seeds.max_size
    put_tram(desk, stop_png=heavy)
    (shown,) = mail_pictures(desk)
    assert len(site.get(shown.get("src")).content) < len(heavy) / 2
