"""The lines by which papers announce a box: a pull quote or a figure, in the four languages."""

import re

_QUOTES = (
    "la phrase, la phrase du jour, la phrase de la semaine, la citation, la citation du jour, citation, le mot, le "
    "mot du jour, ils ont dit, il a dit, elle a dit, the quote, quote, quote of the day, the quotation, quotation, in "
    "their words, in quotes, het citaat, citaat, citaat van de dag, het citaat van de dag, de quote, quote van de "
    "dag, de uitspraak, uitspraak van de dag, das zitat, zitat, zitat des tages, das zitat des tages, der satz, satz "
    "des tages, das wort"
)
_FIGURES = (
    "le chiffre, le chiffre du jour, le chiffre de la semaine, chiffre du jour, le nombre, en chiffres, the number, "
    "the figure, number of the day, the number of the day, figure of the day, by the numbers, in numbers, in figures, "
    "het cijfer, cijfer van de dag, het cijfer van de dag, het getal, getal van de dag, het getal van de dag, in "
    "cijfers, die zahl, zahl des tages, die zahl des tages, die zahl der woche, in zahlen"
)
_MARKS = " *_.:;,!?…■►▶●•#|-–—«»“”„‘’'()[]\"\u00a0\u202f"
_NOT_LETTERS = re.compile(r"[^\w ]+")
_SHORTEST, _LONGEST = 5, 60


def is_quote_label(text: str) -> bool:
    """Whether a line announces a pull quote."""
    return _is_one_of(text, _QUOTE_LABELS, ends=_QUOTE_ENDS)


def is_figure_label(text: str) -> bool:
    """Whether a line announces a figure box."""
    return _is_one_of(text, _FIGURE_LABELS, ends=_FIGURE_ENDS)


def _is_one_of(text: str, labels: frozenset[str], *, ends: tuple[str, ...]) -> bool:
    # Most lines are no label, which their length or their last word tells at once.
    if not _SHORTEST <= len(text) <= _LONGEST or not text.rstrip(_MARKS).casefold().endswith(ends):
        return False
    words = _NOT_LETTERS.sub(" ", text).replace("_", " ").split()
    return " ".join(words).casefold() in labels


def _list_ends(labels: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({label.split()[-1] for label in labels}))


_QUOTE_LABELS, _FIGURE_LABELS = frozenset(_QUOTES.split(", ")), frozenset(_FIGURES.split(", "))
_QUOTE_ENDS, _FIGURE_ENDS = _list_ends(_QUOTE_LABELS), _list_ends(_FIGURE_LABELS)
