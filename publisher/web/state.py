"""What every route needs: the app, and a way to wake the sender."""

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.requests import Request

from publisher.app import App

if TYPE_CHECKING:
    from publisher.web.sign_ups import SignUps


@dataclass(frozen=True)
class State:
    """The site's surroundings in this process."""

    app: App
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @cached_property
    def sign_ups(self) -> "SignUps":
        """The sign-ups of the last hour."""
        from publisher.web.sign_ups import SignUps  # a tenth of a start, for who comes later

        return SignUps()


def get_state(request: Request) -> State:
    """The state that `build_web` was given."""
    state: State = request.app.state.publisher
    return state
