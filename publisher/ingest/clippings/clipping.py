"""A raw clipping, scanned or cut from a wire, as title, standfirst, byline, date and a clean Markdown body.

Each step is a small rule over blocks, and says how sure it is; what is no prose (code, lists, tables) is never touched.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from publisher.ingest.clippings.blocks import Block, Kind, join_blocks, split_blocks
from publisher.ingest.clippings.boxes import Box, FigureBox, PullQuote, box_html
from publisher.ingest.clippings.capitals import is_capitals, restore, restore_name, restore_opening
from publisher.ingest.clippings.captions import read_caption, take_credits
from publisher.ingest.clippings.crossheads import find_crosshead
from publisher.ingest.clippings.datelines import Dateline, take_dateline
from publisher.ingest.clippings.figureboxes import fold_figures
from publisher.ingest.clippings.heads import read_head
from publisher.ingest.clippings.judging import judge_authors, judge_title, read_dating
from publisher.ingest.clippings.leads import without_lead_sign
from publisher.ingest.clippings.letters import mend_letters, mend_spaces
from publisher.ingest.clippings.lexicon import Lexicon, learn
from publisher.ingest.clippings.parting import part_articles
from publisher.ingest.clippings.quotations import fold_quotations, fold_repeated
from publisher.ingest.clippings.repair import join_columns, join_hyphenated, split_paragraphs, unwrap, vocabulary
from publisher.ingest.clippings.running import take_running
from publisher.ingest.clippings.signatures import read_signature
from publisher.ingest.clippings.signing import Signing, take_signatures
from publisher.ingest.clippings.soundness import judge_body
from publisher.ingest.clippings.standfirsts import take_standfirst
from publisher.ingest.clippings.sureness import Sureness
from publisher.ingest.words import main_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """What a clipping says. `title`, `headline`, `kicker` and `standfirst` are inline Markdown, `body` is Markdown.

    `headline` is the title as printed where that differs, else empty. `authors` are people, then agencies. What was
    left out of the body is in `captions` and `furniture`, bylines and date lines as they stood in `signed`.
    `certainties` says of each field how sure it is, and why.
    """

    title: str
    headline: str = ""
    kicker: str = ""
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    day: date | None = None
    place: str = ""
    body: str = ""
    pullquotes: tuple[PullQuote, ...] = ()
    figures: tuple[FigureBox, ...] = ()
    captions: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    certainties: Mapping[str, Sureness] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The whole file's text, its words, and what is known of it."""

    text: str
    words: frozenset[str]
    is_english: bool


def read_clipping(
    text: str, *, is_plain: bool = False, languages: tuple[str, ...] = ("fr", "nl", "de", "en")
) -> tuple[Clipping, ...]:
    """The articles of a text that has no header, one where several are not certain.

    `is_plain` for text files, where an indent is no code and an empty line not the only end of a paragraph.
    `languages` are those that it may be in: in English a day in digits may have its month first.
    """
    text = mend_letters(text)
    words = vocabulary(text)
    blocks, furniture = take_running(_split(text, is_plain=is_plain))
    language = main_language(text, languages)
    mended = _mend_words(blocks, words, is_french=language in ("", "fr"))
    parting = part_articles(fold_figures(fold_quotations(mended)))
    source = _Source(text=text, words=words, is_english=language == "en")
    return tuple(
        _read_article(part, source, furniture=() if index else tuple(furniture), split=parting.sureness)
        for index, part in enumerate(parting.parts)
    )


def _split(text: str, *, is_plain: bool) -> list[Block]:
    blocks = split_blocks(text, is_plain=is_plain)
    return [part for block in blocks for part in split_paragraphs(block)] if is_plain else blocks


def _mend_words(blocks: Iterable[Block], words: frozenset[str], *, is_french: bool) -> list[Block]:
    return [_mend(block, words, is_french=is_french) for block in map(_without_heading_sign, blocks) if block.text]


def _mend(block: Block, words: frozenset[str], *, is_french: bool) -> Block:
    if block.kind in (Kind.FIXED, Kind.BOX):
        return block
    return Block(block.kind, mend_spaces(join_hyphenated(block.text, words), is_french=is_french), block.level)


def _without_heading_sign(block: Block) -> Block:
    if block.kind is not Kind.HEADING:
        return block
    return Block(block.kind, without_lead_sign(block.text), block.level)


