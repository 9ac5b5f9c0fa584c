"""config/nginx.conf and config/Caddyfile in the real servers, on a folder that `feeds --out` has written."""

import gzip
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple

import brotli
import pytest

from publisher.clock import now
from publisher.domain.feed import Format
from publisher.jobs.exporting import export
from publisher.jobs.making import iter_all
from publisher.jobs.publishing import publish
from publisher.web.guards import build_protection
from tests.acceptance.hosts import CADDY, NGINX, ROOT, Answer, Host, running_caddy, running_nginx
from tests.acceptance.site import BRIDGE, FILES, copy_home, find_free_port, replace_in, running
from tests.homes import HomeFolder

FEED = "/feeds/main.atom"
PART = "/feeds/main/2026-11.atom"
TOPIC = "/feeds/tags/2026-11.atom"
VARY = ["Accept-Encoding", "Sec-Fetch-Dest"]
MADE = b"<feed>" + b"entry " * 100 + b"</feed>"
MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)
_NO_NGINX = pytest.mark.skipif(not NGINX, reason="there is no nginx: apt-get install nginx openssl")
_NO_CADDY = pytest.mark.skipif(not CADDY, reason="there is no caddy: apt-get install caddy")
by_caddy = pytest.mark.parametrize("served", [pytest.param("caddy", marks=_NO_CADDY)], indirect=True)
by_nginx = pytest.mark.parametrize("served", [pytest.param("nginx", marks=_NO_NGINX)], indirect=True)


