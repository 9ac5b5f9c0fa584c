"""Indexes for what each look at the folder asks for: articles by their seed's content, seeds that wait or are gone"""

from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    waits, gone = sa.text("reason != ''"), sa.text('gone_at IS NOT NULL')
    op.create_index('ix_articles_seed_digest', 'articles', ['seed_digest'])
    op.create_index('ix_seeds_waiting', 'seeds', ['path'], sqlite_where=waits, postgresql_where=waits)
    op.create_index('ix_seeds_gone_at', 'seeds', ['gone_at'], sqlite_where=gone, postgresql_where=gone)
