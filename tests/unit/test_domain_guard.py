"""The guard: when mail may go out, and which obstacle is named when it may not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.domain.guard import Kind, Sight, find_obstacle

CLEAR = Sight(copied_at="", sequence=7, remembered=7, free={"data": 100, "var": 100}, floor=100, leap=timedelta(0))
COPY = {"copied_at": "2026-11-22 03:00 UTC"}
OLDER = {"sequence": 6}
FULL = {"free": {"data": 100, "var": 99}}
LEAPT = {"leap": timedelta(days=365)}


@pytest.mark.parametrize(
    "changes", [{}, {"remembered": 0}, {"sequence": 8}, {"free": {}}, {"free": {"var": 0}, "floor": 0}]
)
def test_nothing_stands_in_the_way(changes: dict[str, object]) -> None:
    assert find_obstacle(replace(CLEAR, **changes)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "kind", "word"),
    [
        (COPY, Kind.RESTORED, "2026-11-22 03:00 UTC"),
        (OLDER, Kind.RESTORED, "publisher db adopt"),
        (FULL, Kind.DISK, "var"),
        (LEAPT, Kind.CLOCK, "365 days"),
        ({"leap": timedelta(hours=3)}, Kind.CLOCK, "3 h"),
        (FULL | LEAPT, Kind.DISK, "make room"),
        (COPY | OLDER | FULL | LEAPT, Kind.RESTORED, "is a copy"),
    ],
)
def test_obstacle_is_named(changes: dict[str, object], kind: Kind, word: str) -> None:
    found = find_obstacle(replace(CLEAR, **changes))  # type: ignore[arg-type]
    assert found
    assert found.kind is kind
    assert word in found.text
    assert "\n" not in found.text
