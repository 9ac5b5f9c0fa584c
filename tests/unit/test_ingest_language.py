"""A language is guessed only on strong evidence."""

import pytest

from publisher.ingest.language import guess_language

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
