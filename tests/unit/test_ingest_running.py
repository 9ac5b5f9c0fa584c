"""What a page sets between the lines of an article is taken out, and nothing else."""

import pytest

from publisher.ingest.clippings.blocks import join_blocks, split_blocks
from publisher.ingest.clippings.running import take_running

FIRST = "Le conseil communal a décidé mardi que le vieux\npont de la rue Basse serait"


def taken(text: str) -> tuple[str, list[str]]:
    blocks, lines = take_running(split_blocks(text, is_plain=True))
    return join_blocks(blocks), lines


@pytest.mark.parametrize(
    "between",
    ["4", "CULTURE\n\n4", "LA GAZETTE", "Suite en page 4\n\nCULTURE\n\n4", "La Gazette – 13 juin 2026 – 4", "— 4 —"],
)
def test_page_between_two_halves_goes(between: str) -> None:
    left, lines = taken(f"{FIRST}\n\n{between}\n\nrefait avant Noël.")
    assert left == f"{FIRST}\n\nrefait avant Noël."
    assert lines == [line for line in between.split("\n") if line]


@pytest.mark.parametrize("between", ["KULTUR", "AUS DEM KREIS\n8", "11\nALTWEILER BOTE"])
def test_page_within_a_block_goes(between: str) -> None:
    first = "Jeden Abend veröffentlicht die Bahn einen Fahr-"
    assert taken(f"{first}\n{between}\nplan für den nächsten Tag.")[0] == f"{first}\nplan für den nächsten Tag."


@pytest.mark.parametrize("head", ["A1\nTHE LEDGER\nTuesday, March 3, 2026", "DE KLOK\n5", "LA GAZETTE\n13 juin 2026"])
def test_masthead_goes(head: str) -> None:
    assert taken(f"{head}\n\nLe pont rouvre\n\nIl est ouvert.")[0] == "Le pont rouvre\n\nIl est ouvert."


def test_repeated_heads_go() -> None:
    text = "Titre\n\nUn texte qui finit.\n\nVIE LOCALE 3\n\nUn autre.\n\nVIE LOCALE 5\n\nLa fin."
    assert taken(text)[0] == "Titre\n\nUn texte qui finit.\n\nUn autre.\n\nLa fin."


def test_headline_over_a_continued_part_goes() -> None:
    text = "Titre\n\nUn texte qui finit.\n\nBRIDGE: Council votes\nContinued from A1\n\nUn autre texte."
    assert taken(text)[0] == "Titre\n\nUn texte qui finit.\n\nUn autre texte."


@pytest.mark.parametrize(
    "text",
    [
        "LE PONT SERA REFAIT\n22 novembre 2026\n\nIl est vieux.",
        "Titre\n\nUn texte qui finit.\n\nLES TRAVAUX\n\nUn autre.",
        "Titre\n\nLE CHIFFRE\n\n48\n\nemplois supprimés",
        "Titre\n\nUn texte qui vante les mérites de l'\nOTAN\net de ses membres.",
        "Titre\n\n***\n\nUn texte.",
        "Titre\n\n- 4 pommes\n- 5 poires",
        "Titre\n\nUn texte.\n\nPar Anne Petit",
    ],
)
def test_what_is_the_articles_stays(text: str) -> None:
    assert taken(text) == (text, [])


def test_section_and_number_within_a_paragraph_go() -> None:
    left, lines = taken(f"{FIRST}\nLokales 9\nrefait avant Noël.")
    assert (left, lines) == (f"{FIRST}\nrefait avant Noël.", ["Lokales 9"])


def test_tail_of_a_wire_goes() -> None:
    assert taken(f"{FIRST} refait.\n\n# dpa-Notizblock\n\n## Orte")[1] == ["dpa-Notizblock", "Orte"]
