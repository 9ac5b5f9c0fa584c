"""What a scanner or a typesetter left in a text's letters and spaces: ligatures, spaced words, spaces before a stop."""

import re

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_WITHOUT_WIDTH = "\u200b\u2060\ufeff"
_MENDED = str.maketrans({**_LIGATURES, **dict.fromkeys(_WITHOUT_WIDTH, "")})
_INNER_SPACES = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_BEFORE_STOP = re.compile(r"(?<=[\w\"»”’)])[ ]+(?=[.,](?:\s|$))")
_CAPITAL = "[A-ZÀ-ÖØ-ÞŒ]"
_SPACED = re.compile(
    rf"(?<!\S){_CAPITAL}(?:[ ]{{1,2}}{_CAPITAL}){{3,}}(?!\S)|(?<!\S)[^\W\d_](?:[ ][^\W\d_]){{4,}}(?!\S)"
)


def mend_letters(text: str) -> str:
    """The text with its ligatures as plain letters (œ and æ are letters and stay), without zero-width spaces."""
    return text if text.isascii() else text.translate(_MENDED)


def mend_spaces(text: str) -> str:
    """Prose with one space between words, none before a full stop or a comma, and s p a c e d words closed up."""
    text = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    return _BEFORE_STOP.sub("", _INNER_SPACES.sub(" ", text))
