"""Front matter as Pelican writes it: `Key: value` from the first line on, up to an empty line (Markdown meta-data)."""

import re
from dataclasses import dataclass, field

from publisher.ingest.headers import spellings

_KEY = re.compile(r" {0,3}([A-Za-z][\w-]*):(?:[ \t]+(.*))?")
_MORE = re.compile(r"(?: {4}|\t)[ \t]*(\S.*)")
_MOST_LINES = 200


@dataclass(slots=True)
class HeaderLines:
    """The keys in lower case, each with its value and its line from 0; `end` is where the text goes on."""

    rows: list[tuple[str, str, int]] = field(default_factory=list)
    end: int = 0

    def find_twice(self) -> tuple[str, int] | None:
        """The first key that stands there a second time, and where."""
        seen: set[str] = set()
        for key, _, line in self.rows:
            if key in seen:
                return key, line
            seen.add(key)
        return None


def read_header_lines(text: str) -> HeaderLines | None:
    """The header that `text` begins with, or None where its first lines are text like any other.

    A header begins with a key that we know and has nothing but keys and indented lines; a title alone is one, any
    other key needs a second one that we know.
    """
    found = _read_rows(text)
    if found is None:
        return None
    known = {key for key, _, _ in found.rows if key in spellings.KNOWN}
    return found if len(known) > 1 or known == {"title"} else None


def _read_rows(text: str) -> HeaderLines | None:
    found = HeaderLines()
    for at in range(_MOST_LINES):
        stop = text.find("\n", found.end)
        line = text[found.end : stop if stop >= 0 else len(text)]
        found.end += len(line) + (stop >= 0)
        if not line.strip():
            return found if found.rows else None
        if not _take(found, line, at=at):
            return None
        if stop < 0:
            return found
    return None


def _take(found: HeaderLines, line: str, *, at: int) -> bool:
    """Add a line to the header, where it can be one of a header."""
    key = _KEY.fullmatch(line)
    if key and (found.rows or key[1].lower() in spellings.KNOWN):
        found.rows.append((key[1].lower(), (key[2] or "").strip(), at))
        return True
    more = _MORE.fullmatch(line)
    if more and found.rows:
        name, value, where = found.rows[-1]
        found.rows[-1] = (name, f"{value}\n{more[1]}".strip(), where)
    return bool(more and found.rows)
