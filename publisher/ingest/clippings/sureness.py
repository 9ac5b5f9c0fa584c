"""How sure a rule is of what it found, and in words why it is no surer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sureness:
    """A certainty from 0 to 1, with its reason."""

    certainty: float
    reason: str

    def less(self, share: float, reason: str) -> "Sureness":
        """The certainty times `share`, with a further reason."""
        return Sureness(round(self.certainty * share, 3), f"{self.reason}; {reason}" if self.reason else reason)
