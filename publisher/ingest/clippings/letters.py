"""What a scanner or a typesetter left in a text's letters and spaces: ligatures, spaced words, spaces before a stop."""

import re

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_WITHOUT_WIDTH = "\u200b\u2060\ufeff"
_MENDED = str.maketrans({**_LIGATURES, **dict.fromkeys(_WITHOUT_WIDTH, "")})
_INNER_SPACES = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_BEFORE_STOP = re.compile(r"(?<=[\w\"»”“’)])[ ]+(?=[.,](?:\s|$))")
_IN_PARENTHESES = re.compile(r"(?<!\S)\(\s+(?=\w)|(?<=\w)\s+\)(?=[\s.,;:!?]|$)")
_PAIRS = (("“", "”"), ("‘", "’"), ("„", "“"), ("„", "”"), ("‚", "‘"))
_IN_QUOTES = re.compile(
    "|".join(
        rf"(?<!\S){opens}\s(?P<in{at}>[^“”„‘{closes}]{{1,600}}?)\s{closes}(?=[\s.,;:!?)]|$)"
        for at, (opens, closes) in enumerate(_PAIRS)
    )
)
_BEFORE_MARK = re.compile(r"(?<=[\w”’“)])[ ](?=[:;!?](?:\s|[”’“)]|$))")
_CAPITAL = "[A-ZÀ-ÖØ-ÞŒ]"
_SPACED = re.compile(
    rf"(?<!\S){_CAPITAL}(?:[ ]{{1,2}}{_CAPITAL}){{3,}}(?!\S)|(?<!\S)[^\W\d_](?:[ ][^\W\d_]){{4,}}(?!\S)"
)


def mend_letters(text: str) -> str:
    """The text with its ligatures as plain letters (œ and æ are letters and stay), without zero-width spaces."""
    return text if text.isascii() else text.translate(_MENDED)


def mend_spaces(text: str, *, is_french: bool = True) -> str:
    """Prose with one space between words, none before a full stop or a comma, and s p a c e d words closed up.

    None inside a pair of parentheses or of curly quotation marks either, and none before ; : ! ? but in French.
    """
    text = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    text = _BEFORE_STOP.sub("", _INNER_SPACES.sub(" ", text))
    if "(" in text or ")" in text:
        text = _IN_PARENTHESES.sub(lambda found: found[0].strip(), text)
    if any(opens in text for opens in "“‘„‚"):
        text = _BEFORE_STOP.sub("", _IN_QUOTES.sub(_close_up, text))
    return text if is_french else _BEFORE_MARK.sub("", text)


def _close_up(found: re.Match[str]) -> str:
    return f"{found[0][0]}{found[0][1:-1].strip()}{found[0][-1]}"
