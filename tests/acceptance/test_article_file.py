"""product.md, "An article's file", line by line: which test holds which promise, and those that stand nowhere else.

| promise | held by |
|---|---|
| endings; hidden, temporary and partial files left alone | unit/test_ingest_folder, unit/test_ingest_quiet |
| unchanged over two looks; by hand, two seconds at most | test_reading (watched_file_must_stand_still), here |
| front matter in YAML, TOML, JSON or none; known keys | unit/test_ingest_front_matter, _keys; test_generators |
| the date: header, name, folder, first sight, file times | unit/test_ingest_naming, _dates; test_reading (file_times) |
| the section; `<!-- more -->`; images beside the file | unit/test_ingest_naming, _reading; test_reading_public |
| no front matter: title, standfirst, byline and the rest | unit/test_ingest_clipping and its rules |
| identity: a tag URI, never from a loopback address | unit/test_domain_identity; here |
| it survives rename, move, new slug, new domain | test_reading, test_folder_histories; here |
| matched by id, by content, by path; swaps; copies | unit/test_ingest_reconcile, test_folder_histories |
| another title and little of the text left: to review | unit/test_ingest_likeness; here (the agenda); test_reviewing |
| address fixed; twins; slugs, aliases, former ones (301) | test_reading, test_web_articles |
| released_at fixed; archive keeps its date; order | unit/test_domain_identity; test_folder_histories |
| changed content: same id, `updated` moves with the text | test_reading; here (the renderer); nothing mailed: here |
| a date or embargo to come holds it back; 2 seconds | test_embargo, test_run_process |
| an end of its time | test_expiry, test_run_process |
| removed or a draft: withdrawn, issues paused; restored | test_reading, test_withdrawing, test_folder_histories |
| what can't be read: report and var/review, last version | test_reading, unit/test_ingest_hostile |
| the guard | unit/test_ingest_reconcile, test_reading, test_commands_reading; here (watched) |
| one process at a time: a lease with folder and host | test_reading_public, test_run_process; here |
"""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from publisher.errors import BusyError
from publisher.jobs import issuing
from publisher.jobs.reading import read_folder
from publisher.jobs.surveying import Watch
from publisher.store import tables
from tests.folders import BRIDGE, DAY, HOUR, MINUTE, NOW, TRAM, Desk, open_desk
from tests.homes import HomeFolder, look, make_home, subscribe

WEEK = 7 * DAY
DAYS = ("23 November", "30 November", "7 December")
EVENTS = ("choir in the hall, soup at noon", "dance in the barn, a film at eight", "a walk to the mill, chess")
REGULAR = "The market is on Friday from eight to noon on the square, as each week."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


def replace_setting(home: HomeFolder, old: str, new: str) -> None:
    file = home.path / "config" / "publisher.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_look_by_hand_waits_for_a_young_file(desk: Desk) -> None:
    path = desk.home.path / "seeds" / "tram.md"
    path.write_text(TRAM)
    assert desk.read(HOUR)["new"] == ["tram.md"]


def test_look_by_hand_waits_two_seconds_at_most(desk: Desk) -> None:
    path = desk.home.path / "seeds" / "tram.md"
    path.write_text(TRAM)
    ahead = time.time() + 1.9  # by its time it is written to until then
    os.utime(path, (ahead, ahead))
    started = time.monotonic()
    desk.read(HOUR)
    assert time.monotonic() - started < 5


def test_id_never_names_a_loopback_address(tmp_path: Path) -> None:
    for desk in open_desk(make_home(tmp_path / "home", url="http://127.0.0.1:8000")):
        assert desk.get("town/bridge.md").id == "tag:example.org,2026-11-22:2026/11/bridge"


def test_identity_survives_a_new_domain(desk: Desk) -> None:
    before = desk.get("town/bridge.md")
    replace_setting(desk.home, "https://gazette.example.org", "https://news.example.com")
    replace_setting(desk.home, "gazette@example.org", "news@example.com")
    with desk.home.opened() as app:
        desk.put("town/bridge.md", BRIDGE.replace("noon", "one"))
        read_folder(app, now=NOW + HOUR)
    after = desk.get("town/bridge.md")
    assert (after.id, after.slug, after.released_at) == (before.id, before.slug, before.released_at)
    assert desk.is_public("https://news.example.com/articles/2026/11/bridge")


