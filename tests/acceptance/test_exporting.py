"""`feeds --out DIR`: the whole paper as files for any static host, brought up to date, others' files untouched."""

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import brotli
import pytest

from publisher.app import App
from publisher.clock import now
from publisher.errors import PublisherError, UsageError
from publisher.jobs.exporting import export
from publisher.jobs.making import iter_all
from publisher.jobs.publishing import publish
from publisher.public.static import MANIFEST, StaticFolder
from tests.acceptance.hosts import ROOT
from tests.acceptance.site import FILES, copy_home, replace_in, write_article
from tests.commands import Ran, call, call_well
from tests.homes import HomeFolder, look

BRIDGE = "articles/2026/11/bridge.html"
LEDGER = "data/publisher.db"


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    return copy_home(tmp_path / "home")


@pytest.fixture
def app(home: HomeFolder) -> Iterator[App]:
    with home.opened() as opened:
        publish(opened, now=now())
        yield opened


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every visible file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def read_times(folder: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*") if path.is_file()}


def plain(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in tree.items() if not name.endswith((".gz", ".br"))}


def refuse(home: HomeFolder, out: Path) -> Ran:
    ran = call(home, "feeds", "--out", str(out))
    assert ran.code == 2, ran.out + ran.err
    return ran


def test_folder_has_all_that_readers_get(home: HomeFolder, out: Path) -> None:
    call_well(home, "feeds", "--out", str(out))
    with home.opened() as app:
        made = {path.removeprefix("/"): data for path, data in iter_all(app, now=now())}
    made["feeds.html"] = made.pop("feeds")
    assert plain(read_tree(out)) == read_tree(home.path / "var" / "public") | made
    assert len(read_tree(out)) > len(FILES)


def test_copies_hold_the_same(app: App, out: Path) -> None:
    export(app, out)
    tree = read_tree(out)
    texts = {name: data for name, data in plain(tree).items() if not name.endswith(".png")}
    assert {name: gzip.decompress(tree[f"{name}.gz"]) for name in texts} == texts
    assert {name: brotli.decompress(tree[f"{name}.br"]) for name in texts} == texts


def test_pictures_have_no_copies(app: App, out: Path) -> None:
    export(app, out)
    assert [name for name in read_tree(out) if ".png" in name and not name.endswith(".png")] == []


def test_second_folder_has_the_same_bytes(app: App, out: Path, tmp_path: Path) -> None:
    export(app, out)
    export(app, tmp_path / "other")
    assert read_tree(out) == read_tree(tmp_path / "other")


def test_second_time_touches_no_file(home: HomeFolder, out: Path) -> None:
    call_well(home, "feeds", "--out", str(out))
    before = read_times(out)
    ran = call_well(home, "feeds", "--out", str(out))
    assert ran.out.splitlines()[1] == f"{out}: 0 written, 0 removed, {len(plain(read_tree(out)))} as they were"
    assert read_times(out) == before


def test_only_what_changed_is_written(app: App, home: HomeFolder, out: Path) -> None:
    export(app, out)
    before = read_times(out)
    write_article(home, "sport/run.md", "The run", day="19", text="Corrected. " * 30)
    look(app, now())
    written = set(export(app, out).written)
    assert {"articles/2026/11/run.html", "feeds/main.atom"} <= written
    assert BRIDGE not in written
    assert read_times(out)[out / BRIDGE] == before[out / BRIDGE]


def test_withdrawn_article_goes_with_its_copies(app: App, home: HomeFolder, out: Path) -> None:
    export(app, out)
    (home.path / "seeds" / "town" / "bridge.md").unlink()
    look(app, now() + timedelta(hours=1))
    assert BRIDGE in export(app, out).removed
    assert not list(out.rglob("bridge*"))


def test_lost_copy_comes_back(app: App, out: Path) -> None:
    export(app, out)
    before = read_tree(out)
    (out / f"{BRIDGE}.br").unlink()
    export(app, out)
    assert read_tree(out) == before


def test_touched_file_is_mended(app: App, out: Path) -> None:
    export(app, out)
    before = read_tree(out)
    (out / "feeds" / "main.atom").write_bytes(b"torn")
    assert export(app, out).written == ["feeds/main.atom"]
    assert read_tree(out) == before


def test_files_of_others_stay(app: App, out: Path) -> None:
    (out / "feeds").mkdir(parents=True)
    for name in ("robots.txt", "feeds/own.xml", ".htaccess"):
        (out / name).write_text("mine", "utf-8")
    export(app, out)
    app.shelf.keep_only({"/"})
    export(app, out)
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == {
        *("robots.txt", "feeds/own.xml", ".htaccess", MANIFEST),
        *("index.html", "index.html.gz", "index.html.br"),
    }


def test_empty_folders_go_too(app: App, out: Path) -> None:
    export(app, out)
    app.shelf.keep_only({"/"})
    export(app, out)
    assert not [path for path in out.rglob("*") if path.is_dir()]


def test_file_in_the_way_is_not_replaced(home: HomeFolder, out: Path) -> None:
    out.mkdir()
    (out / "index.html").write_text("somebody's own page", "utf-8")
    assert "index.html: publisher did not write this file" in refuse(home, out).problem
    assert read_tree(out) == {"index.html": b"somebody's own page"}


def test_file_with_the_very_bytes_is_taken_over(app: App, out: Path) -> None:
    export(app, out)
    before = read_tree(out)
    (out / MANIFEST).unlink()
    export(app, out)
    assert read_tree(out) == before
    assert set(json.loads((out / MANIFEST).read_bytes())["files"]) == set(before)


@pytest.mark.parametrize("place", [".", "..", "var", "var/public/x", "seeds", "seeds/site", "data", "config/x"])
def test_folder_with_another_purpose_is_refused(home: HomeFolder, place: str) -> None:
    refuse(home, home.path / place)
    assert not (home.path / place / "index.html").exists()


def test_folder_in_the_home_is_taken(home: HomeFolder) -> None:
    call_well(home, "feeds", "--out", str(home.path / "site"))
    assert (home.path / "site" / "index.html").exists()


@pytest.mark.parametrize("names", [["../home/data/publisher.db"], ["/etc/passwd"], [""]])
def test_list_can_name_nothing_outside(app: App, home: HomeFolder, out: Path, names: list[str]) -> None:
    out.mkdir()
    (out / MANIFEST).write_text(json.dumps({"files": names}), "utf-8")
    assert export(app, out).removed == []
    assert (home.path / LEDGER).exists()


def test_broken_list_is_one_line(home: HomeFolder, out: Path) -> None:
    out.mkdir()
    (out / MANIFEST).write_text("[1", "utf-8")
    assert f"{MANIFEST}: this is no list" in refuse(home, out).problem


def test_file_for_a_folder_is_one_line(home: HomeFolder, out: Path) -> None:
    out.write_text("no folder", "utf-8")
    ran = call(home, "feeds", "--out", str(out))
    assert ran.code == 1
    assert ran.problem.startswith(f"publisher: {out}")


def test_failed_write_is_one_line_and_leaves_nothing(app: App, out: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    try:
        with pytest.raises(PublisherError, match=r"\A[^\n]*: the folder is not up to date; run it again\Z"):
            export(app, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(out.rglob("*.tmp"))
    export(app, out)
    assert plain(read_tree(out)) == read_tree(app.home.public)


def test_run_that_was_cut_short_is_gone_on_with(app: App, out: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(app, out, on_progress=stop)
    assert not (out / MANIFEST).exists()
    write = StaticFolder(out)
    write.put({"/": b"another front page"})
    export(app, out)
    assert plain(read_tree(out)) == read_tree(app.home.public)


def test_killed_run_leaves_nothing_behind(app: App, home: HomeFolder, out: Path) -> None:
    program = "import os, sys; from tests.acceptance.test_exporting import begin; begin(*sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", program, str(home.path), str(out)], check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert list(out.rglob(".*.tmp"))
    export(app, out)
    assert not list(out.rglob(".*.tmp"))
    assert plain(read_tree(out)) == read_tree(app.home.public)


def begin(home: str, out: str) -> None:
    """Export until the first file is to be renamed into its place, and be killed there."""
    sys.addaudithook(lambda event, _: os.kill(os.getpid(), signal.SIGKILL) if event == "os.rename" else None)
    with HomeFolder(Path(home)).opened() as opened:
        export(opened, Path(out))


def test_made_documents_are_written_before_feeds(app: App, out: Path) -> None:
    order: list[str] = []

    def iter_made() -> Iterator[tuple[str, bytes]]:
        for number in range(70):
            order.extend(name for name in ("feeds/main.atom", BRIDGE) if (out / name).exists())
            yield f"/feeds/tags/a{number}.atom", b"<feed/>"

    export(app, out, made=iter_made())
    assert set(order) == {BRIDGE}
    assert (out / "feeds" / "tags" / "a69.atom.br").exists()


def test_document_that_is_made_no_more_goes(app: App, out: Path) -> None:
    export(app, out, made=[("/feeds/tags/velo.atom", b"<feed/>")])
    assert export(app, out).removed == ["feeds/tags/velo.atom"]


def test_made_document_over_a_strangers_file_is_refused(app: App, out: Path) -> None:
    (out / "feeds" / "tags").mkdir(parents=True)
    (out / "feeds" / "tags" / "velo.atom").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"velo\.atom: publisher did not write"):
        export(app, out, made=[("/feeds/tags/velo.atom", b"<feed/>")])


def test_whoever_serves_it_may_read_it(home: HomeFolder, out: Path) -> None:
    before = os.umask(0o077)
    try:
        call_well(home, "feeds", "--out", str(out))
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (out, *out.rglob("*"))}
    assert modes == {0o755, 0o644}


def test_report_is_for_scripts_too(home: HomeFolder, out: Path) -> None:
    replace_in(home.path / "config" / "publisher.toml", 'title = "La Gazette"', 'title = "Gazette"')
    told = call_well(home, "feeds", "--out", str(out), "--json").json
    assert told.keys() == {"published", "held", "out", "written", "removed", "unchanged"}
    assert "/feeds/main.rss" in told["published"]
    assert BRIDGE in told["written"]
    assert call_well(home, "feeds", "--json").json == {"published": [], "held": []}
