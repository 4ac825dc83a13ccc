"""What must be done to the migrated schema so that a difference is gone, as changes.

Example: `changes_for(difference, project)` for a CHECK that only the model has is
`(Create("audit_logs", None, CheckConstraint(…)),)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from driftline.compare.difference import Difference
from driftline.compare.sql import mentions
from driftline.dataclass import replace
from driftline.fixes.change import (
    Alter,
    AlterEnum,
    Change,
    Comment,
    Create,
    CreateEnum,
    Drop,
    DropEnum,
    EnumUser,
    Named,
    Remake,
    Rename,
    RenameTable,
)
from driftline.fixes.change_order import in_order
from driftline.fixes.part_name import with_name
from driftline.fixes.project import Halves
from driftline.fixes.renamed import following
from driftline.migrations.database_names import make_object_name
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
    table_key,
)


def changes_for(difference: Difference, project: Halves) -> tuple[Change, ...] | None:
    """Give what must be done to the migrated schema so that `difference` is gone.

    None where that cannot be said with certainty.
    """
    if difference.uncertain is not None or difference.apparent is not None:
        return None
    own = _own_changes(difference, project)
    renamed = following(difference)
    parts = [changes_for(part, project) for part in difference.parts if part not in renamed.settled]
    if own is None or any(part is None for part in parts):
        return None
    return in_order((*own, *renamed.changes, *(change for part in parts if part is not None for change in part)))


def created(table: Table, column: str | None, project: Halves) -> tuple[Change | None, ...]:
    """Give what makes a declared table, or just its column `column`; a None among it where that is not known."""
    if column is None:
        return tuple(_create_table(table, project)) if _certain(table) else (None,)
    part = table.column(column)
    if part is None or not _certain(part):
        return (None,)
    return (*_new_enums((part,), project), Create(table.name, table.schema, part))


def _own_changes(difference: Difference, project: Halves) -> tuple[Change, ...] | None:
    """Give what must be done about a difference, its parts left aside."""
    declared, migrated = difference.declared, difference.migrated
    table = project.migrated.schema.tables.get(difference.table) or project.declared.schema.tables.get(difference.table)
    if isinstance(declared, Table) and isinstance(migrated, Table):
        return _of_tables(difference.kind, declared, migrated)
    if table is None:
        return None
    if not all(_certain(one) for one in (declared, migrated)):
        return None
    made: Iterable[Change] | None = None
    if declared is None and isinstance(migrated, Table):
        made = _drop_table(migrated, project)
    elif migrated is None and isinstance(declared, Table):
        made = _create_table(declared, project)
    elif isinstance(declared, Enum) and isinstance(migrated, Enum):
        made = changed_enum(declared, migrated, project)
    elif isinstance(declared, PrimaryKey) and isinstance(migrated, PrimaryKey):
        made = _of_primary_keys(table, declared, migrated, project)
    elif isinstance(declared, Column | None) and isinstance(migrated, Column | None):
        made = _of_columns(table, difference.kind, declared, migrated, project)
    elif isinstance(declared, Named | None) and isinstance(migrated, Named | None):
        made = _of_named(table, declared, migrated, project)
    return tuple(made) or None if made is not None else None


# ---------------------------------------------------------------------------------------------------------------------
# Tables


def _create_table(table: Table, project: Halves) -> Iterable[Change]:
    yield from _new_enums(table.columns, project)
    yield Create(table.name, table.schema, table)


def _drop_table(table: Table, project: Halves) -> Iterable[Change]:
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


def _of_tables(kind: str, declared: Table, migrated: Table) -> tuple[Change, ...] | None:
    """Give what makes of a table the other: another name in the same schema, or another comment."""
    if kind == "modify_comment":
        return (Comment(migrated.name, migrated.schema, migrated.comment, declared.comment),)
    if declared.name != migrated.name and declared.schema == migrated.schema and not migrated.conditional:
        return (RenameTable(migrated.name, migrated.schema, declared.name),)
    return None


# ---------------------------------------------------------------------------------------------------------------------
# Columns


def _of_columns(
    table: Table, kind: str, declared: Column | None, migrated: Column | None, project: Halves
) -> Iterable[Change] | None:
    if declared is not None and migrated is not None:
        if kind == "modify_computed":
            remake = generated_anew(table, declared, migrated, project)
            return None if remake is None else (remake,)
        after = _altered(kind, declared, migrated, project.dialect)
        if after is None:
            return None
        after = replace(after, default_value=declared.default_value)  # for the rows that exist
        return (*_new_enums((after,), project), Alter(table.name, table.schema, migrated, after))
    stated = project.declared.schema.tables.get(table.key)
    made = project.migrated.schema.tables.get(table.key)
    key: Iterable[Change] | None = ()
    if declared is not None:
        if stated is not None and made is not None and declared.name in stated.primary_key.columns:
            whole = replace(made, columns=(*made.columns, declared))
            key = _of_primary_keys(whole, stated.primary_key, made.primary_key, project)
        change: Change = Create(table.name, table.schema, declared)
        return None if key is None else (*_new_enums((declared,), project), change, *key)
    if migrated is None:
        return None
    if stated is not None and made is not None and migrated.name in made.primary_key.columns:
        key = _of_primary_keys(made, stated.primary_key, made.primary_key, project)
    return None if key is None else (*key, Drop(table.name, table.schema, migrated))


_HAS_IDENTITY = frozenset({"postgresql", "oracle", "mssql"})


def _altered(kind: str, declared: Column, migrated: Column, dialect: str) -> Column | None:
    """Give the migrated column with what the difference is about, and nothing else, taken from the declared one."""
    if declared.name != migrated.name:
        return replace(migrated, name=declared.name)
    if kind == "modify_nullable":
        return replace(migrated, nullable=declared.nullable)
    if kind in ("modify_type", "modify_type_argument", "modify_collation"):
        same_enum = declared.type.enum is not None and declared.type.enum == migrated.type.enum
        return None if same_enum else replace(migrated, type=declared.type, collation=declared.collation)
    if kind == "modify_autoincrement":
        plain = not (migrated.server_default or migrated.identity or migrated.computed) and dialect == "postgresql"
        return replace(migrated, serial=declared.serial) if plain else None
    if kind in ("modify_enum", "modify_enum_order"):  # of MySQL, where the labels are the column's own
        return replace(migrated, type=declared.type)
    if kind == "modify_default" and not (
        declared.computed or migrated.computed or declared.identity or migrated.identity
    ):
        fetched = declared.server_default is not None and declared.server_default.fetched
        return None if fetched else replace(migrated, server_default=declared.server_default)
    if kind == "modify_identity":
        plain = not (migrated.server_default or migrated.computed or declared.server_default)
        if not plain or dialect not in _HAS_IDENTITY or migrated.nullable is not False:
            return None
        return replace(migrated, identity=declared.identity, serial=declared.serial)
    if kind == "modify_comment":
        return replace(migrated, comment=declared.comment)
    return None


def generated_anew(table: Table, declared: Column, migrated: Column, project: Halves) -> Remake | None:
    """Drop and add a column whose expression changes, with what stands on it.

    None where foreign keys stand on it, or (the model's column is not generated) its values would be lost.
    """
    whole = project.migrated.schema.tables.get(table.key, table)
    referring = any(
        key.referred_table == table.key and migrated.name in key.referred_columns
        for other in project.migrated.schema.tables.values()
        for key in other.foreign_keys
    )
    if referring or migrated.name in whole.primary_key.columns or migrated.identity or migrated.serial:
        return None
    after = replace(
        migrated, computed=declared.computed, server_default=None if declared.computed else declared.server_default
    )
    if after.computed is None and (project.dialect != "postgresql" or after.server_default is not None):
        return None
    standing = standing_on(whole, migrated.name)
    return None if standing is None else Remake(table.name, table.schema, migrated, after, standing)


def standing_on(table: Table, column: str) -> tuple[Named, ...] | None:
    """Give the constraints and indexes that go with a column of the table; None where one could not be made anew."""
    standing = tuple(one for one in named_parts(table) if stands_on(one, column))
    return None if any(one.name is None or unknowns(one) for one in standing) else standing


def stands_on(part: Named, column: str) -> bool:
    """Whether a constraint or index is about the column, or has SQL that mentions it."""
    match part:
        case PrimaryKey() | ForeignKey() | UniqueConstraint():
            return column in part.columns
        case CheckConstraint(sql=str() as sql):
            return mentions(sql, column)
        case Index():
            where = dict(part.options).get("where")
            texts = [one.sql for one in part.elements if one.column is None and isinstance(one.sql, str)]
            texts += [where] if isinstance(where, str) else []
            included = dict(part.options).get("include") or ()
            return (
                column in part.columns
                or any(mentions(text, column) for text in texts)
                or (isinstance(included, list | tuple) and column in included)
            )
        case ExcludeConstraint():
            return any(mentions(sql, column) for sql, _ in part.elements)
    return False


# ---------------------------------------------------------------------------------------------------------------------
# Enums


def changed_enum(declared: Enum, migrated: Enum, project: Halves) -> tuple[AlterEnum] | None:
    """Give the type other labels; what compares a column of it with a label is made anew where the type must be."""
    if migrated.unknown is not None or declared.unknown is not None or not declared.labels:
        return None
    tables = project.migrated.schema.tables.values()
    if any(column.type.unknown for table in tables for column in table.columns):
        return None  # it could be of that type
    users = tuple(
        EnumUser(table.name, table.schema, column)
        for table in tables
        for column in table.columns
        if column.type.enum == migrated.key
    )
    generated = tuple(
        EnumUser(user.table, user.schema, column)
        for user in users
        for column in project.migrated.schema.tables[table_key(user.schema, user.table)].columns
        if column.computed is not None
        and isinstance(column.computed.sql, str)
        and mentions(column.computed.sql, user.column.name)
    )
    standing = tuple(
        (table.name, table.schema, one)
        for table in tables
        for one in named_parts(table)
        if any(column.type.enum == migrated.key and compares(one, column.name) for column in table.columns)
        or any(
            table.key == table_key(each.schema, each.table) and stands_on(one, each.column.name) for each in generated
        )
    )
    if any(one.name is None or unknowns(one) for _, _, one in standing):
        return None
    return (AlterEnum(migrated, replace(migrated, labels=declared.labels), users, standing, generated),)


def compares(part: Named, column: str) -> bool:
    """Whether a part has SQL that mentions the column: PostgreSQL does not convert that with the column's type."""
    if isinstance(part, Index):
        plain = replace(part, elements=tuple(one for one in part.elements if one.column is None))
        return stands_on(plain, column)
    return isinstance(part, CheckConstraint | ExcludeConstraint) and stands_on(part, column)


def _new_enums(columns: Iterable[Column], project: Halves) -> Iterable[Change]:
    """Give the native enum types that the columns need and the migrated schema lacks."""
    for key in dict.fromkeys(column.type.enum for column in columns if column.type.enum):
        enum = project.declared.schema.enums.get(key)
        if enum is not None and key not in project.migrated.schema.enums:
            yield CreateEnum(enum)


# ---------------------------------------------------------------------------------------------------------------------
# Constraints and indexes


def _of_primary_keys(
    table: Table, declared: PrimaryKey, migrated: PrimaryKey, project: Halves
) -> Iterable[Change] | None:
    """Give what makes another primary key; foreign keys that stand on the old one must find another support."""
    if declared.columns == migrated.columns:
        return None if declared.name is None else (Rename(table.name, table.schema, migrated, declared),)
    if any(isinstance(one.name, Unknown) for one in (declared, migrated)):
        return None
    if migrated.columns and migrated.name is None and (project.dialect != "sqlite" or not declared.columns):
        return None  # nothing that could be dropped
    if any(table.column(name) is None for name in declared.columns):
        return None
    stated = project.declared.schema.tables.get(table.key, table)
    supports = {frozenset(declared.columns), *(frozenset(one.columns) for one in stated.unique_constraints)}
    moved = [
        (other, key)
        for other in project.migrated.schema.tables.values()
        for key in other.foreign_keys
        if key.referred_table == table.key and set(key.referred_columns) == set(migrated.columns)
    ]
    kept = [(other, key) for other, key in moved if _is_stated(other, key, project)]
    if any(frozenset(key.referred_columns) not in supports for _, key in kept):
        return None
    supporting = _supporting(table, stated, [key for _, key in kept])
    if project.dialect == "sqlite":
        moved = kept = []  # where a table can be made anew under keys that refer to it
    if any(not isinstance(key.name, str) for _, key in moved):
        return None
    name = declared.name if isinstance(declared.name, str) else migrated.name
    made = replace(declared, name=name if name is not None else make_object_name(table.name, None, "pkey"))
    return (
        *(Drop(other.name, other.schema, key) for other, key in moved),
        *((Drop(table.name, table.schema, migrated),) if migrated.columns else ()),
        *_not_null(table, declared.columns),
        *((Create(table.name, table.schema, made),) if made.columns else ()),
        *_numbered(table, stated, dict.fromkeys((*declared.columns, *migrated.columns)), project),
        *supporting,
        *(Create(other.name, other.schema, key) for other, key in kept),
    )


def _is_stated(table: Table, key: ForeignKey, project: Halves) -> bool:
    """Whether the models have a foreign key; one that they have not goes with what it refers to."""
    stated = project.declared.schema.tables.get(table.key)
    return stated is None or any(
        (one.columns, one.referred_table, one.referred_columns)
        == (key.columns, key.referred_table, key.referred_columns)
        for one in stated.foreign_keys
    )


def _supporting(table: Table, stated: Table, keys: Iterable[ForeignKey]) -> Iterator[Change]:
    """Give the model's unique constraints that foreign keys need now, and that no revision has made."""
    needed = {frozenset(key.referred_columns) for key in keys}
    there = {frozenset(one.columns) for one in table.unique_constraints}
    for one in stated.unique_constraints:
        if frozenset(one.columns) in needed - there and frozenset(one.columns) != frozenset(stated.primary_key.columns):
            yield Create(table.name, table.schema, with_name(stated, one))


def _not_null(table: Table, columns: Iterable[str]) -> Iterator[Change]:
    """Say it of the columns of a new primary key: undone, they are as they were."""
    for name in columns:
        column = table.column(name)
        if column is not None and column.nullable is True:
            yield Alter(table.name, table.schema, column, replace(column, nullable=False))


def _numbered(table: Table, stated: Table, columns: Iterable[str], project: Halves) -> Iterator[Change]:
    """Number the only column of a new primary key, or those of an old one no longer, as the model has it then."""
    for name in columns:
        one, other = stated.column(name), table.column(name)
        after = _altered("modify_autoincrement", one, other, project.dialect) if one and other else None
        if other is not None and after is not None and after != other:
            yield Alter(table.name, table.schema, other, after)


def _of_named(table: Table, declared: Named | None, migrated: Named | None, project: Halves) -> Iterable[Change] | None:
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
        stated = project.declared.schema.tables.get(table.key, table)
        changes.append(Create(table.name, table.schema, with_name(stated, declared)))
    return changes


def _same_but_name(one: Named, other: Named) -> bool:
    return type(one) is type(other) and one.name != other.name and replace(one, name=other.name) == other  # type: ignore[type-var, unused-ignore]


def named_parts(table: Table) -> tuple[Named, ...]:
    """Give the constraints and indexes of a table, its primary key left aside."""
    return (
        *table.indexes,
        *table.unique_constraints,
        *table.check_constraints,
        *table.foreign_keys,
        *table.exclude_constraints,
    )


def _holder_of(table: Table, wanted: Named, project: Halves) -> Named | None:
    """Give what has the name of `wanted` in the migrated table already, and must go first."""
    migrated = project.migrated.schema.tables.get(table.key)
    if migrated is None or wanted.name is None:
        return None
    return next((one for one in named_parts(migrated) if one.name == wanted.name), None)


# ---------------------------------------------------------------------------------------------------------------------
# Certainty


def _certain(value: object) -> bool:
    """Whether everything is known that is needed to write a value down, and nothing of it is conditional."""
    if isinstance(value, Table):
        parts = (*value.columns, *named_parts(value))
        return value.known_in_full and not value.conditional and all(_certain(one) for one in parts)
    if isinstance(value, Column):
        default = value.server_default
        unknown = (
            value.type.unknown,
            value.nullable if isinstance(value.nullable, Unknown) else None,
            default.sql if default is not None and isinstance(default.sql, Unknown) else None,
            value.computed.sql if value.computed is not None and isinstance(value.computed.sql, Unknown) else None,
        )
        return not any(unknown) and not value.conditional
    if isinstance(value, Enum):
        return value.unknown is None and not value.conditional
    if isinstance(value, Named) and not isinstance(value, PrimaryKey) and value.conditional:
        return False
    return not isinstance(value, Named) or not unknowns(value)


def unknowns(value: Named) -> bool:
    """Whether something is not known that is needed to make a constraint or an index."""
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
