"""What other generators write into a text beside Markdown or HTML, taken off whichever of them it is."""

from dataclasses import replace

from publisher.ingest.dialects.directives import draw_boxes
from publisher.ingest.dialects.mdx import strip_mdx
from publisher.ingest.dialects.shortcodes import Expanded, expand
from publisher.ingest.webpages.page_header import is_page


def take_marks_off(path: str, source: str, *, first_line: int) -> Expanded:
    """The text of the seed at `path` below its header, without what only its generator understands.

    `first_line` is where that text begins in its file.
    """
    if is_page(path):
        return expand(source, first_line=first_line, has_code=False)
    reader = strip_mdx if path.lower().endswith(".mdx") else expand
    expanded = reader(source, first_line=first_line)
    return replace(expanded, text=draw_boxes(expanded.text))
