"""How much is claimed at a time."""

import pytest

from publisher.mail.stock import next_limit


@pytest.mark.parametrize(
    ("claimed", "seconds", "limit"),
    [(30, 1, 60), (30, 10, 30), (30, 100, 3), (30, 10_000, 3), (30, 0, 60), (10, 5, 20), (0, 1, 3)],
)
def test_batch_is_ten_seconds_of_work(claimed: int, seconds: float, limit: int) -> None:
    assert next_limit(30, claimed=claimed, seconds=seconds, connections=3) == limit


def test_batch_never_grows_without_end() -> None:
    assert next_limit(800, claimed=800, seconds=0.1, connections=3) == 1_000
