"""Pull quotes, with their speaker: a labelled box in a clipping ("LA PHRASE"), or words set off from the text."""

import re
from collections import defaultdict
from collections.abc import Sequence

from publisher.ingest.clippings.blocks import Block, Kind, without_emphasis
from publisher.ingest.clippings.boxes import PullQuote
from publisher.ingest.clippings.labels import is_quote_label
from publisher.ingest.clippings.repair import unwrap
from publisher.ingest.words import fold_words

_OPENS, _CLOSES = '"«“„‟‹”', '"»”“›«'
_QUOTE_MARKS = '"«»“”„‘’ \t\u00a0\u202f'
_DASH = re.compile(r"^[—–―-]{1,2}[ \t]*")
_ONE_LINE = re.compile(
    rf"^[{_OPENS}][ \u00a0\u202f]?(?P<words>.+?)[ \u00a0\u202f]?[{_CLOSES}][.,]?"
    r"(?:[ ]*[—–―][ ]*|[ ]+-[ ]+|,?[ ]*\n[ ]*|,[ ]+|[ ]*(?P<bracket>\())(?P<speaker>[^\n]{3,140}?)(?(bracket)\))$",
    re.S,
)
_LONGEST_SPEAKER = 140
_LONGEST_BARE_SPEAKER = 90
_LONGEST_QUOTE = 320
_SHORTEST_QUOTE = 7
_FEWEST_QUOTED, _FEWEST_BARE = 4, 8
_KEY = 4
_MOST_PLACES = 8
_SPEAKER_VERBS = re.compile(r"\b(?:a|ont|dit|said|says|zei|zegt|sagte|sagt|explique|affirme)\b")


def part_labels(block: Block) -> list[Block]:
    """A block with a labelled pull quote between its lines, parted before the label and after the quotation."""
    lines = block.text.split("\n")
    at = next((index for index, line in enumerate(lines) if index and is_quote_label(line)), None)
    if block.kind is not Kind.PROSE or at is None or at + 1 == len(lines):
        return [block]
    if lines[at + 1].lstrip()[:1] not in _OPENS:
        return [block]
    closing = (index for index in range(at + 1, len(lines)) if lines[index].rstrip(" .*_")[-1:] in _CLOSES)
    end = next(closing, len(lines) - 1) + 1
    parts = (lines[:at], lines[at:end], lines[end:])
    return [Block(Kind.PROSE, "\n".join(part)) for part in parts if part]


