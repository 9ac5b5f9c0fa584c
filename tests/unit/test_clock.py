"""The steady clock: a leap ahead moves it not, whatever else is done to the machine's clock does."""

from datetime import datetime, timedelta

import pytest

from publisher.clock import Steady
from tests.factories import NOW

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


class Machine:
    """A machine whose clock can be set; time goes on by itself."""

    def __init__(self) -> None:
        self.passed, self.set_by = timedelta(0), timedelta(0)
        self.steady = Steady(wall=self.read_clock, counter=lambda: self.passed)

    def read_clock(self) -> datetime:
        return NOW + self.passed + self.set_by


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_steady_clock_goes_on(machine: Machine) -> None:
    machine.passed = 3 * YEAR
    assert (machine.steady.now(), machine.steady.find_leap()) == (NOW + 3 * YEAR, timedelta(0))


@pytest.mark.parametrize("step", [HOUR, timedelta(minutes=10), -HOUR, -YEAR])
def test_small_or_backward_step_is_followed(machine: Machine, step: timedelta) -> None:
    machine.set_by = step
    assert (machine.steady.now(), machine.steady.find_leap()) == (NOW + step, timedelta(0))


def test_leap_ahead_is_not_followed(machine: Machine) -> None:
    machine.passed, machine.set_by = DAY, YEAR
    assert (machine.steady.now(), machine.steady.find_leap()) == (NOW + DAY, YEAR)


def test_leap_ends_when_set_right(machine: Machine) -> None:
    machine.set_by = YEAR
    assert machine.steady.find_leap() == YEAR
    machine.set_by = timedelta(0)
    assert (machine.steady.now(), machine.steady.find_leap()) == (NOW, timedelta(0))


def test_small_steps_never_add_up(machine: Machine) -> None:
    for hours in range(1, 30):
        machine.set_by = hours * HOUR
        assert machine.steady.find_leap() == timedelta(0)


def test_clock_set_back_may_be_set_right(machine: Machine) -> None:
    machine.set_by = -5 * HOUR
    assert machine.steady.find_leap() == timedelta(0)
    machine.set_by = timedelta(0)
    assert machine.steady.find_leap() == timedelta(0)


def test_real_clock_does_not_leap() -> None:
    assert Steady().find_leap() == timedelta(0)
