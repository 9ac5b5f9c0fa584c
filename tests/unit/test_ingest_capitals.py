"""Capitals come back to sentence case by the text's own words."""

import pytest

from publisher.ingest.clippings.capitals import find_untold, opens_with_name, restore, restore_name, restore_opening
from publisher.ingest.clippings.lexicon import Lexicon, learn

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


def test_pairs_show_names_with_small_words() -> None:
    text = "De brouwerij stopt. Toen kwam Brouwerij De Zwaan, en de boer en de knecht."
    assert restore("BROUWERIJ DE ZWAAN STOPT", learn(text)) == "Brouwerij De Zwaan stopt"


@pytest.mark.parametrize(
    ("printed", "restored"),
    [
        ("DIE NEUE ANLAGE STEHT", "Die neue Anlage steht"),
        ("BRAUEREI KEHRT ZUM HOLZFASS ZURÜCK", "Brauerei kehrt zum Holzfass zurück"),
        ("STADT WEISS VON DER VERWALTUNG NICHTS", "Stadt weiß von der Verwaltung nichts"),
    ],
)
def test_german_nouns_keep_their_capital(printed: str, restored: str) -> None:
    text = (
        "In der Stadt liegt ein Fass im Hof am Markt, und die Brauerei weiß es. Dann kommt der Bote mit dem Brief, "
        "denn sie kehrt mit dem Wagen und dem Pferd um, wie der Wirt es mit dem Knecht am Morgen sagte, vor der Kirche."
    )
    assert restore(printed, learn(text)) == restored


@pytest.mark.parametrize(
    ("printed", "restored"),
    [("PENBURY KEEPS ITS A&E", "Penbury keeps its A&E"), ("ANNE JOUE BACH", "Anne joue Bach")],
)
def test_what_looks_like_something_else_stays(printed: str, restored: str) -> None:
    assert restore(printed, learn("On a joué du Bach avec Anne à Penbury, which keeps its bridge.")) == restored


@pytest.mark.parametrize(
    ("paragraph", "restored"),
    [
        ("SCHOOLCHILDREN will travel free.", "Schoolchildren will travel free."),
        ("TRAVEL is free.", "Travel is free."),
        ("UNESCO will meet.", "UNESCO will meet."),
        ("ABEF will meet.", "ABEF will meet."),
    ],
)
def test_one_capital_word_may_open_a_paragraph(paragraph: str, restored: str) -> None:
    assert restore_opening(paragraph, learn("They will travel free.")) == restored


@pytest.mark.parametrize(
    ("title", "untold"),
    [
        ("LE CONSEIL DE LIÈGE", []),
        ("LE CONSEIL A VU ROSE DELAUNAY", ["VU", "ROSE", "DELAUNAY"]),
        ("QUARANTE ÉCHEVINS", []),
        ("Le conseil reçoit", []),
    ],
)
def test_words_that_may_be_names_are_named(lexicon: Lexicon, title: str, untold: list[str]) -> None:
    assert find_untold(title, lexicon)[0] == untold


def test_acronym_after_elision_is_learnt() -> None:
    assert restore("LE RAPPORT DE L'AFSCA", learn("L'AFSCA attend le rapport.")) == "Le rapport de l'AFSCA"


@pytest.mark.parametrize(
    ("text", "is_name"), [("PAUL OKONJO PART", True), ("LE CONSEIL PART", False), ("CONSEIL OKONJO", False)]
)
def test_name_at_the_front_is_told(text: str, is_name: bool) -> None:
    said = "Hier soir le conseil a reçu Paul dans la grande salle du haut, avec tous ceux qui le voulaient bien."
    assert opens_with_name(text, learn(said)) is is_name


def test_surname_alone_may_be_in_capitals() -> None:
    assert restore_name("Jules ROQUEBERT") == "Jules Roquebert"
