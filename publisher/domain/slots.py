"""Slots: the places in a rendered digest or notice that differ by recipient.

Templates write them with `slot("unsubscribe_url")`; the mail room encodes a variant once and then only fills them.
The mark is plain ASCII letters and digits, so that neither HTML nor CSS inlining nor transfer encoding touches it.
"""

import re
from enum import StrEnum

_MARK = "xSLOT{}SLOTx"
PATTERN = re.compile(r"xSLOT([a-z_]+)SLOTx")


class Name(StrEnum):
    """What may differ by recipient."""

    UNSUBSCRIBE_URL = "unsubscribe_url"
    PREFERENCES_URL = "preferences_url"
    CONFIRM_URL = "confirm_url"
    EMAIL = "email"


def mark(name: str) -> str:
    """The text that stands where the recipient's own value goes. Raises ValueError for a name that is none."""
    return _MARK.format(Name(name).value)


def fill(text: str, values: dict[str, str]) -> str:
    """The text with each mark replaced; a name without a value becomes empty."""
    return PATTERN.sub(lambda found: values.get(found[1], ""), text)


def defuse(text: str) -> str:
    """Somebody else's text so that nothing in it is a mark: else an article could ask for its reader's address."""
    return text.replace("xSLOT", "x-SLOT")
