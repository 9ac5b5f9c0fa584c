"""`/metrics`: what it counts, that a send moves it, and that only those nearby may look."""

import asyncio
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from httpx2 import Response
from prometheus_client.parser import text_string_to_metric_families

import publisher
from publisher.clock import now
from publisher.domain.alert import Told, Trouble, What
from publisher.jobs import issuing, pressing
from publisher.jobs.counting import Counting
from publisher.jobs.sending import deliver
from publisher.mail import Pace
from tests.acceptance.reader import FLASH, Reader
from tests.acceptance.site import Running, Site, browse, copy_home, make_local_home, open_site, running, wait_for
from tests.homes import look, make_home, subscribe
from tests.recorder import Recorder

HERE = "http://127.0.0.1:8000"
ALLOWED = 'metrics_allow = ["192.0.2.7", "2001:db8::/64"]\n'
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
ROUTES = {"front", "feeds", "articles", "subscribe", "confirm", "preferences", "unsubscribe", "metrics", "other"}


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that its tests leave as it is."""
    with open_site(copy_home(tmp_path_factory.mktemp("still"), url=HERE, more=ALLOWED)) as opened:
        yield opened


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(copy_home(tmp_path / "home", url=HERE)) as opened:
        yield opened


def parse(text: str) -> dict[str, float]:
    """Every sample, named as Prometheus does: publisher_issues{state="open"}."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {spell(sample.name, **sample.labels): sample.value for sample in samples}


def spell(name: str, **labels: str) -> str:
    inside = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name


def scrape(site: Site) -> dict[str, float]:
    answer = site.browser.get("/metrics")
    assert answer.status_code == 200
    return parse(answer.text)


def ask_from(site: Site, ip: str, **headers: str) -> Response:
    return browse(site.app, ip=ip).get("/metrics", headers=headers)


# What it counts.


def test_ledger_is_counted(still: Site) -> None:
    samples = scrape(still)
    assert samples['publisher_articles{state="published"}'] == 2
    assert samples['publisher_notices{state="queued"}'] == 1
    assert samples["publisher_seeds_in_review"] == 0
    assert samples["publisher_ledger_up"] == 1
    states = {"pending": 1, "confirmed": 2, "unsubscribed": 1}
    found = {state: samples[spell("publisher_subscriptions", newsletter="daily", state=state)] for state in states}
    assert found == states


@pytest.mark.parametrize(("thing", "states"), [("articles", 4), ("issues", 5), ("deliveries", 10), ("notices", 10)])
def test_every_state_is_shown(still: Site, thing: str, states: int) -> None:
    assert len([name for name in scrape(still) if name.startswith(f"publisher_{thing}{{state=")]) == states


def test_process_and_version_are_shown(still: Site) -> None:
    samples = scrape(still)
    assert samples[f'publisher_build_info{{version="{publisher.__version__}"}}'] == 1
    assert samples["process_resident_memory_bytes"] > 1 << 20


def test_requests_are_counted_by_class(site: Site) -> None:
    paths = ("/", "/feeds/main.atom", "/feeds/none.atom", "/wp-login.php", "/%0A%7F", f"/articles/{'x' * 99}")
    for path in (*paths, *site.token_paths("alice@example.net")):
        site.browser.get(path)
    requests = {name: number for name, number in scrape(site).items() if name.startswith("publisher_requests_total")}
    counts = {name[name.index("{") :]: number for name, number in requests.items()}
    assert counts['{class="2xx",route="feeds"}'] == 1
    assert (counts['{class="4xx",route="feeds"}'], counts['{class="4xx",route="other"}']) == (1, 2)
    assert {name.split('"')[3] for name in counts} <= ROUTES


def test_building_and_looking_are_measured(site: Site) -> None:
    assert "publisher_folder_look_success_timestamp_seconds" not in scrape(site)
    (site.app.home.seeds / "new.md").write_text("# It is new\n\nVery much so.\n")
    look(site.app, now())
    samples = scrape(site)
    for work in ("folder_look", "feed_build"):
        assert samples[f"publisher_{work}_seconds_count"] == 1
        assert samples[f"publisher_{work}_seconds_sum"] > 0
        assert samples[f"publisher_{work}_failures_total"] == 0
        assert abs(samples[f"publisher_{work}_success_timestamp_seconds"] - now().timestamp()) < 60


def test_lasting_alerts_are_counted(site: Site) -> None:
    trouble = Trouble(what=What.RELAY, name="main", text="no route")
    with site.app.ledger.write() as tx:
        tx.alerts.put_told("url", Told(trouble=trouble, at=now()))
    samples = scrape(site)
    assert (samples['publisher_alerts{what="relay"}'], samples['publisher_alerts{what="disk"}']) == (1, 0)