def test_rename_may_take_two_looks(desk: Desk) -> None:
    before, watch = desk.get("town/bridge.md"), Watch()
    desk.remove("town/bridge.md")
    desk.read(HOUR, watch=watch)
    desk.put("town/span.md", BRIDGE)
    for seconds in (1, 2):
        desk.read(HOUR + timedelta(seconds=seconds), watch=watch)
    assert desk.get("town/span.md").id == before.id


def write_agenda(desk: Desk, week: int, *, title: str) -> None:
    desk.put("agenda.md", f"# {title.format(day=DAYS[week])}\n\nOn {DAYS[week]}: {EVENTS[week]}.\n\n{REGULAR}\n")


def test_weekly_agenda_never_goes_over_last_weeks(desk: Desk) -> None:
    for week in range(3):
        write_agenda(desk, week, title="The agenda from {day}")
        report = desk.read(week * WEEK)
        assert [one["path"] for one in report.get("review", [])] == ["agenda.md"] * (week > 0)
        assert desk.get("agenda.md").title == "The agenda from 23 November"
        assert desk.is_public("choir in the hall")


def test_long_agenda_needs_no_new_title(desk: Desk) -> None:
    for week in range(3):
        programme = " ".join(f"guest {week}.{number}," for number in range(60))
        desk.put("agenda.md", f"# The agenda\n\n{programme}\n\n{REGULAR}\n")
        report = desk.read(week * WEEK)
        assert [one["path"] for one in report.get("review", [])] == ["agenda.md"] * (week > 0)
    assert desk.is_public("guest 0.10")


def test_corrected_date_in_a_title_is_a_correction(desk: Desk) -> None:
    write_agenda(desk, 0, title="The agenda from {day}")
    desk.read(HOUR)
    text = (desk.home.path / "seeds" / "agenda.md").read_text()
    desk.put("agenda.md", text.replace("23 November", "24 November"))
    assert desk.read(2 * HOUR)["changed"] == ["agenda.md"]


def test_new_renderer_is_no_update(desk: Desk) -> None:
    with desk.app.ledger.engine.begin() as connection:
        connection.execute(update(tables.articles).values(html="<p>As an older version made it.</p>"))
    desk.put("town/bridge.md", f"---\ntags: [traffic]\n---\n{BRIDGE}")
    desk.read(HOUR)
    after = desk.get("town/bridge.md")
    assert (after.updated_at, "Monday at noon" in after.html) == (NOW, True)


def test_changed_article_is_not_mailed_again(desk: Desk) -> None:
    subscribe(desk.app, ["alice@example.net"], now=NOW)
    assert issuing.reckon(desk.app, now=NOW + 13 * HOUR)
    desk.put("town/bridge.md", BRIDGE.replace("noon", "one"))
    desk.read(14 * HOUR)
    assert issuing.reckon(desk.app, now=NOW + 37 * HOUR) == []


def test_guard_holds_while_watching(desk: Desk) -> None:
    for number in range(12):
        desk.put(f"{number}.md", f"# Article {number}\n\nThe text of {number}, which is like no other.\n")
    desk.read()
    shutil.rmtree(desk.home.path / "seeds")
    (desk.home.path / "seeds").mkdir()
    desk.put("tram.md", TRAM)
    watch, minutes = Watch(), (0, 1, 2, 60)
    reports = [desk.read(HOUR + minute * MINUTE, watch=watch) for minute in minutes]
    assert [report.get("new", []) for report in reports] == [[], ["tram.md"], [], []]
    assert len(reports[-1]["waiting"]) == 13
    assert len(desk.list_titles()) == 14


def test_lease_names_folder_and_host(desk: Desk, tmp_path: Path) -> None:
    more = f'[database]\nurl = "sqlite:///{desk.home.path}/data/publisher.db"\n'
    other = make_home(tmp_path / "other", more=more)
    shutil.copytree(desk.home.path / "data", other.path / "data")
    with other.opened() as app, pytest.raises(BusyError) as refused:
        look(app, NOW + MINUTE)
    assert f"{socket.gethostname()}:{desk.home.path / 'seeds'}" in str(refused.value)
