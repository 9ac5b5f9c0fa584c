"""Lines that belong to a page and to no article: its number, its head, "continued on A4", a website's buttons."""

import re
from collections.abc import Iterable

from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.clippings.words import fold_words
from publisher.ingest.dates import find_written_date

_LONGEST_HEAD = 90
_LONGEST_SECTION = 42
_SECTION_WORDS = 6
_HEAD_WORDS = 12
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
        rf"|more)[ ,:]+(?:on[ ]|from[ ]|to[ ])?(?:[A-Z][\w ]{{1,30}},[ ])?(?:{_ON_PAGE}|[A-Z]\d{{1,2}}|back[ ]page)",
        rf"from[ ]{_ON_PAGE}",
        rf"(?:vervolg(?:[ ](?:op|van|van[ ]de))?|lees[ ](?:verder|meer|ook)(?:[ ]op)?|zie(?:[ ]ook)?(?:[ ]op)?"
        rf"|meer[ ]op)[ ,:]+(?:{_ON_PAGE}|voorpagina)",
        rf"(?:fortsetzung(?:[ ](?:auf|von))?|weiter[ ]auf|(?:lesen[ ]sie|mehr|bericht)(?:[ ]\w+)?(?:[ ]auf)?"
        rf"|siehe(?:[ ]auch)?)[ ,:]+(?:auf[ ])?{_ON_PAGE}",
    )
)
_JUMP_LINE = re.compile(rf"[(\[►▶▸→>■*_ \t]*(?:[\w'’ -]{{2,30}}[,:–—-][ ]?)?(?:{_JUMP})[)\]►▶▸→>*_. \t]*", re.I)
_JUMP_AT_END = re.compile(rf"(?:[(\[►▶▸→>]|(?<=[.!?…»”\"])\s)(?:[ ]?(?:{_JUMP}))[ ]?[)\]]?\.?$", re.I)
_CAME = re.compile(r"(?:from[ ]p|suite[ ]de|continued[ ]from|cont['’]?d[ ]from|vervolg[ ]van|fortsetzung[ ]von)", re.I)
_MAY_END_IN_JUMP = re.compile(r"[\d).\]e]")
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
_BUTTON = (
    r"(?:partager|enregistrer|sauvegarder|commenter|réagir|imprimer|share|save|comments?|print|tweet|like|delen|bewaren"
    r"|reageer|reacties|afdrukken|teilen|merken|kommentieren|kommentare|drucken|facebook|twitter|whatsapp|e-?mail)"
)
_BUTTONS = re.compile(rf"{_BUTTON}(?:[ ]?\(\d+\))?(?:[ \t|·•,/]+{_BUTTON}(?:[ ]?\(\d+\))?)+", re.I)
_PHONE = re.compile(r"\d{1,2}[:.]\d\d(?:[ \t]+[^ \t]{1,9}){0,6}?[ \t]+\d{1,3}[ ]?%|[=≡☰][ ]?[^\W\d_][\w. ]{1,20}")
_PAPER_WORDS = (
    "gazette courrier journal écho echo soir libre dépêche voix avenir quotidien hebdo bulletin tribune presse krant "
    "courant klok nieuws nieuwsblad dagblad weekblad standaard bode nieuwsbode volksblad bote anzeiger zeitung blatt "
    "tageblatt tagblatt kurier nachrichten rundschau volksblatt morgenpost mercury ledger times post herald news "
    "chronicle observer guardian telegraph argus examiner"
)
_PAPERS = frozenset(_PAPER_WORDS.split())
_COMPOUNDS = (
    "bode",
    "krant",
    "courant",
    "dagblad",
    "weekblad",
    "bote",
    "anzeiger",
    "zeitung",
    "kurier",
    "rundschau",
    "post",
)
_NUMBERED = re.compile(r"\d{1,3}[ ][A-ZÀ-Þ]\w+|[A-ZÀ-Þ]\w+[ ]\d{1,3}")
_TRAIL = re.compile(r"[A-ZÀ-Þ][\w' -]{1,24}(?:[ ][>›»][ ][A-ZÀ-Þ][\w' -]{1,40}){2,5}")
_SLUG_NUMBER = re.compile(r"\d+|[a-z]{1,4}\d+|[A-Z]{2,}-\d+", re.I)
_SLUG_AGENCY = re.compile(r"(?:belga|afp|anp|dpa|ap|reuters|ats|apa)\b(?=[- ]|$)", re.I)
_WIRE = re.compile(
    r"eds\.?:[ ].{3,80}|[A-Z]{2,}-[\w-]+,[ ](?:\d[a-z]{2}[ ])?ld-writethru|_{3,}"
    r"|(?-i:[A-Z]{2,3}(?:/[A-Z]{2,3})+/?)|.{3,90}\bcontributed to this (?:report|story)\.?",
    re.I,
)
_TAIL = re.compile(
    r"(?:dpa|afp|kna|epd)-(?:notizblock|hinweis)|notizblock|redaktionelle[ ]hinweise|notes?[ ]to[ ]editors?", re.I
)
_FEWEST_REPEATED = 3
_APART = re.compile(r"[ \t]*[|•·–—/][ \t]*|[ \t]+-[ \t]+|[ \t]{3,}|\t")


def is_page_number(line: str) -> bool:
    """Whether a line has a page's number and nothing else ("4", "— 4 —", "Page 4", "Seite 3 von 8")."""
    text = line.strip()
    return len(text) <= _LONGEST_NUMBER and bool(_PAGE.fullmatch(text))


