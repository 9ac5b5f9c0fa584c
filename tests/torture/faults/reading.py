"""X01: processes that are killed while the folder becomes articles, beside a twin that nobody disturbs."""

import signal
import time
from collections.abc import Callable
from typing import NamedTuple

from publisher.files import STAGED
from tests.folders import make_picture, put_seed
from tests.torture.play import Scene, fault
from tests.torture.stage import TortureError, pause, read_log
from tests.torture.twins import Twin, list_differences, make_twin

_SEED = "---\ntitle: Report {number}\n{more}---\nThe report of day {number} tells how {words} went.\n"
_WORDS = ("the bridge", "the ferry", "the market", "the harbour", "the school", "the tram", "the library")
_BROKEN = "---\ntitle: [\n---\nNothing of it.\n"
_SCAN = "et les organisateurs ont bien failli renoncer, dit-on,\nmais la pluie a cessé vers dix heures.\n"
_OLD_IDS = "old.jsonl"
_CORRECTION = 'correction: "It was not so."\n'
_TAGGED = "tags: [traffic]\n"


def _write(twin: Twin, number: int, *, more: str = "", after: str = "") -> None:
    words = f"{_WORDS[number % 7]} and {_WORDS[number // 7 % 7]}"
    text = _SEED.format(number=number, more=more, words=words) + after
    put_seed(twin.home, f"{_WORDS[number % 5][4:]}/{number}.md", text, at=twin.moment)


def _fill(twin: Twin, files: int) -> None:
    """Articles that link to each other, with pictures, a broken file and one in doubt."""
    for number in range(files):
        link = f"\nMore [there]({(number + 5) % files}.md).\n" if number % 3 == 0 else ""
        picture = "\n![The place](place.png)\n" if number % 50 == 0 else ""
        _write(twin, number, more=_TAGGED if number % 7 else "", after=link + picture)
    for word in _WORDS[:5]:
        put_seed(twin.home, f"{word[4:]}/place.png", make_picture(7), at=twin.moment)
    put_seed(twin.home, "broken.md", _BROKEN, at=twin.moment)
    put_seed(twin.home, "rain.txt", _SCAN, at=twin.moment)


