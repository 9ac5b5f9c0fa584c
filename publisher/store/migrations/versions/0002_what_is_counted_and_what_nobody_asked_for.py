"""Indexes for what is counted; what nobody asked for goes: an article's plain text, a seed's first sight"""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    # Not in batch mode: that copies the table, and its copy would give out keys again.
    op.execute('ALTER TABLE articles DROP COLUMN text')
    op.execute('ALTER TABLE seeds DROP COLUMN first_seen_at')
    withdrawn = sa.text('withdrawn_at IS NOT NULL')
    op.create_index('ix_articles_withdrawn', 'articles', ['withdrawn_at'], sqlite_where=withdrawn, postgresql_where=withdrawn)
    op.create_index('ix_notices_status', 'notices', ['status'])
