"""The comparison of two schema documents sees every fact of the contract."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.oracle.documents import Document, differences, facts

DOCUMENT: Document = {
    "dialect": "postgresql",
    "tables": {
        "tags": {
            "columns": {
                "name": {
                    "type": "VARCHAR(20)",
                    "nullable": True,
                    "default": False,
                    "computed": False,
                    "identity": False,
                    "serial": False,
                    "comment": None,
                }
            },
            "primary_key": {"name": "pk_tags", "columns": ["name"]},
            "foreign_keys": [
                {
                    "name": "fk_tags",
                    "columns": ["name", "kind"],
                    "referred_table": "words",
                    "referred_columns": ["text", "kind"],
                    "ondelete": "CASCADE",
                    "onupdate": None,
                }
            ],
            "unique_constraints": [{"name": "uq_tags", "columns": ["name", "kind"]}],
            "indexes": [{"name": "ix_tags", "columns": ["name", None], "unique": False}],
            "check_constraints": [{"name": "ck_tags", "sqltext": "name <> ''"}],
        }
    },
    "enums": {"status": ["new", "done"]},
    "unknown": [],
}

CHANGES: list[tuple[tuple[str | int, ...], Any]] = [
    (("columns", "name", "type"), "TEXT"),
    (("columns", "name", "nullable"), False),
    (("columns", "name", "default"), True),
    (("columns", "name", "computed"), True),
    (("columns", "name", "identity"), True),
    (("columns", "name", "serial"), True),
    (("columns", "name", "comment"), "short"),
    (("columns", "name"), None),
    (("primary_key", "name"), None),
    (("primary_key", "columns"), []),
    (("foreign_keys", 0, "name"), None),
    (("foreign_keys", 0, "columns"), ["kind", "name"]),
    (("foreign_keys", 0, "referred_table"), "other.words"),
    (("foreign_keys", 0, "referred_columns"), ["kind", "text"]),
    (("foreign_keys", 0, "ondelete"), "SET NULL"),
    (("foreign_keys", 0, "onupdate"), "CASCADE"),
    (("foreign_keys", 0), None),
    (("unique_constraints", 0, "name"), None),
    (("unique_constraints", 0, "columns"), ["kind", "name"]),
    (("unique_constraints", 0), None),
    (("indexes", 0, "name"), "ix_other"),
    (("indexes", 0, "columns"), [None, "name"]),
    (("indexes", 0, "unique"), True),
    (("indexes", 0), None),
    (("check_constraints", 0, "name"), None),
    (("check_constraints", 0, "sqltext"), "name > ''"),
    (("check_constraints", 0), None),
]


def changed(path: tuple[str | int, ...], value: Any) -> Document:  # noqa: ANN401  # any JSON value
    """DOCUMENT with one value of its table replaced; an object is left out by None."""
    document = copy.deepcopy(DOCUMENT)
    *parents, last = path
    parent = document["tables"]["tags"]
    for step in parents:
        parent = parent[step]
    if value is None and isinstance(parent[last], dict):
        del parent[last]
    else:
        parent[last] = value
    return document


@pytest.mark.parametrize(("path", "value"), CHANGES, ids=str)
def test_every_change_is_a_difference(path: tuple[str | int, ...], value: Any) -> None:  # noqa: ANN401
    """If one thing of a table changes, then the documents differ."""
    assert differences(facts(DOCUMENT), facts(changed(path, value))) != []


@pytest.mark.parametrize("labels", [["new"], ["done", "new"], ["new", "done", "late"]], ids=str)
def test_every_change_of_an_enum_is_a_difference(labels: list[str]) -> None:
    """If an enum has other labels, or the same in another order, then the documents differ."""
    assert ["- enum status (new, done)", f"+ enum status ({', '.join(labels)})"] == sorted(
        differences(facts(DOCUMENT), facts(DOCUMENT | {"enums": {"status": labels}})), key=lambda line: line[0] == "+"
    )


def test_a_document_does_not_differ_from_itself() -> None:
    """The order of objects says nothing, and what is left out is not compared."""
    reordered = copy.deepcopy(DOCUMENT)
    reordered["tables"]["tags"] = dict(reversed(reordered["tables"]["tags"].items()))

    assert differences(facts(DOCUMENT), facts(reordered)) == []
    assert facts(DOCUMENT, without=frozenset({"sqltext"})) == facts(
        changed(("check_constraints", 0, "sqltext"), "TRUE"), without=frozenset({"sqltext"})
    )
    assert facts(DOCUMENT, without=frozenset({"serial"})) == facts(
        changed(("columns", "name", "serial"), value=True), without=frozenset({"serial"})
    )
