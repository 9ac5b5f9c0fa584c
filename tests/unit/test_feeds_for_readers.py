"""What readers of every kind need of a feed beyond its validity: shown by `acceptance/test_feed_readers.py` too."""

import pytest

from publisher.domain.feed import Feed, Format
from publisher.domain.publication import Publication
from tests.feed_documents import NAMES, make_article, make_document, read, texts


def test_f07_channel_names_its_publisher() -> None:
    gazette = Publication(title="R&D < 3", url="https://gazette.example")
    root = read(make_document(make_article(authors=()), publication=gazette), Format.RSS)
    assert texts(root, "channel/dc:creator") == ["R&D < 3"]


@pytest.mark.parametrize("is_full", [True, False])
def test_summary_is_html_in_both(*, is_full: bool) -> None:
    document = make_document(make_article(), feed=Feed(name="main", title="x", is_full=is_full))
    summary = read(document, Format.ATOM).find("a:entry/a:summary", NAMES)
    assert (summary.get("type"), summary.text) == ("html", "A bridge for R&amp;D, 3 &lt; 4.")
    assert texts(read(document, Format.RSS), "channel/item/description") == [summary.text]
