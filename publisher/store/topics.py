"""Which topics articles belong to: noted beside them, with the moments that the feeds of these topics ask for."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from publisher.domain.article import Article
from publisher.domain.topic import list_topics
from publisher.store import tables

ALL = ""  # the topic of all articles
_TOPICS = tables.article_topics


def put_topics(connection: Connection, articles: Mapping[int, Article]) -> None:
    """Note the topics of articles that have none noted yet, by their keys."""
    rows = [row for key, article in articles.items() for row in _iter_rows(key, article)]
    if rows:
        connection.execute(insert(_TOPICS), rows)


def renew_topics(connection: Connection, article: Article) -> None:
    """Note the topics and moments that an article has now, and no more those that it had."""
    connection.execute(delete(_TOPICS).where(_TOPICS.c.article_key == article.key))
    put_topics(connection, {article.key: article})


def note_withdrawal(connection: Connection, key: int, *, now: datetime) -> None:
    """Note in each of its topics that an article was taken back."""
    connection.execute(update(_TOPICS).where(_TOPICS.c.article_key == key).values(withdrawn_at=now))


def _iter_rows(key: int, article: Article) -> Iterator[dict[str, Any]]:
    """A row a topic."""
    names = {ALL: ""} | {topic.path: topic.name for topic in list_topics(article)}
    for path, name in names.items():
        yield {
            "article_key": key,
            "topic": path,
            "name": name,
            "released_at": article.released_at,
            "published_at": article.published_at,
            "id": article.id,
            "updated_at": article.updated_at,
            "withdrawn_at": article.withdrawn_at,
            "expires_at": article.expires_at,
        }
