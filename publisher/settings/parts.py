"""The settings' sections and keys with their types and defaults, and the plain values that the rooms get of them."""

import re
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from publisher.domain.feed import Choice, Feed, Podcast
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.logs import Style
from publisher.settings.kinds import (
    ArticleUrl,
    Command,
    DatabaseUrl,
    Domain,
    Duration,
    Expiry,
    FeedAlias,
    FeedName,
    HookUrl,
    HubUrl,
    ImageUrl,
    Language,
    Mailbox,
    Name,
    Network,
    Rate,
    Schedule,
    Selector,
    Size,
    Url,
    Zone,
)

PREFIX = "PUBLISHER_"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class PublicationPart(_Part):
    """`[publication]`: who speaks."""

    title: str = Field("A publication", min_length=1)
    """The paper's name, on pages, in feeds and in mail."""
    tagline: str = ""
    """One line below the name."""
    url: Url = "http://127.0.0.1:8000"
    """Where readers reach the site, without a path. Plain `http` only on this machine; real mail needs `https`."""
    language: Language = "en"
    """The language of pages and mails, and of an article that neither says nor shows another: `fr`, `nl-BE`."""
    languages: tuple[Language, ...] = ()
    """The languages that may be guessed where an article says none, and that a reader may choose."""
    timezone: Zone = "UTC"
    """Whose clock dates without a zone and schedules are on: `Europe/Brussels`."""
    postal_address: str = ""
    """Stands in the footer of each page and mail. Real mail needs it."""
    contact: str = ""
    """An e-mail address that pages link to."""
    privacy_url: str = ""
    """A full address that pages and the sign-up form link to."""
    id_authority: str = ""
    """The domain that new articles' ids are made with; that of `mail.from` where not given."""
    rights: str = ""
    """Who holds the rights, and what others may do: `© La Gazette, CC BY 4.0`. Stands in each feed."""
    article_url: ArticleUrl = ""
    """Where feeds and mails link to, if you have a site of your own: `https://example.org/{yyyy}/{mm}/{slug}/`."""


class SeedsPart(_Part):
    """`[seeds]`: the folder of articles."""

    path: Path = Path("seeds")
    """The folder of articles, below the home folder unless it begins with `/`."""
    include: tuple[str, ...] = ()
    """Only what fits one of these patterns (`*` stops at a slash, `**` does not): `["*.md", "posts/**"]`."""
    exclude: tuple[str, ...] = ()
    """Not what fits one of these; a folder that fits is left out with all in it: `["archive", "town/*.txt"]`."""
    guard: float = Field(0.2, ge=0, le=1)
    """More than this share of the articles (and more than ten) gone at once waits for `publisher ingest --accept`."""
    review_below: float = Field(0.5, ge=0, le=1)
    """A clipping with a field less certain than this waits for an editor. 0 lets all through."""
    max_size: Size = 2 << 20
    """The greatest size of an article's file."""
    max_picture_size: Size = 20 << 20
    """The greatest size of a picture's file."""
    max_pixels: int = Field(50_000_000, gt=0)
    """The most pixels a picture may have, width times height."""
    quiet: float = Field(0.5, ge=0, le=60)
    """How many seconds a file must have stood still before it is read."""
    fresh: Duration = timedelta(days=14)
    """An article dated earlier than this at first sight is archive: it keeps its own place in feeds."""
    ids_file: Path | None = None
    """A file that keeps ids, addresses and releases beside the articles: `seeds/ids.jsonl`. A new ledger reads it."""

    @field_validator("ids_file")
    @classmethod
    def _check_ids_file(cls, value: Path | None) -> Path | None:
        if value is not None and value.suffix != ".jsonl":
            raise ValueError("its name must end in .jsonl, for it holds a line of JSON an article")
        return value


class DatabasePart(_Part):
    """`[database]`: where the ledger is."""

    url: DatabaseUrl = Field("sqlite:///data/publisher.db", repr=False)  # it may hold a password
    """Where the ledger is: a path after `sqlite:///`, below the home folder, or `postgresql://user@host/name`."""
    password: SecretStr = SecretStr("")
    """The password at PostgreSQL, rather than in `url`."""
    password_file: Path | None = None
    """A file that holds the password, instead of `password`."""
    floor: Size = 100 << 20
    """With less room than this on the disk of the ledger or of `var/` nothing is made or sent; 0 turns that off."""


