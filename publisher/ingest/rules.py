"""How seeds are read, by the settings: zone, languages, and how sure a clipping must be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How seeds are read: the zone of dates that name none, the default language and those that may be guessed.

    A title less certain than `review_below` (0 to 1) sends a clipping to review. `site` is the scheme and host of the
    paper's own site, which may have pictures that are not in the folder.
    """

    timezone: str
    language: str
    languages: tuple[str, ...] = ()
    review_below: float = 0.5
    site: str = ""

    @property
    def all_languages(self) -> tuple[str, ...]:
        """The default language, then those that may be guessed, each once."""
        return tuple(dict.fromkeys((self.language, *self.languages)))
