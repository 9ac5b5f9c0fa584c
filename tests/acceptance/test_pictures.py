"""Pictures from the folder to readers: what the site serves, what mail shows, what becomes of both."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from PIL import Image
from starlette.testclient import TestClient

from publisher.digests import render_variant
from publisher.domain.article import Image as Found
from publisher.jobs import issuing
from publisher.jobs.publishing import publish
from publisher.jobs.reading import read_folder
from publisher.jobs.surveying import Watch
from publisher.web import build_web
from publisher.web.state import State
from tests.folders import HOUR, NOW, Desk, open_desk, public_files
from tests.homes import HTTPS, make_home, subscribe
from tests.pictures import make_animation, make_photo, paint, read, save

WIDE = make_photo(width=1600, height=800, orientation=6)


PICTURES = {
    "photo.jpg": WIDE,
    "plain.png": save(paint(), "PNG"),
    "heavy.png": save(Image.effect_noise((1600, 1500), 90), "PNG", compress_level=1),
    **{f"moving-{kind.lower()}.png": make_animation(kind, frames=4) for kind in ("GIF", "PNG", "WEBP")},
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


@pytest.fixture
def site(desk: Desk) -> TestClient:
    return browse(desk)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with an article of each picture, and the issue of the morning."""
    for desk in open_desk(make_home(tmp_path_factory.mktemp("paper") / "home")):
        for name, data in PICTURES.items():
            put_article(desk, name, data)
        desk.read(HOUR)
        subscribe(desk.app, ["alice@example.net"], now=NOW)
        issuing.reckon(desk.app, now=NOW + 13 * HOUR)
        publish(desk.app, now=NOW + 13 * HOUR)
        yield desk


def browse(desk: Desk) -> TestClient:
    return TestClient(build_web(State(desk.app)), base_url=HTTPS)


def put_article(desk: Desk, picture: str, data: bytes) -> None:
    """An article that shows that picture, also above."""
    name = picture.partition(".")[0]
    desk.put(picture, data)
    desk.put(f"{name}.md", f"---\nimage: {picture}\n---\n# The {name}\n\nA {name}.\n\n![A {name}]({picture})\n")


def get_image(desk: Desk, name: str) -> Found:
    (image,) = desk.get(f"{name}.md").images
    return image


def mail_picture(desk: Desk, name: str) -> lxml.html.HtmlElement:
    """The picture as a digest with that article alone in it shows it."""
    coming = issuing.prepare_manual(desk.app, desk.app.get_newsletter("daily"), now=NOW + 2 * HOUR)
    brief = replace(coming.brief, articles=(desk.get(f"{name}.md"),))
    html = render_variant(brief, language="en", sections=(), format="html").html
    (found,) = lxml.html.document_fromstring(html).xpath("//img")
    return found


def fetch(desk: Desk, url: str) -> Image.Image:
    """The picture that a reader gets there, of the type that the site says."""
    answer = browse(desk).get(url)
    assert answer.status_code == 200
    found = read(answer.content)
    assert answer.headers["content-type"] == f"image/{(found.format or '').lower()}"
    return found


def test_published_photo_tells_no_place(paper: Desk) -> None:
    image = get_image(paper, "photo")
    assert dict(fetch(paper, image.address).getexif()) == {0x0112: 6}
    assert (image.width, image.height) == (800, 1600)
    assert f'width="{image.width}" height="{image.height}"' in browse(paper).get("/articles/2026/11/photo").text
    assert not paper.is_public("secret place")


def test_mail_shows_a_smaller_upright_photo(paper: Desk) -> None:
    shown = mail_picture(paper, "photo")
    found = fetch(paper, shown.get("src"))
    assert found.size == (800, 1600)
    assert (shown.get("width"), shown.get("height")) == ("552", "1104")
    assert (shown.get("alt"), dict(found.getexif())) == ("A photo", {})


@pytest.mark.parametrize("kind", ["gif", "png", "webp"])
def test_mail_shows_moving_pictures_still(paper: Desk, kind: str) -> None:
    shown = mail_picture(paper, f"moving-{kind}")
    assert getattr(fetch(paper, shown.get("src")), "n_frames", 1) == 1
    assert getattr(fetch(paper, get_image(paper, f"moving-{kind}").address), "n_frames", 1) == 4


def test_mail_shows_plain_pictures_as_they_are(paper: Desk) -> None:
    shown = mail_picture(paper, "plain")
    assert shown.get("src") == HTTPS + get_image(paper, "plain").address
    assert fetch(paper, shown.get("src")).size == (64, 40)


def test_mail_shows_light_copies_of_heavy_pictures(paper: Desk) -> None:
    assert len(PICTURES["heavy.png"]) > paper.app.settings.seeds.max_size
    copy = browse(paper).get(mail_picture(paper, "heavy").get("src")).content
    assert len(copy) < len(PICTURES["heavy.png"]) / 2


