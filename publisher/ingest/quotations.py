"""Pull quotes: a labelled box in a clipping ("LA PHRASE") becomes a quotation with its speaker."""

import re
from collections.abc import Sequence

from publisher.ingest.blocks import Block, Kind, without_emphasis
from publisher.ingest.repair import unwrap

_LABEL_NAMES = (
    "la phrase, la phrase du jour, la citation, la citation du jour, citation, the quote, quote, quote of the day, "
    "quotation, in their words, het citaat, citaat, citaat van de dag, de quote, de uitspraak, das zitat, zitat"
)
_LABELS = frozenset(_LABEL_NAMES.split(", "))
_NOT_LETTERS = re.compile(r"[^\w ]+")
_QUOTE_MARKS = '"«»“”„‘’ \t\u00a0\u202f'
_DASH = re.compile(r"^[—–-]{1,2}[ \t]*")
_LONGEST_SPEAKER = 140
_LONGEST_BARE_SPEAKER = 80


def fold_quotations(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with each labelled pull quote folded into one Markdown quotation; a label without words stays."""
    folded: list[Block] = []
    index = 0
    while index < len(blocks):
        taken, quotation = _take_quotation(blocks[index : index + 3])
        folded.append(quotation if quotation else blocks[index])
        index += taken
    return folded


def is_label(text: str) -> bool:
    """Whether a line announces a pull quote."""
    words = _NOT_LETTERS.sub(" ", text).replace("_", " ").split()
    return " ".join(words).casefold() in _LABELS


def _take_quotation(blocks: Sequence[Block]) -> tuple[int, Block | None]:
    if not is_label(blocks[0].text) or len(blocks) < 2:
        first, _, rest = blocks[0].text.partition("\n")
        if blocks[0].kind is not Kind.PROSE or not rest or not is_label(first):
            return 1, None
        blocks = (Block(Kind.PROSE, first), Block(Kind.PROSE, rest), *blocks[1:])
        taken, quotation = _take_quotation(blocks)
        return max(1, taken - 1), quotation
    words, speaker = _split_speaker(blocks[1])
    if not words:
        return 1, None
    if not speaker and len(blocks) > 2 and _is_speaker(blocks[2]):
        return 3, _quote(words, _clean_speaker(blocks[2].text))
    return 2, _quote(words, speaker)


def _split_speaker(block: Block) -> tuple[str, str]:
    """The words of a box, and its speaker where its last line names one."""
    if block.kind is Kind.FIXED and not block.text.startswith(">"):
        return "", ""
    lines = [line.lstrip("> ").rstrip() for line in block.text.split("\n")]
    last = lines[-1]
    if len(lines) > 1 and (_DASH.match(last) or without_emphasis(last) != last) and len(last) <= _LONGEST_SPEAKER:
        return _clean_words("\n".join(lines[:-1])), _clean_speaker(last)
    return _clean_words("\n".join(lines)), ""


def _is_speaker(block: Block) -> bool:
    text = block.text
    is_dashed = bool(_DASH.match(text))
    if block.kind is Kind.HEADING or "\n" in text or len(text) > _LONGEST_SPEAKER:
        return False
    if block.kind is Kind.FIXED:  # to Markdown, a line that begins with a hyphen is a list
        return is_dashed
    if without_emphasis(text) != text or is_dashed:
        return True
    return len(text) <= _LONGEST_BARE_SPEAKER and "," in text and text[0].isupper() and text[-1] not in ".!?"


def _clean_words(text: str) -> str:
    return without_emphasis(unwrap(text).strip()).strip(_QUOTE_MARKS)


def _clean_speaker(text: str) -> str:
    return _DASH.sub("", without_emphasis(_DASH.sub("", text.strip()))).strip()


def _quote(words: str, speaker: str) -> Block:
    return Block(Kind.FIXED, f"> {words}\n>\n> — {speaker}" if speaker else f"> {words}")
