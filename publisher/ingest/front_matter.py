"""Front matter: the header of a seed, in YAML, TOML or JSON, told from the body and parsed.

Values keep their text: YAML scalars are all read as strings (so `1.10` stays `1.10`, `NO` a country), and `keys`
reads each by what it is for.
"""

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from publisher.errors import SeedError
from publisher.ingest.yaml_reader import YamlProblem, read_yaml

_YAML_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M)
_TOML_END = re.compile(r"^\+\+\+[ \t]*$", re.M)
_KEY_LINE = re.compile(r"""^["']?([A-Za-z_][\w.-]*)["']?[ \t]*:(?=\s|$)""", re.M)
_TOML_KEY = re.compile(r"""^[ \t]*["']?([A-Za-z_][\w-]*)["']?[ \t]*=""", re.M)
_JSON_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:')
_JSON_START = re.compile(r'\{\s*(?:"|\})')
_TOML_LINE = re.compile(r"\(at line (\d+)")
_PLAIN_KEY = re.compile(r"[a-z_][\w.-]*")
_MAX_HEADER = 64 * 1024

_KNOWN = (
    "title date published updated lastmod slug path permalink aliases section category categories tags author authors "
    "language lang summary description excerpt draft image enclosure correction embargo canonical_url id "
    "extra taxonomies layout type weight template"
)
KNOWN_KEYS = frozenset(_KNOWN.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A parsed header: its `values`, the line in the file (from 1) where each key stands, and what comes after it."""

    values: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)
    body: str
    body_line: int


def split(path: str, text: str) -> Header | None:
    """The header and the body of a seed, or None where it has no header. Raises SeedError for a broken one."""
    start = len(text) - len(text.lstrip())
    line = text.count("\n", 0, start) + 1
    first = text[start:].split("\n", 1)[0].rstrip()
    if first == "---":
        return _split_yaml(path, text[start:], line)
    if first == "+++":
        return _split_toml(path, text[start:], line)
    if _JSON_START.match(text, start):
        return _split_json(path, text[start:], line)
    return None


def _cut(text: str, end: re.Pattern[str]) -> tuple[str, str] | None:
    begin = text.find("\n") + 1
    found = end.search(text, begin) if begin else None
    return (text[begin : found.start()], text[found.end() :].removeprefix("\n")) if found else None


def _split_yaml(path: str, text: str, line: int) -> Header | None:
    parts = _cut(text, _YAML_END)
    if parts is None:
        if _begins_with_known_key(text.partition("\n")[2]):
            raise SeedError(path, "the front matter has no end: add a line with --- after it", line=line)
        return None
    source, body = parts
    body_line = line + source.count("\n") + 2
    if not source.strip():
        return Header(values={}, body=body, body_line=body_line) if not source else None
    _check_size(path, source, line)
    try:
        values, lines = read_yaml(source)
    except YamlProblem as problem:
        if not _has_known_key(source):
            return None
        raise SeedError(path, f"broken front matter: {problem}", line=line + 1 + problem.line) from problem
    if not isinstance(values, dict) or not _looks_like_header(values):
        return None
    return Header(values=values, lines=_shift(lines, line + 1), body=body, body_line=body_line)


def _looks_like_header(values: dict[str, Any]) -> bool:
    # "Note: the market moves" between two rules is a sentence; `layout: post` is a header.
    return any(key.lower() in KNOWN_KEYS for key in values) or all(_PLAIN_KEY.fullmatch(key) for key in values)


def _has_known_key(source: str) -> bool:
    return any(key.lower() in KNOWN_KEYS for key in _KEY_LINE.findall(source))


def _begins_with_known_key(source: str) -> bool:
    found = _KEY_LINE.match(source)
    return found is not None and found[1].lower() in KNOWN_KEYS


def _split_toml(path: str, text: str, line: int) -> Header:
    parts = _cut(text, _TOML_END)
    if parts is None:
        raise SeedError(path, "the front matter has no end: add a line with +++ after it", line=line)
    source, body = parts
    _check_size(path, source, line)
    try:
        values = tomllib.loads(source, parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _TOML_LINE.search(str(error))
        at = line + int(found[1]) if found else line
        raise SeedError(path, f"broken front matter: {_say_toml(str(error))}", line=at) from error
    lines = _find_lines(_TOML_KEY, source, line + 1)
    return Header(values=values, lines=lines, body=body, body_line=line + source.count("\n") + 2)


def _say_toml(message: str) -> str:
    reason = message.split(" (at ", 1)[0]
    if reason.startswith("Invalid value"):
        return "a text needs quotes around it in TOML"
    return reason[:1].lower() + reason[1:]


def _split_json(path: str, text: str, line: int) -> Header:
    decoder = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_float=str)
    try:
        values, end = decoder.raw_decode(text)
    except json.JSONDecodeError as error:
        raise SeedError(path, f"broken front matter: {error.msg.lower()}", line=line + error.lineno - 1) from error
    except (_DuplicateKeyError, RecursionError) as error:
        reason = str(error) if isinstance(error, _DuplicateKeyError) else "nested too deeply"
        raise SeedError(path, f"broken front matter: {reason}", line=line) from error
    _check_size(path, text[:end], line)
    lines = _find_lines(_JSON_KEY, text[:end], line)
    rest = text[end:]
    body = rest.lstrip()
    at = line + text.count("\n", 0, end) + rest[: len(rest) - len(body)].count("\n")
    return Header(values=values, lines=lines, body=body, body_line=at)


class _DuplicateKeyError(ValueError):
    pass


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _DuplicateKeyError(f"{twice!r} stands in it twice")
    return values


def _check_size(path: str, source: str, line: int) -> None:
    if len(source) > _MAX_HEADER:
        raise SeedError(path, f"the front matter is longer than {_MAX_HEADER // 1024} KiB", line=line)


def _shift(lines: dict[str, int], by: int) -> dict[str, int]:
    return {key: line + by for key, line in lines.items()}


def _find_lines(pattern: re.Pattern[str], source: str, first: int) -> dict[str, int]:
    lines: dict[str, int] = {}
    for found in pattern.finditer(source):
        lines.setdefault(found[1].lower(), first + source.count("\n", 0, found.start(1)))
    return lines
