"""Writers' names are read from bylines of four languages."""

import pytest

from publisher.ingest.clippings.bylines import read_bare_names, read_byline
from publisher.ingest.clippings.clipping import read_clipping


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


BODY = "Le conseil communal a décidé mardi que le vieux pont de la rue Basse serait refait. Il sera fermé tout l'hiver."


@pytest.mark.parametrize(
    ("end", "authors"),
    [
        (" mho", ("mho",)),
        (" (hvd)", ("hvd",)),
        (" (mho/dpa)", ("mho", "dpa")),
        ("\n\n(mho/dpa)", ("mho", "dpa")),
        (" C. D.", ("C. D.",)),
        ("\n\nA. Dervaux", ("A. Dervaux",)),
        ("\n\nSofie De Backer en Karim Hamdi", ("Sofie De Backer", "Karim Hamdi")),
        ("\n\nWinifred Oakshott\nHarrowby", ("Winifred Oakshott",)),
        (" (sic)", ()),
        (" fin", ()),
    ],
)
def test_last_words_may_sign(end: str, authors: tuple[str, ...]) -> None:
    clipping = read_clipping(f"Le pont sera refait\n\n{BODY}\n\n{BODY}{end}", is_plain=True)[0]
    assert clipping.authors == authors
    assert not authors or clipping.body.endswith("l'hiver.")


def test_initials_may_open_the_text() -> None:
    clipping = read_clipping(f"Le pont sera refait\n\n(kh) {BODY}\n\n{BODY}", is_plain=True)[0]
    assert clipping.authors == ("kh",)
    assert clipping.body.startswith("Le conseil")


def test_name_may_stand_below_our_reporter() -> None:
    text = f"Le pont sera refait\n\nDoor onze redacteur\n\nBart Wissink\n\n{BODY}\n\n{BODY}"
    assert read_clipping(text, is_plain=True)[0].authors == ("Bart Wissink",)
