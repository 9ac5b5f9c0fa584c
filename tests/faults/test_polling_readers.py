"""X19: readers poll while feeds are built anew: each answer is good, and one build from its first byte to its last."""

from collections import Counter
from dataclasses import dataclass

import pytest

from publisher.clock import now
from publisher.domain.feed import Format
from tests.acceptance.site import make_local_home, running, write_article
from tests.homes import look
from tests.polling import Poll, Rebuilding, Wish, list_problems, polling

MAIN = [f"/feeds/main.{form}" for form in Format]
BOTH = (False, True)
MADE = "/feeds/sections/town.atom"
WISHES = [
    *(Wish(path=path, coding=coding, has_tag=has_tag) for path in MAIN for coding in ("", "gzip") for has_tag in BOTH),
    *(Wish(path=MADE, coding=coding) for coding in ("", "gzip")),
]
SECONDS, EVERY, BUILT_EVERY = 1.2, 0.02, 0.1


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
                rebuilding.rebuild_for(SECONDS, every=BUILT_EVERY)
    return Polled(polls=[poll for reader in readers for poll in reader.polls], rebuilding=rebuilding)


def test_x19_polls_while_building_are_whole(polled: Polled) -> None:
    assert list_problems(polled.polls, polled.rebuilding.digests) == []


def test_x19_readers_saw_many_builds(polled: Polled) -> None:
    seen = {path: {poll.digest for poll in polled.polls if poll.path == path} - {""} for path in (*MAIN, MADE)}
    assert min(map(len, seen.values())) >= 3
    assert Counter(poll.status for poll in polled.polls).keys() == {200, 304}
