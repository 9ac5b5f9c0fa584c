"""Authors by a word: the names that a folder's authors.yml (Docusaurus, Jekyll's _data) has for them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from publisher.errors import SeedError
from publisher.ingest.decoding import decode
from publisher.ingest.headers.keys import Meta
from publisher.ingest.headers.values import one_line
from publisher.ingest.headers.yaml_reader import YamlProblem, read_yaml

Neighbour = Callable[[str], bytes | None]

_WORD = re.compile(r"[a-z0-9][a-z0-9_.-]*")


def name_authors(path: str, meta: Meta, neighbour: Neighbour) -> Meta:
    """The header with its authors' words replaced by the names in the nearest authors.yml, where there is one."""
    if not any(_WORD.fullmatch(author) for author in meta.authors):
        return meta
    for place in _iter_places(path):
        data = neighbour(place)
        if data is not None:
            break
    else:
        return meta
    try:
        names = _read_names(place, data)
    except (SeedError, YamlProblem) as problem:
        return replace(meta, notes=(*meta.notes, f"authors without their names: {place}: {problem}"))
    return replace(meta, authors=tuple(dict.fromkeys(names.get(author, author) for author in meta.authors)))


def _iter_places(path: str) -> Iterator[str]:
    folders = path.split("/")[:-1]
    for depth in range(len(folders), -1, -1):
        prefix = "".join(f"{name}/" for name in folders[:depth])
        yield f"{prefix}authors.yml"
        yield f"{prefix}_data/authors.yml"


def _read_names(place: str, data: bytes) -> dict[str, str]:
    values, _ = read_yaml(decode(place, data))
    rows = values.items() if isinstance(values, dict) else ()
    return {key: name for key, value in rows if (name := _name_of(value))}


def _name_of(value: Any) -> str:
    name = value.get("name") if isinstance(value, dict) else value
    return one_line(name) if isinstance(name, str) else ""
