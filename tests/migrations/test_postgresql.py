"""Replay against real Alembic on PostgreSQL: whatever a history does, the replayed schema is the reflected one."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.migrations import histories
from tests.migrations.describing import from_database, from_replay
from tests.migrations.replaying import replayed, run_for_real
from tests.support.examples import examples

if TYPE_CHECKING:
    import sqlalchemy as sa

pytestmark = pytest.mark.oracle

CONVENTIONS: tuple[Mapping[str, str] | None, ...] = (
    None,
    {
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
    {"uq": "a_very_long_prefix_that_has_to_be_cut_%(table_name)s_%(column_0_label)s_and_a_tail"},
)


def what_succeeds(engine: sa.Engine, bodies: list[str], convention: Mapping[str, str] | None) -> list[str]:
    """Run the bodies on an empty database, each in a transaction of its own; give those that ran.

    Tests that have the server before leave a schema `other`.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        )
    ran = []
    with warnings.catch_warnings(action="ignore"):
        for body in bodies:
            try:
                with engine.begin() as connection:
                    run_for_real(connection, body, convention=convention)
            except Exception:  # noqa: BLE001, S112 -- whatever Alembic, SQLAlchemy or PostgreSQL raise for an impossible step
                continue
            ran.append(body)
    return ran


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    histories.server_start(),
    st.lists(histories.server_step(), min_size=3, max_size=10),
    st.sampled_from(CONVENTIONS),
)
def test_whatever_runs_is_replayed(
    postgres: sa.Engine, first: list[str], then: list[str], convention: Mapping[str, str] | None
) -> None:
    """The schema after the steps that real Alembic can do is the reflected one, and none is called impossible."""
    ran = what_succeeds(postgres, first + then, convention)
    found = replayed(*ran, convention=convention)
    with postgres.connect() as connection:
        expected = from_database(connection)

    assert "\n".join(one.message for one in found.problems) == ""
    assert from_replay(found.schema) == expected
