"""Which topics articles belong to: noted beside them, in the order of the feeds that are made of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select

from publisher.domain.article import Article, Content
from publisher.domain.topic import list_topics
from publisher.store import tables

_TOPICS = tables.article_topics
_WORDS = TypeAdapter(tuple[str, ...])
_AT_ONCE = 500


def put_topics(connection: Connection, articles: Mapping[int, Article]) -> None:
    """Note the topics of articles that have none noted yet, by their keys."""
    rows = [row for key, article in articles.items() for row in _iter_rows(key, article, article)]
    if rows:
        connection.execute(insert(_TOPICS), rows)


def renew_topics(connection: Connection, article: Article) -> None:
    """Note the topics that an article has now, and no more those that it had."""
    connection.execute(delete(_TOPICS).where(_TOPICS.c.article_key == article.key))
    put_topics(connection, {article.key: article})


def fill_topics(connection: Connection) -> None:
    """Note the topics of all articles of a ledger that knew none."""
    article = tables.articles.c
    moments = (article.released_at, article.published_at, article.id)
    wanted = select(article.key, *moments, article.section, article.language, article.details)
    reached = -1
    while rows := connection.execute(wanted.where(article.key > reached).order_by(article.key).limit(_AT_ONCE)).all():
        noted = [noted for row in rows for noted in _iter_rows(row.key, _read_content(row), row)]
        if noted:
            connection.execute(insert(_TOPICS), noted)
        reached = rows[-1].key


def _read_content(row: Any) -> Content:
    authors, tags = (_WORDS.validate_python(row.details.get(name) or ()) for name in ("authors", "tags"))
    return Content(title="", html="", section=row.section, language=row.language, authors=authors, tags=tags)


def _iter_rows(key: int, content: Content, place: Any) -> Iterator[dict[str, Any]]:
    """A row a topic; `place` has the release, the date and the id."""
    where = {"released_at": place.released_at, "published_at": place.published_at, "id": place.id}
    for topic in list_topics(content):
        yield {"article_key": key, "topic": topic.path, "name": topic.name, **where}
