"""Streams: what SQL chooses, orders and cuts is what plain Python would, on both databases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.domain.article import Article, Status
from publisher.domain.feed import Choice, Gone
from publisher.domain.part import Place, month_begin
from publisher.domain.topic import Kind, Topic, list_topics
from publisher.store import Ledger
from tests.conftest import MakeLedger
from tests.factories import DAY, HOUR, NOW, make_article

ALL = Choice()
START = month_begin(2026, 1)
END = month_begin(2027, 1)
SPORT = Choice(sections=("sport",))


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
        ended = [Gone(id=one.id, at=end) for one in self._seen() if (end := _end(one)) and since < end <= self.now]
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

    def list_topics(self) -> list[tuple[Topic, int]]:
        found = sorted({topic.path for one in self._visible() for topic in list_topics(one)})
        topics = [(self.find_topic(path, least=1), self._count(path)) for path in found]
        named = [(topic, number) for topic, number in topics if topic]
        return sorted(named, key=lambda topic: list(Kind).index(topic[0].kind))

    def _count(self, path: str) -> int:
        return sum(path in {topic.path for topic in list_topics(one)} for one in self._visible())

    def find_topic(self, path: str, *, least: int) -> Topic | None:
        found = [topic for one in self._seen() for topic in list_topics(one) if topic.path == path]
        return found[0] if len(found) >= least else None


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
        "expires_at": st.none() | hours,
        "withdrawn_at": st.none() | hours,
    }
)
populations = st.lists(changes, max_size=12)


def _fill(ledger: Ledger, population: Sequence[dict[str, Any]]) -> tuple[Article, ...]:
    return tuple(_add(ledger, *(make_article(number, **one) for number, one in enumerate(population, start=1))))


@given(population=populations, choice=choices, limit=st.integers(1, 4), edges=st.tuples(hours, hours))
@settings(max_examples=60)
def test_sql_agrees_with_python(
    make_ledger: MakeLedger,
    population: list[dict[str, Any]],
    choice: Choice,
    limit: int,
    edges: tuple[datetime, datetime],
) -> None:
    ledger = make_ledger()
    plain = Plain(_fill(ledger, population), choice, NOW)
    since, until = (
        Place(released_at=at, published_at=NOW, id=plain.articles[0].id if population else "") for at in edges
    )
    with ledger.read() as tx:
        streams = tx.streams
        assert streams.list_newest(choice, limit=limit, now=NOW) == plain.list_newest(limit=limit)
        for end in (None, until):
            found = streams.list_between(choice, since=since, until=end, now=NOW)
            assert found == plain.list_between(since=since, until=end)
        late = {"since": edges[0], "limit": limit}
        assert streams.list_changed(choice, now=NOW, **late) == plain.list_changed(**late)
        assert streams.list_gone(choice, now=NOW, **late) == plain.list_gone(**late)
        assert streams.find_newest_change(choice, now=NOW) == plain.find_newest_change()
        for place in (None, since, until):
            assert streams.find_place_before(choice, place, now=NOW) == plain.find_place_before(place)
        span = {"since": since, "until": until}
        assert streams.list_places(choice, now=NOW, **span) == plain.list_places(**span)
