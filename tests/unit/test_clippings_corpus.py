"""The corpus of clippings is read no worse than it was: floors a field. The aims are in tests/clippings.py."""

from tests.clipping_reading import read_corpus
from tests.clippings import total

FLOORS = {
    "held": (0.85, 1.0),  # what no editor would want published is all held back; three others wait with it
    "articles": (1.0, 0.97),
    "language": (1.0, 0.97),
    "title": (0.97, 0.95),
    "kicker": (0.96, 0.95),
    "standfirst": (0.98, 0.93),
    "byline": (0.97, 0.94),
    "date": (1.0, 1.0),
    "place": (1.0, 0.85),
    "body": (0.96, 0.95),
    "words": (0.98, 0.97),
    "crossheads": (0.85, 1.0),
    "pull quotes": (1.0, 0.96),
    "speakers": (1.0, 0.86),
    "figures": (1.0, 1.0),
    "captions": (0.92, 0.92),
}


def test_fields_are_found_as_well_as_before() -> None:
    scores = total(read_corpus())
    fallen = {
        field: (scores[field].precision, scores[field].recall)
        for field, (precision, recall) in FLOORS.items()
        if scores[field].precision < precision or scores[field].recall < recall
    }
    assert fallen == {}
