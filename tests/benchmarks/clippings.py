"""How well clippings are read: precision and recall a field over the corpus of tests/data/clippings."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.benchmarks.figure import Aim, Figure, Options, Sense
from tests.clipping_reading import read_corpus
from tests.clippings import AIMS, FIELDS, Marks, Score, total


def measure(options: Options) -> Iterator[Figure]:
    """A figure for precision and one for recall of each field; beneath the last, tables by kind and by language."""
    marks = read_corpus()
    figures = [figure for field, score in total(marks).items() for figure in _figures(field, score)]
    yield from figures[:-1]
    yield replace(figures[-1], beneath="\n".join(_beneath(marks, lists_misses=options.lists_misses)))


def _figures(field: str, score: Score) -> tuple[Figure, Figure]:
    aim = Aim(sense=Sense.LEAST, bound=AIMS[field], of_ratio=False) if field in AIMS else None
    return (
        Figure(what=f"clippings: {field}, precision", unit=f"of {score.found}", ours=(score.precision,), aim=aim),
        Figure(what=f"clippings: {field}, recall", unit=f"of {score.wanted}", ours=(score.recall,), aim=aim),
    )


def _beneath(marks: Sequence[Marks], *, lists_misses: bool) -> Iterator[str]:
    yield ""
    yield from tabulate(marks, "kind", lambda each: each.clip.kind)
    yield ""
    yield from tabulate(marks, "language", lambda each: each.clip.language)
    if lists_misses:
        yield ""
        yield from (str(miss) for each in marks for miss in each.misses)


def tabulate(marks: Sequence[Marks], heading: str, key: Callable[[Marks], str]) -> Iterator[str]:
    """A Markdown table: a row a field, and in a column for each group its precision and recall."""
    groups = {name: [each for each in marks if key(each) == name] for name in sorted({key(each) for each in marks})}
    totals = {name: total(members) for name, members in groups.items()}
    heads = [f"{name} ({len(members)})" for name, members in groups.items()]
    yield f"| by {heading} | {' | '.join(heads)} |"
    yield f"|---|{'---|' * len(heads)}"
    for field in FIELDS:
        cells = (f"{scores[field].precision:.2f} / {scores[field].recall:.2f}" for scores in totals.values())
        yield f"| {field} | {' | '.join(cells)} |"
