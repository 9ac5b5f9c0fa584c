"""A language is guessed only on strong evidence."""

import pytest

from publisher.ingest.language import guess_language
from publisher.ingest.words import plain_language

LANGUAGES = ("fr", "nl", "en")


@pytest.mark.parametrize("text", ["", "Marché annulé Il neige.", "Concert samedi Venez.", "Sous embargo", "Secret."])
def test_short_text_is_not_guessed(text: str) -> None:
    assert guess_language(text, LANGUAGES) in ("", "fr")


def test_long_text_is_guessed() -> None:
    text = "The late train will stop here again from December, seven nights a week."
    assert guess_language(text, LANGUAGES) == "en"


def test_mixed_text_keeps_the_default() -> None:
    text = "The late train stops here again. Le pont est fermé ce soir et demain toute la journée."
    assert guess_language(text, LANGUAGES) in ("", "fr")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("De brug over de Zande gaat dit voorjaar niet meer open en dat is voor het dorp een grote tegenvaller", "nl"),
        (
            "The bridge over the river is not to be opened this spring, and that is bad for all of us in the town",
            "en-GB",
        ),
        ("Oslo Bergen Trondheim Stavanger Drammen", ""),
    ],
)
def test_small_words_tell_a_plain_language(text: str, language: str) -> None:
    assert plain_language(text, ("fr", "nl", "en-GB")) == language


def test_small_words_tell_nothing_beside_another_language() -> None:
    assert (
        plain_language("Le pont de la rue et la gare de la ville et le parc de la rue et le bois", ("fr", "it")) == ""
    )
