"""What goes into an issue, and in which order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.digests import choose, for_sections
from publisher.domain.article import Article
from publisher.domain.feed import Choice
from publisher.domain.newsletter import Newsletter

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY = Newsletter(name="daily", title="Daily", schedule="@daily", timezone="UTC", language="en", limit=3)


def make_article(key: int = 1, **changes: Any) -> Article:
    plain = Article(
        key=key,
        id=f"tag:{key}",
        path=f"{key}.md",
        slug=str(key),
        year=2026,
        month=11,
        title=f"Title {key}",
        language="en",
        html="",
        section="town",
        published_at=NOON - HOUR,
        released_at=NOON - HOUR,
        updated_at=NOON - HOUR,
        first_seen_at=NOON - HOUR,
    )
    return replace(plain, **changes)


def keys(articles: tuple[Article, ...]) -> list[int]:
    return [article.key for article in articles]


def chosen(*articles: Article, newsletter: Newsletter = DAILY, mailed: frozenset[int] = frozenset()) -> list[int]:
    found = choose(articles, newsletter, cutoff=NOON, not_before=NOON - 24 * HOUR, mailed=mailed, period=24 * HOUR)
    return keys(found.articles)


@pytest.mark.parametrize(
    "changes",
    [
        {"withdrawn_at": NOON},
        {"expires_at": NOON},
        {"released_at": NOON + timedelta(microseconds=1)},
        {"released_at": NOON - 24 * HOUR - timedelta(microseconds=1)},
        {"released_at": NOON - 23 * HOUR, "first_seen_at": NOON + 2 * HOUR},
    ],
)
def test_unfit_article_stays_out(changes: dict[str, Any]) -> None:
    assert chosen(make_article(1, **changes), make_article(2)) == [2]


@pytest.mark.parametrize("released_at", [NOON, NOON - 24 * HOUR])
def test_both_ends_of_the_span_count(released_at: datetime) -> None:
    assert chosen(make_article(1, released_at=released_at)) == [1]


def test_archive_stays_out_of_old_newsletters() -> None:
    archive = make_article(released_at=NOON - 900 * HOUR, first_seen_at=NOON - HOUR)
    found = choose([archive], DAILY, cutoff=NOON, not_before=NOON - 9000 * HOUR, mailed=(), period=24 * HOUR)
    assert found.articles == ()


@pytest.mark.parametrize(("now", "expected"), [(None, [1, 2]), (NOON + 2 * HOUR, [2])])
def test_late_issue_has_nothing_that_is_over(now: datetime | None, expected: list[int]) -> None:
    both = [make_article(1, expires_at=NOON + HOUR), make_article(2, expires_at=NOON + 3 * HOUR)]
    day = 24 * HOUR
    found = choose(both, DAILY, cutoff=NOON, not_before=NOON - day, mailed=(), period=day, now=now)
    assert keys(found.articles) == expected


def test_mailed_article_is_not_chosen_again() -> None:
    assert chosen(make_article(1), make_article(2), mailed=frozenset({1})) == [2]


def test_newsletters_choice_is_kept() -> None:
    sports = replace(DAILY, choice=Choice(sections=("Sport",)))
    assert chosen(make_article(1), make_article(2, section="sport"), newsletter=sports) == [2]


def test_newest_release_leads() -> None:
    older, newer = make_article(1, released_at=NOON - 2 * HOUR), make_article(2, released_at=NOON - HOUR)
    assert chosen(older, newer) == [2, 1]


def test_own_date_breaks_a_tie() -> None:
    older, newer = make_article(1, published_at=NOON - 9 * HOUR), make_article(2, published_at=NOON - 8 * HOUR)
    assert chosen(older, newer) == [2, 1]


def test_id_breaks_the_last_tie() -> None:
    assert chosen(make_article(2), make_article(1)) == [1, 2]


def test_rest_is_passed_over() -> None:
    articles = [make_article(key) for key in range(1, 6)]
    found = choose(articles, DAILY, cutoff=NOON, not_before=NOON - 24 * HOUR, mailed=(), period=24 * HOUR)
    assert (keys(found.articles), keys(found.passed_over)) == ([1, 2, 3], [4, 5])


def test_nothing_fit_chooses_nothing() -> None:
    assert chosen() == []


@given(st.permutations([make_article(key, released_at=NOON - HOUR * (key % 3)) for key in range(1, 8)]))
def test_given_order_does_not_matter(articles: list[Article]) -> None:
    assert chosen(*articles) == [3, 6, 1]


@pytest.mark.parametrize(
    ("sections", "left"), [((), [1, 2, 3]), (("Town",), [1, 3]), (("sport", "town"), [1, 2, 3]), (("arts",), [])]
)
def test_sections_narrow_an_issue(sections: tuple[str, ...], left: list[int]) -> None:
    articles = (make_article(1), make_article(2, section="Sport"), make_article(3))
    assert keys(for_sections(articles, sections)) == left
