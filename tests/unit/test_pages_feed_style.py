"""The stylesheet of feeds (F19): the home's own before ours, with a sentence in the publication's language."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from publisher import share
from publisher.pages import render_feed_stylesheet
from publisher.templating import Templates
from tests.unit.test_pages_rules import SITE


def sentence(language: str, name: str = "explanation") -> str:
    """A sentence as a browser reads it."""
    style = render_feed_stylesheet(replace(SITE, publication=replace(SITE.publication, language=language))).decode()
    found = re.search(rf':root \{{.* --{name}: "(.*?)";.* \}}\n$', style)
    assert found
    return re.sub(r"\\([0-9a-f]+) ", lambda escape: chr(int(escape[1], 16)), found[1])


@pytest.mark.parametrize(("language", "words"), [("fr", "Ceci est un flux"), ("nl", "Dit is een feed"), ("de", "This")])
def test_f19_sentence_speaks_the_publications_language(language: str, words: str) -> None:
    assert sentence(language).startswith(words)


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Ceci est une"), ("nl", "Dit is een deel"), ("de", "This is a part")]
)
def test_f19_archives_have_a_sentence_of_their_own(language: str, words: str) -> None:
    assert sentence(language, "archived").startswith(words)


def test_f19_accents_outlive_any_charset() -> None:
    assert render_feed_stylesheet(SITE).isascii()
    assert "l’adresse" in sentence("fr")


def test_f19_namespaces_stand_before_all_rules() -> None:
    """Elsewhere a browser passes over them (CSS Namespaces 3, section 2)."""
    style = render_feed_stylesheet(SITE).decode()
    assert style.startswith('@charset "utf-8";')
    assert style.index("@namespace") < style.index("{")


def test_f19_own_style_goes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "feed").mkdir()
    (tmp_path / "feed" / "style.css").write_text("rss { color: {{ red }} }\n")
    site = replace(SITE, templates=Templates(tmp_path, share.find_folder("templates")))
    assert render_feed_stylesheet(site).startswith(b"rss { color: {{ red }} }\n:root { --explanation:")
