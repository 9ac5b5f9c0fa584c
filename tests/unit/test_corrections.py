"""Which texts of an article are stale: pure decisions over what was mailed."""

from dataclasses import replace

import pytest

from publisher.domain.article import find_corrected_at
from publisher.domain.correction import Mailed, find_stale, find_text, is_untold, make_digest
from tests.factories import DAY, NOW, make_article, make_content

ARTICLE = make_article(text_digest="mended", correction="It was not so.")
AS_IT_STANDS = Mailed(title=ARTICLE.title, text_digest="mended", correction=ARTICLE.correction, section="town")
FIRST = replace(AS_IT_STANDS, text_digest="first", correction="")
UNNOTED = replace(AS_IT_STANDS, correction="")


@pytest.mark.parametrize(
    ("mailed", "stale"),
    [
        ([AS_IT_STANDS], []),
        ([FIRST, AS_IT_STANDS], [FIRST]),
        ([replace(AS_IT_STANDS, title="Another")], [replace(AS_IT_STANDS, title="Another")]),
        ([FIRST, UNNOTED], [FIRST]),
        ([UNNOTED, AS_IT_STANDS], [UNNOTED]),
    ],
    ids=["same", "text", "title", "note after the mend", "note alone"],
)
def test_stale_texts_are_those_with_other_words(mailed: list[Mailed], stale: list[Mailed]) -> None:
    assert find_stale(ARTICLE, mailed) == stale


@pytest.mark.parametrize(("revision", "digest"), [(1, "one"), (2, "two"), (3, "two"), (4, None)])
def test_each_revision_has_its_text(revision: int, digest: str | None) -> None:
    texts = [replace(FIRST, text_digest="one", until=1), replace(FIRST, text_digest="two", until=3)]
    found = find_text(texts, revision)
    assert (found.text_digest if found else None) == digest


def test_correction_is_untold_while_one_text_lacks_it() -> None:
    assert is_untold(ARTICLE, [AS_IT_STANDS, UNNOTED])
    assert not is_untold(ARTICLE, [AS_IT_STANDS])


def test_spaces_make_no_other_correction() -> None:
    assert make_digest(" It was\n not so. ") == make_digest("It was not so.")
    assert make_digest("It was so.") != make_digest("It was not so.")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("", "", None), ("", "New.", NOW), ("Old.", "Old.", NOW - DAY), ("Old.", "New.", NOW), ("Old.", "", None)],
)
def test_correction_is_dated_by_its_first_sight(before: str, after: str, expected: object) -> None:
    article = make_article(correction=before, corrected_at=NOW - DAY if before else None)
    assert find_corrected_at(article, make_content(correction=after), now=NOW) == expected
