"""The composition root: settings become an App that holds what every job needs; it is opened and closed here."""

import hashlib
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from publisher.clock import Steady, now
from publisher.domain.feed import Feed
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.domain.token import Keys, derive_key
from publisher.errors import LedgerError, NotFoundError, SettingsError
from publisher.files import create_atomic
from publisher.public import Made, Shelf
from publisher.settings import FILE, Settings, load_settings, read_password
from publisher.share import find_folder
from publisher.store import Ledger
from publisher.store.facts import LEDGER_ID
from publisher.store.migrate import backup, find_version, newest_version, upgrade
from publisher.tally import Tally

if TYPE_CHECKING:
    from publisher.pages import Site
    from publisher.templating import Templates

STAMP: Final = ".stamp.json"  # below var/public: how far it has come
_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder and where things lie in it."""

    root: Path
    seeds: Path

    @property
    def templates(self) -> Path:
        """The operator's own templates."""
        return self.root / "templates"

    @property
    def data(self) -> Path:
        """The ledger and its secret: not derived, to be backed up."""
        return self.root / "data"

    @property
    def var(self) -> Path:
        """All that is derived."""
        return self.root / "var"

    @property
    def public(self) -> Path:
        """Feeds, pages and pictures."""
        return self.var / "public"

    @property
    def mailbox(self) -> Path:
        """The Maildir of the built-in relay."""
        return self.var / "mailbox"

    @property
    def run(self) -> Path:
        """Locks of running processes."""
        return self.var / "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that a job works with."""

    home: Home
    settings: Settings
    publication: Publication
    feeds: tuple[Feed, ...]
    newsletters: tuple[Newsletter, ...]
    load_templates: Callable[[], "Templates"]
    ledger: Ledger
    keys: Keys
    shelf: Shelf
    made: Made
    ledger_id: str = ""
    tally: Tally = field(default_factory=Tally)
    steady: Steady = field(default_factory=Steady)

    @property
    def templates(self) -> "Templates":
        """The home's own and the built-in ones, loaded when they are first asked for."""
        return self.load_templates()

    @property
    def site(self) -> "Site":
        """What pages show."""
        from publisher.pages import Site  # with the markup and the languages that pages need, and most commands do not

        return Site(
            publication=self.publication, feeds=self.feeds, newsletters=self.newsletters, templates=self.templates
        )

    @property
    def has_built_in_relay(self) -> bool:
        """Whether mail stays in the built-in mailbox (no relay, and the site is this machine's only)."""
        return not self.settings.relays and self.publication.is_loopback

    def get_newsletter(self, name: str) -> Newsletter:
        """The newsletter of that name. Raises NotFoundError with the names there are."""
        for newsletter in self.newsletters:
            if newsletter.name == name:
                return newsletter
        names = ", ".join(one.name for one in self.newsletters)
        raise NotFoundError(f"no newsletter is named {name!r}; there are: {names or 'none'}")

    def check_sending(self) -> None:
        """Refuse to send where readers could not leave, or would not know who writes. Raises SettingsError."""
        if self.has_built_in_relay:
            return
        where = self.home.root / FILE
        problems = []
        if not self.settings.relays:
            problems.append("relays: none is set, and the built-in one serves a loopback url only: add [relays.main]")
        if not self.publication.url.startswith("https:"):
            url = self.publication.url
            problems.append(f"publication.url = {url!r}: real mail needs https here (one-click unsubscribe, RFC 8058)")
        if not self.publication.postal_address:
            problems.append("publication.postal_address: real mail needs it in every footer")
        if problems:
            raise SettingsError(*(f"{where}: {problem}" for problem in problems))


