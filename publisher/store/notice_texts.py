"""The text that many notices share: one for each newsletter, language and format of a topic."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from publisher.domain.delivery import Rendering
from publisher.domain.notice import Kind
from publisher.store import tables
from publisher.store.dialect import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedText:
    """A text for those who read a newsletter in that language ("" where they named none) and format."""

    newsletter: str
    language: str
    format: str
    subject: str
    html: str
    text: str


def put_texts(connection: Connection, topic: str, texts: Iterable[SharedText]) -> None:
    """Write texts down; one that is there already stays as it is, for some may have got it."""
    names = SharedText.__dataclass_fields__
    rows = [{"topic": topic, **{name: getattr(one, name) for name in names}} for one in texts]
    if rows:
        connection.execute(insert(connection, tables.notice_texts).on_conflict_do_nothing(), rows)


def get_shared_text(connection: Connection, key: int, *, name: str) -> Rendering:
    """The text of that row as a rendering of that name."""
    row = connection.execute(select(tables.notice_texts).where(tables.notice_texts.c.key == key)).one()
    return Rendering(
        name=name,
        subject=row.subject,
        html=row.html,
        text=row.text,
        language=row.language,
        list_name=row.newsletter,
        kind=Kind.CORRECTION.value,
    )
