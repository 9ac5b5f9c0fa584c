"""Small decisions: which articles fit, how issues are named, how twins are numbered, which addresses are one."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.delivery import Kind, Ref, Status
from publisher.domain.feed import Choice
from publisher.domain.issue import parse_id, slot_name
from publisher.domain.slugs import next_free
from publisher.domain.subscriber import canonical
from tests.factories import make_content, make_issue, make_newsletter

SPORT = make_content(section="Sport", tags=("Football", "Bruges"), language="fr", authors=("Jan", "Nora"))


@pytest.mark.parametrize(
    ("choice", "fits"),
    [
        (Choice(), True),
        (Choice(sections=("sport",)), True),
        (Choice(sections=("town", "SPORT")), True),
        (Choice(sections=("town",)), False),
        (Choice(tags=("bruges",)), True),
        (Choice(tags=("tennis",)), False),
        (Choice(languages=("FR",)), True),
        (Choice(languages=("nl",)), False),
        (Choice(authors=("nora",)), True),
        (Choice(authors=("An",)), False),
        (Choice(sections=("sport",), tags=("football",), languages=("fr",), authors=("jan",)), True),
        (Choice(sections=("sport",), tags=("tennis",)), False),
    ],
)
def test_choice_needs_every_part(choice: Choice, fits: bool) -> None:
    assert choice.fits(SPORT) is fits


def test_article_without_section_fits_no_section() -> None:
    assert not Choice(sections=("sport",)).fits(make_content(section=""))


def test_article_without_tags_fits_no_tag() -> None:
    assert not Choice(tags=("bruges",)).fits(make_content(tags=()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily/2026-11-23T0700", ("daily", "2026-11-23T0700")),
        ("a_1/2026-11-23-manual-12", ("a_1", "2026-11-23-manual-12")),
        ("daily", None),
        ("daily/", None),
        ("Daily/2026-11-23T0700", None),
        ("1st/2026-11-23T0700", None),
        ("daily/2026-11-23", None),
        ("daily/2026-11-23T07:00", None),
        ("daily/2026-11-23-manual-", None),
        ("daily/2026-11-23T0700/", None),
        ("/daily/2026-11-23T0700", None),
        ("daily/2026-11-23T0700\n", None),
        ("daily/../2026-11-23T0700", None),
    ],
)
def test_issue_id_is_read_strictly(text: str, expected: tuple[str, str] | None) -> None:
    assert parse_id(text) == expected


def test_issue_id_is_its_own_name() -> None:
    assert parse_id(make_issue().id) == ("daily", "2026-11-23T0700")


@given(wall=st.datetimes(datetime(1000, 1, 1)))  # noqa: DTZ001
def test_slot_name_is_an_issue_name(wall: datetime) -> None:
    name = slot_name(wall)
    assert parse_id(f"daily/{name}") == ("daily", name)


def test_slot_name_is_wall_time() -> None:
    assert slot_name(datetime(2026, 7, 1, 7, 5, tzinfo=ZoneInfo("Europe/Brussels"))) == "2026-07-01T0705"


@given(taken=st.sets(st.sampled_from(["a", "a-2", "a-3", "a-4", "b"])))
def test_next_free_is_the_first_twin(taken: set[str]) -> None:
    candidates = ["a", "a-2", "a-3", "a-4", "a-5"]
    assert next_free("a", is_taken=taken.__contains__) == next(name for name in candidates if name not in taken)


@pytest.mark.parametrize("spelling", ["Alice@Example.ORG", " alice@example.org\n", "ALICE@EXAMPLE.ORG"])
def test_case_makes_no_other_address(spelling: str) -> None:
    assert canonical(spelling) == "alice@example.org"


@pytest.mark.parametrize("other", ["alice+news@example.org", "a.lice@example.org", "alice@example.com"])
def test_everything_else_is_another_address(other: str) -> None:
    assert canonical(other) != "alice@example.org"


@given(email=st.emails())
def test_canonical_form_is_stable(email: str) -> None:
    assert canonical(canonical(email)) == canonical(email)


def test_there_are_ten_states() -> None:
    assert len(Status) == 10


def test_rows_of_two_kinds_differ() -> None:
    assert Ref(kind=Kind.NOTICE, key=1) != Ref(kind=Kind.DELIVERY, key=1)


def test_newsletter_knows_its_clock() -> None:
    assert make_newsletter(schedule="on publish").is_on_publish
    assert not make_newsletter().is_on_publish
