"""A correction stands in the next issue of each newsletter that had mailed the article, once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.app import App
from publisher.digests import render_variant
from publisher.domain.issue import Issue
from publisher.jobs.issuing import prepare_manual
from publisher.jobs.pressing import cancel_issue, compose
from publisher.jobs.publishing import publish
from publisher.jobs.recomposing import recompose
from tests.folders import BRIDGE, DAY, NOW, TRAM, Desk, open_desk, public_files
from tests.homes import make_home, subscribe

WEEKLY = '[newsletters.weekly]\ntitle = "The week"\nschedule = "0 9 * * sat"\n'
NOTE = "It opens at one, not at noon."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The bridge was mailed in the daily, corrected, and another article waits."""
    for opened in open_desk(make_home(tmp_path / "home", more=WEEKLY)):
        subscribe(opened.app, ["alice@example.net"], now=NOW)
        subscribe(opened.app, ["alice@example.net"], now=NOW, newsletter="weekly")
        press(opened.app, "daily", days=0)
        correct(opened, NOTE, days=1)
        opened.put("tram.md", TRAM)
        opened.read(DAY)
        yield opened


def correct(desk: Desk, note: str, *, days: int) -> None:
    desk.put("town/bridge.md", f'---\ncorrection: "{note}"\n---\n{BRIDGE.replace("noon", "one")}')
    desk.read(days * DAY)


def press(app: App, newsletter: str, *, days: int) -> Issue:
    """Freeze an issue by hand, so many days later."""
    moment = NOW + days * DAY + timedelta(hours=1)
    issue = compose(app, prepare_manual(app, app.get_newsletter(newsletter), now=moment), now=moment)
    assert isinstance(issue, Issue), issue
    return issue


def tells(app: App, issue: Issue) -> list[str]:
    with app.ledger.read() as tx:
        return [article.correction for article in tx.corrections.list_in(issue.key)]


def read_page(desk: Desk, issue: Issue) -> str:
    return public_files(desk.home)[f"issues/{issue.newsletter}/{issue.slot}.html"].decode()


def test_next_issue_tells_the_correction(desk: Desk) -> None:
    coming = prepare_manual(desk.app, desk.app.get_newsletter("daily"), now=NOW + DAY)
    variant = render_variant(coming.brief, language="fr", sections=(), format="html")
    for part in (variant.html, variant.text):
        assert part.index("The tram is late") < part.index("Corrections") < part.index(NOTE)
        assert "/articles/2026/11/bridge" in part
    issue = press(desk.app, "daily", days=1)
    assert tells(desk.app, issue) == [NOTE]
    assert NOTE in read_page(desk, issue)


def test_correction_is_told_once(desk: Desk) -> None:
    press(desk.app, "daily", days=1)
    desk.put("frost.md", "# First frost of the year\n\nMinus three at the weir.\n")
    desk.read(2 * DAY)
    assert tells(desk.app, press(desk.app, "daily", days=2)) == []


def test_newsletter_that_never_mailed_it_tells_nothing(desk: Desk) -> None:
    issue = press(desk.app, "weekly", days=1)
    assert tells(desk.app, issue) == []


def test_rebuild_gives_the_same_page(desk: Desk) -> None:
    issue = press(desk.app, "daily", days=1)
    before = read_page(desk, issue)
    publish(desk.app, now=NOW + 2 * DAY, is_full=True)
    assert read_page(desk, issue) == before


def test_cancelled_issue_gives_its_correction_back(desk: Desk) -> None:
    cancel_issue(desk.app, press(desk.app, "daily", days=1).id, now=NOW + DAY)
    desk.put("frost.md", "# First frost of the year\n\nMinus three at the weir.\n")
    desk.read(2 * DAY)
    assert tells(desk.app, press(desk.app, "daily", days=2)) == [NOTE]


def test_recomposed_issue_tells_the_newest_correction(desk: Desk) -> None:
    issue = press(desk.app, "daily", days=1)
    correct(desk, "It opens at two.", days=1)
    recompose(desk.app, issue.id, now=NOW + 2 * DAY)
    assert tells(desk.app, issue) == ["It opens at two."]
    assert "It opens at two." in read_page(desk, issue)
    assert NOTE not in read_page(desk, issue)


def test_corrections_alone_make_no_issue(desk: Desk) -> None:
    desk.remove("tram.md")
    desk.read(DAY)
    moment = NOW + 2 * DAY
    coming = prepare_manual(desk.app, desk.app.get_newsletter("daily"), now=moment)
    assert compose(desk.app, coming, now=moment) == "nothing to send: no article is waiting"


def test_withdrawn_article_is_not_told_of(desk: Desk) -> None:
    desk.remove("town/bridge.md")
    desk.read(DAY)
    assert tells(desk.app, press(desk.app, "daily", days=1)) == []


def test_reader_of_other_sections_is_not_told(desk: Desk) -> None:
    desk.put("sport/race.md", "# The race is run\n\nBy a tortoise, to the wonder of all.\n")
    desk.read(DAY)
    coming = prepare_manual(desk.app, desk.app.get_newsletter("daily"), now=NOW + DAY)
    variant = render_variant(coming.brief, language="en", sections=("sport",), format="html")
    assert NOTE not in variant.html + variant.text


def test_correction_that_came_with_its_article_is_not_told(tmp_path: Path) -> None:
    for desk in open_desk(make_home(tmp_path / "home")):
        subscribe(desk.app, ["alice@example.net"], now=NOW)
        correct(desk, NOTE, days=0)
        press(desk.app, "daily", days=0)
        desk.put("tram.md", TRAM)
        desk.read(DAY)
        assert tells(desk.app, press(desk.app, "daily", days=1)) == []


def test_correction_alone_moves_updated_in_feeds(desk: Desk) -> None:
    before = desk.get("town/bridge.md")
    correct(desk, "It opens at one, and not at noon.", days=3)
    after = desk.get("town/bridge.md")
    assert (after.id, after.released_at) == (before.id, before.released_at)
    assert after.updated_at == NOW + 3 * DAY
    for ending in ("rss", "atom", "json"):
        assert b"and not at noon" in public_files(desk.home)[f"feeds/main.{ending}"]
