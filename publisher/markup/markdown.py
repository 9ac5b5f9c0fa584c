"""Markdown to safe HTML: CommonMark with GitHub's extensions, footnotes, definition lists and headings with ids."""

import re
import unicodedata
from itertools import product

import comrak

from publisher.markup.cleaning import clean_html, replace_surrogates
from publisher.markup.plain import to_plain

_CHECKED = '<input type="checkbox" checked="" disabled="" />'
_UNCHECKED = '<input type="checkbox" disabled="" />'
_HEADING = re.compile(r"<h([1-6])>((?:(?!</?h[1-6]).)*)</h\1>", re.S)
_OWN_ID = re.compile(r" ?\{#([^{}<>\s]*)[^{}<>]*\}$")
_FORMULA = re.compile(r'<span data-math-style="(inline|display)">([^<]*)</span>')
_DEEP_QUOTE = re.compile(r"(?:>[ \t]?){20}")  # alerts take quadratic time in it
_DEFINITION = re.compile(r"^[ \t>*+-]{0,20}:[ \t]", re.M)
_MOST_DEFINITIONS = 2000  # a list of them takes quadratic time
_IN_FORMULAS = re.compile(r"[\\_^{}]")
_FOOTNOTE = re.compile(r'( id="| href="#)(?=fn(?:ref)?-)')
_NO_LETTER = re.compile(r"[^\w -]")
_DELIMITERS = " \t>|:-"
_CELLS_FILLED_IN = 250_000


def render_markdown(source: str, *, prefix: str = "") -> str:
    """Safe HTML of a Markdown text; `prefix` goes before its footnotes' ids, so that two articles can share a page.

    Raw HTML passes through the allow-list. A heading's id is `{#id}` where that is written, else made of its words as
    GitHub does. Formulas between dollars stay as they are typed.
    """
    text = replace_surrogates(source)
    html = comrak.render_markdown(text, _extensions(text), _PARSING, _RENDERING)
    html = html.replace(_CHECKED, "☑").replace(_UNCHECKED, "☐")
    if "<h" in html:
        html = _HEADING.sub(_give_id, html)
    if "data-math-style" in html:
        html = _FORMULA.sub(_show_typed, html)
    if prefix and 'class="footnote' in html:
        html = _FOOTNOTE.sub(rf"\g<1>{prefix}", html)
    return clean_html(html)


def _give_id(heading: re.Match[str]) -> str:
    """The heading with its id, which comrak would give too, but in quadratic time where many are alike."""
    level, inner = heading.groups()
    own = _OWN_ID.search(inner) if inner.endswith("}") else None
    inner = inner[: own.start()] if own else inner
    name = own[1] if own else make_fragment(to_plain(inner))
    return f'<h{level} id="{name}">{inner}</h{level}>' if name else f"<h{level}>{inner}</h{level}>"


def make_fragment(title: str) -> str:
    """What a heading is called in links, as GitHub makes it: in small letters, without signs, a hyphen for a space."""
    return _NO_LETTER.sub(_keep_mark, title.lower()).replace(" ", "-")


def _keep_mark(found: re.Match[str]) -> str:
    return found[0] if unicodedata.category(found[0])[0] == "M" else ""


def _show_typed(formula: re.Match[str]) -> str:
    dollars = "$" if formula[1] == "inline" else "$$"
    return f"{dollars}{formula[2]}{dollars}"


def _extensions(text: str) -> comrak.ExtensionOptions:
    has_table = text.count("|") <= 1000 or not _has_a_bomb(text)
    has_formulas = "$" in text and _has_formulas(text)
    has_alerts = "[!" in text and not _DEEP_QUOTE.search(text)
    has_definitions = len(_DEFINITION.findall(text)) <= _MOST_DEFINITIONS
    return _EXTENSIONS[has_table, has_formulas, has_alerts, has_definitions]


def _has_formulas(text: str) -> bool:
    """Whether dollars stand around signs of a formula somewhere; elsewhere they are money."""
    between = text.split("$")[1:-1]
    return any(_IN_FORMULAS.search(part) and "\n\n" not in part for part in between)


def _has_a_bomb(text: str) -> bool:
    """Whether a wide table's short rows, which the renderer fills up, would make far more HTML than there is text."""
    lines = text.splitlines()
    columns = max((line.count("|") for line in lines if not line.strip(_DELIMITERS)), default=0)
    return columns * len(lines) > max(_CELLS_FILLED_IN, len(text))


def _make_extensions(
    *, has_table: bool, has_formulas: bool, has_alerts: bool, has_definitions: bool
) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = has_table
    options.math_dollars = has_formulas
    options.autolink = True
    options.strikethrough = True
    options.tasklist = True
    options.footnotes = True
    options.description_lists = has_definitions
    options.alerts = has_alerts
    return options


def _make_rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.unsafe_ = True
    return options


_EXTENSIONS = {
    (table, formulas, alerts, definitions): _make_extensions(
        has_table=table, has_formulas=formulas, has_alerts=alerts, has_definitions=definitions
    )
    for table, formulas, alerts, definitions in product((True, False), repeat=4)
}
_PARSING = comrak.ParseOptions()
_RENDERING = _make_rendering()
