"""Captions and credits of pictures that a clipping no longer has."""

import re

_LONGEST = 300
_LONGEST_CREDIT = 70
_MOST_LINES = 5
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
_AGENCY_PHOTO = re.compile(
    r"[(\[]?(?:(?i:photo|foto|bild|image)[ ](?:BELGA|Belga|AFP|EPA|Reuters|REUTERS|AP|dpa|ANP|PN|DR|D\.R\.)|(?:BELGA"
    r"|AFP|EPA|AP|REUTERS)[ ](?i:photo|foto|image)).{0,40}[)\]]?"
)
_CREDIT_AT_END = re.compile(
    r"(?:[ ]|^|\n)[(\[]?(?:©|\(c\)|(?i:photos?|foto(?:['’]?s)?|bild|crédits?(?:[ ]photos?)?|picture|photograph|image"
    r"|beeld)[ ]?[:/©]|(?:Photo|Foto|Bild|PHOTO|FOTO|Picture)[ ](?=[A-Z]))[ ]?(?P<who>[^.\n]{2,60})[)\]]?\.?$"
)


def is_caption(text: str) -> bool:
    """Whether a block is a picture's caption or credit: labelled as one, or ended by one ("… © Belga")."""
    text = _MARKUP.sub("", text.strip())
    if len(text) > _LONGEST or text.count("\n") >= _MOST_LINES:
        return False
    return bool(_LABEL.match(text) or _is_credit(text) or _CREDIT_AT_END.search(text))


def _is_credit(text: str) -> bool:
    return len(text) <= _LONGEST_CREDIT and bool(_SIGN.match(text) or _AGENCY_PHOTO.fullmatch(text))


def take_captions(text: str) -> tuple[str, list[str]]:
    """A paragraph's lines without the credits that fell among them, and those credits."""
    lines = text.split("\n")
    taken = [line.strip() for line in lines if _is_credit_line(line.strip())]
    return "\n".join(line for line in lines if not _is_credit_line(line.strip())), taken


def _is_credit_line(line: str) -> bool:
    return _is_credit(line) or (len(line) <= _LONGEST_CREDIT and bool(_LABEL.match(line)))
