"""A labelled box, or words set off from the text, become a pull quote with its speaker."""

import pytest

from publisher.ingest.clippings.blocks import Block, Kind, split_blocks
from publisher.ingest.clippings.boxes import PullQuote
from publisher.ingest.clippings.labels import is_quote_label
from publisher.ingest.clippings.quotations import fold_quotations, fold_repeated

BOX = PullQuote("Bien dit", "Anne Petit, maire")
SAID = "Le maire l'a répété : « Nous ne vendrons pas ce pont à la légère », et chacun l'a cru."


def fold(text: str) -> list[Block]:
    return fold_quotations(split_blocks(text))


def boxes(blocks: list[Block]) -> list[object]:
    return [block.box for block in blocks if block.box]


@pytest.mark.parametrize(
    "label", ["LA PHRASE", "La citation :", "**THE QUOTE**", "Het citaat", "« LA PHRASE »", "DAS ZITAT"]
)
def test_labels_are_known_in_four_languages(label: str) -> None:
    assert is_quote_label(label)


@pytest.mark.parametrize("label", ["LA PHRASE QUI FÂCHE", "Quotes", ""])
def test_other_lines_are_no_labels(label: str) -> None:
    assert not is_quote_label(label)


@pytest.mark.parametrize(
    "text",
    [
        '## LA PHRASE\n\n*"Bien dit"*\n\n**Anne Petit, maire**',
        "LA PHRASE\n\n« Bien dit »\n\n— Anne Petit, maire",
        'THE QUOTE\n\n"Bien\ndit"\n\n- Anne Petit, maire',
        'THE QUOTE\n"Bien dit"\n**Anne Petit, maire**',
        'HET CITAAT\n\n"Bien dit"\n— Anne Petit, maire',
        "HET CITAAT\n\n> “Bien dit”\n\nAnne Petit, maire",
        "DAS ZITAT\n\n„Bien dit“ (Anne Petit, maire)",
        "LA PHRASE\n\n« Bien dit » – Anne Petit, maire",
        "LA PHRASE\n« Bien dit »\nAnne Petit, maire",
    ],
)
def test_box_becomes_quotation_with_speaker(text: str) -> None:
    assert [block.box for block in fold(text)] == [BOX]


def test_box_may_stand_between_a_paragraphs_lines() -> None:
    blocks = fold("Le pont que la ville\nLE MOT\n« Ici, tout\nest accordé »\na vendu hier.")
    assert [block.box or block.text for block in blocks] == [
        "Le pont que la ville",
        PullQuote("Ici, tout est accordé"),
        "a vendu hier.",
    ]


def test_quotation_may_lack_a_speaker() -> None:
    blocks = fold('LA PHRASE\n\n"Bien dit"\n\nLe conseil se réunit mardi.')
    assert [block.box for block in blocks] == [PullQuote("Bien dit"), None]


@pytest.mark.parametrize("text", ["## LA PHRASE", "LA PHRASE\n\n- une liste", "Un texte.\n\nUn autre."])
def test_what_is_no_box_stays(text: str) -> None:
    assert fold(text) == split_blocks(text)


@pytest.mark.parametrize(
    ("set_off", "box"),
    [
        (
            "« Nous ne vendrons pas ce pont à la légère »\n\nAnne Petit, maire",
            PullQuote("Nous ne vendrons pas ce pont à la légère", "Anne Petit, maire"),
        ),
        ("*Nous ne vendrons pas ce pont à la légère*", PullQuote("Nous ne vendrons pas ce pont à la légère")),
        ("Nous ne vendrons pas ce pont\nà la légère", PullQuote("Nous ne vendrons pas ce pont à la légère")),
        (
            "« Une phrase que le texte n'a pas »\n— Paul Grand",
            PullQuote("Une phrase que le texte n'a pas", "Paul Grand"),
        ),
    ],
)
def test_words_set_off_are_pull_quotes(set_off: str, box: PullQuote) -> None:
    assert boxes(fold_repeated(split_blocks(f"{SAID}\n\n{set_off}\n\nLe reste du texte."))) == [box]


@pytest.mark.parametrize(
    "text", ["« Nous ne vendrons pas », a-t-il dit.", "Un pont", "« C'est une tout autre affaire », dit Anne Petit."]
)
def test_paragraphs_are_no_pull_quotes(text: str) -> None:
    assert boxes(fold_repeated([Block(Kind.PROSE, SAID), Block(Kind.PROSE, text)])) == []
