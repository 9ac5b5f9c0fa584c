"""Who wrote it: bylines in French, English, Dutch and German, and names that stand alone."""

import re
from dataclasses import dataclass

from publisher.ingest.clippings.agencies import split_agencies
from publisher.ingest.clippings.capitals import restore_name

_LONGEST = 140
_PARTICLE = r"(?:(?:de|du|des|van|der|den|von|ter|ten|zu|la|le|el|al|da|di|dos|y|’t|'t|d’|d'|l’|l')[ ]?)*"
_PART = r"[A-ZÀ-ÞŒŠŽĆČŁ][\w.’'-]*"
_NAME = rf"{_PART}(?:[ ]{_PARTICLE}{_PART}){{1,4}}"
_AND = r"(?:,[ ]|[ ](?:et|and|en|und|&)[ ]|[ ]?[/+][ ]?)"
_NAMES = rf"{_NAME}(?:{_AND}{_NAME})*"
_PLACE = r"(?:[ ](?:à|au|aux|en|in|te|aus|de|from|uit)[ ][^,:–—|]{2,30})?"
_TRADE = r"(?i:redaktion|korrespondent|mitarbeiter|reporter|redakteur)\w*"
_DESK = rf"(?:[ ](?!(?:de|la|le|the|van|von)[ ])[^\W\d_A-ZÀ-Þ][\w-]+|[ ]{_TRADE}){{1,4}}"
_OF_OURS = "|".join(
    (
        rf"(?i:de[ ]notre|notre|par[ ]notre){_DESK}(?:[ ]spéciale?)?{_PLACE}[ ,:–—-]*",
        rf"(?i:by[ ]our|from[ ]our|our|by[ ]a){_DESK}{_PLACE}[ ,:–—-]*",
        rf"(?i:door[ ]onze|van[ ]onze|onze){_DESK}{_PLACE}[ ,:–—-]*",
        rf"(?i:von[ ]unser(?:em|er)|unser(?:e|em|er)?){_DESK}{_PLACE}[ ,:–—-]*",
    )
)
_KINDS = r"entretien|interview|reportage|enquête|analyse|récit|texte?|article|chronique|tekst|verslag|bericht|beitrag"
_BY = "|".join(
    (
        r"(?:propos[ ])?recueillis?[ ]par",
        rf"(?:een[ ]|ein[ ]|un[ ])?(?:{_KINDS})s?[ ](?:réalisée?[ ])?(?:par|de|door|van|von|by)",
        rf"(?:{_KINDS}|words|story|auteure?|autrice|author|autor|autorin|rédaction|redactie|redaktion)s?[ ]?:",
        r"(?:texte?|tekst|words)[ ](?:et|und|en|and)[ ](?:photos?|foto['’]?s?|pictures)(?:[ ]?:|[ ]by|[ ]door)?",
        r"(?:écrit[ ])?par",
        r"by[ ](?:special|senior|staff|chief|political)[ ](?:correspondent|reporter|writer)",
        r"(?:written[ ]|reported[ ]|story[ ]|interview[ ]|words[ ]|text[ ])?by",
        r"(?:interview[ ]|tekst[ ])?door",
        r"von",
        r"die[ ]fragen[ ]stellten?|das[ ](?:gespräch|interview)[ ]führten?|aufgezeichnet[ ]von|opgetekend[ ]door",
    )
)
_LEADS = rf"(?:(?i:{_BY})|{_OF_OURS})"
_TAIL = r"[ ]*(?:[,–—|(/·•-].*|\.|(?:à|en|in|te|aus|avec|with|met|mit|et|and|und|photos?|foto)[ :].*)?"
_BYLINE = re.compile(rf"{_LEADS}[ ]*(?P<names>{_NAMES})(?P<tail>{_TAIL})")
_NAMELESS = re.compile(
    rf"(?:de[ ])?notre[ ](?:correspondante?|envoyée?[ ]spéciale?)(?:[ ]permanente?)?{_PLACE}"
    rf"|(?:par[ ])?(?:la[ ])?rédaction"
    rf"|from[ ]our[ ](?:own[ ]|(?-i:[A-Z])\w+[ ])?correspondent{_PLACE}"
    rf"|(?:by[ ])?(?:our[ ])?staff(?:[ ](?:reporters?|writers?))?"
    rf"|van[ ]onze[ ](?:correspondente?|redact(?:eur|rice)|redactie|verslaggever|medewerker){_PLACE}"
    rf"|(?:door[ ])?(?:de[ ])?redactie"
    rf"|von[ ]unser(?:em|er)[ ](?:korrespondent(?:en|in)|redaktion|mitarbeiter){_PLACE}|redaktion",
    re.I,
)
_ROLE = re.compile(
    r"(?:[\w'’]+[ ]){0,2}(?:envoyée?[ ]spéciale?|correspondante?|journaliste|special[ ]correspondent|(?:senior[ ]"
    r"|staff[ ])?"
    rf"(?:reporter|correspondent|writer|editor)|redacteur|verslaggever|korrespondent(?:in)?|redakteur(?:in)?)s?{_PLACE}",
    re.I,
)
_ROLE_AFTER = re.compile(
    r",[ ](?:envoyée?|correspondante?|special|senior|staff|reporter|editor|journaliste|redact|verslag|korrespondent"
    r"|redakteur|photos?|à|in|en|te|notre|our)\b.*",
    re.I,
)
_MAIL = re.compile(r"[(<]?(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@\w{2,30})[)>]?(?:[ ,|]+@\w{2,30})?")
_BARE = re.compile(rf"[-–—]?[ ]?(?P<names>{_NAMES})\.?")
_WORD = re.compile(r"[^\W\d_]+")
_TAIL_WORDS = 8


@dataclass(frozen=True, slots=True)
class Byline:
    """The people a line names as its writers, and what follows their names."""

    authors: tuple[str, ...] = ()
    tail: str = ""


def read_byline(line: str) -> Byline | None:
    """The writers of a line that says nothing else ("Par Anne Petit, à Liège"); None for a line of text."""
    if len(line) > _LONGEST:
        return None
    found = _BYLINE.fullmatch(line)
    if found and len(_WORD.findall(found["tail"])) <= _TAIL_WORDS and not _is_sentence(line):
        return Byline(_split_names(found["names"]), found["tail"])
    if _NAMELESS.fullmatch(line) or _ROLE.fullmatch(line) or _MAIL.fullmatch(line):
        return Byline()
    return None


def read_bare_names(line: str) -> tuple[str, ...]:
    """The people of a line that is made of two- to four-part names alone, or none."""
    found = _BARE.fullmatch(line)
    if not found or any(len(name.split()) > 4 for name in re.split(_AND, found["names"])):
        return ()
    return _split_names(found["names"])


def _is_sentence(line: str) -> bool:
    words = line.split()
    return line.endswith((".", "!", "?")) and len(words) > 7


def _split_names(text: str) -> tuple[str, ...]:
    role = _ROLE_AFTER.search(text)
    text = text[: role.start()] if role else text
    names = (restore_name(name.strip(" ,")) if len(name) > 4 else name for name in re.split(_AND, text))
    return tuple(name for name in names if name and not (split_agencies(name) and len(name.split()) == 1))
