"""What Alembic runs: the connection is handed in by publisher.store.migrate."""

from alembic import context

from publisher.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