def is_jump(line: str) -> bool:
    """Whether a line only says where the article goes on or came from ("suite en page 4", "continued on A4")."""
    text = line.strip()
    return len(text) <= _LONGEST_HEAD and bool(_JUMP_LINE.fullmatch(text))


def comes_from(line: str) -> bool:
    """Whether a line says on which page the article began ("continued from A1")."""
    return is_jump(line) and bool(_CAME.match(line.strip("([*_►▶▸→>■ \t")))


def without_jump(paragraph: str) -> str:
    """The paragraph without such a hint in brackets at its end."""
    text = paragraph.rstrip()
    if not _MAY_END_IN_JUMP.search(text[-1:]):
        return paragraph
    start = max(0, len(text) - _LONGEST_HEAD)
    found = _JUMP_AT_END.search(text, start)
    return text[: found.start()].rstrip() if found else paragraph


def is_running_head(line: str) -> bool:
    """Whether a line has a running head's form: a paper and its day, or short parts, one of them a page's number."""
    text = line.strip().strip("*_")
    if not 4 <= len(text) <= _LONGEST_HEAD:
        return False
    if find_written_date(text) and _has_paper(text) and len(text.split()) <= _HEAD_WORDS:
        return True
    parts = [part for part in _APART.split(text) if part.strip(" ,")]
    if len(parts) < 2 or any(len(part.split()) > 6 for part in parts):
        return False
    dated = find_written_date(text) is not None
    ends = (parts[0].strip(), parts[-1].strip())
    numbers = sum(is_page_number(part) or (dated and bool(_NUMBERED.fullmatch(part))) for part in ends)
    return numbers > 0 and (dated or len(parts) == 2 or numbers + len(parts) > 3) and _has_name(parts)


def _has_name(parts: Iterable[str]) -> bool:
    return any(any(letter.isalpha() for letter in part) and part.strip()[:1].isupper() for part in parts)


def is_site_furniture(line: str) -> bool:
    """Whether a line is a website's, an archive's or a phone's own ("Publicité", "Lire aussi : …", "9:41 4G 63%")."""
    text = line.strip()
    if len(text) > _LONGEST_SITE:
        return False
    if _BUTTONS.fullmatch(text) or _PHONE.fullmatch(text):
        return True
    text = text.strip("*_►▶[]() ")
    return bool(_CLOSES.fullmatch(text) or _RIGHTS.fullmatch(text) or _TRAIL.fullmatch(text)) or _repeats_itself(text)


def _repeats_itself(text: str) -> bool:
    """Whether a line is one word or two, over and over with signs between ("SPORT ■ SPORT ■ SPORT")."""
    words = text.split()
    if len(words) < _FEWEST_REPEATED or words[0] != words[-1]:
        return False
    parts = [part.strip() for part in re.split(r"[^\w\s]+", text)]
    return len(parts) > 2 and len(set(parts)) == 1 and len(parts[0]) > 2 and len(parts[0].split()) <= 2


def is_wire_tail(line: str) -> bool:
    """Whether a line begins what a wire tells its clients below an article ("dpa-Notizblock")."""
    return bool(_TAIL.fullmatch(line.strip().strip("#*_ ")))


def is_wire_furniture(line: str) -> bool:
    """Whether a line is a wire's own: its slug ("BELGA-0412 3 GEN 0188"), a note to editors, who else has helped."""
    text = line.strip()
    if not text or len(text) > _LONGEST_HEAD:
        return False
    return bool(_WIRE.fullmatch(text)) or (text[-1].isdigit() and _is_slug(text.split()))


def _is_slug(words: list[str]) -> bool:
    numbers = sum(bool(_SLUG_NUMBER.fullmatch(word)) for word in words)
    return numbers >= 2 and 2 * numbers >= len(words) and any(map(_SLUG_AGENCY.match, words))


def is_marked_page_number(line: str) -> bool:
    """Whether a line has a page's number that a word or dashes show to be one."""
    text = line.strip()
    return len(text) <= _LONGEST_NUMBER and bool(_MARKED_PAGE.fullmatch(text))


def is_section_head(line: str) -> bool:
    """Whether a line may be a page's head: a few words in capitals, or the name of a paper."""
    text = line.strip().strip("*_")
    words = text.split()
    if not 2 <= len(text) <= _LONGEST_SECTION or len(words) > _SECTION_WORDS or text[-1] in '.!?…:;,"»”-':
        return False
    return is_capitals(text) or (text.isupper() and text.isalpha()) or names_paper(text)


def is_numbered_head(line: str) -> bool:
    """Whether a page's number stands at one end of a few words in capitals ("REGIO 9")."""
    words = line.split()
    return 1 < len(words) <= _SECTION_WORDS and is_capitals(line) and (words[0].isdigit() or words[-1].isdigit())


def names_paper(text: str) -> bool:
    """Whether a short line has a word that newspapers are called by ("La Gazette de Liège")."""
    return text[:1].isupper() and len(text.split()) <= _SECTION_WORDS and _has_paper(text)


def _has_paper(text: str) -> bool:
    words = fold_words(text)
    return bool(_PAPERS.intersection(words)) or any(
        word.endswith(_COMPOUNDS) and len(word) > len("anzeiger") for word in words
    )


def is_noise(line: str) -> bool:
    """Whether a line has no letter and no digit, only specks that a scanner took for signs."""
    text = line.strip()
    signs = set(text) - {" "}
    return bool(text) and not any(letter.isalnum() for letter in text) and (len(signs) > 1 or len(text) == 1)
