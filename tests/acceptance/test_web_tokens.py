"""Links that are one reader's own, and what holds for every route: no token leaks, nothing runs, only POST acts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from publisher.clock import now
from publisher.domain.token import Purpose
from tests.acceptance.site import ALICE, BOB, CAROL, DAVE, FILES, Site, copy_home, dump, open_site, parse

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PURPOSES = {"confirm": Purpose.CONFIRM, "preferences": Purpose.PREFERENCES, "unsubscribe": Purpose.UNSUBSCRIBE}
LIMITED = 2048


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(copy_home(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that its tests leave as it is."""
    with open_site(copy_home(tmp_path_factory.mktemp("still"))) as opened:
        yield opened


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Site]:
    """A site that takes small forms only."""
    with open_site(copy_home(tmp_path / "home", more=f'max_body = "{LIMITED}"\n')) as opened:
        yield opened


# Tokens.


@pytest.mark.parametrize(
    ("route", "purpose"), [(route, purpose) for route in PURPOSES for purpose in Purpose if purpose != route]
)
def test_token_of_another_purpose_is_none(still: Site, route: str, purpose: Purpose) -> None:
    token = still.app.keys.sign(purpose, still.get_subscriber(ALICE), int(now().timestamp()))
    assert get_statuses(still, f"/{route}/{token}") == [404, 404, 404]


def get_statuses(site: Site, path: str) -> list[int]:
    """What GET, POST and a one-click answer; a page that fails raises."""
    answers = [site.browser.get(path), site.browser.post(path), site.browser.post(path, data=ONE_CLICK)]
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize("route", PURPOSES)
@settings(max_examples=40)
@given(place=st.integers(min_value=0), sign=st.sampled_from("AZaz09-_.~é"))
def test_tampered_token_is_none(still: Site, route: str, place: int, sign: str) -> None:
    token = still.app.keys.sign(PURPOSES[route], 1, int(now().timestamp()))
    place %= len(token)
    changed = f"{token[:place]}{sign}{token[place + 1 :]}"
    if changed != token:
        assert get_statuses(still, f"/{route}/{changed}") == [404, 404, 404]


@pytest.mark.parametrize("route", PURPOSES)
def test_cut_token_is_none(still: Site, route: str) -> None:
    token = still.app.keys.sign(PURPOSES[route], 1, int(now().timestamp()))
    cut = [token[:length] for length in range(1, len(token))]
    assert {still.browser.get(f"/{route}/{part}").status_code for part in cut} == {404}


@settings(max_examples=60)
@given(route=st.sampled_from(sorted(PURPOSES)), octets=st.binary(min_size=1, max_size=60))
def test_random_octets_are_no_token(still: Site, route: str, octets: bytes) -> None:
    encoded = "".join(f"%{octet:02x}" for octet in octets)
    assert set(get_statuses(still, f"/{route}/{encoded}")) <= {404, 405}


@pytest.mark.parametrize("place", range(3))
def test_l04_token_pages_are_private(still: Site, place: int) -> None:
    path = still.token_paths(BOB)[place]
    for answer in (still.browser.get(path), still.browser.get(f"{path}x")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"


# All routes.


def list_paths(site: Site) -> list[str]:
    people = (ALICE, BOB, CAROL, DAVE)
    own = [path for email in people for path in site.token_paths(email)]
    return [*FILES, "/subscribe", "/healthz", "/readyz", "/mailbox", "/mailbox/1", "/nothing", "/confirm/x", *own]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_l02_only_post_changes_the_ledger(still: Site, method: str) -> None:
    before = dump(still.app)
    statuses = {still.browser.request(method, path).status_code for path in list_paths(still)}
    assert statuses == ({200, 404} if method in {"GET", "HEAD"} else {404, 405})
    assert dump(still.app) == before


def test_no_page_runs_anything(still: Site) -> None:
    for path in list_paths(still):
        answer = still.browser.get(path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        page = parse(answer.text)
        attributes = {str(attribute.attrname) for attribute in page.xpath("//@*")}
        assert not page.xpath("//script | //object | //embed | //meta[@http-equiv]")
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "srcdoc"}]
        assert "javascript:" not in answer.text


@pytest.mark.parametrize("page", ["subscribe", "preferences", "unsubscribe"])
@pytest.mark.parametrize("is_chunked", [True, False])
def test_large_body_is_refused(narrow: Site, page: str, is_chunked: bool) -> None:
    paths = ["/subscribe", *narrow.token_paths(BOB)]
    (path,) = [path for path in paths if path.startswith(f"/{page}")]
    body = b"newsletters=daily&email=erin%40example.net&more=" + b"x" * LIMITED
    before = dump(narrow.app)
    answer = narrow.browser.post(
        path,
        content=iter([body[:100], body[100:]]) if is_chunked else body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert dump(narrow.app) == before


@pytest.mark.parametrize(
    "body", [b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--", b"\x00\xff" * 50, b"--y--"]
)
def test_broken_multipart_is_a_bad_request(still: Site, body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert still.browser.post("/subscribe", content=body, headers=headers).status_code in {400, 422}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/subscribe", "GET, HEAD, POST"),
        ("DELETE", "/unsubscribe/x", "GET, HEAD, POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/mailbox", "GET, HEAD"),
        ("POST", "/feeds/main.rss", "GET, HEAD"),
        ("DELETE", "/", "GET, HEAD"),
    ],
)
def test_other_methods_are_refused(still: Site, method: str, path: str, allowed: str) -> None:
    answer = still.browser.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_l04_log_tells_no_token_and_nobody(site: Site) -> None:
    paths = site.token_paths(ALICE)
    with capture_logs() as lines:
        site.browser.post("/subscribe", data={"email": "erin@example.net", "newsletters": "daily"})
        site.browser.get("/subscribe?email=erin@example.net")
        for path in [*paths, *(f"{prefix}{path}" for path in paths for prefix in ("/fr", "/fr/"))]:
            site.browser.get(path)
            site.browser.post(path, data=ONE_CLICK)
            site.browser.get(f"{path}/?from=erin@example.net")
        site.browser.get("/mailbox/1763891000000000.ab/html")
    written = repr(lines)
    assert {line["route"] for line in lines if line["event"] == "request"} >= {"/subscribe", "/confirm/…", "/mailbox/…"}
    assert not [path for path in paths if path.rpartition("/")[2] in written]
    assert "1763891000000000" not in written
    assert not re.search(r"@|127\.0\.0\.1", written)
