"""Alembic's environment: works on the connection that is handed over, so it needs no ini file."""

from alembic import context

from storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
# The caller has begun the transaction and commits it, so that a broken migration leaves nothing behind.
context.run_migrations()
