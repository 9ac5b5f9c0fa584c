"""What the torture suite does to a process from outside: ends it at a named point, and shortens its waits.

    FAILPOINT=begun:3              killed, as by SIGKILL, when it gets there for the third time
    FAILPOINT=begun:3:stop         stopped, as by SIGSTOP, and going on with a SIGCONT
    FAILPOINT=begun:3:exit         ended with exit code 86, its buffers unwritten
    FAILPOINT_HASTE=20             waits (time limits, leases, pauses) last a twentieth

Both are for tests. Unset, a point is a call of a function that does nothing. `docs/decisions/0022` says more.
"""

import asyncio
import dataclasses
import os
import signal
from collections.abc import Callable
from typing import Any, Final, TypeVar

_Waits = TypeVar("_Waits")

# Each is a moment of which the next step would not know that it had been. "-ing" is inside a transaction, right before
# its commit; the past is right after it.
NAMES: Final = {
    "claimed": "rows are claimed, and none of them is begun",
    "turning": "outcomes and beginnings are about to be committed",
    "begun": "rows are `sending` on the disk, and none of their content has gone out",
    "enveloped": "the relay waits for the content",
    "half": "a part of the content has gone out",
    "written": "all of the content has gone out",
    "answered": "the answer to the content is read, and nobody else knows it",
    "recorded": "outcomes are on the disk",
    "returning": "claimed rows are about to be given back",
    "returned": "claimed rows are given back",
    "recovering": "the rows of a dead worker are about to be freed",
    "recovered": "the rows of a dead worker are freed",
    "freezing": "an issue and its rows are about to be committed",
    "frozen": "an issue is made, and nothing of it is sent or published",
    "pausing": "an issue is about to be paused, and its refused rows queued again",
    "paused": "an issue is paused",
    "resolving": "doubtful rows are about to be resolved",
    "resolved": "doubtful rows are resolved",
    "noticing": "a notice is about to be queued",
    "noticed": "a notice is queued",
}
_ON_WIRE: Final = frozenset({"half", "written"})
EXIT_CODE: Final = 86
_ACTS: Final[dict[str, Callable[[], Any]]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "exit": lambda: os._exit(EXIT_CODE),
}


def _pass(_name: str) -> None:
    return None


def _arm(text: str) -> Callable[[str], None]:
    """What `reach` does. Raises ValueError for what names no point, no number from 1, or no act."""
    wanted, _, rest = text.partition(":")
    number, _, act = rest.partition(":")
    if wanted not in NAMES or not (number or "1").isdecimal() or (act or "kill") not in _ACTS:
        raise ValueError(f"FAILPOINT={text}: it is POINT, POINT:3 or POINT:3:stop; POINT is one of {', '.join(NAMES)}")
    left, end = int(number or "1"), _ACTS[act or "kill"]

    def reach(name: str) -> None:
        nonlocal left
        if name != wanted:
            return
        left -= 1
        if left == 0:
            # uvloop writes when the loop's turn is over: what has gone out by our word must have gone out.
            asyncio.get_running_loop().call_soon(end) if name in _ON_WIRE else end()

    return reach


_armed: Final = os.environ.get("FAILPOINT", "")
reach: Final = _arm(_armed) if _armed else _pass
_haste: Final = float(os.environ.get("FAILPOINT_HASTE") or 1)


def wait(seconds: float) -> float:
    """How long a wait is that lasts `seconds` outside of tests."""
    return seconds / _haste


def hasten(waits: _Waits) -> _Waits:
    """The same dataclass, with every field that holds seconds (a float) as `wait` says."""
    if _haste == 1:
        return waits
    given: Any = waits
    changed = {one.name: wait(getattr(given, one.name)) for one in dataclasses.fields(given) if one.type is float}
    hastened: _Waits = dataclasses.replace(given, **changed)
    return hastened
