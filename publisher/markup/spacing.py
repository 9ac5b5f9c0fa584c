"""French spacing: the space before `; : ! ? »` and after `«` must not end a line."""

import re

_NARROW, _WIDE = "\u202f", "\u00a0"
_BEFORE_HIGH = re.compile(r"(?<=\S) (?=[;!?])")
_BEFORE_COLON = re.compile(r"(?<=\S) (?=:(?![:/]))|(?<=«) | (?=»)")
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"<(/?)([a-z0-9]+)")
_VERBATIM = frozenset(("code", "pre", "kbd", "samp"))
_SPACED = (" :", " ;", " !", " ?", " »", "« ")  # a look for six texts takes a hundredth of a walk through the tags


def space_french(text: str) -> str:
    """French text with no-break spaces where it has plain ones: narrow before `; ! ?`, wide by `:` and quotation marks.

    No space is added where none stands, so that times, addresses and the habits of other countries stay as they are.
    """
    if not _has_any(text):
        return text
    return _BEFORE_COLON.sub(_WIDE, _BEFORE_HIGH.sub(_NARROW, text))


def space_french_html(html: str) -> str:
    """Clean HTML with French spacing in its text, never in code or in a tag."""
    if not _has_any(html):
        return html
    parts = _TAG.split(html)
    depth = 0
    for index, part in enumerate(parts):
        if index % 2:  # a tag
            found = _NAME.match(part)
            if found and found[2] in _VERBATIM:
                depth += -1 if found[1] else 1
        elif part and not depth:
            parts[index] = space_french(part)
    return "".join(parts)


def _has_any(text: str) -> bool:
    return any(map(text.__contains__, _SPACED))
