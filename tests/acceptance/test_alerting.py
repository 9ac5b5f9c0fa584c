"""Alerting: a real hook hears of each trouble once, from one of many processes, and once more when it is over."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from sqlalchemy import text

from publisher.app import App
from publisher.clock import now as get_now
from publisher.domain.alert import What
from publisher.domain.delivery import Outcome, Status, Verdict
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.jobs import issuing, pressing, resolving
from publisher.jobs.alerting import Watch, finish_issues, keep_watch
from publisher.jobs.sending import deliver
from publisher.jobs.troubles import examine_disk, list_troubles
from publisher.jobs.worker import Worker
from publisher.mail import Pace
from publisher.run import _send
from publisher.store import Ledger
from publisher.web.state import State
from tests.acceptance.site import wait_for
from tests.commands import call, call_well
from tests.factories import DAY, HOUR, MINUTE
from tests.homes import DATABASE, HomeFolder, look, make_home, subscribe
from tests.hook import SECRET, Hook
from tests.recorder import Recorder

ARTICLE = "# The bridge opens\n\nOn Monday.\n"
READERS = ["alice@example.net", "bob@example.net"]
ISSUE = "daily/2026-11-23T0700"
MONDAY = datetime.fromisoformat("2026-11-23T05:00:00+00:00")  # an hour before the slot

Start = Callable[[], Watch]


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as started:
        yield started


@pytest.fixture
def home(tmp_path: Path, ledger_url: str, hook: Hook) -> HomeFolder:
    """A paper whose operator is told by a hook, on either database."""
    alerts = f'[alerts]\nurl = "{hook.url}"\nheartbeat_url = "{hook.url}"\n'
    return make_home(tmp_path / "home", relay_port=9, more=DATABASE.format(url=ledger_url) + alerts)


@dataclass
class Paper:
    """A home in two processes, and the moment."""

    home: HomeFolder
    app: App
    other: App
    watch: Watch
    now: datetime = MONDAY

    async def look(self, *, after: timedelta = timedelta(0), watch: Watch | None = None) -> None:
        """One look of a process, so much later."""
        self.now += after
        await (watch or self.watch).look(now=self.now)

    def freeze(self, newsletter: str = "daily") -> Issue:
        """An issue for two readers."""
        with time_machine.travel(self.now, tick=False):
            made = pressing.compose(
                self.app,
                issuing.prepare_manual(self.app, self.app.get_newsletter(newsletter), now=self.now),
                now=self.now,
            )
        assert isinstance(made, Issue)
        return made

    def move(self, issue: Issue, status: IssueStatus) -> None:
        """What an operator or a breaker does."""
        with self.app.ledger.write() as tx:
            assert tx.issues.set_status(issue.key, status, reason="because")

    def send(self, status: Status) -> None:
        """Let everything that is due end in that state."""
        with self.app.ledger.write() as tx:
            tx.facts.put_worker("ours", host="here", now=self.now, until=self.now + HOUR)
            refs = [claim.ref for claim in tx.letters.claim("ours", limit=100, now=self.now)]
            tx.letters.begin("ours", refs=refs, now=self.now)
            outcome = Outcome(status=status, relay="main", code=250)
            tx.letters.record("ours", outcomes=dict.fromkeys(refs, outcome), now=self.now)
            finish_issues(self.app, tx, now=self.now)


@contextmanager
def opened(home: HomeFolder) -> Iterator[Paper]:
    with ExitStack() as stack:
        app, other = (stack.enter_context(home.opened()) for _ in range(2))
        yield Paper(home=home, app=app, other=other, watch=Watch(app))


@pytest.fixture
def paper(home: HomeFolder) -> Iterator[Paper]:
    home.write_seed("bridge.md", ARTICLE)
    with opened(home) as found:
        look(found.app, MONDAY)
        subscribe(found.app, READERS, now=MONDAY)
        yield found


async def test_paused_issue_is_told_once(paper: Paper, hook: Hook) -> None:
    issue = paper.freeze()
    await paper.look()
    assert hook.asked == []
    paper.move(issue, IssueStatus.PAUSED)
    for _ in range(3):
        await paper.look(after=MINUTE)
    paper.move(issue, IssueStatus.OPEN)
    for _ in range(2):
        await paper.look(after=MINUTE)
    assert hook.states == [("issue", "begun"), ("issue", "over")]
    assert hook.asked[0].news["issue"] == issue.id
    assert hook.asked[0].news["text"].startswith(f"La Gazette: {issue.id} is paused (because); 2 wait for it")


async def test_lasting_trouble_is_told_each_day(paper: Paper, hook: Hook) -> None:
    paper.move(paper.freeze(), IssueStatus.HELD)
    for hours in (0, 23, 1, 23):
        await paper.look(after=hours * HOUR)
    assert [state for state in hook.states if state[0] == "issue"] == [("issue", "begun")] * 2


async def test_one_of_many_processes_tells(paper: Paper, hook: Hook) -> None:
    paper.move(paper.freeze(), IssueStatus.PAUSED)
    watches = [Watch(paper.other) for _ in range(4)]
    await asyncio.gather(*(watch.look(now=paper.now) for watch in watches))
    await paper.look(after=2 * MINUTE)
    assert hook.states == [("issue", "begun")]


async def test_next_process_repeats_nothing(paper: Paper, hook: Hook) -> None:
    issue = paper.freeze()
    paper.move(issue, IssueStatus.PAUSED)
    await paper.look()
    paper.watch.leave()
    with opened(paper.home) as again:
        again.now = paper.now
        await again.look(after=MINUTE)
        again.move(issue, IssueStatus.OPEN)
        await again.look(after=MINUTE)
    assert hook.states == [("issue", "begun"), ("issue", "over")]


async def test_dead_process_is_followed(paper: Paper, hook: Hook) -> None:
    await paper.look()
    paper.move(paper.freeze(), IssueStatus.PAUSED)
    heir = Watch(paper.other)
    await paper.look(after=MINUTE, watch=heir)
    assert hook.states == []
    await paper.look(after=3 * MINUTE, watch=heir)
    assert hook.states == [("issue", "begun")]


async def test_late_slot_is_told(paper: Paper, hook: Hook) -> None:
    await paper.look(after=HOUR + 4 * MINUTE)
    assert hook.states == []
    await paper.look(after=MINUTE)
    assert hook.asked[0].news["issue"] == ISSUE
    assert [issue.id for issue in issuing.reckon(paper.app, now=paper.now)] == [ISSUE]
    await paper.look(after=MINUTE)
    assert hook.states == [("slot", "begun"), ("slot", "over")]


async def test_issue_that_can_not_be_made_is_told(paper: Paper, hook: Hook) -> None:
    template = paper.home.path / "templates" / "email" / "digest.html"
    template.parent.mkdir(parents=True)
    template.write_text("{% if %}")
    with paper.home.opened() as broken:
        paper.now += HOUR
        for _ in range(7):
            assert issuing.reckon(broken, now=paper.now) == []
            await paper.look(after=MINUTE, watch=Watch(broken))
        told = [(one.news["what"], one.news["newsletter"]) for one in hook.asked]
    assert told == [("composing", "daily")]
    assert "digest.html" in hook.asked[0].news["text"]


async def test_doubtful_rows_are_told_after_an_hour(paper: Paper, hook: Hook) -> None:
    issue = paper.freeze()
    paper.send(Status.DOUBTFUL)
    await paper.look(after=59 * MINUTE)
    assert hook.states == []
    await paper.look(after=MINUTE)
    assert "2 in doubt" in hook.asked[0].news["text"]
    resolving.resolve(paper.app, issue.id, verdict=Verdict.ASSUMED, now=paper.now)
    await paper.look(after=MINUTE)
    assert hook.states == [("doubtful", "begun"), ("doubtful", "over")]
    assert "@" not in str(hook.asked)


async def test_relay_down_elsewhere_is_told(paper: Paper, hook: Hook) -> None:
    elsewhere = Watch(paper.other)
    await paper.look()
    paper.other.tally.note_relay("main", "421 closed, says boss@example.net", at=paper.now)
    for _ in range(6):
        await paper.look(after=MINUTE, watch=elsewhere)
        await paper.look()
    paper.other.tally.note_relay("main", "", at=paper.now)
    await paper.look(after=MINUTE, watch=elsewhere)
    await paper.look()
    assert hook.states == [("relay", "begun"), ("relay", "over")]
    assert hook.asked[0].news["relay"] == "main"
    assert hook.asked[0].news["text"].endswith("421 closed, says …")


def test_sender_notes_a_relay_that_is_down(tmp_path: Path) -> None:
    with Recorder() as recorder:
        home = make_home(tmp_path / "home", relay_port=recorder.port)
        home.write_seed("bridge.md", ARTICLE)
        with home.opened() as app:
            look(app, get_now())
            subscribe(app, READERS, now=get_now())
            coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=get_now())
            pressing.compose(app, coming, now=get_now())
            noted = []
            recorder.reply("connect", "421 4.3.2 closed for today")
            for _ in range(2):
                asyncio.run(deliver(app, until_empty=True, pace=Pace(look=0.01, retry_first=0.01)))
                noted.append(dict(app.tally.ills))
                recorder.recover()
    assert [list(ills) for ills in noted] == [[("relay", "main")], []]
    assert "closed for today" in noted[0]["relay", "main"].problem


async def test_relay_that_returns_soon_is_not_told(paper: Paper, hook: Hook) -> None:
    paper.app.tally.note_relay("main", "421 closed", at=paper.now)
    await paper.look(after=4 * MINUTE)
    paper.app.tally.note_relay("main", "", at=paper.now)
    await paper.look(after=4 * MINUTE)
    assert hook.states == []


async def test_silent_hook_is_told_later(paper: Paper, hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    paper.move(paper.freeze(), IssueStatus.PAUSED)
    hook.status = 503
    await paper.look()
    hook.status = 200
    for _ in range(2):
        await paper.look(after=MINUTE)
    assert hook.states == [("issue", "begun")] * 2  # once refused, once taken
    said = "".join(capsys.readouterr())
    assert "127.0.0.1: HTTP 503" in said
    assert SECRET not in said


async def test_channels_are_told_apart(paper: Paper, hook: Hook, tmp_path: Path) -> None:
    more = f"command = \"sh -c 'cat >> {tmp_path}/told'\"\n"
    with (paper.home.path / "config" / "publisher.toml").open("a") as settings:
        settings.write(more)
    paper.move(paper.freeze(), IssueStatus.PAUSED)
    hook.status = 500
    with opened(paper.home) as again:
        for _ in range(2):
            await again.look(after=MINUTE)
    assert json.loads((tmp_path / "told").read_text())["what"] == "issue"
    assert hook.states == [("issue", "begun")] * 2


async def test_ledger_away_is_told_and_over(paper: Paper, hook: Hook) -> None:
    await paper.look()
    shut(paper.app.ledger, is_open=False)
    for _ in range(8):
        await paper.look(after=MINUTE)
    assert hook.states == [("ledger", "begun")]
    shut(paper.app.ledger, is_open=True)
    for _ in range(2):
        await paper.look(after=MINUTE)
    assert hook.states == [("ledger", "begun"), ("ledger", "over")]


def shut(ledger: Ledger, *, is_open: bool) -> None:
    """Let nobody use a database, or everybody again."""
    if ledger.is_sqlite:
        with ledger.engine.begin() as connection:
            names = ("gone", "facts") if is_open else ("facts", "gone")
            connection.execute(text("ALTER TABLE {} RENAME TO {}".format(*names)))
        return
    name = ledger.url.database or ""
    url = ledger.url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        word = "true" if is_open else "false"
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {word}'.encode())
        if not is_open:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def test_worker_that_claims_is_well(paper: Paper) -> None:
    paper.app.tally.note_ill("sending", problem="an older copy", at=paper.now)
    worker = Worker(paper.app)
    worker.start()
    worker.claim(limit=1)
    worker.stop()
    assert paper.app.tally.ills == {}


async def test_sender_that_can_not_begin_is_ill(tmp_path: Path) -> None:
    home, stop = make_home(tmp_path / "home", url="http://gazette.example.org"), asyncio.Event()
    with home.opened() as app:
        sending = asyncio.create_task(_send(State(app), stop))
        (key,) = await asyncio.to_thread(wait_for, lambda: dict(app.tally.ills))
        stop.set()
        await asyncio.wait_for(sending, 5)
        assert key == ("sending", "")
        assert "real mail needs https" in app.tally.ills[key].problem


def test_low_disk_is_noted(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", relay_port=9, more='[database]\nfloor = "1000000G"\n')
    with home.opened() as app:
        examine_disk(app, now=MONDAY)
        (trouble,) = list_troubles(app, now=MONDAY)
    assert trouble.what is What.DISK
    assert "MB are free" in trouble.text


def test_enough_disk_is_no_trouble(paper: Paper) -> None:
    paper.app.tally.note_ill("disk", problem="only 3 MB are free", at=paper.now)
    examine_disk(paper.app, now=paper.now)
    assert list_troubles(paper.app, now=paper.now) == []


async def test_each_sent_issue_has_one_heartbeat(paper: Paper, hook: Hook) -> None:
    paper.freeze()
    await paper.look()
    assert hook.beats == 0
    paper.send(Status.SENT)
    hook.status = 500
    await paper.look(after=MINUTE)
    hook.status = 200
    for watch in (paper.watch, Watch(paper.other), paper.watch):
        await paper.look(after=MINUTE, watch=watch)
    assert hook.beats == 2  # once refused, once taken


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.FAILED])
async def test_issue_that_reached_nobody_has_no_heartbeat(paper: Paper, hook: Hook, status: Status) -> None:
    paper.freeze()
    paper.send(status)
    await paper.look()
    assert hook.beats == 0


async def test_old_heartbeat_is_not_made(paper: Paper, hook: Hook) -> None:
    paper.freeze()
    paper.send(Status.SENT)
    await paper.look(after=DAY + MINUTE)
    assert hook.beats == 0
    with paper.app.ledger.read() as tx:
        assert tx.alerts.list_heartbeats() == []


async def test_hanging_hook_holds_up_no_stop(paper: Paper, hook: Hook) -> None:
    hook.is_hanging = True
    paper.move(paper.freeze(), IssueStatus.PAUSED)
    stop = asyncio.Event()
    watching = asyncio.create_task(keep_watch(paper.app, stop, every=0.01))
    assert await asyncio.to_thread(hook.heard.wait, 10)
    stop.set()
    await asyncio.wait_for(watching, 5)
    with paper.app.ledger.write() as tx:
        until = get_now() + HOUR
        assert tx.facts.take_lease("alerts", holder="next", host="here", now=get_now(), until=until) is None


def test_commands_tell_and_try(paper: Paper, hook: Hook) -> None:
    issue = paper.freeze()
    with time_machine.travel(paper.now):
        assert call_well(paper.home, "alerts", "list").out == "nothing is stuck\n"
        paper.move(issue, IssueStatus.PAUSED)
        (one,) = call_well(paper.home, "alerts", "list", "--json").json
    assert (one["what"], one["name"]) == ("issue", issue.id)
    assert call_well(paper.home, "alerts", "test").out == "url: told\nheartbeat_url: told\n"
    assert [asked.method for asked in hook.asked] == ["POST", "GET"]
    hook.status = 404
    ran = call(paper.home, "alerts", "test")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "url: 127.0.0.1: HTTP 404")


def test_test_without_a_channel_is_wrong_usage(tmp_path: Path) -> None:
    ran = call(make_home(tmp_path / "home"), "alerts", "test")
    assert ran.code == 2
    assert "[alerts]" in ran.problem


def test_send_tells_before_it_ends(tmp_path: Path, hook: Hook) -> None:
    alerts = f'[alerts]\nurl = "{hook.url}"\nheartbeat_url = "{hook.url}"\n'
    with Recorder() as recorder:
        home = make_home(tmp_path / "home", relay_port=recorder.port, more=alerts)
        home.write_seed("bridge.md", ARTICLE)
        with home.opened() as app:
            look(app, get_now())
            subscribe(app, READERS, now=get_now())
        recorder.reply("rcpt", "554 5.7.1 relay access denied")
        assert call(home, "send", "daily").code == 3
        recorder.recover()
        (issue,) = call_well(home, "issues", "list", "--json").json
        call_well(home, "issues", "resume", issue["id"])
        call_well(home, "send", "daily")
    assert hook.states == [("issue", "begun"), ("issue", "over")]
    assert hook.beats == 1
