"""Routes: how fast a relay may be fed, which share is its own, and when it is tried again."""

import asyncio
from collections import Counter

from publisher.errors import SendError
from publisher.mail import Pace, Relay, Timeouts, Tls
from publisher.mail.route import Route

PACE = Pace(retry_first=60, retry_most=60)
DOWN = SendError(0, "no answer", recipient="", is_permanent=False)


def _routes(*relays: Relay) -> tuple[list[Route], list[tuple[str, str]]]:
    told: list[tuple[str, str]] = []
    routes = [
        Route(relay, hello="x", timeouts=Timeouts(), pace=PACE, on_state=lambda *state: told.append(state))
        for relay in relays
    ]
    for route in routes:
        route.join(routes)
    return routes, told


def _relay(name: str, *, weight: float = 0, rate: float = 0, connections: int = 2) -> Relay:
    return Relay(name=name, host="127.0.0.1", port=25, tls=Tls.NONE, weight=weight, rate=rate, connections=connections)


def _hand_out(routes: list[Route], number: int) -> Counter[str]:
    """Give each message to the first relay that may take one."""
    for _ in range(number):
        next(route for route in routes if route.may_go).take_turn()
    return Counter({route.name: route.given for route in routes})


async def test_weights_are_shares() -> None:
    routes, _ = _routes(_relay("a", weight=3), _relay("b", weight=1))
    given = _hand_out(routes, 4_000)
    assert abs(given["a"] - 3_000) <= 6
    assert abs(given["b"] - 1_000) <= 6


async def test_without_weights_each_takes_what_it_can() -> None:
    routes, _ = _routes(_relay("a"), _relay("b"))
    assert _hand_out(routes, 50) == {"a": 50, "b": 0}


async def test_relay_that_is_down_leaves_its_share() -> None:
    routes, told = _routes(_relay("a", weight=1), _relay("b", weight=9))
    routes[1].note_failure(DOWN)
    assert _hand_out(routes, 100)["a"] == 100
    assert told == [("b", "no answer")]


async def test_returning_relay_need_not_catch_up() -> None:
    routes, told = _routes(_relay("a", weight=1), _relay("b", weight=1))
    routes[1].note_failure(DOWN)
    _hand_out(routes, 100)
    routes[1].note_answer()
    assert told[-1] == ("b", "")
    assert abs(_hand_out(routes, 100)["a"] - 50) <= 4


async def test_failing_relay_rests_then_gets_one_lane() -> None:
    (route,), _ = _routes(_relay("a", connections=8))
    assert route.connections == 8
    route.note_failure(DOWN)
    assert route.connections == 0


async def test_lanes_that_fail_together_are_one_failure() -> None:
    (route,), told = _routes(_relay("a", connections=8))
    for _ in range(8):
        route.note_failure(DOWN)
    assert (route.failures, told) == (1, [("a", "no answer")])


async def test_rate_spaces_the_messages() -> None:
    (route,), _ = _routes(_relay("a", rate=50))
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    started = loop.time()
    for _ in range(6):
        assert await route.wait_for_turn(stopped)
        route.take_turn()
    assert loop.time() - started >= 5 / 50


async def test_workers_keep_to_a_rate_together() -> None:
    (route,), _ = _routes(_relay("a", rate=50))
    route.sharers = 4
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    started = loop.time()
    for _ in range(3):
        assert await route.wait_for_turn(stopped)
        route.take_turn()
    assert loop.time() - started >= 2 * 4 / 50


async def test_stop_ends_the_wait() -> None:
    (route,), _ = _routes(_relay("a", rate=0.001))
    route.take_turn()
    stopped = asyncio.Event()
    waiting = asyncio.create_task(route.wait_for_turn(stopped))
    await asyncio.sleep(0)
    stopped.set()
    route.wake()
    assert await asyncio.wait_for(waiting, 5) is False
