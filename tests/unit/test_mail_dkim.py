"""DKIM after standards M11: every kind of message that we make, verified by dkimpy and by OpenDKIM's own library."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from functools import cache
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain import slots
from publisher.domain.delivery import Letter, Rendering
from publisher.errors import PublisherError, SettingsError
from publisher.mail import Stencil, build_sender
from publisher.mail.dkim import Algorithm, Key, Signer, load_key, make_key, to_pem
from tests import letters
from tests.letters import LETTER, NOTICE, NOW
from tests.opendkim import find_library, judge

# White space and a long subject, since those are what a signature may stumble over.
DIGEST = replace(
    letters.DIGEST,
    subject="Le conseil communal a voté le budget de l'année prochaine, non sans débat, et le pont s'ouvre lundi",
    html=f'<table>\n    <td>  Élan\t </td>\n</table><a href="{slots.mark("unsubscribe_url")}">Se désabonner</a>',
    text=f"Élan\n\n  deux  espaces \n\nSe désabonner : {slots.mark('unsubscribe_url')}",
)
KINDS = {
    "digest": (DIGEST, LETTER),
    "text only": (replace(DIGEST, html=""), LETTER),
    "notice": (NOTICE, replace(LETTER, unsubscribe_url="")),
    "a-label": (DIGEST, replace(LETTER, email="élise@bücher.example")),
}
OVERSIGNED = ["from", "to", "cc", "subject", "date", "message-id", "reply-to", "mime-version", "content-type"]


@cache
def make(algorithm: Algorithm = Algorithm.RSA) -> Key:
    """A key that all tests share."""
    return make_key(selector=f"s-{algorithm}", domain="gazette.example", algorithm=algorithm)


def make_both() -> Signer:
    return Signer([make(Algorithm.RSA), make(Algorithm.ED25519)])


def fill(rendering: Rendering = DIGEST, letter: Letter = LETTER, *, reply_to: str = "") -> bytes:
    return Stencil(rendering, build_sender("Élan <news@gazette.example>", reply_to=reply_to)).fill(letter, NOW)


def verify(message: bytes) -> list[bool]:
    """What dkimpy says of each signature, the first one first."""
    records = {f"{key.record.name}.": key.record.text.encode() for key in make_both().keys}

    def ask(name: bytes, timeout: int = 5) -> bytes | None:
        return records.get(name.decode())

    count = message.count(b"DKIM-Signature: ")
    return [_is_valid(message, number, ask) for number in range(count)]


def _is_valid(message: bytes, number: int, ask: Callable[..., bytes | None]) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(number, dnsfunc=ask))
    except dkim.DKIMException:
        return False


@pytest.mark.parametrize("reply_to", ["", "desk@gazette.example"])
@pytest.mark.parametrize("kind", KINDS)
def test_m11_every_kind_of_message_verifies(kind: str, reply_to: str) -> None:
    assert verify(make_both().sign(fill(*KINDS[kind], reply_to=reply_to), now=NOW)) == [True, True]


@pytest.mark.parametrize("kind", KINDS)
def test_m11_opendkim_verifies_each_kind(kind: str, tmp_path: Path) -> None:
    if (library := find_library()) is None:
        pytest.skip("no libopendkim here (Debian: apt-get install opendkim-tools)")
    signed = make_both().sign(fill(*KINDS[kind]), now=NOW)
    records = [key.record for key in make_both().keys]
    assert judge(library, signed, records=records, folder=tmp_path) == "Success"
    broken = signed.replace(b"\r\nFrom: ", b"\r\nFrom: X")
    assert judge(library, broken, records=records, folder=tmp_path) == "Bad signature"


def test_m11_signature_says_what_it_must() -> None:
    value = re.sub(r"\s", "", message_from_bytes(make_both().sign(fill(), now=NOW))["DKIM-Signature"])
    tags = dict(tag.split("=", 1) for tag in value.split(";"))
    assert tags.keys() == {"v", "a", "c", "d", "s", "t", "h", "bh", "b"}  # neither l= nor x=
    assert (tags["a"], tags["c"], tags["d"]) == ("rsa-sha256", "relaxed/relaxed", "gazette.example")
    assert tags["t"] == str(int(NOW.timestamp()))


def test_m11_single_headers_are_oversigned() -> None:
    message = make_both().sign(fill(), now=NOW)
    named = re.sub(r"\s", "", message_from_bytes(message)["DKIM-Signature"]).split("h=")[1].split(";")[0].split(":")
    counts = {name: message.lower().count(f"\r\n{name}: ".encode()) for name in OVERSIGNED}
    assert {name: named.count(name) for name in OVERSIGNED} == {name: count + 1 for name, count in counts.items()} | {
        "content-type": 2  # those of the parts are no headers of the message
    }


def test_m11_one_click_headers_are_covered() -> None:
    named = re.sub(r"\s", "", str(message_from_bytes(make_both().sign(fill(), now=NOW))["DKIM-Signature"]))
    assert {"list-unsubscribe", "list-unsubscribe-post", "feedback-id", "list-id"} <= set(re.split("[:;=]", named))


@pytest.mark.parametrize("name", [*OVERSIGNED, "content-transfer-encoding", "list-unsubscribe-post", "list-id"])
@pytest.mark.parametrize("place", ["above", "below"])
def test_m11_added_header_breaks_it(name: str, place: str) -> None:
    message, added = fill(), f"{name}: x\r\n".encode()
    signed = make_both().sign(message, now=NOW)
    head, gap, body = signed.partition(b"\r\n\r\n")
    changed = added + signed if place == "above" else head + b"\r\n" + added.rstrip() + gap + body
    assert verify(signed) == [True, True]
    assert verify(changed) == [False, False]


@pytest.mark.parametrize(
    "text", [b"Subject: =?u", b"To: a", b"From: =", b"Date: M", b"<7.", b"One-Click", b":digest:", b"List-Post: N"]
)
def test_m11_changed_header_breaks_it(text: bytes) -> None:
    signed = make_both().sign(fill(), now=NOW)
    assert signed.count(text) == 1
    assert verify(signed.replace(text, text[:-1] + b"x")) == [False, False]


@pytest.mark.parametrize("change", [(b"=C3=89lan", b"=C3=88lan"), (b"--\r\n", b"--\r\nmore\r\n")])
def test_m11_changed_body_breaks_it(change: tuple[bytes, bytes]) -> None:
    signed = make_both().sign(fill(), now=NOW)
    assert change[0] in signed
    assert verify(signed.replace(*change)) == [False, False]


def test_m11_what_relays_add_does_no_harm() -> None:
    signed = make_both().sign(fill(), now=NOW)
    assert verify(b"Received: from a by b\r\nSender: x@example.net\r\n" + signed) == [True, True]


_LINE = st.text("ab =\t.é", max_size=12)


@given(lines=st.lists(_LINE, max_size=6), value=_LINE)
def test_blanks_count_as_dkim_says(lines: list[str], value: str) -> None:
    body = "".join(f"{line}\r\n" for line in lines)
    message = f"From: a@gazette.example\r\nSubject:  {value}\r\n\t {value}x \r\n\r\n{body}".encode()
    assert verify(Signer([make(Algorithm.ED25519)]).sign(message, now=NOW)) == [True]


def test_signature_lines_are_short() -> None:
    signed = make_both().sign(fill(), now=NOW)
    assert max(map(len, signed.partition(b"\r\nFrom:")[0].split(b"\r\n"))) <= 78


def test_threads_share_a_signer() -> None:
    signer, messages = make_both(), [fill(letter=replace(LETTER, email=f"r{key}@example.org")) for key in range(40)]
    with ThreadPoolExecutor(4) as pool:
        signed = list(pool.map(lambda message: signer.sign(message, now=NOW), messages))
    assert signed == [signer.sign(message, now=NOW) for message in messages]
    assert verify(signed[-1]) == [True, True]


def test_m04_signed_headers_are_compared_too() -> None:
    class Twice(Signer):
        def sign(self, message: bytes, *, now: datetime) -> bytes:
            return super().sign(b"Subject: another\r\n" + message, now=now)

    stencil = Stencil(DIGEST, build_sender("news@gazette.example"))
    stencil.check_signed(make_both())
    with pytest.raises(PublisherError, match="headers came out wrong"):
        stencil.check_signed(Twice([make()]))


# Keys in files.


def write(path: Path, content: bytes, *, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def load(path: Path, *, algorithm: Algorithm = Algorithm.RSA) -> Key:
    return load_key(path, selector="s", domain="gazette.example", algorithm=algorithm)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_key_comes_back_from_its_file(algorithm: Algorithm, tmp_path: Path) -> None:
    key = load(write(tmp_path / "key", to_pem(make(algorithm))), algorithm=algorithm)
    assert key.record.text == make(algorithm).record.text


def test_pkcs1_key_is_read_too(tmp_path: Path) -> None:
    private = make().private
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    assert load(write(tmp_path / "key", pem)).record.text == make().record.text


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_key_that_others_may_read_is_refused(mode: int, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="chmod 600"):
        load(write(tmp_path / "key", to_pem(make()), mode=mode))


def _to_pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, password: bytes = b"") -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no private key in PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no private key in PEM"),
        (_to_pem(rsa.generate_private_key(65537, 1024), password=b"secret"), "without a password"),
        (_to_pem(rsa.generate_private_key(65537, 1024)), "1024 bits"),
        (_to_pem(ec.generate_private_key(ec.SECP256R1())), "no rsa key"),
        (to_pem(make(Algorithm.ED25519)), "no rsa key"),
    ],
)
def test_wrong_key_is_one_clear_line(content: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        load(write(tmp_path / "key", content))
    assert str(caught.value).startswith(f"{tmp_path / 'key'}: ")
    assert "\n" not in str(caught.value)


def test_missing_key_names_the_mend(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="publisher dkim new"):
        load(tmp_path / "key")
    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path)


def test_record_fits_into_strings() -> None:
    record = make().record
    assert record.name == "s-rsa._domainkey.gazette.example"
    assert "".join(record.strings) == record.text
    assert [len(one) <= 255 for one in record.strings] == [True, True]
