"""Hints are collected until somebody asks."""

import pytest

from publisher.jobs.watching import Hints

ANYWHERE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("added", "taken"),
    [
        ([], ANYWHERE),
        ([{"a.md"}], {"a.md"}),
        ([{"a.md"}, {"b.md"}], {"a.md", "b.md"}),
        ([{"a.md"}, ANYWHERE], None),
        ([ANYWHERE, {"a.md"}], None),
    ],
)
def test_hints_add_up(added: list[set[str]], taken: set[str] | None) -> None:
    hints = Hints()
    for paths in added:
        hints.add(frozenset(paths))
    assert hints.event.is_set() is bool(added)
    assert hints.take() == taken


def test_hints_are_taken_once() -> None:
    hints = Hints()
    hints.add(ANYWHERE)
    hints.take()
    hints.add(frozenset({"a.md"}))
    assert hints.take() == frozenset({"a.md"})
    assert hints.take() == ANYWHERE
