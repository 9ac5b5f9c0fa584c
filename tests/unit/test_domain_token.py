"""Tokens: each proves one purpose, and no other string proves it."""

import hmac
import re
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.token import Keys, Purpose, derive_key

OLD, NEW = b"the oldest secret", b"the newest secret"
KEYS = Keys((NEW, OLD))
LETTERS = ascii_letters + digits + "-_"
PARTS = st.lists(st.integers(0, 2**63).map(str), min_size=1, max_size=4)
PURPOSES = st.sampled_from(list(Purpose))


@given(purpose=PURPOSES, parts=PARTS)
def test_signed_parts_come_back(purpose: Purpose, parts: list[str]) -> None:
    assert KEYS.verify(purpose, KEYS.sign(purpose, *parts)) == tuple(parts)


@given(purpose=PURPOSES, parts=PARTS)
def test_token_is_safe_in_addresses(purpose: Purpose, parts: list[str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", KEYS.sign(purpose, *parts))


@given(made=PURPOSES, tried=PURPOSES, parts=PARTS)
def test_token_is_bound_to_purpose(made: Purpose, tried: Purpose, parts: list[str]) -> None:
    assert (KEYS.verify(tried, KEYS.sign(made, *parts)) is not None) is (made is tried)


@given(purpose=PURPOSES, parts=PARTS, data=st.data())
def test_tampered_token_is_refused(purpose: Purpose, parts: list[str], data: st.DataObject) -> None:
    token = KEYS.sign(purpose, *parts)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda letter: letter != token[place]))
    assert KEYS.verify(purpose, token[:place] + other + token[place + 1 :]) is None


@given(purpose=PURPOSES, parts=PARTS, data=st.data())
def test_lengthened_token_is_refused(purpose: Purpose, parts: list[str], data: st.DataObject) -> None:
    token = KEYS.sign(purpose, *parts)
    place = data.draw(st.integers(0, len(token)))
    more = data.draw(st.text(min_size=1, max_size=3))
    assert KEYS.verify(purpose, token[:place] + more + token[place:]) is None


@pytest.mark.parametrize("place", [0, 1, 3, 24])
def test_token_has_one_spelling(place: int) -> None:
    token = KEYS.sign(Purpose.CONFIRM, 1)
    others = (token[:place] + letter + token[place + 1 :] for letter in LETTERS)
    assert [other for other in others if KEYS.verify(Purpose.CONFIRM, other)] == [token]


@pytest.mark.parametrize("more", ["!!!!", "====", "=", "\n", "....", " "])
def test_nothing_in_a_token_is_ignored(more: str) -> None:
    token = KEYS.sign(Purpose.CONFIRM, 12, 34)
    payload, _, proof = token.partition(".")
    for other in (token + more, more + token, f"{payload}{more}.{proof}", f"{payload}.{more}{proof}"):
        assert KEYS.verify(Purpose.CONFIRM, other) is None


@given(purpose=PURPOSES, length=st.integers(0, 60))
def test_shortened_token_is_refused(purpose: Purpose, length: int) -> None:
    token = KEYS.sign(purpose, 123456789, 987654321)
    assert KEYS.verify(purpose, token[: min(length, len(token) - 1)]) is None


@given(text=st.text())
def test_no_text_is_a_token(text: str) -> None:
    assert KEYS.verify(Purpose.UNSUBSCRIBE, text) is None


def test_proof_has_128_bits() -> None:
    proof = KEYS.sign(Purpose.CONFIRM, 1).partition(".")[2]
    assert len(proof) == 22  # sixteen bytes in base64


@pytest.mark.parametrize("purpose", list(Purpose))
def test_old_secret_is_for_lasting_things_only(purpose: Purpose) -> None:
    token = Keys((OLD,)).sign(purpose, 7)
    assert (KEYS.verify(purpose, token) == ("7",)) is (purpose in {Purpose.UNSUBSCRIBE, Purpose.BOUNCE})


def test_proof_is_an_hmac() -> None:
    expected = hmac.digest(derive_key(NEW, Purpose.CONFIRM), b"payload", "sha256")[:16]
    assert KEYS.prove(Purpose.CONFIRM, b"payload") == expected


def test_dropped_secret_proves_nothing() -> None:
    assert Keys((NEW,)).verify(Purpose.UNSUBSCRIBE, Keys((OLD,)).sign(Purpose.UNSUBSCRIBE, 7)) is None


def test_new_secret_forgets_no_suppression() -> None:
    assert KEYS.suppression_digest("alice@example.org") == Keys((OLD,)).suppression_digest("alice@example.org")


def test_suppression_digest_is_keyed() -> None:
    digests = {Keys((secret,)).suppression_digest("alice@example.org") for secret in (OLD, NEW)}
    assert len(digests) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests)


def test_message_mark_survives_new_secret() -> None:
    assert KEYS.message_mark("delivery", 7) == Keys((OLD,)).message_mark("delivery", 7)


def test_message_marks_tell_rows_apart() -> None:
    marks = {KEYS.message_mark(kind, key) for kind in ("delivery", "notice") for key in range(50)}
    assert len(marks) == 100


def test_purposes_have_different_keys() -> None:
    assert len({derive_key(NEW, purpose) for purpose in Purpose}) == len(Purpose)


def test_derived_key_is_hkdf() -> None:
    # RFC 5869, appendix A.3: SHA-256 with neither salt nor info; the first 32 of its 42 bytes.
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert derive_key(bytes([0x0B] * 22), "").hex() == expected
