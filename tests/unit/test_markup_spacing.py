"""French spaces that must not break a line are told from all others."""

import pytest

from publisher.markup import space_french, space_french_html


@pytest.mark.parametrize(
    ("plain", "spaced"),
    [
        ("Quoi ? Oui ! Non ; si", "Quoi\u202f? Oui\u202f! Non\u202f; si"),
        ("Le pont : « vieux »", "Le pont\u00a0: «\u00a0vieux\u00a0»"),
        ("à 10:30, https://a.example/?q=1", "à 10:30, https://a.example/?q=1"),
        ("Quoi? «vieux»", "Quoi? «vieux»"),
        ("std :: vector", "std :: vector"),
    ],
)
def test_french_spaces_do_not_break(plain: str, spaced: str) -> None:
    assert space_french(plain) == spaced


@pytest.mark.parametrize(
    ("html", "spaced"),
    [
        ('<p title="a ?">Quoi ?</p>', '<p title="a ?">Quoi\u202f?</p>'),
        ("<p>« <em>vieux</em> »</p>", "<p>«\u00a0<em>vieux</em>\u00a0»</p>"),
        ("<pre><code>a ? b : c</code></pre><p>a : b</p>", "<pre><code>a ? b : c</code></pre><p>a\u00a0: b</p>"),
        ("<p>rien</p>", "<p>rien</p>"),
    ],
)
def test_code_and_tags_keep_their_spaces(html: str, spaced: str) -> None:
    assert space_french_html(html) == spaced
