"""Review: an editor's verdict on a file that waits, what it is bound to, and what becomes of the articles."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from publisher.errors import NotFoundError, UsageError
from publisher.jobs.publishing import publish
from publisher.jobs.reviewing import approve, list_reviews, reject, show_review
from publisher.jobs.surveying import Watch
from publisher.web import build_web
from publisher.web.state import State
from tests.commands import call, call_well
from tests.folders import BRIDGE, DAY, HOUR, NOW, Desk, open_desk, public_files
from tests.homes import HTTPS, HomeFolder, make_home

SCAN = "et les organisateurs ont bien failli renoncer, dit-on,\nmais la pluie a cessé vers dix heures.\n"
OTHER_SCAN = SCAN.replace("dix", "onze")
FOXES = "# Six foxes seen behind the bakery\n\nNobody knows where they live, and the baker leaves them his rolls.\n"
BROKEN = "---\ntitle: [\n---\nNothing.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


def approve_well(desk: Desk, path: str, *, choice: str = "", after: timedelta = 2 * HOUR) -> str:
    """Approve a file; gives the title that it is published under."""
    done = approve(desk.app, path, choice=choice, now=NOW + after)
    assert done.article, done.reason
    return done.article.title


def list_paths(desk: Desk, *, is_whole: bool = False) -> list[str]:
    return [one["path"] for one in list_reviews(desk.app, is_whole=is_whole)]


def list_notes(desk: Desk) -> list[str]:
    """The files of var/review."""
    return sorted(path.name for path in (desk.home.path / "var" / "review").rglob("*.txt"))


@pytest.fixture
def scanned(desk: Desk) -> Desk:
    """A clipping whose title nobody found waits."""
    desk.put("sport/pluie.txt", SCAN)
    assert desk.read(HOUR)["review"]
    return desk


@pytest.fixture
def replaced(desk: Desk) -> Desk:
    """Another article's text stands in the place of the bridge, and waits."""
    desk.put("town/bridge.md", FOXES)
    assert desk.read(HOUR)["review"]
    return desk


def test_doubtful_file_says_what_and_why(scanned: Desk) -> None:
    (waiting,) = list_reviews(scanned.app)
    assert (waiting["path"], waiting["remedy"], waiting["state"]) == ("sport/pluie.txt", "approve", "waiting")
    doubt = next(doubt for doubt in show_review(scanned.app, "sport/pluie.txt").doubts if doubt["field"] == "title")
    assert doubt["found"] == "Pluie"
    assert 0 < doubt["certainty"] < 0.5


def test_waiting_is_counted_from_the_first_look(scanned: Desk) -> None:
    scanned.read(DAY)
    assert list_reviews(scanned.app)[0]["since"] == "2026-11-22T19:00:00Z"


def test_changed_file_waits_anew(scanned: Desk) -> None:
    scanned.put("sport/pluie.txt", OTHER_SCAN)
    scanned.read(DAY)
    assert list_reviews(scanned.app)[0]["since"] == "2026-11-23T18:00:00Z"


def test_approved_file_is_published_at_once(scanned: Desk) -> None:
    assert approve_well(scanned, "sport/pluie.txt") == "Pluie"
    assert scanned.is_public("mais la pluie")
    assert (list_paths(scanned), list_notes(scanned)) == ([], [])


def test_approval_holds_until_the_bytes_change(scanned: Desk) -> None:
    approve_well(scanned, "sport/pluie.txt")
    assert scanned.read(DAY) == {"unchanged": 2}
    scanned.put("sport/pluie.txt", OTHER_SCAN)
    assert scanned.read(DAY)["review"]
    assert not scanned.is_public("onze heures")


def test_file_back_at_approved_bytes_is_itself_again(scanned: Desk) -> None:
    approve_well(scanned, "sport/pluie.txt")
    before = scanned.get("sport/pluie.txt")
    scanned.put("sport/pluie.txt", OTHER_SCAN)
    scanned.read(DAY)
    scanned.put("sport/pluie.txt", SCAN)
    assert "review" not in scanned.read(DAY)
    assert scanned.get("sport/pluie.txt") == before


