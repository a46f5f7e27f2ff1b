"""What Alembic runs before the revisions: they get the connection and transaction of study.store.schema_version."""

from alembic import context

from study.store.schema import metadata, version_table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=version_table.name,
)
context.run_migrations()
