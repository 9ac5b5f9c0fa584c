"""How fast a client sends, by the same rule for each: between a tenth and nine tenths of its accepted messages."""

import itertools
import json
import os
import sys
import time

from tests.benchmarks.processes import find_memory


class Meter:
    """Counts accepted messages, from any thread; looks at both clocks twice."""

    def __init__(self, messages: int) -> None:
        self._messages = messages
        self._first, self._last = messages // 10, messages * 9 // 10
        self._numbers = itertools.count(1)
        self._marks: list[tuple[float, float]] = []

    def note(self) -> None:
        """One more was accepted."""
        number = next(self._numbers)
        if number in (self._first, self._last):
            self._marks.append((time.perf_counter(), time.process_time()))

    def say(self) -> None:
        """Print messages a second, microseconds of processor a message, and megabytes at the peak."""
        (began, cpu_began), (ended, cpu_ended) = self._marks
        count = self._last - self._first
        found = {
            "rate": count / (ended - began),
            "cpu": (cpu_ended - cpu_began) / count * 1e6,
            "peak": find_memory(os.getpid(), "VmHWM"),
        }
        json.dump(found, sys.stdout)
