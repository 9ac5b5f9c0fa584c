"""A crew: processes that share a long piece of work, give what one would give, and never outlive their caller."""

import os
import pickle
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.app import App
from publisher.errors import AmbiguousError, PublisherError, RefusedError, SeedError, SendError, SettingsError
from publisher.jobs.crew import WORTH_IT, open_crew
from tests.acceptance.site import wait_for
from tests.homes import HomeFolder, make_home

PROCESSORS = os.sched_getaffinity(0)
has_two = pytest.mark.skipif(len(PROCESSORS) < 2, reason="a crew needs two processors")


def _double(_: App, number: int) -> tuple[int, int]:
    return number * 2, os.getpid()


def _refuse(_: App, number: int) -> int:
    raise SeedError("town/bridge.md", f"not {number}", line=3)


def _die(_: App, number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The App of a fresh home."""
    with make_home(tmp_path / "home").opened() as opened:
        yield opened


@has_two
def test_results_come_in_order(app: App) -> None:
    with open_crew(app, size=WORTH_IT) as crew:
        results = list(crew.map(_double, range(20)))
    assert [result for result, _ in results] == list(range(0, 40, 2))
    assert os.getpid() not in {pid for _, pid in results}


def test_little_work_is_done_alone(app: App) -> None:
    with open_crew(app, size=WORTH_IT - 1) as crew:
        assert {pid for _, pid in crew.map(_double, range(3))} == {os.getpid()}


def test_task_raises_in_the_caller(app: App) -> None:
    with open_crew(app, size=WORTH_IT) as crew, pytest.raises(SeedError, match="not 1") as caught:
        list(crew.map(_refuse, [1, 2, 3]))
    assert (caught.value.path, caught.value.line) == ("town/bridge.md", 3)


@has_two
def test_killed_hand_is_one_line(app: App) -> None:
    with open_crew(app, size=WORTH_IT) as crew, pytest.raises(PublisherError, match="was killed"):
        list(crew.map(_die, range(5)))


@pytest.mark.parametrize(
    "error",
    [
        SeedError("a.md", "torn", line=3),
        SettingsError("one", "two"),
        AmbiguousError("a", ["a.md", "b.md"]),
        RefusedError("no"),
        SendError(550, "no", recipient="", is_permanent=True),
    ],
    ids=lambda error: type(error).__name__,
)
def test_error_crosses_processes_whole(error: PublisherError) -> None:
    crossed = pickle.loads(pickle.dumps(error))
    assert (type(crossed), str(crossed), crossed.__dict__) == (type(error), str(error), error.__dict__)


def _write_many_seeds(home: HomeFolder, number: int) -> None:
    for index in range(number):
        head = f"---\ntitle: Article {index}\ndate: 2026-0{index % 9 + 1}-11\nlanguage: en\n---\n\n"
        (home.path / "seeds" / f"article-{index}.md").write_text(head + f"Words of *{index}*.\n" * 40, encoding="utf-8")


def _read_all(path: Path, processors: set[int]) -> dict[str, bytes]:
    home = make_home(path)
    _write_many_seeds(home, WORTH_IT + 1)
    subprocess.run(
        home.command("ingest", "--json"),
        check=True,
        capture_output=True,
        preexec_fn=lambda: os.sched_setaffinity(0, processors),
    )
    public = home.path / "var" / "public"
    files = (file for file in public.rglob("*") if file.is_file() and not file.name.startswith("."))
    return {file.relative_to(public).as_posix(): file.read_bytes() for file in files}


@has_two
def test_crew_makes_the_same_bytes(tmp_path: Path) -> None:
    alone, shared = _read_all(tmp_path / "alone", {min(PROCESSORS)}), _read_all(tmp_path / "shared", PROCESSORS)
    assert len(alone) > WORTH_IT
    assert alone == shared


def _has_ended(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@has_two
def test_crew_leaves_with_its_caller(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    _write_many_seeds(home, 1000)
    process = subprocess.Popen(home.command("ingest"), start_new_session=True, stdout=subprocess.DEVNULL)
    pages = home.path / "data" / "publisher.db-wal"
    wait_for(lambda: pages.exists() and pages.stat().st_size > 1 << 18, seconds=60)
    process.kill()
    process.wait()
    wait_for(lambda: _has_ended(process.pid), seconds=20)
    report = home.run("ingest")
    assert report.returncode == 0
    assert len(list((home.path / "var" / "public" / "articles").rglob("*.html"))) == 1000
