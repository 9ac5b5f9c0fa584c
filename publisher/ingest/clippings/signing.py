"""The bylines, date lines and agencies around a clipping's text, taken out of it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from publisher.ingest.clippings.agencies import find_signed, split_agencies
from publisher.ingest.clippings.blocks import Block, Kind, without_emphasis
from publisher.ingest.clippings.bylines import read_bare_names
from publisher.ingest.clippings.pages import names_paper
from publisher.ingest.clippings.signatures import Signature, read_signature, read_signatures
from publisher.ingest.clippings.words import FUNCTION_WORDS

_WITHIN = 5
_NAMES_WITHIN = 2
_SHORTEST_TEXT = 60
_LONGEST_STANDFIRST = 250
_PLACE_WORDS = 2
_NAME_WORDS = 4
_ENDS = re.compile(r"[.!?…][\"»”’')\]]*$")
_INITIALS = re.compile(r"[(\[]?(?:[A-ZÀ-Þ]\.[ -]?){2,4}[)\]]?")
_SMALL_INITIALS = re.compile(r"\([a-zà-ÿ]{2,4}(?:[/+][A-Za-zà-ÿ]{2,6}){0,2}\)")
_INITIAL = re.compile(r"[A-ZÀ-Þ]\.")
_INITIALLED = re.compile(
    r"(?P<text>.*[.!?…][\"»”“’')]*)[ \n](?P<signed>\((?P<names>[A-Za-zà-ÿ]{2,6}(?:[/+ ,]{1,2}[A-Za-zà-ÿ]{2,6}){0,2})\)"
    r"|(?P<bare>[a-zà-ÿ]{2,4}|[A-Z]{2,4}|(?:[A-ZÀ-Þ]\.[ -]?){2,4}))",
    re.S,
)
_OPENED = re.compile(r"\((?P<names>[a-z]{2,4}|[A-Z]{2,3})\)\s+(?=[A-ZÀ-Þ\"„“«])")
_NO_INITIALS = frozenset(("sic", "fin", "red", "réd", "suite", "end", "ende", "einde", "foto", "photo", "ends"))
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """The blocks without signatures, these in order, and before which block the first byline stood (None without)."""

    rest: list[Block]
    signatures: tuple[Signature, ...]
    byline_at: int | None = None
    is_bare: bool = False


def take_signatures(blocks: Sequence[Block], *, text: str) -> Signing:
    """The signatures below a headline and at the end; `text` is the whole clipping, which shows what is no name."""
    kept: list[Block] = []
    found: list[Signature] = []
    byline_at: int | None = None
    is_bare = False
    for index, block in enumerate(blocks):
        signatures = read_signatures(block.text) if block.kind is Kind.PROSE and index < _WITHIN else ()
        nobody = not any(one.authors for one in found) and (not found or found[-1].is_byline)
        if not signatures and nobody and index < _NAMES_WITHIN + len(found) and _is_names(blocks, index, text=text):
            signatures, is_bare = (_bare_signature(block.text),), True
        if not signatures or len(blocks) == 1:
            kept.append(block)
            continue
        found += signatures
        byline_at = len(kept) if byline_at is None else byline_at
    kept, opened = _take_opening(kept)
    found += opened
    rest, last, is_bare_end = _take_last(kept, text=text, has_byline=any(one.authors for one in found))
    return Signing(rest=rest, signatures=(*found, *last), byline_at=byline_at, is_bare=is_bare or is_bare_end)


def _bare_signature(line: str) -> Signature:
    signed = find_signed(line.strip())
    return Signature(
        authors=read_bare_names(_name_alone(line)),
        agencies=split_agencies(signed["signed"]) if signed else (),
        line=line.strip(),
        is_byline=True,
    )


def _name_alone(line: str) -> str:
    """A name without the town that follows it ("Anne Petit, Liège")."""
    text = without_emphasis(line.strip())
    signed = find_signed(text)
    text = text[: signed.start()] if signed else text
    name, comma, place = text.rpartition(",")
    is_place = bool(comma) and len(place.split()) <= _PLACE_WORDS and len(name.split()) <= _NAME_WORDS
    return name if is_place and place.strip()[:1].isupper() else text


def _is_names(blocks: Sequence[Block], index: int, *, text: str) -> bool:
    """Whether a line below the headline is nothing but people's names, the text following at once."""
    if index + 1 >= len(blocks) or blocks[index].kind is not Kind.PROSE:
        return False
    if index and len(blocks[0].text) > _LONGEST_STANDFIRST:
        return False
    after = blocks[index + 1]
    if after.kind is Kind.PROSE and after.text.isupper() and len(after.text.split()) <= _PLACE_WORDS:
        after = blocks[min(index + 2, len(blocks) - 1)]
    is_followed = after.kind is Kind.PROSE and (len(after.text) >= _SHORTEST_TEXT or bool(read_signatures(after.text)))
    return is_followed and _are_names(blocks[index].text, text=text)


