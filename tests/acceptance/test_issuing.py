"""Which issues the schedule makes, of which articles, for whom: the real settings, folder, ledger and clock changes."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine

from publisher.app import App
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.domain.subscriber import Format
from publisher.jobs import issuing, pressing
from publisher.jobs.looking import show_issue
from publisher.jobs.sending import deliver
from publisher.subscriptions import Request, add_confirmed
from tests.folders import put_seed
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # seven in the morning in Brussels
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    return make_home(tmp_path / "home")


def set_newsletters(home: HomeFolder, more: str) -> None:
    """Replace the newsletters of the settings."""
    path = home.path / "config" / "publisher.toml"
    kept = path.read_text().partition("[newsletters")[0]
    path.write_text(kept + more)


@contextmanager
def opened(home: HomeFolder, *, now: datetime = SUNDAY) -> Iterator[App]:
    """The app of a process that starts at that moment."""
    with home.opened() as app:
        issuing.see_schedules(app, now=now)
        yield app


def write(app: App, name: str, *, now: datetime, header: str = "") -> None:
    """A new article, seen at that moment."""
    front = f"---\n{header}\n---\n" if header else ""
    text = f"{front}# Title of {name}\n\nA text about {name} and nothing else.\n"
    put_seed(HomeFolder(app.home.root), name, text, at=now)
    look(app, now)


def titles(app: App, issue: str) -> list[str]:
    """What an issue holds, the lead first."""
    return [article["title"].removeprefix("Title of ") for article in show_issue(app, issue)["articles"]]


def reckon(app: App, now: datetime) -> list[str]:
    return [issue.id for issue in issuing.reckon(app, now=now)]


def test_publication_itself_makes_an_issue(home: HomeFolder) -> None:
    set_newsletters(home, '[newsletters.alerts]\nschedule = "on publish"\n')
    with opened(home) as app:
        write(app, "one.md", now=MONDAY)
        assert reckon(app, MONDAY) == ["alerts/2026-11-23T0700"]
        assert reckon(app, MONDAY + MINUTE) == []
        write(app, "two.md", now=MONDAY + HOUR)
        assert reckon(app, MONDAY + HOUR) == ["alerts/2026-11-23T0800"]
        assert titles(app, "alerts/2026-11-23T0800") == ["two.md"]


def test_second_publication_of_a_minute_waits_for_the_next(home: HomeFolder) -> None:
    set_newsletters(home, '[newsletters.alerts]\nschedule = "on publish"\n')
    with opened(home) as app:
        write(app, "one.md", now=MONDAY)
        reckon(app, MONDAY)
        write(app, "two.md", now=MONDAY + MINUTE / 2)
        assert reckon(app, MONDAY + MINUTE / 2) == []
        assert reckon(app, MONDAY + MINUTE) == ["alerts/2026-11-23T0701"]
        assert titles(app, "alerts/2026-11-23T0701") == ["two.md"]


def test_embargo_makes_its_own_issue(home: HomeFolder) -> None:
    set_newsletters(home, '[newsletters.alerts]\nschedule = "on publish"\n')
    with opened(home) as app:
        write(app, "one.md", now=SUNDAY, header="embargo: 2026-11-23T07:00:00+01:00")
        assert reckon(app, SUNDAY) == []
        assert reckon(app, MONDAY) == ["alerts/2026-11-23T0700"]


def test_limit_passes_over_the_oldest(home: HomeFolder) -> None:
    set_newsletters(home, '[newsletters.daily]\nschedule = "0 7 * * *"\nlimit = 2\n')
    with opened(home) as app:
        for hour, name in enumerate(("one.md", "two.md", "three.md")):
            write(app, name, now=SUNDAY + hour * HOUR)
        (issue,) = reckon(app, MONDAY)
        assert titles(app, issue) == ["three.md", "two.md"]
        assert show_issue(app, issue)["passed_over"] == 1
        write(app, "four.md", now=MONDAY + HOUR)
        (issue,) = reckon(app, MONDAY + DAY)
        assert titles(app, issue) == ["four.md"]


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        ('sections = ["sport"]', ["sport/race.md"]),
        ('tags = ["water"]', ["town/canal.md"]),
        ('languages = ["fr"]', ["town/canal.md"]),
        ('sections = ["town"]\nlanguages = ["en"]', ["town/bridge.md"]),
    ],
)
def test_newsletter_takes_what_fits(home: HomeFolder, choice: str, chosen: list[str]) -> None:
    set_newsletters(home, f'[newsletters.daily]\nschedule = "0 7 * * *"\n{choice}\n')
    with opened(home) as app:
        write(app, "town/bridge.md", now=SUNDAY)
        write(app, "town/canal.md", now=SUNDAY, header="tags: [water]\nlanguage: fr")
        write(app, "sport/race.md", now=SUNDAY)
        (issue,) = reckon(app, MONDAY)
        assert titles(app, issue) == chosen


def test_two_newsletters_share_an_article(home: HomeFolder) -> None:
    set_newsletters(home, '[newsletters.one]\nschedule = "0 7 * * *"\n[newsletters.two]\nschedule = "0 7 * * *"\n')
    with opened(home) as app:
        write(app, "bridge.md", now=SUNDAY)
        assert reckon(app, MONDAY) == ["one/2026-11-23T0700", "two/2026-11-23T0700"]
        assert titles(app, "one/2026-11-23T0700") == titles(app, "two/2026-11-23T0700") == ["bridge.md"]


def send_by_hand(app: App, now: datetime) -> Issue:
    issue = pressing.compose(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=now), now=now)
    assert isinstance(issue, Issue)
    return issue


def test_issue_by_hand_uses_up_no_slot(home: HomeFolder) -> None:
    with opened(home) as app:
        subscribe(app, ["alice@example.net"], now=SUNDAY)
        write(app, "one.md", now=SUNDAY)
        assert send_by_hand(app, SUNDAY + HOUR).id == "daily/2026-11-22-manual-1"
        write(app, "two.md", now=SUNDAY + 2 * HOUR)
        assert reckon(app, MONDAY) == ["daily/2026-11-23T0700"]
        assert titles(app, "daily/2026-11-23T0700") == ["two.md"]


def test_issue_by_hand_leaves_an_empty_slot(home: HomeFolder) -> None:
    with opened(home) as app:
        subscribe(app, ["alice@example.net"], now=SUNDAY)
        write(app, "one.md", now=SUNDAY)
        send_by_hand(app, SUNDAY + HOUR)
        assert reckon(app, MONDAY) == []
        with app.ledger.read() as tx:
            assert tx.schedules.list_decided("daily", since=SUNDAY) == {"2026-11-23T0700"}


def test_edited_schedule_makes_no_past_slot_due(home: HomeFolder) -> None:
    with opened(home) as app:
        write(app, "one.md", now=SUNDAY)
        assert len(reckon(app, MONDAY)) == 1
        write(app, "two.md", now=MONDAY + HOUR)
    set_newsletters(home, '[newsletters.daily]\nschedule = "0 9 * * *"\n')
    with opened(home, now=MONDAY + 3 * HOUR) as app:
        assert reckon(app, MONDAY + 3 * HOUR) == []
        assert reckon(app, MONDAY + DAY) == []
        assert reckon(app, MONDAY + DAY + 2 * HOUR) == ["daily/2026-11-24T0900"]


def test_edited_zone_makes_no_past_slot_due(home: HomeFolder) -> None:
    with opened(home) as app:
        write(app, "one.md", now=SUNDAY)
    set_newsletters(home, '[newsletters.daily]\nschedule = "0 7 * * *"\ntimezone = "Asia/Tokyo"\n')
    with opened(home, now=SUNDAY + 5 * HOUR) as app:
        assert reckon(app, SUNDAY + 6 * HOUR) == []
        assert reckon(app, SUNDAY + DAY + 4 * HOUR) == ["daily/2026-11-24T0700"]


@pytest.mark.parametrize(
    ("night", "due_at"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # 02:30 is left out: 03:30
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # 02:30 comes twice
    ],
)
def test_slot_in_a_clock_change_comes_once(home: HomeFolder, night: datetime, due_at: datetime) -> None:
    set_newsletters(home, '[newsletters.daily]\nschedule = "30 2 * * *"\n')
    with opened(home, now=night) as app:
        write(app, "one.md", now=night)
        assert reckon(app, due_at - MINUTE) == []
        assert reckon(app, due_at) == [f"daily/{due_at:%Y-%m-%d}T0230"]
        write(app, "two.md", now=due_at + MINUTE)
        assert reckon(app, due_at + 3 * HOUR) == []


def test_full_archive_is_mailed_to_nobody(home: HomeFolder) -> None:
    with opened(home) as app:
        for year in range(2016, 2026):
            write(app, f"{year}-05-01-fair.md", now=SUNDAY)
        assert reckon(app, MONDAY) == []


def test_new_newsletter_mails_one_period_back(home: HomeFolder) -> None:
    with opened(home) as app:
        write(app, "old.md", now=SUNDAY - 3 * DAY)
        write(app, "fresh.md", now=SUNDAY - HOUR)
    set_newsletters(home, '[newsletters.brief]\nschedule = "0 8 * * *"\n')
    with opened(home, now=SUNDAY) as app:
        assert reckon(app, MONDAY + HOUR) == ["brief/2026-11-23T0800"]
        assert titles(app, "brief/2026-11-23T0800") == ["fresh.md"]


def test_processes_that_reckon_together_make_one_issue(home: HomeFolder) -> None:
    with opened(home) as app:
        subscribe(app, ["alice@example.net", "bob@example.net"], now=SUNDAY)
        write(app, "one.md", now=SUNDAY)
    gate = threading.Barrier(4)

    def reckon_alone(_: int) -> list[str]:
        with home.opened() as app:
            gate.wait(10)
            return reckon(app, MONDAY)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(reckon_alone, range(4)))
    assert sorted(made) == [[], [], [], ["daily/2026-11-23T0700"]]
    with home.opened() as app:
        assert show_issue(app, "daily/2026-11-23T0700")["eligible"] == 2


def test_slot_and_hand_never_mail_an_article_twice(home: HomeFolder) -> None:
    with opened(home) as app:
        subscribe(app, ["alice@example.net"], now=SUNDAY)
        write(app, "one.md", now=SUNDAY)
        newsletter = app.get_newsletter("daily")
        coming = issuing.prepare_manual(app, newsletter, now=MONDAY)
        assert reckon(app, MONDAY) == ["daily/2026-11-23T0700"]
        assert issuing.freeze(app, coming, now=MONDAY) is None


def add(
    app: App, email: str, *, language: str = "", sections: tuple[str, ...] = (), form: Format = Format.HTML
) -> None:
    wish = Request(
        email=email, newsletters=("daily",), source="a test", language=language, sections=sections, format=form
    )
    with app.ledger.write() as tx:
        add_confirmed(tx, wish, keys=app.keys, consent_at=SUNDAY, now=SUNDAY)


def test_each_reader_gets_her_own_variant(tmp_path: Path, recorder: Recorder) -> None:
    home = make_home(tmp_path / "home", relay_port=recorder.port)
    with opened(home) as app:
        add(app, "all@example.net")
        add(app, "fr@example.net", language="fr")
        add(app, "sport@example.net", sections=("sport",))
        add(app, "text@example.net", form=Format.TEXT)
        add(app, "arts@example.net", sections=("arts",))
        write(app, "town/bridge.md", now=SUNDAY)
        write(app, "sport/race.md", now=SUNDAY)
        (issue,) = reckon(app, MONDAY)
        with time_machine.travel(MONDAY, tick=True):
            asyncio.run(deliver(app, until_empty=True))
        counts = show_issue(app, issue)["deliveries"]
    assert (counts[Status.SENT], counts[Status.SKIPPED]) == (4, 1)
    mails = {one.recipient: message_from_bytes(one.content, policy=policy.default) for one in recorder.messages}
    plain = {email: mail.get_body(("plain",)).get_content() for email, mail in mails.items()}  # type: ignore[union-attr]
    assert mails.keys() == {f"{name}@example.net" for name in ("all", "fr", "sport", "text")}
    assert "Se désabonner" in plain["fr@example.net"]
    assert "Unsubscribe" in plain["all@example.net"]
    assert "bridge.md" not in plain["sport@example.net"]
    assert mails["text@example.net"].get_content_type() == "text/plain"
    assert mails["all@example.net"].get_content_type() == "multipart/alternative"


def test_plan_foretells_what_the_schedule_does(home: HomeFolder) -> None:
    more = '[newsletters.daily]\nschedule = "0 7 * * *"\n[newsletters.weekly]\nschedule = "0 8 * * wed"\n'
    set_newsletters(home, more)
    with opened(home) as app:
        subscribe(app, ["alice@example.net"], now=SUNDAY)
        for day in range(4):
            write(app, f"{day}.md", now=SUNDAY, header=f"embargo: 2026-11-{23 + day}T05:00:00+01:00")
        planned = issuing.plan(app, start=SUNDAY, end=SUNDAY + 7 * DAY)
        foretold = {f"{line.newsletter}/{line.slot}": len(line.articles) for line in planned if line.articles}
        made = [issue for hour in range(7 * 24 + 1) for issue in reckon(app, SUNDAY + hour * HOUR)]
        assert {issue: len(titles(app, issue)) for issue in made} == foretold
        assert len(made) == 5
