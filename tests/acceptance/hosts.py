"""nginx and Caddy with the files that are deployed, on free ports of this machine."""

import http.client
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from tests.acceptance.site import find_free_port, wait_for
from tests.homes import HTTPS

NAME = HTTPS.removeprefix("https://")
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") if shutil.which("openssl") else None
CADDY = shutil.which("caddy") if shutil.which("openssl") else None
ROOT = Path(__file__).parents[2]
_KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_AROUND = "pid nginx.pid; error_log error.log; events {{}} http {{ access_log off; {temporary}\n{site}\n}}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with the bytes as they were sent."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Host:
    """A web server; with a certificate in its folder it is asked by TLS."""

    folder: Path
    port: int
    plain_port: int = 0

    def fetch(self, path: str, *, method: str = "GET", form: str = "", headers: dict[str, str] | None = None) -> Answer:
        """The answer to a request, with a form by POST."""
        certificate = self.folder / "cert.pem"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        if certificate.exists():
            trust = ssl.create_default_context(cafile=certificate)
            trust.check_hostname = False  # it is asked by its number
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=trust)
        return _ask(connection, path, method=method, form=form, headers=headers or {})

    def fetch_plainly(self, path: str) -> Answer:
        """The answer to a request without TLS."""
        return _ask(http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=10), path)

    def answers(self) -> bool:
        """Whether it listens."""
        try:
            return self.fetch("/").status > 0
        except OSError:
            return False


def _ask(
    connection: http.client.HTTPConnection,
    path: str,
    *,
    method: str = "GET",
    form: str = "",
    headers: dict[str, str] | None = None,
) -> Answer:
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    with closing(connection):
        connection.request("POST" if form else method, path, form, {"Host": NAME, **kind, **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


@contextmanager
def running_nginx(folder: Path, file: Path, *, site_port: int, root: Path | None = None) -> Iterator[Host]:
    """nginx with a file that is deployed, before a site on that port, and on a folder where it has one."""
    host = Host(folder, find_free_port(), find_free_port())
    _make_certificate(folder)
    text = "".join(line for line in file.read_text("utf-8").splitlines(keepends=True) if "listen [::]" not in line)
    changes = {
        "listen 80;": f"listen 127.0.0.1:{host.plain_port};",
        "listen 443 ": f"listen 127.0.0.1:{host.port} ",
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": f"{folder}/cert.pem",
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": f"{folder}/key.pem",
        "http://127.0.0.1:8000": f"http://127.0.0.1:{site_port}",
    } | ({"root /var/www/gazette;": f"root {root};"} if root else {})
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _KINDS)
    around = f"user root; {_AROUND}" if os.geteuid() == 0 else _AROUND  # the tests' folders are their user's own
    (folder / "nginx.conf").write_text(around.format(temporary=temporary, site=_replace(text, changes)), "utf-8")
    command = [NGINX or "", "-p", str(folder), "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"]
    with _running(command, host):
        yield host


@contextmanager
def running_caddy(folder: Path, file: Path, *, site_port: int, root: Path) -> Iterator[Host]:
    """Caddy with a file that is deployed, without TLS, before a site on that port and on a folder."""
    host = Host(folder, find_free_port())
    changes = {
        f"{NAME} {{": f"{{\n\tadmin off\n}}\nhttp://{NAME}:{host.port} {{\n\tbind 127.0.0.1",
        "root * /var/www/gazette": f"root * {root}",
        "127.0.0.1:8000": f"127.0.0.1:{site_port}",
    }
    (folder / "Caddyfile").write_text(_replace(file.read_text("utf-8"), changes), "utf-8")
    command = [CADDY or "", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with _running(command, host):
        yield host


@contextmanager
def _running(command: list[str], host: Host) -> Iterator[None]:
    places = {name: str(host.folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with (host.folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | places)
        try:
            wait_for(host.answers, seconds=20)
            yield
        finally:
            process.terminate()
            process.wait()


def _replace(text: str, changes: Mapping[str, str]) -> str:
    """The file with this machine's ports and folders in it, each of which it names once."""
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def _make_certificate(folder: Path) -> None:
    wanted = ["-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(["openssl", "req", "-x509", *wanted, *files], check=True, capture_output=True)
