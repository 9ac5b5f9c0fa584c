"""Slots: marks that stand for a recipient's own words, and nobody else's text can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.slots import PATTERN, Name, defuse, fill, mark

NAMES = st.sampled_from(list(Name))
PIECES = st.lists(st.sampled_from(["x", "xSLOT", "SLOTx", "email", "SLOT", "-", "unsubscribe_url", "xS", "LOT"]))


@pytest.mark.parametrize("name", list(Name))
def test_mark_is_letters_only(name: Name) -> None:
    assert mark(name).replace("_", "").isalnum()
    assert mark(name).isascii()


def test_unknown_slot_has_no_mark() -> None:
    with pytest.raises(ValueError, match="password"):
        mark("password")


@given(name=NAMES, before=st.text(), after=st.text(), value=st.text())
def test_mark_is_replaced_by_value(name: Name, before: str, after: str, value: str) -> None:
    before, after = defuse(before), defuse(after)
    assert fill(f"{before} {mark(name)} {after}", {name.value: value}) == f"{before} {value} {after}"


def test_missing_value_becomes_empty() -> None:
    assert fill(f"[{mark(Name.EMAIL)}]", {}) == "[]"


def test_values_are_never_filled_again() -> None:
    values = {"email": mark(Name.CONFIRM_URL), "confirm_url": "secret"}
    assert fill(mark(Name.EMAIL), values) == mark(Name.CONFIRM_URL)


def test_neighbouring_marks_are_told_apart() -> None:
    text = mark(Name.EMAIL) + mark(Name.CONFIRM_URL) + mark(Name.EMAIL)
    assert fill(text, {"email": "a", "confirm_url": "b"}) == "aba"


@given(text=PIECES.map("".join) | st.text())
def test_defused_text_has_no_mark(text: str) -> None:
    assert not PATTERN.search(defuse(text))


@given(before=PIECES.map("".join), after=PIECES.map("".join), name=NAMES)
def test_defused_neighbours_make_no_mark(before: str, after: str, name: Name) -> None:
    text = f"{defuse(before)} {mark(name)} {defuse(after)}"
    assert PATTERN.findall(text) == [name.value]


@given(text=st.text(alphabet="abc SLOT<>&"))
def test_plain_text_is_left_alone(text: str) -> None:
    assert defuse(text) == text
