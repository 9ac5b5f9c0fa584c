"""Several articles in one file, and the seeds of their own that they could be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from publisher.ingest.clippings.clipping import Clipping, read_clipping
from publisher.ingest.clippings.writing import write_article
from publisher.ingest.decoding import decode
from publisher.ingest.headers.front_matter import split
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


def _iter_parts(path: PurePosixPath, clippings: Sequence[Clipping]) -> Iterator[Part]:
    for number, clipping in enumerate(clippings, start=1):
        title = to_plain(render_markdown(clipping.title))
        name = f"{path.stem}-{number}-{make_slug(title, 'article')}.md"
        yield Part(path=str(path.with_name(name)), title=title, text=write_article(clipping))