def test_relay_that_is_down_is_shown(tmp_path: Path) -> None:
    with make_home(tmp_path / "home", relay_port=9, url=HERE).opened() as app:
        shown = []
        for problem in ("no route", ""):
            app.tally.note_relay("main", problem, at=now())
            shown.append(parse(browse(app, ip="127.0.0.1").get("/metrics").text)['publisher_relay_up{relay="main"}'])
    assert shown == [0, 1]


def test_broken_ledger_leaves_the_process(site: Site) -> None:
    assert site.app.ledger.path
    with closing(sqlite3.connect(site.app.ledger.path)) as connection:
        connection.execute("DROP TABLE notices")
    samples = scrape(site)
    assert samples["publisher_ledger_up"] == 0
    assert 'publisher_articles{state="published"}' not in samples
    assert samples[f'publisher_build_info{{version="{publisher.__version__}"}}'] == 1


# Who may look, and how.


@pytest.mark.parametrize("ip", ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::9", "::ffff:192.0.2.7"])
def test_near_and_allowed_may_look(still: Site, ip: str) -> None:
    assert ask_from(still, ip).status_code == 200


@pytest.mark.parametrize("ip", ["192.0.2.8", "2001:db8:1::9", "10.0.0.1", "testclient"])
def test_s08_strangers_find_nothing(still: Site, ip: str) -> None:
    answer = ask_from(still, ip)
    assert answer.status_code == 404
    assert "publisher_" not in answer.text


@pytest.mark.parametrize("header", FORWARDED)
@pytest.mark.parametrize("ip", ["127.0.0.1", "192.0.2.7"])
def test_s08_forwarded_requests_find_nothing(still: Site, ip: str, header: str) -> None:
    assert ask_from(still, ip, **{header: "127.0.0.1"}).status_code == 404


def test_s08_strange_host_finds_nothing(still: Site) -> None:
    assert ask_from(still, "127.0.0.1", Host="rebound.example.net").status_code == 404


def test_only_get_and_head_are_taken(still: Site) -> None:
    assert still.browser.head("/metrics").text == ""
    refused = still.browser.post("/metrics")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("text/plain", "text/plain; version=0.0.4"), ("application/openmetrics-text; version=1.0.0", "openmetrics")],
)
def test_scraper_chooses_the_format(still: Site, accept: str, kind: str) -> None:
    answer = still.browser.get("/metrics", headers={"Accept": accept})
    assert kind in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "no-store"


# What sending moves.


def test_relay_answers_are_counted_by_class(tmp_path: Path) -> None:
    with Recorder() as recorder:
        recorder.reply("rcpt", "550 5.1.1 unknown", recipient="bob@example.net")
        recorder.reply("rcpt", "451 4.7.1 later", recipient="carol@example.net")
        recorder.drop("dot", recipient="dave@example.net")
        home = make_home(tmp_path / "home", relay_port=recorder.port, connections=1)
        home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
        with home.opened() as app:
            look(app, now())
            subscribe(app, [f"{name}@example.net" for name in ("alice", "bob", "carol", "dave")], now=now())
            pressing.compose(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=now()), now=now())
            asyncio.run(deliver(app, until_empty=True, pace=Pace(look=0.05, retry_first=0.05)))
            assert app.tally.answers == {("main", kind): 1 for kind in ("2xx", "4xx", "5xx", "lost")}


def test_sent_issue_is_counted_once_for_all(site: Site) -> None:
    counting = Counting(site.app)
    pressing.compose(site.app, issuing.prepare_manual(site.app, site.app.get_newsletter("daily"), now=now()), now=now())
    before = counting.take(now=now()).deliveries
    asyncio.run(deliver(site.app, until_empty=True))
    after = counting.take(now=now())
    assert (before["queued"], after.deliveries["queued"], after.deliveries["sent"]) == (1, 0, 1)  # type: ignore[index]
    assert counting.take(now=now()) == after == Counting(site.app).take(now=now())


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Running]:
    home, port = make_local_home(tmp_path / "home", more=FLASH)
    with running(home, port) as process:
        process.wait_until_ready()
        yield process


def read(process: Running, sample: str) -> float:
    return parse(process.read("/metrics")).get(sample, 0)


def test_running_site_counts_what_it_sends(up: Running) -> None:
    Reader(up, "alice@example.net").sign_up()
    wait_for(lambda: read(up, 'publisher_notices{state="sent"}') == 1)
    up.home.write_seed("bridge.md", "# The bridge opens\n\nAfter two years.\n")
    wait_for(lambda: read(up, 'publisher_deliveries{state="sent"}') == 1)
    assert read(up, 'publisher_relay_answers_total{class="2xx",relay="built-in"}') == 2
    wait_for(lambda: read(up, 'publisher_issues{state="sent"}') == 1)


def test_counters_go_on_after_new_settings(up: Running) -> None:
    assert up.fetch("/")[0] == 200
    up.process.send_signal(signal.SIGHUP)
    wait_for(lambda: up.out.count("La Gazette: ") == 2)
    up.wait_until_ready()
    assert read(up, 'publisher_requests_total{class="2xx",route="front"}') == 1
