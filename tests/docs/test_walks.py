"""The commands that pages mark with `try` are run as they stand, and print what the pages say."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Fence, iter_fences, read_page

PAGES = ("docs/quickstart.md", "docs/templates.md", "docs/deploying.md")


def iter_tries(page: str) -> Iterator[tuple[Fence, list[str]]]:
    """Each block of commands with the lines that it is to print."""
    fences = [*iter_fences(page), Fence("", "", "", 0)]
    for fence, following in pairwise(fences):
        if fence.name == "try":
            yield fence, following.text.splitlines() if following.kind == "result" else []


def make_shell(folder: Path) -> dict[str, str]:
    """An environment where `publisher` is this code, as `./run` is too, and home is a folder of this test."""
    (folder / "bin").mkdir()
    for path, command in (("bin/publisher", f"{sys.executable} -m publisher"), ("run", str(ROOT / "run"))):
        (folder / path).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (folder / path).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PUBLISHER_")}
    return kept | {"HOME": str(folder), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}


@pytest.mark.parametrize("page", PAGES)
def test_commands_do_what_the_page_says(page: str, tmp_path: Path) -> None:
    tries = list(iter_tries(read_page(page)))
    script = [f"exec >{tmp_path}/{fence.line}.out 2>&1\n{fence.text}" for fence, _ in tries]
    environment = make_shell(tmp_path)
    done = subprocess.run(["bash", "-euc", "\n".join(script)], cwd=tmp_path, env=environment, timeout=300, check=False)
    outputs = {fence.line: _read_lines(tmp_path / f"{fence.line}.out") for fence, _ in tries}
    assert done.returncode == 0, outputs
    for fence, expected in tries:
        assert [line for line in expected if line not in outputs[fence.line]] == [], outputs


def _read_lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []
