"""What readers do: sign up, confirm, choose, leave. GET shows, POST acts (L02)."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from publisher.clock import now
from publisher.domain import address
from publisher.domain.subscriber import Format, Status, Subscriber, Subscription
from publisher.errors import RefusedError
from publisher.jobs.subscribing import ask
from publisher.pages import (
    render_confirm,
    render_message,
    render_preferences,
    render_subscribe,
    render_unsubscribe,
)
from publisher.subscriptions import (
    Preferences,
    change_preferences,
    check_email,
    confirm,
    find_by_preferences_token,
    find_by_unsubscribe_token,
    find_pending,
    unsubscribe,
)
from publisher.subscriptions import Request as Wish
from publisher.templating import translate
from publisher.web.guards import is_own_form
from publisher.web.state import State, get_state

_ONE_CLICK = ("List-Unsubscribe", "One-Click")
_PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}
_WORDING = "sign-up form 1"
_ANSWER_AFTER = 0.1  # seconds; a mail is written for some in ten milliseconds, for others none is in four


def private(body: bytes, *, status: int = 200) -> Response:
    """A page that is one person's business: kept by no cache and no search engine."""
    return HTMLResponse(body, status_code=status, headers=_PRIVATE)


def say(request: Request, title: str, text: str, *, status: int = 200, language: str = "") -> Response:
    """A page with a title and a sentence, in the reader's language."""
    site = get_state(request).app.site
    spoken = language or site.publication.language
    page = render_message(site, title=translate(spoken, title), text=translate(spoken, text), language=language)
    return private(page, status=status)


async def show_sign_up(request: Request) -> Response:
    """GET /subscribe."""
    return HTMLResponse(render_subscribe(get_state(request).app.site), headers={"cache-control": "no-cache"})


async def sign_up(request: Request) -> Response:
    """POST /subscribe: the same answer, after the same time, for every address that could be one (L03)."""
    state = get_state(request)
    if not is_own_form(request, state.app.publication):
        return say(request, "Not accepted", "Please use the form on our own page.", status=403)
    form = await request.form()
    chosen = _texts(form, "newsletters")
    known = [newsletter.name for newsletter in state.app.newsletters]
    wanted = tuple(name for name in chosen if name in known)
    typed = _text(form, "email")
    if not wanted:
        return _show_problem(state, "Please choose a newsletter.", email=typed, chosen=chosen)
    try:
        email = check_email(typed)
    except RefusedError:
        return _show_problem(state, "This is not an e-mail address. Please check it.", email=typed, chosen=chosen)
    if not _is_within_limits(request):
        answer = say(request, "Too many at once", "Please try again in an hour.", status=429)
        answer.headers["retry-after"] = "3600"
        return answer
    same_time = asyncio.create_task(asyncio.sleep(_ANSWER_AFTER))
    if not _text(form, "website"):  # a field that only machines see and fill in
        wish = Wish(email=email, newsletters=wanted, source="sign-up form", ip=_client(request), wording=_WORDING)
        if await asyncio.to_thread(ask, state.app, wish, now=now()):
            state.wake.set()
    await same_time
    return say(request, "Check your inbox", "We have sent you a message with a link. Open it to confirm.")


def _is_within_limits(request: Request) -> bool:
    return get_state(request).sign_ups.take(_client_network(request))


def _show_problem(state: State, text: str, *, email: str, chosen: Sequence[str]) -> Response:
    words = translate(state.app.publication.language, text)
    page = render_subscribe(state.app.site, problem=words, email=email[:254], chosen=chosen)
    return private(page, status=422)


async def show_confirm(request: Request) -> Response:
    """GET /confirm/{token}."""
    state, token = get_state(request), request.path_params["token"]
    try:
        with state.app.ledger.read() as tx:
            subscriber, pending = find_pending(tx, token, keys=state.app.keys, now=now())
            has_confirmed = any(
                one.status is Status.CONFIRMED for one in tx.subscribers.list_subscriptions(subscriber.key)
            )
    except RefusedError as problem:
        return say(request, "This link does not work", problem.reason, status=404)
    if not pending and has_confirmed:
        return say(request, "You are subscribed", "Nothing more is to be done.", language=subscriber.language)
    if not pending:  # she has left since
        return say(
            request,
            "This link does not work",
            "This link is too old. Please sign up once more.",
            status=404,
            language=subscriber.language,
        )
    titles = _titles(state, [one.newsletter for one in pending])
    page = render_confirm(
        state.app.site, action=address.confirm(token), newsletters=titles, language=subscriber.language
    )
    return private(page)


async def do_confirm(request: Request) -> Response:
    """POST /confirm/{token}."""
    state, token = get_state(request), request.path_params["token"]
    if not is_own_form(request, state.app.publication):
        return say(request, "Not accepted", "Please use the form on our own page.", status=403)
    try:
        subscriber, confirmed = await asyncio.to_thread(_confirm, state, token, _client(request))
    except RefusedError as problem:
        return say(request, "This link does not work", problem.reason, status=404)
    if not confirmed:
        return await show_confirm(request)
    return say(
        request, "You are subscribed", "Thank you. The next issue will come to you.", language=subscriber.language
    )


