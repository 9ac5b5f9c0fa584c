"""Links on the disk: followed inside the folder, refused where they lead out, and nothing is an article twice."""

import os
from pathlib import Path

import pytest

from publisher.errors import SeedError
from publisher.ingest import FolderRules, PictureLimits, SeedFile, Walk, find_asset, read_bytes, walk
from tests.folders import make_picture

RULES = FolderRules(max_size=1000)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A folder with one seed, one in a store that is passed over, and a secret beside it."""
    for path in ("seeds/a.md", "seeds/_store/b.md", "out/secret.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    return tmp_path / "seeds"


def names(look: Walk) -> list[str]:
    return [file.path for file in look.files]


def reasons(look: Walk) -> dict[str, str]:
    return {error.path: error.reason for error in look.refused}


def test_link_inside_is_followed(seeds: Path) -> None:
    (seeds / "b.md").symlink_to("_store/b.md")
    assert names(walk(seeds, RULES)) == ["a.md", "b.md"]
    assert read_bytes(seeds, SeedFile("b.md", 0, 0), 1000) == b"seeds/_store/b.md"


def test_linked_folder_is_followed(seeds: Path) -> None:
    (seeds / "town").symlink_to(seeds / "_store")
    assert names(walk(seeds, RULES)) == ["a.md", "town/b.md"]
    assert read_bytes(seeds, SeedFile("town/b.md", 0, 0), 1000) == b"seeds/_store/b.md"


def test_pictures_behind_links_are_found(seeds: Path) -> None:
    (seeds / "_store/b.png").write_bytes(make_picture())
    (seeds / "town").symlink_to("_store")
    assert find_asset(seeds, "town/b.png", PictureLimits(max_size=1000, max_pixels=1000))


def test_link_to_a_seed_adds_nothing(seeds: Path) -> None:
    (seeds / "again.md").symlink_to("a.md")
    (seeds / "all").symlink_to(".")
    assert walk(seeds, RULES) == walk(seeds, FolderRules(max_size=1000, exclude=("again.md", "all")))


def test_two_links_show_one_article(seeds: Path) -> None:
    for name in ("b.md", "c.md", "town", "village"):
        (seeds / name).symlink_to("_store" if "." not in name else "_store/b.md")
    assert names(walk(seeds, RULES)) == ["a.md", "b.md"]


@pytest.mark.parametrize("target", [".", "..", "loop", "_store"])
def test_loops_end(seeds: Path, target: str) -> None:
    (seeds / "_store/loop").symlink_to(f"../{target}")
    (seeds / "loop").symlink_to("_store/loop")
    (seeds / "town").symlink_to("_store")
    assert names(walk(seeds, RULES)) in (["a.md", "town/b.md"], ["a.md", "loop/b.md"])


def test_links_out_are_refused(seeds: Path) -> None:
    (seeds / "link.md").symlink_to("../out/secret.md")
    (seeds / "folder").symlink_to("../out")
    (seeds / "twin").symlink_to(f"../{seeds.name}-twin")
    seeds.with_name(f"{seeds.name}-twin").mkdir()
    look = walk(seeds, RULES)
    assert names(look) == ["a.md"]
    assert reasons(look) == dict.fromkeys(
        ["folder", "link.md", "twin"], "this link leads out of the folder: put the file itself into it"
    )


def test_broken_link_is_refused(seeds: Path) -> None:
    (seeds / "gone.md").symlink_to("nowhere.md")
    assert reasons(walk(seeds, RULES)) == {"gone.md": "this link leads nowhere: remove it"}


def test_link_to_a_second_name_is_refused(seeds: Path) -> None:
    os.link(seeds / "../out/secret.md", seeds / "_store/c.md")
    (seeds / "c.md").symlink_to("_store/c.md")
    assert "hard link" in reasons(walk(seeds, RULES))["c.md"]


@pytest.mark.parametrize("path", ["link.md", "folder/secret.md", "back/out/secret.md", "../out/secret.md", "", "/a.md"])
def test_nothing_outside_is_read(seeds: Path, path: str) -> None:
    (seeds / "link.md").symlink_to("../out/secret.md")
    (seeds / "folder").symlink_to("../out")
    (seeds / "back").symlink_to("..")
    with pytest.raises(SeedError):
        read_bytes(seeds, SeedFile(path, 0, 0), 1000)


def test_folder_itself_may_be_a_link(seeds: Path) -> None:
    link = seeds.with_name("link")
    link.symlink_to(seeds)
    assert names(walk(link, RULES)) == ["a.md"]
    assert read_bytes(link, SeedFile("a.md", 0, 0), 1000)
