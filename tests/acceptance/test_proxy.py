"""deploy/nginx.conf in a real nginx before a real site: what passes, what stays inside, whom the site sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from publisher.clock import now
from tests.acceptance.hosts import NGINX, ROOT, Answer, Host, running_nginx
from tests.acceptance.site import find_free_port, running, write_article
from tests.commands import call_well
from tests.homes import HTTPS, HomeFolder, look, make_home

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx: apt-get install nginx openssl")
FEED = "/feeds/main.atom"


@dataclass(frozen=True, slots=True)
class Proxy:
    """nginx before a site."""

    home: HomeFolder
    host: Host

    def fetch(self, path: str, **options: Any) -> Answer:
        """The answer to a request by TLS."""
        return self.host.fetch(path, **options)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder, port = tmp_path_factory.mktemp("proxy"), find_free_port()
    home = make_home(folder / "home", port=port, more='trusted_proxies = ["127.0.0.1"]\n')
    write_article(home, "town/bridge.md", "Bridge")
    with home.opened() as app:
        look(app, now())
    with running(home, port, "--only", "web") as site:
        site.wait_until_ready()
        with running_nginx(folder, ROOT / "deploy" / "nginx.conf", site_port=port) as host:
            yield Proxy(home, host)


@pytest.mark.parametrize("path", ["/", "/articles/2026/11/bridge", "/feeds/main.atom", "/feeds.opml", "/subscribe"])
def test_readers_get_pages_and_feeds(proxy: Proxy, path: str) -> None:
    assert proxy.fetch(path).status == 200


@pytest.mark.parametrize("path", ["/metrics", "/mailbox", "/mailbox/one", "/healthz", "/readyz"])
def test_what_is_inside_stays_inside(proxy: Proxy, path: str) -> None:
    assert proxy.fetch(path).status == 404
    assert proxy.fetch(f"{path}?x=1").status == 404


def test_unchanged_feed_is_not_sent_again(proxy: Proxy) -> None:
    etag = proxy.fetch("/feeds/main.atom").headers["ETag"]
    assert proxy.fetch("/feeds/main.atom", headers={"If-None-Match": etag}).status == 304


def test_compressed_form_passes_as_it_is(proxy: Proxy) -> None:
    answer = proxy.fetch("/feeds/main.atom", headers={"Accept-Encoding": "br"})
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("br", "Accept-Encoding, Sec-Fetch-Dest")


def test_claimed_address_is_not_believed(proxy: Proxy) -> None:
    form = "email=erin@example.net&newsletters=daily"
    assert proxy.fetch("/subscribe", form=form, headers={"X-Forwarded-For": "203.0.113.9"}).status == 200
    assert "sign-up form from 127.0.0.1" in call_well(proxy.home, "why", "erin@example.net").out


def test_plain_request_is_led_to_tls(proxy: Proxy) -> None:
    answer = proxy.host.fetch_plainly("/feeds/main.atom?x=1")
    assert (answer.status, answer.headers["Location"]) == (301, f"{HTTPS}/feeds/main.atom?x=1")


def test_f15_who_asks_for_the_whole_too_often_waits(proxy: Proxy) -> None:
    answers = [proxy.fetch("/feeds/main.rss") for _ in range(30)]
    statuses = [answer.status for answer in answers]
    assert set(statuses[:20]) == {200}
    assert answers[-1].status == 429
    assert answers[-1].headers["Retry-After"] == "60"


def test_f15_who_says_what_he_has_never_waits(proxy: Proxy) -> None:
    first = proxy.fetch(FEED)
    for name, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ):
        assert {proxy.fetch(FEED, headers={name: value}).status for _ in range(30)} == {304}


def test_f15_pages_are_not_counted(proxy: Proxy) -> None:
    assert {proxy.fetch("/").status for _ in range(30)} == {200}
