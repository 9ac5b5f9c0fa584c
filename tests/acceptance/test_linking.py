"""Links between articles lead to where their targets are, for as long as readers may see these."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from publisher.domain.article import Article
from publisher.domain.issue import Slot
from publisher.jobs import issuing
from publisher.jobs.previewing import preview
from publisher.jobs.publishing import publish
from tests.folders import BRIDGE, DAY, HOUR, MINUTE, NOW, Desk, open_desk, public_files
from tests.homes import make_home

LINKING = "---\ntitle: The ferry stops\n---\nSee [the bridge](../town/bridge.md#noon) for why.\n"
AT_HOME = 'href="/articles/2026/11/bridge#noon"'
UNLINKED = "See the bridge for why."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


def _page(desk: Desk, path: str = "river/ferry.md") -> str:
    article: Article = desk.get(path)
    served = desk.app.shelf.find(f"/articles/{article.year}/{article.month:02}/{article.slug}")
    assert served
    return served.body.decode()


def test_link_leads_to_the_article(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING)
    desk.read(MINUTE)
    assert AT_HOME in _page(desk)
    assert not desk.is_public("seed:")


def test_target_may_come_later(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING.replace("bridge.md", "lock.md"))
    desk.read(MINUTE)
    assert UNLINKED in _page(desk)
    desk.put("town/lock.md", "# The lock is shut\n\nIt has been leaking since the summer, says the port.\n")
    desk.read(HOUR)
    assert 'href="/articles/2026/11/lock#noon"' in _page(desk)


def test_missing_target_is_named_once(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING.replace("../town/bridge.md", "lock.md"))
    (note,) = desk.read(MINUTE)["notes"]
    assert note["path"] == "river/ferry.md"
    assert note["note"].startswith("the link to river/lock leads to no file of the folder")
    assert "notes" not in desk.read(HOUR)


def test_target_that_waits_is_no_note(desk: Desk) -> None:
    desk.put("town/lock.md", "---\ntitle: The lock\ndraft: true\n---\nIt leaks.\n")
    desk.put("river/ferry.md", LINKING.replace("bridge.md", "lock.md"))
    assert "notes" not in desk.read(MINUTE)


def test_embargoed_target_is_no_link(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING.replace("bridge.md", "lock.md"))
    desk.put("town/lock.md", "---\ntitle: The lock\nslug: shut\nembargo: 2026-11-23T10:00:00Z\n---\nIt leaks.\n")
    desk.read(MINUTE)
    assert UNLINKED in _page(desk)
    assert not desk.is_public("11/shut")
    publish(desk.app, now=NOW + DAY)
    assert 'href="/articles/2026/11/shut#noon"' in _page(desk)


def test_withdrawn_target_is_no_link(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING)
    desk.read(MINUTE)
    desk.remove("town/bridge.md")
    desk.read(HOUR)
    assert UNLINKED in _page(desk)
    assert not desk.is_public("11/bridge#noon")


def test_renamed_target_keeps_its_link(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING)
    desk.read(MINUTE)
    desk.move("town/bridge.md", "town/crossing.md")
    desk.read(HOUR)
    assert AT_HOME in _page(desk)
    desk.put("town/crossing.md", f"---\nslug: crossing\n---\n{BRIDGE}")
    desk.read(2 * HOUR)
    assert 'href="/articles/2026/11/crossing#noon"' in _page(desk)


def test_former_name_goes_to_who_has_it_now(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING)
    desk.move("town/bridge.md", "town/crossing.md")
    desk.read(MINUTE)
    desk.put("town/bridge.md", "---\nslug: new\n---\n# Another bridge\n\nIt is narrow, and for walkers alone.\n")
    desk.read(HOUR)
    assert 'href="/articles/2026/11/new#noon"' in _page(desk)


def test_new_slug_moves_the_link(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING)
    desk.read(MINUTE)
    desk.put("town/bridge.md", f"---\nslug: crossing\n---\n{BRIDGE}")
    desk.read(HOUR)
    assert 'href="/articles/2026/11/crossing#noon"' in _page(desk)


def test_swapped_targets_swap_links(desk: Desk) -> None:
    desk.put("town/lock.md", "# The lock is shut\n\nIt has been leaking since the summer, says the port.\n")
    desk.put("river/ferry.md", LINKING)
    desk.read(MINUTE)
    for old, new in (("bridge", "third"), ("lock", "bridge"), ("third", "lock")):
        desk.move(f"town/{old}.md", f"town/{new}.md")
    desk.read(HOUR)
    assert 'href="/articles/2026/11/lock#noon"' in _page(desk)


def test_feeds_link_in_full(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING)
    desk.read(MINUTE)
    assert desk.is_public('<a href=\\"https://gazette.example.org/articles/2026/11/bridge#noon\\"')
    desk.remove("town/bridge.md")
    desk.read(HOUR)
    assert not desk.is_public("11/bridge#noon")


def test_headings_have_no_ids_in_feeds(desk: Desk) -> None:
    desk.put("river/ferry.md", "---\ntitle: The ferry\n---\n[Where](#where-it-goes)\n\n## Where it goes\n\nOver.\n")
    desk.read(MINUTE)
    assert 'id="where-it-goes"' in _page(desk)
    assert desk.is_public('href=\\"https://gazette.example.org/articles/2026/11/ferry#where-it-goes\\"')
    assert not desk.is_public('id=\\"where-it-goes')


@pytest.mark.parametrize("typed", ["{{7*7}}", "${7*7}", "{% if 7 %}"])
def test_typed_braces_reach_readers_as_typed(desk: Desk, typed: str) -> None:
    desk.put("ferry.md", f"# On {typed} and more\n\nWhoever writes {typed} sees what he wrote.\n")
    desk.read(MINUTE)
    message = preview(desk.app, _issue(desk, at=NOW + HOUR)).variant
    for seen in (_page(desk, "ferry.md"), message.html, message.text):
        assert f"On {typed} and more" in seen
        assert f"writes {typed} sees" in seen


def test_rebuilt_links_are_the_same(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING)
    desk.read(MINUTE)
    desk.put("town/bridge.md", f"---\nslug: crossing\n---\n{BRIDGE}")
    desk.read(HOUR)
    before = public_files(desk.home)
    shutil.rmtree(desk.home.path / "var" / "public")
    publish(desk.app, now=NOW + HOUR, is_full=True)
    assert public_files(desk.home) == before


def _issue(desk: Desk, *, at: datetime) -> issuing.Coming:
    newsletter = desk.app.get_newsletter("daily")
    return issuing.prepare(desk.app, newsletter, slot=Slot(name="2026-11-23T0700", due_at=at), cutoff=at)


def test_digest_links_in_full(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING)
    desk.read(MINUTE)
    message = preview(desk.app, _issue(desk, at=NOW + HOUR)).variant
    assert 'href="https://gazette.example.org/articles/2026/11/bridge#noon"' in message.html
    assert "the bridge <https://gazette.example.org/articles/2026/11/bridge#noon>" in message.text


def test_issue_keeps_what_was_mailed(desk: Desk) -> None:
    desk.put("river/ferry.md", LINKING.replace("bridge.md", "lock.md"))
    desk.put("town/lock.md", "---\ntitle: The lock\nembargo: 2026-11-24T10:00:00Z\n---\nIt leaks.\n")
    desk.read(MINUTE)
    assert issuing.freeze(desk.app, _issue(desk, at=NOW + HOUR), now=NOW + HOUR)
    publish(desk.app, now=NOW + 3 * DAY, is_full=True)
    served = desk.app.shelf.find("/issues/daily/2026-11-23T0700")
    assert served
    assert UNLINKED in served.body.decode()


@pytest.mark.parametrize(
    "link",
    [
        "[the bridge]({filename}../town/bridge.md#noon)",
        "[the bridge]({filename}/town/bridge.md#noon)",
        "[the bridge](@/town/bridge.md#noon)",
        "[the bridge](/town/bridge.md#noon)",
        "[the bridge](../town/bridge/#noon)",
        "[the bridge](../../town/bridge/#noon)",
        '<a href="../town/bridge.html#noon">the bridge</a>',
    ],
)
def test_every_spelling_leads_there(desk: Desk, link: str) -> None:
    desk.put("river/ferry.md", f"---\ntitle: The ferry\n---\nSee {link} for why.\n")
    desk.read(MINUTE)
    assert AT_HOME in _page(desk)


@pytest.mark.parametrize(
    "target",
    [
        "seed:town/bridge",
        "seed:*/bridge",
        "minutes.pdf",
        "{tag}town",
        "../../../etc/passwd.md",
        "lock.md",
        "town%00.md",
    ],
)
def test_other_targets_leave_the_text(desk: Desk, target: str) -> None:
    desk.put("river/ferry.md", f"---\ntitle: The ferry\n---\nSee [the bridge]({target}) for why.\n")
    desk.read(MINUTE)
    assert UNLINKED in _page(desk)
