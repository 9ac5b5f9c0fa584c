"""X01 at the named fail points: each is killed at least three times, at its first, an early and a later passage."""

import signal
from collections.abc import Callable
from functools import partial

from publisher.domain.issue import Status as IssueStatus
from publisher.failpoint import NAMES
from tests.torture.acts import Act, Step, always
from tests.torture.play import Scene, fault
from tests.torture.stage import Stage, TortureError, read_log, wait_for

_PATIENCE = 30.0
_LONG = 350  # sentences: the message goes out in two pieces
_SENDING = {
    "claimed": (1, 1, 1),
    "turning": (1, 5, 14),
    "begun": (1, 4, 13),
    "enveloped": (1, 3, 17),
    "half": (1, 3, 17),
    "written": (1, 3, 17),
    "answered": (1, 3, 17),
    "recorded": (1, 3, 9),
}
_DENIED = "554 5.7.1 Relay access denied"


def _die(stage: Stage, *arguments: str, point: str) -> None:
    """Start a command that ends at a fail point."""
    process = stage.start(*arguments, failpoint=point)
    _await_death(process.wait(_PATIENCE), point, read_log(process))


def _await_death(code: int | None, point: str, log: str) -> None:
    if code != -signal.SIGKILL:
        raise TortureError(f"{point} was not reached: {code} {log}")


def _while_sending(scene: Scene, *, name: str) -> None:
    with scene.stage(people=180 if scene.is_long else 60, sentences=_LONG if name == "half" else 60) as stage:
        for number in _SENDING[name][: None if scene.is_long else 1]:
            others = [stage.start(seat=1)] if scene.dice.random() < 0.5 else []
            if others:
                stage.relay.behave(always(Step.DOT, Act(delay=0.02)))
            _die(stage, point=f"{name}:{number}")
            scene.row.kills += 1
            for other in others:
                stage.end(other)
        stage.relay.behave()
        stage.finish()
        scene.note(stage, most_doubtful=scene.row.kills * stage.connections)


def _while_giving_back(scene: Scene, *, name: str) -> None:
    with scene.stage(people=180) as stage:
        for _ in range(3):
            process = stage.start(failpoint=name)
            before = len(stage.relay.taken)
            stage.relay.behave(always(Step.DOT, Act(delay=0.05)))
            stage.relay.wait_for(before + 2)
            process.send(signal.SIGTERM)
            _await_death(process.wait(_PATIENCE), name, read_log(process))
            scene.row.kills += 1
        stage.relay.behave()
        stage.finish()
        scene.note(stage, most_doubtful=0)


def _while_recovering(scene: Scene, *, name: str) -> None:
    with scene.stage(people=120) as stage:
        for _ in range(3):
            _die(stage, point=f"begun:{scene.dice.randint(1, 6)}")
            _die(stage, point=name)
            scene.row.kills += 2
        stage.finish()
        scene.note(stage, most_doubtful=3 * stage.connections)


def _while_freezing(scene: Scene, *, name: str) -> None:
    with scene.stage(is_frozen=False) as stage:
        for _ in range(3):
            stage.write_article()
            stage.call("ingest")
            known = {issue.key for issue in stage.find_issues()}
            _die(stage, "send", "daily", point=name)
            scene.row.kills += 1
            is_made = len(stage.find_issues()) > len(known)
            scene.expect(is_made == (name == "frozen"), f"{name}: the issue is {'' if is_made else 'not '}there")
            process = stage.start("send", "daily")
            scene.expect(process.wait(_PATIENCE) == 0, f"send after {name}: {read_log(process)}")
            made = [issue for issue in stage.find_issues() if issue.key not in known]
            scene.expect(len(made) == 1, f"{len(made)} issues were made of one article")
            scene.expect(not (stale := stage.find_stale_feeds()), f"{name}: {stale} are not what a rebuild makes")
            mark = stage.mark
            stage.take_issue(made[0])
            stage.mark = mark
            scene.note(stage)
            stage.mark = len(stage.relay.taken)


def _while_pausing(scene: Scene, *, name: str) -> None:
    with scene.stage() as stage:
        for _ in range(3):
            stage.relay.behave(always(Step.RCPT, Act(reply=_DENIED)))
            _die(stage, point=name)
            scene.row.kills += 1
            worker = stage.start()
            wait_for(lambda: stage.issue_status() is IssueStatus.PAUSED, seconds=_PATIENCE, what="the pause")
            stage.end(worker)
            stage.relay.behave()
            scene.expect(stage.call("issues", "resume", stage.issue.id).code == 0, "a paused issue can't be resumed")
        stage.finish()
        scene.note(stage, most_doubtful=6 * stage.connections)


def _while_resolving(scene: Scene, *, name: str) -> None:
    with scene.stage() as stage:
        for _ in range(3):
            _die(stage, point=f"written:{scene.dice.randint(1, 4)}")
            stage.end_when(stage.start(), stage.find_doubtful)
            stage.note_doubt()
            _die(stage, "issues", "resolve", stage.issue.id, "--resend", point=name)
            scene.row.kills += 2
            is_left = bool(stage.find_doubtful())
            scene.expect(is_left == (name == "resolving"), f"{name}: the rows are {'' if is_left else 'not '}in doubt")
            stage.call("issues", "resolve", stage.issue.id, "--resend")
        stage.finish()
        scene.note(stage)


def _while_noticing(scene: Scene, *, name: str) -> None:
    with scene.stage() as stage:
        for number in range(3):
            email = f"newcomer{number}@example.org"
            arguments = ("subscribers", "add", email, "--newsletter", "daily")
            _die(stage, *arguments, point=name)
            scene.row.kills += 1
            stage.call(*arguments)
            stage.finish()
            copies = stage.relay.copies()[email]
            scene.expect(copies == 1, f"a newcomer has {copies} confirmations")
        stage.relay.taken = [one for one in stage.relay.taken if "newcomer" not in one.recipient]
        scene.note(stage)


_PLAYS: dict[str, Callable[..., None]] = {
    **dict.fromkeys(_SENDING, _while_sending),
    **dict.fromkeys(("returning", "returned"), _while_giving_back),
    **dict.fromkeys(("recovering", "recovered"), _while_recovering),
    **dict.fromkeys(("freezing", "frozen"), _while_freezing),
    **dict.fromkeys(("pausing", "paused"), _while_pausing),
    **dict.fromkeys(("resolving", "resolved"), _while_resolving),
    **dict.fromkeys(("noticing", "noticed"), _while_noticing),
}
_SHORT = ("begun", "written")

for _name in NAMES:
    fault("X01", f"killed at {_name}", is_short=_name in _SHORT)(partial(_PLAYS[_name], name=_name))
