"""What a header says in keys that nobody here knows: kept as JSON values for templates, up to a size."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from publisher.ingest.headers import spellings
from publisher.ingest.headers.values import one_line

MAX_BYTES = 16 * 1024  # of all of an article's unknown keys, as JSON
MAX_DEPTH = 8
MAX_KEY = 100
_UNUSABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def collect_extra(values: Mapping[str, Any]) -> dict[str, Any]:
    """The unknown keys as they are spelled, those of `[extra]`, `params` and `[taxonomies]` among them.

    What would go beyond MAX_BYTES, or lies deeper than MAX_DEPTH, is left out.
    """
    if values.keys() <= spellings.PLAIN:
        return {}
    kept: dict[str, Any] = {}
    left = MAX_BYTES
    for key, value in _iter_unknown(values):
        if key in kept or len(key) > MAX_KEY:
            continue
        plain = _as_json(value, depth=MAX_DEPTH)
        left -= len(json.dumps(plain, ensure_ascii=False)) + len(key)
        if left < 0:
            break
        kept[key] = plain
    return kept


def _iter_unknown(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    layers = [values[key] for key in values if key.lower() in spellings.LAYERS]
    for layer in (values, *(layer for layer in layers if isinstance(layer, Mapping))):
        for key, value in layer.items():
            if key.lower() not in spellings.READ and value is not None:
                yield one_line(key), value


def _as_json(value: object, *, depth: int) -> Any:
    if depth < 0:
        return None
    if isinstance(value, Mapping):
        return {one_line(key): _as_json(part, depth=depth - 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_as_json(part, depth=depth - 1) for part in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else _clean(str(value))


def _clean(text: str) -> str:
    return text if text.isprintable() else _UNUSABLE.sub("", text)
