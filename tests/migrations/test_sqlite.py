"""Replay against real Alembic on SQLite: whatever a history does, the replayed schema is the reflected one."""

from __future__ import annotations

import warnings

import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.pool import StaticPool

from tests.migrations import histories
from tests.migrations.describing import from_database, from_replay
from tests.migrations.replaying import replayed, run_for_real
from tests.support.examples import examples


def transactional_engine() -> sa.Engine:
    """An SQLite in memory whose DDL can be rolled back."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    sa.event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def what_succeeds(engine: sa.Engine, bodies: list[str]) -> list[str]:
    """Run the bodies one by one; give those that ran, the others rolled back."""
    ran = []
    with warnings.catch_warnings(action="ignore"):
        for body in bodies:
            try:
                with engine.begin() as connection:
                    run_for_real(connection, body)
            except Exception:  # noqa: BLE001, S112 -- whatever Alembic, SQLAlchemy or SQLite raise for an impossible step
                continue
            ran.append(body)
    return ran


# Hypothesis' shrinker does not end on some programs of these strategies (`reduce_each_alternative`), and fills memory.
@settings(max_examples=examples(150), phases=set(Phase) - {Phase.shrink})
@given(
    st.lists(histories.start(), min_size=1, max_size=2),
    st.lists(st.one_of(histories.plain(), histories.batch()), min_size=3, max_size=8),
)
def test_whatever_runs_is_replayed(first: list[str], then: list[str]) -> None:
    """The schema after the steps that real Alembic can do is the reflected one, and none is called impossible."""
    engine = transactional_engine()
    ran = what_succeeds(engine, first + then)
    found = replayed(*ran, dialect="sqlite")
    with engine.connect() as connection, warnings.catch_warnings(action="ignore"):
        expected = from_database(connection)
    engine.dispose()

    assert "\n".join(one.message for one in found.problems) == ""
    assert from_replay(found.schema) == expected
