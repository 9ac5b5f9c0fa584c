"""Characters that a feed must not hold: those that XML can't carry, and those that validators fault for good reason."""

import re

# XML 1.0, section 2.2: without what it can't carry, not even escaped, and of what it discourages the controls from 7F
# on (a quotation mark of Windows that was read as Latin-1 becomes one) and the code points that are no characters.
_PLANES = "".join(f"{chr(plane)}-{chr(plane + 0xFFFD)}" for plane in range(0x10000, 0x110000, 0x10000))
_LEGAL = f"\t\n\r -~\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd{_PLANES}"
_ALL_LEGAL = re.compile(f"[{_LEGAL}]*")
_ILLEGAL = re.compile(f"[^{_LEGAL}]")


def strip_illegal(text: str) -> str:
    """The text without control characters, lone surrogates and what Unicode says is no character."""
    return text if _ALL_LEGAL.fullmatch(text) else _ILLEGAL.sub("", text)  # nearly all are, and that is told sooner
