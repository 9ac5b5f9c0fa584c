"""Texts made to be slow are read, or refused, in the time that their size allows."""

import time
from contextlib import suppress

import pytest

from publisher.errors import SeedError
from publisher.ingest import Rules, read_seed

RULES = Rules(timezone="UTC", language="fr")
SIZE = 60_000
HEAD = "---\ntitle: x\n---\n"

TEXTS = {
    "one word": "a" * SIZE,
    "one word and a hyphen": "a" * SIZE + "-\nb",
    "hyphens at line ends": "ab-\n" * (SIZE // 4),
    "spaces in a line": "# T\n\na" + " " * SIZE + "b",
    "spaces before text": HEAD + " " * SIZE + "x",
    "signs of a heading": "# " + "#" * SIZE + "x",
    "signs of a heading below a header": HEAD + "# " + "#" * SIZE + "x",
    "many headings": "# a\n" * (SIZE // 4),
    "broken paragraphs": "# T\n\n" + "a\n\n" * (SIZE // 3),
    "capitals": "# T\n\n" + "LE PONT. " * (SIZE // 9),
    "stars": "# T\n\n" + "*" * SIZE,
    "stars and letters": "# T\n\n" + "*a **b " * (SIZE // 7),
    "open brackets": "# T\n\n" + "[" * SIZE,
    "quotations": "# T\n\n" + ">" * SIZE,
    "table signs": "# T\n\n" + "|-" * (SIZE // 2) + "x",
    "open comments": HEAD + "<!-- " * (SIZE // 5),
    "open tags": HEAD + "<p>" * (SIZE // 3),
    "rules": "---\n" * (SIZE // 4),
    "labels": "LA PHRASE\n\n" * (SIZE // 11),
    "lead signs": "# T\n\n" + "► a\n\n" * (SIZE // 5),
    "dates": "# T\n\n" + "1 " * (SIZE // 2),
    "long value": "---\ntitle: x\ntags: a" + " " * 60_000 + "b\ndate: 2026" + " " * 100 + "\n---\nx",
    "definitions": HEAD + "a\n\n: b\n\n" * (3 * SIZE // 8),
    "short paragraphs of a site": "<html><body><nav>x</nav>" + "<h1>le chat</h1>" * (3 * SIZE // 16),
    "picture marks": HEAD + "![" * (SIZE // 2),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("ending", ["md", "txt", "html"])
def test_slow_texts_are_read_in_time(name: str, ending: str) -> None:
    started = time.process_time()
    with suppress(SeedError):
        read_seed(f"a.{ending}", TEXTS[name].encode(), RULES, asset=lambda path: None)
    assert time.process_time() - started < 2
