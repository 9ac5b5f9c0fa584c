"""An article whose time runs out (`expiryDate`): gone from readers like a removed one, back with its old identity."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from starlette.testclient import TestClient

from publisher.domain.article import Status
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.jobs import issuing
from publisher.jobs.publishing import publish
from tests.acceptance.site import browse
from tests.commands import call_well
from tests.folders import BRIDGE, DAY, HOUR, MINUTE, NOW, TRAM, Desk, make_picture, open_desk
from tests.homes import make_home, subscribe

PATH = "/articles/2026/11/fair"
MOMENT = NOW + DAY


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    for desk in open_desk(make_home(tmp_path / "home")):
        desk.put("fair.png", make_picture())
        put_fair(desk, MOMENT.isoformat())
        desk.read()
        yield desk


@pytest.fixture
def site(desk: Desk) -> TestClient:
    return browse(desk.app)


def put_fair(desk: Desk, moment: str) -> None:
    header = f"expiryDate: {moment}\n" if moment else ""
    desk.put("fair.md", f"---\n{header}image: fair.png\n---\n# The fair\n\nOnly until tomorrow.\n")


def get_status(site: TestClient, *, at: timedelta) -> int:
    with time_machine.travel(NOW + at, tick=False):
        return int(site.get(PATH).status_code)


def hold(desk: Desk) -> Issue:
    """An open issue that holds both articles."""
    subscribe(desk.app, ["alice@example.net"], now=NOW)
    (issue,) = issuing.reckon(desk.app, now=NOW + 13 * HOUR)
    return issue


def find_issue(desk: Desk, issue: Issue) -> Issue:
    with desk.app.ledger.read() as tx:
        return tx.issues.get(issue.key)


def test_article_is_gone_when_its_time_is_over(desk: Desk, site: TestClient) -> None:
    assert publish(desk.app, now=MOMENT - MINUTE) == []
    assert get_status(site, at=DAY - MINUTE) == 200
    assert PATH in publish(desk.app, now=MOMENT)
    assert get_status(site, at=DAY) == 410
    assert desk.list_titles() == ["The bridge opens"]
    assert not desk.is_public("Only until tomorrow")


def test_its_picture_goes_with_it(desk: Desk) -> None:
    (image,) = desk.get("fair.md").images
    assert desk.app.shelf.has(image.address)
    publish(desk.app, now=MOMENT)
    assert not desk.app.shelf.has(image.address)


@pytest.mark.parametrize("moment", ["", "2027-06-01"])
def test_later_end_brings_it_back(desk: Desk, site: TestClient, moment: str) -> None:
    before = desk.get("fair.md")
    desk.read(DAY)
    put_fair(desk, moment)
    assert desk.read(2 * DAY) == {"changed": ["fair.md"], "unchanged": 1}
    after = desk.get("fair.md")
    assert (after.id, after.slug, after.released_at) == (before.id, before.slug, before.released_at)
    assert get_status(site, at=2 * DAY) == 200


def test_its_open_issue_is_paused(desk: Desk) -> None:
    issue = hold(desk)
    desk.read(23 * HOUR)
    assert find_issue(desk, issue).status is IssueStatus.OPEN
    desk.read(DAY)
    found = find_issue(desk, issue)
    assert (found.status, found.reason) == (IssueStatus.PAUSED, "'The fair' is in it: its time is over")


def test_resumed_issue_stays_open(desk: Desk) -> None:
    issue = hold(desk)
    desk.read(DAY)
    with desk.app.ledger.write() as tx:
        tx.issues.set_status(issue.key, IssueStatus.OPEN)
    desk.read(2 * DAY)
    assert find_issue(desk, issue).status is IssueStatus.OPEN


def test_end_set_in_the_past_pauses_too(desk: Desk) -> None:
    issue = hold(desk)
    put_fair(desk, NOW.isoformat())
    desk.read(14 * HOUR)
    assert find_issue(desk, issue).reason == "'The fair' is in it: its time is over"


def test_issue_leaves_out_what_ends_before_its_slot(desk: Desk) -> None:
    subscribe(desk.app, ["alice@example.net"], now=NOW)
    put_fair(desk, (NOW + 12 * HOUR).isoformat())
    desk.read(HOUR)
    (issue,) = issuing.reckon(desk.app, now=NOW + 13 * HOUR)
    with desk.app.ledger.read() as tx:
        assert [article.title for article in tx.issues.list_articles(issue.key)] == ["The bridge opens"]


def test_slot_made_up_for_leaves_out_what_is_over(desk: Desk) -> None:
    subscribe(desk.app, ["alice@example.net"], now=NOW)
    put_fair(desk, (NOW + 14 * HOUR).isoformat())
    desk.read(HOUR)
    (issue,) = issuing.reckon(desk.app, now=NOW + 15 * HOUR)
    with desk.app.ledger.read() as tx:
        assert [article.title for article in tx.issues.list_articles(issue.key)] == ["The bridge opens"]


def test_expired_file_is_not_published_at_first_sight(desk: Desk) -> None:
    desk.put("late.md", f"---\nexpiryDate: 2026-11-01\n---\n{TRAM}")
    report = desk.read(HOUR)
    assert (report["new"], report["expired"]) == (["late.md"], ["late.md"])
    assert desk.get("late.md").status(NOW + HOUR) is Status.EXPIRED
    assert not desk.is_public("The tram is late")


def test_copy_of_an_expired_article_is_a_copy(desk: Desk) -> None:
    text = (desk.home.path / "seeds" / "fair.md").read_bytes()
    desk.read(DAY)
    desk.put("again.md", text)
    (waiting,) = desk.read(2 * DAY)["review"]
    assert "a copy of fair.md" in waiting["reason"]


def test_ingest_and_articles_say_that_it_is_over(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    home.write_seed("late.md", f"---\nexpiryDate: 2001-01-01\n---\n{BRIDGE}")
    assert "expired    late.md: its time was over" in call_well(home, "ingest").out
    assert [one["status"] for one in call_well(home, "articles", "--json").json] == ["expired"]
