"""Streams: what SQL chooses, orders and cuts is what plain Python would, on both databases."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event

from publisher.domain.article import Article, Status
from publisher.domain.feed import Choice, Gone
from publisher.domain.part import Place, month_begin
from publisher.domain.topic import Kind, Topic, list_topics
from publisher.store import Ledger
from publisher.store.streams import Streams
from tests.conftest import MakeLedger, on_sqlite
from tests.factories import DAY, HOUR, NOW, make_article

ALL = Choice()
START = month_begin(2026, 1)
END = month_begin(2027, 1)
TOWN = Choice(sections=("town",))


class Late(TypedDict):
    """From when on, and how many."""

    since: datetime
    limit: int


class Span(TypedDict):
    """From one place up to another."""

    since: Place
    until: Place


def _add(ledger: Ledger, *articles: Article) -> list[Article]:
    with ledger.write() as tx:
        keys = tx.articles.add_many([(article, "seed") for article in articles])
        return [tx.articles.get(key) for key in keys]


def _ids(articles: Iterable[Article | Place | Gone]) -> list[str]:
    return [article.id.rpartition(":")[2] for article in articles]


def _at(place: Article) -> Place:
    return Place(released_at=place.released_at, published_at=place.published_at, id=place.id)


@dataclass(frozen=True)
class Plain:
    """The streams of a list of articles, one after the other looked at."""

    articles: tuple[Article, ...]
    choice: Choice
    now: datetime

    def _fitting(self) -> list[Article]:
        chosen = [article for article in self.articles if self.choice.fits(article)]
        return sorted(sorted(chosen, key=lambda one: one.id), key=_moments, reverse=True)

    def _visible(self) -> list[Article]:
        return [article for article in self._fitting() if article.status(self.now) is Status.PUBLISHED]

    def _seen(self) -> list[Article]:
        return [article for article in self._fitting() if article.released_at <= self.now and _ever_stood(article)]

    def list_newest(self, *, limit: int) -> list[Article]:
        return self._visible()[:limit]

    def list_between(self, *, since: Place, until: Place | None) -> list[Article]:
        return [one for one in self._visible() if _is_within(_at(one), since, until)]

    def list_changed(self, *, since: datetime, limit: int) -> list[Article]:
        changed = [one for one in self._visible() if one.released_at < one.updated_at <= self.now]
        late = [one for one in changed if one.updated_at > since]
        return sorted(late, key=lambda one: one.updated_at, reverse=True)[:limit]

    def list_gone(self, *, since: datetime, limit: int) -> list[Gone]:
        ends = [(one, end) for one in self._seen() if (end := _end(one)) and since < end <= self.now]
        ended = [Gone(id=one.id, at=end) for one, end in ends if one.first_seen_at < end]
        return sorted(ended, key=lambda one: one.at, reverse=True)[:limit]

    def find_newest_change(self) -> datetime | None:
        moments = [one.released_at for one in self._seen()]
        moments += [one.updated_at for one in self.list_changed(since=NOW - 9999 * DAY, limit=999)]
        moments += [one.at for one in self.list_gone(since=NOW - 9999 * DAY, limit=999)]
        return max(moments, default=None)

    def find_place_before(self, place: Place | None) -> Place | None:
        return next((_at(one) for one in self._seen() if place is None or _at(one).is_before(place)), None)

    def list_places(self, *, since: Place, until: Place) -> list[Place]:
        return [_at(one) for one in reversed(self._seen()) if _is_within(_at(one), since, until)]

    def list_topics(self, *, most: int) -> list[tuple[Topic, int]]:
        found = sorted({topic.path for one in self._visible() for topic in list_topics(one)})
        topics = [(self.find_topic(path, least=1), min(self._count(path), most)) for path in found]
        named = [(topic, number) for topic, number in topics if topic]
        return sorted(named, key=lambda topic: list(Kind).index(topic[0].kind))

    def _count(self, path: str) -> int:
        return sum(path in {topic.path for topic in list_topics(one)} for one in self._visible())

    def find_topic(self, path: str, *, least: int) -> Topic | None:
        found = [topic for one in self._seen() for topic in list_topics(one) if topic.path == path]
        return found[-1] if len(found) >= least else None


def _moments(article: Article) -> tuple[datetime, datetime]:
    return article.released_at, article.published_at


def _end(article: Article) -> datetime | None:
    return min((at for at in (article.withdrawn_at, article.expires_at) if at), default=None)


def _ever_stood(article: Article) -> bool:
    end = _end(article)
    return end is None or end > article.released_at


def _is_within(place: Place, since: Place, until: Place | None) -> bool:
    return not place.is_before(since) and (until is None or place.is_before(until))


hours = st.integers(-4, 3).map(lambda number: NOW + number * HOUR)
names = st.sampled_from(["Sport", "sport", "Vélo", "velo", "C", "C++", "Мой", "🚲", "a/b", "..", " ", ""])
some = st.lists(names, max_size=2).map(tuple)
choices = st.builds(
    Choice, sections=some, tags=some, languages=st.sampled_from([(), ("en",), ("fr", "nl")]), authors=some
)
changes = st.fixed_dictionaries(
    {
        "section": names,
        "tags": st.lists(names, max_size=3).map(tuple),
        "authors": some,
        "language": st.sampled_from(["en", "FR", "nl-BE", ""]),
        "released_at": hours,
        "published_at": hours,
        "updated_at": hours,
        "first_seen_at": hours,
        "expires_at": st.none() | hours,
        "withdrawn_at": st.none() | hours,
    }
)
populations = st.lists(changes, max_size=12)


def _fill(ledger: Ledger, population: Sequence[dict[str, Any]]) -> tuple[Article, ...]:
    return tuple(_add(ledger, *(make_article(number, **one) for number, one in enumerate(population, start=1))))


def _edge(at: datetime, articles: tuple[Article, ...]) -> Place:
    return Place(released_at=at, published_at=NOW, id=articles[0].id if articles else "")


@given(population=populations, choice=choices, limit=st.integers(1, 4), edges=st.tuples(hours, hours))
@settings(max_examples=25)
def test_sql_agrees_with_python(
    make_ledger: MakeLedger,
    population: list[dict[str, Any]],
    choice: Choice,
    limit: int,
    edges: tuple[datetime, datetime],
) -> None:
    ledger = make_ledger()
    plain = Plain(_fill(ledger, population), choice, NOW)
    since, until = (_edge(at, plain.articles) for at in edges)
    late = Late(since=edges[0], limit=limit)
    with ledger.read() as tx:
        one = tx.streams
        assert one.list_newest(choice, limit=limit, now=NOW) == plain.list_newest(limit=limit)
        for end in (None, until):
            found = one.list_between(choice, since=since, until=end, now=NOW)
            assert found == plain.list_between(since=since, until=end)
        assert one.list_changed(choice, now=NOW, **late) == plain.list_changed(**late)
        assert one.list_gone(choice, now=NOW, **late) == plain.list_gone(**late)
        assert one.find_newest_change(choice, now=NOW) == plain.find_newest_change()
        for place in (None, since, until):
            assert one.find_place_before(choice, place, now=NOW) == plain.find_place_before(place)
        places = one.list_places(choice, since=since, until=until, now=NOW)
        assert places == plain.list_places(since=since, until=until)


@given(
    population=populations, least=st.integers(1, 3), path=st.sampled_from(["sections/sport", "tags/velo", "", "x/y"])
)
@settings(max_examples=15)
def test_topics_agree_with_python(
    make_ledger: MakeLedger, population: list[dict[str, Any]], least: int, path: str
) -> None:
    ledger = make_ledger()
    plain = Plain(_fill(ledger, population), ALL, NOW)
    with ledger.read() as tx:
        assert tx.streams.list_topics(most=2, now=NOW) == plain.list_topics(most=2)
        assert tx.streams.find_topic(path, least=least, now=NOW) == plain.find_topic(path, least=least)


@given(population=populations, after=populations)
@settings(max_examples=10)
def test_changed_articles_are_found_as_they_are_now(
    make_ledger: MakeLedger, population: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    ledger = make_ledger()
    before = _fill(ledger, population)
    now = [replace(one, **change) for one, change in zip(before, after, strict=False)]
    with ledger.write() as tx:
        for article in now:
            tx.articles.change(article, seed_digest="seed")
    plain = Plain((*now, *before[len(now) :]), ALL, NOW)
    with ledger.read() as tx:
        assert tx.streams.list_newest(ALL, limit=99, now=NOW) == plain.list_newest(limit=99)
        assert tx.streams.list_topics(most=2, now=NOW) == plain.list_topics(most=2)


def test_article_in_two_topics_comes_once(ledger: Ledger) -> None:
    _add(ledger, make_article(1, tags=("a", "b")), make_article(2, tags=("b",)))
    with ledger.read() as tx:
        assert _ids(tx.streams.list_newest(Choice(tags=("a", "b")), limit=9, now=NOW)) == ["1", "2"]


def test_withdrawn_article_leaves_a_place(ledger: Ledger) -> None:
    one, two = _add(ledger, make_article(1), make_article(2, released_at=NOW - DAY))
    with ledger.write() as tx:
        tx.articles.withdraw(one.key, now=NOW + HOUR)
    later = NOW + DAY
    with ledger.read() as tx:
        assert _ids(tx.streams.list_newest(TOWN, limit=9, now=later)) == ["2"]
        assert tx.streams.list_gone(TOWN, since=NOW, limit=9, now=later) == [Gone(id=one.id, at=NOW + HOUR)]
        assert tx.streams.list_places(TOWN, since=START, until=END, now=later) == [_at(two), _at(one)]
        assert tx.streams.find_newest_change(TOWN, now=later) == NOW + HOUR


def test_restored_article_is_gone_no_more(ledger: Ledger) -> None:
    (one,) = _add(ledger, make_article(1))
    with ledger.write() as tx:
        tx.articles.withdraw(one.key, now=NOW + HOUR)
        tx.articles.change(one, seed_digest="seed")
    with ledger.read() as tx:
        assert tx.streams.list_gone(TOWN, since=NOW, limit=9, now=NOW + DAY) == []
        assert tx.streams.list_newest(TOWN, limit=9, now=NOW + DAY) == [one]


def test_article_that_came_when_it_was_over_is_not_gone(ledger: Ledger) -> None:
    _add(ledger, make_article(released_at=NOW - 40 * DAY, expires_at=NOW - DAY, first_seen_at=NOW))
    with ledger.read() as tx:
        assert tx.streams.list_gone(ALL, since=NOW - 30 * DAY, limit=9, now=NOW) == []


def test_promised_article_was_never_seen(ledger: Ledger) -> None:
    promised = make_article(released_at=NOW - DAY, withdrawn_at=NOW, title="", html="", text_digest="")
    with ledger.write() as tx:
        tx.articles.add_many([(promised, "")])
    with ledger.read() as tx:
        assert tx.streams.list_gone(ALL, since=START.released_at, limit=9, now=NOW) == []
        assert tx.streams.find_place_before(ALL, None, now=NOW) is None
        assert tx.streams.find_topic("sections/town", least=1, now=NOW) is None


def test_promised_article_comes_with_its_file(ledger: Ledger) -> None:
    promised = make_article(released_at=NOW - DAY, withdrawn_at=NOW, text_digest="")
    with ledger.write() as tx:
        (key,) = tx.articles.add_many([(promised, "")])
        tx.articles.change(replace(promised, key=key, withdrawn_at=None), seed_digest="seed")
    with ledger.read() as tx:
        assert _ids(tx.streams.list_newest(TOWN, limit=9, now=NOW)) == ["1"]


def test_months_are_those_of_releases(ledger: Ledger) -> None:
    moments = [datetime(2026, 10, 31, 23, 59, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC), NOW + DAY]
    one, two, three = _add(ledger, *(make_article(number, released_at=at) for number, at in enumerate(moments)))
    with ledger.read() as tx:
        assert tx.streams.list_months([one.key, two.key, three.key], now=NOW) == [(2026, 10), (2026, 11)]
        assert tx.streams.list_months([two.key, 9999], now=NOW) == [(2026, 11)]


@pytest.mark.parametrize(("year", "month"), [(1, 1), (9998, 12)])
def test_farthest_months_can_be_asked_for(ledger: Ledger, year: int, month: int) -> None:
    span = Span(since=month_begin(year, month), until=month_begin(year, month + 1))
    with ledger.read() as tx:
        assert tx.streams.list_between(ALL, now=NOW, **span) == []
        assert tx.streams.list_places(ALL, now=NOW, **span) == []


@pytest.mark.parametrize("path", ["main", "", "sections/", "sections/Sport", "tags/../x", "issues/daily", "tags/a/b"])
def test_other_paths_are_no_topics(ledger: Ledger, path: str) -> None:
    _add(ledger, make_article())
    with ledger.read() as tx:
        assert tx.streams.find_topic(path, least=1, now=NOW) is None


ASKED: dict[str, Callable[[Streams, Choice], object]] = {
    "list_newest": lambda one, choice: one.list_newest(choice, limit=50, now=NOW),
    "list_between": lambda one, choice: one.list_between(choice, since=START, until=END, now=NOW),
    "list_changed": lambda one, choice: one.list_changed(choice, since=NOW - 30 * DAY, limit=100, now=NOW),
    "list_gone": lambda one, choice: one.list_gone(choice, since=NOW - 30 * DAY, limit=500, now=NOW),
    "find_newest_change": lambda one, choice: one.find_newest_change(choice, now=NOW),
    "find_place_before": lambda one, choice: one.find_place_before(choice, START, now=NOW),
    "list_places": lambda one, choice: one.list_places(choice, since=START, until=END, now=NOW),
    "find_topic": lambda one, choice: one.find_topic("sections/town", least=3, now=NOW),
    "list_months": lambda one, choice: one.list_months([1, 2], now=NOW),
}


@on_sqlite
@pytest.mark.parametrize("choice", [ALL, TOWN, Choice(tags=("a", "b"), sections=("town",))], ids=["all", "one", "two"])
@pytest.mark.parametrize("name", ASKED)
def test_no_article_is_read_that_is_not_wanted(ledger: Ledger, name: str, choice: Choice) -> None:
    statements: list[tuple[str, Any]] = []

    @event.listens_for(Engine, "before_cursor_execute")
    def note(_: Any, __: Any, words: str, values: Any, *___: Any) -> None:
        statements.append((words, values))

    try:
        with ledger.read() as tx:
            ASKED[name](tx.streams, choice)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with ledger.engine.connect() as connection:
        plans = [_explain(connection, *one) for one in statements if one[0].startswith("SELECT")]
    steps = [step for plan in plans for step in plan if step != "SCAN anon_1"]  # what was counted, not a table
    assert steps
    assert [step for step in steps if step.startswith("SCAN") or step.endswith("ORDER BY")] == []


def _explain(connection: Connection, words: str, values: Any) -> list[str]:
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)]


@on_sqlite
def test_places_come_from_their_index_alone(ledger: Ledger) -> None:
    wanted = "SELECT article_key, published_at, id FROM article_topics WHERE topic = '' AND released_at <= 'x' \
        AND withdrawn_at IS NULL AND expires_at IS NULL ORDER BY released_at DESC, published_at DESC, id LIMIT 1"
    with ledger.engine.connect() as connection:
        assert "COVERING INDEX ix_article_topics_order" in _explain(connection, wanted, ())[0]
