"""Writers' names are read from bylines of four languages."""

import pytest

from publisher.ingest.clippings.bylines import read_bare_names, read_byline


@pytest.mark.parametrize(
    "line",
    [
        "Par Anne Petit",
        "PAR ANNE PETIT, ENVOYÉE SPÉCIALE À PARIS",
        "De notre correspondante à Paris, Anne Petit",
        "De notre envoyée spéciale Anne Petit",
        "Propos recueillis par Anne Petit",
        "Texte et photos : Anne Petit",
        "By our housing correspondent Anne Petit",
        "Words by Anne Petit",
        "By Anne Petit in Brussels",
        "Door Anne Petit",
        "Van onze verslaggeefster Anne Petit",
        "Tekst: Anne Petit",
        "Von Anne Petit",
        "Von unserem Redaktionsmitglied Anne Petit",
        "Die Fragen stellte Anne Petit",
        "Text: Anne Petit",
    ],
)
def test_bylines_name_their_writer(line: str) -> None:
    found = read_byline(line)
    assert found is not None
    assert found.authors == ("Anne Petit",)


@pytest.mark.parametrize("line", ["Von Anne Petit und Jan de Wit", "ANNE PETIT, JAN DE WIT", "Anne Petit & Jan de Wit"])
def test_two_writers_are_two(line: str) -> None:
    found = read_byline(line)
    assert (found.authors if found else read_bare_names(line)) == ("Anne Petit", "Jan de Wit")


@pytest.mark.parametrize("line", ["La rédaction", "From our correspondent in Paris", "Staff Writers", "@annepetit"])
def test_nameless_bylines_are_bylines(line: str) -> None:
    found = read_byline(line)
    assert found is not None
    assert found.authors == ()


@pytest.mark.parametrize(
    "line", ["Von der Brücke aus sieht man mehr", "By the end of the year", "Par Liège et par Namur", "Door het raam"]
)
def test_sentences_are_no_bylines(line: str) -> None:
    assert read_byline(line) is None
