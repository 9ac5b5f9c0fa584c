"""Headers in YAML, TOML and JSON are told from text, parsed, and refused with line and mend."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import SeedError
from publisher.ingest.headers.front_matter import Header, split


def read(text: str) -> Header:
    header = split("a.md", text)
    assert header is not None
    return header


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Bonjour\ntags: [a, b]\n---\nBody",
        '+++\ntitle = "Bonjour"\ntags = ["a", "b"]\n+++\nBody',
        '{"title": "Bonjour", "tags": ["a", "b"]}\nBody',
        '---json\n{"title": "Bonjour", "tags": ["a", "b"]}\n---\nBody',
        '---toml\ntitle = "Bonjour"\ntags = ["a", "b"]\n---\nBody',
        "---yaml\ntitle: Bonjour\ntags: [a, b]\n---\nBody",
        "\n---\ntitle: Bonjour\ntags:\n  - a\n  - b\n...\nBody",
    ],
)
def test_every_kind_of_header_is_read(text: str) -> None:
    header = read(text)
    assert (header.values, header.body) == ({"title": "Bonjour", "tags": ["a", "b"]}, "Body")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("country: NO", "NO"),
        ("version: 1.10", "1.10"),
        ("time: 12:30", "12:30"),
        ("on: yes", "yes"),
        ("date: 2026-11-23", "2026-11-23"),
    ],
)
def test_yaml_values_stay_text(line: str, value: str) -> None:
    assert value in read(f"---\ntitle: x\n{line}\n---\n").values.values()


def test_plain_null_is_no_value() -> None:
    assert read("---\ntitle: ~\nslug:\nid: 'null'\n---\n").values == {"title": None, "slug": None, "id": "null"}


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA paragraph between two rules.\n\n---\nMore",
        "---\nNote: the market moves on Saturday.\n---\nMore",
        "---\nAttention : travaux, et\nla suite de la phrase\n---\n",
        "---\n- a list\n---\n",
        "---\nOnly a rule above\n",
        "{{ braces }} in a text",
        "# Title\n\n---\n\ntitle: not at the top\n\n---\n",
    ],
)
def test_rule_is_no_front_matter(text: str) -> None:
    assert split("a.md", text) is None


def test_empty_header_is_a_header() -> None:
    assert read("---\n---\nBody").body == "Body"


def test_unknown_keys_make_a_header() -> None:
    assert read("---\nlayout_name: post\n---\nBody").values == {"layout_name": "post"}


@pytest.mark.parametrize(
    ("text", "line", "mend"),
    [
        ("---\ntitle: Réunion: l'été\n---\n", 2, "quotes around"),
        ('---\ndate: 2026-11-23\ntitle: "La fête" à Uccle\n---\n', 3, "quotes around"),
        ("---\ntitle: 'open\ndate: 2026-11-23\n---\n", 2, "not closed"),
        ("---\ntitle: x\ntags:\n\t- a\n---\n", 4, "spaces, not tabs"),
        ("---\ntitle: [a\n---\n", 3, "not closed by ]"),
        ("---\ntitle: x\ntitle: y\n---\n", 3, "twice"),
        ("---\ntitle: x\n\nNo end here.\n", 1, "add a line with ---"),
        ('+++\ntitle = "x"\ndate = tomorrow\n+++\n', 3, "quotes"),
        ('+++\ntitle = "x"\n', 1, r"add a line with \+\+\+"),
        ('+++\ntitle = "x"\ntitle = "y"\n+++\n', 3, "twice"),
        ('{"title": "x",\n "title": "y"}\n', 2, "twice"),
        ('{"title": "x"\n "slug": "y"}\n', 2, "comma"),
        ('{"title": "x",\n "slug": "y",}\n', 2, "no comma"),
        ('{"title": le pont}\n', 1, "double quotes"),
        ('---json\n\n{"title": "x",\n"title": "y"}\n---\n', 4, "twice"),
        ('---json\n{"title": "x"} {}\n---\n', 2, "nothing after"),
        ('---json\n{"title": "x"}\n', 1, "add a line with ---"),
        ('+++\ntitle: "x"\n+++\n', 2, "key = value"),
        ('+++\ntitle = "a" b\n+++\n', 2, "quotes around all of it"),
        ('+++\ntitle = "open\ndate = 2026-11-23\n+++\n', 2, "not closed"),
        ("+++\n[a]\n[a]\n+++\n", 3, "twice"),
        ("---js\n{ title: process.env.HOME }\n---\n", 1, "never run"),
        ("Title: x\nDate: 2026-11-23\ntitle: y\n\nBody", 3, "twice"),
        ('{"title": "x", "n": ' + "1" * 5000 + "}", 1, "too long"),
    ],
)
def test_broken_header_names_line_and_mend(text: str, line: int, mend: str) -> None:
    with pytest.raises(SeedError, match=mend) as caught:
        split("a.md", text)
    assert caught.value.line == line


def test_line_of_each_key_is_kept() -> None:
    assert read("\n---\ntitle: x\nextra:\n  draft: maybe\n---\n").lines == {"title": 3, "extra": 4, "draft": 5}


@pytest.mark.parametrize("source", ["title: " + "[" * 60_000, "title: x\na: " + "- " * 20_000, "title: &a [*a]"])
def test_endless_nesting_is_refused(source: str) -> None:
    with pytest.raises(SeedError, match=r"nested too deeply|longer than"):
        split("a.md", f"---\n{source}\n---\n")


def test_repeated_aliases_are_refused() -> None:
    rows = ["title: x", "a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    rows += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(SeedError, match="repeated"):
        split("a.md", "---\n" + "\n".join(rows) + "\n---\n")


def test_body_line_counts_the_header() -> None:
    assert read("---\ntitle: x\n---\nBody").body_line == 4


@given(st.text(alphabet=st.sampled_from("-+{}:[]\"'# \nabtitle&*%@!|>\t,0"), max_size=80))
def test_any_text_is_split_or_refused(text: str) -> None:
    with suppress(SeedError):
        header = split("a.md", text)
        assert header is None or text.endswith(header.body)


def test_lines_of_keys_are_a_header() -> None:
    header = read("Title: Le pont : enfin\nDate: 2026-11-23\nSummary: Deux ans\n    de travaux\nSlug:\n\nBody\n\nMore")
    assert header.values == {
        "title": "Le pont : enfin",
        "date": "2026-11-23",
        "summary": "Deux ans\nde travaux",
        "slug": "",
    }
    assert (header.body, header.body_line, header.lines["slug"], header.is_lines) == ("Body\n\nMore", 7, 5, True)


@pytest.mark.parametrize("text", ["Title: Le pont\n\nBody", "title: Le pont\nhome: yes\n\nBody", "Title: x\nDate: y"])
def test_title_alone_makes_a_header(text: str) -> None:
    assert "title" in read(text).values


@pytest.mark.parametrize(
    "text",
    [
        "Note: the market moves\n\nBody",
        "Date: 23 novembre\nLieu: la salle\nPrix: 5 euros\n\nBody",
        "Title: the market moves\nand so do we\n\nBody",
        "Summary: the council met\n\nBody",
        "Image: Anne Petit\nSource: AFP\n\nBody",
        "Title:the colon needs its space\n\nBody",
        "    Title: code\n    Date: code\n\nBody",
        "# Title\n\nTitle: x\nDate: y\n",
        "Title: x\nDate: y\n" + "Tags: z\n" * 300,
    ],
)
def test_text_with_colons_is_no_header(text: str) -> None:
    assert split("a.md", text) is None


@given(st.text(alphabet=st.sampled_from("Titledate: \n\tx"), max_size=60))
def test_any_lines_are_split_or_refused(text: str) -> None:
    with suppress(SeedError):
        header = split("a.md", f"Title: {text}")
        assert header is None or text.endswith(header.body)
