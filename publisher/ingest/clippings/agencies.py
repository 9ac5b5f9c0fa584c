"""News agencies, by the names and letters they sign with."""

import re

_NAMES = (
    "Belga|BELGA|AFP|Reuters|REUTERS|ANP|dpa|DPA|AP|EFE|ANSA|APA|ATS|Keystone-ATS|SDA|sda|KNA|epd|EPD|PA Media|"
    "Press Association|Associated Press|Agence France-Presse|Bloomberg|TASS|Xinhua|LUSA|Lusa|PAP"
)
_DESK = r"(?:/[a-z]{2,4})?"
_ONE = rf"(?:{_NAMES}){_DESK}"
_BETWEEN = r"(?:[ ]?[/,+][ ]?|[ ](?:et|and|en|und|&)[ ]|-(?=[A-Z]))"
_WITH = r"(?:(?:[Aa]vec|[Ww]ith|[Mm]et|[Mm]it|[Dd]’après|[Dd]'après|[Ss]ource[ ]?:|[Bb]ron[ ]?:|[Qq]uelle[ ]?:)[ ])?"
SIGNED = rf"[(\[]{_WITH}{_ONE}(?:{_BETWEEN}{_ONE})*(?:[ ]?[/,+][ ]?[A-Z]{{2,4}})?[)\]]"
_LINE = re.compile(rf"[(\[]?{_WITH}{_ONE}(?:{_BETWEEN}{_ONE})*(?:[ ]?[/,+][ ]?[A-Z]{{2,4}})?[)\]]?\.?")
_LONGEST = 120
_AT_END = re.compile(rf"[ ]?(?P<signed>{SIGNED})\.?$")
_FIND = re.compile(rf"(?<![\w-])(?P<name>{_NAMES}){_DESK}(?![\w-])")
_USUAL = {
    "BELGA": "Belga",
    "REUTERS": "Reuters",
    "DPA": "dpa",
    "Associated Press": "AP",
    "Agence France-Presse": "AFP",
    "Press Association": "PA Media",
    "EPD": "epd",
    "SDA": "sda",
    "LUSA": "Lusa",
}


def split_agencies(text: str) -> tuple[str, ...]:
    """The agencies in a signature such as "BELGA/AFP", by their usual names, each once."""
    return tuple(dict.fromkeys(_USUAL.get(found["name"], found["name"]) for found in _FIND.finditer(text)))


def read_agency_line(text: str) -> tuple[str, ...]:
    """The agencies of a line that names nothing else, "(avec Belga)", or none."""
    return split_agencies(text) if _LINE.fullmatch(text) else ()


def find_signed(text: str) -> re.Match[str] | None:
    """The agencies in parentheses at a text's end; the group `signed` holds them."""
    return _AT_END.search(text, max(0, len(text) - _LONGEST)) if text.endswith((")", "]", ".")) else None
