"""MySQL has no unique constraints beside unique indexes, and makes indexes of its own: Alembic corrects for both.

There is no MySQL here, so Alembic's own comparison is given what SQLAlchemy's inspector would answer for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from alembic.autogenerate.compare.constraints import _compare_indexes_and_uniques
from alembic.ddl.mysql import MySQLImpl
from alembic.operations.ops import ModifyTableOps
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql

from driftline.compare.autogenerate import reported
from driftline.schema import Index, IndexElement, Table
from tests.compare.realised import metadata, schemas
from tests.compare.tables import schema
from tests.support.examples import examples


@dataclass
class FakeInspector:
    """Answers as SQLAlchemy's inspector of MySQL would for a table."""

    table: Table
    info_cache: dict[str, Any] = field(default_factory=dict)

    def get_unique_constraints(self, _name: str, schema: str | None = None) -> list[dict[str, Any]]:
        """Every unique index, as a constraint."""
        return [
            {"name": name, "column_names": list(columns), "duplicates_index": name}
            for name, columns, unique in self.indexes()
            if unique
        ]

    def get_indexes(self, _name: str, schema: str | None = None) -> list[dict[str, Any]]:
        """Every index, those of unique constraints included."""
        return [
            {"name": name, "column_names": list(columns), "unique": unique} for name, columns, unique in self.indexes()
        ]

    def indexes(self) -> Iterator[tuple[str, tuple[str, ...], bool]]:
        """Name, columns, uniqueness."""
        for unique in self.table.unique_constraints:
            yield str(unique.name), unique.columns, True
        for index in self.table.indexes:
            yield str(index.name), tuple(str(column) for column in index.columns), index.unique is True


class FakeContext:
    """What Alembic's comparison asks of its context."""

    def __init__(self, table: Table) -> None:
        self.inspector = FakeInspector(table)
        self.dialect = mysql.dialect()
        self.migration_context = self
        self.impl = MySQLImpl(
            self.dialect, None, as_sql=False, transactional_ddl=None, output_buffer=None, context_opts={}
        )

    def run_name_filters(self, *_: object) -> bool:
        """Nothing is left out by its name."""
        return True

    def run_object_filters(self, *_: object) -> bool:
        """Nothing is left out for what it is."""
        return True


def as_migrated(table: Table) -> Table:
    """The table with the names that MySQL makes up, and the indexes that it makes for foreign keys."""
    uniques = tuple(
        replace(one, name=one.name or f"{one.columns[0]}_{number}")
        for number, one in enumerate(table.unique_constraints)
    )
    first = {one.columns[0] for one in (*uniques, *table.indexes)}
    implicit = tuple(
        Index(key.name or key.columns[0], tuple(IndexElement(column, column) for column in key.columns))
        for key in table.foreign_keys
        if key.columns[0] not in first
    )
    return replace(table, unique_constraints=uniques, indexes=(*table.indexes, *implicit))


def alembic(declared: Table, database: Table) -> list[tuple[str, str | None]]:
    """What Alembic's comparison says."""
    tables = (metadata(schema(one, dialect="sqlite")).tables[one.name] for one in (database, declared))
    operations = ModifyTableOps(declared.name, [])
    context: Any = FakeContext(database)
    _compare_indexes_and_uniques(context, operations, None, declared.name, *tables)
    return [(op, None if item.name is None else str(item.name)) for op, item in operations.as_diffs()]


@given(st.data())
@settings(max_examples=examples(200))
def test_indexes_and_unique_constraints(data: st.DataObject) -> None:
    """For any two tables, the operations are those of Alembic's comparison."""
    tables = st.builds(lambda whole: next(iter(whole.tables.values())), schemas("sqlite"))
    declared, made = data.draw(tables, label="declared"), as_migrated(data.draw(tables, label="migrated"))

    expected = alembic(declared, made)

    assert sorted(expected, key=repr) == sorted(
        ((op, item.name) for op, item in reported(declared, made, "mysql")), key=repr
    )