class DkimPart(_Part):
    """`[mail.dkim]`: signs mail here, if the relay does not. `publisher dkim new` makes a key, and says what to set."""

    selector: Selector = ""
    """The name of the key: its public half stands in the DNS at `SELECTOR._domainkey.DOMAIN`."""
    domain: Domain = ""
    """The domain that signs, where it is not that of `mail.from` but one above or below it."""
    key_file: Path | None = None
    """The file of the private RSA key, below the home folder unless it begins with `/`. Nobody else may read it."""
    ed25519_selector: Selector = ""
    """The name of a second key, which signs beside the first."""
    ed25519_key_file: Path | None = None
    """The file of that second key, an ed25519 one."""


class MailPart(_Part):
    """`[mail]`: who writes."""

    from_: Mailbox = Field("Publisher <publisher@localhost>", alias="from")
    """Who writes, with an address at your own domain."""
    reply_to: str = ""
    """Where answers go, if not to `from`."""
    doubtful: Literal["hold", "resend"] = "hold"
    """What becomes of messages that a crash left in doubt: `hold` asks you, `resend` mails them once more."""
    bounce_domain: Domain = ""
    """Where failure reports go: with it, each message has a return path of its own, `bounce+…@` this domain."""
    dkim: DkimPart = DkimPart()


class BouncesPart(_Part):
    """`[bounces]`: what becomes of an address that can't be reached."""

    hard: Literal["suppress", "keep"] = "suppress"
    """When the relay says that there is no such mailbox: `suppress` mails the address never again, `keep` goes on."""


class RelayPart(_Part):
    """`[relays.NAME]`: the SMTP server that we hand mail to."""

    host: str = Field(min_length=1)
    """The name of your mail provider's SMTP server."""
    port: int = Field(587, ge=1, le=65535)
    """Its port."""
    tls: Literal["none", "starttls", "implicit"] | None = None
    """How the connection is encrypted; by default `implicit` on port 465, else `starttls`."""
    username: str = ""
    """The account, where the server wants one."""
    password: SecretStr = SecretStr("")
    """Its password. It never appears in logs or messages."""
    password_file: Path | None = None
    """A file that holds the password instead, below the home folder unless it begins with `/`."""
    connections: int = Field(3, ge=1, le=256)
    """How many connections are used at once, by each process that sends."""
    rate: Rate = 0.0
    """The most that all processes together give it: `14/s`, `500/m`, `20000/d`. No limit where not given."""
    weight: float = Field(0.0, ge=0, le=1000)
    """Its share beside the weights of the other relays, also of what their rates let through. Without: what it can."""


class _ChoicePart(_Part):
    sections: tuple[str, ...] = ()
    """Only articles of these sections."""
    tags: tuple[str, ...] = ()
    """Only articles with one of these tags."""
    languages: tuple[str, ...] = ()
    """Only articles in these languages."""
    authors: tuple[str, ...] = ()
    """Only articles by these authors."""

    def to_choice(self) -> Choice:
        """The choice as a value."""
        return Choice(sections=self.sections, tags=self.tags, languages=self.languages, authors=self.authors)


class FeedPart(_ChoicePart):
    """`[feeds.NAME]`: a named stream of articles."""

    title: str = ""
    """The feed's name; the publication's where not given."""
    limit: int = Field(50, ge=1, le=1000)
    """How many articles it holds at most."""
    content: Literal["full", "summary"] = "full"
    """Whether an article stands in it whole or as its summary."""
    description: str = ""
    """A line on what it holds; the publication's tagline where not given."""
    hubs: tuple[HubUrl, ...] = ()
    """WebSub hubs that are told of each change, so that readers have it at once: `["https://hub.example.org/"]`."""
    aliases: tuple[FeedAlias, ...] = ()
    """Former names, the oldest first, and addresses of former feeds (`/index.xml`): they lead here for good (301)."""
    podcast: bool = False
    """Whether it is a podcast: its articles' `enclosure` is what is listened to."""
    image: ImageUrl = ""
    """A podcast's cover, a full address: square, 1400 to 3000 pixels, JPEG or PNG."""
    category: str = ""
    """A podcast's category in the directories: `News`, `Society & Culture > Documentary`."""
    explicit: bool = False
    """Whether a podcast is not for children."""
    locked: bool = True
    """Whether no other host may take a podcast over; `false` while it moves to one."""
    guid: str = ""
    """The `podcast:guid` that a podcast had elsewhere; one is made of its address at its first publication."""

    @field_validator("image", "category", "explicit", "guid")
    @classmethod
    def _check_podcast(cls, value: str | bool, found: ValidationInfo) -> str | bool:
        if value and found.data.get("podcast") is False:
            raise ValueError("it says something of a podcast only: set podcast = true too")
        return value

    @field_validator("guid")
    @classmethod
    def _check_guid(cls, value: str) -> str:
        if value and not _UUID.fullmatch(value):
            raise ValueError("it must be a UUID such as 917393e3-1b1e-5cef-ace4-edaa54e1f810")
        return value.lower()

    def to_podcast(self) -> Podcast | None:
        """What makes it a podcast, where it is one."""
        if not self.podcast:
            return None
        return Podcast(
            image=self.image,
            category=self.category,
            is_explicit=self.explicit,
            is_locked=self.locked,
            guid=self.guid,
        )


