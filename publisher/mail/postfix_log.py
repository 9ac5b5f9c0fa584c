"""Reads a Postfix log: which Message-IDs it shows that Postfix took. Lines in, streaming; times are not looked at."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

_QUEUE_ID = rb"(?:^|[\s:])([0-9A-Za-z]{5,24}): "
_NAMED = re.compile(_QUEUE_ID + rb"message-id=<?([^<>\s]+)>?")
# What only a message can have that was queued whole, and so was answered with 250 or would have been.
_TAKEN = re.compile(_QUEUE_ID + rb"(?:from=<[^>]*>, size=\d+, nrcpt=|to=<.*\bstatus=|removed\b)")


@dataclass(slots=True)
class PostfixLog:
    """What was found so far of the Message-IDs that are `wanted` (with or without angle brackets).

    The name alone proves nothing: Postfix notes it while the header comes in, and drops the message when the
    connection breaks before its end. `named` counts the Message-IDs of whatever mail; a log without any is none.
    """

    wanted: Collection[str]
    taken: set[str] = field(default_factory=set)
    named: int = 0
    _open: dict[bytes, str] = field(default_factory=dict)

    def read(self, lines: Iterable[bytes]) -> None:
        """Take note of more lines, in the order in which they were logged."""
        plain = {wanted.strip("<>").encode(): wanted for wanted in self.wanted}
        for line in lines:
            if b"message-id=" in line:
                self._note_name(line, plain)
            elif self._open:
                self._note_taken(line)

    def _note_name(self, line: bytes, plain: dict[bytes, str]) -> None:
        found = _NAMED.search(line)
        if not found:
            return
        self.named += 1
        queue_id, name = found.groups()
        self._open.pop(queue_id, None)  # short queue ids come back
        if name in plain:
            self._open[queue_id] = plain[name]

    def _note_taken(self, line: bytes) -> None:
        found = _TAKEN.search(line)
        if found and (name := self._open.pop(found[1], None)):
            self.taken.add(name)
