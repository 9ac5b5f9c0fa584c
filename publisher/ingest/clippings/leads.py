"""The sign that a newspaper puts before a clipping's first paragraph."""

import re

_SIGNS = "►▶▸⯈‣■◼●"
_LEAD = re.compile(rf"^[*_]{{0,2}}[{_SIGNS}]\ufe0f?[ \t]*")
_LEAD_AT_END = re.compile(rf"[{_SIGNS}]\ufe0f?[ \t]*(?P<marks>[*_]{{0,2}})\s*$")


def has_lead_sign(paragraph: str) -> bool:
    """Whether the sign that opens a clipping's first paragraph stands here."""
    return bool(_LEAD.match(paragraph))


def ends_in_lead_sign(paragraph: str) -> bool:
    """Whether that sign stands here at the end, before the paragraph that it announces."""
    return bool(_LEAD_AT_END.search(paragraph))


def without_lead_sign(paragraph: str) -> str:
    """The paragraph without that sign at its front or its end; empty where there is nothing else."""
    text = _LEAD.sub(lambda found: found[0].rstrip("\ufe0f \t")[:-1], paragraph).lstrip()
    at_end = _LEAD_AT_END.search(text)
    if at_end:
        text = text[: at_end.start()].rstrip() + at_end["marks"]
    return text if text == paragraph or text.strip("*_ \t") else ""
