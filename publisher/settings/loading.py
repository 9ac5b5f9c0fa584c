"""Reads a home's settings, and says what is wrong with them: a line each, with where, key and value."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as EnvironmentProblem

from publisher.errors import SettingsError
from publisher.settings.parts import PREFIX, DatabasePart, DkimPart, FeedPart, RelayPart, Settings

FILE = Path("config/publisher.toml")
_SECTION = "it must be a section, such as [web] or [relays.main]"
_LIST = 'it must be a list, such as ["sport", "arts"]'
_SWITCH = "it must be true or false"
_ALLOWED = {
    "model_type": _SECTION,
    "dict_type": _SECTION,
    "tuple_type": _LIST,
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "string_type": "it must be a text in quotes",
    "missing": "it must be given",
}
_WHOLE_KEY = {"relays": 3, "database": 2, "alerts": 2}  # parts of relays.NAME.KEY; above it may be a password
_OWN_PLACES = frozenset(
    {"", "index", "feeds.opml", "style.css", "feed.css", "subscribe", "confirm", "preferences", "unsubscribe"}
    | {"mailbox", "api", "admin", "healthz", "readyz", "metrics"}
)
_OWN_FOLDERS = frozenset({"feeds", "articles", "issues", "images"})  # nothing in them ends in .xml
_URLS = ("database.url", "alerts.url", "alerts.heartbeat_url")  # they may hold a password or a token


def load_settings(home: Path) -> Settings:
    """Read a home's settings. Raises SettingsError with one line for each mistake."""
    path = home / FILE
    values = _read_file(path)
    _refuse_unknown_variables()
    try:
        settings = Settings(**values)
    except ValidationError as problem:
        raise SettingsError(*(_explain(error, path=path) for error in problem.errors())) from problem
    except EnvironmentProblem as problem:
        raise SettingsError(_explain_variable(problem)) from problem
    if mistakes := list(_iter_contradictions(settings)):
        raise SettingsError(*(f"{path}: {mistake}" for mistake in mistakes))
    return settings


def read_password(part: RelayPart | DatabasePart, *, home: Path) -> str:
    """A section's password, from the settings or from its file. Raises SettingsError when the file can't be read."""
    if not part.password_file:
        return part.password.get_secret_value()
    path = home / part.password_file
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path}: the password can't be read: {problem}") from problem


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise SettingsError(f"{path}: there is no such file (`publisher init` makes a home that has one)") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path}: this is no TOML: {problem}") from problem
    except OSError as problem:
        raise SettingsError(f"{path}: it can't be read: {problem.strerror}") from problem


def _refuse_unknown_variables() -> None:
    """pydantic-settings passes over a mistyped variable without a word; we do not."""
    known = {name.upper() for name in Settings.model_fields}
    strangers = sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX) and name.upper().removeprefix(PREFIX).split("__")[0] not in known
    )
    if strangers:
        allowed = ", ".join(f"{PREFIX}{name}…" for name in sorted(known))
        raise SettingsError(*(f"{name}: there is no such setting; allowed are {allowed}" for name in strangers))


def _explain(error: ErrorDetails, *, path: Path) -> str:
    """One line: where, key, value, what is wrong and what is allowed."""
    loc = [str(part) for part in error["loc"] if part != "[key]"]
    where, key = _find_source(loc) or str(path), ".".join(loc)
    if error["type"] == "extra_forbidden":
        return f"{where}: {key}: there is no such setting; allowed here: {', '.join(_list_allowed(loc[:-1]))}"
    plain = re.sub(r"^(Input|String) should", "it must", error["msg"].removeprefix("Value error, "))
    allowed = _ALLOWED.get(error["type"], plain)
    if "[key]" in error["loc"]:
        return f"{where}: {'.'.join(loc[:-1])} = {error['input']!r}: {allowed}"
    is_secret = "password" in key or len(loc) < _WHOLE_KEY.get(loc[0], 0)
    has_value = error["type"] != "missing" and not is_secret
    shown = _hide_login(error["input"]) if key in _URLS else error["input"]
    return f"{where}: {key} = {shown!r}: {allowed}" if has_value else f"{where}: {key}: {allowed}"