def _read_article(blocks: list[Block], source: _Source, *, furniture: tuple[str, ...], split: Sureness) -> Clipping:
    blocks, captions, credited = _take_captions(blocks)
    head = read_head(blocks)
    signing = take_signatures(head.rest, text=source.text)
    standfirst = take_standfirst(signing.rest, byline_at=signing.byline_at)
    dateline, rest = _take_dateline(standfirst.rest)
    body = _repair_body(rest, source)
    lexicon = learn(
        "\n\n".join((standfirst.text, *(block.text for block in body), *_iter_names(body, dateline, captions)))
    )
    body = [_finish(body, index, lexicon) for index in range(len(body))]
    authors, agencies = _read_authors(signing, dateline)
    dating = read_dating(signing.signatures, dateline, page_heads=furniture, is_english=source.is_english)
    boxes = [block.box for block in body if block.box]
    title = restore(head.headline, lexicon)
    return Clipping(
        title=title,
        headline=head.headline if head.headline != title else "",
        kicker=restore(head.kicker, lexicon),
        standfirst=restore_opening(standfirst.text, lexicon),
        authors=tuple(dict.fromkeys((*authors, *agencies))),
        agencies=agencies,
        day=dating.day,
        place=dateline.place or next((one.place for one in signing.signatures if one.place), ""),
        body=join_blocks(body),
        pullquotes=tuple(box for box in boxes if isinstance(box, PullQuote)),
        figures=tuple(box for box in boxes if isinstance(box, FigureBox)),
        captions=tuple(captions),
        furniture=(*furniture, *credited, *head.masthead),
        signed=_written(signing, dateline),
        certainties={
            "title": judge_title(head, lexicon),
            "standfirst": standfirst.sureness,
            "authors": judge_authors(signing),
            "date": dating.sureness,
            "split": split,
            "body": judge_body(body, is_read=head.has_heading),
        },
    )


def _iter_names(body: Iterable[Block], dateline: Dateline, captions: Iterable[str]) -> Iterator[str]:
    """What names people and towns beside the text, as if it stood within a sentence."""
    speakers = (block.box.speaker for block in body if isinstance(block.box, PullQuote))
    yield from (f"x {text}" for text in (dateline.place, *speakers, *captions) if text and not text.isupper())


def _take_captions(blocks: Sequence[Block]) -> tuple[list[Block], list[str], list[str]]:
    """The blocks without captions and credits, the captions, and the credits."""
    kept: list[Block] = []
    captions: list[str] = []
    credited: list[str] = []
    for block in blocks:
        if block.kind is not Kind.PROSE:
            kept.append(block)
        elif (caption := read_caption(block.text)) and not read_signature(block.text.split("\n")[0]):
            captions += [caption.words] if caption.words else []
            credited += [caption.credit] if caption.credit else []
        else:
            left, taken = take_credits(block.text)
            credited += taken
            kept += [Block(Kind.PROSE, left)] if left else []
    return kept, captions, credited


def _take_dateline(blocks: list[Block]) -> tuple[Dateline, list[Block]]:
    """The date line before the first paragraph, and the blocks without it."""
    at = next((index for index, block in enumerate(blocks) if block.kind is Kind.PROSE), None)
    if at is None:
        return Dateline(), blocks
    paragraph = without_lead_sign(blocks[at].text)
    found, left = take_dateline(paragraph)
    if found is None or not left:
        return Dateline(), blocks
    return found, [*blocks[:at], Block(Kind.PROSE, left), *blocks[at + 1 :]]


def _repair_body(blocks: Iterable[Block], source: _Source) -> list[Block]:
    """The paragraphs made whole: apart where they ended, joined where a column or a page broke them."""
    joined = join_columns(fold_repeated(list(blocks)), source.words)
    return [repaired for block in joined if (repaired := _unwrap(block)).text]


def _unwrap(block: Block) -> Block:
    return Block(Kind.PROSE, unwrap(without_lead_sign(block.text))) if block.kind is Kind.PROSE else block


def _finish(blocks: Sequence[Block], index: int, lexicon: Lexicon) -> Block:
    block = blocks[index]
    if block.kind is Kind.BOX:
        box = _restore_box(block.box, lexicon)
        return Block(Kind.BOX, box_html(box), box=box) if box else block
    if block.kind is Kind.HEADING:
        return Block(Kind.HEADING, restore(block.text, lexicon), block.level)
    if block.kind is Kind.FIXED:
        return block
    crosshead = find_crosshead(blocks, index)
    if crosshead:
        return Block(Kind.HEADING, restore(crosshead, lexicon), 2)
    return Block(Kind.PROSE, restore_opening(block.text, lexicon))


def _restore_box(box: Box | None, lexicon: Lexicon) -> Box | None:
    if isinstance(box, PullQuote):
        words = restore(box.words, lexicon) if is_capitals(box.words) else box.words
        name, comma, role = box.speaker.partition(",")
        role = restore(role, lexicon).lower() if role.isupper() and is_capitals(role) else role
        return PullQuote(words, restore_name(name) + comma + role)
    if isinstance(box, FigureBox):
        return FigureBox(box.number, restore(box.words, lexicon) if is_capitals(box.words) else box.words)
    return box


def _read_authors(signing: Signing, dateline: Dateline) -> tuple[tuple[str, ...], tuple[str, ...]]:
    people = [name for signature in signing.signatures for name in signature.authors]
    agencies = [name for signature in signing.signatures for name in signature.agencies]
    return tuple(dict.fromkeys(people)), tuple(dict.fromkeys((*agencies, *dateline.agencies)))


def _written(signing: Signing, dateline: Dateline) -> tuple[str, ...]:
    lines = [signature.line for signature in signing.signatures]
    return tuple(line for line in (*lines, dateline.written) if line)
