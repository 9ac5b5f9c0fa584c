"""A page's own lines are told from those of an article."""

import pytest

from publisher.ingest.clippings.pages import (
    comes_from,
    is_jump,
    is_noise,
    is_page_number,
    is_running_head,
    is_site_furniture,
    is_wire_furniture,
    is_wire_tail,
    without_jump,
)


@pytest.mark.parametrize("line", ["4", "— 4 —", "- 12 -", "Page 4", "Seite 3 von 8", "blz. 7", "p. 12", "A4", "4/12"])
def test_page_numbers_are_told(line: str) -> None:
    assert is_page_number(line)


@pytest.mark.parametrize("line", ["4 morts", "9.200", "Page blanche", "", "Le 4", "12 juin"])
def test_other_numbers_are_no_pages(line: str) -> None:
    assert not is_page_number(line)


@pytest.mark.parametrize(
    "line",
    [
        "suite en page 4",
        "(Suite page 4)",
        "Suite de la une",
        "► Lire page 3",
        "Lire aussi en page 3",
        "Continued on A4",
        "Continued from Page A1",
        "See BRIDGE, Page A4",
        "Vervolg op pagina 5",
        "Lees verder op blz. 5",
        "zie blz. 4",
        "Fortsetzung auf Seite 4",
        "Siehe auch Seite 12",
        "SEWER, continued on A4",
    ],
)
def test_jumps_are_told(line: str) -> None:
    assert is_jump(line)


@pytest.mark.parametrize("line", ["La suite au prochain numéro", "See you on page one of our history", "Zie de maan"])
def test_sentences_are_no_jumps(line: str) -> None:
    assert not is_jump(line)


@pytest.mark.parametrize(
    ("line", "is_origin"), [("Suite de la page 1", True), ("Fortsetzung von Seite 1", True), ("Suite en page 4", False)]
)
def test_origin_is_told_from_target(line: str, *, is_origin: bool) -> None:
    assert comes_from(line) is is_origin


@pytest.mark.parametrize(
    ("paragraph", "left"),
    [
        ("Le pont est vieux. (Suite en page 4)", "Le pont est vieux."),
        ("Le pont est vieux. Suite en page 4", "Le pont est vieux."),
        ("Le pont est ► lire page 3", "Le pont est"),
        ("Il a lu la page 4.", "Il a lu la page 4."),
    ],
)
def test_jumps_leave_a_paragraphs_end(paragraph: str, left: str) -> None:
    assert without_jump(paragraph) == left


@pytest.mark.parametrize(
    "line",
    [
        "La Gazette – samedi 13 juin 2026 – 4",
        "LA GAZETTE | 13 JUIN 2026 | PAGE 4",
        "4 | Région",
        "A1 | THE HERALD | Monday, June 4, 2018",
        "Altweiler Bote     Seite 3",
    ],
)
def test_running_heads_have_a_form(line: str) -> None:
    assert is_running_head(line)


@pytest.mark.parametrize(
    "line", ["BRUXELLES – Le conseil", "4 MORTS À LIÈGE", "Liège-Namur 2-1", "Un match, 3 buts – et une fête de plus"]
)
def test_other_lines_are_no_running_heads(line: str) -> None:
    assert not is_running_head(line)


@pytest.mark.parametrize(
    "line",
    [
        "Publicité",
        "ADVERTISEMENT",
        "Lire aussi : Le pont rouvre",
        "5 min read",
        "© La Gazette 2026",
        "Lees ook: De brug",
        "12:47\t\t4G 63%",
        "= HLN",
        "Delen   Bewaren   Reageer (14)",
        "Partager | Imprimer",
    ],
)
def test_websites_own_lines_are_told(line: str) -> None:
    assert is_site_furniture(line)


@pytest.mark.parametrize("line", ["Delen is leuk", "Share prices fall", "20:15 Tatort, 45%ige", "12.30 uur", "= 12"])
def test_other_lines_are_no_websites(line: str) -> None:
    assert not is_site_furniture(line)


@pytest.mark.parametrize(("line", "is_speck"), [("| .  '", True), (".", True), ("***", False), ("a", False)])
def test_specks_are_told_from_rules(line: str, *, is_speck: bool) -> None:
    assert is_noise(line) is is_speck


@pytest.mark.parametrize(
    "line",
    [
        "BELGA-0412 3 GEN 0188",
        "bdt0231 3 pl 160 dpa 0417",
        "AP-Granville-Dam, 1st Ld-Writethru",
        "Eds: Updates with quote.",
        "MVL/TDG/",
        "Associated Press writer Ann Small contributed to this report.",
    ],
)
def test_wire_lines_are_told(line: str) -> None:
    assert is_wire_furniture(line)


@pytest.mark.parametrize("line", ["Belga fête ses 100 ans", "L'AFP en 2026", "12 13 14", "Le pont AP 4", "A/B", ""])
def test_other_lines_are_no_wire(line: str) -> None:
    assert not is_wire_furniture(line)


@pytest.mark.parametrize("line", ["Home > News > Harrowby", "SPORT ■ SPORT ■ SPORT"])
def test_trails_and_repeated_heads_are_furniture(line: str) -> None:
    assert is_site_furniture(line)


@pytest.mark.parametrize("line", ["5 > 3", "Oui, oui, oui", "Le pont > la gare"])
def test_other_signs_are_no_trail(line: str) -> None:
    assert not is_site_furniture(line)


@pytest.mark.parametrize(
    "line", ["4 Regio   De Zandebode, donderdag 19 maart 2026", "9 Lokales   Samstag, 9. Mai 2026"]
)
def test_numbered_and_dated_heads_are_told(line: str) -> None:
    assert is_running_head(line)


def test_tail_of_a_wire_is_told() -> None:
    assert is_wire_tail("# dpa-Notizblock")
    assert not is_wire_tail("Notizen aus Berlin")