def _are_names(line: str, *, text: str) -> bool:
    line = _name_alone(line)
    names = read_bare_names(line) if "\n" not in line and not names_paper(line) else ()
    words = {word.casefold() for name in names for word in _WORD.findall(name) if word[:1].isupper()} - FUNCTION_WORDS
    is_sentence = (
        bool(names) and not _INITIAL.match(names[0]) and _WORD.findall(names[0])[0].casefold() in FUNCTION_WORDS
    )
    if not words or is_sentence:
        return False
    # A crosshead's words come from the text, a writer's name hardly ever.
    counted = Counter(word for word in map(str.casefold, _WORD.findall(text)) if word in words)
    return max(counted.values(), default=0) <= 1 or text.count(names[0]) > 1


def _take_last(blocks: list[Block], *, text: str, has_byline: bool) -> tuple[list[Block], tuple[Signature, ...], bool]:
    """The blocks without the signatures that close them, line by line, and whether a bare name was one."""
    kept = list(blocks)
    found: list[Signature] = []
    is_bare = False
    while len(kept) > 1 or (kept and "\n" in kept[-1].text):
        block = kept[-1]
        if block.kind is not Kind.PROSE:
            break
        above, _, line = block.text.rpartition("\n")
        if above and "\n" not in above and not has_byline and _are_names(block.text.replace("\n", ", "), text=text):
            above, line = "", block.text.replace("\n", ", ")
        signature = read_initials(line) or read_signature(line)
        is_end = bool(above or _ENDS.search(kept[-2].text.rstrip()) or kept[-2].kind is not Kind.PROSE)
        is_open = bool(above) and not _ENDS.search(above.rstrip())
        may_be_bare = signature is None and not (has_byline or is_bare or is_open) and is_end
        if may_be_bare and _are_names(line, text=text):
            signature, is_bare = _bare_signature(line), True
        if signature is None or (is_open and not read_signature(above)):
            break
        found.insert(0, signature)
        kept[-1:] = [Block(Kind.PROSE, above)] if above else []
    kept = _without_agencies(kept, found)
    return (kept if found else _without_initials(kept, found)), tuple(found), is_bare


def _take_opening(blocks: list[Block]) -> tuple[list[Block], list[Signature]]:
    """The blocks without the initials in parentheses that open the first paragraph, as in German papers."""
    at = next((index for index, block in enumerate(blocks) if block.kind is Kind.PROSE), None)
    opened = _OPENED.match(blocks[at].text) if at is not None else None
    if at is None or opened is None or split_agencies(opened["names"]):
        return blocks, []
    signature = Signature(authors=(opened["names"],), line=opened[0].strip())
    return [*blocks[:at], Block(Kind.PROSE, blocks[at].text[opened.end() :]), *blocks[at + 1 :]], [signature]


def _split_initials(text: str) -> list[str]:
    return [text] if "." in text else re.split(r"[/+ ,]+", text)


def _without_initials(blocks: list[Block], found: list[Signature]) -> list[Block]:
    """The blocks without the initials that close the last paragraph ("… zur Hälfte. mho", "… op de taart.” (hvd)")."""
    if not blocks or blocks[-1].kind is not Kind.PROSE:
        return blocks
    closed = _INITIALLED.fullmatch(blocks[-1].text.rstrip())
    names = _split_initials(closed["names"] or closed["bare"]) if closed else []
    if closed is None or any(name.casefold() in _NO_INITIALS | FUNCTION_WORDS for name in names):
        return blocks
    agencies = tuple(agency for name in names for agency in split_agencies(name))
    people = tuple(name for name in names if not split_agencies(name))
    found.append(Signature(authors=people, agencies=agencies, line=closed["signed"]))
    return [*blocks[:-1], Block(Kind.PROSE, closed["text"])]


def read_initials(line: str) -> Signature | None:
    """Whoever signs with initials on a line of their own ("J.-P. L."); None for any other line."""
    text = without_emphasis(line.strip())
    if not (_INITIALS.fullmatch(text) or _SMALL_INITIALS.fullmatch(text)):
        return None
    names = _split_initials(text.strip("()[] "))
    if not _NO_INITIALS.isdisjoint(names):
        return None
    agencies = tuple(agency for name in names for agency in split_agencies(name))
    people = tuple(name for name in names if not split_agencies(name))
    return Signature(authors=people, agencies=agencies, line=text, is_byline=True)


def _without_agencies(blocks: list[Block], found: list[Signature]) -> list[Block]:
    """The blocks without the agencies that sign the last paragraph in parentheses."""
    at = max((index for index, block in enumerate(blocks) if block.kind is Kind.PROSE), default=None)
    signed = find_signed(blocks[at].text.rstrip()) if at is not None else None
    if at is None or signed is None or not blocks[at].text[: signed.start()].strip():
        return blocks
    found.append(Signature(agencies=split_agencies(signed["signed"]), line=signed["signed"]))
    return [*blocks[:at], Block(Kind.PROSE, blocks[at].text[: signed.start()].rstrip()), *blocks[at + 1 :]]
