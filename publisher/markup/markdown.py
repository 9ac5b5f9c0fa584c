"""Markdown to safe HTML: CommonMark with GitHub's extensions, footnotes and definition lists."""

import re

import comrak

from publisher.markup.cleaning import clean_html, replace_surrogates

_CHECKED = '<input type="checkbox" checked="" disabled="" />'
_UNCHECKED = '<input type="checkbox" disabled="" />'
_HEADING_ID = re.compile(r" ?\{#[^{}<>]*\}(?=</h[1-6]>)")
_FOOTNOTE = re.compile(r'( id="| href="#)(?=fn(?:ref)?-)')
_DELIMITERS = " \t>|:-"
_CELLS_FILLED_IN = 250_000


def render_markdown(source: str, *, prefix: str = "") -> str:
    """Safe HTML of a Markdown text; `prefix` goes before its footnotes' ids, so that two articles can share a page.

    Raw HTML passes through the allow-list. Headings get no id, and a written `{#id}` is taken off.
    """
    text = replace_surrogates(source)
    html = comrak.render_markdown(text, _extensions(text), _PARSING, _RENDERING)
    html = html.replace(_CHECKED, "☑").replace(_UNCHECKED, "☐")
    if "{#" in html:
        html = _HEADING_ID.sub("", html)
    if prefix and 'class="footnote' in html:
        html = _FOOTNOTE.sub(rf"\g<1>{prefix}", html)
    return clean_html(html)


def _extensions(text: str) -> comrak.ExtensionOptions:
    return _WITHOUT_TABLES if text.count("|") > 1000 and _has_a_bomb(text) else _WITH_TABLES


def _has_a_bomb(text: str) -> bool:
    """Whether a wide table's short rows, which the renderer fills up, would make far more HTML than there is text."""
    lines = text.splitlines()
    columns = max((line.count("|") for line in lines if not line.strip(_DELIMITERS)), default=0)
    return columns * len(lines) > max(_CELLS_FILLED_IN, len(text))


def _make_extensions(*, table: bool) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = table
    options.autolink = True
    options.strikethrough = True
    options.tasklist = True
    options.footnotes = True
    options.description_lists = True
    return options


def _make_rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.unsafe_ = True
    return options


_WITH_TABLES = _make_extensions(table=True)
_WITHOUT_TABLES = _make_extensions(table=False)
_PARSING = comrak.ParseOptions()
_RENDERING = _make_rendering()
