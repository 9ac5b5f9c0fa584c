"""What is not certain enough of a seed to be published unseen, and what an editor said of it."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One field of an article, what was `found` for it, how certain that is (0 to 1), and why it is no more."""

    field: str
    found: str
    certainty: float
    reason: str


class Verdict(StrEnum):
    """What an editor said of a file's present bytes: nothing yet, publish it, as a new article, or leave it out."""

    NONE = ""
    APPROVED = "approved"
    APPROVED_AS_NEW = "approved_as_new"
    REJECTED = "rejected"
