"""Alembic's way in: migrates the connection that `versioning` hands over."""

from alembic import context
from sqlalchemy import Connection

from storage import conversations
from storage.tables import metadata

assert conversations.ConversationRow.metadata is metadata  # a table beside those of storage.tables

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    transactional_ddl=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
