"""Characters that XML 1.0 can't carry, not even escaped (XML 1.0, section 2.2)."""

import re

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def strip_illegal(text: str) -> str:
    """The text without control characters, lone surrogates and the two non-characters."""
    return _ILLEGAL.sub("", text)
