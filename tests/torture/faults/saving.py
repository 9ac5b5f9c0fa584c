"""X15: files that are half-written, saved as editors do and deleted, while `run` watches and is killed."""

import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from publisher.clock import now
from publisher.store import Ledger
from tests.folders import public_files
from tests.torture.nest import Process
from tests.torture.play import Scene, fault
from tests.torture.stage import TortureError, pause, wait_for
from tests.torture.twins import Twin, make_twin

_TEXT = "# Report {number}\n\nBegin-{number}-{version}- {body} end-{number}-{version}-\n"
_BODY = "The report of the harbour tells how many boats came in, and what they had on board. "
_BEGIN = re.compile(rb"Begin-(\d+-\d+)-")
_QUIET = "quiet = 0.05"
_STANDS = 1.0  # seconds; far more than any pause of a writer here
_PATIENCE = 60.0


def _rest() -> None:
    pause(0.01)


def _write_slowly(path: Path, data: bytes) -> None:
    """As an upload does: a piece, and another one."""
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), len(data) // 3):
            file.write(data[start : start + len(data) // 3])
            _rest()


def _truncate(path: Path, data: bytes) -> None:
    """In place: for a moment it is empty."""
    with path.open("wb", buffering=0) as file:
        _rest()
        file.write(data)


def _rename_over(path: Path, data: bytes) -> None:
    """Whole beside it, then in its place."""
    staged = path.with_name(f".goutputstream-{path.stem}")
    _write_slowly(staged, data)
    staged.replace(path)


def _like_vim(path: Path, data: bytes) -> None:
    """The old one becomes the backup, the new one is written, the backup goes."""
    probe, backup = path.with_name("4913"), path.with_name(f"{path.name}~")
    probe.touch()
    probe.unlink()
    if path.exists():
        path.rename(backup)
    _write_slowly(path, data)
    backup.unlink(missing_ok=True)


def _like_emacs(path: Path, data: bytes) -> None:
    """A lock that leads nowhere, a copy of what is unsaved, then in place."""
    lock, unsaved = path.with_name(f".#{path.name}"), path.with_name(f"#{path.name}#")
    lock.symlink_to("somebody@somewhere.1234")
    _write_slowly(unsaved, data)
    _truncate(path, data)
    unsaved.unlink()
    lock.unlink()


def _remove_first(path: Path, data: bytes) -> None:
    """Gone, and there again."""
    path.unlink(missing_ok=True)
    _rest()
    _write_slowly(path, data)


_SAVERS: tuple[Callable[[Path, bytes], None], ...] = (
    _write_slowly,
    _truncate,
    _rename_over,
    _like_vim,
    _like_emacs,
    _remove_first,
)


def _make_text(number: int, version: int) -> bytes:
    return _TEXT.format(number=number, version=version, body=f"Boat {number} and {number * 7}. {_BODY * 40}").encode()


def _find_halves(twin: Twin) -> list[str]:
    """What readers can fetch that begins and does not end."""
    pages = ((path, data) for path, data in public_files(twin.home).items() if path.startswith("articles/"))
    return [
        f"{path} is half of {found.decode()}"
        for path, data in pages
        for found in set(_BEGIN.findall(data))
        if b"end-" + found + b"-" not in data
    ]


def _find_titles(twin: Twin, *, is_live: bool) -> Counter[str]:
    with closing(Ledger(twin.url, home=twin.home.path)) as ledger, ledger.read() as tx:
        articles = tx.articles.list_all()
    return Counter(one.title for one in articles if not (is_live and one.withdrawn_at))


def _has_all(twin: Twin, versions: dict[int, int]) -> bool:
    """Whether readers see the last version of every file."""
    pages = b"".join(data for path, data in public_files(twin.home).items() if path.startswith("articles/"))
    seen = set(_BEGIN.findall(pages))
    return all(f"{number}-{version}".encode() in seen for number, version in versions.items())


@fault("X15", "half-written, saved, deleted and killed while run watches", is_short=True)
def save_as_editors_do(scene: Scene) -> None:
    files, saves, kills = (60, 1500, 25) if scene.is_long else (6, 36, 1)
    twin = make_twin(scene.ground, scene.kind)
    _stand_still(twin)
    folder, versions = twin.home.path / "seeds", dict[int, int]()
    process = twin.watch()
    strikes = {scene.dice.randrange(saves // 3, saves) for _ in range(kills)}
    for turn in range(saves):
        number = scene.dice.randrange(files)
        path = folder / f"{number}.md"
        if scene.dice.random() < 0.1:
            path.unlink(missing_ok=True)
            versions.pop(number, None)
        else:
            versions[number] = turn
            scene.dice.choice(_SAVERS)(path, _make_text(number, turn))
        if turn in strikes:
            process.kill()
            process.wait(10)
            scene.row.kills += 1
            process = twin.watch()
        if turn % 10 == 0:
            scene.row.wrongs += _find_halves(twin)
    wait_for(partial(_has_all, twin, versions), seconds=_PATIENCE, what="the last version of every file")
    _end(scene, twin, process, versions)


@fault("X15", "ten thousand at once while run watches")
def drop_many(scene: Scene) -> None:
    files = 10_000 if scene.is_long else 500
    twin = make_twin(scene.ground, scene.kind)
    _stand_still(twin)
    process = twin.watch()
    for number in range(files):
        (twin.home.path / "seeds" / f"{number}.md").write_bytes(_make_text(number, 1))
    started = time.monotonic()
    while not _has_all(twin, {files - 1: 1}) or len(_find_titles(twin, is_live=True)) < files:
        if time.monotonic() - started > 10 * _PATIENCE:
            raise TortureError("ten thousand files did not come")
        scene.row.wrongs += _find_halves(twin)
        pause(2)
    _end(scene, twin, process, dict.fromkeys(range(files), 1))


def _stand_still(twin: Twin) -> None:
    settings = twin.home.path / "config" / "publisher.toml"
    settings.write_text(settings.read_text().replace(_QUIET, f"quiet = {_STANDS}"))


def _end(scene: Scene, twin: Twin, process: Process, versions: dict[int, int]) -> None:
    """Each file that is left is one article, and no article was made twice."""
    scene.row.wrongs += _find_halves(twin)
    process.kill()
    process.wait(10)
    twin.moment = now()
    scene.expect(twin.run("ingest")[0] == 0, "a look by hand ended badly")
    live, ever = _find_titles(twin, is_live=True), _find_titles(twin, is_live=False)
    scene.expect(set(live) == {f"Report {number}" for number in versions}, "other articles are left than files")
    scene.expect(max(ever.values(), default=1) == 1, f"articles were made twice: {ever.most_common(3)}")
    scene.expect(_has_all(twin, versions), "not every file is as it was saved last")
    scene.row.runs += 1
    twin.drop()
