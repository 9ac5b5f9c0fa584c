"""Return paths that say which row a mail belongs to (VERP), so that its bounce names the recipient by itself."""

import binascii
import struct
from base64 import b32decode, b32encode

from publisher.domain.delivery import Kind, Ref
from publisher.domain.token import Keys, Purpose

_PREFIX = "bounce+"
_KINDS = tuple(Kind)
_ROW = struct.Struct(">BQ")  # with the proof of 16 bytes that is 25, and so 40 letters without padding


def build_return_path(ref: Ref, *, keys: Keys, domain: str) -> str:
    """The address for MAIL FROM: `bounce+` and 40 small letters and digits, at `domain`.

    Small letters alone, for relays may fold the case; 47 octets before the @, of the 64 of RFC 5321 4.5.3.1.1.
    """
    row = _ROW.pack(_KINDS.index(ref.kind), ref.key)
    token = b32encode(row + keys.prove(Purpose.BOUNCE, row))
    return f"{_PREFIX}{token.decode().lower()}@{domain}"


def parse_return_path(address: str, *, keys: Keys) -> Ref | None:
    """The row that a return path of ours names, in any case and at any domain; None for another address."""
    local = address.partition("@")[0].lower()
    try:
        data = b32decode(local.removeprefix(_PREFIX), casefold=True) if local.startswith(_PREFIX) else b""
    except (ValueError, binascii.Error):
        return None
    row, proof = data[: _ROW.size], data[_ROW.size :]
    if len(row) < _ROW.size or not keys.is_proof(Purpose.BOUNCE, row, proof=proof):
        return None
    kind, key = _ROW.unpack(row)
    return Ref(kind=_KINDS[kind], key=key)
