"""Trafilatura, where the extra `webpages` is installed: which paragraphs of a page are its article."""

import logging
import re
from types import ModuleType

from lxml import etree
from lxml import html as lxml_html

_BLOCK = re.compile(r"<(?:p|h[1-6]|li|d[dt]|t[dh]|div|br)(?=[\s/>])", re.I)
_MOST_BLOCKS = 3000  # it takes quadratic time in them


def extract_paragraphs(text: str) -> tuple[str, ...]:
    """The article's paragraphs, each on one line, as trafilatura finds them; none without it, or where it finds none.

    Pages of more than 3000 blocks are not given to it. Only the words are taken: its own markup has no captions and no
    numbered lists.
    """
    library = _find_library()
    if library is None or len(_BLOCK.findall(text)) > _MOST_BLOCKS:
        return ()
    try:
        # A declared encoding is about the bytes, which are text by now; deduplication would remember other pages.
        found = library.extract(text, output_format="html", include_comments=False, deduplicate=False)
        page = lxml_html.document_fromstring(found) if found else None
    except (etree.LxmlError, ValueError, TypeError, AttributeError, RecursionError):
        return ()
    if page is None:
        return ()
    return tuple(" ".join(part.text_content().split()) for part in page.iter("p", "li"))


def _find_library() -> ModuleType | None:
    try:
        import trafilatura
    except ImportError:
        return None
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    library: ModuleType = trafilatura
    return library
