"""No false alarm on healthy projects, and after one change of the models exactly what real Alembic says.

Real Alembic writes the revision for the models and applies it to a real database; then `alembic check` is clean, and so
are we. Then one thing of the models is changed, and both are asked again.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Set as AbstractSet
from textwrap import indent
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import api, compare_metadata, produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, assume, given, note, reject, settings
from hypothesis import strategies as st

from driftline.rules.finding import Level
from tests.oracle.databases import Databases
from tests.oracle.made_projects import IMPORTS, Made, changes, made_projects, models
from tests.oracle.referee import flat, operation
from tests.support.examples import examples
from tests.support.project import Placed, findings

OPTIONS = {"compare_server_default": True, "include_schemas": True, "render_as_batch": True}

MISSED_BY_ALEMBIC = {
    "extra-unique": "on SQLite an unnamed UNIQUE that goes is not seen",
    "extra-check": "CHECK constraints are compared by an opt-in plugin only",
    "missing-check": "as extra-check",
    "check-expression-mismatch": "as extra-check, and by name only",
    "enum-values-mismatch": "the labels of PostgreSQL's enums are not compared",
    "computed-mismatch": "a column that is computed no longer is not seen, and so it stays computed",
}
"""Rules whose findings may be true although Alembic sees nothing, and why: so they stay after its next revision."""

on_a_server = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="session")
def postgresql(databases: Databases) -> sa.Engine:
    """An engine on a database of the session's server, in which nothing is ever committed."""
    return databases.scratch()


@on_a_server
@given(data=st.data())
def test_on_sqlite(data: st.DataObject) -> None:
    """On SQLite."""
    assert {} == disagreement(data, sa.create_engine("sqlite://"), "sqlite")


@on_a_server
@given(data=st.data())
def test_on_postgresql(data: st.DataObject, postgresql: sa.Engine) -> None:
    """On PostgreSQL."""
    assert {} == disagreement(data, postgresql, "postgresql")


def disagreement(data: st.DataObject, engine: sa.Engine, dialect: str) -> dict[str, object]:
    """Make a project up, and a change of it, and ask both; what they do not agree on, in words."""
    made = data.draw(made_projects(dialect))
    changed = data.draw(changes(made))
    with warnings.catch_warnings(action="ignore"), engine.connect() as connection:
        try:
            metadata, others = _metadata(made), _metadata(changed)
            if dialect == "postgresql":
                connection.exec_driver_sql("CREATE SCHEMA other")
            revisions = [_upgraded(connection, metadata)]
            left, reported = _asked(connection, metadata), _asked(connection, others)
            with connection.begin_nested():
                revisions.append(_upgraded(connection, others))
            left_then = _asked(connection, others)
        except (sa.exc.SQLAlchemyError, TypeError, NotImplementedError):
            reject()  # what SQLAlchemy, the database or Alembic refuses is no project
        connection.rollback()
    assume(not left)  # Alembic itself finds its own revision wanting
    assume(not _name_twice(metadata) and not _name_twice(others))  # of which Alembic sees one
    note("\n".join(revisions))
    note(models(changed))

    found = _drift(findings(_files(changed, revisions[:1], dialect)))
    stated = Counter((one.op, one.table, one.name) for each in found for one in each.finding.operations)
    missed = MISSED_BY_ALEMBIC.keys() & {each.finding.rule for each in found if not each.finding.operations}
    answer = {
        "false alarms": _alarms(made, revisions[:1], dialect, set()),
        "missed": reported - stated,
        "made up": stated - reported,
        "false alarms after the next revision": [] if left_then else _alarms(changed, revisions, dialect, missed),
    }
    return {name: value for name, value in answer.items() if value}


def _alarms(made: Made, revisions: list[str], dialect: str, excused: AbstractSet[str]) -> list[str]:
    """What is found in a project that `alembic check` calls clean, but for hints and the `excused` rules."""
    return [
        str(one)
        for one in _drift(findings(_files(made, revisions, dialect)))
        if one.finding.operations
        or (one.finding.level in (Level.ERROR, Level.WARNING) and one.finding.rule not in excused)
    ]


def _metadata(made: Made) -> sa.MetaData:
    names: dict[str, Any] = {"__name__": "models"}
    exec(models(made), names)  # noqa: S102 -- our own
    metadata: sa.MetaData = names["metadata"]
    return metadata


def _name_twice(metadata: sa.MetaData) -> bool:
    """Whether two constraints of a table have one name, which SQLite takes; naming conventions make such."""
    return any(
        count > 1
        for table in metadata.tables.values()
        for count in Counter(one.name for one in table.constraints if one.name is not None).values()
    )


def _context(connection: sa.Connection, metadata: sa.MetaData) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"target_metadata": metadata, **OPTIONS})


def _upgraded(connection: sa.Connection, metadata: sa.MetaData) -> str:
    """The body of the upgrade that Alembic writes for an empty database, which is run."""
    context = _context(connection, metadata)
    script = produce_migrations(context, metadata)
    imports: set[str] = set()
    body = api.render_python_code(script.upgrade_ops, imports=imports, migration_context=context)
    names: dict[str, Any] = {"op": Operations(context)}
    exec(f"{IMPORTS}\n{chr(10).join(imports)}\n{_dedented(body)}", names)  # noqa: S102 -- Alembic's
    return _dedented(body)


def _dedented(body: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in body.splitlines())


def _asked(connection: sa.Connection, metadata: sa.MetaData) -> Counter[tuple[str, str, str | None]]:
    answers = (operation(one) for one in flat(compare_metadata(_context(connection, metadata), metadata)))
    return Counter(
        (
            "modify_comment" if str(one["op"]).endswith("_table_comment") else str(one["op"]),
            str(one["table"]),
            one["name"],
        )
        for one in answers
    )


def _files(made: Made, revisions: list[str], dialect: str) -> dict[str, str]:
    return {
        "alembic.ini": f"[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = {dialect}://x/y\n",
        "alembic/env.py": (
            "from alembic import context\nimport models\n\n"
            "context.configure(target_metadata=models.metadata, compare_server_default=True, include_schemas=True)\n"
        ),
        "models.py": models(made),
    } | {
        f"alembic/versions/000{number}.py": (
            f"{IMPORTS}from alembic import op\n\nrevision = '000{number}'\n"
            f"down_revision = {f'000{number - 1}' if number > 1 else None!r}\n\n\n"
            f"def upgrade():\n{indent(body, '    ')}\n"
        )
        for number, body in enumerate(revisions, 1)
    }


def _drift(found: list[Placed]) -> list[Placed]:
    return [one for one in found if one.finding.group == "drift"]
