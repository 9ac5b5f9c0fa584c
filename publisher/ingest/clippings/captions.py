"""Captions and credits of pictures that a clipping no longer has."""

import re
from dataclasses import dataclass

_LONGEST = 300
_LONGEST_CREDIT = 70
_SHORTEST_CREDIT = 3
_MOST_LINES = 6
_LONGEST_NAME = 6
_MARKUP = re.compile(r"^[*_]{1,3}|[*_]{1,3}$")
_LABEL = re.compile(
    r"[(\[]?(?:(?:crédits?|credits?)(?:[ ]photos?)?|photos?(?:[ ]d['’]archives?|[ ]credit|[ ]prétexte)?"
    r"|foto(?:['’]?s)?|archiefbeeld|archivbild"
    r"|bild(?:er)?|bildunterschrift|beeld|pictures?|image|images|illustration|illustratie|infographie|graphic|légende"
    r"|caption"
    r"|bijschrift|onderschrift|dessin|tekening|archives?)[ ]?(?:©|:)",
    re.I,
)
_SIGN = re.compile(r"[(\[]?(?:©|\(c\))[ ]?[^\W\d_]", re.I)
_BY = re.compile(
    r"[(\[]?(?:photos?|photographs?|pictures?|images?|foto['’]?s?|bild(?:er)?)[ ](?:by|par|door|van"
    r"|von)[ ]\S.{2,50}",
    re.I,
)
_AGENCY_PHOTO = re.compile(
    r"[(\[]?(?:(?i:photo|foto|bild|image)[ ](?:BELGA|Belga|AFP|EPA|Reuters|REUTERS|AP|dpa|ANP|PN|DR|D\.R\.)|(?:BELGA"
    r"|AFP|EPA|AP|REUTERS)[ ](?i:photo|foto|image)).{0,40}[)\]]?"
)
_WHO = r"(?:[A-ZÀ-Þ]\.[ -]?)*[^.\n]{2,60}"
_CREDIT_WORD = r"photos?|foto(?:['’]?s)?|bild|crédits?(?:[ ]photos?)?|picture|photograph|image|beeld"
_CREDIT_AT_END = re.compile(
    rf"(?:[ ]|^)[(\[]?(?:©|\(c\)|(?i:{_CREDIT_WORD})[ ]?[:/©]|(?:Photo|Foto|Bild|PHOTO|FOTO|Picture)[ ](?=[A-Z]))"
    rf"[ ]?{_WHO}[)\]]?\.?$"
)


@dataclass(frozen=True, slots=True)
class Caption:
    """A picture's caption without its credit, and that credit; either may be empty."""

    words: str
    credit: str


def read_caption(text: str) -> Caption | None:
    """A block that is a picture's caption or credit, labelled as one or ended by one ("… © Belga"), else None."""
    text = _MARKUP.sub("", text.strip())
    if not _SHORTEST_CREDIT <= len(text) <= _LONGEST or text.count("\n") >= _MOST_LINES:
        return None
    text = " ".join(text.split())
    credit = _CREDIT_AT_END.search(text)
    if _is_credit(text) or (credit and not text[: credit.start()].strip()):
        return Caption("", text)
    label = _LABEL.match(text)
    if label is None and credit is None:
        return None
    words = text[: credit.start()].rstrip(" (") if credit else text
    if label is None:
        return Caption(words, text[len(words) :].strip())
    if _is_name(text[label.end() :]):
        return Caption("", text)
    return Caption(words[label.end() :].strip(), f"{label[0]} {text[len(words) :]}".strip())


def _is_name(text: str) -> bool:
    """Whether what follows "Photo:" is whom it is by, rather than what it shows."""
    return len(text.split()) <= _LONGEST_NAME and not text.rstrip().endswith(".")


def _is_credit(text: str) -> bool:
    return len(text) <= _LONGEST_CREDIT and any((_SIGN.match(text), _AGENCY_PHOTO.fullmatch(text), _BY.fullmatch(text)))


def take_credits(text: str) -> tuple[str, list[str]]:
    """A paragraph's lines without the credits that fell among them, and those credits."""
    lines = text.split("\n")
    are_credits = [_is_credit_line(line.strip()) for line in lines]
    taken = [line.strip() for line, is_credit in zip(lines, are_credits, strict=True) if is_credit]
    if not taken:
        return text, []
    return "\n".join(line for line, is_credit in zip(lines, are_credits, strict=True) if not is_credit), taken


def _is_credit_line(line: str) -> bool:
    if len(line) < _SHORTEST_CREDIT:
        return False
    return _is_credit(line) or (len(line) <= _LONGEST_CREDIT and bool(_LABEL.match(line)))
