"""What befalls the folder, and what becomes of the articles: a look at the files, the ledger, the feeds."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from publisher.jobs.publishing import publish
from publisher.jobs.reading import read_folder
from publisher.jobs.surveying import Watch
from publisher.web import build_web
from publisher.web.state import State
from tests.folders import BRIDGE, DAY, HOUR, MINUTE, NOW, TRAM, Desk, make_picture, open_desk, public_files
from tests.homes import HTTPS, make_home


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


@pytest.fixture
def site(desk: Desk) -> TestClient:
    return TestClient(build_web(State(desk.app)), base_url=HTTPS, follow_redirects=False)


def test_new_article_is_published(desk: Desk) -> None:
    desk.put("tram.md", TRAM)
    assert desk.read(HOUR) == {"new": ["tram.md"], "unchanged": 1}
    assert desk.list_titles() == ["The tram is late", "The bridge opens"]


def test_changed_text_keeps_the_id(desk: Desk) -> None:
    before = desk.get("town/bridge.md")
    desk.put("town/bridge.md", BRIDGE.replace("noon", "one"))
    assert desk.read(HOUR) == {"changed": ["town/bridge.md"]}
    after = desk.get("town/bridge.md")
    assert (after.id, after.slug, after.released_at) == (before.id, before.slug, before.released_at)
    assert after.updated_at == NOW + HOUR
    assert desk.is_public("on Monday at one")


def test_new_layout_is_no_update(desk: Desk) -> None:
    desk.put("town/bridge.md", BRIDGE.replace(" of work ", "\nof work\n").replace("\n", "\r\n") + "\n\n")
    assert desk.read(HOUR) == {"changed": ["town/bridge.md"]}
    assert desk.get("town/bridge.md").updated_at == NOW


def test_new_time_alone_changes_nothing(desk: Desk) -> None:
    before = public_files(desk.home)
    os.utime(desk.home.path / "seeds" / "town" / "bridge.md", (1, 1))
    assert desk.read(HOUR) == {"unchanged": 1}
    assert public_files(desk.home) == before


def test_renamed_article_keeps_its_address(desk: Desk) -> None:
    before = desk.get("town/bridge.md")
    desk.move("town/bridge.md", "town/span.md")
    assert desk.read(HOUR) == {"renamed": [{"path": "town/span.md", "from": "town/bridge.md"}]}
    after = desk.get("town/span.md")
    assert (after.id, after.slug, after.updated_at) == (before.id, before.slug, before.updated_at)


def test_moved_article_changes_its_section(desk: Desk) -> None:
    desk.move("town/bridge.md", "works/bridge.md")
    desk.read(HOUR)
    assert desk.get("works/bridge.md").section == "works"


def test_swapped_names_are_two_renames(desk: Desk) -> None:
    desk.put("tram.md", TRAM)
    desk.read()
    ids = {desk.get(path).title: desk.get(path).id for path in ("tram.md", "town/bridge.md")}
    desk.move("tram.md", "other.md")
    desk.move("town/bridge.md", "tram.md")
    desk.move("other.md", "town/bridge.md")
    assert len(desk.read(HOUR)["renamed"]) == 2
    assert {desk.get(path).title: desk.get(path).id for path in ("tram.md", "town/bridge.md")} == ids


def test_copy_waits_for_review(desk: Desk) -> None:
    desk.put("copy.md", BRIDGE)
    (waiting,) = desk.read(HOUR)["review"]
    assert waiting["path"] == "copy.md"
    assert "a copy of town/bridge.md" in waiting["reason"]
    assert desk.list_titles() == ["The bridge opens"]


def test_removed_article_is_gone(desk: Desk, site: TestClient) -> None:
    assert site.get("/articles/2026/11/bridge").status_code == 200
    desk.remove("town/bridge.md")
    assert desk.read(HOUR) == {"withdrawn": ["town/bridge.md"]}
    assert desk.list_titles() == []
    assert site.get("/articles/2026/11/bridge").status_code == 410
    assert not desk.is_public("The bridge opens")


def test_restored_article_is_the_old_one(desk: Desk, site: TestClient) -> None:
    before = desk.get("town/bridge.md")
    desk.remove("town/bridge.md")
    desk.read(HOUR)
    desk.put("back/again.md", BRIDGE)
    desk.read(DAY)
    after = desk.get("back/again.md")
    assert (after.id, after.slug, after.released_at) == (before.id, before.slug, before.released_at)
    assert site.get("/articles/2026/11/bridge").status_code == 200


def test_draft_is_withdrawn(desk: Desk) -> None:
    desk.put("town/bridge.md", f"---\ndraft: yes\n---\n{BRIDGE}")
    assert desk.read(HOUR) == {"withdrawn": ["town/bridge.md"], "drafts": ["town/bridge.md"]}
    assert desk.list_titles() == []


def test_unreadable_text_leaves_the_last_good_one(desk: Desk) -> None:
    desk.put("town/bridge.md", "---\ntitle: [\n---\nNothing good.\n")
    assert desk.read(HOUR)["review"][0]["path"] == "town/bridge.md"
    assert desk.list_titles() == ["The bridge opens"]
    desk.put("town/bridge.md", BRIDGE)
    assert "review" not in desk.read(2 * HOUR)


def test_another_article_at_the_path_waits(desk: Desk) -> None:
    desk.put("town/bridge.md", TRAM)
    (waiting,) = desk.read(HOUR)["review"]
    assert "a new article or a correction?" in waiting["reason"]
    assert desk.list_titles() == ["The bridge opens"]


def test_reviews_are_mirrored_in_files(desk: Desk) -> None:
    mirror = desk.home.path / "var" / "review" / "town" / "broken.md.txt"
    desk.put("town/broken.md", "---\ntitle: [\n---\nNothing good.\n")
    desk.read(HOUR)
    assert mirror.read_text().startswith("town/broken.md:3: ")
    desk.remove("town/broken.md")
    desk.read(2 * HOUR)
    assert not mirror.exists()


def test_guard_holds_many_withdrawals(desk: Desk) -> None:
    names = [f"{number}.md" for number in range(11)]
    for name in names:
        desk.put(name, f"# Article {name}\n\nThe text of {name}, which is like no other.\n")
    desk.read()
    for name in names:
        desk.remove(name)
    desk.put("tram.md", TRAM)
    report = desk.read(HOUR)
    assert sorted(report["waiting"]) == sorted(names)
    assert report["new"] == ["tram.md"]
    assert len(desk.list_titles()) == 13
    assert len(desk.read(2 * HOUR, accept=True)["withdrawn"]) == 11
    assert len(desk.list_titles()) == 2


def test_guarded_files_that_come_back_are_forgiven(desk: Desk) -> None:
    for number in range(20):
        desk.put(f"{number}.md", f"# Article {number}\n\nThe text of {number}, which is like no other.\n")
    desk.read()
    seeds = desk.home.path / "seeds"
    seeds.rename(seeds.with_name("elsewhere"))
    seeds.mkdir()
    assert len(desk.read(HOUR)["waiting"]) == 21
    seeds.rmdir()
    seeds.with_name("elsewhere").rename(seeds)
    assert desk.read(2 * HOUR) == {"unchanged": 21}


def test_watched_file_must_be_gone_for_a_minute(desk: Desk) -> None:
    watch = Watch()
    desk.remove("town/bridge.md")
    assert "withdrawn" not in desk.read(HOUR, watch=watch)
    assert "withdrawn" not in desk.read(HOUR + MINUTE / 2, watch=watch)
    assert desk.list_titles() == ["The bridge opens"]
    assert desk.read(HOUR + MINUTE, watch=watch) == {"withdrawn": ["town/bridge.md"]}


def test_watched_file_must_stand_still(desk: Desk) -> None:
    watch = Watch()
    desk.put("tram.md", TRAM[:20])
    assert "new" not in desk.read(HOUR, watch=watch)
    desk.put("tram.md", TRAM)
    assert "new" not in desk.read(HOUR + MINUTE, watch=watch)
    assert desk.read(HOUR + 2 * MINUTE, watch=watch)["new"] == ["tram.md"]
    assert desk.get("tram.md").html.startswith("<p>Nobody")


def test_new_slug_leaves_the_old_address_leading_on(desk: Desk, site: TestClient) -> None:
    desk.put("town/bridge.md", f"---\nslug: new-bridge\n---\n{BRIDGE}")
    desk.read(HOUR)
    answer = site.get("/articles/2026/11/bridge")
    assert (answer.status_code, answer.headers["location"]) == (301, "/articles/2026/11/new-bridge")
    assert site.get("/articles/2026/11/new-bridge").status_code == 200


def test_aliases_lead_on(desk: Desk, site: TestClient) -> None:
    desk.put("tram.md", f"---\naliases: [/2019/tram.html, old/tram]\n---\n{TRAM}")
    desk.read(HOUR)
    for alias in ("/2019/tram.html", "/old/tram"):
        answer = site.get(alias)
        assert (answer.status_code, answer.headers["location"]) == (301, "/articles/2026/11/tram")


@pytest.mark.parametrize("alias", ["/articles/2026/11/..", "/articles/2026/11/%2e%2e", "/feeds/main.atom", "/"])
def test_alias_takes_nothing_away(desk: Desk, alias: str) -> None:
    desk.put("tram.md", f"---\naliases: ['{alias}', /articles/2026/11/bridge]\n---\n{TRAM}")
    before = public_files(desk.home).keys()
    desk.read(HOUR)
    assert public_files(desk.home).keys() > before


def test_twins_get_a_number(desk: Desk) -> None:
    desk.put("sport/bridge.md", "# The game of bridge\n\nFour people and a table.\n")
    desk.read(HOUR)
    assert desk.get("sport/bridge.md").slug == "bridge-2"


def test_declared_id_is_kept(desk: Desk) -> None:
    desk.put("tram.md", f"---\nid: https://old.example.org/?p=12\n---\n{TRAM}")
    desk.read(HOUR)
    assert desk.get("tram.md").id == "https://old.example.org/?p=12"


def test_declared_id_finds_its_article(desk: Desk) -> None:
    desk.put("tram.md", f"---\nid: tram-12\n---\n{TRAM}")
    desk.read()
    before = desk.get("tram.md")
    desk.remove("tram.md")
    desk.put("late.md", "---\nid: tram-12\n---\n# It comes at last\n\nThe stop was empty by then, alas.\n")
    assert desk.read(HOUR)["renamed"] == [{"path": "late.md", "from": "tram.md"}]
    assert desk.get("late.md").id == before.id


def test_ids_have_the_domain_of_the_mail(desk: Desk) -> None:
    assert desk.get("town/bridge.md").id == "tag:example.org,2026-11-22:2026/11/bridge"


@pytest.mark.parametrize("key", ["date", "embargo"])
def test_future_article_is_held_back_everywhere(desk: Desk, site: TestClient, key: str) -> None:
    desk.put("fair.md", f"---\n{key}: 2026-11-24T07:00:00+01:00\nimage: fair.png\n---\n# The fair\n\nOf secrets.\n")
    desk.put("fair.png", make_picture())
    desk.read(HOUR)
    address = f"/articles/2026/11/{desk.get('fair.md').slug}"
    assert not desk.is_public("Of secrets")
    assert not any(name.startswith("images/") for name in public_files(desk.home))
    assert site.get(address).status_code == 404
    moment = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert publish(desk.app, now=moment - MINUTE) == []
    assert address in publish(desk.app, now=moment)
    assert desk.list_titles() == ["The fair", "The bridge opens"]


def test_article_sent_back_to_the_future_disappears(desk: Desk) -> None:
    desk.put("town/bridge.md", f"---\nembargo: 2026-12-24\n---\n{BRIDGE}")
    desk.read(HOUR)
    assert not desk.is_public("The bridge opens")


def test_archive_keeps_its_date(desk: Desk) -> None:
    desk.put("2016-05-01-fair.md", "# The fair of old\n\nIt rained all day.\n")
    desk.read(HOUR)
    fair = desk.get("2016-05-01-fair.md")
    assert fair.released_at == fair.published_at == datetime(2016, 4, 30, 22, 0, tzinfo=UTC)
    assert fair.year == 2016
    assert desk.list_titles() == ["The bridge opens", "The fair of old"]


def test_file_times_count_in_the_first_read_only(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with home.opened() as app:
        desk = Desk(home, app)
        old = (NOW - 100 * DAY).timestamp()
        for name, text in (("first.md", BRIDGE), ("second.md", TRAM)):
            desk.put(name, text)
            os.utime(home.path / "seeds" / name, (old, old))
            read_folder(app, now=NOW)
        assert desk.get("first.md").published_at == NOW - 100 * DAY
        assert desk.get("second.md").published_at == NOW


def test_file_times_never_lie_in_the_future(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with home.opened() as app:
        desk = Desk(home, app)
        desk.put("bridge.md", BRIDGE)
        late = (NOW + 100 * DAY).timestamp()
        os.utime(home.path / "seeds" / "bridge.md", (late, late))
        read_folder(app, now=NOW)
        assert desk.get("bridge.md").published_at == NOW
        assert desk.list_titles() == ["The bridge opens"]
