"""Formulas in TeX's brackets reach readers as they are typed; brackets that were escaped are brackets."""

import pytest

from publisher.ingest.formulas import keep_formulas
from publisher.markup import render_markdown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (r"Let \(a_1 * b_1*c\) be", r"<p>Let \(a_1 * b_1*c\) be</p>"),
        (r"\[ \frac{a}{b} \\ < c & d \]", r"<p>\[ \frac{a}{b} \\ &lt; c &amp; d \]</p>"),
        ("\\[\na\n=\n- b\n\\]", "<p>\\[\na\n=\n- b\n\\]</p>"),
        (r"He said so \[sic\], \(c\) 2026, \[my\_file\]", "<p>He said so [sic], (c) 2026, [my_file]</p>"),
        (r"`\(a_1\)`", r"<p><code>\(a_1\)</code></p>"),
        ("```\n\\(a_1\\)\n```", "<pre><code>\\(a_1\\)\n</code></pre>"),
        ("\\(a_1\n\nb\\)", "<p>(a_1</p>\n<p>b)</p>"),
    ],
)
def test_formula_stays_as_typed(typed: str, shown: str) -> None:
    assert render_markdown(keep_formulas(typed)).strip() == shown
