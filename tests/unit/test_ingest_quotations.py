"""A labelled box becomes a quotation with its speaker."""

import pytest

from publisher.ingest.blocks import join_blocks, split_blocks
from publisher.ingest.quotations import fold_quotations, is_label


def fold(text: str) -> str:
    return join_blocks(fold_quotations(split_blocks(text)))


@pytest.mark.parametrize("label", ["LA PHRASE", "La citation :", "**THE QUOTE**", "Het citaat", "« LA PHRASE »"])
def test_labels_are_known_in_three_languages(label: str) -> None:
    assert is_label(label)


@pytest.mark.parametrize("label", ["LA PHRASE QUI FÂCHE", "Quotes", ""])
def test_other_lines_are_no_labels(label: str) -> None:
    assert not is_label(label)


@pytest.mark.parametrize(
    "text",
    [
        '## LA PHRASE\n\n*"Bien dit"*\n\n**Anne Petit, maire**',
        "LA PHRASE\n\n« Bien dit »\n\n— Anne Petit, maire",
        'THE QUOTE\n\n"Bien\ndit"\n\n- Anne Petit, maire',
        'THE QUOTE\n"Bien dit"\n**Anne Petit, maire**',
        'HET CITAAT\n\n"Bien dit"\n— Anne Petit, maire',
        "HET CITAAT\n\n> “Bien dit”\n\nAnne Petit, maire",
    ],
)
def test_box_becomes_quotation_with_speaker(text: str) -> None:
    assert fold(text) == "> Bien dit\n>\n> — Anne Petit, maire"


def test_quotation_may_lack_a_speaker() -> None:
    assert fold('LA PHRASE\n\n"Bien dit"\n\nLe conseil se réunit mardi.') == "> Bien dit\n\nLe conseil se réunit mardi."


@pytest.mark.parametrize("text", ["## LA PHRASE", "LA PHRASE\n\n- une liste", "Un texte.\n\nUn autre."])
def test_what_is_no_box_stays(text: str) -> None:
    assert fold(text) == text
