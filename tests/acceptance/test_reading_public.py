"""What stands in public after the folder has changed: pictures, rebuilt files, other machines, issues that wait."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from starlette.testclient import TestClient

from publisher.app import open_app
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.errors import BusyError
from publisher.jobs import issuing
from publisher.jobs.publishing import publish
from publisher.jobs.reading import Look, read_folder
from publisher.web import build_web
from publisher.web.state import State
from tests.folders import BRIDGE, DAY, HOUR, MINUTE, NOW, TRAM, Desk, make_picture, open_desk, public_files
from tests.homes import HTTPS, HomeFolder, make_home, subscribe


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


def test_picture_is_published_beside(desk: Desk) -> None:
    site = TestClient(build_web(State(desk.app)), base_url=HTTPS)
    desk.put("town/tram.png", make_picture())
    desk.put("town/tram.md", f"{TRAM}\n![The stop](tram.png)\n")
    desk.read(HOUR)
    (image,) = desk.get("town/tram.md").images
    assert site.get(image.address).content == make_picture()
    assert f'src="{HTTPS}{image.address}"' in site.get("/feeds/main.json").text.replace("\\", "")


def test_picture_goes_with_its_last_article(desk: Desk) -> None:
    desk.put("stop.png", make_picture())
    for name in ("tram.md", "bus.md"):
        desk.put(name, f"# {name} is late\n\nThe one and only {name} text.\n\n![The stop](stop.png)\n")
    desk.read()
    (image,) = desk.get("tram.md").images
    desk.remove("tram.md")
    desk.read(HOUR)
    assert desk.app.shelf.has(image.address)
    desk.remove("bus.md")
    desk.read(2 * HOUR)
    assert not desk.app.shelf.has(image.address)


def test_second_folder_is_refused(desk: Desk, tmp_path: Path) -> None:
    other = make_home(tmp_path / "other", more=f'[database]\nurl = "sqlite:///{desk.home.path}/data/publisher.db"\n')
    shutil.copytree(desk.home.path / "data", other.path / "data")
    with other.opened() as app:
        with pytest.raises(BusyError, match="another folder feeds this ledger"):
            read_folder(app, now=NOW + MINUTE)
        assert "withdrawn" not in desk.read(MINUTE)
        read_folder(app, now=NOW + HOUR)


def fill(desk: Desk) -> None:
    """A little of everything, so that what was written bit by bit can be compared with what is written at once."""
    desk.put("town/tram.png", make_picture())
    desk.put("town/tram.md", f"{TRAM}\n![The stop](tram.png)\n")
    desk.put("fair.md", "---\nembargo: 2026-11-23\n---\n# The fair\n\nIs in town from now on.\n")
    desk.put("gone.md", "# The shop\n\nIt is closed.\n\n![The shop](gone.png)\n")
    desk.put("gone.png", make_picture(7))
    desk.put("2016-05-01-old.md", "# The fair of old\n\nIt rained all day.\n")
    desk.read(HOUR)
    desk.remove("gone.md")
    desk.put("town/bridge.md", f"---\nslug: new-bridge\n---\n{BRIDGE}")
    desk.read(2 * HOUR)
    subscribe(desk.app, ["alice@example.net"], now=NOW)
    desk.read(12 * HOUR)
    issuing.reckon(desk.app, now=NOW + 13 * HOUR)
    publish(desk.app, now=NOW + 13 * HOUR)


def test_rebuilt_files_are_byte_equal(desk: Desk) -> None:
    fill(desk)
    before = public_files(desk.home)
    assert any(name.startswith("issues/") for name in before)
    assert publish(desk.app, now=NOW + 2 * DAY, is_full=True) == []
    assert public_files(desk.home) == before


@pytest.mark.parametrize("lost", [".stamp.json", "feeds", "."])
def test_lost_files_are_made_again(desk: Desk, lost: str) -> None:
    fill(desk)
    before = public_files(desk.home)
    place = desk.home.path / "var" / "public" / lost
    place.unlink() if place.is_file() else shutil.rmtree(place)
    (desk.home.path / "var" / "public" / ".stamp.json").unlink(missing_ok=True)
    publish(desk.app, now=NOW + DAY)
    assert public_files(desk.home) == before


def test_another_machine_makes_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    other = HomeFolder(tmp_path / "other")
    for part in ("config", "data", "seeds"):
        shutil.copytree(desk.home.path / part, other.path / part)
    with open_app(other.path) as app:
        again: Look = read_folder(app, now=NOW + 2 * DAY)
    assert not any(again.report[name] for name in ("new", "changed", "renamed", "withdrawn"))
    assert public_files(other) == public_files(desk.home)


def test_feeds_are_valid_after_each_step(desk: Desk) -> None:
    fill(desk)
    for ending in ("rss", "atom"):
        served = desk.app.shelf.find(f"/feeds/main.{ending}")
        assert served
        assert not feedparser.parse(served.body).bozo


def hold(desk: Desk) -> Issue:
    """An open issue that holds the article."""
    subscribe(desk.app, ["alice@example.net"], now=NOW)
    (issue,) = issuing.reckon(desk.app, now=NOW + 13 * HOUR)
    assert issue.status is IssueStatus.OPEN
    return issue


@pytest.mark.parametrize(
    ("header", "why"),
    [("", "its file is gone"), ("draft: yes", "made a draft"), ("embargo: 2026-12-24", "held back")],
)
def test_taking_an_article_back_pauses_its_issue(desk: Desk, header: str, why: str) -> None:
    issue = hold(desk)
    desk.put("town/bridge.md", f"---\n{header}\n---\n{BRIDGE}") if header else desk.remove("town/bridge.md")
    desk.read(14 * HOUR)
    with desk.app.ledger.read() as tx:
        found = tx.issues.get(issue.key)
    assert found.status is IssueStatus.PAUSED
    assert "The bridge opens" in found.reason
    assert why in found.reason


def test_a_change_of_the_text_pauses_nothing(desk: Desk) -> None:
    issue = hold(desk)
    desk.put("town/bridge.md", BRIDGE.replace("noon", "one"))
    desk.read(14 * HOUR)
    with desk.app.ledger.read() as tx:
        assert tx.issues.get(issue.key).status is IssueStatus.OPEN


def test_public_bytes_stand_while_nothing_changes(desk: Desk) -> None:
    before = public_files(desk.home)
    assert desk.read(DAY) == {"unchanged": 1}
    assert public_files(desk.home) == before
