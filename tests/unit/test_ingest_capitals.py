"""Capitals come back to sentence case by the text's own words."""

import pytest

from publisher.ingest.capitals import restore, restore_name, restore_opening
from publisher.ingest.lexicon import Lexicon, learn

BODY = (
    "Les échevins de Liège et l'OTAN se sont vus à Valtilleul. Le conseil a reçu Paul Tillieux, dont la sœur habite "
    "La Haye. M. Tillieux aime la Meuse. Anouk regarde le Canal, puis le canal et le canal."
)


@pytest.fixture
def lexicon() -> Lexicon:
    return learn(BODY)


@pytest.mark.parametrize(
    ("printed", "restored"),
    [
        ("LE CONSEIL DE LIÈGE REÇOIT", "Le conseil de Liège reçoit"),
        ("L'OTAN ET LES ÉCHEVINS", "L'OTAN et les échevins"),
        ("A LIEGE, LA SOEUR DE M. TILLIEUX", "À Liège, la sœur de M. Tillieux"),
        ("LA MEUSE ET LE CANAL montent encore", "La Meuse et le canal montent encore"),
        ("LE CONSEIL SE TAIT. LE CANAL AUSSI", "Le conseil se tait. Le canal aussi"),
        ("PAUL TILLIEUX REÇU", "Paul Tillieux reçu"),
        ("LA SNCB ET LE XIX SIÈCLE", "La SNCB et le XIX siècle"),
        ("VALTILLEUL attend", "Valtilleul attend"),
        ("La SNCB attend", "La SNCB attend"),
        ("Rien à changer ici", "Rien à changer ici"),
        ("", ""),
    ],
)
def test_title_comes_back_to_sentence_case(lexicon: Lexicon, printed: str, restored: str) -> None:
    assert restore(printed, lexicon) == restored


def test_sentence_starts_teach_nothing(lexicon: Lexicon) -> None:
    assert lexicon.find("ANOUK") is None


def test_runs_of_capitals_teach_nothing() -> None:
    assert learn("on a vu LES GRANDS TRAVAUX ici").find("TRAVAUX") is None


def test_accents_in_capitals_are_kept(lexicon: Lexicon) -> None:
    assert lexicon.find("RECU") == "reçu"
    assert lexicon.find("RÉCU") is None


@pytest.mark.parametrize(
    ("paragraph", "restored"),
    [
        ("**LES ÉCHEVINS** de Liège", "Les échevins de Liège"),
        ("__LES ÉCHEVINS__ de Liège", "Les échevins de Liège"),
        ("LES ÉCHEVINS de Liège", "Les échevins de Liège"),
        ("**LE CONSEIL de Liège** a dit", "**LE CONSEIL de Liège** a dit"),
        ("L'OTAN a dit", "L'OTAN a dit"),
        ("Le conseil a dit NON ET NON", "Le conseil a dit NON ET NON"),
        ("LES ÉCHEVINS DE LIÈGE. LE CONSEIL.", "Les échevins de Liège. Le conseil."),
    ],
)
def test_opening_capitals_are_restored(lexicon: Lexicon, paragraph: str, restored: str) -> None:
    assert restore_opening(paragraph, lexicon) == restored


def test_dutch_ij_is_one_letter() -> None:
    assert restore("IJSBAAN GAAT OPEN", learn("de ijsbaan gaat vandaag open")) == "IJsbaan gaat open"


@pytest.mark.parametrize(
    ("printed", "name"),
    [("JULIEN MARCHAL", "Julien Marchal"), ("ANNE-LISE DE WITTE", "Anne-Lise de Witte"), ("Bob Mc Gee", "Bob Mc Gee")],
)
def test_names_come_out_of_capitals(printed: str, name: str) -> None:
    assert restore_name(printed) == name


@pytest.mark.parametrize("mark", ["'", "’"])
@pytest.mark.parametrize(
    ("printed", "restored"),
    [
        ("ON AURAIT PRÉFÉRÉ L'ÉTÉ", "On aurait préféré l'été"),
        ("L'ONU ET LA RTBF N'ONT RIEN DIT.", "L'ONU et la RTBF n'ont rien dit."),
        ("ON IRA JUSQU'À L'AUBE", "On ira jusqu'à l'aube"),
    ],
)
def test_elided_capitals_teach_nothing(mark: str, printed: str, restored: str) -> None:
    text = printed.replace("'", mark)
    assert restore(text, learn(f"Il pleut.\n\n{text}")) == restored.replace("'", mark)


def test_acronym_after_elision_is_learnt() -> None:
    assert restore("LE RAPPORT DE L'AFSCA", learn("L'AFSCA attend le rapport.")) == "Le rapport de l'AFSCA"
