"""Changes of the migrated schema, as data: what a scaffolded revision does, and how it is undone.

A change is made of schema values, so undoing it restores exactly what replay found. Rendering is in `operations`.

Example: `changes_for(difference, project)` for a CHECK that only the model has is
`(Create("audit_logs", None, CheckConstraint(…)),)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from driftline.compare.difference import Difference
from driftline.fixes.project import Project
from driftline.migrations.database_names import foreign_key_addition, index_addition, make_object_name
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Enum,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    UniqueConstraint,
)

Part = Column | PrimaryKey | ForeignKey | UniqueConstraint | CheckConstraint | ExcludeConstraint | Index
"""What a table is made of."""
Named = PrimaryKey | ForeignKey | UniqueConstraint | CheckConstraint | ExcludeConstraint | Index
"""The parts that have a name of their own, which a change needs in order to drop them."""


@dataclass(frozen=True, slots=True)
class Create:
    """Make a part of `table`, or (part is a Table) the table itself."""

    table: str
    schema: str | None
    part: Part | Table

    def undone(self) -> Drop:
        """Give the change that takes it back."""
        return Drop(self.table, self.schema, self.part)


@dataclass(frozen=True, slots=True)
class Drop:
    """Take away a part of `table`, or the table itself."""

    table: str
    schema: str | None
    part: Part | Table

    def undone(self) -> Create:
        """Give the change that makes it again."""
        return Create(self.table, self.schema, self.part)


@dataclass(frozen=True, slots=True)
class Alter:
    """Make the column `after` of what is the column `before`; they may have different names."""

    table: str
    schema: str | None
    before: Column
    after: Column

    def undone(self) -> Alter:
        """Give the change that makes `before` of `after`."""
        return Alter(self.table, self.schema, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the constraint or index `before` the name that `after` has; they are the same otherwise."""

    table: str
    schema: str | None
    before: Named
    after: Named

    def undone(self) -> Rename:
        """Give the change that gives the old name back."""
        return Rename(self.table, self.schema, self.after, self.before)


@dataclass(frozen=True, slots=True)
class CreateEnum:
    """Make a native enum type."""

    enum: Enum

    def undone(self) -> DropEnum:
        """Give the change that takes it back."""
        return DropEnum(self.enum)


@dataclass(frozen=True, slots=True)
class DropEnum:
    """Take a native enum type away."""

    enum: Enum

    def undone(self) -> CreateEnum:
        """Give the change that makes it again."""
        return CreateEnum(self.enum)


TableChange = Create | Drop | Alter | Rename
Change = TableChange | CreateEnum | DropEnum


def undo(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Give the changes that take `changes` back, in their order."""
    return tuple(change.undone() for change in reversed(changes))


def changes_for(difference: Difference, project: Project) -> tuple[Change, ...] | None:
    """Give what must be done to the migrated schema so that `difference` is gone.

    None where that cannot be said with certainty.
    """
    if difference.uncertain is not None or difference.apparent is not None:
        return None
    own = _own_changes(difference, project)
    parts = [changes_for(part, project) for part in difference.parts]
    if own is None or any(part is None for part in parts):
        return None
    return in_order((*own, *(change for part in parts if part is not None for change in part)))


def _own_changes(difference: Difference, project: Project) -> tuple[Change, ...] | None:
    """Give what must be done about a difference, its parts left aside."""
    declared, migrated = difference.declared, difference.migrated
    table = project.migrated.schema.tables.get(difference.table) or project.declared.schema.tables.get(difference.table)
    if table is None:
        return None
    if not all(_certain(one) for one in (declared, migrated)):
        return None
    made: Iterable[Change] | None = None
    if declared is None and isinstance(migrated, Table):
        made = _drop_table(migrated, project)
    elif migrated is None and isinstance(declared, Table):
        made = _create_table(declared, project)
    elif isinstance(declared, Column | None) and isinstance(migrated, Column | None):
        made = _of_columns(table, difference.kind, declared, migrated, project)
    elif isinstance(declared, Named | None) and isinstance(migrated, Named | None):
        made = _of_named(table, declared, migrated, project)
    return tuple(made) or None if made is not None else None


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Put the changes for several differences in an order in which they can be run, each once.

    What refers to others goes first when it is dropped and last when it is made; tables are made after the tables they
    refer to.
    """
    unique = list(dict.fromkeys(_by_identity(changes)))
    unwrapped = [one.change for one in unique]
    ranked = sorted(unwrapped, key=_rank)
    tables = [one for one in ranked if isinstance(one, Create) and isinstance(one.part, Table)]
    dropped = [one for one in ranked if isinstance(one, Drop) and isinstance(one.part, Table)]
    rest = [one for one in ranked if one not in tables and one not in dropped]
    return (
        *(one for one in rest if _rank(one) < _TABLES),
        *_by_reference(tables),
        *(one for one in rest if _TABLES <= _rank(one) < _ENUMS),
        *reversed(_by_reference(dropped)),
        *(one for one in rest if _rank(one) >= _ENUMS),
    )


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """A change that is equal to another where both print alike (values may hold what cannot be hashed)."""

    text: str
    change: Change

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Wrapped) and self.text == other.text


