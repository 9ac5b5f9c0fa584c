"""What every route needs: the app, and a way to wake the sender."""

import asyncio
from dataclasses import dataclass, field

from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from publisher.app import App


@dataclass(frozen=True, slots=True)
class State:
    """The site's surroundings in this process."""

    app: App
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    limiter: FixedWindowRateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))


def get_state(request: Request) -> State:
    """The state that `build_web` was given."""
    state: State = request.app.state.publisher
    return state
