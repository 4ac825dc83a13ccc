"""What was not read is never different, and what is not sure says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.compare.compare import compare
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared, EnvironmentOptions
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Index,
    IndexElement,
    Schema,
    ServerDefault,
    Table,
    Type,
    UniqueConstraint,
    unknown_type,
)
from tests.compare.realised import migrated, schemas
from tests.compare.tables import USERS, differences, kinds, schema, with_columns

WHY = Unknown("it was not read")


def _blur_column(column: Column) -> st.SearchStrategy[Column]:
    return st.sampled_from((column, replace(column, type=unknown_type(WHY)), replace(column, nullable=WHY)))


def _blur_key(key: ForeignKey) -> st.SearchStrategy[ForeignKey]:
    return st.sampled_from(
        (
            key,
            replace(key, name=WHY),
            replace(key, referred_table=WHY),
            replace(key, ondelete=WHY, onupdate=WHY),
            replace(key, referred_columns=()),
        )
    )


def _blur_unique(unique: UniqueConstraint) -> st.SearchStrategy[UniqueConstraint]:
    return st.sampled_from((unique, replace(unique, name=WHY)))


def _blur_index(index: Index) -> st.SearchStrategy[Index]:
    return st.sampled_from(
        (
            index,
            replace(index, name=WHY),
            replace(index, unique=WHY),
            replace(index, options=(("where", WHY),)),
        )
    )


@st.composite
def _blur_table(draw: st.DrawFn, table: Table) -> Table:
    """The table with some of its facts unread, or missing where it says that something is."""
    blurred = replace(
        table,
        columns=tuple(draw(_blur_column(one)) for one in table.columns),
        foreign_keys=tuple(draw(_blur_key(one)) for one in table.foreign_keys),
        unique_constraints=tuple(draw(_blur_unique(one)) for one in table.unique_constraints),
        indexes=tuple(draw(_blur_index(one)) for one in table.indexes),
    )
    if draw(st.booleans()):
        return blurred

    def some(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(one for one in items if draw(st.booleans()))

    return replace(
        blurred,
        columns=some(blurred.columns),
        foreign_keys=some(blurred.foreign_keys),
        unique_constraints=some(blurred.unique_constraints),
        indexes=some(blurred.indexes),
        incomplete=(WHY,),
    )


@st.composite
def blurred(draw: st.DrawFn, whole: Schema) -> Schema:
    """The schema as somebody knows it who could not read all of it."""
    tables = {key: draw(_blur_table(table)) for key, table in whole.tables.items()}
    if draw(st.booleans()):
        return replace(whole, tables=tables)
    kept = {key: table for key, table in tables.items() if draw(st.booleans())}
    return replace(whole, tables=kept, incomplete=(WHY,))


@given(st.data())
def test_a_schema_never_differs_from_itself(data: st.DataObject) -> None:
    """However little of either half was read, a schema does not differ from itself."""
    whole = data.draw(st.sampled_from(("sqlite", "postgresql")).flatmap(schemas))
    declared, database = data.draw(blurred(whole)), data.draw(blurred(migrated(whole)))

    assert [] == [one for one in differences(declared, database) if one.apparent is None]


def test_incomplete_history() -> None:
    """If the history does not start from an empty database, then no table is missing."""
    found = compare(Declared(schema(USERS)), Migrated(schema(), incomplete=WHY), "postgresql")

    assert {} == found


def test_unseen_table() -> None:
    """A table that operations touch and no revision creates is not missing."""
    found = compare(Declared(schema(USERS)), Migrated(schema(), unseen=frozenset({"users"})), "postgresql")

    assert {} == found


def test_view() -> None:
    """A declared table whose name a view has is not absent: a model can be mapped to a view."""
    found = compare(Declared(schema(USERS)), Migrated(schema(), views=frozenset({"users"})), "postgresql")

    assert {} == found


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (EnvironmentOptions(), ["remove_table"]),
        (EnvironmentOptions(filtered=WHY), []),
        (EnvironmentOptions(target_metadata=False), []),
    ],
)
def test_filters(options: EnvironmentOptions, expected: list[str]) -> None:
    """If env.py leaves things out by a rule that was not read, then no table is too many."""
    assert expected == kinds(schema(), schema(USERS), options)


def test_filters_within_a_table() -> None:
    """… and what only the migrated table has is not certain to be a difference."""
    extra = replace(USERS, indexes=(Index("ix", (IndexElement("name", "name"),)),))
    [found] = differences(USERS, extra, EnvironmentOptions(filtered=WHY))

    assert "env.py leaves things out by a rule that was not read" == found.uncertain


CONDITIONAL: list[tuple[str, Callable[[], tuple[Table, Table]]]] = [
    ("add_column", lambda: (with_columns(Column("a", Type("TEXT"), conditional=True)), USERS)),
    ("remove_column", lambda: (USERS, with_columns(Column("a", Type("TEXT"), conditional=True)))),
    (
        "modify_type",
        lambda: (
            with_columns(Column("a", Type("TEXT"))),
            with_columns(Column("a", Type("INTEGER"), conditional=True)),
        ),
    ),
    (
        "remove_fk",
        lambda: (USERS, replace(USERS, foreign_keys=(ForeignKey("f", ("name",), "x", ("id",), conditional=True),))),
    ),
    (
        "remove_constraint",
        lambda: (USERS, replace(USERS, unique_constraints=(UniqueConstraint("u", ("name",), conditional=True),))),
    ),
    (
        "remove_check",
        lambda: (USERS, replace(USERS, check_constraints=(CheckConstraint("c", "name <> ''", conditional=True),))),
    ),
    (
        "modify_nullable",
        lambda: (
            with_columns(Column("a", Type("TEXT"))),
            replace(with_columns(Column("a", Type("TEXT"), nullable=False)), conditional=True),
        ),
    ),
]


@pytest.mark.parametrize(("kind", "halves"), CONDITIONAL, ids=[kind for kind, _ in CONDITIONAL])
def test_conditional(kind: str, halves: Callable[[], tuple[Table, Table]]) -> None:
    """A difference that rests on a branch that is only assumed says so."""
    found = differences(*halves())

    assert [(kind, "it rests on a condition or an operation that could not be worked out")] == [
        (one.kind, one.uncertain) for one in found
    ]


def test_unread_checks() -> None:
    """A CHECK whose expression or name was not read could be any other."""
    declared = replace(USERS, check_constraints=(CheckConstraint("a", "name <> ''"),))

    for unread in (CheckConstraint("b", WHY), CheckConstraint(WHY, "name <> 'x'"), CheckConstraint("a", WHY)):
        assert [] == kinds(declared, replace(USERS, check_constraints=(unread,)))
        assert [] == kinds(replace(USERS, check_constraints=(unread,)), declared)


def test_unread_columns() -> None:
    """Defaults and generated columns that were not read differ from none."""
    known = Column("a", Type("TEXT"), server_default=ServerDefault("'x'"))
    unread = replace(known, server_default=ServerDefault(WHY))
    computed = replace(known, server_default=None, computed=Computed("id"))

    assert [] == kinds(with_columns(known), with_columns(unread))
    assert [] == kinds(with_columns(computed), with_columns(replace(computed, computed=Computed(WHY))))


def test_unread_enum() -> None:
    """Labels that were not read are no other labels."""
    table = with_columns(Column("state", Type("state", enum="state")))
    known, unread = Enum("state", ("new",)), Enum("state", (), unknown=WHY)

    assert [] == kinds(schema(table, enums=(known,)), schema(table, enums=(unread,)))
    assert [] == kinds(schema(table, enums=(unread,)), schema(table, enums=(known,)))
