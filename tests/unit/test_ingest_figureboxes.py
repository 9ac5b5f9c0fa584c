"""A labelled number and its words become a figure box."""

import pytest

from publisher.ingest.clippings.blocks import split_blocks
from publisher.ingest.clippings.boxes import FigureBox, PullQuote, box_html
from publisher.ingest.clippings.figureboxes import fold_figures


@pytest.mark.parametrize(
    "text",
    [
        "LE CHIFFRE\n\n9.200\n\ninformations échangées",
        "THE NUMBER\n9.200\ninformations échangées",
        "**HET CIJFER**\n\n**9.200**\n\ninformations\néchangées",
        "DIE ZAHL\n\n9.200 informations échangées",
        "LE CHIFFRE DU JOUR\n\n9.200 : informations échangées",
    ],
)
def test_box_has_number_and_words(text: str) -> None:
    assert [block.box for block in fold_figures(split_blocks(text))] == [FigureBox("9.200", "informations échangées")]


@pytest.mark.parametrize("number", ["3,2 millions", "42 %", "1 250 €", "12 Mio. Euro", "-3 °C"])
def test_units_belong_to_the_number(number: str) -> None:
    assert [block.box for block in fold_figures(split_blocks(f"DIE ZAHL\n\n{number}"))] == [FigureBox(number)]


@pytest.mark.parametrize("text", ["LE CHIFFRE", "LE CHIFFRE\n\nUn texte.", "Le chiffre\n\n- 4\n- 5", "9.200\n\nmots"])
def test_other_blocks_stay(text: str) -> None:
    assert fold_figures(split_blocks(text)) == split_blocks(text)


def test_boxes_are_figures_in_html() -> None:
    quote = '<figure class="pullquote"><blockquote><p>A &amp; <em>b</em></p></blockquote>'
    assert box_html(PullQuote("A & *b*", "C & D")) == f"{quote}<figcaption>C &amp; D</figcaption></figure>"
    assert box_html(FigureBox("<5", "x")) == '<figure class="figurebox"><p><strong>&lt;5</strong></p><p>x</p></figure>'


BELOW = "Le conseil communal a décidé mardi que le vieux pont serait refait."


@pytest.mark.parametrize("number", ["9,6", "12 %", "3 millions"])
def test_number_alone_needs_no_label(number: str) -> None:
    blocks = fold_figures(split_blocks(f"{number}\n\nMètres de long pour le pont.\n\n{BELOW}"))
    assert [block.box for block in blocks] == [FigureBox(number, "Mètres de long pour le pont."), None]


@pytest.mark.parametrize("number", ["9", "2026", "Page 4"])
def test_page_number_is_no_figure(number: str) -> None:
    assert len(fold_figures(split_blocks(f"{number}\n\nMètres de long.\n\n{BELOW}"))) == 3
