"""libopendkim as a verifier, with the public keys from a file in the place of the DNS (Debian: opendkim-tools)."""

import ctypes
import ctypes.util
from collections.abc import Iterable
from pathlib import Path

from publisher.mail.dkim import Record

_SET, _QUERY_METHOD, _QUERY_INFO, _BY_FILE = 1, 6, 7, 1
_POINTERS = ("dkim_init", "dkim_verify")


def find_library() -> ctypes.CDLL | None:
    """The library, where it is installed."""
    name = ctypes.util.find_library("opendkim")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    for function in _POINTERS:
        getattr(library, function).restype = ctypes.c_void_p
    library.dkim_getresultstr.restype = ctypes.c_char_p
    return library


def judge(library: ctypes.CDLL, message: bytes, *, records: Iterable[Record], folder: Path) -> str:
    """What it says of a message's signature: `Success`, `Bad signature` and the like."""
    path = folder / "keys"
    path.write_text("".join(f"{record.name} {record.text}\n" for record in records))
    handle = ctypes.c_void_p(library.dkim_init(None, None))
    method, info = ctypes.c_int(_BY_FILE), str(path).encode()
    library.dkim_options(handle, _SET, _QUERY_METHOD, ctypes.byref(method), ctypes.c_size_t(ctypes.sizeof(method)))
    library.dkim_options(handle, _SET, _QUERY_INFO, info, ctypes.c_size_t(len(info) + 1))
    status = ctypes.c_int()
    context = ctypes.c_void_p(library.dkim_verify(handle, b"test", None, ctypes.byref(status)))
    library.dkim_chunk(context, message, ctypes.c_size_t(len(message)))
    library.dkim_chunk(context, None, ctypes.c_size_t(0))
    result = library.dkim_eom(context, None)
    library.dkim_free(context)
    library.dkim_close(handle)
    return str(library.dkim_getresultstr(result).decode())