def test_approved_file_may_be_renamed(scanned: Desk) -> None:
    approve_well(scanned, "sport/pluie.txt")
    scanned.move("sport/pluie.txt", "sport/course.txt")
    assert scanned.read(DAY)["renamed"] == [{"path": "sport/course.txt", "from": "sport/pluie.txt"}]


def test_approval_survives_an_absence_and_a_rebuild(scanned: Desk) -> None:
    approve_well(scanned, "sport/pluie.txt")
    before = public_files(scanned.home)
    publish(scanned.app, now=NOW + 2 * HOUR, is_full=True)
    assert public_files(scanned.home) == before
    scanned.remove("sport/pluie.txt")
    scanned.read(DAY)
    scanned.put("sport/pluie.txt", SCAN)
    assert scanned.read(DAY + HOUR)["changed"] == ["sport/pluie.txt"]


def test_file_changed_since_the_look_is_not_approved(scanned: Desk) -> None:
    scanned.put("sport/pluie.txt", OTHER_SCAN)
    assert show_review(scanned.app, "sport/pluie.txt").is_changed
    assert approve(scanned.app, "sport/pluie.txt", now=NOW + HOUR).article is None
    assert not scanned.is_public("heures")


def test_rejected_file_is_left_out_until_it_changes(scanned: Desk) -> None:
    assert reject(scanned.app, "sport/pluie.txt", now=NOW) == ""
    assert (list_paths(scanned), list_notes(scanned)) == ([], [])
    assert scanned.read(DAY) == {"unchanged": 2}
    assert list_paths(scanned, is_whole=True) == ["sport/pluie.txt"]
    scanned.put("sport/pluie.txt", OTHER_SCAN)
    assert scanned.read(DAY)["review"]


def test_rejection_survives_an_absence(scanned: Desk) -> None:
    reject(scanned.app, "sport/pluie.txt", now=NOW)
    scanned.remove("sport/pluie.txt")
    scanned.read(DAY)
    scanned.put("sport/pluie.txt", SCAN)
    assert scanned.read(DAY) == {"unchanged": 2}


def test_rejected_file_can_still_be_approved(scanned: Desk) -> None:
    reject(scanned.app, "sport/pluie.txt", now=NOW)
    assert approve_well(scanned, "sport/pluie.txt") == "Pluie"


def test_rejected_text_leaves_the_last_good_version(replaced: Desk) -> None:
    before = replaced.get("town/bridge.md")
    assert reject(replaced.app, "town/bridge.md", now=NOW) == "The bridge opens"
    assert replaced.read(DAY) == {"unchanged": 1}
    assert replaced.get("town/bridge.md") == before
    assert replaced.list_titles() == ["The bridge opens"]


def test_rejected_text_goes_with_its_file(replaced: Desk) -> None:
    reject(replaced.app, "town/bridge.md", now=NOW)
    replaced.remove("town/bridge.md")
    assert replaced.read(DAY)["withdrawn"] == ["town/bridge.md"]


def test_approved_copy_is_an_article_of_its_own(desk: Desk) -> None:
    desk.put("sport/bridge.md", BRIDGE)
    desk.read(HOUR)
    approve_well(desk, "sport/bridge.md")
    assert desk.get("sport/bridge.md").id != desk.get("town/bridge.md").id
    assert desk.read(DAY) == {"unchanged": 2}


def test_another_text_needs_a_choice(replaced: Desk) -> None:
    with pytest.raises(UsageError, match=r"--as correction.*--as new"):
        approve(replaced.app, "town/bridge.md", now=NOW)
    assert replaced.list_titles() == ["The bridge opens"]


def test_another_text_can_be_a_correction(replaced: Desk) -> None:
    before = replaced.get("town/bridge.md")
    approve_well(replaced, "town/bridge.md", choice="correction")
    assert replaced.get("town/bridge.md").id == before.id
    assert replaced.list_titles() == ["Six foxes seen behind the bakery"]


def test_another_text_can_be_a_new_article(replaced: Desk) -> None:
    before = replaced.get("town/bridge.md")
    approve_well(replaced, "town/bridge.md", choice="new")
    assert replaced.get("town/bridge.md").id != before.id
    assert replaced.list_titles() == ["Six foxes seen behind the bakery", "The bridge opens"]
    assert replaced.read(DAY) == {"unchanged": 1}


