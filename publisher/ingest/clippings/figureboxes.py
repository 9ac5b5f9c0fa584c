"""Figure boxes: a label ("LE CHIFFRE"), a number set large, and what it counts."""

import re
from collections.abc import Sequence

from publisher.ingest.clippings.blocks import Block, Kind, without_emphasis
from publisher.ingest.clippings.boxes import FigureBox
from publisher.ingest.clippings.labels import is_figure_label
from publisher.ingest.clippings.repair import unwrap

_LONGEST_BOX = 400
_AMOUNT = r"[+±−-]?[€$£]?[ ]?\d+(?:[.,'’ \u00a0\u202f/:]\d+)*"
_UNIT = (
    r"(?:[ \u00a0\u202f]?(?:%|‰|€|\$|£|°C?|km/h|km²?|kg|m²|m³|MW|GWh|kWh|tonnes?|millions?|milliards?|mille|million"
    r"|billion|"
    r"miljoen|miljard|duizend|Mio\.?|Mrd\.?|Millionen|Milliarden|Tausend|euros?|Euro|dollars?|pour[ ]cent|percent"
    r"|per[ ]cent|"
    r"procent|Prozent|ans|jours|heures|minutes|jaar|dagen|uur|years|days|hours|Jahre|Tage|Stunden|mètres|meter"
    r"|metres))*"
)
_NUMBER = re.compile(rf"{_AMOUNT}{_UNIT}(?:[ ]d['’](?:euros|habitants))?")
_OWN_NUMBER = re.compile(r"(?=.*(?:[.,'’%€$£]|[^\W\d_]{2})).+")
_LONGEST_UNLABELLED = 120
_NUMBER_FIRST = re.compile(
    rf"^[*_]{{0,2}}(?P<number>{_AMOUNT}{_UNIT})[*_]{{0,2}}(?:[ ]?[:.–—-][ ]+|[ ]*\n[ ]*|[ ]+)(?P<words>.+)$", re.S
)


def fold_figures(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with each labelled figure box folded into one; a label that no number follows stays."""
    folded: list[Block] = []
    index = 0
    while index < len(blocks):
        taken, box = _take_figure(blocks[index : index + 3])
        folded.append(Block(Kind.BOX, box.number, box=box) if box else blocks[index])
        index += taken
    return folded


def _take_figure(blocks: Sequence[Block]) -> tuple[int, FigureBox | None]:
    first, _, rest = blocks[0].text.partition("\n")
    if blocks[0].kind in (Kind.FIXED, Kind.BOX) or not is_figure_label(first):
        return _read_unlabelled(blocks)
    if rest:
        return _read_box((Block(Kind.PROSE, rest), *blocks[1:2]), before=0)
    return _read_box(blocks[1:3], before=1) if len(blocks) > 1 else (1, None)


def _read_unlabelled(blocks: Sequence[Block]) -> tuple[int, FigureBox | None]:
    """A number that can be no page's, alone over a short line that ends in a full stop, before a paragraph."""
    number = without_emphasis(blocks[0].text).strip()
    if len(blocks) < 3 or blocks[0].kind is not Kind.PROSE or not _OWN_NUMBER.fullmatch(number):
        return 1, None
    words, after = blocks[1], blocks[2]
    if words.kind is not Kind.PROSE or not _NUMBER.fullmatch(number) or len(words.text) > _LONGEST_UNLABELLED:
        return 1, None
    if not words.text.rstrip().endswith(".") or len(after.text) <= len(words.text):
        return 1, None
    return 2, FigureBox(number, without_emphasis(unwrap(words.text).strip()))


def _read_box(blocks: Sequence[Block], *, before: int) -> tuple[int, FigureBox | None]:
    """The box whose number begins the first block; its words follow there or are the next block."""
    text = blocks[0].text
    if blocks[0].kind in (Kind.BOX, Kind.FIXED) or len(text) > _LONGEST_BOX:
        return 1, None
    bare = without_emphasis(text).strip()
    if _NUMBER.fullmatch(bare):
        if len(blocks) > 1 and blocks[1].kind is Kind.PROSE and len(blocks[1].text) <= _LONGEST_BOX:
            return before + 2, FigureBox(bare, without_emphasis(unwrap(blocks[1].text).strip()))
        return before + 1, FigureBox(bare)
    found = _NUMBER_FIRST.match(text)
    if not found:
        return 1, None
    return before + 1, FigureBox(found["number"].strip(), without_emphasis(unwrap(found["words"]).strip()))
