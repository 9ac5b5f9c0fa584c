"""Identity and dates: fixed at first publication, whatever becomes of the file."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.article import Article, find_expiry, release_moment
from publisher.domain.identity import Dates, date_again, date_new, date_promised, local_day, make_identity
from tests.factories import DAY, HOUR, NOW, make_article, make_content

FRESH = 14 * DAY
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MAYBE = st.none() | MOMENTS


def _new(*, now: datetime = NOW, file_time: datetime | None = None, **content: datetime | None) -> Dates:
    return date_new(make_content(**content), now=now, file_time=file_time, fresh=FRESH)


def _again(article: Article, *, now: datetime = NOW + DAY, changed: bool = False, **content: datetime | None) -> Dates:
    return date_again(article, make_content(**content), is_text_changed=changed, now=now, fresh=FRESH)


def _dated(moments: Dates, *, first_seen_at: datetime = NOW) -> Article:
    article = make_article(first_seen_at=first_seen_at)
    return replace(
        article,
        published_at=moments.published_at,
        released_at=moments.released_at,
        updated_at=moments.updated_at,
        first_published_at=moments.first_published_at,
    )


@pytest.mark.parametrize(
    ("own", "embargo", "expected"),
    [
        (None, None, NOW),
        (NOW - DAY, None, NOW),
        (NOW + DAY, None, NOW + DAY),
        (None, NOW + DAY, NOW + DAY),
        (NOW + DAY, NOW + HOUR, NOW + DAY),
        (NOW - DAY, NOW + HOUR, NOW + HOUR),
        (NOW - DAY, NOW - HOUR, NOW),
        (NOW - FRESH, None, NOW),
        (NOW - FRESH - HOUR, None, NOW - FRESH - HOUR),
        (NOW - 900 * DAY, NOW + HOUR, NOW + HOUR),
        (NOW - 900 * DAY, NOW - DAY, NOW),
        (None, NOW - 900 * DAY, NOW),
        (NOW - 900 * DAY, NOW - 800 * DAY, NOW - 800 * DAY),
    ],
)
def test_release_is_the_latest_moment(own: datetime | None, embargo: datetime | None, expected: datetime) -> None:
    content = make_content(date=own, embargo=embargo)
    assert release_moment(content, own_date=own, first_seen_at=NOW, fresh=FRESH) == expected


def test_undated_article_is_dated_now() -> None:
    assert _new() == Dates(published_at=NOW, released_at=NOW, updated_at=NOW)


def test_archive_keeps_its_date() -> None:
    old = NOW - 900 * DAY
    assert _new(date=old) == Dates(published_at=old, released_at=old, updated_at=old)


def test_fresh_article_is_released_now() -> None:
    assert _new(date=NOW - DAY) == Dates(published_at=NOW - DAY, released_at=NOW, updated_at=NOW - DAY)


def test_future_date_holds_back() -> None:
    moments = _new(date=NOW + DAY)
    assert (moments.published_at, moments.released_at) == (NOW + DAY, NOW + DAY)


def test_embargo_leaves_the_date_alone() -> None:
    moments = _new(date=NOW - DAY, embargo=NOW + DAY)
    assert (moments.published_at, moments.released_at) == (NOW - DAY, NOW + DAY)


def test_file_time_stands_in_for_date() -> None:
    old = NOW - 400 * DAY
    assert _new(file_time=old) == Dates(published_at=old, released_at=old, updated_at=old)


def test_own_date_stands_before_file_time() -> None:
    assert _new(date=NOW - DAY, file_time=NOW - 400 * DAY).published_at == NOW - DAY


def test_file_time_never_lies_in_future() -> None:
    assert _new(file_time=NOW + 400 * DAY) == Dates(published_at=NOW, released_at=NOW, updated_at=NOW)


def test_declared_update_counts() -> None:
    assert _new(date=NOW - 3 * DAY, updated=NOW - DAY).updated_at == NOW - DAY


def test_future_update_does_not_count() -> None:
    assert _new(date=NOW - 3 * DAY, updated=NOW + DAY).updated_at == NOW - 3 * DAY


def test_update_is_never_before_date() -> None:
    assert _new(date=NOW - DAY, updated=NOW - 3 * DAY).updated_at == NOW - DAY


@given(own=MAYBE, embargo=MAYBE, updated=MAYBE, file_time=MAYBE)
def test_new_dates_are_in_order(
    own: datetime | None, embargo: datetime | None, updated: datetime | None, file_time: datetime | None
) -> None:
    moments = _new(date=own, embargo=embargo, updated=updated, file_time=file_time)
    assert moments.updated_at >= moments.published_at
    assert moments.released_at >= moments.published_at
    assert moments.released_at >= (embargo or moments.released_at)
    assert moments.updated_at <= max(NOW, moments.published_at)


def test_same_text_moves_nothing() -> None:
    article = _dated(_new(date=NOW - DAY))
    assert _again(article, date=NOW - DAY) == _new(date=NOW - DAY)


def test_changed_text_moves_updated_only() -> None:
    article = _dated(_new(date=NOW - DAY))
    moments = _again(article, changed=True, date=NOW - DAY)
    assert moments == Dates(published_at=NOW - DAY, released_at=NOW, updated_at=NOW + DAY)


def test_declared_update_dates_the_change() -> None:
    article = _dated(_new(date=NOW - DAY))
    assert _again(article, changed=True, date=NOW - DAY, updated=NOW + HOUR).updated_at == NOW + HOUR


@pytest.mark.parametrize("declared", [NOW - 3 * DAY, NOW + 3 * DAY])
def test_useless_declared_update_means_now(declared: datetime) -> None:
    article = _dated(_new(date=NOW - DAY))
    assert _again(article, changed=True, date=NOW - DAY, updated=declared).updated_at == NOW + DAY


def test_declared_update_alone_moves_nothing() -> None:
    article = _dated(_new(date=NOW - DAY))
    assert _again(article, date=NOW - DAY, updated=NOW + HOUR).updated_at == NOW - DAY


def test_release_stays_when_date_is_corrected() -> None:
    article = _dated(_new(date=NOW - DAY))
    moments = _again(article, date=NOW - 3 * DAY)
    assert (moments.published_at, moments.released_at) == (NOW - 3 * DAY, NOW)
    assert moments.first_published_at == NOW - DAY


def test_archive_stays_archive() -> None:
    article = _dated(_new(date=NOW - 900 * DAY))
    assert _again(article, changed=True, date=NOW - 900 * DAY).released_at == NOW - 900 * DAY


def test_new_fresh_date_releases_no_archive() -> None:
    article = _dated(_new(date=NOW - 900 * DAY))
    assert _again(article, date=NOW).released_at == NOW - 900 * DAY


def test_file_time_is_not_read_twice() -> None:
    article = _dated(_new(file_time=NOW - 400 * DAY))
    assert _again(article) == _new(file_time=NOW - 400 * DAY)


@pytest.mark.parametrize(("own", "embargo"), [(NOW + 2 * DAY, None), (None, NOW + 2 * DAY), (NOW, NOW + 2 * DAY)])
def test_published_article_is_held_back_again(own: datetime | None, embargo: datetime | None) -> None:
    article = _dated(_new())
    assert _again(article, date=own, embargo=embargo).released_at == NOW + 2 * DAY


def test_published_article_that_is_held_back_keeps_its_first_date() -> None:
    article = _dated(_new(date=NOW - DAY))
    assert _again(article, date=NOW + 2 * DAY).first_published_at == NOW - DAY


def test_scheduled_article_follows_its_date() -> None:
    article = _dated(_new(date=NOW + 9 * DAY))
    assert _again(article, date=NOW + 5 * DAY).released_at == NOW + 5 * DAY


def test_scheduled_article_may_come_at_once() -> None:
    article = _dated(_new(date=NOW + 900 * DAY))
    moments = _again(article, date=NOW + HOUR)
    assert (moments.published_at, moments.released_at) == (NOW + HOUR, NOW + HOUR)
    assert moments.updated_at <= NOW + DAY


def test_removed_future_date_leaves_none() -> None:
    article = _dated(_new(date=NOW + 900 * DAY))
    moments = _again(article)
    assert moments.published_at <= NOW + DAY
    assert moments.released_at <= NOW + DAY
    assert moments.updated_at <= NOW + DAY


def test_lifted_embargo_keeps_the_date() -> None:
    article = _dated(_new(date=NOW - DAY, embargo=NOW + 9 * DAY))
    assert _again(article, date=NOW - DAY).published_at == NOW - DAY


def test_unseen_change_is_no_update() -> None:
    article = _dated(_new(date=NOW + 9 * DAY))
    assert _again(article, changed=True, date=NOW + 9 * DAY).updated_at == NOW + 9 * DAY


@given(first=MAYBE, second=MAYBE, embargo=MAYBE, changed=st.booleans(), later=st.integers(0, 4000))
def test_readers_never_see_updated_go_back(
    first: datetime | None, second: datetime | None, embargo: datetime | None, changed: bool, later: int
) -> None:
    article = _dated(_new(date=first))
    now = NOW + later * DAY
    moments = _again(article, now=now, changed=changed, date=second, embargo=embargo)
    if article.released_at <= now:
        assert moments.updated_at >= article.updated_at
    assert moments.updated_at <= max(now, moments.published_at)


@given(first=MAYBE, second=MAYBE, changed=st.booleans(), later=st.integers(0, 4000))
def test_reading_again_settles_at_once(
    first: datetime | None, second: datetime | None, changed: bool, later: int
) -> None:
    now = NOW + later * DAY
    once = _again(_dated(_new(date=first)), now=now, changed=changed, date=second)
    assert _again(_dated(once), now=now, date=second) == once


@pytest.mark.parametrize(("updated", "expected"), [(None, NOW), (NOW + HOUR, NOW + HOUR), (NOW + 9 * DAY, NOW)])
def test_promised_article_keeps_its_release(updated: datetime | None, expected: datetime) -> None:
    article = _dated(_new())
    moments = date_promised(article, make_content(updated=updated), now=NOW + 2 * DAY, fresh=FRESH)
    assert moments == Dates(published_at=NOW, released_at=NOW, updated_at=expected)


def _identity(content_id: str = "", *, address: str = "/articles/2026/11/bridge", taken: set[str] | None = None) -> str:
    return make_identity(
        make_content(declared_id=content_id),
        authority="gazette.example.org",
        day=date(2026, 11, 23),
        address=address,
        is_taken=(taken or set()).__contains__,
    )


def test_identity_is_a_tag_of_that_day() -> None:
    assert _identity() == "tag:gazette.example.org,2026-11-23:/articles/2026/11/bridge"


@pytest.mark.parametrize("declared", ["https://old.example/42", "urn:uuid:1b2d", "tag:a.example,2001:x"])
def test_declared_iri_is_the_identity(declared: str) -> None:
    assert _identity(declared) == declared


@pytest.mark.parametrize(("declared", "specific"), [("42", "42"), ("a b", "a%20b"), ("été", "%C3%A9t%C3%A9")])
def test_declared_word_goes_into_tag(declared: str, specific: str) -> None:
    assert _identity(declared) == f"tag:gazette.example.org,2026-11-23:{specific}"


@pytest.mark.parametrize("taken", [0, 1, 2, 5])
def test_taken_identity_gets_a_twin(taken: int) -> None:
    names = [_identity(), *(f"{_identity()}-{number}" for number in range(2, 7))]
    assert _identity(taken=set(names[:taken])) == names[taken]


@given(declared=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_identity_is_an_iri_without_blanks(declared: str) -> None:
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", _identity(declared))


@pytest.mark.parametrize(
    ("timezone", "expected"),
    [
        ("UTC", date(2026, 11, 23)),
        ("Pacific/Auckland", date(2026, 11, 24)),
        ("America/Los_Angeles", date(2026, 11, 23)),
    ],
)
def test_day_is_the_publications_own(timezone: str, expected: date) -> None:
    assert local_day(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), timezone) == expected


def test_article_status_follows_the_clock() -> None:
    article = make_article(released_at=NOW)
    assert article.status(NOW - timedelta(microseconds=1)) == "scheduled"
    assert article.status(NOW) == "published"
    assert replace(article, withdrawn_at=NOW).status(NOW) == "withdrawn"


@pytest.mark.parametrize(
    ("known", "wanted", "expected"),
    [
        ({}, None, None),
        ({}, NOW + 2 * DAY, NOW + 2 * DAY),
        ({}, NOW - DAY, NOW + DAY),
        ({"expires_at": NOW + 9 * DAY}, NOW - DAY, NOW + DAY),
        ({"expires_at": NOW + HOUR}, NOW - DAY, NOW + HOUR),
        ({"expires_at": NOW + HOUR}, NOW + 2 * HOUR, NOW + 2 * HOUR),
        ({"withdrawn_at": NOW + HOUR}, NOW - DAY, NOW - DAY),
        ({"released_at": NOW + 9 * DAY}, NOW - DAY, NOW - DAY),
    ],
)
def test_no_article_is_over_before_readers_lost_it(
    known: dict[str, datetime], wanted: datetime | None, expected: datetime | None
) -> None:
    article = replace(make_article(), **known)  # type: ignore[arg-type]
    assert find_expiry(article, make_content(expires_at=wanted), now=NOW + DAY) == expected
