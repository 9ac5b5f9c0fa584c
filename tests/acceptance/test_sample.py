"""The sample that a newcomer sees first: the settings and articles that travel with the code, as a home."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import feedparser
import lxml.html
import pytest
from lxml import etree

from publisher.app import App, open_app
from publisher.digests import render_variant
from publisher.domain.article import Article
from publisher.domain.article import Status as ArticleStatus
from publisher.domain.feed import Format
from publisher.domain.issue import Slot
from publisher.jobs import issuing
from publisher.jobs.previewing import preview
from publisher.jobs.publishing import publish
from publisher.jobs.reading import Look, read_folder
from publisher.jobs.upkeep import examine
from publisher.markup import to_plain
from tests.acceptance.feeds import Reader

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # an hour before the morning's issue
SCHEMA = etree.RelaxNG(etree.parse(ROOT / "tests" / "data" / "atom.rng"))
DIGEST_LIMIT = 90_000
TITLES = {
    "culture/le-kiosque-retrouve-sa-musique.md": "Le kiosque retrouve sa musique",
    "culture/une-bibliotheque-qui-prete-des-outils.md": "Une bibliothèque qui prête aussi des outils",
    "nature/an-otter-in-the-canal.md": "An otter is back in the canal",
    "nature/knotwilgen-zoeken-handen.md": "Tweehonderd knotwilgen zoeken handen",
    "sport/cross-des-etangs.txt": "Cross des Étangs\u00a0: la boue, le froid et le sourire",
    "une-gazette-dans-un-dossier.md": "Une gazette dans un dossier",
    "ville/2026-11-16-le-pont-des-ecoles-rouvre.md": "Pont des Écoles\u00a0: les piétons d’abord",
    "ville/ducasse-de-juin.md": "La ducasse de juin aura sa grande roue",
    "ville/late-train-back-on-sundays.md": "The late train is back, on Sundays too",
    "ville/le-marche-du-samedi.txt": "Le marché du samedi quitte la place",
    "ville/speelstraat-wordt-vaste-waarde.md": "Speelstraat in de Kersenlaan wordt een vaste waarde",
    "ville/tarifs-de-la-piscine.md": "Piscine, les nouveaux tarifs au 1er janvier",
}
FUTURE = "ville/ducasse-de-juin.md"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a checkout holds, as if it had been made at NOW."""
    folder = tmp_path_factory.mktemp("sample")
    for part in ("config", "seeds"):
        shutil.copytree(ROOT / part, folder / part)
    for path in (folder / "seeds").rglob("*.*"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return folder


@pytest.fixture(scope="module")
def app(home: Path) -> Iterator[App]:
    with open_app(home) as opened:
        issuing.see_schedules(opened, now=NOW)
        yield opened


@pytest.fixture(scope="module")
def first_look(app: App) -> Look:
    return read_folder(app, now=NOW)


@pytest.fixture(scope="module")
def articles(app: App, first_look: Look) -> dict[str, Article]:
    assert first_look.report["new"]
    with app.ledger.read() as tx:
        return {article.path: article for article in tx.articles.list_all()}


@pytest.fixture(scope="module")
def public(app: App, first_look: Look) -> dict[str, bytes]:
    """What stands in public, by its path."""
    served = {path: app.shelf.find(path) for path in first_look.published}
    return {path: one.body for path, one in served.items() if one}


def test_everything_is_read_at_once(first_look: Look) -> None:
    assert sorted(first_look.report["new"]) == sorted(TITLES)
    assert first_look.report["review"] == []


def test_draft_is_not_even_looked_at(first_look: Look, public: dict[str, bytes]) -> None:
    assert not [path for path in first_look.report["new"] if "_drafts" in path]
    assert not [path for path, data in public.items() if "participatif" in data.decode("utf-8", "ignore")]


def test_every_article_has_its_title(articles: dict[str, Article]) -> None:
    assert {path: article.title for path, article in articles.items()} == TITLES


def test_three_languages_are_told_apart(articles: dict[str, Article]) -> None:
    by_language: dict[str, int] = {}
    for article in articles.values():
        by_language[article.language] = by_language.get(article.language, 0) + 1
    assert by_language == {"fr": 8, "en": 2, "nl": 2}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("ville/le-marche-du-samedi.txt", "le déplacement provisoire du marché"),
        ("sport/cross-des-etangs.txt", "une étudiante du club d'athlétisme voisin"),
        ("nature/an-otter-in-the-canal.md", "canal"),
    ],
)
def test_clippings_are_whole_again(articles: dict[str, Article], path: str, words: str) -> None:
    article = articles[path]
    assert words in to_plain(article.html)
    assert "►" not in article.html
    assert article.authors or article.standfirst


