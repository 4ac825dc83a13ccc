"""Schema documents as plain lines, one for each fact, so that two of them can be compared and a difference read.

    users.email VARCHAR(255) not null
    users unique uq_users_email (email)

A line says all that the contract says of its object; the order of objects says nothing, the order of columns in a key
or an index does. Knows the contract (DESIGN.md, "Contract: the schema document") and nothing else.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Document: TypeAlias = dict[str, Any]

COLUMN_FLAGS = ("default", "computed", "identity", "serial")


def facts(
    document: Document,
    *,
    canonical: Callable[[str], str] = lambda ddl: ddl,
    without: frozenset[str] = frozenset(),
) -> list[str]:
    """The document's facts, sorted.

    `canonical` gives a type the form in which it is compared. `without` leaves out facts that the two sides of a
    comparison cannot share: "serial", "sqltext".
    """
    lines = [line for name, table in document["tables"].items() for line in _table(name, table, canonical, without)]
    lines += [f"enum {name} ({', '.join(labels)})" for name, labels in document["enums"].items()]
    return sorted(lines)


def differences(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """What only one of two lists of facts holds: `- ` what is missing, `+ ` what should not be there."""
    missing, extra = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
    return sorted(
        [f"- {line}" for line in missing.elements()] + [f"+ {line}" for line in extra.elements()],
        key=lambda line: line[2:],
    )


def types(document: Document) -> set[str]:
    """The DDL of every column's type."""
    return {column["type"] for table in document["tables"].values() for column in table["columns"].values()}


def _table(
    name: str, table: Mapping[str, Any], canonical: Callable[[str], str], without: frozenset[str]
) -> Iterator[str]:
    yield f"table {name}"
    for column, facts_of in table["columns"].items():
        words = [f"{name}.{column}", canonical(facts_of["type"]), "null" if facts_of["nullable"] else "not null"]
        words += [flag for flag in COLUMN_FLAGS if facts_of[flag] and flag not in without]
        if facts_of["comment"] is not None:
            words.append(f"comment {facts_of['comment']!r}")
        yield " ".join(words)

    key = table["primary_key"]
    yield f"{name} primary key {key['name']} {_columns(key)}"
    for foreign in table["foreign_keys"]:
        referred = f"{foreign['referred_table']} ({', '.join(foreign['referred_columns'])})"
        actions = "".join(f" {event} {foreign[event]}" for event in ("ondelete", "onupdate") if foreign[event])
        yield f"{name} foreign key {foreign['name']} {_columns(foreign)} to {referred}{actions}"
    for unique in table["unique_constraints"]:
        yield f"{name} unique {unique['name']} {_columns(unique)}"
    for index in table["indexes"]:
        yield f"{name} {'unique index' if index['unique'] else 'index'} {index['name']} {_columns(index)}"
    for check in table["check_constraints"]:
        text = "" if "sqltext" in without else f": {check['sqltext']}"
        yield f"{name} check {check['name']}{text}"


def _columns(item: Mapping[str, Any]) -> str:
    return f"({', '.join(column or '<expression>' for column in item['columns'])})"
