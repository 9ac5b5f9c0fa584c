"""Ligatures, invisible letters and a scanner's spaces are mended."""

import pytest

from publisher.ingest.clippings.letters import mend_letters, mend_spaces


@pytest.mark.parametrize(
    ("printed", "plain"),
    [("eﬃcace", "efficace"), ("oﬀre ﬁn ﬂot", "offre fin flot"), ("cœur", "cœur"), ("\ufeffUn\u200bmot", "Unmot")],
)
def test_ligatures_become_letters(printed: str, plain: str) -> None:
    assert mend_letters(printed) == plain


@pytest.mark.parametrize(
    ("scanned", "mended"),
    [
        ("un  mot", "un mot"),
        ("vier Tonnen , also", "vier Tonnen, also"),
        ("aus Holz .", "aus Holz."),
        ("S T R  E I K", "STREIK"),
        ("c h e r c h e un toit", "cherche un toit"),
        ("il y a à M. K. un pont", "il y a à M. K. un pont"),
        ("le prix : 3 euros", "le prix : 3 euros"),
        ("deux espaces  \nà la fin", "deux espaces  \nà la fin"),
        ("il vaut .5 point", "il vaut .5 point"),
    ],
)
def test_scanned_spaces_are_mended(scanned: str, mended: str) -> None:
    assert mend_spaces(scanned) == mended


@pytest.mark.parametrize(
    ("scanned", "mended"),
    [
        ("„ Ich brauche Draht “ , sagt er", "„Ich brauche Draht“, sagt er"),
        ("“ Not a\nword , ” she said", "“Not a\nword,” she said"),
        ("‘ De vis ’ , zegt ze", "‘De vis’, zegt ze"),
        ("Hazelhoff ( 71 ) .", "Hazelhoff (71)."),
        ("« Je suis là » , dit-il", "« Je suis là », dit-il"),
        ("two gifts : patience", "two gifts : patience"),
    ],
)
def test_quotations_and_parentheses_close_up(scanned: str, mended: str) -> None:
    assert mend_spaces(scanned) == mended


def test_only_french_has_spaces_before_a_colon() -> None:
    assert mend_spaces("two gifts : who ?", is_french=False) == "two gifts: who?"
