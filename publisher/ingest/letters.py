"""What a scanner's or a typesetter's character set left in a text: ligatures, and letters that take no room."""

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_WITHOUT_WIDTH = "\u200b\u2060\ufeff"
_MENDED = str.maketrans({**_LIGATURES, **dict.fromkeys(_WITHOUT_WIDTH, "")})


def mend_letters(text: str) -> str:
    """The text with its ligatures as plain letters (œ and æ are letters and stay), without zero-width spaces."""
    return text if text.isascii() else text.translate(_MENDED)
