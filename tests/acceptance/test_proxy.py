"""deploy/nginx.conf in a real nginx before a real site: what passes, what stays inside, whom the site sees."""

import http.client
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.clock import now
from tests.acceptance.site import find_free_port, running, wait_for, write_article
from tests.commands import call_well
from tests.homes import HTTPS, HomeFolder, look, make_home

NAME = HTTPS.removeprefix("https://")
CONFIG = Path(__file__).parents[2] / "deploy" / "nginx.conf"
_NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
_KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_AROUND = "pid nginx.pid; error_log error.log; events {{}} http {{ access_log off; {temporary} {site} }}"
pytestmark = pytest.mark.skipif(
    not (_NGINX and shutil.which("openssl")), reason="there is no nginx: apt-get install nginx openssl"
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """nginx with a certificate of its own, before a site."""

    home: HomeFolder
    folder: Path
    port: int
    plain_port: int

    def fetch(self, path: str, *, form: str = "", headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """The answer to a request by TLS, with a form by POST."""
        trust = ssl.create_default_context(cafile=self.folder / "cert.pem")
        trust.check_hostname = False  # it is asked by its number
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=trust)
        return _ask(connection, path, form=form, headers=headers or {})

    def fetch_plainly(self, path: str) -> http.client.HTTPResponse:
        """The answer to a request without TLS."""
        return _ask(http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=10), path)

    def answers(self) -> bool:
        """Whether it listens."""
        try:
            return self.fetch("/").status > 0
        except OSError:
            return False


def _ask(
    connection: http.client.HTTPConnection, path: str, *, form: str = "", headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    with closing(connection):
        connection.request("POST" if form else "GET", path, form, {"Host": NAME, **kind, **(headers or {})})
        answer = connection.getresponse()
        answer.read()
        return answer


def _make_certificate(folder: Path) -> None:
    wanted = ["-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(["openssl", "req", "-x509", *wanted, *files], check=True, capture_output=True)


def _write_config(folder: Path, *, site_port: int, port: int, plain_port: int) -> None:
    """The file that is deployed, with this machine's ports and certificate in it."""
    lines = [line for line in CONFIG.read_text("utf-8").splitlines() if "listen [::]" not in line]
    site = "\n".join(lines)
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain_port};"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"{folder}/cert.pem"),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", f"{folder}/key.pem"),
        ("http://127.0.0.1:8000", f"http://127.0.0.1:{site_port}"),
    ):
        assert site.count(old) == 1, old
        site = site.replace(old, new)
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _KINDS)
    (folder / "nginx.conf").write_text(_AROUND.format(temporary=temporary, site=f"\n{site}\n"), "utf-8")


@contextmanager
def _run_nginx(folder: Path) -> Iterator[None]:
    command = [_NGINX or "", "-p", str(folder), "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder, site_port, port, plain_port = tmp_path_factory.mktemp("proxy"), *(find_free_port() for _ in range(3))
    home = make_home(folder / "home", port=site_port, more='trusted_proxies = ["127.0.0.1"]\n')
    write_article(home, "town/bridge.md", "Bridge")
    with home.opened() as app:
        look(app, now())
    _make_certificate(folder)
    _write_config(folder, site_port=site_port, port=port, plain_port=plain_port)
    with running(home, site_port, "--only", "web") as site, _run_nginx(folder):
        site.wait_until_ready()
        made = Proxy(home, folder, port, plain_port)
        wait_for(made.answers)
        yield made


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
    answer = proxy.fetch_plainly("/feeds/main.atom?x=1")
    assert (answer.status, answer.headers["Location"]) == (301, f"{HTTPS}/feeds/main.atom?x=1")
