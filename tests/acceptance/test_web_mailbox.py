"""The built-in mailbox: for whoever sits at this machine, and harmless whatever a mail holds."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from publisher.clock import now
from publisher.mail import Maildir
from tests.acceptance.site import Site, browse, copy_home, open_site, parse, replace_in
from tests.homes import HomeFolder

LOCAL = "http://127.0.0.1:8000"
RELAY = '[relays.main]\nhost = "127.0.0.1"\ntls = "none"\n'
HOSTILE = """<html><head><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example">
</head><body><script>alert(1)</script><img src="x" onerror="alert(2)"><form action="https://evil.example"><input></form>
</iframe></section><h1>Escaped</h1></body></html>"""
FORWARDED = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via", "X-Real-IP"]


def put_mail(home: HomeFolder, *, subject: str = "The morning", html: str = "<p>News</p>", text: str = "News") -> str:
    message = EmailMessage()
    message["To"], message["Subject"] = "alice@example.net", subject
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    maildir = Maildir(home.path / "var" / "mailbox")
    maildir.create()
    return maildir.add(bytes(message), now=now())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> HomeFolder:
    return copy_home(tmp_path_factory.mktemp("home"), url=LOCAL)


@pytest.fixture(scope="module")
def hostile(home: HomeFolder) -> str:
    """The key of a mail that means harm."""
    return put_mail(home, subject="</title><script>alert(3)</script>", html=HOSTILE, text="</pre><script>x</script>")


@pytest.fixture(scope="module")
def site(home: HomeFolder, hostile: str) -> Iterator[Site]:
    with open_site(home) as opened:
        yield opened


def list_paths(key: str) -> list[str]:
    return ["/mailbox", f"/mailbox/{key}", f"/mailbox/{key}/html"]


def get_statuses(site: Site, key: str, headers: dict[str, str]) -> set[int]:
    return {site.browser.get(path, headers=headers).status_code for path in list_paths(key)}


def test_every_part_is_shown(site: Site, home: HomeFolder) -> None:
    key = put_mail(home, subject="Sunday", html="<p>Whole</p>", text="Plain")
    listed, mail, frame = (site.browser.get(path).text for path in list_paths(key))
    assert f'href="/mailbox/{key}"' in listed
    page = parse(mail)
    assert page.xpath("//h1/text()") == ["Sunday"]
    assert page.xpath("//section/@id") == ["html", "text", "headers", "source"]
    assert page.xpath("//iframe/@src") == [f"/mailbox/{key}/html"]
    assert "<p>Whole</p>" in frame


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:9", "[::1]:8000", "LOCALHOST"])
def test_own_names_are_let_in(site: Site, hostile: str, host: str) -> None:
    assert get_statuses(site, hostile, {"host": host}) == {200}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "localhost@evil.example", "0", "", "["],
)
def test_other_hosts_are_refused(site: Site, hostile: str, host: str) -> None:
    assert get_statuses(site, hostile, {"host": host}) == {404}


@pytest.mark.parametrize("name", FORWARDED)
def test_forwarded_requests_are_refused(site: Site, hostile: str, name: str) -> None:
    assert get_statuses(site, hostile, {name: "127.0.0.1"}) == {404}


@pytest.mark.parametrize(
    ("ip", "status"),
    [
        *((ip, 200) for ip in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1")),
        *((ip, 404) for ip in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "")),
    ],
)
def test_only_this_machine_is_let_in(site: Site, hostile: str, ip: str, status: int) -> None:
    browser = browse(site.app, ip=ip)
    assert {browser.get(path).status_code for path in list_paths(hostile)} == {status}


@pytest.mark.parametrize(("url", "more"), [("https://gazette.example.org", ""), (LOCAL, RELAY)])
def test_real_sites_have_no_mailbox(tmp_path: Path, url: str, more: str) -> None:
    home = copy_home(tmp_path / "home", url=url, more=more)
    key = put_mail(home)
    with open_site(home) as site:
        assert get_statuses(site, key, {"host": "127.0.0.1:8000"}) == {404}


def test_relay_hides_what_was_filed_before(tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home", url=LOCAL)
    key = put_mail(home)
    replace_in(home.path / "config" / "publisher.toml", "[feeds.main]", f"{RELAY}[feeds.main]")
    with open_site(home) as site:
        assert get_statuses(site, key, {}) == {404}


def test_hostile_mail_stays_in_its_sandbox(site: Site, hostile: str) -> None:
    headers = site.browser.get(f"/mailbox/{hostile}/html").headers
    policy = dict(part.partition(" ")[::2] for part in headers["content-security-policy"].split("; "))
    assert set(policy["sandbox"].split()) == {"allow-popups", "allow-popups-to-escape-sandbox"}
    assert (policy["default-src"], policy["base-uri"], policy["form-action"]) == ("'none'",) * 3
    assert policy["frame-ancestors"] == "'self'"
    assert (headers["x-frame-options"], headers["cache-control"]) == ("SAMEORIGIN", "no-store")


def test_frame_is_sandboxed_from_outside_too(site: Site, hostile: str) -> None:
    page = parse(site.browser.get(f"/mailbox/{hostile}").text)
    (frame,) = page.xpath("//iframe")
    assert set(frame.get("sandbox").split()) == {"allow-popups", "allow-popups-to-escape-sandbox"}
    assert frame.get("srcdoc") is None


def test_hostile_mail_writes_nothing_into_our_pages(site: Site, hostile: str) -> None:
    for path in list_paths(hostile)[:2]:
        answer = site.browser.get(path)
        page = parse(answer.text)
        assert not page.xpath("//script | //base | //meta[@http-equiv] | //form | //*[@onerror]")
        assert not page.xpath("//*[text()='Escaped']")
        assert "script" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "key",
    ["1763891000000000.nothing", "x", "..", "%2e%2e", "..%2f..%2fdata%2fsecret", "new%2fx", "%00", "*", "x" * 3000],
)
def test_unknown_message_is_not_found(site: Site, key: str) -> None:
    for path in (f"/mailbox/{key}", f"/mailbox/{key}/html"):
        assert site.browser.get(path).status_code in ({404, 200} if key in {"..", "%2e%2e"} else {404})
        assert "alice@example.net" not in site.browser.get(path).text
