"""Runs migrations on the connection that the program hands over; see `project.upgrading`."""

from alembic import context

from histoviewer.project.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
