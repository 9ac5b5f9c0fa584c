"""What a page, not its article, says: page numbers, running heads and feet, "continued on A4", a website's buttons."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from publisher.ingest.blocks import Block, Kind
from publisher.ingest.capitals import is_capitals
from publisher.ingest.dates import find_written_date
from publisher.ingest.words import FINAL, fold_words

_LONGEST_HEAD = 90
_LONGEST_REPEATED = 70
_LONGEST_NUMBER = 30
_LONGEST_SITE = 200
_PAGE_WORD = r"(?:pages?|pag\.|pagina|blz\.?|bladzijde|seiten?|p\.|pp\.|s\.)"
_NUMBER = r"[A-Z]?\d{1,4}"
_OF = r"(?:[ ]?(?:/|sur|of|van|von)[ ]?\d{1,4})?"
_SIGNS = r"[-–—|•·~*\[\]()<>/ \t]*"
_PAGE = re.compile(rf"{_SIGNS}(?:{_PAGE_WORD}[ ]?)?{_NUMBER}{_OF}{_SIGNS}", re.I)
_MARKED_PAGE = re.compile(
    rf"{_SIGNS}{_PAGE_WORD}[ ]?{_NUMBER}{_OF}{_SIGNS}|[-–—|•·~\[(]+[ ]?{_NUMBER}[ ]?[-–—|•·~\])]+", re.I
)
_PAGES = rf"{_NUMBER}(?:[ ]?(?:,|-|–|et|and|en|und|à)[ ]?{_NUMBER})*"
_ON_PAGE = rf"(?:{_PAGE_WORD}[ ]?{_PAGES})"
_JUMP = "|".join(
    (
        rf"(?:lire|voir)(?:[ ](?:aussi|également|la[ ]suite|notre[ ]\w+|nos[ ]\w+))?[ ,]+(?:en[ ]|à[ ]la[ ]|aux[ ]"
        rf"|à[ ])?{_ON_PAGE}",
        rf"(?:la[ ])?suite(?:[ ]de[ ]l['’]article|[ ]et[ ]fin)?[ ,:]+(?:en[ ]|à[ ]la[ ]|de[ ]la[ ]|aux[ ]|de[ ]"
        rf"|à[ ])?(?:{_ON_PAGE}|dernière[ ]page|une)",
        rf"(?:story[ ])?(?:continued|continues|cont['’]?d\.?|see|turn[ ]to|full[ ]story|read[ ]more"
        rf"|more)[ ,:]+(?:on[ ]|from[ ]|to[ ])?(?:{_ON_PAGE}|[A-Z]\d{{1,2}}|back[ ]page)",
        rf"(?:vervolg(?:[ ](?:op|van|van[ ]de))?|lees[ ](?:verder|meer|ook)(?:[ ]op)?|zie(?:[ ]ook)?(?:[ ]op)?"
        rf"|meer[ ]op)[ ,:]+(?:{_ON_PAGE}|voorpagina)",
        rf"(?:fortsetzung(?:[ ](?:auf|von))?|weiter[ ]auf|(?:lesen[ ]sie|mehr|bericht)(?:[ ]\w+)?(?:[ ]auf)?"
        rf"|siehe(?:[ ]auch)?)[ ,:]+(?:auf[ ])?{_ON_PAGE}",
    )
)
_JUMP_LINE = re.compile(rf"[(\[►▶▸→>■*_ \t]*(?:[\w'’ -]{{2,30}}[,:–—-][ ]?)?(?:{_JUMP})[)\]►▶▸→>*_. \t]*", re.I)
_JUMP_AT_END = re.compile(rf"(?:\s*[(\[►▶▸→>]|(?<=[.!?…»”\"])\s+)(?:[ ]?(?:{_JUMP}))[ ]?[)\]]?\.?$", re.I)
_CLOSES = re.compile(
    r"(?:publicité|annonce|advertisement|advertentie|reclame|anzeige|werbung|partager|share|delen|teilen|imprimer|print"
    r"|(?:article )?réservé aux abonnés|abonnez-vous.{0,40}|subscribe(?: now)?|abonneer(?: je)?|voor abonnees"
    r"|temps de lecture ?: ?\d+ ?min\w*\.?|lecture ?: ?\d+ ?min\w*\.?|\d+ min(?:ute)?s? read|leestijd ?: ?\d+ "
    r"?min\w*\.?"
    r"|lesezeit ?: ?\d+ ?min\w*\.?|tous droits (?:de reproduction )?réservés\.?|all rights reserved\.?"
    r"|alle rechten voorbehouden\.?|alle rechte vorbehalten\.?"
    r"|(?:lire|à lire|voir) (?:aussi|également) ?: ?.{3,120}|read (?:also|more) ?: ?.{3,120}|lees (?:ook|meer) ?: "
    r"?.{3,120}"
    r"|lesen sie auch ?: ?.{3,120})",
    re.I,
)
_RIGHTS = re.compile(
    r"(?:©|\(c\)|copyright).{0,80}\b(?:19|20)\d\d\b.{0,80}|.{0,80}(?:tous droits|all rights).{0,40}réserv.{0,20}", re.I
)
_APART = re.compile(r"[ \t]*[|•·–—/][ \t]*|[ \t]+-[ \t]+|[ \t]{3,}|\t")
_DIGITS = re.compile(r"[\d\W_]+")


def is_page_number(line: str) -> bool:
    """Whether a line has a page's number and nothing else ("4", "— 4 —", "Page 4", "Seite 3 von 8")."""
    text = line.strip()
    return len(text) <= _LONGEST_NUMBER and bool(_PAGE.fullmatch(text))


