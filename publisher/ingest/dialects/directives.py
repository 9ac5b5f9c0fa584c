"""Admonitions between colons (`:::note[Title] … :::`), as Docusaurus and Astro write them: boxes with a title."""

import re
from html import escape

from publisher.ingest.dialects.marks import find_code, next_block

BOX = '<div class="markdown-alert">'
TITLE = '<p class="markdown-alert-title">'
_LINE = re.compile(r"^([ \t]*):{3,}[ \t]*([^\n]{0,200})$", re.M)
_OPENING = re.compile(r"([a-z][a-z-]*)?[ \t]*(?:\[([^\]]*)\])?[ \t]*(?:\{[^}]*\})?[ \t]*(.*)")


def draw_boxes(text: str) -> str:
    """The text with each admonition as a `div` that Markdown goes on in; what stands in code stays."""
    if ":::" not in text:
        return text
    code = find_code(text)
    depth = 0

    def draw(found: re.Match[str]) -> str:
        nonlocal depth
        block = next_block(code, found.start())
        if block and block[0] <= found.start():
            return found[0]
        indent, written = found[1], found[2].strip()
        if not written:
            is_open, depth = depth > 0, max(0, depth - 1)
            return f"\n{indent}</div>\n" if is_open else ""
        depth += 1
        return f"\n{indent}{BOX}\n{_draw_title(written, indent)}\n"

    drawn = _LINE.sub(draw, text)
    return drawn + "\n\n</div>" * depth


def _draw_title(written: str, indent: str) -> str:
    name, in_brackets, behind = _OPENING.fullmatch(written).groups()  # type: ignore[union-attr]
    title = in_brackets or behind or (name or "").capitalize()
    return f"{indent}{TITLE}{escape(title, quote=False)}</p>\n" if title else ""
