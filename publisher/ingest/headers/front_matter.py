"""Front matter: the header of a seed, in YAML, TOML, JSON or lines of keys, told from the body and parsed.

Values keep their text: YAML scalars are all read as strings (so `1.10` stays `1.10`, `NO` a country), and `keys`
reads each by what it is for.
"""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from publisher.errors import SeedError
from publisher.ingest.headers import spellings
from publisher.ingest.headers.header_lines import read_header_lines
from publisher.ingest.headers.yaml_reader import YamlProblem, read_yaml

_YAML_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M)
_RULE_END = re.compile(r"^---[ \t]*$", re.M)
_TOML_END = re.compile(r"^\+\+\+[ \t]*$", re.M)
_KEY_LINE = re.compile(r"""^["']?([A-Za-z_][\w.-]*)["']?[ \t]*:(?=\s|$)""", re.M)
_TOML_KEY = re.compile(r"""^[ \t]*["']?([A-Za-z_][\w-]*)["']?[ \t]*=""", re.M)
_JSON_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:')
_JSON_START = re.compile(r'\{\s*(?:"|\})')
_TOML_PLACE = re.compile(r" \(at (?:line (\d+)|end of document).*")
_PLAIN_KEY = re.compile(r"[a-z_][\w.-]*")
_MAX_HEADER = 64 * 1024
_SCRIPTS = frozenset({"---js", "---javascript", "---coffee"})
_MENDS = (
    ("Invalid value", "a text needs quotes around it in TOML"),
    ("Cannot overwrite", "a key stands in it twice"),
    ("Cannot declare", "a table stands in it twice"),
    ("Expected '='", "write key = value, in quotes where it is a text"),
    ("Expected newline", 'something stands after a value: put quotes around all of it, as in title = "…"'),
    ("Illegal character", "a quotation mark is opened and not closed"),
    ("Unterminated string", "a quotation mark is opened and not closed"),
    ("Unclosed array", "a [ is not closed by ]"),
    ("Expecting ',' delimiter", "a comma is missing, or a quotation mark inside a text needs a \\ before it"),
    ("Expecting property name", "a key needs double quotes around it, and no comma stands after the last one"),
    ("Illegal trailing comma", "no comma stands after the last value"),
    ("Expecting value", "a text needs double quotes around it in JSON"),
    ("Invalid control character", "a quotation mark is opened and not closed on its line"),
)

