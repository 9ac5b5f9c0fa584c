"""Return paths (M13): each says which row it belongs to, and nobody else can write one."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.bounce import build_return_path, parse_return_path
from publisher.domain.delivery import Kind, Ref
from publisher.domain.token import Keys, Purpose

OLD, NEW = b"the oldest secret", b"the newest secret"
KEYS = Keys((NEW, OLD))
REF = Ref(kind=Kind.DELIVERY, key=1234)
REFS = st.builds(Ref, kind=st.sampled_from(Kind), key=st.integers(0, 2**63 - 1))


def build(ref: Ref = REF, *, keys: Keys = KEYS) -> str:
    return build_return_path(ref, keys=keys, domain="bounces.example.org")


@given(REFS)
def test_m13_return_path_names_its_row(ref: Ref) -> None:
    assert parse_return_path(build(ref), keys=KEYS) == ref


@given(REFS)
def test_m13_local_part_is_short_and_small(ref: Ref) -> None:
    local, _, domain = build(ref).partition("@")
    assert re.fullmatch(r"bounce\+[a-z2-7]{40}", local)
    assert len(local) <= 64
    assert domain == "bounces.example.org"


@pytest.mark.parametrize("fold", [str.upper, str.title, str.swapcase])
def test_m13_case_may_be_folded(fold: Callable[[str], str]) -> None:
    assert parse_return_path(fold(build()), keys=KEYS) == REF


@given(REFS, st.data())
def test_m13_changed_token_is_nobodys(ref: Ref, data: st.DataObject) -> None:
    address = build(ref)
    place = data.draw(st.integers(0, address.index("@") - 1))
    other = data.draw(st.characters().filter(lambda letter: letter.lower() != address[place]))
    assert parse_return_path(address[:place] + other + address[place + 1 :], keys=KEYS) is None


@given(st.text())
def test_m13_no_other_text_is_ours(text: str) -> None:
    assert parse_return_path(text, keys=KEYS) is None
    assert parse_return_path(f"bounce+{text}", keys=KEYS) is None


def test_m13_other_ledgers_paths_are_not_ours() -> None:
    assert parse_return_path(build(keys=Keys((b"another",))), keys=KEYS) is None


def test_m13_bounces_outlive_a_new_secret() -> None:
    assert parse_return_path(build(keys=Keys((OLD,))), keys=KEYS) == REF


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.BOUNCE])
def test_m13_proof_is_for_bounces_alone(purpose: Purpose) -> None:
    assert KEYS.prove(purpose, b"row") != KEYS.prove(Purpose.BOUNCE, b"row")
