"""The corpus of clippings is read no worse than it was: floors a field. The aims are in tests/clippings.py."""

import pytest

from tests.clipping_reading import read_corpus
from tests.clippings import Score, total

FLOORS = {
    "articles": (1.0, 0.90),
    "language": (1.0, 0.90),
    "title": (0.57, 0.51),
    "standfirst": (0.92, 0.25),
    "byline": (0.88, 0.48),
    "date": (1.0, 0.53),
    "body": (0.51, 0.73),
    "words": (0.84, 0.90),
}


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return total(read_corpus())


@pytest.mark.parametrize("field", FLOORS)
def test_field_is_found_as_well_as_before(field: str, scores: dict[str, Score]) -> None:
    precision, recall = FLOORS[field]
    assert scores[field].precision >= precision
    assert scores[field].recall >= recall
