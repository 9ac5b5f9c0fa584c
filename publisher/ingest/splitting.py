"""Several articles in one file taken apart: each as a seed of its own, with what was found of it as front matter."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from publisher.ingest.clipping import Clipping, read_clipping
from publisher.ingest.decoding import decode
from publisher.ingest.front_matter import split
from publisher.ingest.naming import make_slug
from publisher.markup import render_markdown, to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One article of a file that holds several: the path for a seed of its own beside it, its title, its text."""

    path: str
    title: str
    text: str


def split_seed(path: str, data: bytes, *, languages: tuple[str, ...]) -> list[Part]:
    """The articles that certainly stand in a file without a header; none where it is one. Raises SeedError."""
    text = decode(path, data)
    if split(path, text) is not None:
        return []
    clippings = read_clipping(text, is_plain=path.lower().endswith(".txt"), languages=languages)
    return list(_iter_parts(PurePosixPath(path), clippings)) if len(clippings) > 1 else []


def _iter_parts(path: PurePosixPath, clippings: tuple[Clipping, ...]) -> Iterator[Part]:
    for number, clipping in enumerate(clippings, start=1):
        title = _plain(clipping.title)
        slug = make_slug(title, f"{path.stem}-{number}")
        yield Part(path=str(path.with_name(f"{path.stem}-{number}-{slug}.md")), title=title, text=_write(clipping))


def _write(clipping: Clipping) -> str:
    """A seed that says by itself what was found. A JSON value is a YAML one too, whatever stands in it."""
    found = {
        "title": _plain(clipping.title),
        "summary": _plain(clipping.standfirst),
        "author": list(clipping.authors),
        "date": clipping.day.isoformat() if clipping.day else "",
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in found.items() if value]
    return "\n".join(["---", *lines, "---", "", clipping.body.strip(), ""])


def _plain(text: str) -> str:
    return to_plain(render_markdown(text))
