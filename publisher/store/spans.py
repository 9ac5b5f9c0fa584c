"""Places in SQL: whether a row stands before one, or from it on, by the order of `domain.part.Place`.

Each condition begins with a plain bound on the release, by which an index is entered.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from publisher.domain.part import Place


def is_before(columns: Any, place: Place) -> ColumnElement[bool]:
    """Whether the row of these columns is older than a place."""
    released, published = columns.released_at, columns.published_at
    same_date = and_(published == place.published_at, columns.id > place.id)
    same_release = and_(released == place.released_at, or_(published < place.published_at, same_date))
    return and_(released <= place.released_at, or_(released < place.released_at, same_release))


def is_from(columns: Any, place: Place) -> ColumnElement[bool]:
    """Whether the row of these columns stands at a place or is newer."""
    released, published = columns.released_at, columns.published_at
    same_date = and_(published == place.published_at, columns.id <= place.id)
    same_release = and_(released == place.released_at, or_(published > place.published_at, same_date))
    return and_(released >= place.released_at, or_(released > place.released_at, same_release))
