"""The settings: their names, types and defaults, where they come from, and what is wrong with them, a line each.

`config/publisher.toml` below the home folder; any of them also as an environment variable
(`PUBLISHER_RELAYS__MAIN__PASSWORD`), which wins; a password also as a file (`password_file`).
"""

import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as EnvironmentProblem

from publisher.domain.feed import Choice, Feed
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.errors import SettingsError
from publisher.timetable import check_schedule, check_zone

FILE = Path("config/publisher.toml")
PREFIX = "PUBLISHER_"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SECTION = "it must be a section, such as [web] or [relays.main]"
_LIST = 'it must be a list, such as ["sport", "arts"]'
_ALLOWED = {"model_type": _SECTION, "dict_type": _SECTION, "tuple_type": _LIST, "missing": "it must be given"}
_RELAY_KEY = 3  # relays.NAME.KEY; what stands above it may hold a password
_SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({"sections", "tags"})
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", str(value).strip())
    if not found:
        raise ValueError("it must be a duration such as 30s, 90m, 5h or 14d")
    return timedelta(**{_UNITS[found[2]]: float(found[1])})


def _size(value: object) -> object:
    found = re.fullmatch(r"(\d+)\s*([KMG]?)B?", str(value).strip(), re.IGNORECASE)
    if not found:
        raise ValueError("it must be a size such as 500K or 2M")
    return int(found[1]) * _SIZES[found[2].upper()]


def _language(value: object) -> object:
    if not _LANGUAGE.fullmatch(str(value)):
        raise ValueError("it must be a language tag such as fr or nl-BE")
    return value


def _mailbox(value: object) -> object:
    _, address = parseaddr(str(value))
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError('it must be an address such as "La Gazette <gazette@example.org>"')
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value) or value in _RESERVED:
        raise ValueError(
            "it must be small letters, digits and _, begin with a letter, and be neither sections nor tags"
        )
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    has_more = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or has_more:
        raise ValueError("it must be an address without a path, such as https://gazette.example.org")
    return value.rstrip("/")


def _article_url(value: str) -> str:
    try:
        example = value.format(yyyy="2026", mm="11", slug="a-title")
    except (KeyError, IndexError, ValueError):
        example = ""
    if value and ("{slug}" not in value or urlsplit(example).scheme not in {"http", "https"}):
        raise ValueError("it must be an address such as https://site/{yyyy}/{mm}/{slug}/")
    return value


def _expiry(value: timedelta) -> timedelta:
    if value > timedelta(days=5):
        raise ValueError("it must be at most 5d")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
Zone = Annotated[str, AfterValidator(check_zone)]
Schedule = Annotated[str, AfterValidator(check_schedule)]
Language = Annotated[str, BeforeValidator(_language)]
Mailbox = Annotated[str, BeforeValidator(_mailbox)]
Url = Annotated[str, AfterValidator(_url)]
ArticleUrl = Annotated[str, AfterValidator(_article_url)]
Expiry = Annotated[Duration, AfterValidator(_expiry)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class PublicationPart(_Part):
    """`[publication]`: who speaks."""

    title: str = Field("A publication", min_length=1)
    tagline: str = ""
    url: Url = "http://127.0.0.1:8000"
    language: Language = "en"
    languages: tuple[Language, ...] = ()
    timezone: Zone = "UTC"
    postal_address: str = ""
    contact: str = ""
    privacy_url: str = ""
    id_authority: str = ""
    article_url: ArticleUrl = ""


class SeedsPart(_Part):
    """`[seeds]`: the folder of articles."""

    path: Path = Path("seeds")
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    guard: float = Field(0.2, ge=0, le=1)
    review_below: float = Field(0.5, ge=0, le=1)
    max_size: Size = 2 << 20
    quiet: float = Field(0.5, ge=0, le=60)
    fresh: Duration = timedelta(days=14)


class DatabasePart(_Part):
    """`[database]`: where the ledger is."""

    url: str = Field("sqlite:///data/publisher.db", repr=False)  # it may hold a password


class MailPart(_Part):
    """`[mail]`: who writes."""

    from_: Mailbox = Field("Publisher <publisher@localhost>", alias="from")
    reply_to: str = ""
    doubtful: Literal["hold", "resend"] = "hold"


class RelayPart(_Part):
    """`[relays.NAME]`: the SMTP server that we hand mail to."""

    host: str = Field(min_length=1)
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] | None = None
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    connections: int = Field(3, ge=1, le=256)


