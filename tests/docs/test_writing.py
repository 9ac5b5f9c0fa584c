"""Each example of docs/writing.md is read as an article, and the page says what comes of it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine

from publisher.domain.podcast import iter_faults
from publisher.settings import Settings
from tests.commands import call, call_well
from tests.docs.pages import Fence, iter_fences, read_page
from tests.folders import NOW, put_seed
from tests.homes import make_home


@dataclass(frozen=True, slots=True)
class Example:
    """Files, read one after the other, and lines of what is said after the last."""

    files: tuple[Fence, ...]
    said: tuple[str, ...]


def iter_examples() -> Iterator[Example]:
    """The examples of the page, from the top."""
    files: list[Fence] = []
    for fence in iter_fences(read_page("docs/writing.md")):
        if fence.kind == "result":
            yield Example(tuple(files), tuple(fence.text.splitlines()))
            files = []
        elif fence.kind != "toml":
            files.append(fence)


@pytest.mark.parametrize("example", list(iter_examples()), ids=lambda one: f"line {one.files[0].line}")
def test_example_does_what_the_page_says(example: Example, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with time_machine.travel(NOW, tick=False):
        call_well(home, "ingest")
        for file in example.files:
            put_seed(home, file.name, file.text, at=NOW)
            said = call_well(home, "ingest").out
        said += call(home, "show", example.files[-1].name).out
    assert [line for line in example.said if line not in said.splitlines()] == [], said


def test_settings_of_the_page_are_known() -> None:
    (shown,) = [fence.text for fence in iter_fences(read_page("docs/writing.md")) if fence.kind == "toml"]
    podcast = Settings(**tomllib.loads(shown)).feeds["radio"].to_podcast()
    assert podcast is not None
    assert list(iter_faults(podcast)) == []
