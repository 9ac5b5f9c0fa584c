"""Kickers: the few words above a headline that name its section or place."""

from publisher.ingest.clippings.blocks import Block, Kind, without_emphasis
from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.clippings.headlines import begins_with_function_word, opens_small
from publisher.ingest.clippings.signatures import read_signature
from publisher.ingest.words import ends_open

_LONGEST = 45
_MOST_WORDS = 4
_BELOW_WORDS = 3
_SUBTITLE_WORDS = 6
_CLOSED = '»”“"!?'
_SECTION_NAMES = (
    "actualité, courrier, courrier des lecteurs, culture, économie, éditorial, édito, enquête, entretien, "
    "l'entretien, environnement, faits divers, football, histoire, interview, international, justice, monde, "
    "politique, portrait, rencontre, reportage, santé, science, sciences, société, sport, sports, tribune, opinion, "
    "opinions, chronique, business, comment, education, environment, health, history, letters, letters to the editor, "
    "local news, news, obituary, politics, profile, the interview, transport, travel, world, binnenland, buitenland, "
    "cultuur, economie, gezondheid, lezersbrief, lezersbrieven, milieu, onderwijs, opinie, politiek, portret, "
    "reportage, samenleving, voetbal, wetenschap, gesundheit, geschichte, gespräch, im gespräch, kultur, leserbrief, "
    "leserbriefe, lokales, meinung, panorama, politik, porträt, regional, wirtschaft, wissenschaft, stadtgeschichte, "
    "umwelt, bildung, kommentar, leitartikel, nachruf, arts, books, cricket, cyclisme, editorial, faits-divers, "
    "gemeinderat, gemeenteraad, handball, kunst, land, leute, local briefs, musik, musique, muziek, music, natuur, "
    "polizei, politie, police, région, regio, religion, rugby, schaatsen, tennis, theater, théâtre, turnen, verkehr, "
    "verkeer, wielrennen, zwemmen"
)
_NOTICE_NAMES = (
    "petites annonces, annonces, annonces légales, avis, avis nécrologiques, carnet, immobilier, emploi, "
    "publireportage, "
    "public notices, public notice, legal notices, classifieds, classified, advertisement, advertisements, "
    "advertorial, "
    "zoekertjes, kleine advertenties, advertentie, familieberichten, uitslagen, uitslagen en standen, officiële "
    "mededelingen, bekendmakingen, kleinanzeigen, anzeige, anzeigen, familienanzeigen, stellenanzeigen, stellenmarkt, "
    "amtliche bekanntmachungen, bekanntmachung, ergebnisse, results, résultats, mots croisés, crossword, "
    "kruiswoordraadsel, kreuzworträtsel, horoscope, horoscoop, horoskop"
)
_NOTICES = frozenset(_NOTICE_NAMES.split(", "))
_SECTIONS = frozenset(_SECTION_NAMES.split(", "))


def is_section(text: str) -> bool:
    """Whether a line is the usual name of a newspaper's section."""
    return without_emphasis(text.strip()).casefold() in _SECTIONS


def is_notice(text: str) -> bool:
    """Whether a line heads what is no article: notices, advertisements, results, puzzles."""
    return without_emphasis(text.strip()).casefold() in _NOTICES


def is_kicker(block: Block, headline: str) -> bool:
    """Whether a block above a heading is its kicker."""
    text = without_emphasis(block.text)
    if block.kind not in (Kind.PROSE, Kind.HEADING) or "\n" in text or not text or read_signature(text):
        return False
    is_short = len(text) <= _LONGEST and len(text.split()) <= _MOST_WORDS + 1
    return is_short and not text.endswith((".", ",", ";")) and len(text) < max(len(headline), 12)


def stands_above(first: str, second: str) -> bool:
    """Whether the first of two lines is the kicker of the second."""
    first, second = without_emphasis(first), without_emphasis(second)
    words = first.split()
    if "\n" in first or len(first) > _LONGEST or len(words) > _MOST_WORDS:
        return False
    if first.endswith(":") or first.casefold() in _SECTIONS:
        return True
    if opens_small(second) or ends_open(first) or (begins_with_function_word(second) and is_capitals(second)):
        return len(words) == 1 and not opens_small(second) and not ends_open(first)
    if len(words) == 1 and not is_capitals(first) and len(second.split()) >= _SUBTITLE_WORDS:
        return is_capitals(second)  # a headline of one word, and a line that explains it
    if is_capitals(first) != is_capitals(second):
        return is_capitals(first) or len(words) <= 3
    return len(words) <= 2 or (len(words) <= 3 and 2 * len(first) < len(second))


def stands_below(first: str, second: str) -> bool:
    """Whether the second of two lines in capitals is the kicker, which a scanner read after the headline."""
    words = without_emphasis(second).split()
    is_short = len(words) <= _BELOW_WORDS and (is_closed(first) or 2 * len(second) <= len(first) + 1)
    return is_short and is_capitals(second) and not begins_with_function_word(second) and not ends_open(first)


def is_closed(text: str) -> bool:
    """Whether a headline ends where nothing can follow: in a quotation mark, a question, a call."""
    return text.rstrip("*_ ")[-1:] in _CLOSED