def test_displaced_article_keeps_its_page(replaced: Desk) -> None:
    before = replaced.get("town/bridge.md")
    approve_well(replaced, "town/bridge.md", choice="new")
    site = TestClient(build_web(State(replaced.app)), base_url=HTTPS, follow_redirects=False)
    assert site.get(f"/articles/2026/11/{before.slug}").status_code == 200
    replaced.remove("town/bridge.md")
    assert replaced.read(DAY)["withdrawn"] == ["town/bridge.md"]
    assert replaced.list_titles() == ["The bridge opens"]


def test_displaced_article_is_listed_without_a_file(replaced: Desk) -> None:
    approve_well(replaced, "town/bridge.md", choice="new")
    lines = call_well(replaced.home.path, "articles").out.splitlines()
    assert [line.split()[-1] for line in lines if "The bridge opens" in line] == ["-"]


def test_displaced_article_finds_its_bytes_again(replaced: Desk) -> None:
    before = replaced.get("town/bridge.md")
    approve_well(replaced, "town/bridge.md", choice="new")
    replaced.put("town/last-week.md", BRIDGE)
    assert replaced.read(DAY)["changed"] == ["town/last-week.md"]
    assert replaced.get("town/last-week.md").id == before.id


def test_weekly_agenda_is_a_new_article_each_week(desk: Desk) -> None:
    for week, words in enumerate(("choir plum kiln", "market horse rope", "tower paint owl"), start=1):
        desk.put("agenda.md", f"# {words.title()}\n\n{' '.join(f'{words} {week}{at}' for at in range(9))}.\n")
        desk.read(week * DAY)
        if week > 1:
            approve_well(desk, "agenda.md", choice="new", after=week * DAY)
    assert len(desk.list_titles()) == 4
    assert desk.read(9 * DAY) == {"unchanged": 2}


def test_approval_works_beside_a_running_watch(scanned: Desk) -> None:
    watch = Watch()
    scanned.read(HOUR, watch=watch)
    approve_well(scanned, "sport/pluie.txt")
    assert scanned.read(DAY, watch=watch) == {"unchanged": 2}


@pytest.mark.parametrize("choice", ["new", "correction"])
def test_choice_without_a_question_is_refused(scanned: Desk, choice: str) -> None:
    with pytest.raises(UsageError, match="nothing to choose"):
        approve(scanned.app, "sport/pluie.txt", choice=choice, now=NOW)


@pytest.mark.parametrize("content", [BROKEN, b"\0\1\2\3" * 9])
def test_broken_file_can_only_be_mended(desk: Desk, content: str | bytes) -> None:
    desk.put("broken.md", content)
    desk.read(HOUR)
    with pytest.raises(UsageError, match="mend the file"):
        approve(desk.app, "broken.md", now=NOW)
    reject(desk.app, "broken.md", now=NOW)
    assert desk.read(DAY) == {"unchanged": 2}


def test_published_article_is_not_rejected(desk: Desk) -> None:
    with pytest.raises(UsageError, match="draft: true"):
        reject(desk.app, "town/bridge.md", now=NOW)


@pytest.mark.parametrize("act", [approve, reject])
def test_verdict_on_an_unknown_file_is_refused(desk: Desk, act: type) -> None:
    with pytest.raises(NotFoundError, match=r"review list"):
        act(desk.app, "nothing.md", now=NOW)


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    """One file to approve, one to mend, one to choose for."""
    home = make_home(tmp_path / "home")
    home.write_seed("town/bridge.md", BRIDGE)
    call_well(home, "ingest")
    home.write_seed("town/bridge.md", FOXES)
    home.write_seed("a b.txt", SCAN + "\x1b[31mred \u202eturned\n")
    home.write_seed("broken.md", BROKEN)
    call_well(home, "ingest")
    return home


def test_list_says_what_can_be_done(home: HomeFolder) -> None:
    lines = call_well(home, "review", "list").out.splitlines()
    assert [word in line for line, word in zip(lines[1:], ("approve or", "mend the", "--as"), strict=True)] == [
        True
    ] * 3


def test_show_gives_the_commands(home: HomeFolder) -> None:
    out = call_well(home, "review", "show", "a b.txt").out
    assert "title: found 'A b', certain to" in out
    assert "publisher review approve 'a b.txt'" in out
    assert "as it would be published" in out
    assert "--as new" in call_well(home, "review", "show", "town/bridge.md").out


