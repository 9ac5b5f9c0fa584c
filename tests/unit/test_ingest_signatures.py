"""Bylines, date lines and agencies are told from text."""

from datetime import date

import pytest

from publisher.ingest.clippings.signatures import read_signature


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Par Anne Petit", ("Anne Petit",)),
        ("**Par Anne Petit**", ("Anne Petit",)),
        ("By ROWAN ASHDOWN", ("Rowan Ashdown",)),
        ("Door Wout de Maris", ("Wout de Maris",)),
        ("Par Anne Petit et Paul Grand", ("Anne Petit", "Paul Grand")),
        ("Par Anne Petit, à Liège", ("Anne Petit",)),
    ],
)
def test_bylines_name_their_authors(line: str, authors: tuple[str, ...]) -> None:
    signature = read_signature(line)
    assert signature is not None
    assert signature.authors == authors


@pytest.mark.parametrize(
    ("line", "agencies"),
    [
        ("(Belga)", ("Belga",)),
        ("BELGA/AFP", ("Belga", "AFP")),
        ("(met ANP)", ("ANP",)),
        ("Avec AFP et Reuters", ("AFP", "Reuters")),
        ("(dpa/lnw)", ("dpa",)),
        ("Agence France-Presse", ("AFP",)),
        ("Par Anne Petit (avec Belga)", ("Belga",)),
        ("Brussel, zondag 22 november 2026 (Belga)", ("Belga",)),
    ],
)
def test_agencies_go_by_their_usual_names(line: str, agencies: tuple[str, ...]) -> None:
    signature = read_signature(line)
    assert signature is not None
    assert signature.agencies == agencies


@pytest.mark.parametrize(
    "line",
    [
        "Bruxelles, le 22 novembre 2026",
        "Dimanche 22 novembre 2026",
        "Published on November 22, 2026",
        "Brussel, zondag 22 november 2026 (Belga)",
        "Par Anne Petit, le 22 novembre 2026",
    ],
)
def test_date_lines_give_their_day(line: str) -> None:
    signature = read_signature(line)
    assert signature is not None
    assert signature.day == date(2026, 11, 22)


@pytest.mark.parametrize(
    "line",
    [
        "Par un matin de novembre, le marché ouvre.",
        "By Monday the bridge will be open again.",
        "Le 22 novembre 2026, la commune a décidé de refaire le pont.",
        "Par Toutatis",
        "Door de regen gaat het feest niet door",
        "Un titre court",
        "By Anne Petit and by everyone else who has ever come to the bridge",
    ],
)
def test_sentences_are_no_furniture(line: str) -> None:
    assert read_signature(line) is None


@pytest.mark.parametrize(
    ("line", "place"),
    [("CORMEL (de notre envoyé spécial)", "Cormel"), ("Harrowby (from our correspondent)", "Harrowby")],
)
def test_town_stands_before_our_correspondent(line: str, place: str) -> None:
    signature = read_signature(line)
    assert signature is not None
    assert signature.place == place


def test_town_before_other_words_signs_nothing() -> None:
    assert read_signature("Cormel (province de Liège)") is None
