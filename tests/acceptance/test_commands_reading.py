"""`ingest`, `articles`, `show`, `review`, `feeds`, `rebuild`: what they print, for people and for scripts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import call, call_well
from tests.homes import HomeFolder, make_home

BRIDGE = "# The bridge opens\n\nAfter two years, the bridge opens on Monday.\n"
ARTICLE_KEYS = {
    *("id", "slug", "title", "path", "section", "language", "published_at", "released_at", "updated_at", "status"),
}
WHOLE_KEYS = ARTICLE_KEYS | {"headline", "summary", "authors", "tags", "html", "text", "images", "correction"}


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    return make_home(tmp_path / "home", url="http://127.0.0.1:8000")


@pytest.fixture
def full_home(home: HomeFolder) -> HomeFolder:
    """One published, one scheduled, one withdrawn, one in review."""
    home.write_seed("town/bridge.md", BRIDGE)
    home.write_seed("town/fair.md", "---\ndate: 2120-05-01\n---\n# The fair comes\n\nIn May.\n")
    gone = home.write_seed("gone.md", "# The shop closes\n\nFor good.\n")
    home.write_seed("broken.md", "---\ntitle: [\n---\nNothing.\n")
    assert call(home, "ingest").code == 0
    gone.unlink()
    call_well(home, "ingest")
    return home


def ingest(home: HomeFolder) -> dict[str, Any]:
    report: dict[str, Any] = call_well(home, "ingest", "--json").json
    return report


def show(home: HomeFolder, name: str) -> dict[str, Any]:
    article: dict[str, Any] = call_well(home, "show", name, "--json").json
    return article


def test_ingest_reports_each_kind(full_home: HomeFolder) -> None:
    seeds = full_home.path / "seeds"
    (seeds / "town" / "bridge.md").rename(seeds / "town" / "span.md")
    full_home.write_seed("town/fair.md", "---\ndate: 2120-06-01\n---\n# The fair comes\n\nIn June.\n")
    full_home.write_seed("new.md", "# The new one\n\nA text.\n")
    report = ingest(full_home)
    assert report["new"] == ["new.md"]
    assert report["changed"] == ["town/fair.md"]
    assert report["renamed"] == [{"path": "town/span.md", "from": "town/bridge.md"}]
    assert (report["withdrawn"], report["unchanged"]) == ([], 0)
    (waiting,) = report["review"]
    assert waiting.keys() >= {"path", "reason", "line"}
    assert (waiting["path"], waiting["line"]) == ("broken.md", 3)


def test_second_ingest_finds_nothing_new(home: HomeFolder) -> None:
    home.write_seed("bridge.md", BRIDGE)
    ingest(home)
    assert ingest(home) == {
        **{name: [] for name in ("new", "changed", "renamed", "withdrawn", "review", "drafts", "left_out", "waiting")},
        **{name: [] for name in ("notes", "expired")},
        "unchanged": 1,
    }


def test_withdrawn_is_reported_by_path(home: HomeFolder) -> None:
    path = home.write_seed("bridge.md", BRIDGE)
    ingest(home)
    path.unlink()
    assert ingest(home)["withdrawn"] == ["bridge.md"]


def test_ingest_tells_people(home: HomeFolder) -> None:
    home.write_seed("bridge.md", BRIDGE)
    home.write_seed("broken.md", "---\ntitle: [\n---\nNothing.\n")
    lines = call_well(home, "ingest").out.splitlines()
    assert lines[0] == "new        bridge.md"
    assert lines[1].startswith("review     broken.md:3: ")
    assert lines[-1] == "1 new, 0 changed, 0 renamed, 0 withdrawn, 0 unchanged, 1 to review"


def test_guarded_withdrawals_end_with_three(home: HomeFolder) -> None:
    for number in range(20):
        home.write_seed(f"{number}.md", f"# Number {number} is here\n\nText {number}.\n")
    ingest(home)
    for path in sorted((home.path / "seeds").iterdir())[:11]:
        path.unlink()
    ran = call(home, "ingest", "--json")
    assert ran.code == 3
    assert len(ran.json["waiting"]) == 11
    assert ran.json["withdrawn"] == []
    assert len(call_well(home, "ingest", "--accept", "--json").json["withdrawn"]) == 11


def test_articles_have_the_promised_keys(full_home: HomeFolder) -> None:
    found = call_well(full_home, "articles", "--json").json
    assert all(article.keys() >= ARTICLE_KEYS for article in found)
    statuses = {article["path"]: article["status"] for article in found}
    assert statuses == {"town/bridge.md": "published", "town/fair.md": "scheduled", "gone.md": "withdrawn"}


def test_articles_table_names_every_article(full_home: HomeFolder) -> None:
    out = call_well(full_home, "articles").out
    assert all(word in out for word in ("The bridge opens", "scheduled", "withdrawn", "town/fair.md"))


def test_show_prints_the_whole_article(full_home: HomeFolder) -> None:
    article = show(full_home, "bridge")
    assert article.keys() >= WHOLE_KEYS
    assert article["html"] == "<p>After two years, the bridge opens on Monday.</p>"
    assert article["text"].strip() == "After two years, the bridge opens on Monday."
    assert article["section"] == "town"


def test_listed_instants_are_utc(full_home: HomeFolder) -> None:
    article = show(full_home, "fair")
    assert article["published_at"] == article["released_at"] == "2120-04-30T22:00:00Z"


def test_article_has_three_names(full_home: HomeFolder) -> None:
    by_path = show(full_home, "town/bridge.md")
    assert show(full_home, by_path["id"]) == show(full_home, by_path["slug"]) == by_path
    assert by_path["id"].startswith("tag:example.org,")


def test_show_tells_people(full_home: HomeFolder) -> None:
    out = call_well(full_home, "show", "bridge").out
    assert "The bridge opens" in out
    assert "After two years" in out


def test_unknown_article_ends_with_two(full_home: HomeFolder) -> None:
    ran = call(full_home, "show", "nothing", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "'nothing'" in ran.problem


def test_ambiguous_slug_names_the_candidates(home: HomeFolder) -> None:
    home.write_seed("2026-10-05-fair.md", "# The fair of October\n\nIt rained.\n")
    home.write_seed("2026-11-05-fair.md", "# The fair of November\n\nIt was dry.\n")
    ingest(home)
    ran = call(home, "show", "fair")
    assert ran.code == 2
    assert "2026-10-05-fair.md" in ran.problem
    assert "2026-11-05-fair.md" in ran.problem


def test_review_lists_what_waits(full_home: HomeFolder) -> None:
    (waiting,) = call_well(full_home, "review", "list", "--json").json
    assert waiting["path"] == "broken.md"
    assert call_well(full_home, "review", "show", "broken.md", "--json").json.items() >= waiting.items()
    assert waiting["reason"] in call_well(full_home, "review", "show", "broken.md").out


def test_review_of_something_else_ends_with_two(full_home: HomeFolder) -> None:
    ran = call(full_home, "review", "show", "town/bridge.md")
    assert ran.code == 2
    assert "does not wait" in ran.problem


def test_feeds_are_laid_out_as_addresses(full_home: HomeFolder, tmp_path: Path) -> None:
    call_well(full_home, "feeds", "--out", str(tmp_path / "out"))
    written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert written >= {"feeds/main.rss", "feeds/main.atom", "feeds/main.json", "feeds.opml", "index.html"}
    (item,) = json.loads((tmp_path / "out" / "feeds" / "main.json").read_text())["items"]
    assert item["title"] == "The bridge opens"


def test_feeds_without_news_write_nothing(full_home: HomeFolder) -> None:
    assert call_well(full_home, "feeds").out == "0 files written\n"


def test_rebuild_of_good_files_says_so(full_home: HomeFolder) -> None:
    assert call_well(full_home, "rebuild").out == "everything was right\n"


def test_rebuild_mends_what_was_touched(full_home: HomeFolder) -> None:
    feed = full_home.path / "var" / "public" / "feeds" / "main.atom"
    good = feed.read_bytes()
    feed.write_bytes(b"<feed/>")
    (feed.parent / "stray.html").write_bytes(b"stray")
    assert "2 files" in call_well(full_home, "rebuild").out
    assert feed.read_bytes() == good
    assert not (feed.parent / "stray.html").exists()
