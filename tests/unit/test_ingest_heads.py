"""Headline, kicker and standfirst are told apart at a clipping's head."""

import pytest

from publisher.ingest.clippings.blocks import split_blocks
from publisher.ingest.clippings.clipping import Clipping, read_clipping
from publisher.ingest.clippings.heads import read_head

TEXT = "Le conseil communal a décidé mardi que le vieux pont de la rue Basse serait refait. Il sera fermé tout l'hiver."


def read(head: str) -> Clipping:
    return read_clipping(f"{head}\n\n{TEXT}", is_plain=True)[0]


@pytest.mark.parametrize(
    ("head", "kicker", "headline"),
    [
        ("MOBILITÉ\n\nLe pont sera refait", "MOBILITÉ", "Le pont sera refait"),
        ("MOBILITÉ\nLe pont sera refait", "MOBILITÉ", "Le pont sera refait"),
        ("MOBILITÉ\n\nLE VIEUX PONT SERA REFAIT", "MOBILITÉ", "LE VIEUX PONT SERA REFAIT"),
        ("POLITIQUE\nPAUL GRAND REÇU À LIÈGE", "POLITIQUE", "PAUL GRAND REÇU À LIÈGE"),
        (
            "Science\n\nLa mousse qui boit le brouillard du matin",
            "Science",
            "La mousse qui boit le brouillard du matin",
        ),
        ("Mobilité :\n\nLe pont sera refait", "Mobilité :", "Le pont sera refait"),
        ("# MOBILITÉ\n# Le pont sera refait", "MOBILITÉ", "Le pont sera refait"),
        ("MOBILITÉ\n\n# Le pont sera refait", "MOBILITÉ", "Le pont sera refait"),
        ("LE VIEUX PONT SERA\nREFAIT CET HIVER\n\nLIÈGE", "LIÈGE", "LE VIEUX PONT SERA REFAIT CET HIVER"),
        ("LE PONT\nDE LIÈGE SERA REFAIT", "", "LE PONT DE LIÈGE SERA REFAIT"),
        ("STREIK\nbei den Bussen", "", "STREIK bei den Bussen"),
        ("Le pont de Liège\nsera refait", "", "Le pont de Liège sera refait"),
        ("# LE PONT DE LIÈGE\n# SERA REFAIT", "", "LE PONT DE LIÈGE SERA REFAIT"),
        ("LA GAZETTE\n\n13 juin 2026\n\nLe pont sera refait", "", "Le pont sera refait"),
        ("Licenciements\n\nLa fabrique de brosses supprime 48 emplois", "", "Licenciements"),
    ],
)
def test_kicker_stands_by_the_headline(head: str, kicker: str, headline: str) -> None:
    found = read_head(split_blocks(f"{head}\n\n{TEXT}", is_plain=True))
    assert (found.kicker, found.headline) == (kicker, headline)


def test_headline_needs_a_sentence_below() -> None:
    found = read_head(split_blocks("Abonnements\n\nRédaction : rue du Moulin 3\n\nPetites annonces"))
    assert found.sureness.certainty < 0.5


@pytest.mark.parametrize(
    "head",
    [
        "# Titre\n\n**Le pont est vieux**",
        "# Titre\n\n*Le pont est vieux.*",
        "# Titre\n\nLe pont est vieux",
        "# Titre\n\nLe pont est vieux.\n\nPar Anne Petit",
        "# Titre\n\nPar Anne Petit\n\nLe pont est vieux",
        "Un vieux pont\n\nLe pont est vieux\n\nPar Anne Petit",
        "Un vieux pont\nLe pont est vieux\nPar Anne Petit",
        "# Titre\n\nLe pont est\nvieux ►",
    ],
)
def test_standfirst_is_found(head: str) -> None:
    assert read(head).standfirst.rstrip(".") == "Le pont est vieux"


def test_standfirst_stands_before_a_dateline() -> None:
    found = read_clipping(f"# Titre\n\nLe pont est vieux.\n\nLIÈGE (Belga) – {TEXT}")[0]
    assert (found.standfirst, found.place, found.body) == ("Le pont est vieux.", "Liège", TEXT)


@pytest.mark.parametrize("head", ["# Titre", "# Titre\n\nLe pont est vieux.", "# Titre\n\nMonsieur le directeur,"])
def test_first_paragraph_is_no_standfirst(head: str) -> None:
    assert read(head).standfirst == ""


@pytest.mark.parametrize(
    ("below", "authors"),
    [
        ("ANNE PETIT", ("Anne Petit",)),
        ("Par Anne Petit\nenvoyée spéciale à Liège", ("Anne Petit",)),
        ("Door onze verslaggever\nAnne Petit", ("Anne Petit",)),
        ("Le Pont Vieux", ()),
    ],
)
def test_names_below_the_headline_are_authors(below: str, authors: tuple[str, ...]) -> None:
    assert read(f"# Titre\n\n{below}").authors == authors


@pytest.mark.parametrize(
    ("foot", "authors"),
    [
        ("Anne Petit", ("Anne Petit",)),
        ("Anne Petit, Liège", ("Anne Petit",)),
        ("Par Anne Petit", ("Anne Petit",)),
        ("(A.P.)", ("A.P.",)),
        ("(Belga)", ("Belga",)),
        ("Anne Petit (avec Belga)", ("Anne Petit", "Belga")),
    ],
)
def test_names_at_the_end_are_authors(foot: str, authors: tuple[str, ...]) -> None:
    assert read_clipping(f"# Titre\n\n{TEXT}\n\n{foot}")[0].authors == authors


@pytest.mark.parametrize(
    ("line", "is_crosshead"),
    [
        ("Les travaux", True),
        ("LES TRAVAUX", True),
        ("**Les travaux**", True),
        ("Quand rouvrira-t-il ?", False),
        ("Les travaux.", False),
        ("Il y avait un pont. Puis", False),
    ],
)
def test_crossheads_stand_between_paragraphs(line: str, *, is_crosshead: bool) -> None:
    body = read_clipping(f"# Titre\n\n{TEXT}\n\n{line}\n\n{TEXT}")[0].body
    assert ("## " in body) == is_crosshead


@pytest.mark.parametrize("section", ["Cricket", "Musique", "zwemmen", "Arts"])
def test_section_name_is_no_headline(section: str) -> None:
    assert read(f"{section}\n\nLe vieux pont de la rue Basse sera refait").kicker == section


def test_section_name_alone_is_a_doubtful_title() -> None:
    assert read("Cricket").certainties["title"].certainty < 0.5


@pytest.mark.parametrize("notice", ["Petites annonces", "PUBLIC NOTICES", "Uitslagen", "Kleinanzeigen"])
def test_notices_are_doubtful(notice: str) -> None:
    assert read(f"{notice}\n\nLe pont sera refait").certainties["title"].certainty < 0.5


def test_paper_above_the_headline_is_no_kicker() -> None:
    assert read("De Zandebode\n\nLe vieux pont sera refait").kicker == ""
