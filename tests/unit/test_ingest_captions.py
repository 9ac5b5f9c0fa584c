"""Captions and credits of pictures are told from text."""

import pytest

from publisher.ingest.clippings.captions import read_caption, take_credits


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Le pont, mardi matin. © Belga", "Le pont, mardi matin."),
        ("Le pont, mardi matin. (Photo: A. Petit)", "Le pont, mardi matin."),
        ("Die Brücke am Dienstag. Foto: Imago/Meier", "Die Brücke am Dienstag."),
        ("Légende : le pont vu du quai.", "le pont vu du quai."),
        ("Le pont,\nmardi matin.\nPhoto Belga", "Le pont, mardi matin."),
        ("© Belga", ""),
        ("PHOTO BELGA", ""),
        ("Foto: Jan de Wit/Belga", ""),
        ("Photo by Ann Lee", ""),
        ("Crédit photo : Anne Petit", ""),
    ],
)
def test_captions_part_from_their_credit(text: str, words: str) -> None:
    found = read_caption(text)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    "text", ["La photo du pont est belle.", "Il a dit : photo interdite.", "Un pont. " * 40 + "© Belga", "Le pont"]
)
def test_sentences_are_no_captions(text: str) -> None:
    assert read_caption(text) is None


def test_credits_leave_a_paragraph() -> None:
    assert take_credits("Un texte\n© Belga\nqui continue.") == ("Un texte\nqui continue.", ["© Belga"])
