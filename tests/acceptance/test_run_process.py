"""`publisher run` as a process: what it shows within a moment, how it is told to stop, and what it refuses."""

import fcntl
import os
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from publisher.clock import now
from publisher.domain.article import Article
from publisher.mail import Maildir
from tests.acceptance.site import (
    Running,
    dump,
    find_free_port,
    make_local_home,
    pause,
    replace_in,
    running,
    wait_for,
)
from tests.folders import make_picture
from tests.homes import HomeFolder

FEED = "/feeds/main.atom"
HELD_BACK = "---\ntitle: The secret plan\nembargo: {moment}\nimage: plan.png\n---\n\nIt is out.\n"
SOON = 2.0  # seconds within which what is due is there, or gone
PIECES = 20


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A site that is up; a file counts as whole once it has stood still for a good while."""
    home, port = make_local_home(tmp_path_factory.mktemp("live") / "home", quiet="0.5")
    with running(home, port) as process:
        process.wait_until_ready()
        yield process


@pytest.fixture
def local(tmp_path: Path) -> tuple[HomeFolder, int]:
    """A home with one article, and its port."""
    home, port = make_local_home(tmp_path / "home")
    home.write_seed("bridge.md", "# The bridge opens\n\nAfter two years.\n")
    return home, port


@pytest.fixture
def up(local: tuple[HomeFolder, int]) -> Iterator[Running]:
    """A process of the test's own, whose first article is out."""
    with running(*local) as process:
        process.wait_until_ready()
        wait_until_shown(process, "The bridge opens")
        yield process


def titles(process: Running) -> list[str]:
    return [entry.title for entry in feedparser.parse(process.read(FEED)).entries]


def wait_until_shown(process: Running, title: str) -> None:
    wait_for(lambda: title in titles(process))


def find_article(process: Running, title: str) -> Article | None:
    with process.home.opened() as app, app.ledger.read() as tx:
        return next((article for article in tx.articles.list_all() if article.title == title), None)


def find_path(process: Running, title: str) -> str:
    found = find_article(process, title)
    return found.path if found else ""


def find_id(process: Running, title: str) -> str:
    (found,) = [entry.id for entry in feedparser.parse(process.read(FEED)).entries if entry.title == title]
    assert isinstance(found, str)
    return found


# What it shows.


def test_start_says_where_to_look(live: Running) -> None:
    url = f"http://127.0.0.1:{live.port}"
    assert live.out.startswith(f"La Gazette: {url}/\n")
    for place in (f"{url}/feeds/main.atom", f"{url}/mailbox", str(live.home.path / "seeds"), "daily     next issue "):
        assert place in live.out


def test_dropped_file_is_in_the_feeds(live: Running) -> None:
    live.home.write_seed("town/tram.md", "# The tram runs\n\nEvery hour.\n")
    wait_until_shown(live, "The tram runs")
    # They are written one after another, and the one that was waited for is not the last.
    wait_for(lambda: all("The tram runs" in live.read(path) for path in ("/feeds/main.rss", "/feeds/main.json", "/")))


def test_changed_file_is_an_update(live: Running) -> None:
    seed = live.home.write_seed("market.md", "# The market moves\n\nTo the north.\n")
    wait_until_shown(live, "The market moves")
    identity = find_id(live, "The market moves")
    seed.write_text("# The market moves\n\nTo the south, after all.\n")
    wait_for(lambda: "To the south" in live.read(FEED))
    assert find_id(live, "The market moves") == identity


def test_renamed_file_keeps_identity_and_address(live: Running) -> None:
    seed = live.home.write_seed("museum.md", "# The museum is free\n\nOn Sundays.\n")
    wait_until_shown(live, "The museum is free")
    before = find_article(live, "The museum is free")
    assert before
    seed.rename(seed.with_name("free-museum.md"))
    wait_for(lambda: find_path(live, "The museum is free") == "free-museum.md")
    after = find_article(live, "The museum is free")
    assert after
    assert (after.id, after.slug) == (before.id, before.slug)
    assert titles(live).count("The museum is free") == 1
    assert live.fetch(f"/articles/{after.year}/{after.month:02}/{after.slug}")[0] == 200


def test_g07_half_written_file_never_shows(live: Running) -> None:
    with (live.home.path / "seeds" / "long.md").open("w") as seed:
        seed.write("# The long report\n\n")
        for number in range(PIECES):
            seed.write(f"Paragraph {number}.\n\n")
            seed.flush()
            assert "The long report" not in titles(live)
            pause(0.04)
        seed.write("The very end.\n")
    wait_until_shown(live, "The long report")
    assert "The very end." in live.read(FEED)


def test_files_at_once_in_a_new_folder_are_seen(live: Running) -> None:
    names = {f"Race {number}" for number in range(12)}
    for name in sorted(names):
        live.home.write_seed(f"sport/{name[:4].lower()}/deep/{name[5:]}.md", f"# {name}\n\nSomebody won.\n")
    wait_for(lambda: names <= set(titles(live)))


