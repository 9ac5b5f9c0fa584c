"""One measured figure: our rounds and the reference's, taken in turn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`ours` and `reference` hold a value a round, in `unit`; `beside` names the reference."""

    what: str
    unit: str
    ours: tuple[float, ...]
    reference: tuple[float, ...]
    beside: str
