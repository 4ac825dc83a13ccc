"""The migrated schema: the revision graph, its operations, and what they add up to.

In reading order: `graph` (and `graph_reader`, `graph_order`, `revision_name`), `operation` (what a revision does),
`recorder` (who is told, while a revision is run over values), `apply` (what an operation does to a state), `replay`
(all of it, in order) and `history` (what comes out).

- Reading a revision: `evaluation`, `running`, `operation_reader`, `batches`, `custom_operations`, `own_models`,
  `own_objects`, `hooked_tables`, `hook_host`, `foreign_calls`, `unparsed`, `contents`.
- What it asks of the database: `database_handles`, `database_names`, `introspection`, `inspectors`,
  `reflected_tables`, `refusals`.
- SQL: `executed`, `partial_sql`, `raw_sql`, and `sql_…` by statement.
- The state: `working`, `table_map`, `trie`, `states`, `apply_…` by operation, `meant_names`, `outright_names`,
  `database_keeps`, `needed_keys`, `completeness`.
- Doing it again after an edit: `evaluations`, `passes`, `lookers`, `watched`, `gathered`, `timeline`.
  The way back: `downgrades`.

Example: `replay(graph, environment, modules, "postgresql", declared).schema.tables["users"]`.
"""
