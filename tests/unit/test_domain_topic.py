"""Topics: what a name is known by is one and the same for all its spellings, and safe in addresses and file names."""

import unicodedata
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.feed import Choice
from publisher.domain.topic import Kind, Topic, list_topics, to_slug
from tests.factories import make_content

LONGEST = 120  # bytes


@given(st.text())
def test_slug_of_a_slug_is_itself(name: str) -> None:
    assert to_slug(to_slug(name)) == to_slug(name)


@given(st.text())
def test_slug_is_empty_for_blanks_alone(name: str) -> None:
    assert bool(to_slug(name)) == bool(name.strip())


@given(st.text() | st.text(alphabet="./\\+%?#~-_:;&\0\n \u202e\u200d\ufe0f\u0301a"))
def test_slug_holds_words_and_hyphens_alone(name: str) -> None:
    words = to_slug(name).split("-") if name.strip() else []
    assert all(any(map(str.isalnum, word)) for word in words)
    assert all(letter.isalnum() or unicodedata.category(letter)[0] == "M" for word in words for letter in word)


@given(st.text())
def test_slug_survives_an_address(name: str) -> None:
    slug = to_slug(name)
    assert unquote(quote(slug, safe="")) == slug


@given(st.text(alphabet="aé文🚲 ", min_size=50, max_size=500))
def test_slug_fits_into_a_file_name(name: str) -> None:
    assert len(to_slug(name).encode()) <= LONGEST


@given(name=st.text(min_size=1).filter(lambda name: any(map(str.isalnum, name))))
def test_slug_is_the_same_however_composed(name: str) -> None:
    forms = (unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))
    assert {to_slug(form) for form in forms} == {to_slug(name)}


@pytest.mark.parametrize(
    ("slug", "names"),
    [
        ("velo", ["vélo", "Vélo", "VÉLO", "ve\u0301lo", " velo ", "#vélo", "ve\u00adlo", "Vélo !"]),
        ("c", ["C", "c"]),
        ("cplusplus", ["C++", "c++", "C\uff0b\uff0b"]),
        ("csharp", ["C#", "c#"]),
        ("sport-culture", ["Sport & culture", "sport/culture", "sport-culture", "sport_culture", "Sport, culture"]),
        ("strasse", ["Straße", "STRASSE"]),
        ("мой-край", ["Мой край", "МОЙ КРАЙ", "мои\u0306 край"]),
        ("український", ["Український"]),
        ("αθηνα", ["Αθήνα", "ΑΘΉΝΑ"]),
        ("السلام-عليكم", ["السلام عليكم"]),
        ("हिन्दी-समाचार", ["हिन्दी समाचार", "हिन्\u200dदी समाचार"]),
        ("が", ["が", "か\u3099"]),
        ("日本語", ["日本語"]),
        ("18plus", ["18+"]),
        ("fr-be", ["fr-BE", "fr_BE"]),
        ("u1f6b2", ["🚲"]),
        ("u2e-u2e", ["..", " .. "]),
        ("u2f", ["/"]),
        ("etc-passwd", ["../../etc/passwd"]),
        ("a-b", ["a\0b", "a%2fb".replace("%2f", "%"), "a?b", "a\\b"]),
    ],
)
def test_spellings_are_one_topic(slug: str, names: list[str]) -> None:
    assert {to_slug(name) for name in names} == {slug}


@pytest.mark.parametrize("pair", [("мой", "мои"), ("か", "が"), ("हिन्दी", "हनद"), ("C", "C++"), ("🚲", "🚗")])
def test_other_words_are_other_topics(pair: tuple[str, str]) -> None:
    assert len({to_slug(name) for name in pair}) == len(pair)


def test_long_names_of_one_begin_differ() -> None:
    assert to_slug("a" * 300 + "b") != to_slug("a" * 300 + "c")


def test_article_has_each_topic_once() -> None:
    content = make_content(section="Sport", tags=("Vélo", "velo", " "), authors=("Nora Peeters",), language="fr")
    assert list_topics(content) == (
        Topic(kind=Kind.SECTION, slug="sport", name="Sport"),
        Topic(kind=Kind.LANGUAGE, slug="fr", name="fr"),
        Topic(kind=Kind.TAG, slug="velo", name="Vélo"),
        Topic(kind=Kind.AUTHOR, slug="nora-peeters", name="Nora Peeters"),
    )


@pytest.mark.parametrize("blank", ["", " "])
def test_blank_name_is_met_by_nothing(blank: str) -> None:
    assert not Choice(sections=(blank,)).fits(make_content(section=blank))
