"""How a hub is reached: at the address that was checked, in its own name, past no proxy, along no redirection."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from publisher.clock import now
from publisher.errors import PublisherError
from publisher.jobs import hook
from publisher.jobs.hook import Answer, LookUp, find_places
from tests.hook import SECRET, Hook
from tests.hub import Hub

NAME = "hub.example.org"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(is_fetching=False) as started:
        yield started


def name(*addresses: str) -> LookUp:
    """A name server that says these."""
    return lambda _host, _port: addresses


def post(url: str, *, look_up: LookUp | None = None, is_private_allowed: bool = True, seconds: float = 10) -> Answer:
    find = partial(find_places, is_private_allowed=is_private_allowed, look_up=look_up)
    form = b"hub.mode=publish&hub.topic=t&hub.url=t"
    return hook.post(url, content=form, media_type=hook.FORM, seconds=seconds, find_places=find)


def fail_to_post(url: str, *, look_up: LookUp | None = None, is_private_allowed: bool = True) -> str:
    with pytest.raises(PublisherError) as caught:
        post(url, look_up=look_up, is_private_allowed=is_private_allowed)
    return str(caught.value)


def at_name(hub: Hub) -> str:
    return hub.url.replace("127.0.0.1", NAME)


def test_hub_is_asked_by_its_name(hub: Hub) -> None:
    assert post(at_name(hub), look_up=name("127.0.0.1")) == Answer(200)
    (asked,) = hub.asked
    assert asked.headers["Host"] == at_name(hub).removeprefix("http://").rstrip("/")


def test_s08_name_is_looked_up_once(hub: Hub) -> None:
    answers = iter([["127.0.0.1"]])  # whoever asked again would be sent elsewhere, or nowhere

    def look_up(_host: str, _port: int) -> Sequence[str]:
        return next(answers)

    assert post(at_name(hub), look_up=look_up).is_good


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_s08_name_of_an_inner_machine_is_refused(hub: Hub, address: str) -> None:
    problem = fail_to_post(at_name(hub), look_up=name(address), is_private_allowed=False)
    said = f"{NAME}: {address} is no public address; web.private_hubs = true lets it be told all the same"
    assert (problem, hub.asked) == (said, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "[::1]"])
def test_s08_every_spelling_of_this_machine_is_refused(hub: Hub, host: str) -> None:
    url = hub.url.replace("127.0.0.1", host)
    assert "is no public address" in fail_to_post(url, is_private_allowed=False)
    assert hub.asked == []


def test_s08_only_public_addresses_are_taken() -> None:
    found = find_places(NAME, 443, is_private_allowed=False, look_up=name("10.0.0.1", "93.184.215.14", "::1"))
    assert found == ["93.184.215.14"]


def test_next_address_is_tried(hub: Hub) -> None:
    assert post(at_name(hub), look_up=name("127.0.0.2", "127.0.0.1")).is_good


def test_silent_address_leaves_time_for_the_next(hub: Hub) -> None:
    port = int(hub.url.rstrip("/").rpartition(":")[2])
    with ExitStack() as stack:
        silent = stack.enter_context(socket.socket())
        silent.bind(("127.0.0.2", port))
        silent.listen(0)
        for _ in range(4):  # its queue is full: further calls hear nothing
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.2", port))
        assert post(at_name(hub), look_up=name("127.0.0.2", "127.0.0.1"), seconds=2).is_good


def test_no_proxy_stands_between(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with Hook() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert post(hub.url).is_good
    assert proxy.asked == []


def test_s08_redirection_is_not_followed(hub: Hub) -> None:
    with Hook() as elsewhere:
        elsewhere.status, elsewhere.location = 302, hub.url
        answer = post(elsewhere.url)
    assert (str(answer), hub.asked) == ("HTTP 302: it sends us elsewhere; give that address instead", [])


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", "HTTP 400"),
        ("\n Unknown  topic\x1b[2J\nTraceback", "HTTP 400: Unknown topic[2J"),
        ("x" * 100_000, f"HTTP 400: {'x' * 200}"),
    ],
)
def test_refusal_says_why(hub: Hub, said: str, shown: str) -> None:
    hub.status, hub.said = 400, said
    assert str(post(hub.url)) == shown


def test_refusal_in_another_form_is_not_shown() -> None:
    with Hook() as hub:
        hub.status = 404
        assert str(post(hub.url)) == "HTTP 404"


def test_absent_hub_names_its_host_alone() -> None:
    with Hook() as gone:
        url = gone.url
    assert fail_to_post(url) == "127.0.0.1: Connection refused"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", f"{'x' * 64}.example"])
def test_host_that_is_none_is_an_error(host: str) -> None:
    problem = fail_to_post(f"http://{host}/{SECRET}")
    assert problem.startswith(f"{host}: ")
    assert SECRET not in problem


def test_silent_hub_is_left(hub: Hub) -> None:
    hub.is_hanging = True
    with pytest.raises(PublisherError, match="no answer in time"):
        post(hub.url, seconds=0.2)


# By TLS.


@pytest.fixture
def safe_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a hub with a certificate in its name, which this machine believes."""
    certificate, key = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), Taking)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"https://{NAME}:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


class Taking(BaseHTTPRequestHandler):
    """Takes whatever it is told."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def make_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.9"))])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return certificate, secret


def test_certificate_of_the_name_is_believed(safe_hub: str) -> None:
    assert post(safe_hub, look_up=name("127.0.0.1")) == Answer(204)


def test_certificate_of_another_name_is_not(safe_hub: str) -> None:
    problem = fail_to_post(safe_hub.replace(NAME, "other.example.org"), look_up=name("127.0.0.1"))
    assert problem.startswith("other.example.org: ")
