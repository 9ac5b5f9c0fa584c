"""DKIM (RFC 6376, 8301, 8463): private keys, the records that publish them, and the signatures of our own messages.

The only home of cryptography. `mail` does not name it, so that only those who sign load it.
"""

import hashlib
import os
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from textwrap import wrap

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from publisher.errors import SettingsError

# A second one of these, or one where there was none, would be shown to the reader or obeyed by her mail program:
# each is named once more than it stands in the message, so that one that is added breaks the signature.
_OVERSIGNED = (
    b"from",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
# Feedback-ID is not among those above: relays that report by it put one of their own in front.
_SIGNED = (
    b"feedback-id",
    b"list-help",
    b"list-subscribe",
    b"list-owner",
    b"list-archive",
    b"list-post",
    b"auto-submitted",
    b"content-language",
    b"in-reply-to",
    b"references",
)
_RSA_BITS = 2048
_RSA_MOST_BITS = 4096  # verifiers need not take longer ones (RFC 8301 3.2)
_EXPONENT = 65537
_PADDING, _HASH = PKCS1v15(), SHA256()
_STRING = 255  # a TXT record is made of strings of at most so many bytes (RFC 1035 3.3.14)
_FOLD = b"\r\n "
_LINE = 72
_TABS = bytes.maketrans(b"\t", b" ")
_SPACES = re.compile(rb"  +")


class Algorithm(StrEnum):
    """How a key signs; ed25519 only beside RSA, for there are verifiers that do not know it."""

    RSA = "rsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The TXT record that publishes a key: its full name and its text."""

    name: str
    text: str

    @property
    def strings(self) -> list[str]:
        """The text in pieces that a TXT record can hold; resolvers join them again."""
        return [self.text[start : start + _STRING] for start in range(0, len(self.text), _STRING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A private key under the name by which its public half is found: selector and domain."""

    selector: str
    domain: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        return Algorithm.RSA if isinstance(self.private, RSAPrivateKey) else Algorithm.ED25519

    @property
    def record(self) -> Record:
        """What has to stand in the DNS (RFC 6376 3.6.1, RFC 8463 4)."""
        public = self.private.public_key()
        if self.algorithm is Algorithm.RSA:
            data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            data = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        text = f"v=DKIM1; k={self.algorithm}; p={b64encode(data).decode()}"
        return Record(name=f"{self.selector}._domainkey.{self.domain}", text=text)

    def sign(self, data: bytes) -> bytes:
        """The bare signature; ed25519 signs the digest (RFC 8463 3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, _PADDING, _HASH)
        return self.private.sign(hashlib.sha256(data).digest())


class Signer:
    """Signs messages with one key or with two; may be used in any number of threads at once.

    Without l=, so that nothing can be appended, and without x=: mail is kept for years.
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = tuple(keys)
        self._starts = [
            b"v=1; a=%b-sha256; c=relaxed/relaxed;%bd=%b; s=%b; "
            % (key.algorithm.encode(), _FOLD, key.domain.encode(), key.selector.encode())
            for key in self.keys
        ]

    def sign(self, message: bytes, *, now: datetime) -> bytes:
        """The message, which must have CRLF throughout, with a DKIM-Signature for each key in front."""
        head, _, body = message.partition(b"\r\n\r\n")
        names, canonical = _canonicalize_head(head)
        taken, named = _plan(names)
        signed = b"".join([canonical[index] for index in taken])
        digest = b64encode(hashlib.sha256(_canonicalize_body(body)).digest())
        rest = _FOLD.join([b"t=%d;" % int(now.timestamp()), b"h=%b;" % named, b"bh=%b;" % digest, b"b="])
        fields = [
            self._build_field(key, start + rest, signed=signed)
            for key, start in zip(self.keys, self._starts, strict=True)
        ]
        return b"".join([*fields, message])

    def _build_field(self, key: Key, value: bytes, *, signed: bytes) -> bytes:
        proof = b64encode(key.sign(signed + b"dkim-signature:" + value.replace(_FOLD, b" ")))
        lines = [proof[start : start + _LINE] for start in range(0, len(proof), _LINE)]
        return b"DKIM-Signature: %b%b\r\n" % (value, _FOLD.join(lines))


def _squeeze(text: bytes) -> bytes:
    """Runs of blanks as one, and none at the end of a line (RFC 6376 3.4.2, 3.4.4); most text needs nothing."""
    if b"\t" in text:
        text = text.translate(_TABS)
    if b"  " in text:
        text = _SPACES.sub(b" ", text)
    return text.replace(b" \r\n", b"\r\n") if b" \r\n" in text else text


def _canonicalize_body(body: bytes) -> bytes:
    text = _squeeze(body).rstrip(b" \r\n")
    return text + b"\r\n" if text else b""


def _canonicalize_head(head: bytes) -> tuple[tuple[bytes, ...], list[bytes]]:
    """The fields' names in small letters, and the fields as they are signed, each with its line end."""
    unfolded = head.replace(b"\r\n\t", _FOLD).replace(_FOLD, b" ")
    fields = [line.partition(b":") for line in _squeeze(unfolded).split(b"\r\n")]
    names = tuple([name.rstrip().lower() for name, _, _ in fields])
    values = [value.strip() for _, _, value in fields]
    return names, [b"%b:%b\r\n" % pair for pair in zip(names, values, strict=True)]


@lru_cache(maxsize=64)  # the letters of a rendering all have the same names
def _plan(names: tuple[bytes, ...]) -> tuple[tuple[int, ...], bytes]:
    """Which fields are signed, the last of a name first (RFC 6376 5.4.2), and their names as h= gives them."""
    counts = Counter(names)
    taken = [
        index for name in (*_OVERSIGNED, *_SIGNED) for index in reversed(range(len(names))) if names[index] == name
    ]
    over = [name for name in _OVERSIGNED for _ in range(counts[name] + 1)]
    named = [*over, *(name for name in _SIGNED for _ in range(counts[name]))]
    lines = wrap(": ".join(name.decode() for name in named), _LINE, break_on_hyphens=False)
    return tuple(taken), _FOLD.join(line.replace(": ", ":").encode() for line in lines)


def load_key(path: Path, *, selector: str, domain: str, algorithm: Algorithm) -> Key:
    """A key from its PEM file (PKCS8 or PKCS1). Raises SettingsError for one that can't or must not be used."""
    try:
        private = load_pem_private_key(_read_private(path), password=None)
    except (ValueError, TypeError) as problem:
        raise SettingsError(f"{path}: this is no private key in PEM without a password (PKCS8 or PKCS1)") from problem
    is_wanted = isinstance(private, RSAPrivateKey if algorithm is Algorithm.RSA else Ed25519PrivateKey)
    if not is_wanted or not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
        raise SettingsError(f"{path}: this is no {algorithm} key (`publisher dkim new --type {algorithm}` makes one)")
    if isinstance(private, RSAPrivateKey) and not _RSA_BITS <= private.key_size <= _RSA_MOST_BITS:
        raise SettingsError(
            f"{path}: an RSA key of {private.key_size} bits; it must have {_RSA_BITS} to {_RSA_MOST_BITS}, for others "
            "are not believed everywhere (`publisher dkim new` makes one)"
        )
    return Key(selector=selector, domain=domain, private=private)


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise SettingsError(f"{path}: others on this machine may read this key: `chmod 600 {path}`")
            return file.read()
    except FileNotFoundError as problem:
        raise SettingsError(f"{path}: there is no such key (`publisher dkim new` makes one)") from problem
    except OSError as problem:
        raise SettingsError(f"{path}: the key can't be read: {problem.strerror}") from problem


def make_key(*, selector: str, domain: str, algorithm: Algorithm) -> Key:
    """A new key; an RSA one has 2048 bits (RFC 8301)."""
    is_rsa = algorithm is Algorithm.RSA
    private = generate_private_key(_EXPONENT, _RSA_BITS) if is_rsa else Ed25519PrivateKey.generate()
    return Key(selector=selector, domain=domain, private=private)


def to_pem(key: Key) -> bytes:
    """The private key as its file holds it: PKCS8, without a password."""
    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
