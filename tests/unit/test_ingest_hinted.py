"""A look at hinted paths finds what a walk finds there, or says that only a walk can tell."""

import shutil
from pathlib import Path

import pytest

from publisher.ingest import FolderRules, Ground, Mark, SeedFile, Walk, find_moved, look_at, walk

RULES = FolderRules(max_size=10)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a seed, a draft and a picture."""
    for path in ("town/a.md", "drafts/b.md", "town/c.png", "town/vieux/d.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("text")
    return tmp_path


def learn(root: Path) -> Ground:
    ground = walk(root, RULES).ground
    assert ground
    return ground


def glance(root: Path, *paths: str, ground: Ground | None = None) -> Walk | None:
    return look_at(root, RULES, ground or learn(root), paths)


def names(look: Walk | None) -> list[str] | None:
    return [file.path for file in look.files] if look else None


def test_new_seed_is_found_as_by_a_walk(root: Path) -> None:
    ground = learn(root)
    (root / "town/new.md").write_text("new")
    found = glance(root, "town/new.md", ground=ground)
    assert found
    assert found.files == tuple(file for file in walk(root, RULES).files if file.path == "town/new.md")


@pytest.mark.parametrize("path", ["town/c.png", "drafts/b.md", "town/.a.md.swp", ".git/a.md", "town/gone.md"])
def test_what_is_no_seed_is_passed_over(root: Path, path: str) -> None:
    assert glance(root, path) == Walk(files=())


def test_refused_seed_is_refused(root: Path) -> None:
    (root / "town/large.md").write_text("far too large a text")
    found = glance(root, "town/large.md")
    assert found
    assert "too large" in found.refused[0].reason


@pytest.mark.parametrize("path", ["town", "town/vieux", "village/a.md", "gone"])
def test_folders_want_a_walk(root: Path, path: str) -> None:
    assert glance(root, path) is None


def test_folder_that_went_wants_a_walk(root: Path) -> None:
    ground = learn(root)
    (root / "town/vieux").rename(root / "drafts/vieux")
    assert glance(root, "town/vieux", ground=ground) is None


@pytest.mark.parametrize("path", ["town/a.md", "e.md"])
def test_missing_root_wants_a_walk(root: Path, path: str) -> None:
    ground = learn(root)
    shutil.rmtree(root)
    assert glance(root, path, ground=ground) is None


def test_links_want_a_walk(root: Path) -> None:
    (root / "town/link.md").symlink_to("../drafts/b.md")
    assert glance(root, "town/a.md") is None
    (root / "town/link.md").unlink()
    ground = learn(root)
    (root / "town/link.md").symlink_to("../drafts/b.md")
    assert glance(root, "town/link.md", ground=ground) is None


def test_twin_names_want_a_walk(root: Path) -> None:
    (root / "town/A.md").write_text("twin")
    assert glance(root, "town/A.md") is None


def test_only_what_moved_is_left() -> None:
    files = [SeedFile(name, 1, 1) for name in ("same.md", "grown.md", "open.md", "new.md")]
    marks = [
        Mark("same.md", 1, 1, False),
        Mark("grown.md", 2, 1, False),
        Mark("open.md", 1, 1, True),
        Mark("gone.md", 1, 1, False),
    ]
    moved, paths, unchanged = find_moved(marks, Walk(files=tuple(files)))
    assert names(moved) == ["grown.md", "open.md", "new.md"]
    assert (paths, unchanged) == ({"grown.md", "open.md", "new.md", "gone.md"}, 1)
