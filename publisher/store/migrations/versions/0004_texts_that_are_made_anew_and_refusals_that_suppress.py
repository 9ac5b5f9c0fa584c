"""An issue's text in revisions, and which refusal suppressed an address"""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'

_CHOICE = ['issue_key', 'language', 'sections', 'format']


def number() -> sa.Column[int]:
    return sa.Column('revision', sa.Integer(), server_default='1', nullable=False)


def upgrade() -> None:
    text = sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')
    op.add_column('issues', number())
    op.add_column('issue_articles', sa.Column('left_out_of', sa.Integer(), nullable=True))
    op.add_column('suppressions', sa.Column('letter', text, server_default='', nullable=False))
    ledger = op.get_bind()
    last = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'variants'")
    given_out = ledger.scalar(last) if ledger.dialect.name == 'sqlite' else None
    # A key is part of a rendering's name: the copy that SQLite needs must go on where the table was.
    with op.batch_alter_table('variants', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.add_column(number())
        batch_op.drop_constraint('_'.join(['uq_variants', *_CHOICE]), type_='unique')
        batch_op.create_unique_constraint('_'.join(['uq_variants', *_CHOICE, 'revision']), [*_CHOICE, 'revision'])
    if given_out:
        ledger.execute(sa.text("UPDATE sqlite_sequence SET seq = :seq WHERE name = 'variants'"), {'seq': given_out})
