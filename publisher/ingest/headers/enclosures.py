"""The media file that a header attaches: `enclosure`, or what the podcast themes of other generators call it."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from publisher.domain.article import Enclosure
from publisher.ingest.headers import media, spellings
from publisher.ingest.headers.values import Values, is_web_address

OWN = "enclosure"
# WordPress keeps the address, the length and the type of an enclosure as one text of three lines.
_THREE_IN_ONE = re.compile(r"(?P<url>\S+)\s+(?P<length>\d+)(?:\s+(?P<type>[\w.+-]+/[\w.+-]+))?(?:\s.*)?", re.S | re.A)

T = TypeVar("T")


class _Given(NamedTuple):
    """What a header says of the file, and the key where it says so."""

    key: str
    text: str


class _Fields:
    """What a header says of a media file, by what it is; a wrong value of our own key is refused, others are noted."""

    def __init__(self, keys: Values, given: dict[str, _Given]) -> None:
        self._keys, self._given = keys, given
        self.notes: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """One of them by what it is; `default` where nothing is said, or nothing that can be read."""
        given = self._given.get(name)
        if given is None:
            return default
        try:
            return parse(given.text)
        except ValueError as problem:
            self.complain(name, str(problem))
            return default

    def complain(self, name: str, reason: str) -> None:
        """Raise SeedError for our own key; other generators may mean something else by theirs."""
        key = self._given[name].key
        if key == OWN:
            raise self._keys.refuse(OWN, reason)
        self.notes.append(f"{key}: {reason}")


def read_enclosure(keys: Values) -> tuple[Enclosure | None, tuple[str, ...]]:
    """The media file that a header attaches, and what an editor should know of it. Raises SeedError with the line."""
    if not keys.has_any(spellings.MEDIA):
        return None, ()
    given = _find_file(keys)
    if given is None:
        return None, ()
    fields = _Fields(keys, {**_read_details(keys), **given})
    url = fields.read("url", media.parse_address, "")
    if not url:
        return None, tuple(fields.notes)
    transcript, transcript_type = _read_transcript(fields)
    enclosure = Enclosure(
        url=url,
        media_type=fields.read("type", media.parse_media_type, media.guess_type(url)),
        length=fields.read("length", media.parse_length, 0),
        seconds=fields.read("duration", media.parse_seconds, 0),
        transcript=transcript,
        transcript_type=transcript_type,
    )
    return enclosure, tuple(fields.notes)


def _read_transcript(fields: _Fields) -> tuple[str, str]:
    transcript = fields.read("transcript", media.parse_address, "")
    if not transcript:
        return "", ""
    media_type = fields.read("transcript_type", media.parse_media_type, media.guess_transcript_type(transcript))
    if not media_type:
        fields.complain("transcript", "say what kind of text it is, as in transcript_type: text/vtt")
        return "", ""
    return transcript, media_type


def _find_file(keys: Values) -> dict[str, _Given] | None:
    """What the first key says that names a media file: our own, whatever it says, or another generator's."""
    for key in (OWN, *spellings.MEDIA_FILES):
        said = dict(_iter_said(keys.find(key)))
        if said and (key == OWN or is_web_address(said.get("url", "")) or media.has_known_ending(said.get("url", ""))):
            return {name: _Given(key, text) for name, text in {"url": "", **said}.items() if text or name == "url"}
    return None


def _read_details(keys: Values) -> dict[str, _Given]:
    """What stands beside the key that names the file."""
    said = ((name, key) for name, names in spellings.MEDIA_DETAILS.items() for key in reversed(names))
    return {name: _Given(key, str(keys.find(key)).strip()) for name, key in said if keys.find(key) is not None}


def _iter_said(value: Any) -> Iterator[tuple[str, str]]:
    """(what it is, what is said of it); of several files the first."""
    if isinstance(value, list):
        yield from _iter_said(value[0] if value else None)
    elif isinstance(value, dict):
        said = {str(key).lower(): part for key, part in value.items() if part not in (None, "")}
        for name, names in spellings.MEDIA_PARTS.items():
            part = next((said[one] for one in names if one in said), None)
            if name == "url" and part is not None:
                yield from _iter_said(part)
            elif part is not None:
                yield name, str(part).strip()
    elif value is not None:
        text = str(value).strip()
        three = _THREE_IN_ONE.fullmatch(text)
        yield from (three.groupdict(default="") if three else {"url": text}).items()
