"""An article's page links what the article attaches, for the site plays nothing itself."""

from dataclasses import replace
from typing import Any

import lxml.html
import pytest

from publisher.domain.article import Enclosure
from publisher.pages import render_article
from tests.unit.test_pages_rules import ARTICLE, SITE

SOUND = Enclosure(url="https://media.example/a.mp3?a=1&b=2", media_type="audio/mpeg", seconds=754)


def page(enclosure: Enclosure | None) -> Any:
    return lxml.html.fromstring(render_article(SITE, replace(ARTICLE, enclosure=enclosure)))


def line(**changes: Any) -> str:
    (found,) = page(replace(SOUND, **changes)).xpath("//p[a[@href='https://media.example/a.mp3?a=1&b=2']]")
    return " ".join(found.text_content().replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Écouter (13 min)"),
        ({"seconds": 5}, "Écouter (1 min)"),
        ({"seconds": 0}, "Écouter"),
        ({"media_type": "video/mp4"}, "Regarder (13 min)"),
        ({"media_type": "application/pdf", "seconds": 0}, "Télécharger"),
        ({"transcript": "https://media.example/a.vtt"}, "Écouter (13 min) · Transcription"),
    ],
)
def test_page_says_what_is_attached(changes: dict[str, Any], words: str) -> None:
    assert line(**changes) == words


def test_sound_is_marked_for_machines() -> None:
    assert page(SOUND).xpath("//a[@class='u-audio']/@href") == [SOUND.url]


def test_article_without_enclosure_says_nothing() -> None:
    assert "Écouter" not in page(None).text_content()
