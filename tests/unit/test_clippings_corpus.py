"""The corpus of clippings is read no worse than it was: floors a field. The aims are in tests/clippings.py."""

import pytest

from tests.clipping_reading import read_corpus
from tests.clippings import Score, total

FLOORS = {
    "articles": (1.0, 0.88),
    "language": (1.0, 0.88),
    "title": (0.62, 0.55),
    "standfirst": (0.92, 0.33),
    "byline": (0.87, 0.40),
    "date": (1.0, 0.53),
    "body": (0.57, 0.75),
    "words": (0.86, 0.89),
}


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return total(read_corpus())


@pytest.mark.parametrize("field", FLOORS)
def test_field_is_found_as_well_as_before(field: str, scores: dict[str, Score]) -> None:
    precision, recall = FLOORS[field]
    assert scores[field].precision >= precision
    assert scores[field].recall >= recall