def _by_identity(changes: Iterable[Change]) -> Iterable[_Wrapped]:
    return (_Wrapped(repr(change), change) for change in changes)


_TABLES = 3
"""Where whole tables are made, among the ranks."""
_ENUMS = 9
"""Where enums are dropped: behind the tables that use them."""


def _rank(change: Change) -> int:
    if isinstance(change, CreateEnum):
        return 0
    if isinstance(change, Drop) and isinstance(change.part, ForeignKey):
        return 1
    if isinstance(change, Drop) and isinstance(change.part, Named):
        return 2
    if isinstance(change, Create) and isinstance(change.part, Column):
        return 4
    if isinstance(change, Alter | Rename):
        return 5
    if isinstance(change, Create) and isinstance(change.part, ForeignKey):
        return 7
    if isinstance(change, Create):
        return 6
    return _ENUMS if isinstance(change, DropEnum) else 8


def _by_reference(changes: Sequence[Create] | Sequence[Drop]) -> list[Create | Drop]:
    """Order the changes of whole tables: each after the tables that it refers to, as far as that is possible."""
    waiting: list[Create | Drop] = list(changes)
    ordered: list[Create | Drop] = []
    while waiting:
        keys = {one.part.key for one in waiting if isinstance(one.part, Table)}
        ready = next((one for one in waiting if not _refers(one, keys)), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _refers(change: Create | Drop, keys: set[str]) -> bool:
    part = change.part
    return isinstance(part, Table) and any(
        key.referred_table in keys and key.referred_table != part.key for key in part.foreign_keys
    )


# ---------------------------------------------------------------------------------------------------------------------
# What a difference asks for


def _create_table(table: Table, project: Project) -> Iterable[Change]:
    yield from _new_enums(table.columns, project)
    yield Create(table.name, table.schema, table)


def _drop_table(table: Table, project: Project) -> Iterable[Change]:
    yield Drop(table.name, table.schema, table)
    used = {
        column.type.enum
        for other in project.migrated.schema.tables.values()
        if other.key != table.key
        for column in other.columns
    }
    for key in dict.fromkeys(column.type.enum for column in table.columns):
        enum = project.migrated.schema.enums.get(key or "")
        if enum is not None and key not in used and key not in project.declared.schema.enums:
            yield DropEnum(enum)


def _of_columns(
    table: Table, kind: str, declared: Column | None, migrated: Column | None, project: Project
) -> Iterable[Change] | None:
    if declared is not None and migrated is not None:
        after = _altered(kind, declared, migrated)
        if after is None:
            return None
        return (*_new_enums((after,), project), Alter(table.name, table.schema, migrated, after))
    if declared is not None:
        return (*_new_enums((declared,), project), Create(table.name, table.schema, declared))
    return None if migrated is None else (Drop(table.name, table.schema, migrated),)


def _altered(kind: str, declared: Column, migrated: Column) -> Column | None:
    """Give the migrated column with what the difference is about, and nothing else, taken from the declared one."""
    if declared.name != migrated.name:
        return replace(migrated, name=declared.name)
    if kind == "modify_nullable":
        return replace(migrated, nullable=declared.nullable)
    if kind in ("modify_type", "modify_type_argument"):
        same_enum = declared.type.enum is not None and declared.type.enum == migrated.type.enum
        return None if same_enum else replace(migrated, type=declared.type)
    if kind == "modify_default" and not (
        declared.computed or migrated.computed or declared.identity or migrated.identity
    ):
        fetched = declared.server_default is not None and declared.server_default.fetched
        return None if fetched else replace(migrated, server_default=declared.server_default)
    if kind == "modify_comment":
        return replace(migrated, comment=declared.comment)
    return None


def _of_named(
    table: Table, declared: Named | None, migrated: Named | None, project: Project
) -> Iterable[Change] | None:
    if migrated is not None and migrated.name is None:
        return None  # nothing that could be dropped
    if declared is not None and migrated is not None and _same_but_name(declared, migrated):
        return None if declared.name is None else (Rename(table.name, table.schema, migrated, declared),)
    if isinstance(declared, PrimaryKey) or isinstance(migrated, PrimaryKey):
        return None  # foreign keys may stand on it
    changes: list[Change] = []
    if migrated is not None:
        changes.append(Drop(table.name, table.schema, migrated))
    if declared is not None:
        clash = _holder_of(table, declared, project)
        if clash is not None and clash != migrated:
            changes.append(Drop(table.name, table.schema, clash))
        changes.append(Create(table.name, table.schema, _with_name(table, declared)))
    return changes


def _same_but_name(one: Named, other: Named) -> bool:
    return type(one) is type(other) and one.name != other.name and replace(one, name=other.name) == other  # type: ignore[type-var, unused-ignore]


def _holder_of(table: Table, wanted: Named, project: Project) -> Named | None:
    """Give what has the name of `wanted` in the migrated table already, and must go first."""
    migrated = project.migrated.schema.tables.get(table.key)
    if migrated is None or wanted.name is None:
        return None
    parts: tuple[Named, ...] = (
        *migrated.indexes,
        *migrated.unique_constraints,
        *migrated.check_constraints,
        *migrated.foreign_keys,
    )
    return next((one for one in parts if one.name == wanted.name), None)


def _with_name(table: Table, part: Named) -> Named:
    """Name what the model leaves unnamed, as PostgreSQL would: a revision that names nothing cannot be undone."""
    if part.name is not None:
        return part
    if isinstance(part, ForeignKey):
        name = make_object_name(table.name, foreign_key_addition(part.columns), "fkey")
    elif isinstance(part, UniqueConstraint):
        name = make_object_name(table.name, index_addition(part.columns), "key")
    elif isinstance(part, Index):
        name = make_object_name(table.name, index_addition(part.elements), "idx")
    elif isinstance(part, ExcludeConstraint):
        name = make_object_name(table.name, None, "excl")
    else:
        name = make_object_name(table.name, None, "check")
    return replace(part, name=name)


def _new_enums(columns: Iterable[Column], project: Project) -> Iterable[Change]:
    """Give the native enum types that the columns need and the migrated schema lacks."""
    for key in dict.fromkeys(column.type.enum for column in columns if column.type.enum):
        enum = project.declared.schema.enums.get(key)
        if enum is not None and key not in project.migrated.schema.enums:
            yield CreateEnum(enum)


def _certain(value: object) -> bool:
    """Whether everything is known that is needed to write a value down, and nothing of it is conditional."""
    if isinstance(value, Table):
        parts = (
            *value.columns,
            *value.foreign_keys,
            *value.unique_constraints,
            *value.indexes,
            *value.check_constraints,
            *value.exclude_constraints,
        )
        return not value.incomplete and not value.conditional and all(_certain(one) for one in parts)
    if isinstance(value, Column):
        default = value.server_default
        unknown = (
            value.type.unknown,
            value.nullable if isinstance(value.nullable, Unknown) else None,
            default.sql if default is not None and isinstance(default.sql, Unknown) else None,
            value.computed.sql if value.computed is not None and isinstance(value.computed.sql, Unknown) else None,
        )
        return not any(unknown) and not value.conditional
    if isinstance(value, Named) and not isinstance(value, PrimaryKey) and value.conditional:
        return False
    return not isinstance(value, Named) or not _unknowns(value)


def _unknowns(value: Named) -> bool:
    if isinstance(value.name, Unknown):
        return True
    if isinstance(value, ForeignKey):
        known = (value.referred_table, value.ondelete, value.onupdate)
        return any(isinstance(one, Unknown) for one in known) or not value.referred_columns
    if isinstance(value, CheckConstraint):
        return isinstance(value.sql, Unknown)
    if isinstance(value, Index):
        return isinstance(value.unique, Unknown) or any(
            one.column is None and isinstance(one.sql, Unknown) for one in value.elements
        )
    return False
