"""A million deliveries in one freeze: their foreign keys go, and the indexes that only served those"""

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'

FOREIGN = (('issue_key', 'issues'), ('subscriber_key', 'subscribers'), ('subscription_key', 'subscriptions'), ('variant_key', 'variants'))
NEEDLESS = ('ix_deliveries_subscriber_key', 'ix_deliveries_subscription_key', 'ix_deliveries_variant_key')


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        rebuild()
    else:
        alter()
    # By issue, so that a claim need not pass over all that waits in one that is paused.
    queued = sa.text("status = 'queued'")
    op.create_index('ix_deliveries_due', 'deliveries', ['issue_key', 'due_at', 'key'], sqlite_where=queued, postgresql_where=queued)


def alter() -> None:
    for column, table in FOREIGN:
        op.drop_constraint(f'fk_deliveries_{column}_{table}', 'deliveries')
    for name in (*NEEDLESS, 'ix_deliveries_due'):
        op.drop_index(name, 'deliveries')
    # A lock and a line of the log for each key cost a freeze a tenth of its time; what a session leaves is a gap.
    op.execute('ALTER SEQUENCE deliveries_key_seq CACHE 1000')


def rebuild() -> None:
    # SQLite can't drop a foreign key. Not in batch mode: its copy would give out keys again.
    op.execute('ALTER TABLE deliveries RENAME TO old_deliveries')
    moment = sa.DateTime(timezone=True)
    op.create_table('deliveries',
    sa.Column('key', sa.Integer(), nullable=False),
    sa.Column('issue_key', sa.Integer(), nullable=False),
    sa.Column('subscriber_key', sa.Integer(), nullable=True),
    sa.Column('subscription_key', sa.Integer(), nullable=True),
    sa.Column('variant_key', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('due_at', moment, nullable=False),
    sa.Column('first_due_at', moment, nullable=False),
    sa.Column('expires_at', moment, nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('worker', sa.String(length=96), nullable=True),
    sa.Column('relay', sa.Text(), server_default='', nullable=False),
    sa.Column('code', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reply', sa.Text(), server_default='', nullable=False),
    sa.Column('changed_at', moment, nullable=False),
    sa.PrimaryKeyConstraint('key', name='pk_deliveries'),
    sa.UniqueConstraint('issue_key', 'subscriber_key', name='uq_deliveries_issue_key_subscriber_key'),
    sqlite_autoincrement=True
    )
    op.execute('INSERT INTO deliveries SELECT * FROM old_deliveries ORDER BY key')
    op.execute("""DELETE FROM sqlite_sequence WHERE name = 'deliveries'""")
    op.execute("""UPDATE sqlite_sequence SET name = 'deliveries' WHERE name = 'old_deliveries'""")
    op.execute('DROP TABLE old_deliveries')
    op.create_index('ix_deliveries_held', 'deliveries', ['worker'], sqlite_where=sa.text('worker IS NOT NULL'))
    op.create_index('ix_deliveries_issue_key_status', 'deliveries', ['issue_key', 'status'])
