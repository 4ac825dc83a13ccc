"""Where text comes from, and where a project's Alembic environments are. The only reader of the workspace."""
