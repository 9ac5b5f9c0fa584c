"""What nobody asked for goes: an article's plain text, which its HTML says too, and a seed's first sight"""

from alembic import op


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    # Not in batch mode: that copies the table, and its copy would give out keys again.
    op.execute('ALTER TABLE articles DROP COLUMN text')
    op.execute('ALTER TABLE seeds DROP COLUMN first_seen_at')
