"""A clipping as a seed of its own, with the front matter that its reading gives."""

import json

from publisher.ingest.clippings.clipping import Clipping


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
