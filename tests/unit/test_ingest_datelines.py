"""Places, days and agencies before a first paragraph are told from its words."""

from datetime import date

import pytest

from publisher.ingest.clippings.datelines import read_date_line, take_dateline
from publisher.ingest.clippings.days import find_day, is_ambiguous

JUNE = date(2026, 6, 12)


@pytest.mark.parametrize(
    ("text", "place", "day", "agencies"),
    [
        ("BRUXELLES, 12 juin 2026 (Belga) – Le pont", "Bruxelles", JUNE, ("Belga",)),
        ("BRUXELLES, 12 juin (Belga) – Le pont", "Bruxelles", None, ("Belga",)),
        ("LONDON (Reuters) - The bridge", "London", None, ("Reuters",)),
        ("(AFP) - Le pont", "", None, ("AFP",)),
        ("(Belga) Le pont", "", None, ("Belga",)),
        ("BRUSSEL/GENT – De brug", "Brussel/Gent", None, ()),
        ("Berlin (dpa) - Die Brücke", "Berlin", None, ("dpa",)),
        ("Münster (dpa/lnw) – Die Brücke", "Münster", None, ("dpa",)),
        ("PENBURY, June 12, 2026 (Reuters) - The bridge", "Penbury", JUNE, ("Reuters",)),
        ("WASHINGTON, Feb. 11, 2026 (AP) — The bridge", "Washington", date(2026, 2, 11), ("AP",)),
        ("PARIS, France (AP) — The bridge", "Paris", None, ("AP",)),
        ("LOUVAIN-LA-NEUVE, le 12 juin 2026 – Le pont", "Louvain-la-Neuve", JUNE, ()),
        ("Liège, 12 juin 2026 – Le pont", "Liège", JUNE, ()),
        ("KALTBRUNN. Ein Lastwagen", "Kaltbrunn", None, ()),
        ("PARIS Le pont", "Paris", None, ()),
        ("**BRUXELLES (Belga)** – Le pont", "Bruxelles", None, ("Belga",)),
        ("LA HAYE – Le pont", "La Haye", None, ()),
    ],
)
def test_datelines_are_taken_off(text: str, place: str, day: date | None, agencies: tuple[str, ...]) -> None:
    found, rest = take_dateline(text)
    assert found is not None
    assert (found.place, found.day, found.agencies) == (place, day, agencies)
    assert rest.split(maxsplit=1)[0] in {"Le", "The", "De", "Die", "Ein"}


@pytest.mark.parametrize(
    "text",
    [
        "LES MAIRES – ils sont six – ont dit oui.",
        "Le maire – un ancien – a dit oui.",
        "LES GOUVERNEMENTS français et belge",
        "OTAN et Europe",
        "Le 12 juin 2026, le pont rouvre.",
        "",
    ],
)
def test_sentences_have_no_dateline(text: str) -> None:
    assert take_dateline(text) == (None, text)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Publié le 12 juin 2026 à 14:05", JUNE),
        ("12/06/2026", JUNE),
        ("12.06.2026", JUNE),
        ("2026-06-12", JUNE),
        ("Published: June 12, 2026 10:35 BST", JUNE),
        ("Gepubliceerd op 12 juni 2026 om 9.30 uur", JUNE),
        ("Veröffentlicht am 12. Juni 2026", JUNE),
        ("12 juin", None),
    ],
)
def test_date_lines_name_a_day(line: str, day: date | None) -> None:
    found = read_date_line(line)
    assert found is not None
    assert (found.day, found.has_day) == (day, True)


@pytest.mark.parametrize("line", ["Le 12 juin, le conseil a voté", "Rue du 11 novembre 12", "Un matin de juin", "2026"])
def test_other_lines_are_no_date_lines(line: str) -> None:
    assert read_date_line(line) is None


@pytest.mark.parametrize(
    ("text", "may_be_american"),
    [("06/12/2026", True), ("13/06/2026", False), ("12.06.2026", False)],
)
def test_month_may_stand_first(text: str, *, may_be_american: bool) -> None:
    assert is_ambiguous(text) is may_be_american


def test_days_that_are_none_are_not_found() -> None:
    assert find_day("31/02/2026") is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("OSTREMONT 09/01 (BELGA) = Le pont", "Ostremont"),
        ("GRANVILLE FALLS, Jan. 8 (AP) _ The bridge", "Granville Falls"),
    ],
)
def test_wires_set_other_signs_for_a_dash(text: str, place: str) -> None:
    found, _ = take_dateline(text)
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize("text", ["SIR — I was sorry", "MADAME, MONSIEUR – Je vous écris"])
def test_salutation_is_no_place(text: str) -> None:
    assert take_dateline(text) == (None, text)
