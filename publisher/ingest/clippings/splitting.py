"""A file of several articles as texts of their own, each with the front matter that its reading gives."""

import json

from publisher.ingest.clippings.clipping import Clipping, read_clipping


def split_clipping(text: str, *, is_plain: bool = False) -> tuple[str, ...]:
    """The articles of a clipping as Markdown with YAML front matter, in their order; one where several are not certain.

    Nothing that readers see is lost: a caption or a page's own line that the reading left out is left out here too.
    """
    return tuple(write_article(clipping) for clipping in read_clipping(text, is_plain=is_plain))


def write_article(clipping: Clipping) -> str:
    """A clipping as Markdown with YAML front matter."""
    header = {
        "title": clipping.title,
        "kicker": clipping.kicker,
        "author": list(clipping.authors),
        "date": clipping.day.isoformat() if clipping.day else "",
        "place": clipping.place,
        "summary": clipping.standfirst,
    }
    # JSON is YAML: each value stands on one line, whatever signs are in it.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in header.items() if value]
    return "\n".join(["---", *lines, "---", "", clipping.body, ""])
