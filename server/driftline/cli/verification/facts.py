"""Schemas taken apart into facts, so that a replayed or declared schema can be held against what a database says.

A fact is named by its kind, table, object and attribute. What Driftline could not read is no fact: it is neither equal
to anything nor different from it.

Example: `Fact("column", "users", "email", "type")` has the value `VARCHAR(255)` and the origin of the column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from driftline.dataclass import dataclass, replace
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema import Column, ForeignKey, Schema, Table

Value: TypeAlias = "bool | str | int | tuple[str | None, ...] | Unknown | None"

_MYSQL = frozenset({"mysql", "mariadb"})
_COLLATION = regex(r' COLLATE (?:"[^"]*"|\w+)')
"""What a type's DDL may end with, and a column's type does not depend on."""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """The name of a fact. `object` is "" for what is said of the table itself."""

    kind: str
    table: str
    object: str
    attribute: str

    def __str__(self) -> str:
        """Give the name as people write it: "column users.email type"."""
        if not self.object:
            return f"{self.kind} {self.table}" + ("" if self.attribute == "exists" else f": {self.attribute}")
        glue = "." if self.kind == "column" else " "
        return f"{self.kind} {self.table}{glue}{self.object}" + (
            "" if self.attribute == "exists" else f": {self.attribute}"
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A fact's value, and where it is stated; Unknown where it could not be read."""

    value: Value
    origin: Origin = NOWHERE


Facts: TypeAlias = Mapping[Fact, Said]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact on which the two disagree; `ours` or `theirs` is None where only the other one states it."""

    fact: Fact
    ours: Said | None
    theirs: Said | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a comparison: the facts that agree, those that differ, and those that are not known here."""

    agreed: int
    different: tuple[Difference, ...]
    unknown: tuple[Difference, ...]


def compare(ours: Facts, theirs: Facts, schema: Schema) -> Compared:
    """Hold our facts, those of `schema`, against theirs.

    An object (a table, a column, a key) that only one side has is one difference, whatever belongs to it. What we do
    not state is unknown where the schema, or the table, says that something about it was not read.
    """
    agreed = 0
    different: list[Difference] = []
    unknown: list[Difference] = []
    mine_too, theirs_too = _objects(ours), _objects(theirs)
    told: set[Fact] = set()
    for fact in sorted({*ours, *theirs}):
        mine, other = ours.get(fact), theirs.get(fact)
        if mine is not None and other is not None and mine.value == other.value:
            agreed += 1
            continue
        table, item = Fact("table", fact.table, "", ""), replace(fact, attribute="")
        whole = next((one for one in (table, item) if (one in mine_too) != (one in theirs_too)), None)
        difference = Difference(fact, mine, other)
        if whole is not None:
            if whole in told:
                continue
            told.add(whole)
            difference = Difference(replace(whole, attribute="exists"), mine_too.get(whole), theirs_too.get(whole))
        (unknown if _is_unknown(difference, schema) else different).append(difference)
    return Compared(agreed, tuple(different), tuple(unknown))


def _objects(facts: Facts) -> dict[Fact, Said]:
    """Give what the facts are about, each as a fact without attribute, with the place of its first."""
    found: dict[Fact, Said] = {}
    for fact, said in facts.items():
        found.setdefault(replace(fact, attribute=""), Said(value=True, origin=said.origin))
    return found


def _is_unknown(one: Difference, schema: Schema) -> bool:
    if one.ours is not None:
        return isinstance(one.ours.value, Unknown)
    table = schema.tables.get(one.fact.table)
    return bool(table.incomplete) if table is not None else bool(schema.incomplete)


# ---------------------------------------------------------------------------------------------------------------------
# Ours


def facts_of(schema: Schema, types: Mapping[str, str], *, declared: bool = False) -> dict[Fact, Said]:
    """Give the facts of a schema. `types`: what the database makes of each type. `declared`: models say it."""
    found = {
        fact: said
        for table in schema.tables.values()
        for fact, said in _of_table(table, schema.dialect, types, declared=declared)
    }
    if schema.dialect == "postgresql" and not declared:
        for key, enum in schema.enums.items():
            labels: Value = enum.unknown if enum.unknown is not None else enum.labels
            found[Fact("enum", key, "", "labels")] = Said(labels, enum.origin)
    return found


def _of_table(table: Table, dialect: str, types: Mapping[str, str], *, declared: bool) -> Iterator[tuple[Fact, Said]]:
    key = table.key
    yield Fact("table", key, "", "exists"), Said(value=True, origin=table.origin)
    for column in table.columns:
        for attribute, value in _of_column(column, types, declared=declared):
            yield Fact("column", key, column.name, attribute), Said(value, column.origin)
    primary = table.primary_key
    yield Fact("primary key", key, "", "columns"), Said(primary.columns, primary.origin)
    if primary.columns:
        yield Fact("primary key", key, "", "name"), Said(primary.name, primary.origin)
    for foreign_key in table.foreign_keys:
        yield from _of_foreign_key(foreign_key, key)
    for unique in table.unique_constraints:
        yield Fact("unique constraint", key, _listed(unique.columns), "name"), Said(unique.name, unique.origin)
    hidden = _doubled(table) if dialect in _MYSQL else set()
    for index in table.indexes:
        if (dialect == "sqlite" and not declared and None in index.columns) or index.name in hidden:
            continue  # SQLAlchemy reflects neither
        name = index.name if isinstance(index.name, str) else _listed(index.columns)
        yield Fact("index", key, name, "columns"), Said(index.columns, index.origin)
        yield Fact("index", key, name, "unique"), Said(index.unique, index.origin)
    yield from _of_checks(key, [(check.name, check.origin) for check in table.check_constraints])


