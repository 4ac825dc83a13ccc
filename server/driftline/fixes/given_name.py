"""The name to write in a model, so that the naming convention makes the final one of it.

Example: with `ck_%(table_name)s_%(constraint_name)s`, the CHECK `ck_users_age` of `users` is written `name="age"`.
"""

from __future__ import annotations

from driftline.fixes.project import Project
from driftline.python.values import Unknown
from driftline.schema import CheckConstraint, ForeignKey, Index, Table, UniqueConstraint
from driftline.schema.naming import Kind, constraint_name

TableItem = ForeignKey | CheckConstraint | UniqueConstraint | Index


def given_name(project: Project, table: Table, item: TableItem) -> str | Unknown | None:
    """Give the name to write so that the naming convention makes `item.name` of it.

    None where none need be written, Unknown where no name does it.
    """
    if not isinstance(item.name, str):
        return item.name
    made = final_name(project, table, item, None)
    if made == item.name or (made is None and isinstance(item, ForeignKey)):
        return None  # the convention makes it; or nothing compares the name of a foreign key that has none in the model
    if final_name(project, table, item, item.name) == item.name:
        return item.name
    # A convention takes up what is given (`ck_%(table_name)s_%(constraint_name)s`): find the part that makes the whole.
    frame = final_name(project, table, item, "\0")
    if isinstance(frame, str) and frame.count("\0") == 1:
        before, _, after = frame.partition("\0")
        if item.name.startswith(before) and item.name.endswith(after) and len(item.name) > len(before) + len(after):
            return item.name[len(before) : len(item.name) - len(after)]
    return Unknown(f"the naming convention makes no `{item.name}`")


def final_name(project: Project, table: Table, item: TableItem, given: str | None) -> str | None:
    """Give the final name of an item that a model gives the name `given`; None where that is not known, or none."""
    kinds: dict[type, Kind] = {ForeignKey: "fk", CheckConstraint: "ck", UniqueConstraint: "uq", Index: "ix"}
    columns: tuple[str | Unknown, ...] = ()
    if isinstance(item, Index):
        columns = tuple(one.column for one in item.elements if one.column is not None)
    elif not isinstance(item, CheckConstraint):
        columns = item.columns
    name, _ = constraint_name(
        kinds[type(item)],
        given,
        table=table.name,
        schema=table.schema,
        columns=columns,
        referred_table=item.referred_table if isinstance(item, ForeignKey) else None,
        referred_columns=item.referred_columns if isinstance(item, ForeignKey) else (),
        convention=project.declared.convention,
        dialect=project.dialect,
    )
    return name if isinstance(name, str) else None
