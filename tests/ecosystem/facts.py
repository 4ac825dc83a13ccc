"""A schema document, taken apart into facts: what is scored, one by one.

A fact is named by kind, table, object and attribute, and has a value. Facts of two documents with the same name are
right where their values are equal. The definition is that of `shared/truth/oracle.py`, so that the figures are
comparable; the test beside this module holds the two against each other.

Knows the contract of the document (DESIGN.md, "the schema document"). Knows nothing of Driftline.

Example: `str(Fact("column", "users", "email", "type"))` is `column users.email type`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.ecosystem.type_names import comparable

Document: TypeAlias = Mapping[str, Any]

Value: TypeAlias = "bool | str | tuple[str | None, ...] | None"

Item: TypeAlias = "tuple[str, str, str | int]"
"""Where in its document a fact stands: the table's key there, the name of the list, the place in that list."""

IDENTIFIER_LENGTH = 63
"""PostgreSQL cuts names there; longer ones are compared as it would have cut them."""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """The name of a fact. `object` is "" for what is said of the table itself."""

    kind: str
    table: str
    object: str
    attribute: str

    def __str__(self) -> str:
        """One line, that also an exceptions file names it by."""
        glue = "." if self.kind in {"column", "index", "check"} and not self.object.startswith("(") else " "
        subject = f"{self.table}{glue}{self.object}" if self.object else self.table
        return f"{self.kind} {subject} {self.attribute}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact with its value, as a document states it there."""

    fact: Fact
    value: Value
    item: Item


def facts(document: Document) -> dict[Fact, Statement]:
    """Every fact of a document, by its name. Where two of its objects have one name, the last one counts."""
    return {one.fact: one for one in _statements(document)}


def _statements(document: Document) -> Iterator[Statement]:
    dialect = document["dialect"]
    for key, table in document["tables"].items():
        name = key.removeprefix("public.") if dialect == "postgresql" else key
        yield Statement(Fact("table", name, "", "exists"), True, (key, "", ""))  # noqa: FBT003 - the fact's value
        yield from _columns(name, key, table)
        yield from _primary_key(name, key, table["primary_key"])
        yield from _foreign_keys(name, key, table["foreign_keys"])
        yield from _uniques(name, key, table["unique_constraints"])
        yield from _indexes(name, key, table, twice=dialect in {"mysql", "mariadb"})
        yield from _checks(name, key, table["check_constraints"])
    if dialect == "postgresql":
        for key, labels in document.get("enums", {}).items():
            yield Statement(Fact("enum", key.rpartition(".")[2], "", "labels"), tuple(labels), ("", "enums", key))


def _columns(name: str, key: str, table: Mapping[str, Any]) -> Iterator[Statement]:
    for column, said in table["columns"].items():
        values: dict[str, Value] = {
            "exists": True,
            "type": comparable(said["type"] or ""),
            "nullable": said["nullable"],
            "default": bool(said.get("default")) and not said.get("serial"),
            "computed": bool(said.get("computed")),
        }
        if said.get("identity"):
            values["identity"] = True
        if said.get("comment"):
            values["comment"] = said["comment"]
        yield from _all("column", name, column, values, (key, "columns", column))


def _primary_key(name: str, key: str, said: Mapping[str, Any]) -> Iterator[Statement]:
    values: dict[str, Value] = {"columns": tuple(said["columns"])}
    if said["columns"] and said.get("name"):
        values["name"] = _cut(said["name"])
    yield from _all("primary_key", name, "", values, (key, "primary_key", 0))


def _foreign_keys(name: str, key: str, said: Sequence[Mapping[str, Any]]) -> Iterator[Statement]:
    for place, one in enumerate(said):
        referred = one["referred_table"].rpartition(".")[2]
        subject = f"{_listed(one['columns'])} -> {referred} {_listed(one['referred_columns'])}"
        values: dict[str, Value] = {"exists": True}
        values |= {event: _action(one.get(event)) for event in ("ondelete", "onupdate")}
        if one.get("name"):
            values["name"] = _cut(one["name"])
        yield from _all("foreign_key", name, subject, values, (key, "foreign_keys", place))


def _uniques(name: str, key: str, said: Sequence[Mapping[str, Any]]) -> Iterator[Statement]:
    for place, one in enumerate(said):
        values: dict[str, Value] = {"exists": True}
        if one.get("name"):
            values["name"] = _cut(one["name"])
        yield from _all("unique", name, _listed(sorted(one["columns"])), values, (key, "unique_constraints", place))


def _indexes(name: str, key: str, table: Mapping[str, Any], *, twice: bool) -> Iterator[Statement]:
    """The indexes. `twice`: the database lists those again that it made for a constraint, and they do not count."""
    made = {one["name"] for kind in ("unique_constraints", "foreign_keys") for one in table[kind]} if twice else set()
    for place, one in enumerate(table["indexes"]):
        if one["name"] is not None and one["name"] in made:
            continue
        columns = tuple(column or None for column in one["columns"])
        values: dict[str, Value] = {"unique": bool(one["unique"]), "columns": columns}
        subject = _cut(one["name"]) if one["name"] else _listed(columns)
        yield from _all("index", name, subject, values, (key, "indexes", place))


def _checks(name: str, key: str, said: Sequence[Mapping[str, Any]]) -> Iterator[Statement]:
    for place, one in enumerate(said):
        if one.get("name"):
            yield from _all("check", name, _cut(one["name"]), {"exists": True}, (key, "check_constraints", place))


def _all(kind: str, table: str, subject: str, values: Mapping[str, Value], item: Item) -> Iterator[Statement]:
    for attribute, value in values.items():
        yield Statement(Fact(kind, table, subject, attribute), value, item)


def _listed(columns: Sequence[str | None]) -> str:
    return f"({', '.join(column or '<expression>' for column in columns)})"


def _action(word: str | None) -> str | None:
    """What happens to a row whose parent goes; None for `NO ACTION`, which need not be written."""
    return None if word is None or word.upper() == "NO ACTION" else word.upper()


def _cut(name: str) -> str:
    return name[:IDENTIFIER_LENGTH]