Lines = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A parsed header: its `values`, the line in the file (from 1) where each key stands, and what comes after it.

    `is_lines` says that it was written as lines of keys.
    """

    values: dict[str, Any]
    lines: Lines = field(default_factory=dict)
    body: str
    body_line: int
    is_lines: bool = False


def split(path: str, text: str) -> Header | None:
    """The header and the body of a seed, or None where it has no header. Raises SeedError for a broken one."""
    start = len(text) - len(text.lstrip())
    line = text.count("\n", 0, start) + 1
    first = text[start : start + 100].split("\n", 1)[0].rstrip()
    if first in ("---", "---yaml", "---yml"):
        return _split_yaml(path, text[start:], line)
    if first in ("+++", "---toml"):
        end = _TOML_END if first == "+++" else _RULE_END
        return _split_fenced(path, text[start:], line=line, fence=first, end=end, parse=_parse_toml)
    if first == "---json":
        return _split_fenced(path, text[start:], line=line, fence=first, end=_RULE_END, parse=_parse_json)
    if first in _SCRIPTS:
        raise SeedError(path, "front matter in a script is never run: write it between two lines of ---", line=line)
    if _JSON_START.match(text, start):
        return _split_json(path, text[start:], line)
    is_indented = start > 0 and text[start - 1] != "\n"
    return None if is_indented else _split_lines(path, text[start:], line)


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
    return any(key.lower() in spellings.KNOWN for key in values) or all(_PLAIN_KEY.fullmatch(key) for key in values)


def _has_known_key(source: str) -> bool:
    return any(key.lower() in spellings.KNOWN for key in _KEY_LINE.findall(source))


def _begins_with_known_key(source: str) -> bool:
    found = _KEY_LINE.match(source)
    return found is not None and found[1].lower() in spellings.KNOWN


def _split_fenced(
    path: str,
    text: str,
    *,
    line: int,
    fence: str,
    end: re.Pattern[str],
    parse: Callable[[str, str, int], tuple[dict[str, Any], Lines]],
) -> Header:
    parts = _cut(text, end)
    if parts is None:
        raise SeedError(path, f"the front matter has no end: add a line with {fence[:3]} after it", line=line)
    source, body = parts
    _check_size(path, source, line)
    values, lines = parse(path, source, line + 1)
    return Header(values=values, lines=lines, body=body, body_line=line + source.count("\n") + 2)


def _parse_toml(path: str, source: str, line: int) -> tuple[dict[str, Any], Lines]:
    try:
        values = tomllib.loads(source, parse_float=str)
    except (ValueError, RecursionError) as error:
        told = str(error)
        found = _TOML_PLACE.search(told)
        at = line + (int(found[1]) - 1 if found and found[1] else source.rstrip().count("\n") if found else 0)
        raise SeedError(path, f"broken front matter: {_say(_TOML_PLACE.sub('', told))}", line=at) from error
    return values, _find_lines(_TOML_KEY, source, line)


def _say(message: str) -> str:
    mend = next((mend for part, mend in _MENDS if message.startswith(part)), None)
    return mend or message[:1].lower() + message[1:]


def _split_json(path: str, text: str, line: int) -> Header:
    values, end = _read_json(path, text, line=line)
    _check_size(path, text[:end], line)
    rest = text[end:]
    body = rest.lstrip()
    at = line + text.count("\n", 0, end) + rest[: len(rest) - len(body)].count("\n")
    return Header(values=values, lines=_find_lines(_JSON_KEY, text[:end], line), body=body, body_line=at)


def _parse_json(path: str, source: str, line: int) -> tuple[dict[str, Any], Lines]:
    start = len(source) - len(source.lstrip())
    values, end = _read_json(path, source, line=line, start=start)
    if not isinstance(values, dict) or source[end:].strip():
        raise SeedError(path, "broken front matter: one { } is wanted, and nothing after it", line=line)
    return values, _find_lines(_JSON_KEY, source, line)


def _read_json(path: str, text: str, *, line: int, start: int = 0) -> tuple[Any, int]:
    """The JSON value that stands at `start`, and where it ends."""
    decoder = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_float=str)
    try:
        return decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise SeedError(path, f"broken front matter: {_say(error.msg)}", line=line + error.lineno - 1) from error
    except _DuplicateKeyError as error:
        again = [found.start() for found in _JSON_KEY.finditer(text) if found[1] == error.key][1:2]
        at = line + text.count("\n", 0, again[0]) if again else line
        raise SeedError(path, f"broken front matter: {error.key!r} stands in it twice", line=at) from error
    except RecursionError as error:
        raise SeedError(path, "broken front matter: nested too deeply", line=line) from error
    except ValueError as error:
        raise SeedError(path, "broken front matter: a number is too long", line=line) from error


class _DuplicateKeyError(ValueError):
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateKeyError(next(name for name in names if names.count(name) > 1))
    return values


def _split_lines(path: str, text: str, line: int) -> Header | None:
    found = read_header_lines(text)
    if found is None:
        return None
    twice = found.find_twice()
    if twice:
        raise SeedError(path, f"broken front matter: {twice[0]!r} stands in it twice", line=line + twice[1])
    return Header(
        values={key: value for key, value, _ in found.rows},
        lines={key: line + at for key, _, at in found.rows},
        body=text[found.end :],
        body_line=line + text.count("\n", 0, found.end),
        is_lines=True,
    )


def _check_size(path: str, source: str, line: int) -> None:
    if len(source) > _MAX_HEADER:
        raise SeedError(path, f"the front matter is longer than {_MAX_HEADER // 1024} KiB", line=line)


def _shift(lines: Lines, by: int) -> Lines:
    return {key: line + by for key, line in lines.items()}


def _find_lines(pattern: re.Pattern[str], source: str, first: int) -> Lines:
    lines: Lines = {}
    for found in pattern.finditer(source):
        lines.setdefault(found[1].lower(), first + source.count("\n", 0, found.start(1)))
    return lines
