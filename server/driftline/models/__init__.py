"""The declared schema: what SQLAlchemy models say, as env.py reaches them.

In reading order: `reader` (the way in) and `declared` (what comes out); `host` (who is told, and hands on), `records`
(what is written down), `build` (what becomes of it) and `kept_tables` (what need not be built again); `core/` (the
calls of SQLAlchemy Core, for migrations too).

- Classes: `roots` (bases), `declarative`, `annotations`, `sqlmodel`, `validators`, `mappers`.
- Tables: `made_tables`, `attributes`, `column_collections`, `later_changes`, `metadata`, `event_hooks`, `exit_stacks`.
- What is not known: `conditions` (branches), `foreign_calls` (what is not read), `unfollowed` (what was given up),
  `assumed_schema`.
- env.py: `environment_script`, `dialect`, `filters`, `object_filter`; `unreached` (models that it does not import).
- Libraries: `library_bases`, `library_tables`, `library_version`, `exports`. The evaluator: `late_runner`.

Example: `read_models(environment, modules).schema.tables["users"]` is the table of `class User(Base)`.
"""
