"""Primary keys. Alembic does not compare them.

Example: `PRIMARY KEY (id)` in the model against `PRIMARY KEY (id, user_id)` gives one `modify_primary_key`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import Difference, label, names_differ
from driftline.schema import Table


def compare_primary_keys(declared: Table, migrated: Table) -> Iterator[Difference]:
    """Compare the columns of the two primary keys and their order, else their names.

    Columns that only one of the tables has are left out: that they are missing says it all.
    """
    if declared.incomplete or not migrated.known_in_full:
        return
    stated, made = declared.primary_key, migrated.primary_key
    names = [{column.name for column in table.columns} for table in (declared, migrated)]
    common = names[0] & names[1]
    if [one for one in stated.columns if one in common] != [one for one in made.columns if one in common]:
        yield Difference("modify_primary_key", declared.key, ",".join(made.columns) or None, stated, made)
    elif stated.columns == made.columns and names_differ(stated.name, made.name):
        yield Difference("rename_constraint", declared.key, label(stated.name, stated.columns), stated, made)
