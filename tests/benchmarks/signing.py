"""Signatures: the key that our messages are signed with, and what one core can do with one (the limit)."""

import importlib
import importlib.util
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.settings.parts import MailPart
from tests.benchmarks import processes
from tests.benchmarks.figure import Options
from tests.benchmarks.paper import open_paper, to_relay
from tests.recorder import Recorder

_BITS = 2048
_HEADERS = (
    b"from:La Gazette <gazette@example.org>\r\nsubject:The bridge opens\r\n" * 12
)  # what a signature is made over
_BATCH = 50


def find_obstacle() -> str:
    """What keeps messages from being signed here, or nothing."""
    if importlib.util.find_spec("cryptography") is None:
        return "install cryptography"
    return "" if "dkim" in MailPart.model_fields else "there is no [mail.dkim]"


def make_key() -> Any:
    """An RSA key of 2048 bits."""
    rsa = importlib.import_module("cryptography.hazmat.primitives.asymmetric.rsa")
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def signed(home: Path) -> Mapping[str, str]:
    """Put a key into a home; gives the environment in which its commands sign."""
    path = home / "data" / "dkim.pem"
    serialization = importlib.import_module("cryptography.hazmat.primitives.serialization")
    written = make_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(written)
    values = {"SELECTOR": "bench", "DOMAIN": "example.org", "KEY_FILE": str(path)}
    return {f"PUBLISHER_MAIL__DKIM__{name}": value for name, value in values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Signatures a second by one thread, and microseconds of processor for each."""

    rate: float
    cpu: float


def sign_raw(*, seconds: float) -> Raw:
    """Make signatures for so long, with nothing around them."""
    hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
    padding = importlib.import_module("cryptography.hazmat.primitives.asymmetric.padding")
    key, scheme, digest = make_key(), padding.PKCS1v15(), hashes.SHA256()
    count, started, cpu_started = 0, time.perf_counter(), time.thread_time()
    while (elapsed := time.perf_counter() - started) < seconds:
        for _ in range(_BATCH):
            key.sign(_HEADERS, scheme, digest)
        count += _BATCH
    return Raw(rate=count / elapsed, cpu=(time.thread_time() - cpu_started) / count * 1e6)


def check() -> None:
    """See that what the environment of `signed` sends is signed indeed: smtp-sink looks at nothing."""
    with open_paper(Options(), people=1) as paper, Recorder() as recorder:
        paper.freeze()
        env = {**to_relay(recorder.port, connections=1), **signed(paper.home.path)}
        processes.run(paper.home.command("send", "daily"), env=env)
        assert b"DKIM-Signature:" in recorder.messages[0].content, "mails are not signed"
