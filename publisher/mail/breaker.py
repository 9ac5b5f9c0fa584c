"""The breaker: sees when a relay refuses us rather than a reader, so that the issue can be paused (standards G)."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from publisher.domain.delivery import Letter, Ref
from publisher.mail.addressing import domain_of
from publisher.mail.answer import Answer
from publisher.mail.retry import Blame, find_blame

_FIRST = 10
_DOMAINS = 3
_WINDOW = 200
_SAME = _WINDOW // 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """An issue to pause: why, and the rows whose refusal was not theirs."""

    issue: str
    reason: str
    refused: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class _Refusal:
    ref: Ref
    domain: str
    blame: Blame
    cause: str
    words: str


@dataclass(slots=True)
class _Course:
    """How an issue fares: its last 200 answers (None: accepted), and what it was paused for."""

    answers: deque[_Refusal | None] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    has_accepted: bool = False
    tripped_by: str = ""

    def refusals(self) -> Iterator[_Refusal]:
        return (answer for answer in self.answers if answer is not None)


class Breaker:
    """Is told each answer, and gives a `Trip` when the fault must be ours or the relay's.

    That is: the first ten answers are all refusals, or one refusal that blames no recipient comes from three domains
    or makes up a tenth of the last 200 answers. Answers that mean "later" count neither way.
    """

    def __init__(self) -> None:
        self._courses: dict[str, _Course] = {}

    def note(self, answer: Answer, letter: Letter, *, issue: str) -> Trip | None:
        """Take note of one answer of an issue; of notices, which have none, nothing is made."""
        blame = find_blame(answer)
        if not issue or (blame is None and not answer.is_accepted):
            return None
        if blame is None:
            self._note_accepted(issue)
            return None
        course = self._courses.setdefault(issue, _Course())
        refusal = _build_refusal(answer, letter, blame=blame)
        course.answers.append(refusal)
        return _judge_again(course, refusal, issue=issue) if course.tripped_by else _judge(course, refusal, issue=issue)

    def _note_accepted(self, issue: str) -> None:
        course = self._courses.get(issue)
        if course is None or course.tripped_by:
            course = self._courses[issue] = _Course()
        course.has_accepted = True
        course.answers.append(None)

    def rest(self) -> list[Trip]:
        """Judge the issues that ended with less than ten answers, all of which blame the sender; then forget all."""
        courses, self._courses = self._courses, {}
        return [
            _trip(issue, list(course.refusals()))
            for issue, course in courses.items()
            if not course.has_accepted
            and not course.tripped_by
            and all(refusal.blame is Blame.SENDER for refusal in course.refusals())
        ]


def _build_refusal(answer: Answer, letter: Letter, *, blame: Blame) -> _Refusal:
    reply = answer.reply
    return _Refusal(
        ref=letter.ref,
        domain=domain_of(letter.email),
        blame=blame,
        cause=f"{answer.step} {reply.enhanced or reply.code}",
        words=f"{reply.code} {reply.text}",
    )


def _judge(course: _Course, last: _Refusal, *, issue: str) -> Trip | None:
    if not course.has_accepted and len(course.answers) >= _FIRST:
        course.tripped_by = "all"
        return _trip(issue, list(course.refusals()))
    if last.blame is Blame.RECIPIENT:
        return None
    same = [refusal for refusal in course.refusals() if refusal.cause == last.cause]
    if len({refusal.domain for refusal in same}) < _DOMAINS and len(same) < _SAME:
        return None
    course.tripped_by = last.cause
    return _trip(issue, same)


def _judge_again(course: _Course, last: _Refusal, *, issue: str) -> Trip | None:
    """What was on the wire when the issue was paused may still be refused for the same reason."""
    return _trip(issue, [last]) if course.tripped_by in ("all", last.cause) else None


def _trip(issue: str, refused: list[_Refusal]) -> Trip:
    reason = f"the relay refuses our mail: {refused[-1].words}"
    return Trip(issue=issue, reason=reason, refused=tuple(refusal.ref for refusal in refused))
