"""Feeds by topic, their archives, and what hubs were told"""

from alembic import op
import sqlalchemy as sa

from publisher.store.topics import fill_topics


revision = '0007'
down_revision = '0006'

TEXT = sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')
KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    changed = sa.text('updated_at > released_at')
    op.create_index('ix_articles_changed', 'articles', ['updated_at'], sqlite_where=changed, postgresql_where=changed)
    op.create_table(
        'article_topics',
        sa.Column('article_key', KEY, nullable=False),
        sa.Column('topic', TEXT, nullable=False),
        sa.Column('name', TEXT, server_default='', nullable=False),
        sa.Column('released_at', MOMENT, nullable=False),
        sa.Column('published_at', MOMENT, nullable=False),
        sa.Column('id', TEXT, server_default='', nullable=False),
        sa.ForeignKeyConstraint(
            ['article_key'], ['articles.key'], name='fk_article_topics_article_key_articles', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('article_key', 'topic', name='pk_article_topics'),
    )
    fill_topics(op.get_bind())
    op.create_index('ix_article_topics_order', 'article_topics', ['topic', 'released_at', 'published_at', 'id'])
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
