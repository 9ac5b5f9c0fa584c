"""Nothing of an article can be found before its moment, by whatever a reader follows or guesses; all of it after."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from starlette.testclient import TestClient

from publisher.jobs import issuing
from publisher.jobs.publishing import publish
from tests.acceptance.crawl import crawl, find
from tests.acceptance.site import browse
from tests.commands import call_well
from tests.folders import DAY, HOUR, NOW, Desk, make_picture, open_desk
from tests.homes import HomeFolder, make_home, subscribe

PICTURE = make_picture(77)
MOMENT = NOW + DAY
PLAN = """---
title: The secret plan
embargo: {moment}
tags: [secret]
image: plan.png
aliases: [/old/plan.html]
---

A tunnel below the river, says the mayor.
"""
LINKING = "# The council meets\n\nOn Monday, about [what is known](town/plan.md) and no more.\n"
WORDS = (b"tunnel below", b"The secret plan", b"2026/11/plan", b"plan.png", PICTURE[16:])
ADDRESS = "/articles/2026/11/plan"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    for desk in open_desk(make_home(tmp_path / "home")):
        desk.put("town/plan.png", PICTURE)
        put_plan(desk, MOMENT.isoformat())
        desk.put("council.md", LINKING)
        subscribe(desk.app, ["alice@example.net"], now=NOW)
        desk.read(HOUR)
        yield desk


def put_plan(desk: Desk, moment: str) -> None:
    desk.put("town/plan.md", PLAN.format(moment=moment))


def look_for_it(desk: Desk, *, at: timedelta) -> list[str]:
    """Every answer that gives something of the plan away at that moment."""
    with time_machine.travel(NOW + at, tick=False):
        publish(desk.app, now=NOW + at)
        pages = crawl(browse(desk.app), guesses(desk))
    assert find(pages, b"The council meets")
    # What the reader typed himself says nothing.
    own = {path: body for path, body in pages.items() if path not in guesses(desk)}
    return find(own, *WORDS) + [path for path in guesses(desk) if find({path: pages[path]}, *WORDS[:2], WORDS[-1])]


def guesses(desk: Desk) -> list[str]:
    with desk.app.ledger.read() as tx:
        images = [image.address for article in tx.articles.list_all() for image in article.images]
    return [ADDRESS, f"{ADDRESS}/", "/old/plan.html", "/articles/2026/11/the-secret-plan", "/images/plan.png", *images]


def get_everything(site: TestClient, path: str) -> tuple[object, ...]:
    answers = [site.request(method, path) for method in ("GET", "HEAD", "POST")]
    return tuple((answer.status_code, sorted(answer.headers.items()), answer.content) for answer in answers)


@pytest.mark.parametrize("at", [HOUR, DAY - timedelta(seconds=1)])
def test_nothing_is_found_before_the_moment(desk: Desk, at: timedelta) -> None:
    assert look_for_it(desk, at=at) == []


def test_everything_is_found_at_the_moment(desk: Desk) -> None:
    found = look_for_it(desk, at=DAY)
    (image,) = desk.get("town/plan.md").images
    assert {"/", ADDRESS, image.address, "/articles/2026/11/council", "/feeds/main.atom"} <= set(found)


def test_held_address_answers_like_one_that_never_was(desk: Desk) -> None:
    (image,) = desk.get("town/plan.md").images
    site = browse(desk.app)
    never = get_everything(site, "/articles/2026/11/never")
    with time_machine.travel(NOW + HOUR, tick=False):
        for path in (ADDRESS, "/old/plan.html", image.address):
            assert get_everything(site, path) == never


def test_issue_before_the_moment_says_nothing(desk: Desk) -> None:
    (issue,) = issuing.reckon(desk.app, now=NOW + 13 * HOUR)
    assert look_for_it(desk, at=14 * HOUR) == []
    with time_machine.travel(NOW + 14 * HOUR, tick=False):
        page = browse(desk.app).get(f"/issues/{issue.newsletter}/{issue.slot}")
    assert page.status_code == 200
    assert not find({"": page.content}, *WORDS)


def test_renamed_article_stays_held_back(desk: Desk) -> None:
    desk.move("town/plan.md", "town/project.md")
    desk.read(2 * HOUR)
    assert desk.get("town/project.md").released_at == MOMENT
    assert look_for_it(desk, at=2 * HOUR) == []
    assert "/articles/2026/11/project" in look_for_it(desk, at=DAY)


def test_article_that_was_out_can_be_held_back_again(desk: Desk) -> None:
    put_plan(desk, "2026-11-01")
    desk.read(2 * HOUR)
    assert ADDRESS in look_for_it(desk, at=3 * HOUR)
    put_plan(desk, MOMENT.isoformat())
    desk.read(4 * HOUR)
    assert look_for_it(desk, at=5 * HOUR) == []
    assert ADDRESS in look_for_it(desk, at=DAY)


def test_editor_sees_it_marked(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    write_plan(home)
    call_well(home, "ingest")
    (listed,) = call_well(home, "articles", "--json").json
    assert (listed["title"], listed["status"]) == ("The secret plan", "scheduled")
    shown = call_well(home, "show", "plan", "--json").json
    assert (shown["status"], "tunnel" in shown["text"]) == ("scheduled", True)


@pytest.mark.parametrize(("at", "is_shown"), [("2100-01-01T07:00", False), ("2100-01-02T07:00", True)])
def test_preview_shows_what_will_be_out_by_then(tmp_path: Path, at: str, *, is_shown: bool) -> None:
    home = make_home(tmp_path / "home")
    write_plan(home)
    call_well(home, "ingest")
    call_well(home, "preview", "daily", "--at", at, "--out", str(tmp_path / "out"))
    messages = [path.read_text() for path in (tmp_path / "out").glob("message.txt")]
    assert [message for message in messages if "tunnel" in message] == messages
    assert bool(messages) == is_shown


def write_plan(home: HomeFolder) -> None:
    home.write_seed("plan.md", PLAN.format(moment="2100-01-02T00:00:00Z"))
    (home.path / "seeds" / "plan.png").write_bytes(PICTURE)