def _confirm(state: State, token: str, ip: str) -> tuple[Subscriber, list[str]]:
    moment = now()
    with state.app.ledger.write() as tx:
        subscriber, _ = find_pending(tx, token, keys=state.app.keys, now=moment)
        return subscriber, confirm(tx, token, keys=state.app.keys, ip=ip, now=moment)


async def show_unsubscribe(request: Request) -> Response:
    """GET /unsubscribe/{token}."""
    state, token = get_state(request), request.path_params["token"]
    try:
        with state.app.ledger.read() as tx:
            subscription = find_by_unsubscribe_token(tx, token, keys=state.app.keys)
            subscriber = tx.subscribers.find_by_key(subscription.subscriber_key) if subscription else None
    except RefusedError as problem:
        return say(request, "This link does not work", problem.reason, status=404)
    if subscription is None:
        return say(request, "You are unsubscribed", "We do not have your address any more.")
    page = render_unsubscribe(
        state.app.site,
        action=address.unsubscribe(token),
        newsletter=_titles(state, [subscription.newsletter])[0],
        is_done=subscription.status is Status.UNSUBSCRIBED,
        language=subscriber.language if subscriber else "",
    )
    return private(page)


async def do_unsubscribe(request: Request) -> Response:
    """POST /unsubscribe/{token}: RFC 8058's one click from a mail program, or the page's own button.

    The token is the authority, so no origin is asked for; a second time changes nothing.
    """
    state, token = get_state(request), request.path_params["token"]
    form = await request.form()
    is_one_click = form.get(_ONE_CLICK[0]) == _ONE_CLICK[1]
    source = "one-click" if is_one_click else "unsubscribe page"
    try:
        await asyncio.to_thread(_unsubscribe, state, token, source, _client(request))
    except RefusedError as problem:
        if is_one_click:
            return PlainTextResponse(f"{problem.reason}\n", status_code=404, headers=_PRIVATE)
        return say(request, "This link does not work", problem.reason, status=404)
    if is_one_click:
        return PlainTextResponse("You are unsubscribed.\n", headers=_PRIVATE)
    return await show_unsubscribe(request)


def _unsubscribe(state: State, token: str, source: str, ip: str) -> Subscription | None:
    with state.app.ledger.write() as tx:
        return unsubscribe(tx, token, keys=state.app.keys, source=source, ip=ip, now=now())


async def show_preferences(request: Request) -> Response:
    """GET /preferences/{token}."""
    return _show_preferences(request, is_saved=False)


def _show_preferences(request: Request, *, is_saved: bool) -> Response:
    state, token = get_state(request), request.path_params["token"]
    try:
        with state.app.ledger.read() as tx:
            subscriber = find_by_preferences_token(tx, token, keys=state.app.keys)
            subscriptions = tx.subscribers.list_subscriptions(subscriber.key)
            sections = tx.articles.list_sections(now())
    except RefusedError as problem:
        return say(request, "This link does not work", problem.reason, status=404)
    page = render_preferences(
        state.app.site,
        action=address.preferences(token),
        subscriber=subscriber,
        subscriptions=subscriptions,
        sections=sections,
        is_saved=is_saved,
    )
    return private(page)


async def do_preferences(request: Request) -> Response:
    """POST /preferences/{token}."""
    state = get_state(request)
    if not is_own_form(request, state.app.publication):
        return say(request, "Not accepted", "Please use the form on our own page.", status=403)
    form = await request.form()
    try:
        await asyncio.to_thread(_change, state, request.path_params["token"], form, _client(request))
    except RefusedError as problem:
        return say(request, "This link does not work", problem.reason, status=404)
    return _show_preferences(request, is_saved=True)


def _change(state: State, token: str, form: FormData, ip: str) -> None:
    with state.app.ledger.write() as tx:
        subscriber = find_by_preferences_token(tx, token, keys=state.app.keys)
        wanted = _read_wishes(state, form, subscriber=subscriber, sections=tx.articles.list_sections(now()))
        change_preferences(tx, token, wanted, keys=state.app.keys, ip=ip, now=now())


def _read_wishes(state: State, form: FormData, *, subscriber: Subscriber, sections: Sequence[str]) -> Preferences:
    """What the form says, as far as the page offered it: a made-up language or section reaches no digest."""
    newsletters = [newsletter.name for newsletter in state.app.newsletters]
    language = _text(form, "language")
    return Preferences(
        language=language if language in state.app.publication.languages else subscriber.language,
        format=Format.TEXT if _text(form, "format") == Format.TEXT else Format.HTML,
        newsletters={
            name: tuple(section for section in sections if section in _texts(form, f"sections.{name}"))
            for name in newsletters
            if name in _texts(form, "newsletters")
        },
    )


def _titles(state: State, names: Sequence[str]) -> list[str]:
    titles = {newsletter.name: newsletter.title for newsletter in state.app.newsletters}
    return [titles.get(name, name) for name in names]


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def _client_network(request: Request) -> str:
    """The address that limits count by: an IPv6 network of 64 bits is one person."""
    try:
        found = ip_address(_client(request))
    except ValueError:
        return "unknown"
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
