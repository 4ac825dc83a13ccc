"""Renames are recognised where nothing else can be meant, and no operation of Alembic's is lost over it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.compare.compare import compare
from driftline.compare.difference import Difference
from driftline.compare.options import Options
from driftline.compare.renames import with_renames
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared
from driftline.python.values import Unknown
from driftline.schema import Column, ForeignKey, Index, IndexElement, PrimaryKey, Schema, Table, Type

INTEGER, TEXT, FLAG = Type("INTEGER"), Type("TEXT"), Type("BOOLEAN")


def table(name: str, *columns: Column, **more: object) -> Table:
    """A table with a key `id` and these columns."""
    made = Table(name, columns=(Column("id", INTEGER, nullable=False), *columns), primary_key=PrimaryKey(None, ("id",)))
    return replace(made, **more)  # type: ignore[arg-type]


def differences(declared: list[Table], migrated: list[Table]) -> list[Difference]:
    """All differences between two sets of tables, on PostgreSQL."""
    halves = [Schema("postgresql", {one.key: one for one in tables}) for tables in (declared, migrated)]
    found = compare(Declared(halves[0]), Migrated(halves[1]), "postgresql")
    return [one for ones in found.values() for one in ones]


def pairs(declared: list[Column], migrated: list[Column]) -> list[tuple[str, str | None]]:
    """The kinds and names of the differences between two versions of one table."""
    return [(one.kind, one.name) for one in differences([table("t", *declared)], [table("t", *migrated)])]


@pytest.mark.parametrize(
    ("declared", "migrated", "expected"),
    [
        (["full_name"], ["fullname"], [("rename_column", "full_name")]),
        (["email"], ["mail"], [("rename_column", "email")]),
        (["total_amount"], ["amount_total"], [("rename_column", "total_amount")]),
        (["zip"], ["postcode"], [("rename_column", "zip")]),
        (["zip", "kept"], ["kept", "postcode"], [("add_column", "zip"), ("remove_column", "postcode")]),
        (
            ["email", "zip"],
            ["mail", "postcode"],
            [("add_column", "zip"), ("rename_column", "email"), ("remove_column", "postcode")],
        ),
        (
            ["mail_one"],
            ["mail_two", "mail_three"],
            [("add_column", "mail_one"), ("remove_column", "mail_two"), ("remove_column", "mail_three")],
        ),
    ],
)
def test_columns(declared: list[str], migrated: list[str], expected: list[tuple[str, str]]) -> None:
    """Names that are alike, or the only pair at one place; never a pair that another one could replace."""
    found = pairs([Column(name, TEXT) for name in declared], [Column(name, TEXT) for name in migrated])

    assert sorted(expected) == sorted(found)


def test_columns_of_other_kinds() -> None:
    """Columns of different types are no rename, however alike their names are; a type that is unknown is none."""
    assert [("add_column", "mail"), ("remove_column", "email")] == pairs(
        [Column("mail", TEXT)], [Column("email", INTEGER)]
    )
    unknown = Type("", unknown=Unknown("why"))
    assert [("add_column", "mail"), ("remove_column", "email")] == pairs(
        [Column("mail", unknown)], [Column("email", TEXT)]
    )
    assert [("add_column", "zip"), ("remove_column", "postcode")] == pairs(
        [Column("zip", TEXT, nullable=False)], [Column("postcode", TEXT)]
    )


def test_tables() -> None:
    """Tables of the same columns are one where their names are alike, or they have many."""
    few, many = [Column("name", TEXT)], [Column(name, TEXT) for name in ("a", "b", "c")]

    def kinds(one: Table, other: Table) -> list[str]:
        return [each.kind for each in differences([one], [other])]

    assert ["rename_table"] == kinds(table("members", *few), table("member", *few))
    assert ["add_table", "remove_table"] == kinds(table("colours", *few), table("tags", *few))
    assert ["rename_table"] == kinds(table("people", *many), table("accounts", *many))
    assert ["add_table", "remove_table"] == kinds(table("members", *few), table("member", *many))
    assert ["add_table", "remove_table"] == kinds(
        table("members", *few), table("member", *few, incomplete=(Unknown("why"),))
    )
    assert ["add_table", "remove_table"] == kinds(table("members", *few), table("member", Column("name", FLAG)))


def test_two_candidates() -> None:
    """Where two tables fit as well, neither is taken."""
    columns = [Column(name, TEXT) for name in ("a", "b", "c")]
    found = differences([table("one", *columns)], [table("two", *columns), table("six", *columns)])

    assert ["add_table", "remove_table", "remove_table"] == sorted(one.kind for one in found)


def test_what_follows_a_rename() -> None:
    """A foreign key that only follows the new name, and an index of the renamed column, are part of the rename."""
    key = ForeignKey(None, ("member_id",), "members", ("id",))
    columns = [Column("name", TEXT), Column("email", TEXT)]
    tokens = table("tokens", Column("member_id", INTEGER))
    found = differences(
        [table("members", *columns), replace(tokens, foreign_keys=(key,))],
        [table("member", *columns), replace(tokens, foreign_keys=(replace(key, referred_table="member"),))],
    )

    assert ["rename_table"] == [one.kind for one in found]
    assert ["add_table", "remove_table", "remove_fk", "add_fk"] == [one.op for one in found[0].operations]

    index = Index("ix", (IndexElement("mail", "mail"),))
    [one] = differences([table("t", Column("mail", TEXT), indexes=(index,))], [table("t", Column("email", TEXT))])
    assert ("rename_column", ["add_index"]) == (one.kind, [part.kind for part in one.parts])
    assert ["add_column", "add_index", "remove_column"] == [each.op for each in one.operations]


NAMES = st.sampled_from(["email", "mail", "e_mail", "name", "full_name", "fullname", "zip", "a", "b"])
COLUMNS = st.lists(
    st.builds(Column, NAMES, st.sampled_from([INTEGER, TEXT, FLAG]), st.booleans()),
    max_size=4,
    unique_by=lambda one: one.name,
)
TABLES = st.lists(
    st.builds(lambda name, columns: table(name, *columns), st.sampled_from(["user", "users", "people", "t"]), COLUMNS),
    max_size=3,
    unique_by=lambda one: one.name,
)


@given(TABLES, TABLES)
def test_no_operation_is_lost(declared: list[Table], migrated: list[Table]) -> None:
    """The differences with renames stand for the same operations of Alembic's as those without."""
    found = differences(declared, migrated)
    schemas = [Schema("postgresql", {one.key: one for one in tables}) for tables in (declared, migrated)]
    again = with_renames(found, *schemas, Options("postgresql"))
    added = Counter(("add_table", one.name) for one in declared if one.name not in {each.name for each in migrated})
    operations = Counter((each.op, each.table) for one in found for each in one.operations)

    assert list(again) == found
    assert all(operations[key] == count for key, count in added.items())
    for one in declared:
        other = next((each for each in migrated if each.name == one.name), None)
        if other is not None:
            names = {column.name for column in one.columns}, {column.name for column in other.columns}
            assert operations["add_column", one.name] == len(names[0] - names[1])
            assert operations["remove_column", one.name] == len(names[1] - names[0])
