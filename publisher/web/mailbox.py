"""The built-in mailbox, for a newcomer who looks at what would have gone out; only ever on this machine."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from publisher.domain import address
from publisher.errors import NotFoundError
from publisher.mail import Mail, Maildir
from publisher.pages import render_frame, render_mail, render_mailbox
from publisher.web.guards import is_local
from publisher.web.readers import private, say
from publisher.web.state import get_state

_LISTED = 200
# A mail brings its own style and pictures, and runs nothing; only our own page may frame it.
_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

Route = Callable[[Request], Awaitable[Response]]


def _only_here(route: Route) -> Route:
    """Answers 404 unless the built-in relay is used and the request was made on this machine itself."""

    async def guarded(request: Request) -> Response:
        if not get_state(request).app.has_built_in_relay or not is_local(request):
            return say(request, "Not found", "There is no such page.", status=404)
        try:
            return await route(request)
        except NotFoundError:
            return say(request, "Not found", "There is no such message.", status=404)

    return guarded


def _find(request: Request) -> Mail:
    return Maildir(get_state(request).app.home.mailbox).get_message(request.path_params["key"])


@_only_here
async def show_mailbox(request: Request) -> Response:
    """GET /mailbox."""
    app = get_state(request).app
    return private(render_mailbox(app.site, Maildir(app.home.mailbox).list_messages(limit=_LISTED)))


@_only_here
async def show_mail(request: Request) -> Response:
    """GET /mailbox/{key}."""
    message = _find(request)
    page = render_mail(get_state(request).app.site, message, frame=f"{address.mail(message.key)}/html")
    return HTMLResponse(page, headers={"cache-control": "no-store", "content-security-policy": _PAGE_POLICY})


@_only_here
async def show_frame(request: Request) -> Response:
    """GET /mailbox/{key}/html."""
    headers = {"content-security-policy": _FRAME_POLICY, "x-frame-options": "SAMEORIGIN", "cache-control": "no-store"}
    return HTMLResponse(render_frame(_find(request)), headers=headers)
