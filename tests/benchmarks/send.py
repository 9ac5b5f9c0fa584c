"""Mails a second through the whole product, beside what people would use instead, near and far.

Ours is `publisher send` for a frozen issue: rows claimed, messages filled, consent tested, `sending` synced to the disk
before each content, outcomes recorded. Every rate is that between a tenth and nine tenths of the accepted messages;
what a whole command takes, its start included, stands beside it. `near` sends into Debian's smtp-sink on this machine,
`far` to a relay of ours with a round trip of 50 ms.
"""

from collections.abc import Iterator

from tests.benchmarks import far, near
from tests.benchmarks.figure import Figure, Options
from tests.benchmarks.tools import MissingToolError, say_missing


def measure(options: Options) -> Iterator[Figure]:
    """Near, then far."""
    try:
        yield from near.measure(options)
    except MissingToolError as missing:
        say_missing("send, near", f"install {missing.package}")
    yield from far.measure(options)