@contextmanager
def open_app(
    root: Path, *, settings: Settings | None = None, is_upgrading: bool = True, tally: Tally | None = None
) -> Iterator[App]:
    """Open a home: settings, ledger (brought up to date where that is safe), secret, templates; close it at the end.

    A `tally` that is given goes on counting.
    """
    settings = settings or load_settings(root)
    home = Home(root=root, seeds=(root / settings.seeds.path))
    shelf = Shelf(home.public)
    ledger = Ledger(settings.database.url, home=root, password=read_password(settings.database, home=root))
    try:
        if is_upgrading:
            prepare_ledger(ledger, home=home)
        yield App(
            home=home,
            settings=settings,
            publication=settings.to_publication(),
            feeds=settings.to_feeds(),
            newsletters=settings.to_newsletters(),
            load_templates=_find_templates(home),
            ledger=ledger,
            keys=_open_keys(ledger, home.data / "secret") if is_upgrading else Keys((b"",)),
            shelf=shelf,
            made=Made(home.public / STAMP, shelf.memory),
            ledger_id=_find_id(ledger) if is_upgrading else "",
            tally=tally or Tally(),
        )
    finally:
        ledger.close()


def _find_templates(home: Home) -> "Callable[[], Templates]":
    @cache
    def load() -> "Templates":
        from publisher.templating import (
            Templates,  # Jinja and Babel: a tenth of a start, and most commands render nothing
        )

        return Templates(home.templates, find_folder("templates"))

    return load


def prepare_ledger(ledger: Ledger, *, home: Home) -> None:
    """Bring the ledger up to date at a start. Raises LedgerError for older tables on PostgreSQL.

    There other machines may be at work with the older version: an operator's hand decides when that ends.
    """
    version = find_version(ledger)
    if version and version < newest_version() and not ledger.is_sqlite:
        raise LedgerError(
            f"the ledger's tables are of an older version ({version}, this one needs {newest_version()}): stop all "
            "workers, make a copy with pg_dump, and run `publisher db upgrade`"
        )
    upgrade_ledger(ledger, home=home)


def upgrade_ledger(ledger: Ledger, *, home: Home) -> str | None:
    """Bring the ledger's tables to this version, on SQLite after a backup where it held anything; gives its path."""
    version = find_version(ledger)
    if version == newest_version():
        return None
    saved = None
    if version and ledger.is_sqlite:
        saved = home.data / f"publisher-before-{newest_version()}-{now():%Y%m%dT%H%M%S}.db"
        backup(ledger, saved, now=now())
    upgrade(ledger)
    return str(saved) if saved else None


def _find_id(ledger: Ledger) -> str:
    """Which ledger this is; a new one is named at its first start."""
    with ledger.read() as tx:
        found = tx.facts.find(LEDGER_ID)
    if found:
        return found
    with ledger.write() as tx:
        return tx.facts.find_or_put(LEDGER_ID, secrets.token_hex(8))


def _open_keys(ledger: Ledger, path: Path) -> Keys:
    """The ledger's secrets; one is made at the first start, and never for a ledger that had another."""
    with ledger.read() as tx:
        mark = tx.facts.find("secret_mark")
    if not path.exists():
        if mark:
            raise LedgerError(f"{path}: the ledger's secret is missing: put it back from your backup")
        _make_secret(path)
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    keys = _read_secret(path)
    own = hashlib.sha256(derive_key(keys.secrets[-1], "mark")).hexdigest()[:32]
    if not mark:
        with ledger.write() as tx:
            tx.facts.find_or_put("first_day", now().replace(hour=0, minute=0, second=0, microsecond=0).isoformat())
            mark = tx.facts.find_or_put("secret_mark", own)
    if mark != own:
        raise LedgerError(f"{path}: this secret belongs to another ledger: put back the one from your backup")
    return keys


def _read_secret(path: Path) -> Keys:
    try:
        found = tuple(b64decode(line, validate=True) for line in path.read_text(encoding="ascii").split())
    except ValueError:
        found = ()
    if not found or min(map(len, found)) < _SECRET_BYTES:
        raise LedgerError(f"{path}: this is no secret of a ledger: put back the one from your backup")
    return Keys(found)


def _make_secret(path: Path) -> None:
    """Make the first secret; where two processes start at once, the first one's stays."""
    create_atomic(path, b64encode(secrets.token_bytes(_SECRET_BYTES)) + b"\n", mode=0o600)
