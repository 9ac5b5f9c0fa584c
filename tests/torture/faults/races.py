"""X12 and X17: instances started together, and readers and operators who act while their messages are claimed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPConnection

from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.token import Purpose
from publisher.jobs import issuing
from tests.acceptance.site import find_free_port
from tests.homes import look
from tests.torture.acts import Act, Step, always
from tests.torture.ground import write_settings
from tests.torture.play import Scene, fault
from tests.torture.stage import Stage, pause, wait_for

_STEADY = always(Step.DOT, Act(delay=0.03))
_OPEN = (Status.QUEUED, Status.CLAIMED)
_ROUNDS = 10
_SCHEDULE = 'schedule = "0 7 * * mon-fri"'


@fault("X12", "instances started together, at one slot", is_short=True)
def start_together(scene: Scene) -> None:
    """Two or three of `run` find the same slot due: it becomes one issue, mailed once (G8)."""
    with scene.stage(is_frozen=False) as stage:
        beginning = now()
        for number in range(_ROUNDS if scene.is_long else 1):
            _make_slot_due(stage, beginning - timedelta(minutes=2 + number))
            known = {issue.key for issue in stage.find_issues()}
            mark = len(stage.relay.taken)
            count = scene.dice.randint(2, 3)
            together = [stage.start("run", "--only", "schedule,send", seat=seat) for seat in range(count)]
            _wait_for_issues(stage, len(known) + 1)
            made = [issue for issue in stage.find_issues() if issue.key not in known]
            scene.expect(len(made) == 1, f"{len(made)} issues were made of one slot")
            stage.take_issue(made[0])
            stage.mark = mark
            stage.wait_until_still()
            for process in together:
                stage.end(process)
            scene.note(stage)


def _wait_for_issues(stage: Stage, number: int) -> None:
    wait_for(lambda: len(stage.find_issues()) >= number, seconds=30, what="the issue")


def _make_slot_due(stage: Stage, minute: datetime) -> None:
    """Change the schedule to a minute that is past, as if it had stood so for an hour."""
    write_settings(stage.home, port=stage.relay.ports[0], connections=4, url=stage.url)
    settings = stage.home.path / "config" / "publisher.toml"
    schedule = f'schedule = "{minute.minute} {minute.hour} * * *"\ntimezone = "UTC"'
    settings.write_text(settings.read_text(encoding="utf-8").replace(_SCHEDULE, schedule), encoding="utf-8")
    stage.write_article()
    with stage.home.opened() as app:
        look(app, now())
        issuing.see_schedules(app, now=now())
    stage.age(timedelta(hours=1))


@fault("X12", "`send` twice at the same moment")
def send_together(scene: Scene) -> None:
    with scene.stage(is_frozen=False) as stage:
        for _ in range(_ROUNDS):
            stage.write_article()
            stage.call("ingest")
            known = {issue.key for issue in stage.find_issues()}
            mark = len(stage.relay.taken)
            together = [stage.start("send", "daily", seat=seat) for seat in range(scene.dice.randint(2, 3))]
            codes = [process.wait() for process in together]
            scene.expect(set(codes) <= {0, 3}, f"they ended with {codes}")
            made = [issue for issue in stage.find_issues() if issue.key not in known]
            scene.expect(len(made) == 1, f"{len(made)} issues were made of one article")
            stage.take_issue(made[0])
            stage.mark = mark
            scene.note(stage)


def _race(scene: Scene, stage: Stage, act: Callable[[str], None], *, people: int) -> set[str]:
    """Act for people one by one while workers send; gives those whose row stood open after the act had its answer."""
    stage.relay.behave(_STEADY)
    stage.start_workers(2)
    stage.relay.wait_for(5)
    spared: set[str] = set()
    for email in scene.dice.sample(stage.people, people):
        act(email)
        if stage.find_status(email) in (*_OPEN, Status.SKIPPED, Status.SUPPRESSED, Status.CANCELLED):
            spared.add(email)
    return spared


@fault("X17", "an unsubscribe racing the claim", is_short=True)
def unsubscribe(scene: Scene) -> None:
    """Whose row is not being sent when the 2xx is there gets nothing more (G5)."""
    with scene.stage(people=180) as stage:
        port = find_free_port()
        write_settings(stage.home, port=stage.relay.ports[0], connections=4, url=stage.url, web_port=port)
        site = stage.start("run", "--only", "web", seat=3)
        wait_for(lambda: _post(port, "/healthz", "GET") == 200, seconds=30, what="the site")
        paths = {email: _unsubscribe_path(stage, email) for email in stage.people}

        def leave(email: str) -> None:
            status = _post(port, paths[email])
            scene.expect(200 <= status < 300, f"one click was answered by {status}")

        spared = _race(scene, stage, leave, people=60 if scene.is_long else 12)
        stage.end(site)
        stage.finish()
        mailed = spared & set(stage.relay.copies())
        scene.expect(not mailed, f"{len(mailed)} were mailed after they had left")
        scene.expect(spared, "nobody left in time")
        scene.note(stage, excused=dict.fromkeys(spared, (Status.SKIPPED,)))


def _unsubscribe_path(stage: Stage, email: str) -> str:
    with stage.app.ledger.read() as tx:
        subscriber = tx.subscribers.find(email)
        assert subscriber
        subscription = tx.subscribers.find_subscription(subscriber.key, "daily")
    assert subscription
    return f"/unsubscribe/{stage.app.keys.sign(Purpose.UNSUBSCRIBE, subscription.key)}"


def _post(port: int, path: str, method: str = "POST") -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Host": "gazette.example.org"}
    try:
        connection.request(method, path, "List-Unsubscribe=One-Click" if method == "POST" else None, kind)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@fault("X17", "a suppression racing the claim")
def suppress(scene: Scene) -> None:
    with scene.stage(people=180) as stage:

        def act(email: str) -> None:
            scene.expect(stage.call("subscribers", "suppress", email).code == 0, "somebody can't be suppressed")

        spared = _race(scene, stage, act, people=20)
        stage.finish()
        mailed = spared & set(stage.relay.copies())
        scene.expect(not mailed, f"{len(mailed)} were mailed after they were suppressed")
        scene.note(stage, excused=dict.fromkeys(spared, (Status.SUPPRESSED, Status.SKIPPED)))


@fault("X17", "pause and resume racing the claim")
def pause_and_resume(scene: Scene) -> None:
    with scene.stage(people=180) as stage:
        stage.relay.behave(_STEADY)
        stage.start_workers(3)
        for number in range(4):
            stage.relay.wait_for(10 + 25 * number)
            stage.call("issues", "pause", stage.issue.id)
            waiting = {email for email, status in stage.statuses().items() if status in _OPEN}
            pause(0.3)
            mailed = waiting & set(stage.relay.copies())
            scene.expect(not mailed, f"{len(mailed)} were mailed while the issue was paused")
            stage.call("issues", "resume", stage.issue.id)
        stage.finish()
        scene.note(stage)


@fault("X17", "a cancel racing the claim")
def cancel(scene: Scene) -> None:
    with scene.stage(people=180) as stage:
        stage.relay.behave(_STEADY)
        stage.start_workers(3)
        stage.relay.wait_for(scene.dice.randint(10, 80))
        stage.call("issues", "cancel", stage.issue.id)
        cancelled = {email for email, status in stage.statuses().items() if status is Status.CANCELLED}
        stage.wait_until_still()
        stage.end_all()
        mailed = cancelled & set(stage.relay.copies())
        scene.expect(cancelled, "nobody was left to cancel")
        scene.expect(not mailed, f"{len(mailed)} were mailed after the cancel")
        scene.expect(stage.issue_status() is IssueStatus.CANCELLED, "the issue is not cancelled")
        scene.note(stage, excused=dict.fromkeys(cancelled, (Status.CANCELLED,)))
