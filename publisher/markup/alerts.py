"""The titles that the marks of alerts stand for (`> [!WARNING]`), in the language of the article."""

import re

_TITLE = re.compile(r'(?<=<p class="markdown-alert-title">)(Note|Tip|Important|Warning|Caution|Info|Danger)(?=</p>)')
_NAMES = {
    "fr": {"Tip": "Conseil", "Warning": "Attention", "Caution": "Prudence"},
    "nl": {
        "Note": "Opmerking",
        "Important": "Belangrijk",
        "Warning": "Waarschuwing",
        "Caution": "Voorzichtig",
        "Danger": "Gevaar",
    },
    "de": {
        "Note": "Hinweis",
        "Tip": "Tipp",
        "Important": "Wichtig",
        "Warning": "Warnung",
        "Caution": "Vorsicht",
        "Danger": "Gefahr",
    },
}


def name_alerts(html: str, language: str) -> str:
    """Clean HTML with its alerts' English titles in French, Dutch or German where that is the article's language."""
    names = _NAMES.get(language.split("-")[0])
    return _TITLE.sub(lambda found: names.get(found[0], found[0]), html) if names and "markdown-alert" in html else html
