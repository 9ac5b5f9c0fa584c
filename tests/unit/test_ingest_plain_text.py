"""A `.txt` file is read as Markdown, and its layout as what it means: tables, verse, lists, indented paragraphs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.ingest import Reading, Rules, read_seed
from publisher.ingest.plain_text import mark_layout

RULES = Rules(timezone="UTC", language="en")
LAST = "The next race is in May, says the club.\n"
COLUMNS = """\
    Name          Time    Club
    ------------  ------  ----
    Ann Petit     12:30   CA
    Bo Larsen     13:10
"""
BOX = """\
+------+------+
| Name | Time |
+------+------+
| Ann  | 12   |
+------+------+
"""
POEM = """\
The heron stands upon one leg,
He never asks, he will not beg,
He waits until the fish forget
That somebody is standing yet.
"""
SIDE_BY_SIDE = """\
Two columns of a page      stand side by side here and
are no table, since their  cells are far too long for
anything but prose. Each   row runs on into the next
"""
PROSE = """\
The mill has stood here since 1740 and has never
burned, which the miller puts down to his cat.
It grinds for three bakers.
"""


def read(text: str) -> str:
    found = read_seed("notes/mill.txt", f"The mill\n\n{text}\n{LAST}".encode(), RULES, asset=lambda path: None)
    assert isinstance(found, Reading)
    return found.content.html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Bring these:\n\n- boots\n- a coat\n", "<ul>\n<li>boots</li>\n<li>a coat</li>\n</ul>"),
        ("Bring these:\n- boots\n- a coat\n", "<ul>\n<li>boots</li>\n<li>a coat</li>\n</ul>"),
        ("Find us:\n1. Leave the train\n2. Turn left\n", "<ol>\n<li>Leave the train</li>\n<li>Turn left</li>\n</ol>"),
        ("See [the map](https://example.org/map) first.\n", '<a href="https://example.org/map"'),
        ("It is *very* old, as **all** of us know.\n", "<em>very</em>"),
        ("Water\n-----\n\nThere is enough.\n", ">Water</h2>"),
        ("## Water\n\nThere is enough.\n", ">Water</h2>"),
        ("| name | time |\n|---|---|\n| Ann | 12 |\n", "<td>Ann</td>"),
        ("Run this:\n\n```\nmake  all\n```\n", "<pre><code>make  all"),
        ("He wrote:\n\n> The mill is old.\n", "<blockquote>"),
    ],
)
def test_markdown_in_a_text_file_is_rendered(source: str, shown: str) -> None:
    assert shown in read(source)


@pytest.mark.parametrize("table", [COLUMNS, BOX])
def test_drawn_table_is_a_table(table: str) -> None:
    html = read(table)
    assert "<th>Name</th>\n<th>Time</th>" in html
    assert "<td>12" in html
    assert "--" not in html


def test_empty_cell_keeps_its_place() -> None:
    assert "<td>Bo Larsen</td>\n<td>13:10</td>\n<td></td>" in read(COLUMNS)


def test_verse_keeps_its_lines() -> None:
    assert "upon one leg,<br>" in read(POEM)
    assert "forget<br>" in read(POEM)


@pytest.mark.parametrize("indent", ["    ", "\t", " "])
def test_indented_paragraph_is_no_code(indent: str) -> None:
    html = read(f"{indent}The mill has stood here since 1740 and has never burned.\n")
    assert "<p>The mill has stood here since 1740 and has never burned.</p>" in html


def test_wrapped_prose_is_one_paragraph() -> None:
    assert "never burned, which the miller puts down to his cat. It grinds" in read(PROSE)


def test_year_begins_no_list() -> None:
    html = read("1990. That was the year the mill burned.\n\n2001. That was the year it was built again.\n")
    assert "<ol" not in html
    assert "<p>2001. That was" in html


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        SIDE_BY_SIDE,
        "LE PONT ROUVRE\nAPRES TROIS ANS\nDE TRAVAUX\n",
        "Anne Petit\nBakery of the mill\n",
        "He came - as he said -\n- and he went - again\n",
        "```\nName    Time\nAnn     12\nBo      13\n```\n",
        "```\nOne.\n\nName    Time\nAnn     12\nBo      13\n\nTwo.\n```\n",
    ],
)
def test_what_is_none_of_these_stays(text: str) -> None:
    assert mark_layout(text) == text


@given(st.text(alphabet="aA1 .|+-\n\t", max_size=80))
def test_no_word_is_lost(text: str) -> None:
    assert "".join(filter(str.isalnum, mark_layout(text).replace("<br>", ""))) == "".join(filter(str.isalnum, text))
