"""X19: readers poll while feeds are built anew: each answer is good, and one build from its first byte to its last."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from publisher.clock import now
from publisher.domain.feed import Format
from tests.acceptance.site import make_local_home, running, write_article
from tests.homes import look
from tests.polling import Poll, Reader, Rebuilding, Wish, list_problems, list_seen, polling

MAIN = [f"/feeds/main.{form}" for form in Format]
BOTH = (False, True)
MADE = "/feeds/sections/town.atom"
WISHES = [
    *(Wish(path=path, coding=coding, has_tag=has_tag) for path in MAIN for coding in ("", "gzip") for has_tag in BOTH),
    *(Wish(path=MADE, coding=coding) for coding in ("", "gzip")),
]
BUILDS, EVERY, BUILT_EVERY, LONGEST = 8, 0.02, 0.1, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What all readers got, and the builds that there were."""

    polls: list[Poll]
    rebuilding: Rebuilding


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Polled:
    home, port = make_local_home(tmp_path_factory.mktemp("paper") / "home")
    for number in range(12):
        write_article(home, f"town/{number}.md", f"Day {number}")
    with home.opened() as app:
        look(app, now())
        rebuilding = Rebuilding(app, [*MAIN, MADE])
        with running(home, port, "--only", "web") as server:
            server.wait_until_ready()
            with polling(port, WISHES, every=EVERY) as readers:
                until = time.monotonic() + LONGEST
                rebuilding.rebuild_until(
                    lambda: time.monotonic() > until or has_seen(collect(readers), builds=BUILDS), every=BUILT_EVERY
                )
    return Polled(polls=collect(readers), rebuilding=rebuilding)


def collect(readers: Sequence[Reader]) -> list[Poll]:
    """All that they got so far."""
    return [poll for reader in readers for poll in reader.polls]


def has_seen(polls: Sequence[Poll], *, builds: int) -> bool:
    """Whether readers got so many builds of each document."""
    seen = list_seen(polls)
    return seen.keys() == {*MAIN, MADE} and min(map(len, seen.values())) >= builds


def test_x19_polls_while_building_are_whole(polled: Polled) -> None:
    assert list_problems(polled.polls, polled.rebuilding.digests) == []


def test_x19_readers_saw_many_builds(polled: Polled) -> None:
    assert has_seen(polled.polls, builds=BUILDS)
    assert Counter(poll.status for poll in polled.polls).keys() == {200, 304}
