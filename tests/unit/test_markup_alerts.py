"""Alerts speak the language of their article."""

import pytest

from publisher.markup import name_alerts, render_markdown


@pytest.mark.parametrize(
    ("language", "title"), [("fr", "Attention"), ("fr-BE", "Attention"), ("nl", "Waarschuwing"), ("en", "Warning")]
)
def test_alert_speaks_its_articles_language(language: str, title: str) -> None:
    html = name_alerts(render_markdown("> [!WARNING]\n> Warning: hot.\n"), language)
    assert f'alert-title">{title}</p>\n<p>Warning: hot.</p>' in html


def test_own_title_of_an_alert_stays() -> None:
    html = render_markdown("> [!WARNING] Chaud devant\n> Oui.\n")
    assert name_alerts(html, "fr") == html
