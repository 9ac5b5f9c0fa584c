"""The whole site as one ASGI application: the shelf first, then the routes, then where former addresses led."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from publisher.app import App
from publisher.clock import now
from publisher.domain import address
from publisher.domain.article import Article, Status
from publisher.errors import LedgerError, PublisherError
from publisher.jobs import guarding, holding, pushing
from publisher.jobs.making import MadeFeeds
from publisher.logs import get_logger
from publisher.web import mailbox, metrics, readers
from publisher.web.guards import AccessLog, Guarded, build_protection
from publisher.web.moved import find_new_address, has_ended
from publisher.web.shelf import READING, ShelfFirst, spell
from publisher.web.state import State, get_state

_log = get_logger()
_FOR_A_WHILE = "public, max-age=3600"  # a slug may come back, and a browser keeps a bare 301 for ever
_SOON = "60"  # seconds
_ARTICLE = re.compile(r"/articles/(\d{4})/(\d\d)/([^/]+)/?")


async def _live(_: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


def _ready(request: Request) -> Response:
    """Whether the ledger answers, and so the site; what does not is said in a line.

    What keeps mail from going out is said too, and which feeds are held back, with 200: readers get all that is there.
    """
    app = get_state(request).app
    try:
        obstacle = guarding.look(app)
    except PublisherError as problem:
        return JSONResponse({"ready": False, "problem": str(problem)}, status_code=503)
    mail = {"sends": False, "reason": obstacle.kind.value, "problem": obstacle.text} if obstacle else {"sends": True}
    feeds = [{"name": held.name, "reason": held.reason} for held in holding.list_held(app)]
    return JSONResponse({"ready": True, **mail, "feeds": feeds}, headers={"cache-control": "no-store"})


ROUTES = [
    Route("/healthz", _live),
    Route("/readyz", _ready),
    Route("/metrics", metrics.show_metrics),
    Route("/subscribe", readers.show_sign_up, methods=["GET"]),
    Route("/subscribe", readers.sign_up, methods=["POST"]),
    Route("/confirm/{token}", readers.show_confirm, methods=["GET"]),
    Route("/confirm/{token}", readers.do_confirm, methods=["POST"]),
    Route("/preferences/{token}", readers.show_preferences, methods=["GET"]),
    Route("/preferences/{token}", readers.do_preferences, methods=["POST"]),
    Route("/unsubscribe/{token}", readers.show_unsubscribe, methods=["GET"]),
    Route("/unsubscribe/{token}", readers.do_unsubscribe, methods=["POST"]),
    Route("/mailbox", mailbox.show_mailbox),
    Route("/mailbox/{key}", mailbox.show_mail),
    Route("/mailbox/{key}/html", mailbox.show_frame),
]


def _find_elsewhere(request: Request, _: Exception) -> Response:
    """What is no file and no route: what moved (301), was withdrawn or has ended (410), else 404 or 405.

    Where the ledger can't tell, readers are to come again: a feed that is there must not be taken for one that is not.
    """
    try:
        return _look_elsewhere(request)
    except LedgerError as problem:
        _log.error("ledger_not_read", path=request.scope["path"], why=str(problem))
        answer = readers.say(request, "Something went wrong", "Please try again in a moment.", status=503)
        answer.headers["retry-after"] = _SOON
        return answer


def _look_elsewhere(request: Request) -> Response:
    app, path = get_state(request).app, request.scope["path"]
    spelt = quote(path, safe="/+")
    if request.method not in READING and (app.shelf.find(spelt) or MadeFeeds(app).make(spell(spelt))):
        return _say_allowed(READING)
    if request.method in READING and (target := find_new_address(spelt, app.feeds)):
        return _redirect(target)
    with app.ledger.read() as tx:
        if has_ended(spelt, present=_list_names(app), was_offered=tx.offered.has):
            return readers.say(request, "Gone", "This feed has ended.", status=410)
        parts = _ARTICLE.fullmatch(path)
        found = tx.articles.find_at(year=int(parts[1]), month=int(parts[2]), slug=parts[3]) if parts else None
        is_former = found is None
        former = (tx.articles.find_by_former_address(spelling) for spelling in _list_spellings(path))
        found = found or next((article for article in former if article), None)
    if found is None:
        return readers.say(request, "Not found", "There is no such page.", status=404)
    return _lead_to(request, found, is_former=is_former)


def _list_names(app: App) -> set[str]:
    """The feeds that the settings make, their former names with them, and those of the newsletters' issues."""
    issues = (f"issues/{newsletter.name}" for newsletter in app.newsletters)
    return {name for feed in app.feeds for name in (feed.name, *feed.aliases)}.union(issues)


def _list_spellings(path: str) -> dict[str, None]:
    """How an alias may stand in a seed: with a slash at its end or without, percent-encoded or not."""
    bare = path.rstrip("/")
    return dict.fromkeys(spelling for plain in (path, bare, f"{bare}/") for spelling in (plain, quote(plain)))


def _lead_to(request: Request, article: Article, *, is_former: bool) -> Response:
    publication = get_state(request).app.publication
    moment = now()
    status = article.status(moment)
    was_out = article.released_at <= moment
    if status in (Status.WITHDRAWN, Status.EXPIRED) and was_out:
        return readers.say(request, "Gone", "This article was withdrawn.", status=410)
    if not was_out or not (is_former or publication.article_url):
        return readers.say(request, "Not found", "There is no such page.", status=404)
    target = address.reader_address(article, base=publication.url, article_url=publication.article_url)
    target = target if publication.article_url else address.article(article)
    return _redirect(target)


def _redirect(target: str) -> Response:
    return RedirectResponse(target, status_code=301, headers={"cache-control": _FOR_A_WHILE})


async def _apologise(request: Request, _: Exception) -> Response:
    return readers.say(request, "Something went wrong", "Please try again in a moment.", status=500)


async def _refuse_method(request: Request, _: Exception) -> Response:
    taken = [route for route in ROUTES if route.matches(request.scope)[0] is not Match.NONE]
    return _say_allowed({method for route in taken for method in route.methods or ()})


def _say_allowed(methods: Iterable[str]) -> Response:
    headers = {"allow": ", ".join(sorted(methods))}
    return PlainTextResponse("This address does not take that method.\n", status_code=405, headers=headers)


async def _refuse_body(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    return PlainTextResponse("This is too much at once.\n", status_code=413, headers=problem.headers)


def build_web(state: State) -> ASGIApp:
    """The site of an app, to be served by any ASGI server."""
    routes = Starlette(
        routes=ROUTES,
        exception_handlers={404: _find_elsewhere, 405: _refuse_method, 413: _refuse_body, 500: _apologise},
    )
    routes.router.redirect_slashes = False  # such a redirect would lead to whatever Host the request named
    app, log = state.app, AccessLog(state.app.tally)
    routes.state.publisher, routes.state.metrics = state, metrics.build_registry(app)
    protection = build_protection(app.publication)
    guarded = Guarded(routes, protection=protection, max_body=app.settings.web.max_body, log=log)
    links = pushing.list_links(app)
    return ShelfFirst(guarded, app.shelf, protection=protection, log=log, made=MadeFeeds(app), links=links)
