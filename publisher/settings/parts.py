"""The settings' sections and keys with their types and defaults, and the plain values that the rooms get of them."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from publisher.domain.feed import Choice, Feed
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.settings.kinds import (
    ArticleUrl,
    DatabaseUrl,
    Duration,
    Expiry,
    Language,
    Mailbox,
    Name,
    Schedule,
    Size,
    Url,
    Zone,
)

PREFIX = "PUBLISHER_"


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

    url: DatabaseUrl = Field("sqlite:///data/publisher.db", repr=False)  # it may hold a password
    password: SecretStr = SecretStr("")
    password_file: Path | None = None


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
