"""What stands beside the running text and is set off from it: pull quotes and figure boxes."""

from dataclasses import dataclass
from html import escape

from publisher.markup import render_markdown


@dataclass(frozen=True, slots=True)
class PullQuote:
    """Words set off large, without their quotation marks, and who said them (or empty)."""

    words: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class FigureBox:
    """A number set off large, and what it counts."""

    number: str
    words: str = ""


Box = PullQuote | FigureBox


def box_html(box: Box) -> str:
    """A box as one line of HTML, a figure with a class of its own."""
    if isinstance(box, PullQuote):
        speaker = f"<figcaption>{escape(box.speaker, quote=False)}</figcaption>" if box.speaker else ""
        return f'<figure class="pullquote"><blockquote>{_paragraph(box.words)}</blockquote>{speaker}</figure>'
    number = f"<p><strong>{escape(box.number, quote=False)}</strong></p>"
    return f'<figure class="figurebox">{number}{_paragraph(box.words) if box.words else ""}</figure>'


def _paragraph(words: str) -> str:
    # Inside a block of HTML Markdown is not read, and an empty line would end the block.
    return " ".join(render_markdown(words).split())