class _ChoicePart(_Part):
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def to_choice(self) -> Choice:
        """The choice as a value."""
        return Choice(sections=self.sections, tags=self.tags, languages=self.languages, authors=self.authors)


class FeedPart(_ChoicePart):
    """`[feeds.NAME]`: a named stream of articles."""

    title: str = ""
    limit: int = Field(50, ge=1, le=1000)
    content: Literal["full", "summary"] = "full"


class NewsletterPart(_ChoicePart):
    """`[newsletters.NAME]`: a named mailing."""

    title: str = ""
    schedule: Schedule
    timezone: Zone | None = None
    language: Language | None = None
    not_after: Duration = timedelta(hours=5)
    expires: Expiry = timedelta(hours=24)
    limit: int = Field(30, ge=1, le=500)
    template: str = Field("digest", pattern=r"^[a-z][a-z0-9_-]*$")
    skip_empty: bool = True


class WebPart(_Part):
    """`[web]`: where the site is served."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    trusted_proxies: tuple[str, ...] = ()
    max_body: Size = 1 << 20


Name = Annotated[str, BeforeValidator(_name)]


class Settings(BaseSettings):
    """All settings of a home folder."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")

    publication: PublicationPart = PublicationPart()
    seeds: SeedsPart = SeedsPart()
    database: DatabasePart = DatabasePart()
    mail: MailPart = MailPart()
    relays: dict[Name, RelayPart] = {}
    feeds: dict[Name, FeedPart] = {}
    newsletters: dict[Name, NewsletterPart] = {}
    web: WebPart = WebPart()
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment stands above the file, which comes as the initial values."""
        return env_settings, init_settings

    def to_publication(self) -> Publication:
        """The publication as a value."""
        part = self.publication
        return Publication(
            title=part.title,
            url=part.url,
            tagline=part.tagline,
            language=part.language,
            languages=tuple(dict.fromkeys((part.language, *part.languages))),
            timezone=part.timezone,
            postal_address=part.postal_address,
            contact=part.contact,
            privacy_url=part.privacy_url,
            id_authority=part.id_authority or self.mail_domain,
            article_url=part.article_url,
        )

    def to_feeds(self) -> tuple[Feed, ...]:
        """The feeds, by name in the file's order; a `main` one where none is named."""
        parts = self.feeds or {"main": FeedPart()}
        return tuple(
            Feed(
                name=name,
                title=part.title or self.publication.title,
                limit=part.limit,
                is_full=part.content == "full",
                language=part.languages[0] if len(part.languages) == 1 else self.publication.language,
                choice=part.to_choice(),
            )
            for name, part in parts.items()
        )

    def to_newsletters(self) -> tuple[Newsletter, ...]:
        """The newsletters, in the file's order."""
        return tuple(
            Newsletter(
                name=name,
                title=part.title or self.publication.title,
                schedule=part.schedule,
                timezone=part.timezone or self.publication.timezone,
                language=part.language or self.publication.language,
                not_after=part.not_after,
                expires=part.expires,
                limit=part.limit,
                choice=part.to_choice(),
                template=part.template,
                skip_empty=part.skip_empty,
            )
            for name, part in self.newsletters.items()
        )

    @property
    def mail_domain(self) -> str:
        """The domain of mail.from."""
        return parseaddr(self.mail.from_)[1].rpartition("@")[2].lower()


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


def read_password(relay: RelayPart, *, home: Path) -> str:
    """A relay's password, from the settings or from its file. Raises SettingsError when the file can't be read."""
    if not relay.password_file:
        return relay.password.get_secret_value()
    path = home / relay.password_file
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
    is_secret = "password" in key or (loc[0] == "relays" and len(loc) < _RELAY_KEY)
    has_value = error["type"] != "missing" and not is_secret
    return f"{where}: {key} = {error['input']!r}: {allowed}" if has_value else f"{where}: {key}: {allowed}"


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
    if len(settings.relays) > 1:
        yield f"relays: {', '.join(settings.relays)}: one relay is allowed in this version"
    for name, relay in settings.relays.items():
        if relay.password.get_secret_value() and relay.password_file:
            yield f"relays.{name}: give password or password_file, not both"
        if relay.username and relay.tls == "none":
            yield f'relays.{name}.tls = "none": a password never goes out in clear; allowed are starttls and implicit'
