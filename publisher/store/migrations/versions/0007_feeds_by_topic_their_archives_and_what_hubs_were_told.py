"""Feeds by topic, their archives, and what hubs were told"""

from typing import Any

from alembic import op
import sqlalchemy as sa

from publisher.domain.article import Content
from publisher.domain.topic import list_topics


revision = '0007'
down_revision = '0006'

TEXT = sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')
KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
MOMENTS = ('released_at', 'published_at', 'updated_at', 'withdrawn_at', 'expires_at')
AT_ONCE = 500


def upgrade() -> None:
    op.add_column('articles', sa.Column('first_published_at', MOMENT, nullable=True))
    op.add_column('issues', sa.Column('recomposed_at', MOMENT, nullable=True))
    op.create_table(
        'article_topics',
        sa.Column('article_key', KEY, nullable=False),
        sa.Column('topic', TEXT, nullable=False),
        sa.Column('name', TEXT, server_default='', nullable=False),
        sa.Column('released_at', MOMENT, nullable=False),
        sa.Column('published_at', MOMENT, nullable=False),
        sa.Column('id', TEXT, server_default='', nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        sa.Column('withdrawn_at', MOMENT, nullable=True),
        sa.Column('expires_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ['article_key'], ['articles.key'], name='fk_article_topics_article_key_articles', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('article_key', 'topic', name='pk_article_topics'),
    )
    fill_topics(op.get_bind())
    places: list[Any] = ['released_at', 'published_at', sa.text('id DESC')]
    covered = ['topic', *places, 'withdrawn_at', 'expires_at', 'article_key']
    op.create_index('ix_article_topics_order', 'article_topics', covered)
    partial('changed', ['topic', 'updated_at', *places], 'updated_at > released_at')
    partial('withdrawn', ['topic', 'withdrawn_at', *places], 'withdrawn_at IS NOT NULL')
    partial('expires', ['topic', 'expires_at', *places], 'expires_at IS NOT NULL')
    op.create_table(
        'feed_cuts',
        sa.Column('feed', TEXT, nullable=False),
        sa.Column('released_at', MOMENT, nullable=False),
        sa.Column('published_at', MOMENT, nullable=False),
        sa.Column('id', TEXT, server_default='', nullable=False),
        sa.PrimaryKeyConstraint('feed', 'released_at', 'published_at', 'id', name='pk_feed_cuts'),
    )
    op.create_table(
        'feeds',
        sa.Column('name', TEXT, nullable=False),
        sa.Column('first_seen_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('name', name='pk_feeds'),
    )
    op.create_table(
        'pushes',
        sa.Column('hub', TEXT, nullable=False),
        sa.Column('topic', TEXT, nullable=False),
        sa.Column('digest', TEXT, server_default='', nullable=False),
        sa.Column('told', TEXT, server_default='', nullable=False),
        sa.Column('due_at', MOMENT, nullable=False),
        sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
        sa.Column('problem', TEXT, server_default='', nullable=False),
        sa.Column('failing_since', MOMENT, nullable=True),
        sa.Column('claimed_until', MOMENT, nullable=True),
        sa.Column('told_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('hub', 'topic', name='pk_pushes'),
    )


def partial(name: str, columns: list[Any], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f'ix_article_topics_{name}', 'article_topics', columns, sqlite_where=where, postgresql_where=where
    )


def moments() -> list[sa.ColumnClause[Any]]:
    return [sa.column(name, MOMENT) for name in MOMENTS]


def words(*names: str) -> list[sa.ColumnClause[Any]]:
    return [sa.column(name, TEXT) for name in names]


def fill_topics(connection: sa.Connection) -> None:
    """Note the topics of all articles but those that still wait for their file."""
    known = [sa.column('key', KEY), *words('id', 'section', 'language', 'seed_digest'), *moments()]
    article = sa.table('articles', *known, sa.column('details', sa.JSON()))
    topics = sa.table('article_topics', sa.column('article_key', KEY), *words('topic', 'name', 'id'), *moments())
    is_seen = sa.or_(article.c.withdrawn_at.is_(None), article.c.seed_digest != '')
    wanted = sa.select(article).where(is_seen).order_by(article.c.key).limit(AT_ONCE)
    reached = -1
    while rows := connection.execute(wanted.where(article.c.key > reached)).all():
        connection.execute(sa.insert(topics), [noted for row in rows for noted in note(row)])
        reached = rows[-1].key


def note(row: sa.Row[Any]) -> list[dict[str, Any]]:
    authors, tags = (tuple(row.details.get(name) or ()) for name in ('authors', 'tags'))
    content = Content(title='', html='', section=row.section, language=row.language, authors=authors, tags=tags)
    shared = {'article_key': row.key, 'id': row.id} | {name: getattr(row, name) for name in MOMENTS}
    found = {'': ''} | {topic.path: topic.name for topic in list_topics(content)}
    return [shared | {'topic': path, 'name': name} for path, name in found.items()]