def _of_column(column: Column, types: Mapping[str, str], *, declared: bool) -> Iterator[tuple[str, Value]]:
    yield "exists", True
    unread = column.type.unknown
    yield "type", unread if unread is not None else _type(column.type.ddl, types)
    yield "nullable", column.nullable
    yield "default", column.server_default is not None or (column.serial and not declared)
    yield "computed", column.computed is not None
    yield "identity", column.identity is not None
    yield "comment", column.comment


def _of_foreign_key(one: ForeignKey, key: str) -> Iterator[tuple[Fact, Said]]:
    referred = one.referred_table if isinstance(one.referred_table, str) else "?"
    name = f"{_listed(one.columns)} to {referred} {_listed(one.referred_columns)}"
    yield Fact("foreign key", key, name, "name"), Said(one.name, one.origin)
    yield Fact("foreign key", key, name, "ondelete"), Said(_action(one.ondelete), one.origin)
    yield Fact("foreign key", key, name, "onupdate"), Said(_action(one.onupdate), one.origin)


def _doubled(table: Table) -> set[object]:
    """Give the names of the indexes that MySQL keeps for constraints, and lists again."""
    return {*(one.name for one in table.unique_constraints), *(one.name for one in table.foreign_keys)}


# ---------------------------------------------------------------------------------------------------------------------
# Theirs


def facts_in(document: Mapping[str, Any], types: Mapping[str, str], *, declared: bool = False) -> dict[Fact, Said]:
    """Give the facts of a schema document, as `program.py` makes one."""
    found: dict[Fact, Said] = {}
    dialect = document["dialect"]
    for key, table in document["tables"].items():
        for fact, value in _in_table(key, table, dialect, types):
            found[fact] = Said(value)
    if not declared:
        for key, labels in document["enums"].items():
            found[Fact("enum", key, "", "labels")] = Said(tuple(labels))
    return found


def _in_table(
    key: str, table: Mapping[str, Any], dialect: str, types: Mapping[str, str]
) -> Iterator[tuple[Fact, Value]]:
    yield Fact("table", key, "", "exists"), True
    for name, column in table["columns"].items():
        yield Fact("column", key, name, "exists"), True
        yield Fact("column", key, name, "type"), _type(column["type"], types)
        for attribute in ("nullable", "default", "computed", "identity"):
            yield Fact("column", key, name, attribute), bool(column[attribute])
        yield Fact("column", key, name, "comment"), column["comment"] or None
    primary = table["primary_key"]
    yield Fact("primary key", key, "", "columns"), tuple(primary["columns"])
    if primary["columns"]:
        yield Fact("primary key", key, "", "name"), primary["name"]
    for one in table["foreign_keys"]:
        name = f"{_listed(one['columns'])} to {one['referred_table']} {_listed(one['referred_columns'])}"
        yield Fact("foreign key", key, name, "name"), one["name"]
        yield Fact("foreign key", key, name, "ondelete"), _action(one["ondelete"])
        yield Fact("foreign key", key, name, "onupdate"), _action(one["onupdate"])
    for one in table["unique_constraints"]:
        yield Fact("unique constraint", key, _listed(one["columns"]), "name"), one["name"]
    constraints = (*table["unique_constraints"], *table["foreign_keys"])
    hidden = {one["name"] for one in constraints} if dialect in _MYSQL else set()
    for one in table["indexes"]:
        if one["name"] in hidden:
            continue
        name = one["name"] or _listed(one["columns"])
        yield Fact("index", key, name, "columns"), tuple(column or None for column in one["columns"])
        yield Fact("index", key, name, "unique"), bool(one["unique"])
    for fact, said in _of_checks(key, [(one["name"], NOWHERE) for one in table["check_constraints"]]):
        yield fact, said.value


# ---------------------------------------------------------------------------------------------------------------------
# Both


def _of_checks(key: str, checks: Sequence[tuple[object, Origin]]) -> Iterator[tuple[Fact, Said]]:
    """Give the named CHECK constraints one by one, and how many have no name."""
    for name, origin in checks:
        if isinstance(name, str):
            yield Fact("check constraint", key, name, "exists"), Said(value=True, origin=origin)
    unnamed = [origin for name, origin in checks if name is None]
    if unnamed:
        yield Fact("check constraint", key, "without a name", "count"), Said(len(unnamed), unnamed[0])


def _type(ddl: str, types: Mapping[str, str]) -> str:
    return _COLLATION.sub("", types.get(ddl, ddl)).upper().replace('"', "")


def _action(word: Any) -> Value:  # noqa: ANN401 -- a word, None or Unknown
    """Give what happens to a row whose parent goes; None for `NO ACTION`, which need not be written."""
    if isinstance(word, Unknown):
        return word
    return None if word is None or word.upper() == "NO ACTION" else str(word).upper()


def _listed(columns: Iterable[str | None]) -> str:
    return f"({', '.join(column or '…' for column in columns)})"
