"""How many may ask to sign up: so many an hour from one network, and so many in all. The only home of `limits`."""

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

_FROM_ONE, _FROM_ALL = parse("10/hour"), parse("1000/hour")


class SignUps:
    """The sign-ups of the last hour, in this process."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def take(self, network: str) -> bool:
        """Count one more from a network; False where that is too much."""
        return self._limiter.hit(_FROM_ONE, network) and self._limiter.hit(_FROM_ALL, "everybody")
