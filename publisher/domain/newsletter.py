"""Newsletters: a named mailing with a schedule and a choice of articles."""

from dataclasses import dataclass, field
from datetime import timedelta

from publisher.domain.feed import Choice

ON_PUBLISH = "on publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """A mailing as the settings describe it; `schedule` is a cron line in `timezone`, or "on publish"."""

    name: str
    title: str
    schedule: str
    timezone: str
    language: str
    not_after: timedelta = timedelta(hours=5)
    expires: timedelta = timedelta(hours=24)
    limit: int = 30
    choice: Choice = field(default_factory=Choice)
    template: str = "digest"
    skip_empty: bool = True

    @property
    def is_on_publish(self) -> bool:
        """Whether articles themselves, not the clock, start an issue."""
        return self.schedule == ON_PUBLISH