def _change(twin: Twin, files: int) -> None:
    """Of everything a little: edits, corrections, other tags, renames, withdrawals, newcomers, another picture."""
    folder = twin.home.path / "seeds"
    for number in range(0, files, 9):
        _write(twin, number, more=_CORRECTION if number % 2 else "", after="\nA line more.\n")
    for number in range(5, files, 9):
        _write(twin, number, more=_TAGGED if number % 2 else "")
    for number in range(1, files, 9):
        path = folder / _WORDS[number % 5][4:] / f"{number}.md"
        path.rename(path.with_name(f"moved-{number}.md"))
    for number in range(2, files, 30):
        (folder / _WORDS[number % 5][4:] / f"{number}.md").unlink()
    for number in range(files, files + files // 9):
        _write(twin, number)
    put_seed(twin.home, f"{_WORDS[0][4:]}/place.png", make_picture(9), at=twin.moment)


def _lose(twin: Twin, _: int) -> None:
    """All that is derived is gone."""
    (twin.home.path / "var" / "public").rename(twin.home.path / "lost")


def _leave(_twin: Twin, _files: int) -> None:
    """Nothing changes."""


def _keep_ids(twin: Twin, _: int) -> None:
    """Ids of another paper lie ready to be taken, and the files that they are for have just come."""
    lines = (
        f'{{"id": "tag:old.example.org,2020-01-01:{number}", "path": "old/{number}.md", "address": '
        f'"/articles/2020/01/old-{number}", "published_at": "2020-01-01T09:00:00Z", "released_at": '
        f'"2020-01-01T09:00:00Z", "first_seen_at": "2020-01-01T09:00:00Z"}}\n'
        for number in range(200)
    )
    (twin.home.path / _OLD_IDS).write_text("".join(lines))


class Step(NamedTuple):
    """What happens to the folder, and the command that is killed then."""

    name: str
    prepare: Callable[[Twin, int], None]
    command: tuple[str, ...]


_STEPS = (
    Step("first read", _fill, ("ingest",)),
    Step("mixed change", _change, ("ingest",)),
    Step("approve", _leave, ("review", "approve", "rain.txt")),
    Step("ids import", _keep_ids, ("ids", "import", _OLD_IDS)),
    Step("rebuild", _lose, ("rebuild",)),
)
_FEW, _MANY = 2, 20  # steps of the short form; kills of each in the long one


@fault("X01", "killed while it reads, approves, takes ids and rebuilds", is_short=True)
def kill_readers(scene: Scene) -> None:
    files, steps = (400, _STEPS) if scene.is_long else (30, _STEPS[:_FEW])
    before = make_twin(scene.ground, scene.kind)
    for number, step in enumerate(steps):
        step.prepare(before, files)
        calm = before.split()
        share = (scene.until - time.monotonic()) / (len(steps) - number)
        _play_step(scene, step, before=before, calm=calm, until=time.monotonic() + share)
        before.drop()
        before = calm
    before.drop()


def _play_step(scene: Scene, step: Step, *, before: Twin, calm: Twin, until: float) -> None:
    """Once undisturbed, then killed so many times, each from the same beginning."""
    code, seconds = _run_to_its_end(calm, step.command)
    scene.expect(code in (0, 3), f"{step.name}: undisturbed it ended with {code}")
    wanted = calm.know()
    for _ in range(_MANY if scene.is_long else 1):
        if time.monotonic() > until:
            break
        disturbed = before.split()
        _kill_at_random(scene, disturbed, step.command, most=seconds)
        _run_to_its_end(disturbed, step.command)
        _compare(scene, step.name, wanted, disturbed)
        disturbed.drop()


def _resolve(twin: Twin, arguments: tuple[str, ...]) -> list[str]:
    return [str(twin.home.path / one) if one == _OLD_IDS else one for one in arguments]


def _run_to_its_end(twin: Twin, arguments: tuple[str, ...]) -> tuple[int | None, float]:
    """A command, and a look; what was done before the kill is said to be done, or done again."""
    code, seconds = twin.run(*_resolve(twin, arguments))
    if arguments != ("ingest",):
        twin.run("ingest")
    return code, seconds


def _kill_at_random(scene: Scene, twin: Twin, arguments: tuple[str, ...], *, most: float) -> None:
    """One to three times, each at a moment of its own."""
    for _ in range(scene.dice.randint(1, 3 if scene.is_long else 1)):
        process = twin.start(*_resolve(twin, arguments))
        pause(scene.dice.uniform(0.1, 1) * most)
        scene.row.kills += process.is_running
        process.kill()
        process.wait(10)


def _compare(scene: Scene, name: str, wanted: dict[str, object], disturbed: Twin) -> None:
    scene.row.runs += 1
    found = disturbed.know()
    differing = list_differences(wanted, found)
    scene.expect(not differing, f"{name}: after a kill {', '.join(differing[:5])} differ ({len(differing)} in all)")
    left = list((disturbed.home.path / "var" / "public").rglob(f"*{STAGED}*"))
    scene.expect(not left, f"{name}: {len(left)} staged files are left, such as {left[:1]}")


@fault("X01", "killed while a correction is told", is_short=True)
def kill_correcting(scene: Scene) -> None:
    """Everybody who was mailed the earlier text is told once, whenever `correct --notify` was killed."""
    with scene.stage(people=180 if scene.is_long else 40) as stage:
        stage.finish()
        path = next(iter((stage.home.path / "seeds").glob("bridge-*.md")))
        path.write_text(f"---\n{_CORRECTION}---\n{path.read_text()}", encoding="utf-8")
        stage.call("ingest")
        for point in ("noticing", "noticed", "") * (5 if scene.is_long else 1):
            process = stage.start("correct", path.name, "--notify", failpoint=point)
            if not point:
                pause(scene.dice.uniform(0.02, 0.3))
                process.kill()
            code = process.wait(30)
            if code not in (-signal.SIGKILL, 0, 1):
                raise TortureError(f"correct ended with {code}: {read_log(process)}")
            scene.row.kills += code == -signal.SIGKILL
        stage.call("correct", path.name, "--notify")
        stage.finish()
        wrong = {email: number for email, number in stage.relay.copies().items() if number != 2}
        scene.expect(not wrong, f"{len(wrong)} have another number of mails than the issue and one notice: {wrong}")
        scene.expect(len(stage.relay.copies()) == len(stage.people), "not everybody got both")
        scene.row.runs += 1
        scene.row.recipients += len(stage.people)
