"""Upkeep: a new home, an examination of one, a template to change."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.app import App
from publisher.domain.podcast import iter_faults
from publisher.domain.push import HubState
from publisher.errors import NotFoundError, PublisherError, UsageError
from publisher.files import create_atomic
from publisher.jobs import guarding, holding, pushing
from publisher.jobs.sending import check_sending, make_relay, make_sender, make_signer
from publisher.mail import open_connection
from publisher.settings import FILE
from publisher.share import find_folder
from publisher.store.migrate import find_version, list_damage, newest_version

_SAMPLE = "une-gazette-dans-un-dossier.md"
_MOMENT = "%d %B %Y, %H:%M UTC"
_EXAMPLE_DOMAINS = ("example.org", "example.com", "example.net", "example.invalid", "localhost")


def make_home(folder: Path) -> list[Path]:
    """Make a home: settings, one article, the folders. Raises UsageError where one stands already."""
    if (folder / FILE).exists():
        raise UsageError(f"{folder / FILE}: here is a home already; nothing was changed")
    made = []
    for source, target in (
        (find_folder("config") / FILE.name, folder / FILE),
        (find_folder("seeds") / _SAMPLE, folder / "seeds" / _SAMPLE),
    ):
        if create_atomic(target, source.read_bytes()):
            made.append(target)
    (folder / "templates").mkdir(exist_ok=True)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `text` says how it is, or what is wrong and the mend."""

    what: str
    is_ok: bool
    text: str


def examine(app: App) -> list[Finding]:
    """Look at settings, database, templates, the folder, the feeds and the relay."""
    return list(_iter_findings(app))


def _iter_findings(app: App) -> Iterator[Finding]:
    yield Finding(what="settings", is_ok=True, text=str(app.home.root / FILE))
    damage = list_damage(app.ledger)
    is_current = find_version(app.ledger) == newest_version()
    yield Finding(
        what="database",
        is_ok=is_current and not damage,
        text="; ".join(damage) or (f"version {newest_version()}" if is_current else "run `publisher db upgrade`"),
    )
    broken = app.templates.check()
    yield Finding(what="templates", is_ok=not broken, text="; ".join(broken) or "all of them compile")
    has_seeds = app.home.seeds.is_dir()
    yield Finding(
        what="seeds",
        is_ok=has_seeds,
        text=str(app.home.seeds)
        if has_seeds
        else f"{app.home.seeds}: there is no such folder: make it, or set seeds.path",
    )
    yield from _iter_podcasts(app)
    yield from _examine_feeds(app)
    yield _examine_sending(app)
    if not app.has_built_in_relay and app.settings.relays:
        yield _examine_sender(app)
        yield from (_examine_relay(app, name) for name in app.settings.relays)
    yield from (_examine_hub(app, hub) for hub in pushing.list_hubs(app))


def _iter_podcasts(app: App) -> Iterator[Finding]:
    for feed in app.feeds:
        if feed.podcast is not None:
            faults = list(iter_faults(feed.podcast))
            yield Finding(what=f"feeds.{feed.name}", is_ok=not faults, text="; ".join(faults) or "fit for directories")


def _examine_feeds(app: App) -> Iterator[Finding]:
    held = holding.list_held(app)
    if not held:
        yield Finding(what="feeds", is_ok=True, text="none is held back")
    yield from (Finding(what=f"feed {one.name}", is_ok=False, text=holding.describe(one)) for one in held)


def _examine_sending(app: App) -> Finding:
    try:
        check_sending(app)
    except PublisherError as problem:
        return Finding(what="sending", is_ok=False, text="; ".join(str(problem).splitlines()))
    if obstacle := guarding.look(app):
        return Finding(what="sending", is_ok=False, text=obstacle.text)
    signer = make_signer(app)
    signed = "".join(f"; signed by {key.record.name}" for key in signer.keys) if signer else ""
    text = "mail is filed in the built-in mailbox; nobody receives it" if app.has_built_in_relay else "allowed"
    return Finding(what="sending", is_ok=True, text=text + signed)


def _examine_sender(app: App) -> Finding:
    domain = app.settings.mail_domain
    is_example = domain.endswith(_EXAMPLE_DOMAINS)
    text = f"mail.from is at {domain}: give an address of your own domain" if is_example else make_sender(app).address
    return Finding(what="mail.from", is_ok=not is_example, text=text)


def _examine_relay(app: App, name: str) -> Finding:
    relay = make_relay(name, app.settings.relays[name], root=app.home.root)

    async def greet() -> None:
        connection = await open_connection(relay, hello=make_sender(app).message_domain)
        await connection.close()

    try:
        asyncio.run(greet())
    except (PublisherError, OSError) as problem:
        return Finding(what=f"relay {name}", is_ok=False, text=f"{relay.host}:{relay.port}: {problem}")
    return Finding(what=f"relay {name}", is_ok=True, text=f"{relay.host}:{relay.port} answers ({relay.tls})")


def _count(documents: int) -> str:
    return "1 document" if documents == 1 else f"{documents} documents"


def _examine_hub(app: App, hub: HubState) -> Finding:
    what = f"hub {hub.hub}"
    if not pushing.is_fetchable(app):
        text = f"it is told nothing: {app.publication.url} is this machine's only, and no hub can fetch a feed there"
        return Finding(what=what, is_ok=False, text=text)
    if hub.failing_since:
        text = f"it could not be told of {_count(hub.waiting)} since {hub.failing_since:{_MOMENT}}: {hub.problem}"
        return Finding(what=what, is_ok=False, text=f"{text}; it is tried again by `publisher run`")
    told = f"told last on {hub.told_at:{_MOMENT}}" if hub.told_at else "it was told nothing yet"
    waiting = f"; {_count(hub.waiting)} to tell it of, once `publisher run` is up" if hub.waiting else ""
    return Finding(what=what, is_ok=True, text=told + waiting)


def copy_template(app: App, name: str) -> Path:
    """Copy a built-in template into the home. Raises NotFoundError, or UsageError where the home has its own."""
    built_in = find_folder("templates")
    source = (built_in / name).resolve()
    if not source.is_relative_to(built_in.resolve()) or not source.is_file():
        names = sorted(path.relative_to(built_in).as_posix() for path in built_in.rglob("*") if path.is_file())
        raise NotFoundError(f"no template is named {name!r}; there are: {', '.join(names)}")
    target = app.home.templates / name
    if target.resolve() == source:
        raise UsageError(f"{target}: in this home the built-in templates are your own: change it in place")
    if not create_atomic(target, source.read_bytes()):
        raise UsageError(f"{target}: there is such a file already")
    return target
