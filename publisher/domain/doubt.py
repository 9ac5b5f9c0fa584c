"""What is not certain enough of a seed to be published unseen, and what an editor said of it."""

from collections.abc import Sequence
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
    """What an editor said of a file's present bytes; nothing yet is no verdict.

    `APPROVED` publishes it as it is found. Where it stands in an article's place under another title and text, it says
    nothing: that needs one of the two that follow.
    """

    APPROVED = "approved"
    AS_CORRECTION = "approved_as_correction"
    AS_NEW = "approved_as_new"
    REJECTED = "rejected"


class Remedy(StrEnum):
    """What can be done about a file that waits: only mend it, approve it, or choose what it is."""

    MEND = "mend"
    APPROVE = "approve"
    CHOOSE = "choose"


def explain(doubts: Sequence[Doubt]) -> str:
    """Why a file waits for whose fields nobody can vouch, as one line."""
    return "; ".join(f"{doubt.field}: {doubt.reason}" for doubt in doubts)