def is_jump(line: str) -> bool:
    """Whether a line only says where the article goes on or came from ("suite en page 4", "continued on A4")."""
    text = line.strip()
    return len(text) <= _LONGEST_HEAD and bool(_JUMP_LINE.fullmatch(text))


def without_jump(paragraph: str) -> str:
    """The paragraph without such a hint in brackets at its end."""
    return _JUMP_AT_END.sub("", paragraph)


def is_running_head(line: str) -> bool:
    """Whether a line has a running head's form: short parts set apart, one of them a page's number."""
    text = line.strip().strip("*_")
    if not 4 <= len(text) <= _LONGEST_HEAD:
        return False
    parts = [part for part in _APART.split(text) if part.strip(" ,")]
    if len(parts) < 2 or any(len(part.split()) > 6 for part in parts):
        return False
    numbers = sum(is_page_number(part) for part in (parts[0], parts[-1]))
    dated = find_written_date(text) is not None
    return numbers > 0 and (dated or len(parts) == 2 or numbers + len(parts) > 3) and _has_name(parts)


def _has_name(parts: Iterable[str]) -> bool:
    return any(any(letter.isalpha() for letter in part) and part.strip()[:1].isupper() for part in parts)


def is_site_furniture(line: str) -> bool:
    """Whether a line is a website's or an archive's own ("Publicité", "Lire aussi : …", "All rights reserved")."""
    text = line.strip().strip("*_►▶[]() ")
    return len(text) <= _LONGEST_SITE and bool(_CLOSES.fullmatch(text) or _RIGHTS.fullmatch(text))


def take_running(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """The blocks without what belongs to the page, and those lines, in order."""
    kept: list[Block] = []
    taken: list[str] = []
    repeated = _find_repeated(blocks)
    for index, block in enumerate(blocks):
        if (block.kind in (Kind.PROSE, Kind.HEADING) and _is_repeated(blocks, index, repeated)) or (
            block.kind is Kind.FIXED and is_page_number(block.text)
        ):
            taken.append(block.text)
        elif block.kind is Kind.PROSE:
            left = _without_lines(block.text, taken)
            kept += [Block(Kind.PROSE, left)] if left else []
        elif block.kind is Kind.HEADING and (is_jump(block.text) or is_running_head(block.text)):
            taken.append(block.text)
        else:
            kept.append(block)
    return kept, taken


def _without_lines(text: str, taken: list[str]) -> str:
    lines = text.split("\n")
    is_alone = len(lines) == 1
    kept: list[str] = []
    for index, line in enumerate(lines):
        at_edge = is_alone or index in (0, len(lines) - 1)
        if _is_furniture(line, is_alone=is_alone, at_edge=at_edge):
            taken.append(line.strip())
            continue
        shorter = without_jump(line) if line.rstrip()[-1:] in ")]." or at_edge else line
        if shorter != line:
            taken.append(line[len(shorter) :].strip())
        if shorter.strip():
            kept.append(shorter)
    return "\n".join(kept)


def _is_furniture(line: str, *, is_alone: bool, at_edge: bool) -> bool:
    if is_jump(line) or is_running_head(line) or _MARKED_PAGE.fullmatch(line.strip()):
        return True
    if is_alone and is_page_number(line):
        return True
    return at_edge and is_site_furniture(line)


def _key(text: str) -> str:
    return _DIGITS.sub(" ", text).strip().casefold()


def _find_repeated(blocks: Sequence[Block]) -> frozenset[str]:
    """The lines that stand alone more than once, but for their digits, as only a page's head does."""
    lines = [block.text for block in blocks if block.kind is not Kind.FIXED and len(block.text) <= _LONGEST_REPEATED]
    counted = Counter(_key(line) for line in lines if "\n" not in line and line[-1:] not in FINAL)
    return frozenset(key for key, count in counted.items() if count > 1 and key and fold_words(key))


def _is_repeated(blocks: Sequence[Block], index: int, repeated: frozenset[str]) -> bool:
    text = blocks[index].text
    if _key(text) not in repeated:
        return False
    has_digits = any(letter.isdigit() for letter in text)
    if index == 0:
        return has_digits or (len(blocks) > 1 and bool(blocks[1].level or is_capitals(blocks[1].text)))
    before = blocks[index - 1].text.rstrip()
    return has_digits or is_capitals(text) or before[-1:] not in FINAL