def test_clipping_keeps_its_quotation(articles: dict[str, Article]) -> None:
    market = articles["ville/le-marche-du-samedi.txt"]
    assert market.standfirst.startswith("Pendant six mois")
    assert "<blockquote>" in market.html
    assert "Firmin Cools, maraîcher" in market.html


def test_future_article_waits(app: App, articles: dict[str, Article], public: dict[str, bytes]) -> None:
    fair = articles[FUTURE]
    assert fair.status(NOW) is ArticleStatus.SCHEDULED
    assert not [path for path, data in public.items() if "grande roue" in data.decode("utf-8", "ignore")]
    assert fair.status(fair.released_at) is ArticleStatus.PUBLISHED


@pytest.mark.parametrize("name", ["main", "sport"])
@pytest.mark.parametrize("ending", ["rss", "atom"])
def test_feeds_parse_without_complaint(public: dict[str, bytes], name: str, ending: str) -> None:
    parsed = feedparser.parse(public[f"/feeds/{name}.{ending}"])
    assert not parsed.bozo
    assert len(parsed.entries) == (1 if name == "sport" else len(TITLES) - 1)
    assert all(entry.id.startswith("tag:example.org,2026-11-23:") for entry in parsed.entries)


@pytest.mark.parametrize("name", ["main", "sport"])
def test_atom_feeds_are_valid(public: dict[str, bytes], name: str) -> None:
    SCHEMA.assertValid(etree.fromstring(public[f"/feeds/{name}.atom"]))


def test_json_feed_has_what_it_must(public: dict[str, bytes]) -> None:
    feed = json.loads(public["/feeds/main.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {item["title"] for item in feed["items"]} == {title for path, title in TITLES.items() if path != FUTURE}
    assert all(item["id"] and item["content_html"] for item in feed["items"])


def test_every_picture_is_there(app: App, public: dict[str, bytes]) -> None:
    text = b"\n".join(public.values()).decode("utf-8", "ignore").replace("\\/", "/")
    pictures = set(re.findall(r"/images/[0-9a-f]{16}/[\w%.-]+", text))
    assert pictures
    assert all(app.shelf.find(picture) for picture in pictures)


def test_every_page_is_linked_with_every_feed(public: dict[str, bytes]) -> None:
    pages = [lxml.html.fromstring(data) for data in public.values() if data.startswith(b"<!DOCTYPE html>")]
    assert len(pages) == len(TITLES) - 1 + 1  # the articles and the front page
    wanted = {f"/feeds/{name}.{form.value}" for name in ("main", "sport") for form in Format}
    assert all(wanted <= set(page.xpath('//link[@rel="alternate"]/@href')) for page in pages)


def test_links_between_pages_lead_somewhere(app: App, public: dict[str, bytes]) -> None:
    pages = [lxml.html.fromstring(data) for data in public.values() if data.startswith(b"<!DOCTYPE html>")]
    pages.append(lxml.html.fromstring(Reader(app).get("/feeds")))
    links = {link for page in pages for link in page.xpath('(//a|//link[@rel="alternate"])/@href[starts-with(., "/")]')}
    assert not [link for link in links - {"/subscribe", "/mailbox"} if Reader(app).find(link) is None]


def test_morning_issue_is_in_french(app: App, articles: dict[str, Article]) -> None:
    slot = issuing.plan(app, start=NOW, end=NOW + timedelta(hours=2))[0]
    assert (slot.newsletter, slot.slot) == ("daily", "2026-11-23T0700")
    assert {article.language for article in slot.articles} == {"fr"}
    assert len(slot.articles) == sum(article.language == "fr" for article in articles.values()) - 1


@pytest.mark.parametrize("name", ["daily", "weekly"])
def test_digest_fits_into_mail(app: App, first_look: Look, name: str) -> None:
    planned = issuing.plan(app, start=NOW, end=NOW + timedelta(days=7))
    line = next(line for line in planned if line.newsletter == name)
    slot = Slot(name=line.slot, due_at=line.due_at)
    coming = issuing.prepare(app, app.get_newsletter(name), slot=slot, cutoff=line.due_at)
    variant = render_variant(coming.brief, language="fr", sections=(), format="html")
    assert 0 < len(variant.html.encode()) < DIGEST_LIMIT
    assert all(article.title in variant.text for article in coming.chosen.articles)
    message = message_from_bytes(preview(app, coming).message, policy=policy.default)
    assert message["Subject"] == variant.subject


def test_rebuilt_sample_is_byte_equal(app: App, first_look: Look) -> None:
    assert publish(app, now=NOW, is_full=True) == []


def test_sample_has_no_fault(app: App) -> None:
    assert [finding for finding in examine(app) if not finding.is_ok] == []