def _hide_login(url: object) -> str:
    """An address of which only the kind is shown: what follows may hold a password, in the right place or not."""
    kind, mark, _ = str(url).partition("://")
    return f"{kind}://…" if mark and re.fullmatch(r"[\w+.-]+", kind) else "…"


def _explain_variable(problem: EnvironmentProblem) -> str:
    """The line for a variable that must be JSON and is not; its value may hold a password."""
    value = getattr(problem.__cause__, "doc", None)
    name = next((name for name in os.environ if name.upper().startswith(PREFIX) and os.environ[name] == value), PREFIX)
    return f'{name}: a list or a section must be JSON here, such as ["sport", "arts"] ({problem.__cause__})'


def _find_source(loc: Sequence[str]) -> str | None:
    """The environment variable that a value came from, if it did."""
    names = {name.upper(): name for name in os.environ if name.upper().startswith(PREFIX)}
    wanted = [PREFIX + "__".join(loc[:depth]).upper() for depth in range(len(loc), 0, -1)]
    below = (name for name in names if name.startswith(f"{wanted[0]}__"))
    return next((names[name] for name in (*wanted, *below) if name in names), None)


def _list_allowed(loc: Sequence[str]) -> list[str]:
    """The keys that a section takes."""
    part: Any = Settings
    for name in loc:
        if not (isinstance(part, type) and issubclass(part, BaseModel)) or name not in part.model_fields:
            continue  # the name of a relay, a feed or a newsletter
        annotation = part.model_fields[name].annotation
        part = get_args(annotation)[1] if get_args(annotation) else annotation
    return [field.alias or name for name, field in part.model_fields.items()]


def _iter_contradictions(settings: Settings) -> Iterator[str]:
    if settings.database.password.get_secret_value() and settings.database.password_file:
        yield "database: give password or password_file, not both"
    yield from _iter_dkim_contradictions(settings.mail.dkim)
    yield from _iter_alias_contradictions(settings.feeds)
    if len({bool(relay.weight) for relay in settings.relays.values()}) > 1:
        bare = ", ".join(name for name, relay in settings.relays.items() if not relay.weight)
        yield f"relays: {bare}: no weight: give one to each relay, or to none"
    for name, newsletter in settings.newsletters.items():
        if not newsletter.skip_empty:
            yield f"newsletters.{name}.skip_empty = false: an issue without an article can't be mailed in this version"
    for name, relay in settings.relays.items():
        if relay.password.get_secret_value() and relay.password_file:
            yield f"relays.{name}: give password or password_file, not both"
        if relay.username and relay.tls == "none":
            yield f'relays.{name}.tls = "none": a password never goes out in clear; allowed are starttls and implicit'


def _iter_alias_contradictions(feeds: Mapping[str, FeedPart]) -> Iterator[str]:
    led: dict[str, str] = {}
    for name, alias in ((name, alias) for name, part in feeds.items() for alias in part.aliases):
        where, bare = f"feeds.{name}.aliases = {alias!r}", alias.rstrip("/")
        if bare in feeds:
            yield f"{where}: a feed has that name now"
        elif bare in led:
            yield f"{where}: it leads to feeds.{led[bare]} already"
        elif alias.startswith("/") and is_own_address(bare):
            yield f"{where}: that address is one of this site's own"
        led.setdefault(bare, name)


def is_own_address(path: str) -> bool:
    """Whether the site may answer at a root-relative address, so that nothing else can be meant by it."""
    first = path.split("/")[1]
    return first in _OWN_PLACES or (first in _OWN_FOLDERS and not path.endswith(".xml"))


def _iter_dkim_contradictions(part: DkimPart) -> Iterator[str]:
    names = (("", part.selector, part.key_file), ("ed25519_", part.ed25519_selector, part.ed25519_key_file))
    for prefix, selector, path in names:
        if path and not selector:
            yield f"mail.dkim.{prefix}selector: it must be given with {prefix}key_file"
        if selector and not path:
            yield f"mail.dkim.{prefix}key_file: it must be given with {prefix}selector"
    if part.ed25519_key_file and not part.key_file:
        yield "mail.dkim.key_file: it must be given, for not everybody can verify ed25519 alone"
    if part.selector and part.selector == part.ed25519_selector:
        yield f"mail.dkim.ed25519_selector = {part.selector!r}: each key needs a selector of its own"
