"""The breaker: trips when the fault is ours or the relay's, and never for readers who are gone."""

from datetime import UTC, datetime

from publisher.domain.delivery import Kind, Letter, Ref
from publisher.mail import Answer, Breaker, End, Reply, Step, Trip

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ACCEPTED = Answer(end=End.ANSWERED, step=Step.CONTENT, reply=Reply(250, "2.0.0 ok"))
LATER = Answer(end=End.ANSWERED, step=Step.RCPT, reply=Reply(450, "4.2.0 greylisted"))
GONE = Answer(end=End.ANSWERED, step=Step.RCPT, reply=Reply(550, "5.1.1 unknown"))
DENIED = Answer(end=End.ANSWERED, step=Step.RCPT, reply=Reply(554, "5.7.1 relay access denied"))
SPAM = Answer(end=End.ANSWERED, step=Step.CONTENT, reply=Reply(554, "5.7.1 spam"))
ISSUE = "daily/2026-11-23T0700"


class Course:
    """A breaker and a row of readers, each with a key of her own."""

    def __init__(self) -> None:
        self.breaker = Breaker()
        self.key = 0

    def note(self, answer: Answer, *, times: int = 1, domain: str = "example.org", issue: str = ISSUE) -> Trip | None:
        trip = None
        for _ in range(times):
            self.key += 1
            letter = Letter(
                ref=Ref(kind=Kind.DELIVERY, key=self.key),
                rendering="variant:1",
                email=f"reader{self.key}@{domain}",
                message_id=f"{self.key}@example.org",
                values={},
                attempts=0,
            )
            trip = self.breaker.note(answer, letter, issue=issue)
        return trip


def test_first_ten_refusals_trip() -> None:
    course = Course()
    assert course.note(GONE, times=9) is None
    trip = course.note(GONE)
    assert trip
    assert (trip.issue, len(trip.refused)) == (ISSUE, 10)


def test_reason_tells_the_relays_words() -> None:
    trip = Course().note(DENIED, times=10)
    assert trip
    assert trip.reason == "the relay refuses our mail: 554 5.7.1 relay access denied"


def test_one_accepted_mail_clears_the_start() -> None:
    course = Course()
    course.note(ACCEPTED)
    assert course.note(GONE, times=50) is None


def test_later_is_no_refusal() -> None:
    assert Course().note(LATER, times=50) is None


def test_same_refusal_for_three_domains_trips() -> None:
    course = Course()
    course.note(ACCEPTED)
    assert [bool(course.note(SPAM, domain=domain)) for domain in ("a.org", "b.org", "c.org")] == [False, False, True]


def test_one_domains_refusals_stop_nobody() -> None:
    course = Course()
    course.note(ACCEPTED)
    assert course.note(SPAM, times=19) is None


def test_tenth_of_last_answers_trips() -> None:
    course = Course()
    course.note(ACCEPTED, times=180)
    trip = course.note(SPAM, times=20)
    assert trip
    assert len(trip.refused) == 20


def test_old_refusals_are_forgotten() -> None:
    course = Course()
    course.note(ACCEPTED)
    course.note(SPAM, times=19)
    course.note(ACCEPTED, times=200)
    assert course.note(SPAM, times=19) is None


def test_readers_who_are_gone_never_trip() -> None:
    course = Course()
    course.note(ACCEPTED)
    assert not any(course.note(GONE, domain=f"d{number}.org") for number in range(100))


def test_different_refusals_are_not_added_up() -> None:
    course = Course()
    course.note(ACCEPTED)
    course.note(SPAM, domain="a.org")
    course.note(DENIED, domain="b.org")
    assert course.note(SPAM, domain="c.org") is None


def test_what_was_on_the_wire_joins() -> None:
    course = Course()
    course.note(DENIED, times=10)
    late = course.note(DENIED)
    assert late
    assert late.refused == (Ref(kind=Kind.DELIVERY, key=11),)


def test_mended_relay_starts_anew() -> None:
    course = Course()
    course.note(DENIED, times=10)
    course.note(ACCEPTED)
    assert course.note(DENIED) is None


def test_issues_are_judged_apart() -> None:
    course = Course()
    course.note(DENIED, times=9)
    assert course.note(DENIED, issue="weekly/2026-11-23T0700") is None


def test_notices_never_trip() -> None:
    assert Course().note(DENIED, times=50, issue="") is None


def test_few_refusals_are_judged_at_rest() -> None:
    course = Course()
    course.note(DENIED, times=2)
    (trip,) = course.breaker.rest()
    assert len(trip.refused) == 2
    assert course.breaker.rest() == []


def test_rest_leaves_readers_failures_alone() -> None:
    course = Course()
    course.note(GONE, times=2)
    course.note(DENIED)
    assert course.breaker.rest() == []
