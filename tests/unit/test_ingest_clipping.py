"""A raw clipping is taken apart as an editor would."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.ingest.clippings.clipping import Clipping, read_clipping

TWIN = (Path(__file__).parents[1] / "data" / "clippings" / "jumelage.txt").read_text()
BODY = "Le conseil a décidé. Le pont de Liège sera refait.\n\nLe pont est vieux."


def read(text: str) -> Clipping:
    found = read_clipping(text)
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def twin() -> Clipping:
    return read_clipping(TWIN, is_plain=True)[0]


def test_title_comes_from_heading(twin: Clipping) -> None:
    assert twin.title == "La commune et le village resserrent leur jumelage"
    assert twin.headline == "LA COMMUNE ET LE VILLAGE resserrent leur jumelage"


def test_standfirst_stands_before_the_sign(twin: Clipping) -> None:
    assert twin.standfirst == "Les deux maires veulent échanger davantage de classes et ouvrir un atelier commun"


def test_body_begins_without_the_sign(twin: Clipping) -> None:
    assert twin.body.startswith("La bourgmestre de Valtilleul")
    assert "►" not in twin.body


def test_broken_paragraph_is_joined(twin: Clipping) -> None:
    assert "l'Office communal de la jeunesse Horizon" in twin.body


def test_opening_capitals_are_lowered(twin: Clipping) -> None:
    assert "\n\nLes communes belge et française ont" in twin.body


def test_pull_quote_has_its_speaker(twin: Clipping) -> None:
    assert twin.body.endswith("<figcaption>Louise Hennart, bourgmestre de Valtilleul</figcaption></figure>")
    assert [quote.speaker for quote in twin.pullquotes] == ["Louise Hennart, bourgmestre de Valtilleul"]
    assert "LA PHRASE" not in twin.body


@pytest.mark.parametrize(
    ("head", "title", "certainty"),
    [
        ("# Le pont sera refait", "Le pont sera refait", 1.0),
        ("Le pont sera refait\n===================", "Le pont sera refait", 1.0),
        ("LE PONT DE LIÈGE SERA REFAIT", "Le pont de Liège sera refait", 0.9),
        ("LE PONT DE LIÈGE\nSERA REFAIT", "Le pont de Liège sera refait", 0.9),
        ("**LE PONT SERA REFAIT**", "Le pont sera refait", 0.9),
        ("Le pont sera refait", "Le pont sera refait", 0.8),
        ("Par Anne Petit\n\nLe pont sera refait", "Le pont sera refait", 0.8),
        ("Le conseil a décidé que le pont serait refait.", "", 0.0),
        ("- une liste", "", 0.0),
    ],
)
def test_title_is_found_with_its_certainty(head: str, title: str, certainty: float) -> None:
    found = read(f"{head}\n\n{BODY}")
    assert (found.title, found.certainties["title"].certainty) == (title, certainty)


def test_byline_and_date_leave_the_body() -> None:
    found = read(f"# Le pont\n\nPar ANNE PETIT\nLiège, le 22 novembre 2026\n\n{BODY}")
    assert (found.authors, found.day) == (("Anne Petit",), date(2026, 11, 22))
    assert found.body == BODY


def test_agency_may_close_the_text() -> None:
    found = read(f"# Le pont\n\n{BODY}\n\n(Belga)")
    assert found.authors == ("Belga",)
    assert found.body == BODY


def test_bold_first_paragraph_is_standfirst() -> None:
    found = read(f"# Le pont\n\n**Il a cent ans et\nbesoin de soins**\n\n{BODY}")
    assert found.standfirst == "Il a cent ans et besoin de soins"


def test_lines_in_capitals_become_crossheads() -> None:
    assert "## Le pont de Liège" in read(f"# Titre\n\n{BODY}\n\nLE PONT DE LIÈGE\n\n{BODY}").body


@pytest.mark.parametrize(
    "block",
    ["```\nLES GRANDES LIGNES\ncou-\npées\n```", "- LES GRANDES\n- LIGNES", "| LE | PONT |\n|---|---|\n| A | B |"],
)
def test_fixed_blocks_stay_byte_for_byte(block: str) -> None:
    assert block in read(f"# Titre\n\n{BODY}\n\n{block}\n\nFin du texte.").body


@given(st.text(alphabet=st.sampled_from('abAB É#-*►."\n:P'), max_size=80))
def test_any_text_is_taken_apart(text: str) -> None:
    found = read(text)
    assert all(0 <= sureness.certainty <= 1 for sureness in found.certainties.values())


@pytest.mark.parametrize("sign", "►■▶")
def test_sign_at_end_marks_standfirst(sign: str) -> None:
    found = read(f"# Le pont {sign}\n\n**Il a cent ans {sign}**\n\n{BODY}")
    assert (found.title, found.standfirst) == ("Le pont", "Il a cent ans")
    assert sign not in found.headline + found.body


@pytest.mark.parametrize("text", ["# T\n\n**►**\n\nTexte.", "►\n\nTITRE\n\nTexte. ■", "# ►\n\n# T\n\n► Texte. ■"])
def test_bare_sign_is_never_published(text: str) -> None:
    found = read(text)
    assert (found.title.upper()[0], found.standfirst, found.body) == ("T", "", "Texte.")
