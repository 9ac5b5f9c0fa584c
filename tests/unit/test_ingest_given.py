"""A header above a clipping: what it gives goes before what is found, and the rest is read as before."""

import pytest

from publisher.ingest.reading import Reading, read_seed
from publisher.ingest.rules import Rules

RULES = Rules(timezone="Europe/Brussels", language="en", languages=("en",))
CLIPPING = """Local news                                   p. 12

Dog walks 40 miles home
after falling off ferry

By ELLEN MARSH

A terrier named Biscuit turned up on his own door-
step in Harwich on Sunday.

THE NUMBER
40
miles between the beach and the doorstep
"""
FOUND = "Dog walks 40 miles home after falling off ferry"


def read(header: str = "", *, path: str = "town/dog.txt", text: str = CLIPPING) -> Reading:
    """The reading of a clipping below a header."""
    source = f"---\n{header}\n---\n{text}" if header else text
    found = read_seed(path, source.encode(), RULES, asset=lambda path: None)
    assert isinstance(found, Reading)
    return found


@pytest.mark.parametrize("path", ["town/dog.txt", "town/dog.md"])
def test_corrected_clipping_is_read_as_before(path: str) -> None:
    before, after = read(path=path), read('correction: "Not 40."', path=path)
    assert after.content.correction == "Not 40."
    assert after.content.title == before.content.title == FOUND
    assert after.content.html == before.content.html
    assert after.content.authors == ("Ellen Marsh",)


def test_correction_alone_moves_no_text_digest() -> None:
    assert read().text_digest == read('correction: "Not 40."').text_digest


def test_given_title_stands_for_the_headline() -> None:
    content = read("title: Dog walks forty miles home after a fall off a ferry").content
    assert content.title == "Dog walks forty miles home after a fall off a ferry"
    assert "Dog" not in content.html
    assert "doorstep in Harwich" in content.html


def test_headline_unlike_the_given_title_is_kept() -> None:
    content = read("title: Biscuit is back").content
    assert content.html.startswith('<h2 id="dog-walks')
    assert content.title == "Biscuit is back"


def test_given_summary_stands_for_the_standfirst() -> None:
    text = CLIPPING.replace("By ELLEN", "*Nine days in the cold*\n\nBy ELLEN")
    assert read(text=text).content.standfirst == "Nine days in the cold"
    content = read("summary: Ten days in the cold", text=text).content
    assert (content.standfirst, content.summary) == ("Ten days in the cold", "Ten days in the cold")


@pytest.mark.parametrize(("header", "doubted"), [("tags: dogs", True), ("title: Home again", False)])
def test_given_title_ends_its_doubt(header: str, doubted: bool) -> None:
    text = "and nobody knew why, they said,\nbut he was home by Sunday, wet and hungry and content with it.\n"
    assert any(doubt.field == "title" for doubt in read(header, text=text).doubts) is doubted
