"""Articles as rows and as snapshots, and back: what has a column of its own, and what is carried in `details`."""

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from publisher.domain.article import Article, Content
from publisher.store import tables
from publisher.store.links import name_of

_ARTICLE = TypeAdapter(Article)
_CONTENT = TypeAdapter(Content)
_OF_THE_LEDGER = frozenset({"name", "pictures", "seed_digest", "revision"})
_COLUMNS = frozenset(column.name for column in tables.articles.columns) - {"details"}
_DETAILS = set(Content.__dataclass_fields__) - _COLUMNS


def to_snapshot(article: Article) -> dict[str, Any]:
    """An article as JSON, for keeping it as it stands."""
    return _ARTICLE.dump_python(article, mode="json")  # type: ignore[no-any-return]


def from_snapshot(snapshot: dict[str, Any]) -> Article:
    """The article that `to_snapshot` kept."""
    return _ARTICLE.validate_python(snapshot)


def to_row(article: Article, *, seed_digest: str, revision: int) -> dict[str, Any]:
    """An article as the values of a row, without its key."""
    carried = _CONTENT.dump_python(article, mode="json", include=_DETAILS)
    columns = {name: getattr(article, name) for name in _COLUMNS - _OF_THE_LEDGER - {"key"}}
    pictures = len(article.images) + len(article.missing_pictures)
    kept = {"name": name_of(article.path), "seed_digest": seed_digest, "revision": revision, "pictures": pictures}
    return {**columns, "details": carried, **kept}


def from_row(row: Row[Any]) -> Article:
    """The article that a row holds."""
    columns = dict(row._mapping)
    details = columns.pop("details")
    for name in _OF_THE_LEDGER:
        del columns[name]
    return _ARTICLE.validate_python({**columns, **details})
