"""The content folders of seven generators, each read as it is: the articles that come of it, and all that does not."""

import os
import shutil
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from publisher.domain.article import Article
from tests.folders import NOW
from tests.homes import look, make_home

FOLDERS = Path(__file__).parents[1] / "data" / "generators"
GENERATORS = sorted(folder.name for folder in FOLDERS.iterdir())
FRENCH = frozenset({"pelican", "zola"})
WRITTEN = NOW - timedelta(days=3)
SHOWN = (
    *("path", "title", "slug", "section", "tags", "authors", "language", "published_at", "released_at", "updated_at"),
    *("expires_at", "summary", "aliases", "canonical_url", "notes", "extra", "html"),
)


def brussels(*parts: int) -> datetime:
    """A moment by the paper's clock."""
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Brussels"))  # type: ignore[arg-type,misc]


@cache
def _read(generator: str, home: Path) -> tuple[dict[str, Any], tuple[Article, ...]]:
    """The report of a first look at a generator's folder, and the articles by path."""
    folder = make_home(home / generator)
    settings = folder.path / "config" / "publisher.toml"
    if generator in FRENCH:
        settings.write_text(settings.read_text().replace('language = "en"', 'language = "fr"'))
    shutil.copytree(FOLDERS / generator, folder.path / "seeds", dirs_exist_ok=True)
    for path in (folder.path / "seeds").rglob("*"):
        os.utime(path, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    with time_machine.travel(NOW, tick=False), folder.opened() as app:
        report = look(app, NOW).report
        with app.ledger.read() as tx:
            articles = tx.articles.list_all()
    return report, tuple(sorted(articles, key=lambda article: article.path))


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("generators")


def get(homes: Path, generator: str, path: str) -> Article:
    """The article of a path."""
    return next(article for article in _read(generator, homes)[1] if article.path == path)


def test_bare_slug_is_that_of_the_own_language(homes: Path) -> None:
    slugs = {article.language: article.slug for article in _read("hugo", homes)[1] if "bakery" in article.path}
    assert slugs == {"en": "bakery", "fr": "bakery-2"}


@pytest.mark.parametrize("generator", GENERATORS)
def test_folder_gives_the_expected_articles(generator: str, homes: Path, snapshot: SnapshotAssertion) -> None:
    report, articles = _read(generator, homes)
    shown = {"articles": [_show(article) for article in articles], "report": report}
    assert shown == snapshot(extension_class=JSONSnapshotExtension)


def _show(article: Article) -> dict[str, Any]:
    shown = {name: getattr(article, name) for name in SHOWN}
    shown |= {"status": str(article.status(NOW)), "images": [image.path for image in article.images]}
    return {
        name: value.isoformat() if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value
        for name, value in shown.items()
    }


@pytest.mark.parametrize(
    ("generator", "path", "field", "value"),
    [
        ("jekyll", "_posts/2026-11-19-mill-wheel-turns-again.md", "tags", ("river", "mill", "volunteers", "heritage")),
        ("jekyll", "_posts/2026-11-19-mill-wheel-turns-again.md", "authors", ("Nora Peeters",)),
        ("jekyll", "_posts/2026-11-19-mill-wheel-turns-again.md", "aliases", ("/2026/old-wheel/",)),
        ("jekyll", "_posts/2026-11-02-flood-report.md", "slug", "flood-report"),
        ("jekyll", "sport/_posts/2026-11-18-relay-won.md", "tags", ("relay", "NO", "1.10", "youth")),
        ("hugo", "content/posts/bakery/index.md", "authors", ("Zoë Claes",)),
        ("hugo", "content/posts/bakery/index.md", "extra", {"subtitle": "Forty years of bread", "weight": 10}),
        ("hugo", "content/posts/bakery/index.fr.md", "language", "fr"),
        ("hugo", "content/posts/embargoed.md", "released_at", brussels(2026, 12, 1, 9)),
        ("hugo", "content/posts/embargoed.md", "published_at", brussels(2026, 11, 20)),
        ("hugo", "content/posts/expired.md", "expires_at", brussels(2026, 11, 16)),
        ("hugo", "content/posts/2026/11/12/pool-prices.md", "published_at", brussels(2026, 11, 12)),
        ("zola", "ville/2026-11-19-fontaine.md", "section", "Patrimoine"),
        ("zola", "ville/adresse.md", "published_at", brussels(2026, 11, 17)),
        ("zola", "ville/2026-11-16_tot-le-matin.md", "published_at", brussels(2026, 11, 16)),
        ("zola", "ville/marche/index.md", "slug", "marche-au-quai"),
        ("eleventy", "posts/bridge.md", "tags", ("bridge", "12:30")),
        ("eleventy", "posts/tram.md", "slug", "late"),
        ("eleventy", "posts/undated.md", "published_at", WRITTEN),
        ("eleventy", "fr/kiosque.md", "section", ""),
        ("pelican", "ville/pont.md", "authors", ("Petit, Anne", "Benali, Karim")),
        ("pelican", "ville/pont.md", "tags", ("pont, canal", "vélo")),
        ("pelican", "ville/pont.md", "summary", "Deux ans de travaux, et un ruban à couper."),
        ("pelican", "ville/marche.md", "published_at", brussels(2026, 11, 16)),
        ("pelican", "ville/page.html", "section", "Loisirs"),
        ("pelican", "ville/page.html", "title", "La piscine augmente ses prix"),
        ("docusaurus", "2026-11-19-new-well.md", "slug", "new-well"),
        ("docusaurus", "2026-11-19-new-well.md", "updated_at", brussels(2026, 11, 20)),
        ("docusaurus", "2026-11-18-pumps/index.mdx", "authors", ("Jan Maes", "Zoë Claes")),
        ("docusaurus", "2026/11-17-town-hall.md", "published_at", brussels(2026, 11, 17)),
        ("docusaurus", "fr/2026-11-19-puits.md", "authors", ("Anne Petit",)),
        ("astro", "src/content/blog/first-frost.md", "updated_at", brussels(2026, 11, 21, 7, 30)),
        ("astro", "src/content/blog/notes/lamp.md", "authors", ("Anne Petit", "Zoë Claes")),
        ("astro", "src/content/blog/fr/gel.md", "slug", "premier-gel"),
        ("astro", "src/content/blog/sluice.mdx", "canonical_url", "https://jan.example/sluice"),
    ],
)
def test_odd_case_is_read_as_meant(generator: str, path: str, field: str, value: object, homes: Path) -> None:
    assert getattr(get(homes, generator, path), field) == value


@pytest.mark.parametrize(
    ("generator", "path", "reason"),
    [
        ("jekyll", "about.md", "layout: page"),
        ("jekyll", "news/archive.html", "layout: archive"),
        ("hugo", "content/widgets/opening-hours/index.md", "headless: true"),
        ("hugo", "content/widgets/sponsors.md", "build.render: never"),
        ("zola", "sport/equipe.md", "render: false"),
        ("eleventy", "posts/unwritten.md", "permalink: false"),
        ("eleventy", "posts/apart.md", "eleventyExcludeFromCollections"),
        ("pelican", "ville/cachee.md", "status: hidden"),
        ("pelican", "pages/contact.md", "save_as is empty"),
        ("docusaurus", "2026-11-14-unlisted.md", "unlisted: true"),
    ],
)
def test_page_that_is_no_article_is_left_out(generator: str, path: str, reason: str, homes: Path) -> None:
    report, articles = _read(generator, homes)
    assert {"path": path, "reason": reason} in report["left_out"]
    assert path not in {article.path for article in articles}


@pytest.mark.parametrize(
    ("generator", "path", "line", "mend"),
    [
        ("jekyll", "sport/_posts/2026-11-17-broken-title.md", 2, "put quotes around the value"),
        ("zola", "sport/casse.md", 3, "a text needs quotes"),
        ("eleventy", "posts/script.md", 1, "never run"),
        ("pelican", "ville/faute.md", 3, "none of published, draft, hidden and skip"),
        ("pelican", "ville/deux-fois.md", 3, "twice"),
        ("docusaurus", "2026-11-13-maybe.md", 3, "neither yes nor no"),
        ("astro", "src/content/blog/ambiguous.md", 3, "pubDate: '05/12/2026' is no date"),
        ("astro", "src/content/blog/two-titles.md", 3, "twice"),
    ],
)
def test_broken_header_is_named(generator: str, path: str, line: int, mend: str, homes: Path) -> None:
    waiting = next(one for one in _read(generator, homes)[0]["review"] if one["path"] == path)
    assert waiting["line"] == line
    assert mend in waiting["reason"]


def test_what_names_pass_over_is_no_article(homes: Path) -> None:
    seen = {article.path for generator in GENERATORS for article in _read(generator, homes)[1]}
    assert not [path for path in seen if "_index" in path or "node_modules" in path or path.startswith("_drafts")]
    assert "README.md" not in seen
    assert "archetypes/default.md" not in seen