def test_scheduled_article_comes_out_at_its_moment(live: Running) -> None:
    moment = now() + timedelta(seconds=3)
    (live.home.path / "seeds" / "plan.png").write_bytes(make_picture(3))
    live.home.write_seed("plan.md", HELD_BACK.format(moment=moment.isoformat()))
    held = wait_for(lambda: find_article(live, "The secret plan"))
    (image,) = held.images
    shown = 0.0
    while not shown:
        has_picture, is_out = live.has(image.address), "The secret plan" in titles(live)
        assert is_out or not has_picture
        shown = (now() - moment).total_seconds() if is_out else 0.0
        pause(0.02)
    assert 0 <= shown <= SOON
    wait_for(lambda: live.has(image.address))
    assert (now() - moment).total_seconds() <= SOON
    assert held.released_at >= moment


def test_expired_article_goes_at_its_moment(live: Running) -> None:
    moment = now() + timedelta(seconds=3)
    live.home.write_seed("sale.md", f"---\nexpiryDate: {moment.isoformat()}\n---\n# The sale\n\nEnds soon.\n")
    wait_until_shown(live, "The sale")
    while now() < moment:
        assert "The sale" in titles(live) or now() >= moment
        pause(0.05)
    wait_for(lambda: "The sale" not in titles(live))
    assert (now() - moment).total_seconds() <= SOON


def test_sign_up_ends_in_the_mailbox(live: Running) -> None:
    assert live.fetch("/subscribe", form="email=alice%40example.net&newsletters=daily")[0] == 200
    maildir = Maildir(live.home.path / "var" / "mailbox")
    key = wait_for(lambda: next((mail.key for mail in maildir.list_messages() if mail.to == "alice@example.net"), None))
    link = re.search(r"/confirm/[\w.-]+", maildir.get_message(key).text)
    assert link
    assert "Thank you" in live.fetch(link[0], form="x=x")[1]
    assert key in live.read("/mailbox")


def test_removed_file_waits_for_a_second_look(live: Running) -> None:
    seed = live.home.write_seed("fair.md", "# The fair is on\n\nUntil Sunday.\n")
    wait_until_shown(live, "The fair is on")
    article = find_article(live, "The fair is on")
    assert article
    path = f"/articles/{article.year}/{article.month:02}/{article.slug}"
    seed.unlink()
    live.home.write_seed("mark.md", "# A mark\n\nSo that a look is taken.\n")
    wait_until_shown(live, "A mark")
    assert (live.fetch(path)[0], "The fair is on" in titles(live)) == (200, True)

    assert live.home.run("ingest").returncode == 0
    assert (live.fetch(path)[0], "The fair is on" in titles(live)) == (410, False)


def test_forged_forwarding_is_not_believed(live: Running) -> None:
    live.fetch("/subscribe", form="email=bob%40example.net&newsletters=daily", headers={"X-Forwarded-For": "192.0.2.7"})
    assert find_ip(live, "bob@example.net") == "127.0.0.1"


def find_ip(process: Running, email: str) -> str:
    with process.home.opened() as app, app.ledger.read() as tx:
        subscriber = tx.subscribers.find(email)
        assert subscriber
        return tx.subscribers.list_consents(subscriber.key)[0].ip


def test_trusted_proxy_is_believed(local: tuple[HomeFolder, int]) -> None:
    home, port = local
    replace_in(home.path / "config" / "publisher.toml", "[web]", '[web]\ntrusted_proxies = ["127.0.0.1"]')
    with running(home, port, "--only", "web") as process:
        process.wait_until_ready()
        form = "email=bob%40example.net&newsletters=daily"
        assert process.fetch("/subscribe", form=form, headers={"X-Forwarded-For": "192.0.2.7"})[0] == 200
        assert find_ip(process, "bob@example.net") == "192.0.2.7"


# How it ends.


def test_sigterm_ends_it_and_leaves_nothing(up: Running) -> None:
    up.process.terminate()
    assert up.process.wait(10) == 0
    assert "Traceback" not in up.problems
    folder = up.home.path / "var" / "run"
    assert not list(folder.glob("worker-*"))
    for lock in folder.iterdir():
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with up.home.opened() as app:
        assert dump(app)["workers"] == []
    assert up.fetch("/healthz")[0] == 0


def test_open_connection_does_not_hold_it_up(up: Running) -> None:
    with socket.create_connection(("127.0.0.1", up.port)) as reader:
        reader.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert reader.recv(100)
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(10) == 0


def test_kill_and_start_again_goes_on(local: tuple[HomeFolder, int]) -> None:
    home, port = local
    with running(home, port) as first:
        first.wait_until_ready()
        wait_until_shown(first, "The bridge opens")
        before = first.read(FEED)
        os.kill(first.process.pid, signal.SIGKILL)
        assert first.process.wait(10) == -signal.SIGKILL
    with running(home, port) as second:
        second.wait_until_ready()
        assert second.read(FEED) == before
        home.write_seed("tram.md", "# The tram runs\n\nEvery hour.\n")
        wait_until_shown(second, "The tram runs")
        assert second.fetch("/subscribe", form="email=alice%40example.net&newsletters=daily")[0] == 200
        wait_for(Maildir(home.path / "var" / "mailbox").list_messages)
        with home.opened() as app:
            assert len(dump(app)["workers"]) == 1


