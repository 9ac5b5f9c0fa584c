"""Which files are seeds: by their names, by the folders they lie in, and by an editor's patterns."""

from pathlib import Path

import pytest

from publisher.ingest import FolderRules, walk
from publisher.ingest.folder.choosing import Choice


def find(root: Path, *paths: str, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    """The seeds among files of those paths."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("text")
    found = walk(root, FolderRules(include=include, exclude=exclude, max_size=1000))
    assert not found.refused
    return [file.path for file in found.files]


@pytest.mark.parametrize(
    "path",
    [
        ".hidden.md",
        ".git/a.md",
        ".docusaurus/a.md",
        "a.md~",
        "a.md.swp",
        "a.md.part",
        "a.md.crdownload",
        "a.tmp",
        "~$a.md",
        "#a.md#",
        "_drafts/a.md",
        "drafts/a.md",
        "ville/_drafts/a.md",
        "_includes/a.html",
        "includes/a.html",
        "_layouts/a.html",
        "layouts/a.html",
        "_data/a.txt",
        "_site/2026/a.html",
        "docs/_partials/a.mdx",
        "node_modules/x/a.md",
        "ville/_index.md",
        "ville/_index.fr.md",
        "ville/_note.mdx",
        "README.md",
        "ville/readme.txt",
        "index.md",
        "index.fr.md",
        "index.html",
        "404.html",
        "LICENSE.txt",
        "CONTRIBUTING.md",
        "robots.txt",
        "requirements.txt",
        "photo.png",
        "md",
    ],
)
def test_other_files_are_passed_over(tmp_path: Path, path: str) -> None:
    assert find(tmp_path, path) == []


@pytest.mark.parametrize(
    "path",
    [
        "a.mdx",
        "_posts/2026-11-23-a.md",
        "pont/index.md",
        "pont/index.fr.md",
        "ville/404.md",
        "ville/robots.txt",
        "security.md",
        "indexes.md",
    ],
)
def test_articles_are_taken(tmp_path: Path, path: str) -> None:
    assert find(tmp_path, path) == [path]


def test_bundle_is_one_article(tmp_path: Path) -> None:
    assert find(tmp_path, "pont/index.md", "pont/a.png", "pont/images/b.jpg") == ["pont/index.md"]


@pytest.mark.parametrize(
    ("marker", "others"),
    [
        ("hugo.toml", ["content/a.md"]),
        ("config.toml", ["content/a.md"]),
        ("pelicanconf.py", ["content/a.md"]),
        ("docusaurus.config.ts", ["blog/a.md", "docs/a.md"]),
        ("astro.config.mjs", ["src/content/a.md"]),
    ],
)
def test_whole_sites_are_read_where_articles_lie(tmp_path: Path, marker: str, others: list[str]) -> None:
    strangers = ["about.md", "themes/x/exampleSite/a.md", "public/a.html", "src/pages/about.md"]
    assert find(tmp_path, marker, *others, *strangers) == others


def test_whole_site_of_jekyll_is_read(tmp_path: Path) -> None:
    paths = ["_config.yml", "_posts/2026-11-23-a.md", "_site/a.html", "_layouts/post.html", "about.md", "index.html"]
    assert find(tmp_path, *paths) == ["_posts/2026-11-23-a.md", "about.md"]


def test_settings_without_content_are_no_site(tmp_path: Path) -> None:
    assert find(tmp_path, "config.toml", "ville/a.md") == ["ville/a.md"]


def test_patterns_choose_together(tmp_path: Path) -> None:
    paths = ["ville/a.md", "ville/a.txt", "sport/b.md", "sport/vieux/c.md"]
    assert find(tmp_path, *paths, include=("*.md",), exclude=("sport/vieux/*",)) == ["sport/b.md", "ville/a.md"]


def test_folder_that_is_named_is_read(tmp_path: Path) -> None:
    assert find(tmp_path, "_recipes/a.md", "_posts/b.md", include=("_recipes/**",)) == ["_recipes/a.md"]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.md", "ville/a.md", True),
        ("*.md", "ville/a.txt", False),
        ("a.md", "ville/vieux/a.md", True),
        ("vieux", "ville/vieux/a.md", True),
        ("vieux/", "ville/vieux/a.md", True),
        ("ville/vieux", "ville/vieux/a.md", True),
        ("/vieux", "ville/vieux/a.md", False),
        ("ville/*", "ville/a.md", True),
        ("ville/*", "ville/vieux/a.md", True),
        ("ville/*.md", "ville/a.md", True),
        ("ville/*.md", "ville/vieux/a.md", False),
        ("ville/**/*.md", "ville/vieux/plus/a.md", True),
        ("ville/**/*.md", "ville/a.md", True),
        ("**/vieux/*.md", "vieux/a.md", True),
        ("**/vieux/*.md", "ville/vieux/a.md", True),
        ("**", "ville/a.md", True),
        ("ville/**", "ville.md", False),
        ("?.md", "ville/ab.md", False),
        ("[!a]*.md", "b.md", True),
        ("[!a]*.md", "ab.md", False),
        ("20[0-9][0-9]/*", "2016/a.md", True),
        ("a[.md", "a[.md", True),
        ("a.md", "aXmd.md", False),
    ],
)
def test_patterns_fit_paths(pattern: str, path: str, fits: bool) -> None:
    choice = Choice(FolderRules(include=(pattern,), max_size=1))
    assert choice.takes(path, path.rpartition("/")[2]) is fits