@pytest.mark.parametrize(
    "path", ["/feeds/main.rss", "/feeds/main.atom", "/issues/daily/2026-11-23T0700", "/articles/2026/11/photo"]
)
def test_feeds_and_pages_keep_the_original(paper: Desk, path: str) -> None:
    page = browse(paper).get(path).text
    assert "/mail-1/" not in page
    assert any(get_image(paper, name.partition(".")[0]).address in page for name in PICTURES)


def test_rebuilt_pictures_have_the_same_addresses(paper: Desk) -> None:
    before = public_files(paper.home)
    publish(paper.app, now=NOW + 13 * HOUR, is_full=True)
    assert public_files(paper.home) == before


def put_tram(desk: Desk, data: bytes) -> None:
    """An article with that picture, as it was read and published."""
    put_article(desk, "tram.jpg", data)
    desk.read(HOUR)


def test_mail_copy_goes_with_its_picture(desk: Desk) -> None:
    put_tram(desk, WIDE)
    assert sum(name.startswith("images/") for name in public_files(desk.home)) == 2
    desk.remove("tram.md")
    desk.read(2 * HOUR)
    assert not [name for name in public_files(desk.home) if name.startswith("images/")]


def replace_picture(desk: Desk, data: bytes) -> str:
    """Another picture under the name of the first; gives the address of the first."""
    put_tram(desk, make_photo())
    before = get_image(desk, "tram").address
    desk.put("tram.jpg", data)
    return before


def test_missing_picture_appears_when_it_comes(desk: Desk) -> None:
    desk.put("town/map.md", "# The map of the town\n\nIt hangs in the hall.\n\n![A map](/map.png)\n")
    (note,) = desk.read()["notes"]
    assert note["note"].startswith("the picture /map.png is left out")
    desk.put("static/map.png", save(paint(), "PNG"))
    assert desk.read(HOUR) == {"changed": ["town/map.md"], "unchanged": 1}
    assert [image.path for image in desk.get("town/map.md").images] == ["static/map.png"]
    assert desk.read(2 * HOUR) == {"unchanged": 2}


def test_shared_picture_is_one_that_others_know(desk: Desk, site: TestClient) -> None:
    desk.put("town/map.webp", save(paint(), "WEBP"))
    desk.put("town/map.md", "---\ntitle: The map\nimage: map.webp\n---\nIt hangs in the hall.\n")
    desk.read()
    found = desk.get("town/map.md")
    page = site.get(f"/articles/{found.year}/{found.month:02}/{found.slug}").text
    assert f'property="og:image" content="{HTTPS}{found.images[0].mail_address}"' in page


def test_replaced_picture_is_noticed(desk: Desk, site: TestClient) -> None:
    before, written = replace_picture(desk, WIDE), desk.get("tram.md").updated_at
    assert desk.read(2 * HOUR)["changed"] == ["tram.md"]
    found = get_image(desk, "tram").address
    assert found != before
    assert found in site.get("/articles/2026/11/tram").text
    assert desk.get("tram.md").updated_at == written
    assert "changed" not in desk.read(3 * HOUR)


def test_replaced_picture_is_noticed_while_watching(desk: Desk) -> None:
    before, watch = replace_picture(desk, WIDE), Watch()
    read_folder(desk.app, now=NOW + 2 * HOUR, watch=watch)
    assert get_image(desk, "tram").address != before
    desk.put("tram.jpg", make_photo())
    read_folder(desk.app, now=NOW + 3 * HOUR, watch=watch)
    assert get_image(desk, "tram").address == before


def test_touched_picture_changes_nothing(desk: Desk) -> None:
    replace_picture(desk, make_photo())
    assert "changed" not in desk.read(2 * HOUR)


def test_removed_picture_sends_its_article_to_review(desk: Desk, site: TestClient) -> None:
    before = replace_picture(desk, make_photo())
    desk.remove("tram.jpg")
    (waiting,) = desk.read(2 * HOUR)["review"]
    assert "tram.jpg is not beside it" in waiting["reason"]
    assert before in site.get("/articles/2026/11/tram").text
    desk.put("tram.jpg", make_photo())
    assert "review" not in desk.read(3 * HOUR)


def test_article_that_moves_with_its_picture_stays_itself(desk: Desk) -> None:
    put_tram(desk, WIDE)
    identity = desk.get("tram.md").id
    for name in ("tram.md", "tram.jpg"):
        desk.move(name, f"moved/{name}")
    assert desk.read(2 * HOUR)["renamed"]
    assert desk.get("moved/tram.md").id == identity


def test_one_bad_picture_stops_no_other_article(desk: Desk) -> None:
    put_article(desk, "bus.jpg", WIDE[:-2])
    put_tram(desk, make_photo())
    with desk.app.ledger.read() as tx:
        (waiting,) = tx.seeds.list_waiting()
    assert waiting.reason == "the picture bus.jpg: the picture ends too early: copy or save it again"
