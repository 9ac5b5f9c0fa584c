"""Fixtures of the acceptance tests: the relay, and the paper that most of them begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import HomeFolder, make_home
from tests.recorder import Recorder


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A relay that takes what it is told to take."""
    with Recorder() as server:
        yield server


@pytest.fixture
def waiting_home(tmp_path: Path, recorder: Recorder) -> HomeFolder:
    """A home that sends to the recorder, with one article that waits and nobody to read it."""
    home = make_home(tmp_path / "home", relay_port=recorder.port)
    home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    return home
