"""What is made for the first reader who asks: feeds of topics, parts of archives, the list of feeds."""

from starlette.requests import Request
from starlette.responses import Response

from publisher.clock import now
from publisher.jobs.making import make
from publisher.web.shelf import ShelfFirst
from publisher.web.state import get_state


def find_made(request: Request) -> Response | None:
    """The answer to a GET or HEAD of such a document, made for it; None where there is none."""
    if make(get_state(request).app, request.scope["path"], now=now()) is None:
        return None
    front: ShelfFirst = request.app.state.front
    answer = front.answer(request.method, request.scope["path"], request.scope["headers"])
    if answer is None:
        return None
    response = Response(answer.body, status_code=answer.form.status)
    response.raw_headers = list(answer.form.start["headers"])
    return response
