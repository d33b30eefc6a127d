"""Alembic's entry: migrations run on the connection that `coach.store.database` hands over."""

from alembic import context

from coach.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
