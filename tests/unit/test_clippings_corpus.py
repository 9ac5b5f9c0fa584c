"""The corpus of clippings is read no worse than it was: floors a field. The aims are in tests/clippings.py."""

import pytest

from tests.clipping_reading import read_corpus
from tests.clippings import Score, total

FLOORS = {
    "articles": (1.0, 0.98),
    "language": (1.0, 0.98),
    "title": (0.95, 0.94),
    "kicker": (0.94, 0.92),
    "standfirst": (0.98, 0.90),
    "byline": (0.98, 0.94),
    "date": (1.0, 0.94),
    "place": (0.94, 0.98),
    "body": (0.97, 0.96),
    "words": (0.99, 0.97),
    "crossheads": (0.87, 0.97),
    "pull quotes": (1.0, 0.90),
    "speakers": (1.0, 0.85),
    "figures": (1.0, 1.0),
    "captions": (0.92, 1.0),
}


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return total(read_corpus())


@pytest.mark.parametrize("field", FLOORS)
def test_field_is_found_as_well_as_before(field: str, scores: dict[str, Score]) -> None:
    precision, recall = FLOORS[field]
    assert scores[field].precision >= precision
    assert scores[field].recall >= recall
