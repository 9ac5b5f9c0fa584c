"""Tokens that prove a link is ours, each bound to one purpose, and the keys they are made with."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_MAC_BYTES = 16


class Purpose(StrEnum):
    """What a key is for; a token of one purpose is worth nothing for another."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    SUPPRESSION = "suppression"


@lru_cache(maxsize=64)  # a letter takes three
def derive_key(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, by HKDF (RFC 5869) with an empty salt."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), secret, "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of a ledger: the newest first, the older ones still good for unsubscribe links.

    The suppression key comes from the oldest one for ever, so that a new secret forgets nobody.
    """

    secrets: tuple[bytes, ...]

    def sign(self, purpose: Purpose, *parts: str | int) -> str:
        """A token that carries `parts` and 128 bits of proof, in letters that are safe in an address."""
        payload = ".".join(str(part) for part in parts)
        return f"{_encode(payload.encode())}.{_encode(_mac(self.secrets[0], purpose, payload))}"

    def verify(self, purpose: Purpose, token: str) -> tuple[str, ...] | None:
        """The parts that `sign` was given, or None for a token that is not ours or of another purpose."""
        payload, _, proof = token.partition(".")
        try:
            text, given = _decode(payload).decode(), _decode(proof)
        except (ValueError, binascii.Error):
            return None
        usable = self.secrets if purpose is Purpose.UNSUBSCRIBE else self.secrets[:1]
        for secret in usable:
            if hmac.compare_digest(_mac(secret, purpose, text), given):
                return tuple(text.split("."))
        return None

    def suppression_digest(self, canonical_email: str) -> str:
        """An address as the suppression list knows it: keyed, so that the list can't be guessed back."""
        key = derive_key(self.secrets[-1], Purpose.SUPPRESSION)
        return hmac.new(key, canonical_email.encode(), "sha256").hexdigest()

    def message_mark(self, kind: str, key: int) -> str:
        """A short proof that a Message-ID is ours."""
        return _mac(self.secrets[-1], f"message-{kind}", str(key))[:6].hex()


def _mac(secret: bytes, purpose: str, payload: str) -> bytes:
    return hmac.digest(derive_key(secret, purpose), payload.encode(), "sha256")[:_MAC_BYTES]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """The bytes of a text that `_encode` made. Raises ValueError for any other spelling that base64 lets pass."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(data) != text:
        raise ValueError(f"not as we write it: {text!r}")
    return data
