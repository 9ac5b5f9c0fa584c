"""Tokens that prove a link is ours, each bound to one purpose, and the keys they are made with."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_MAC_BYTES = 16
_INNER, _OUTER = (bytes(byte ^ mask for byte in range(256)) for mask in (0x36, 0x5C))
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_sha256 = hashlib.sha256


class Purpose(StrEnum):
    """What a key is for; a token of one purpose is worth nothing for another."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    SUPPRESSION = "suppression"
    BOUNCE = "bounce"


# What may be used long after a new secret was made.
_LASTING = frozenset({Purpose.UNSUBSCRIBE, Purpose.BOUNCE})


@lru_cache(maxsize=64)
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
        payload = ".".join(map(str, parts)).encode()
        return f"{_encode(payload)}.{_encode(_mac(self.secrets[0], purpose, payload))}"

    def verify(self, purpose: Purpose, token: str) -> tuple[str, ...] | None:
        """The parts that `sign` was given, or None for a token that is not ours or of another purpose."""
        payload, _, proof = token.partition(".")
        try:
            data, given = _decode(payload), _decode(proof)
            parts = tuple(data.decode().split("."))
        except (ValueError, binascii.Error):
            return None
        return parts if self.is_proof(purpose, data, proof=given) else None

    def prove(self, purpose: Purpose, payload: bytes) -> bytes:
        """The 16 bytes that only the owner of the secret can say for `payload`."""
        return _mac(self.secrets[0], purpose, payload)

    def is_proof(self, purpose: Purpose, payload: bytes, *, proof: bytes) -> bool:
        """Whether `prove` said so; how long a look takes tells nothing of the proof."""
        usable = self.secrets if purpose in _LASTING else self.secrets[:1]
        return any(hmac.compare_digest(_mac(secret, purpose, payload), proof) for secret in usable)

    def suppression_digest(self, canonical_email: str) -> str:
        """An address as the suppression list knows it: keyed, so that the list can't be guessed back."""
        key = derive_key(self.secrets[-1], Purpose.SUPPRESSION)
        return hmac.new(key, canonical_email.encode(), "sha256").hexdigest()

    def message_mark(self, kind: str, key: int) -> str:
        """A short proof that a Message-ID is ours."""
        return _mac(self.secrets[-1], "message-" + kind, b"%d" % key)[:6].hex()


@lru_cache(maxsize=64)
def _derive_pads(secret: bytes, purpose: str) -> tuple[bytes, bytes]:
    """What HMAC hashes before the message and before the inner digest (RFC 2104 2)."""
    block = derive_key(secret, purpose).ljust(hashlib.sha256().block_size, b"\0")
    return block.translate(_INNER), block.translate(_OUTER)


def _mac(secret: bytes, purpose: str, payload: bytes) -> bytes:
    # Every letter takes four, and two plain digests take half as long as one call of hmac.
    inner, outer = _derive_pads(secret, purpose)
    return _sha256(outer + _sha256(inner + payload).digest()).digest()[:_MAC_BYTES]


def _encode(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """The bytes of a text that `_encode` made. Raises ValueError for any other spelling that base64 lets pass."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(data) != text:
        raise ValueError(f"not as we write it: {text!r}")
    return data
