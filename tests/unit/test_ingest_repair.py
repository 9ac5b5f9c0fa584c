"""Hyphens, wrapped lines and broken paragraphs are mended where that is safe, and only in prose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.ingest.clippings.blocks import Block, Kind, join_blocks, split_blocks
from publisher.ingest.clippings.repair import join_columns, join_hyphenated, unwrap, vocabulary


def hyphens(text: str) -> str:
    return join_hyphenated(text, vocabulary(text))


def columns(text: str) -> list[str]:
    return [block.text for block in join_columns(split_blocks(text), vocabulary(text))]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("le déplace-\nment", "le déplacement"),
        ("le déplace- \n  ment", "le déplacement"),
        ("le déplace\u00ad\nment", "le déplacement"),
        ("le dé\u00adplacement", "le déplacement"),
        ("le porte-\nparole", "le porte-parole"),
        ("dit-\nil", "dit-il"),
        ("Bruxelles-\nCapitale", "Bruxelles-Capitale"),
        ("2024-\n2025", "2024-2025"),
        ("un brise-\nvent et un brise-vent", "un brise-vent et un brise-vent"),
        ("un brise-\nvent, un brisevent, un brise-vent", "un brisevent, un brisevent, un brise-vent"),
        ("l'arc-en-\nciel est un arc-en-ciel", "l'arc-en-ciel est un arc-en-ciel"),
        ("un tiret -\nici", "un tiret -\nici"),
    ],
)
def test_words_cut_at_line_ends(broken: str, whole: str) -> None:
    assert hyphens(broken) == whole


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("Un texte\n\nqui continue.", ["Un texte\nqui continue."]),
        ("Un texte,\n\nqui continue.", ["Un texte,\nqui continue."]),
        ("Un dé-\n\nplacement.", ["Un déplacement."]),
        ("Un texte.\n\nqui finit.", ["Un texte.", "qui finit."]),
        ("Un texte\n\nQui finit.", ["Un texte", "Qui finit."]),
        ("Un texte :\n\n- une liste", ["Un texte :", "- une liste"]),
        ("Un texte\n\n- une liste", ["Un texte", "- une liste"]),
        ("# Titre\n\nqui reste", ["Titre", "qui reste"]),
        ("Un\n\ndeux\n\ntrois.", ["Un\ndeux\ntrois."]),
    ],
)
def test_paragraphs_broken_by_a_column(text: str, paragraphs: list[str]) -> None:
    assert columns(text) == paragraphs


def test_wrapped_lines_become_one() -> None:
    assert unwrap("one\n  two\nthree") == "one two three"


@pytest.mark.parametrize("text", ["one  \ntwo", "one\\\ntwo"])
def test_wanted_line_breaks_stay(text: str) -> None:
    assert unwrap(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "- a\n- b",
        "1. a",
        "> quoted",
        "| a | b |\n|---|---|",
        "a | b\n---|---",
        "```\nx\n\ny\n```",
        "    code",
        "***",
        "<div>x</div>",
    ],
)
def test_only_prose_is_prose(text: str) -> None:
    assert [(block.kind, block.text) for block in split_blocks(text)] == [(Kind.FIXED, text)]


def test_indent_is_prose_in_plain_text() -> None:
    assert split_blocks("     Once\nupon", is_plain=True) == [Block(Kind.PROSE, "Once\nupon")]


@pytest.mark.parametrize(("text", "level"), [("# A #", 1), ("### A", 3), ("A\n===", 1), ("A\n---", 2)])
def test_headings_are_told_by_level(text: str, level: int) -> None:
    assert split_blocks(text) == [Block(Kind.HEADING, "A", level)]


def test_text_may_follow_a_heading_at_once() -> None:
    assert [block.text for block in split_blocks("# A\nB\nC")] == ["A", "B\nC"]


@given(st.text(alphabet=st.sampled_from("ab#-*>`~|=1. \n"), max_size=60))
def test_splitting_loses_no_letter(text: str) -> None:
    rejoined = join_blocks(split_blocks(text))
    assert [letter for letter in rejoined if letter in "ab1"] == [letter for letter in text if letter in "ab1"]


LONG = "Le conseil communal a décidé mardi soir que le vieux pont de la rue Basse serait refait par Madame"


@pytest.mark.parametrize(
    ("broken", "count"),
    [
        (f"{LONG}\n\nLemaire et ses ouvriers avant la fin de l'hiver.", 1),
        ("two gifts:\n\npatience and a good clock.", 1),
        (f"{LONG}.\n\nLemaire et ses ouvriers ont dit oui hier soir.", 2),
        (f"{LONG}\n\nUn titre", 2),
        ("Il faut :\n\nUn pont.", 2),
    ],
)
def test_long_paragraph_without_a_stop_goes_on(broken: str, count: int) -> None:
    assert len(columns(broken)) == count
