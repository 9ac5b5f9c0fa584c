"""How legible a text is: what share of its words a scanner has plainly spoilt. Nothing is corrected by guess."""

import re
from unicodedata import category

from publisher.ingest.clippings.sureness import Sureness

_TOKEN = re.compile(r"\S+")
_EDGES = "\"'«»“”„‘’()[]{}.,;:!?…*_-–—►■•/"
_JOINTS = re.compile(r"['’./&:,°–-]+")
# Letters, a number with a unit or between letters ("14h30"), a road or a code ("A54").
_PLAIN = re.compile(r"[^\W\d_]+|[€$£]?\d+(?:[^\W\d_]{1,4}\d*)?[²³%‰€$£+]*|[A-ZÀ-Þ]{1,5}\d+[A-Za-z]?|[€$£%+#]")
_LINKS = ("http:", "https:", "www.", "mailto:")
_MIXED_CASE = re.compile(r"[a-zß-ÿ][A-ZÀ-Þ]{1,2}[a-zß-ÿ]")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
_MOST = 5000
_FEWEST = 25
_NEARLY_ALL = 0.25
_MANY = 0.12
_SOME = 0.05


def read_legibility(text: str) -> Sureness:
    """How sure it is that a text can be read as it stands."""
    tokens = [token for found in _iter_tokens(text) if (token := found.strip(_EDGES))]
    if len(tokens) < _FEWEST:
        return Sureness(0.9, "")
    spoilt = [token for token in tokens if is_spoilt(token)]
    share = len(spoilt) / len(tokens)
    reason = f"{len(spoilt)} of {len(tokens)} words look spoilt, such as {', '.join(spoilt[:3])}"
    if share >= _NEARLY_ALL:
        return Sureness(0.1, reason)
    if share >= _MANY:
        return Sureness(0.3, reason)
    return Sureness(0.7, reason) if share >= _SOME else Sureness(0.95, "")


def _iter_tokens(text: str) -> list[str]:
    tokens = []
    for found in _TOKEN.finditer(text):
        tokens.append(found[0])
        if len(tokens) == _MOST:
            break
    return tokens


def is_spoilt(token: str) -> bool:
    """Whether a word can't be one: signs or digits among its letters, capitals inside it, no vowel."""
    if token.startswith(_LINKS) or "@" in token or token.startswith("#") or len(token) > 60:
        return False
    token = _without_marks(token)
    if not all(_PLAIN.fullmatch(part) for part in _JOINTS.split(token) if part):
        return True
    if _MIXED_CASE.search(token) and not token.startswith(("Mc", "Mac", "De", "Le", "La", "Van")):
        return True
    return _CONSONANTS.fullmatch(token) is not None


def _without_marks(token: str) -> str:
    """A word without the signs that stand on its letters, as half of all scripts write vowels."""
    return token if token.isalnum() else "".join(char for char in token if not category(char).startswith("M"))
