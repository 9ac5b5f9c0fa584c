"""The values of a header by what they are for: a text, names, a moment, yes or no; each complaint names the line."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from publisher.errors import SeedError
from publisher.ingest.dates import is_clock_word, parse_moment
from publisher.ingest.headers import spellings
from publisher.ingest.headers.front_matter import Header

_TRUE = frozenset({"yes", "on", "true"})
_FALSE = frozenset({"no", "off", "false"})
_LONGEST = 1000  # bytes of what articles are found by: an index has no room for more
# Escapes of JSON and YAML can name what no file may hold: controls, halves of letters.
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NAME_KEYS = ("name", "label", "key", "title", "id")


class Values:
    """A header's values by key, case aside; the tables of `spellings.LAYERS` stand in for what the top level lacks."""

    def __init__(self, path: str, header: Header, zone: tzinfo) -> None:
        self._path, self._header, self._zone = path, header, zone
        self._values: dict[str, Any] = {}
        for key, value in header.values.items():
            if self._values.setdefault(key.lower(), value) is not value:
                raise self.refuse(key.lower(), "it stands there twice, in capitals and without")
        for name in spellings.LAYERS:
            layer = self._values.get(name)
            if isinstance(layer, Mapping):
                for key, value in layer.items():
                    self._values.setdefault(str(key).lower(), value)
        changed = self._values.get("last_update")
        if isinstance(changed, Mapping):
            self._values["last_update.date"] = changed.get("date")

    def refuse(self, key: str, reason: str) -> SeedError:
        """The complaint about a key's value, with its line."""
        written = next((name for name in self._header.values if name.lower() == key), key)
        return SeedError(self._path, f"{written}: {reason}", line=self._header.lines.get(key.partition(".")[0]))

    def find(self, *keys: str) -> Any:
        """The first value of those keys that says anything, or None."""
        for key in keys:
            value = self._values.get(key)
            if value is not None and value != "" and value != []:
                return value
        return None

    def has(self, key: str) -> bool:
        """Whether the key is there at all, be it without a value."""
        return key in self._values

    def has_any(self, keys: frozenset[str]) -> bool:
        """Whether one of the keys is there: most headers have few, and this is quicker than to ask for each."""
        return not keys.isdisjoint(self._values)

    def text(self, *keys: str) -> str:
        """One line of text, from the first of the keys that says anything."""
        for key in keys:
            value = self._values.get(key)
            if value is None:
                continue
            if isinstance(value, list | dict):
                raise self.refuse(key, "one text is wanted here, not a list")
            line = one_line(value)
            if line:
                return line
        return ""

    def check_length(self, key: str, values: Iterable[str]) -> None:
        """Raise SeedError where one of the values, read from `key`, is too long to be found again."""
        if any(len(value.encode("utf-8", "replace")) > _LONGEST for value in values):
            raise self.refuse(key, f"more than {_LONGEST} letters are too many here")

    def names(self, *keys: str, is_spaced: bool = False) -> list[str]:
        """Names from all of the keys: lists, mappings that have a name, or one text with semicolons or commas.

        A text with neither is cut at its spaces where `is_spaced`.
        """
        names: list[str] = []
        for key in keys:
            if key not in self._values:
                continue
            value = self._values[key]
            if value is None or isinstance(value, bool):
                continue
            parts = _flatten(value) if isinstance(value, list | dict) else _cut(str(value), is_spaced=is_spaced)
            names += (one_line(_name_of(part)) for part in parts if part is not None)
        return [name for name in names if name]

    def moment(self, *keys: str) -> datetime | None:
        """The moment that the first of the keys with a value gives; words like "Last Modified" give none."""
        for key in keys:
            value = self._values.get(key)
            if value is None or value == "" or is_clock_word(value):
                continue
            found = self.try_moment(key)
            if found is None:
                raise self.refuse(key, f"{value!r} is no date: write it as 2026-11-23 or 2026-11-23T07:00:00+01:00")
            return found
        return None

    def try_moment(self, key: str) -> datetime | None:
        """The moment that a key gives, if it gives one."""
        return parse_moment(self._values.get(key), self._zone)

    def flag(self, key: str) -> bool | None:
        """Yes or no, or None where the key is missing."""
        if key not in self._values:
            return None
        found = as_flag(self._values[key])
        if found is None:
            raise self.refuse(key, f"{self._values[key]!r} is neither yes nor no")
        return found

    def web_address(self, key: str) -> str:
        """A full web address."""
        value = self.text(key)
        if value and not is_web_address(value):
            raise self.refuse(key, "a full https address is wanted")
        return value


def as_flag(value: object) -> bool | None:
    """Yes or no as people write it, in any case; None for anything else."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def is_web_address(text: str) -> bool:
    """Whether a text is a full address on the web."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def one_line(value: object) -> str:
    """A value as one line of text, without what no text can hold."""
    line = " ".join(str(value).split())
    return line if line.isprintable() else _UNUSABLE.sub("", line)


def _flatten(value: object) -> list[object]:
    """The parts of a list and of the lists in it: `tags: [[a, b]]` is common where people mix two ways of writing."""
    return [part for one in value for part in _flatten(one)] if isinstance(value, list) else [value]


def _name_of(part: object) -> object:
    return next((part[key] for key in _NAME_KEYS if part.get(key)), "") if isinstance(part, dict) else part


def _cut(text: str, *, is_spaced: bool) -> list[str]:
    mark = ";" if ";" in text else ","  # semicolons are for names that have commas
    return text.split() if is_spaced and mark not in text else text.replace("\n", mark).split(mark)
