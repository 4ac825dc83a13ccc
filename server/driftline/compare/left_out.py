"""What env.py leaves out of the comparison, as Alembic's autogenerate asks it: what it says is of no concern is none.

What only the migrated schema has is in doubt where nobody knows whether env.py leaves it out; a table is not told of.

Example: `kept(difference, options)` is None for a column that `include_object` leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import Difference
from driftline.dataclass import replace
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared, EnvironmentOptions
from driftline.models.object_filter import Asked, Filter, Kind
from driftline.python.values import Unknown
from driftline.schema import ForeignKey, Index, Table, UniqueConstraint, table_key

_DOUBT = "env.py leaves things out by a rule that was not read"

_KINDS: dict[str, Kind] = {
    "add_column": "column",
    "remove_column": "column",
    "modify_nullable": "column",
    "modify_type": "column",
    "modify_default": "column",
    "modify_comment": "column",
    "add_index": "index",
    "remove_index": "index",
    "modify_index": "index",
    "add_constraint": "unique_constraint",
    "remove_constraint": "unique_constraint",
    "add_fk": "foreign_key_constraint",
    "remove_fk": "foreign_key_constraint",
}
"""What Alembic asks about before it reports a difference, by the difference's kind; of others it does not ask."""


def included(table: Table, options: EnvironmentOptions, *, reflected: bool, compared: bool = False) -> bool | Unknown:
    """Whether env.py has Alembic look at a table: the database's, or the models' (`compared`: both have it)."""
    if options.filtered is not None:
        return options.filtered
    if options.filters is None:
        return True
    schemas = options.include_schemas is True
    return options.filters.includes(
        Asked("table", table.name, table.schema, table.name, reflected=reflected, compared=compared, schemas=schemas)
    )


def kept(difference: Difference, table: Table, options: EnvironmentOptions) -> Difference | None:
    """Give a difference within `table` as env.py's filters leave it: as it is, in doubt, or None (left out)."""
    if options.filtered is not None:
        return _as_answered(options.filtered if difference.declared is None else True, difference)
    if options.filters is None or difference.name is None:
        return difference
    if difference.kind not in _KINDS:
        return _kept_halves(difference, table, options.filters)
    reflected = difference.declared is None
    half = difference.migrated if reflected else difference.declared
    asked = _question(_KINDS[difference.kind], difference.name, table, half, reflected=reflected)
    compared = not reflected and difference.migrated is not None
    return _as_answered(options.filters.includes(replace(asked, compared=compared)), difference)


def _kept_halves(difference: Difference, table: Table, filters: Filter) -> Difference | None:
    """The same for what Alembic takes for one thing that is gone and one that is new, and asks about each of them."""
    answers: list[bool | Unknown] = []
    for operation in difference.operations:
        if operation.op in _KINDS:
            reflected = operation.op.startswith("remove_")
            half = difference.migrated if reflected else difference.declared
            asked = _question(_KINDS[operation.op], operation.name or "", table, half, reflected=reflected)
            answers.append(filters.includes(asked))
    if answers and all(one is False for one in answers):
        return None
    return _as_answered(next((one for one in answers if isinstance(one, Unknown)), True), difference)


def _question(kind: Kind, name: str, table: Table, half: object, *, reflected: bool) -> Asked:
    columns = half.columns if isinstance(half, ForeignKey | Index | UniqueConstraint) else ()
    return Asked(kind, name, table.schema, table.name, reflected, columns=columns)


def _as_answered(answer: bool | Unknown, difference: Difference) -> Difference | None:  # noqa: FBT001 -- an answer
    if answer is False:
        return None
    if answer is True:
        return difference
    return replace(difference, uncertain=difference.uncertain or _DOUBT)


def looked_at(table: Table, declared: Declared) -> bool:
    """Whether Alembic would look at a migrated table that no model declares, but for env.py's filters.

    Other schemas than the default one only where env.py says `include_schemas`; it must, where models name a schema.
    """
    if table.key == version_table(declared.options):
        return False
    schemas = {one.schema for one in declared.schema.tables.values()}
    return table.schema is None or declared.options.include_schemas is True or bool(schemas - {None})


def version_table(options: EnvironmentOptions) -> str:
    """Give the key of Alembic's own table, which it never looks at."""
    return table_key(options.version_table_schema, options.version_table)


def left_open(declared: Declared, migrated: Migrated) -> Iterator[Unknown]:
    """Say of what only the migrated schema has why nobody knows whether it is too many, once for each reason.

    Either env.py may leave it out, or it is made under a condition that could not be worked out. What the models have
    too was made, so that no condition is in doubt for it.
    """
    if declared.schema.incomplete or not declared.options.target_metadata:
        return
    said: set[str] = set()
    for one in (*_of_tables(declared, migrated), *_of_columns(declared, migrated)):
        if one.reason not in said:
            said.add(one.reason)
            yield one


def _of_tables(declared: Declared, migrated: Migrated) -> Iterator[Unknown]:
    for key, table in migrated.schema.tables.items():
        if key in declared.schema.tables or key in declared.unreached or not looked_at(table, declared):
            continue
        answer = included(table, declared.options, reflected=True)
        if isinstance(answer, Unknown):
            yield answer
        if answer is not False and table.conditional:
            yield Unknown(f"whether the table `{key}` is created {_CONDITION}", table.origin)


def _of_columns(declared: Declared, migrated: Migrated) -> Iterator[Unknown]:
    for key, table in declared.schema.tables.items():
        other = migrated.schema.tables.get(key)
        known = {column.name for column in table.columns}
        for column in () if other is None or table.incomplete else other.columns:
            if column.conditional and column.name not in known:
                yield Unknown(f"whether `{key}.{column.name}` is created {_CONDITION}", column.origin)


_CONDITION = "depends on a condition that could not be worked out"