def fold_quotations(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with each labelled pull quote folded into one box; a label without words stays."""
    blocks = [part for block in blocks for part in part_labels(block)]
    folded: list[Block] = []
    index = 0
    while index < len(blocks):
        taken, found = _take_quotation(blocks[index : index + 3])
        folded += found or [blocks[index]]
        index += taken
    return folded


def _take_quotation(blocks: Sequence[Block]) -> tuple[int, list[Block]]:
    if not is_quote_label(blocks[0].text) or len(blocks) < 2:
        first, _, rest = blocks[0].text.partition("\n")
        if blocks[0].kind is not Kind.PROSE or not rest or not is_quote_label(first):
            return 1, []
        blocks = (Block(Kind.PROSE, first), Block(Kind.PROSE, rest), *blocks[1:2])
        taken, found = _take_quotation(blocks)
        return max(1, taken - 1), found
    words, speaker = _split_speaker(blocks[1])
    if not words:
        return 1, []
    if not speaker and len(blocks) > 2 and _is_speaker(blocks[2]):
        return 3, [make_quote(words, _clean_speaker(blocks[2].text))]
    return 2, [make_quote(words, speaker)]


def _split_speaker(block: Block) -> tuple[str, str]:
    """The words of a box, and its speaker where its last line names one."""
    if block.kind is Kind.BOX or (block.kind is Kind.FIXED and not block.text.startswith((">", "- "))):
        return "", ""
    if block.kind is Kind.FIXED and block.text.startswith("- "):
        return "", ""
    lines = [line.lstrip("> ").rstrip() for line in block.text.split("\n")]
    last = lines[-1]
    if len(lines) > 1 and (_DASH.match(last) or without_emphasis(last) != last) and len(last) <= _LONGEST_SPEAKER:
        return _clean_words("\n".join(lines[:-1])), _clean_speaker(last)
    found = _ONE_LINE.match("\n".join(lines))
    if found and _is_name_line(found["speaker"]):
        return _clean_words(found["words"]), _clean_speaker(found["speaker"])
    return _clean_words("\n".join(lines)), ""


def _is_name_line(text: str) -> bool:
    text = _DASH.sub("", without_emphasis(text.strip()))
    return len(text) <= _LONGEST_SPEAKER and text[:1].isupper() and text[-1:] not in ".!?" and text.count(". ") < 2


def _is_speaker(block: Block) -> bool:
    text = block.text
    is_dashed = bool(_DASH.match(text))
    if block.kind in (Kind.HEADING, Kind.BOX) or "\n" in text or len(text) > _LONGEST_SPEAKER:
        return False
    if block.kind is Kind.FIXED:  # to Markdown, a line that begins with a hyphen is a list
        return is_dashed
    if without_emphasis(text) != text or is_dashed:
        return True
    if len(text) > _LONGEST_BARE_SPEAKER or not _is_name_line(text):
        return False
    words = text.split()
    names = sum(word[:1].isupper() for word in words)
    return ("," in text and not _SPEAKER_VERBS.search(text)) or (
        2 <= len(words) <= 5 and names >= 2 and not text.isupper()
    )


def _clean_words(text: str) -> str:
    return without_emphasis(unwrap(text).strip()).strip(_QUOTE_MARKS)


def _clean_speaker(text: str) -> str:
    return _DASH.sub("", without_emphasis(_DASH.sub("", text.strip()))).strip().strip("()")


def make_quote(words: str, speaker: str) -> Block:
    """A pull quote as a block."""
    return Block(Kind.BOX, words, box=PullQuote(words, speaker))


def fold_repeated(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with words set off that repeat the running text, or stand in quotation marks over a name, as boxes."""
    places = _Places(blocks)
    folded: list[Block] = []
    index = 0
    while index < len(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        words, speaker, taken = _read_set_off(blocks[index], following)
        # The first paragraph opens the article, and a paragraph of its own may be all of what somebody said.
        is_quote = (
            bool(words) and index > 0 and (places.has_elsewhere(words, index) or _is_signed(blocks[index], speaker))
        )
        if is_quote and _is_long_enough(blocks[index], words):
            folded.append(make_quote(words, speaker))
            index += taken
        else:
            folded.append(blocks[index])
            index += 1
    return folded


def _read_set_off(block: Block, following: Block | None) -> tuple[str, str, int]:
    """The words and speaker of a block that may be a pull quote, and how many blocks it takes."""
    is_fit = _SHORTEST_QUOTE <= len(block.text) <= _LONGEST_QUOTE + _LONGEST_SPEAKER
    if block.kind in (Kind.FIXED, Kind.BOX) or not is_fit:
        return "", "", 1
    words, speaker = _split_speaker(Block(Kind.PROSE, block.text))
    if not words or len(words) > _LONGEST_QUOTE:
        return "", "", 1
    if not speaker and following is not None and _is_quoted(block) and _is_speaker(following):
        return words, _clean_speaker(following.text), 2
    return words, speaker, 1


def _is_quoted(block: Block) -> bool:
    text = without_emphasis(block.text.strip())
    if block.level > 0 or text != block.text.strip():
        return True
    # Two quotations with words between them are a paragraph.
    inner = text.rstrip(".")[1:-1]
    return text[:1] in _OPENS and text.rstrip(".")[-1:] in _CLOSES and not set(inner) & set('"«»“”„')


def _is_signed(block: Block, speaker: str) -> bool:
    text = without_emphasis(block.text.strip())
    return bool(speaker) and text[:1] in _OPENS and block.level == 0


def _is_long_enough(block: Block, words: str) -> bool:
    is_marked = without_emphasis(block.text.strip())[:1] in _OPENS or without_emphasis(block.text) != block.text
    return len(fold_words(words)) >= (_FEWEST_QUOTED if is_marked else _FEWEST_BARE)


class _Places:
    """Where each run of four words stands in the prose of a clipping."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._words: list[str] = []
        self._owners: list[int] = []
        self._starts: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, block in enumerate(blocks):
            if block.kind is Kind.PROSE:
                words = fold_words(block.text)
                self._words += words
                self._owners += [index] * len(words)
        for at in range(len(self._words) - _KEY + 1):
            starts = self._starts[tuple(self._words[at : at + _KEY])]
            if len(starts) < _MOST_PLACES:
                starts.append(at)

    def has_elsewhere(self, text: str, owner: int) -> bool:
        """Whether the words of `text` stand in a row in another, longer block than `owner`."""
        words = fold_words(text)
        for at in self._starts.get(tuple(words[:_KEY]), []):
            end = at + len(words)
            if self._words[at:end] == words and owner not in self._owners[at:end] and self._is_longer(at, len(words)):
                return True
        return False

    def _is_longer(self, at: int, length: int) -> bool:
        owner = self._owners[at]
        after = at + length
        return (at > 0 and self._owners[at - 1] == owner) or (
            after < len(self._owners) and self._owners[after] == owner
        )