# What it is told while it runs.


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def refuse_settings(process: Running, old: str, new: str) -> str:
    """Change the settings, tell the process, put them back; gives the line in which it refuses."""
    before = process.problems.count("settings_kept")
    process.change_settings(old, new)
    process.process.send_signal(signal.SIGHUP)
    wait_for(lambda: process.problems.count("settings_kept") > before)
    process.change_settings(new, old)
    return [line for line in process.problems.splitlines() if "settings_kept" in line][-1]


def test_bad_settings_are_not_taken(live: Running) -> None:
    line = refuse_settings(live, 'title = "La Gazette"\nurl', 'title = "Le Journal"\nlink = 7\nurl')
    assert "publisher.toml: publication.link" in line
    assert "La Gazette" in live.read("/")


def test_settings_without_a_relay_are_not_taken(live: Running) -> None:
    line = refuse_settings(live, f'"http://127.0.0.1:{live.port}"', '"https://gazette.example.org"')
    assert "relays: none is set" in line
    live.wait_until_ready()


def test_settings_with_a_busy_port_are_not_taken(live: Running, busy_port: int) -> None:
    line = refuse_settings(live, f"port = {live.port}", f"port = {busy_port}")
    assert f"127.0.0.1:{busy_port} can't be used" in line
    live.home.write_seed("square.md", "# The square is new\n\nIt has trees.\n")
    wait_until_shown(live, "The square is new")


def test_good_settings_are_taken(up: Running) -> None:
    up.change_settings('title = "La Gazette"\nurl', 'title = "Le Journal"\nurl')
    up.process.send_signal(signal.SIGHUP)

    def is_new() -> bool:
        with socket.create_connection(("127.0.0.1", up.port)):  # nobody finds the door shut meanwhile
            return "Le Journal" in up.read("/")

    wait_for(is_new)
    assert f"Le Journal: http://127.0.0.1:{up.port}/" in up.out
    up.process.terminate()
    assert up.process.wait(10) == 0


def test_port_may_move(up: Running) -> None:
    port = find_free_port()
    up.change_settings(str(up.port), str(port))
    up.process.send_signal(signal.SIGHUP)
    moved = Running(up.home, port, up.process)
    moved.wait_until_ready()
    assert up.fetch("/healthz")[0] == 0
    assert f":{port}/articles/" in moved.read(FEED)


def test_end_comes_before_new_settings(up: Running) -> None:
    up.process.send_signal(signal.SIGHUP)
    up.process.terminate()
    assert up.process.wait(10) == 0
    assert up.out.count("next issue") <= 2


# What it refuses, and what it leaves out.


def test_busy_port_is_one_line(live: Running) -> None:
    second = live.home.run("run")
    assert second.returncode == 1
    assert second.stdout == ""
    (line,) = second.stderr.splitlines()
    assert line.startswith(f"publisher: 127.0.0.1:{live.port} can't be used")


def test_second_folder_for_a_ledger_is_refused(live: Running, local: tuple[HomeFolder, int]) -> None:
    home, _ = local
    ledger = live.home.path / "data" / "publisher.db"
    (home.path / "data").mkdir()
    shutil.copy(live.home.path / "data" / "secret", home.path / "data" / "secret")
    replace_in(home.path / "config" / "publisher.toml", "[feeds", f'[database]\nurl = "sqlite:///{ledger}"\n[feeds')
    second = home.run("run")
    assert second.returncode == 1
    assert "Traceback" not in second.stderr
    (line,) = [line for line in second.stderr.splitlines() if line.startswith("publisher: ")]
    assert str(live.home.path / "seeds") in line
    assert find_article(live, "The bridge opens") is None


def test_only_watch_serves_nothing(local: tuple[HomeFolder, int]) -> None:
    home, port = local
    with running(home, port, "--only", "watch") as process:
        feed = home.path / "var" / "public" / "feeds" / "main.atom"
        wait_for(lambda: feed.exists() and "The bridge opens" in feed.read_text(), seconds=30)  # its start included
        assert process.fetch("/healthz")[0] == 0
        assert "http://" not in process.out
        assert "next issue" not in process.out
        process.process.terminate()
        assert process.process.wait(10) == 0
        with home.opened() as app:
            assert dump(app)["workers"] == []


def test_only_web_reads_nothing(local: tuple[HomeFolder, int]) -> None:
    with running(*local, "--only", "web") as process:
        process.wait_until_ready()
        assert titles(process) == []
        assert local[0].run("ingest").returncode == 0
        assert titles(process) == ["The bridge opens"]


def test_unknown_part_is_wrong_usage(local: tuple[HomeFolder, int]) -> None:
    refused = local[0].run("run", "--only", "watch,serve")
    assert refused.returncode == 2
    assert "serve" in refused.stderr
