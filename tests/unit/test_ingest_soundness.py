"""What can't be published as it stands is told from whole prose."""

import pytest

from publisher.ingest.clippings.blocks import split_blocks
from publisher.ingest.clippings.soundness import judge_body

TEXT = "Le conseil communal a décidé mardi que le vieux pont de la rue Basse serait refait. Il sera fermé tout l'hiver."
OPEN = "Le conseil communal a décidé mardi que le vieux pont de la rue Basse serait refait avant le mois de"
RESULTS = "\n\n".join(f"{number}. Union Hautmont {number} - Racing Valtilleul {number + 9}" for number in range(12))


def certainty(text: str) -> float:
    return judge_body(split_blocks(text, is_plain=True)).certainty


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"{TEXT}\n\n## Un titre\n\n{TEXT}",
        f"« {TEXT} »\n\n{TEXT}",
        f"{TEXT}\n\nTél. 0499/11 22 33",
        f"{TEXT} Voici la liste des rues que le conseil a retenues après un long débat\n\n- la rue Basse",
    ],
)
def test_whole_prose_is_sure(text: str) -> None:
    assert certainty(text) > 0.5


@pytest.mark.parametrize("text", [OPEN, f"{TEXT}\n\n{OPEN}", f"{OPEN}\n\n{TEXT}", f"{OPEN.lower()}\n\n{TEXT}"])
def test_text_broken_off_is_doubtful(text: str) -> None:
    assert certainty(text) < 0.5


@pytest.mark.parametrize(
    "text",
    [
        RESULTS.replace(". ", " "),
        "\n\n".join(["Vends vélo, 50 euros. Tél. 0499/11 22 33."] * 3) + f"\n\n{TEXT}",
        "\n\n".join(["Canapés en solde, livraison gratuite !", "www.canapes.example", "Lits 40 % moins chers"] * 5),
    ],
)
def test_lists_and_advertisements_are_doubtful(text: str) -> None:
    assert certainty(text) < 0.5


def test_letters_that_stand_alone_are_spoilt() -> None:
    assert (
        certainty("Le m a i re de B r i ssy a d i t q u e le p on t s er a re f ait et q ue c e l a s uf f it.") < 0.5
    )