class NewsletterPart(_ChoicePart):
    """`[newsletters.NAME]`: a named mailing."""

    title: str = ""
    """The newsletter's name; the publication's where not given."""
    schedule: Schedule
    """Minute, hour, day, month, weekday as in `crontab`: `0 7 * * mon-fri`; or `@daily`; or `on publish`."""
    timezone: Zone | None = None
    """Whose clock the schedule is on; the publication's where not given."""
    language: Language | None = None
    """The language of its mails; the publication's where not given. A subscriber's own goes before it."""
    not_after: Duration = timedelta(hours=5)
    """A slot missed for longer than this is merged into the next one."""
    expires: Expiry = timedelta(hours=24)
    """What the relay has not accepted after this time is not sent any more. At most `5d`."""
    limit: int = Field(30, ge=1, le=500)
    """How many articles an issue holds at most; the rest is on the site only."""
    template: str = Field("digest", pattern=r"^[a-z][a-z0-9_-]*$")
    """Which templates draw it: `email/NAME.html` and `email/NAME.txt`."""
    skip_empty: bool = True
    """Whether a slot without a new article is passed over. Only `true` in this version."""


class WebPart(_Part):
    """`[web]`: where the site is served."""

    host: str = "127.0.0.1"
    """The address that the site listens on. Keep it on this machine when a proxy stands before it."""
    port: int = Field(8000, ge=0, le=65535)
    """The port that it listens on."""
    trusted_proxies: tuple[str, ...] = ()
    """The addresses of your own proxies, whose `X-Forwarded-For` is believed: `["127.0.0.1"]`."""
    private_hubs: bool = False
    """Whether a feed's hub may lie inside your own network; else only public addresses are told."""
    metrics_allow: tuple[Network, ...] = ()
    """Machines besides this one, by address or network, that may read `/metrics`: `["10.0.0.5", "10.1.0.0/16"]`."""
    max_body: Size = 1 << 20
    """The greatest size of what a reader may send."""


class AlertsPart(_Part):
    """`[alerts]`: who is told when something is stuck."""

    url: HookUrl = Field(SecretStr(""), repr=False)
    """Where each alert goes as JSON by POST: a hook of Slack, Mattermost or your own. It may hold a token."""
    command: Command = ""
    """A command that gets each alert as JSON on its standard input, and its text in `ALERT_TEXT`. No shell runs it."""
    heartbeat_url: HookUrl = Field(SecretStr(""), repr=False)
    """An address that is asked for by GET after each issue that has gone out, as healthchecks.io and others take it."""


class Settings(BaseSettings):
    """All settings of a home folder."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")

    publication: PublicationPart = PublicationPart()
    seeds: SeedsPart = SeedsPart()
    database: DatabasePart = DatabasePart()
    mail: MailPart = MailPart()
    bounces: BouncesPart = BouncesPart()
    relays: dict[Name, RelayPart] = {}
    feeds: dict[FeedName, FeedPart] = {}
    newsletters: dict[Name, NewsletterPart] = {}
    web: WebPart = WebPart()
    alerts: AlertsPart = AlertsPart()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged to standard error."""
    log_format: Style = Style.AUTO
    """How a line of the log looks: `text` for people, `json` for machines; `auto` is `text` at a terminal alone."""

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
            rights=part.rights,
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
                description=part.description,
                language=part.languages[0] if len(part.languages) == 1 else self.publication.language,
                choice=part.to_choice(),
                hubs=part.hubs,
                aliases=part.aliases,
                podcast=part.to_podcast(),
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
