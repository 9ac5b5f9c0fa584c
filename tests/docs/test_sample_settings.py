"""config/publisher.toml: what its comments offer exists, and is the default wherever it is no example (e.g.)."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from publisher.settings import Settings

SAMPLE = Path(__file__).parents[2] / "config" / "publisher.toml"
_OFFERED = re.compile(r"# (\[[\w.]+\]|\w+ = .+)")
_BARE = {"newsletters": {"schedule": "@daily"}, "relays": {"host": "smtp.example.org"}}

Key = tuple[str, ...]


def take_comments_away() -> str:
    """The sample with every setting that it offers."""
    return "".join(_OFFERED.sub(r"\1", line, count=1) for line in SAMPLE.read_text("utf-8").splitlines(keepends=True))


def list_offered() -> list[tuple[str, str]]:
    """Section and line of each offered key that is said to be a default."""
    section, found = "", []
    for line in SAMPLE.read_text("utf-8").splitlines():
        if opened := re.match(r"(?:# )?\[([\w.]+)\]", line):
            section = opened[1]
        elif _OFFERED.match(line) and "# e.g." not in line:
            found.append((section, line.removeprefix("# ")))
    return found


def get_at(settings: Settings, section: str, key: str) -> Any:
    """The value of a key in a section such as `feeds.main`."""
    name, _, which = section.partition(".")
    part: Any = getattr(settings, name) if name else settings
    return getattr(part[which] if which else part, key)


def nest(section: str, values: dict[str, Any]) -> dict[str, Any]:
    """Values as they stand in the settings, with what such a section must have."""
    name, _, which = section.partition(".")
    inner = {**_BARE.get(name, {}), **values}
    return inner if not name else {name: {which: inner} if which else inner}


def test_all_offered_settings_are_known() -> None:
    assert Settings(**tomllib.loads(take_comments_away())).relays["main"].host == "smtp.example.org"


@pytest.mark.parametrize(("section", "line"), list_offered())
def test_offered_value_is_the_default(section: str, line: str) -> None:
    offered = tomllib.loads(line)
    (key,) = offered
    with_it, without = (Settings(**nest(section, values)) for values in (offered, {}))
    assert get_at(with_it, section, key) == get_at(without, section, key)