class Served(NamedTuple):
    """A server, the folder that it serves, and the paper that it is of."""

    host: Host
    out: Path
    home: HomeFolder

    def fetch(self, path: str, coding: str = "identity", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.host.fetch(path, headers={"Accept-Encoding": coding, **named})


@pytest.fixture(scope="module", params=[pytest.param("nginx", marks=_NO_NGINX), pytest.param("caddy", marks=_NO_CADDY)])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("static"), find_free_port()
    home = copy_home(folder / "home", more='[feeds.other]\naliases = ["old"]\n')
    replace_in(home.path / "config" / "publisher.toml", "port = 0", f"port = {port}")
    with home.opened() as app:
        publish(app, now=now())
        export(app, folder / "out", made=[*iter_all(app, now=now()), (PART, MADE), (TOPIC, MADE)])
    for file in (folder / "out").rglob("*.*"):
        os.utime(file, (MOMENT.timestamp(), MOMENT.timestamp()))
    run = {"nginx": running_nginx, "caddy": running_caddy}[request.param]
    config = ROOT / "config" / {"nginx": "nginx.conf", "caddy": "Caddyfile"}[request.param]
    with ExitStack() as stack:
        stack.enter_context(running(home, port, "--only", "web")).wait_until_ready()
        host = stack.enter_context(run(folder, config, site_port=port, root=folder / "out"))
        yield Served(host, folder / "out", home)


def find_file(path: str) -> str:
    return {"/": "index.html"}.get(path, path[1:] if "." in path else f"{path[1:]}.html")


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("query", ["", "?utm_source=x"])
def test_file_is_at_its_address(served: Served, path: str, query: str) -> None:
    answer = served.fetch(path + query)
    assert (answer.status, answer.body) == (200, (served.out / find_file(path)).read_bytes())
    assert answer.headers["Last-Modified"] == format_datetime(MOMENT, usegmt=True)  # it is not publisher's answer


def test_f14_compressed_copy_is_sent(served: Served) -> None:
    answer = served.fetch(FEED, "gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.body == (served.out / f"{FEED[1:]}.gz").read_bytes()
    assert gzip.decompress(answer.body) == served.fetch(FEED).body


def test_page_is_compressed_too(served: Served) -> None:
    assert gzip.decompress(served.fetch(BRIDGE, "gzip").body) == served.fetch(BRIDGE).body
    assert gzip.decompress(served.fetch("/", "gzip").body) == served.fetch("/").body


@by_caddy
def test_brotli_copy_is_sent(served: Served) -> None:
    answer = served.fetch(FEED, "gzip, br")
    assert answer.headers["Content-Encoding"] == "br"
    assert brotli.decompress(answer.body) == served.fetch(FEED).body


@pytest.mark.parametrize("path", [FEED, BRIDGE, "/"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_f14_known_etag_gets_304(served: Served, path: str, coding: str) -> None:
    first = served.fetch(path, coding)
    second = served.fetch(path, coding, If_None_Match=first.headers["ETag"])
    assert (second.status, second.body) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert second.headers[name] == first.headers[name]


def test_f14_each_coding_has_its_strong_etag(served: Served) -> None:
    tags = {served.fetch(FEED, coding).headers["ETag"] for coding in ("identity", "gzip")}
    assert len(tags) == 2
    assert not any(tag.startswith("W/") for tag in tags)


def test_f14_date_gets_304(served: Served) -> None:
    modified = served.fetch(FEED).headers["Last-Modified"]
    assert served.fetch(FEED, If_Modified_Since=modified).status == 304


def test_f14_head_has_no_body(served: Served) -> None:
    answer = served.host.fetch(FEED, method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(served.fetch(FEED).body))


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        (BRIDGE, "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/feeds/main.rss", "application/rss+xml; charset=utf-8"),
        (FEED, "application/atom+xml; charset=utf-8"),
        ("/feeds/main.json", "application/feed+json"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
    ],
)
def test_f16_content_type_is_exact(served: Served, coding: str, path: str, media_type: str) -> None:
    assert served.fetch(path, coding).headers["Content-Type"] == media_type


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (FEED, "public, max-age=60"),
        (TOPIC, "public, max-age=60"),
        ("/feeds.opml", "public, max-age=60"),
        (PART, "public, max-age=86400"),
        (BRIDGE, "public, max-age=0, must-revalidate"),
        ("/", "public, max-age=0, must-revalidate"),
        ("/feeds", "public, max-age=0, must-revalidate"),
    ],
)
def test_f15_caches_keep_each_for_its_time(served: Served, path: str, kept: str) -> None:
    assert served.fetch(path).headers.get_all("Cache-Control") == [kept]


def test_picture_is_kept_for_ever(served: Served) -> None:
    (picture,) = (served.out / "images").rglob("bridge.png")
    answer = served.fetch(f"/{picture.relative_to(served.out)}", "gzip")
    assert (answer.status, answer.body) == (200, picture.read_bytes())
    assert answer.headers["Content-Type"] == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", [FEED, BRIDGE, "/"])
def test_f19_answers_are_protected_as_ours(served: Served, path: str) -> None:
    with served.home.opened() as app:
        expected = build_protection(app.publication)
    headers = served.fetch(path).headers
    assert {name: headers.get_all(name) for name in expected} == {name: [value] for name, value in expected.items()}


@pytest.mark.parametrize(
    "path", ["/.publisher.json", "/feeds/.hidden", "/metrics", "/mailbox", "/mailbox/x", "/healthz"]
)
def test_what_is_inside_stays_inside(served: Served, path: str) -> None:
    assert served.fetch(path).status == 404


@pytest.mark.parametrize(("path", "expected"), [(FEED, VARY), (BRIDGE, VARY[:1]), ("/feeds/main.json", VARY[:1])])
def test_f15_vary_names_what_answers_follow(served: Served, path: str, expected: list[str]) -> None:
    for coding in ("identity", "gzip"):
        given = ",".join(served.fetch(path, coding).headers.get_all("Vary") or ())
        assert sorted(set(re.findall(r"[\w-]+", given))) == expected  # Caddy says it twice where it compresses


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("path", [FEED, "/feeds/main.rss"])
def test_f19_browser_is_shown_xml(served: Served, path: str, coding: str) -> None:
    answer = served.fetch(path, coding, Sec_Fetch_Dest="document")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert answer.headers["ETag"] == served.fetch(path, coding).headers["ETag"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", BRIDGE, "/feeds"])
def test_browser_is_shown_pages(served: Served, path: str) -> None:
    answer = served.fetch(path, Sec_Fetch_Dest="document")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_form_goes_to_publisher(served: Served) -> None:
    assert "<form" in served.fetch("/subscribe").body.decode()
    answer = served.host.fetch("/subscribe", form="email=erin@example.net&newsletters=daily")
    assert answer.status == 200
    assert len(answer.headers.get_all("Content-Security-Policy") or ()) == 1


@pytest.mark.parametrize("form", Format)
def test_f15_moved_feed_leads_on(served: Served, form: Format) -> None:
    answer = served.fetch(f"/feeds/old.{form.value}")
    assert answer.status == 301
    assert answer.headers["Location"].removeprefix("https://gazette.example.org") == f"/feeds/other.{form.value}"


def test_unknown_address_is_not_found(served: Served) -> None:
    assert served.fetch("/nothing").status == 404


@by_nginx
def test_f15_who_asks_for_the_whole_too_often_waits(served: Served) -> None:
    answers = [served.fetch("/feeds/other.rss") for _ in range(30)]
    assert {answer.status for answer in answers[:20]} == {200}
    assert (answers[-1].status, answers[-1].headers["Retry-After"]) == (429, "60")
    known = answers[0].headers["ETag"]
    assert {served.fetch("/feeds/other.rss", If_None_Match=known).status for _ in range(30)} == {304}


@pytest.mark.parametrize(
    ("run", "name"),
    [
        pytest.param(running_nginx, "nginx.conf", marks=_NO_NGINX),
        pytest.param(running_caddy, "Caddyfile", marks=_NO_CADDY),
    ],
)
def test_files_are_served_without_publisher(run: object, name: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_bytes(b"the front page")
    assert callable(run)
    with run(tmp_path, ROOT / "config" / name, site_port=find_free_port(), root=tmp_path / "out") as host:
        assert host.fetch("/").body == b"the front page"
        assert host.fetch("/subscribe").status == 404
