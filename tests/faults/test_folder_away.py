"""The folder is missing, empty because its disk is not mounted, or read-only: a clear line, and nothing is lost."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.errors import PublisherError
from publisher.jobs.reading import read_folder
from publisher.jobs.surveying import Watch
from tests.commands import call, call_well
from tests.folders import BRIDGE, MINUTE, NOW, put_seed
from tests.homes import HomeFolder, make_home

FILES = 12
IDS = "ids.jsonl"


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    """A home with a dozen articles, and its ids beside them."""
    folder = make_home(tmp_path / "home")
    settings = folder.path / "config" / "publisher.toml"
    settings.write_text(settings.read_text().replace("[seeds]", f'[seeds]\nids_file = "seeds/{IDS}"'))
    for number in range(FILES):
        put_seed(folder, f"{number}.md", f"# Day {number}\n\nOn day {number} the ferry was late again.\n", at=NOW)
    call_well(folder, "ingest")
    return folder


@pytest.fixture
def read_only(home: HomeFolder) -> Iterator[HomeFolder]:
    """The same, whose folder nobody can write to."""
    seeds = str(home.path / "seeds")
    put_seed(home, "late.md", BRIDGE, at=NOW)
    mounts = (["mount", "--bind", seeds, seeds], ["mount", "-o", "remount,bind,ro", seeds])
    if os.geteuid() or any(subprocess.run(one, capture_output=True, check=False).returncode for one in mounts):
        pytest.skip("a folder can be made read-only for root by root only")
    yield home
    subprocess.run(["umount", "--lazy", seeds], check=True)


def list_articles(home: HomeFolder) -> object:
    return call_well(home, "articles", "--json").json


def take_away(home: HomeFolder) -> Path:
    return (home.path / "seeds").rename(home.path / "elsewhere")


def bring_back(home: HomeFolder) -> None:
    shutil.rmtree(home.path / "seeds", ignore_errors=True)
    (home.path / "elsewhere").rename(home.path / "seeds")


def test_missing_folder_is_named(home: HomeFolder) -> None:
    before = list_articles(home)
    take_away(home)
    ran = call(home, "ingest")
    assert ran.code == 1
    assert f"{home.path / 'seeds'}: there is no such folder" in ran.problem
    assert list_articles(home) == before
    bring_back(home)
    assert call_well(home, "ingest", "--json").json["unchanged"] == FILES


def test_unmounted_folder_withdraws_nothing(home: HomeFolder) -> None:
    before, ids = list_articles(home), (home.path / "seeds" / IDS).read_bytes()
    take_away(home)
    (home.path / "seeds").mkdir()
    for _ in range(2):
        assert "--accept" in call(home, "ingest").out
    assert list_articles(home) == before
    bring_back(home)
    assert call_well(home, "ingest", "--json").json["unchanged"] == FILES
    assert (home.path / "seeds" / IDS).read_bytes() == ids
    assert list_articles(home) == before


@pytest.mark.parametrize("hinted", [frozenset({"late.md"}), None])
def test_watch_goes_on_when_the_folder_is_back(home: HomeFolder, hinted: frozenset[str] | None) -> None:
    watch = Watch()
    with home.opened() as app:
        read_folder(app, now=NOW, watch=watch)
        take_away(home)
        with pytest.raises(PublisherError, match="there is no such folder"):
            read_folder(app, now=NOW + MINUTE, watch=watch, hinted=hinted)
        bring_back(home)
        put_seed(home, "late.md", BRIDGE, at=NOW)
        looks = [read_folder(app, now=NOW + number * MINUTE, watch=watch, hinted=hinted) for number in (2, 3)]
    assert [look.report["new"] for look in looks] == [[], ["late.md"]]
    assert not any(look.report["withdrawn"] for look in looks)


def test_read_only_folder_is_read(read_only: HomeFolder) -> None:
    ran = call(read_only, "ingest")
    assert ran.code == 1
    assert IDS in ran.problem
    assert "Read-only" in ran.problem
    assert len(call_well(read_only, "articles", "--json").json) == FILES + 1
    assert (read_only.path / "var/public/articles/2026/11/late.html").exists()
