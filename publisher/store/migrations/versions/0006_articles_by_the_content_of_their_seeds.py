"""Articles are found by the content of their seeds"""

from alembic import op


revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    op.create_index('ix_articles_seed_digest', 'articles', ['seed_digest'])
