"""Ids beside the articles: exported, imported, and kept in a file from which a lost ledger is made again."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from publisher.domain.article import Article
from publisher.domain.ids import describe_record
from publisher.jobs.ids import list_records
from tests.commands import call, call_well
from tests.folders import BRIDGE, DAY, HOUR, NOW, TRAM, Desk, open_desk, public_files
from tests.homes import HomeFolder, look, make_home

IDS = "seeds/ids.jsonl"
FIRST = '{"id": "tag:example.org,2026-11-22:2026/11/bridge", "path": "town/bridge.md", '


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_keeping_home(tmp_path / "home"))


def make_keeping_home(path: Path) -> HomeFolder:
    """A home that keeps ids beside its articles."""
    home = make_home(path)
    settings = home.path / "config" / "publisher.toml"
    settings.write_text(settings.read_text().replace("[seeds]", f'[seeds]\nids_file = "{IDS}"'))
    return home


def fill(desk: Desk) -> None:
    """A rename, twins, a new slug, a withdrawal, an archive, an id of its own, a date to come."""
    desk.put("tram.md", TRAM)
    desk.put("sport/bridge.md", "# The game of bridge\n\nFour people and a table.\n")
    desk.put("2016-05-01-fair.md", "---\nid: https://old.example.org/?p=12\n---\n# The fair of old\n\nIt rained.\n")
    desk.put("gone.md", "# The shop\n\nIt is closed.\n")
    desk.put("coming.md", "---\ndate: 2026-12-24\n---\n# The feast\n\nIs to come.\n")
    desk.read(HOUR)
    desk.move("tram.md", "works/late-tram.md")
    desk.put("town/bridge.md", f"---\nslug: new-bridge\n---\n{BRIDGE}")
    desk.remove("gone.md")
    desk.read(DAY)


def lose_ledger(desk: Desk, path: Path) -> HomeFolder:
    """The same home without data/ and var/."""
    shutil.copytree(desk.home.path / "config", path / "config")
    shutil.copytree(desk.home.path / "seeds", path / "seeds")
    return HomeFolder(path)


def know(article: Article) -> tuple[Any, ...]:
    return article.id, article.path, article.year, article.month, article.slug, article.released_at


def list_live(desk: Desk) -> set[tuple[Any, ...]]:
    with desk.app.ledger.read() as tx:
        return {know(article) for article in tx.articles.list_all() if article.withdrawn_at is None}


def read_lines(desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (desk.home.path / IDS).read_text().splitlines()]


def without_tombstones(files: dict[str, bytes]) -> dict[str, bytes]:
    """Files without what only a ledger knows: when an article that left its folder was taken back.

    In feeds that stands before their entries.
    """
    return {name: data[max(data.find(b"<entry"), data.find(b"<item"), 0) :] for name, data in files.items()}


def test_lost_ledger_is_made_again(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    home = lose_ledger(desk, tmp_path / "again")
    with home.opened() as app:
        again = Desk(home, app)
        report = look(app, NOW + 30 * DAY).report
        assert len(report["new"]) == 5
        assert list_live(again) == list_live(desk)
        assert without_tombstones(public_files(home)) == without_tombstones(public_files(desk.home))
        assert (home.path / IDS).read_bytes() == (desk.home.path / IDS).read_bytes()


def test_withdrawn_article_of_a_lost_ledger_is_itself_again(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    home = lose_ledger(desk, tmp_path / "again")
    with desk.app.ledger.read() as tx:
        (gone,) = tx.articles.list_named("gone.md")
    with home.opened() as app:
        again = Desk(home, app)
        again.read(2 * DAY)
        again.put("gone.md", "# The shop\n\nIt is closed.\n")
        again.read(3 * DAY)
        assert know(again.get("gone.md")) == know(gone)


def test_new_ids_stand_at_the_end(desk: Desk) -> None:
    before = (desk.home.path / IDS).read_text()
    assert before.startswith(FIRST)
    desk.put("a.md", TRAM)
    desk.read(HOUR)
    assert (desk.home.path / IDS).read_text().startswith(before)
    assert [line["path"] for line in read_lines(desk)] == ["town/bridge.md", "a.md"]


def test_rename_changes_its_line_alone(desk: Desk) -> None:
    desk.put("tram.md", TRAM)
    desk.read(HOUR)
    desk.move("tram.md", "late.md")
    desk.read(2 * HOUR)
    assert [line["path"] for line in read_lines(desk)] == ["town/bridge.md", "late.md"]


def test_ids_of_an_empty_folder_are_kept(tmp_path: Path) -> None:
    home = make_keeping_home(tmp_path / "home")
    for _ in range(2):
        call_well(home, "ingest")
        assert (home.path / IDS).read_bytes() == b""


def test_bad_line_is_named_and_kept(desk: Desk) -> None:
    file = desk.home.path / IDS
    text = f"{file.read_text()}<<<<<<< ours\n"
    file.write_text(text)
    desk.put("tram.md", TRAM)
    (waiting,) = desk.read(HOUR)["review"]
    assert (waiting["path"], waiting["line"]) == ("ids.jsonl", 2)
    assert "one object a line" in waiting["reason"]
    assert file.read_text() == text
    assert desk.list_titles() == ["The tram is late", "The bridge opens"]


def test_second_file_that_claims_an_id_waits(desk: Desk, tmp_path: Path) -> None:
    home = lose_ledger(desk, tmp_path / "again")
    file = home.path / IDS
    file.write_text(file.read_text() + file.read_text().replace("town/bridge.md", "tram.md"))
    with home.opened() as app:
        again = Desk(home, app)
        again.put("tram.md", TRAM)
        for after in (DAY, 2 * DAY):
            (waiting,) = again.read(after)["review"]
            assert waiting["path"] == "tram.md"
            assert waiting["reason"] == "ids.jsonl:2 gives it the id of town/bridge.md"
        assert again.get("town/bridge.md").id == desk.get("town/bridge.md").id


def test_unchanged_file_is_not_written(desk: Desk) -> None:
    before = (desk.home.path / IDS).stat()
    desk.put("town/bridge.md", BRIDGE.replace("noon", "one"))
    desk.read(HOUR)
    after = (desk.home.path / IDS).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("name", ["seeds/ids.txt", "seeds/ids"])
def test_ids_file_is_no_article(tmp_path: Path, name: str) -> None:
    home = make_keeping_home(tmp_path / "home")
    settings = home.path / "config" / "publisher.toml"
    settings.write_text(settings.read_text().replace(IDS, name))
    ran = call(home, "ingest")
    assert ran.code == 2
    assert "seeds.ids_file" in ran.problem
    assert ".jsonl" in ran.problem


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    folder = make_home(tmp_path / "plain")
    folder.write_seed("town/bridge.md", BRIDGE)
    folder.write_seed("tram.md", TRAM)
    return folder


def export(home: HomeFolder, path: Path) -> Path:
    call_well(home, "ids", "export", "--out", str(path))
    return path


def test_exported_ids_are_imported(home: HomeFolder, tmp_path: Path) -> None:
    call_well(home, "ingest")
    lines = export(home, tmp_path / "ids.jsonl")
    other = make_home(tmp_path / "other")
    shutil.copytree(home.path / "seeds", other.path / "seeds", dirs_exist_ok=True)
    assert call_well(other, "ids", "import", str(lines)).out == "2 taken, 0 known, 0 refused\n"
    assert sorted(call_well(other, "ingest", "--json").json["new"]) == ["town/bridge.md", "tram.md"]
    assert export(other, tmp_path / "again.jsonl").read_text() == lines.read_text()


def test_export_is_lines_or_one_document(home: HomeFolder) -> None:
    call_well(home, "ingest")
    lines = [json.loads(line) for line in call_well(home, "ids", "export").out.splitlines()]
    assert lines == call_well(home, "ids", "export", "--json").json
    with home.opened() as app:
        assert lines == [describe_record(record) for record in list_records(app)]
    keys = {"id", "path", "slug", "address", "declared_id", "published_at", "released_at", "first_seen_at", "former"}
    assert lines[0].keys() == keys


def test_known_ids_are_left_alone(home: HomeFolder, tmp_path: Path) -> None:
    call_well(home, "ingest")
    lines = export(home, tmp_path / "ids.jsonl")
    assert call_well(home, "ids", "import", str(lines)).out == "0 taken, 2 known, 0 refused\n"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"path": "tram.md"', '"path": "late.md"', "has another path already: path tram.md"),
        ('"id": "tag:', '"id": "tag:x.', "is tag:example.org"),
        ("/articles/", "/article/", "is not of the form /articles/2026/11/slug"),
        ('"released_at": "2', '"released_at": "x2', "released_at: a moment such as"),
        ('"id": "tag:', '"id": "', "is no tag: or other URI"),
        ('"path": "', '"path": "../', "does not lie below the folder"),
        ("{", "", "this is no JSON"),
    ],
)
def test_conflict_changes_nothing(home: HomeFolder, tmp_path: Path, old: str, new: str, reason: str) -> None:
    call_well(home, "ingest")
    lines = export(home, tmp_path / "ids.jsonl")
    before = lines.read_text()
    spoilt = before.replace(old, new)
    lines.write_text(spoilt)
    ran = call(home, "ids", "import", str(lines), "--json")
    assert ran.code == 3
    assert ran.json["taken"] == 0
    assert all(reason in one["reason"] for one in ran.json["refused"])
    assert export(home, lines).read_text() == before


def test_missing_file_is_wrong_usage(home: HomeFolder) -> None:
    ran = call(home, "ids", "import", "nowhere.jsonl")
    assert ran.code == 2
    assert "nowhere.jsonl" in ran.problem
