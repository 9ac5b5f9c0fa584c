"""File names that a scanner, a camera or an archive gave, and that say nothing of the text."""

import re

_PART = re.compile(r"[^\W_]+")
_GIVEN = re.compile(
    r"(?:scan|scans|scanned|numerisation|numérisation|img|image|dsc|doc|document|dokument|page|pagina|seite|file|fichier"
    r"|bestand|datei|untitled|sans|titre|photo|foto|picture|screenshot|capture|ecran|écran|schermafbeelding|bildschirmfoto|whatsapp|pxl|clipping|coupure|knipsel|ocr|text|texte|copy|copie)?\d*",
    re.I,
)
_HEXADECIMAL = re.compile(r"(?=[a-f]*\d)[0-9a-f]{6,}", re.I)


def is_scan_name(words: str) -> bool:
    """Whether a file's name is a number, a digest or a word such as "scan", so that an address needs the title."""
    parts = _PART.findall(words)
    return bool(parts) and all(_GIVEN.fullmatch(part) or _HEXADECIMAL.fullmatch(part) for part in parts)
