"""What does not outlast a change, and so goes before it and comes again behind it, as it was.

- PostgreSQL converts no CHECK, no condition of an index and no foreign key when a column gets a type of another family.
- MySQL alters no column that a foreign key is on.
- On SQLite a batch makes the table anew of what reflection sees, and no index of an expression is among that.

Knows changes and tables, nothing of the operations that a revision writes them with (`steps`).

Example: where `users.code` becomes VARCHAR, and so does `things.code` that refers to it, the foreign key is dropped
before and made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftline.fixes.change import Alter, AlterEnum, Change, Create, CreateEnum, Drop, DropEnum, Named, is_of_expression
from driftline.fixes.families import of_one_family
from driftline.fixes.generated import copies
from driftline.fixes.project import Project
from driftline.fixes.renamed import moved
from driftline.fixes.wanted import compares, named_parts, stands_on, unknowns
from driftline.schema import Column, ForeignKey, Table, table_key

_Stood = tuple[Table, Named]
"""A constraint or an index, with the migrated table that it is on."""


def parts_anew(changes: Sequence[Change], project: Project) -> tuple[Change, ...] | None:
    """Give the drops, and what makes again, of what the changes do not leave; None where one can't be written down."""
    dropped = [one for one in changes if isinstance(one, Drop)]
    made: dict[tuple[str, str], tuple[Change, Change]] = {}
    for table, part in (each for one in changes for each in _lost(one, project)):
        key = table.key, str(part.name)
        if key in made or any(_takes(one, table, part) for one in dropped):
            continue
        if not isinstance(part.name, str) or unknowns(part):
            return None
        made[key] = (
            Drop(table.name, table.schema, part),
            Create(table.name, table.schema, _renamed(part, table, changes)),
        )
    return tuple(change for pair in made.values() for change in pair)


def _takes(drop: Drop, table: Table, part: Named) -> bool:
    """Whether what is dropped is the part, what it is on, or a table that it refers to."""
    of = table_key(drop.schema, drop.table)
    match drop.part:
        case Table():
            return of == table.key or (isinstance(part, ForeignKey) and part.referred_table == of)
        case Column(name=name):
            refers = isinstance(part, ForeignKey) and part.referred_table == of and name in part.referred_columns
            return refers or (of == table.key and stands_on(part, name))
    return of == table.key and type(drop.part) is type(part) and drop.part.name == part.name


def _renamed(part: Named, table: Table, changes: Sequence[Change]) -> Named:
    """Give the part under the names that its columns have then."""
    for one in changes:
        of_it = isinstance(one, Alter) and table_key(one.schema, one.table) == table.key
        if isinstance(one, Alter) and of_it and one.before.name != one.after.name:
            part = moved(part, one.before.name, one.after.name)
    return part


def _lost(change: Change, project: Project) -> Iterator[_Stood]:
    """Give what a change does not leave."""
    if isinstance(change, AlterEnum | CreateEnum | DropEnum):
        return  # an enum's change says itself what compares its columns
    if project.dialect == "sqlite":
        table = project.migrated.schema.tables.get(table_key(change.schema, change.table)) if copies(change) else None
        yield from ((table, one) for one in table.indexes if is_of_expression(one)) if table is not None else ()
        return
    if not isinstance(change, Alter) or change.before.type == change.after.type:
        return
    key, name = table_key(change.schema, change.table), change.before.name
    converted = project.dialect == "postgresql" and not of_one_family(change.before.type, change.after.type)
    for table in project.migrated.schema.tables.values():
        for part in named_parts(table):
            if isinstance(part, ForeignKey):
                is_on = (table.key == key and name in part.columns) or (
                    part.referred_table == key and name in part.referred_columns
                )
                if is_on and (converted or project.dialect in ("mysql", "mariadb")):
                    yield table, part
            elif table.key == key and converted and compares(part, name):
                yield table, part
