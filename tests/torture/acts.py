"""What the torture's relay does instead of its duty: an act for one visit to one step of one session."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum


class Step(StrEnum):
    """Where a session is. CONTENT: its first bytes have come. DOT: all of it has. LATER: the answer to it is given."""

    CONNECT = "connect"
    HELLO = "hello"
    TLS = "tls"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"
    DOT = "dot"
    LATER = "later"
    RESET = "reset"


class End(StrEnum):
    """What becomes of the session after an act: it goes on, is cut without a word, or is never answered again."""

    NONE = "none"
    CUT = "cut"
    HANG = "hang"


class Form(StrEnum):
    """How a reply goes out: whole, byte by byte, twice, or slowly (a byte each tenth of a second)."""

    WHOLE = "whole"
    SPLIT = "split"
    TWICE = "twice"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One session at one step: for whom, the how-manieth visit to that step of all, and whose port it came in by."""

    step: Step
    recipient: str
    number: int
    seat: int


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """In this order: `before` is called, `delay` passes, the reply goes out, `after` is called, and the session ends.

    At the dot the message is taken by a positive reply; `is_taken` says it outright, for replies that lie.
    """

    reply: str = ""
    raw: bytes = b""
    is_taken: bool | None = None
    end: End = End.NONE
    form: Form = Form.WHOLE
    delay: float = 0
    before: Callable[[], None] = _nothing
    after: Callable[[], None] = _nothing


PLAIN = Act()
Rule = Callable[[Visit], Act | None]


def at(step: Step, numbers: Collection[int], act: Act) -> Rule:
    """The act at those visits to a step, counted from 1."""
    return lambda visit: act if visit.step is step and visit.number in numbers else None


def always(step: Step, act: Act) -> Rule:
    """The act at every visit to a step."""
    return lambda visit: act if visit.step is step else None


def for_people(step: Step, people: Collection[str], act: Act) -> Rule:
    """The act for some people, each time."""
    return lambda visit: act if visit.step is step and visit.recipient in people else None


def once_each(step: Step, people: Collection[str], act: Act) -> Rule:
    """The act for some people, the first time alone."""
    left = set(people)

    def rule(visit: Visit) -> Act | None:
        if visit.step is not step or visit.recipient not in left:
            return None
        left.discard(visit.recipient)
        return act

    return rule


@dataclass(slots=True)
class NowAndThen:
    """The act at about one visit in `of`, as the dice fall, at most `most` times; `struck` says for whom it was."""

    step: Step
    act: Act
    dice: random.Random
    of: int
    most: int
    struck: list[str] = field(default_factory=list)

    def __call__(self, visit: Visit) -> Act | None:
        if visit.step is not self.step or len(self.struck) >= self.most or self.dice.randrange(self.of):
            return None
        self.struck.append(visit.recipient)
        return self.act