@pytest.mark.parametrize(("ending", "mend"), [("txt", "its front matter: `title: …`"), ("md", "its title, as `# …`")])
def test_show_says_where_a_title_belongs(desk: Desk, ending: str, mend: str) -> None:
    desk.put(
        f"scan0012.{ending}", "et les organisateurs ont bien failli renoncer,\nmais la pluie a cessé vers dix heures.\n"
    )
    desk.read()
    assert mend in call_well(desk.home, "review", "show", f"scan0012.{ending}").out


def test_show_is_safe_in_a_terminal(home: HomeFolder) -> None:
    out = call_well(home, "review", "show", "a b.txt").out
    assert "red" in out
    assert not {"\x1b", "\u202e"} & set(out)


def test_show_of_a_broken_file_shows_its_lines(home: HomeFolder) -> None:
    out = call_well(home, "review", "show", "broken.md").out
    assert "     2  title: [" in out
    assert "review approve" not in out


def test_commands_act_on_a_file(home: HomeFolder) -> None:
    assert "https://gazette.example.org/articles/" in call_well(home, "review", "approve", "a b.txt").out
    said = call_well(home, "review", "reject", "town/bridge.md", "--json").json
    assert said == {"path": "town/bridge.md", "kept": "The bridge opens"}
    assert call(home, "review", "approve", "broken.md").code == 2
    states = {one["path"]: one["state"] for one in call_well(home, "review", "list", "--all", "--json").json}
    assert states == {"a b.txt": "approved", "broken.md": "waiting", "town/bridge.md": "rejected"}


def test_moved_bytes_are_not_published_by_an_old_verdict(home: HomeFolder) -> None:
    home.write_seed("a b.txt", OTHER_SCAN)
    ran = call(home, "review", "approve", "a b.txt")
    assert ran.code == 3
    assert "not published" in ran.out


PART = "Le premier tram est parti hier matin, et personne ne sait quand il reviendra à la gare.\n"
OTHER_PART = PART.replace("tram", "marché")
PAPER = f"# Le tram est parti\n\nPar Anne Petit\n\n{PART}\n----------\n\n# La foire: en juin\n\n{OTHER_PART}"


@pytest.fixture
def paper(tmp_path: Path) -> HomeFolder:
    """Two articles in one file wait."""
    home = make_home(tmp_path / "home")
    home.write_seed("scan.txt", PAPER)
    call_well(home, "ingest")
    return home


def list_seeds(home: HomeFolder) -> list[str]:
    return sorted(path.name for path in (home.path / "seeds").iterdir())


def test_several_articles_become_files_of_their_own(paper: HomeFolder) -> None:
    assert "publisher review split scan.txt" in call_well(paper, "review", "show", "scan.txt").out
    call_well(paper, "review", "split", "scan.txt", "--yes", "--remove")
    assert list_seeds(paper) == ["scan-1-le-tram-est-parti.md", "scan-2-la-foire-en-juin.md"]
    call_well(paper, "ingest")
    found = call_well(paper, "show", "scan-1-le-tram-est-parti.md", "--json").json
    assert (found["title"], found["authors"]) == ("Le tram est parti", ["Anne Petit"])
    assert call_well(paper, "review", "list", "--json").json == []


def test_split_file_stays_unless_told(paper: HomeFolder) -> None:
    done = call_well(paper, "review", "split", "scan.txt", "--yes", "--json").json
    assert [part["title"] for part in done["parts"]] == ["Le tram est parti", "La foire: en juin"]
    assert "scan.txt" in list_seeds(paper)


def test_split_writes_over_nothing(paper: HomeFolder) -> None:
    there = paper.write_seed("scan-2-la-foire-en-juin.md", "# Mine\n\nMy own words.\n")
    ran = call(paper, "review", "split", "scan.txt", "--yes", "--remove")
    assert (ran.code, "is there already" in ran.problem) == (1, True)
    assert there.read_text("utf-8").startswith("# Mine")
    assert list_seeds(paper) == ["scan-2-la-foire-en-juin.md", "scan.txt"]


def test_single_article_is_not_split(home: HomeFolder) -> None:
    assert "split it by hand" in call(home, "review", "split", "a b.txt", "--yes").problem
