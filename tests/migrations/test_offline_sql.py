"""Operations against the SQL that real Alembic makes of them: names by the convention, types, defaults, order."""

# ruff: noqa: E501 -- a program is written one statement a line

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.util import CommandError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from driftline.migrations.apply import perform
from driftline.migrations.raw_sql import read_raw_sql
from driftline.migrations.working import Working
from driftline.schema import Schema
from tests.migrations import histories
from tests.migrations.describing import from_replay
from tests.migrations.replaying import HEADER, own_operations, replayed
from tests.support.examples import examples

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_label)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def offline_sql(*bodies: str, convention: Mapping[str, str] | None) -> str | None:
    """Give the SQL that `alembic upgrade --sql` prints for these bodies; None where Alembic refuses one of them."""
    out = io.StringIO()
    metadata = sa.MetaData(naming_convention=dict(convention) if convention else None)
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": out, "target_metadata": metadata}
    )
    names: dict[str, Any] = {}
    exec(HEADER, names)  # noqa: S102 -- the bodies are this test's own
    with own_operations(), Operations.context(context), warnings.catch_warnings(action="ignore"):
        for body in bodies:
            try:
                exec(textwrap.dedent(body), names)  # noqa: S102
            except (sa.exc.SQLAlchemyError, CommandError, ValueError, KeyError, NotImplementedError):
                return None
    return out.getvalue()


def after_sql(sql: str) -> Working:
    """Replay raw SQL for PostgreSQL."""
    work = Working.of(Schema("postgresql"))
    for operation in read_raw_sql(sql, "postgresql"):
        perform(work, operation)
    return work


@settings(max_examples=examples(50))
@given(
    histories.server_start(),
    st.lists(histories.server_step(), max_size=8),
    st.sampled_from((None, CONVENTION)),
)
def test_operations_do_what_their_sql_does(
    first: list[str], then: list[str], convention: Mapping[str, str] | None
) -> None:
    """Replaying operations, and replaying the SQL that Alembic makes of them, give one schema."""
    bodies = list(first)
    for one in then:
        if offline_sql(one, convention=convention) and not replayed(*bodies, one, convention=convention).problems:
            # What a text in an operation names is not always checked; what the SQL names is.
            if after_sql(offline_sql(*bodies, one, convention=convention) or "").problems:
                continue
            bodies.append(one)
    sql = offline_sql(*bodies, convention=convention)
    assume(sql is not None)  # SQLAlchemy refuses a CHECK without a name under a convention that wants one

    assert from_replay(replayed(*bodies, convention=convention).schema) == from_replay(after_sql(sql or "").schema())


CASES = {
    "check_names_take_up_the_name_that_is_given": (
        "op.create_table('t', sa.Column('a', sa.Integer()), sa.CheckConstraint('a > 0', name='positive'))\n"
        "op.create_check_constraint('small', 't', 'a < 9')\n"
        "op.create_check_constraint('ck_t_twice', 't', 'a < 8')\n"
        "op.create_check_constraint(op.f('ck_t_final'), 't', 'a < 7')\n"
        "op.drop_constraint('small', 't', type_='check')\n"
    ),
    "other_names_are_made_only_where_there_is_none": (
        "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.Integer(), unique=True),\n"
        "    sa.Column('b', sa.Integer(), sa.ForeignKey('t.id'), index=True))\n"
        "op.create_unique_constraint(None, 't', ['a', 'b'])\n"
        "op.create_unique_constraint('given', 't', ['b'])\n"
        "op.create_foreign_key(None, 't', 't', ['a'], ['id'], ondelete='SET NULL', onupdate='CASCADE')\n"
        "op.create_index(None, 't', ['b', 'a'])\n"
        "op.add_column('t', sa.Column('c', sa.Integer(), sa.ForeignKey('t.id'), unique=True))\n"
    ),
    "long_names_are_cut_with_a_hash": (
        "op.create_table('a_table_with_a_very_long_name_indeed', sa.Column('a_column_with_a_very_long_name_too', sa.Integer(),\n"
        "    unique=True, index=True), sa.Column('another_long_column', sa.Integer(), unique=True))\n"
    ),
    "schemas_are_part_of_labels": (
        "op.execute('CREATE SCHEMA other')\n"
        "op.create_table('t', sa.Column('a', sa.Integer(), index=True, unique=True), sa.Column('b', sa.Integer(), unique=True),\n"
        "    schema='other')\n"
        "op.create_index(None, 't', ['b'], schema='other')\n"
        "op.create_unique_constraint(None, 't', ['a'], schema='other')\n"
        "op.create_foreign_key(None, 't', 't', ['a'], ['b'], source_schema='other', referent_schema='other')\n"
        "op.rename_table('t', 'r', schema='other')\n"
    ),
    "types_and_defaults": (
        "op.create_table('t', sa.Column('id', sa.BigInteger(), primary_key=True), sa.Column('a', sa.String(5), server_default='it''s'),\n"
        "    sa.Column('b', sa.Boolean(), server_default=sa.true(), nullable=False),\n"
        "    sa.Column('c', sa.DateTime(timezone=True), server_default=sa.func.now()), sa.Column('d', postgresql.ARRAY(sa.Text())),\n"
        "    sa.Column('e', postgresql.JSONB(), server_default=sa.text(\"'{}'::jsonb\")), sa.Column('f', sa.Numeric(10, 2)),\n"
        "    sa.Column('g', sa.Integer(), sa.Computed('id * 2', persisted=True)), sa.Column('h', sa.Integer(), sa.Identity(always=True)),\n"
        "    sa.Column('i', postgresql.UUID(as_uuid=True)), sa.Column('j', sa.LargeBinary()), sa.Column('k', sa.Interval()),\n"
        "    sa.Column('l', sa.Enum('x', 'y', name='kind')), sa.Column('m', sa.Float()), sa.Column('n', sa.Time()), comment='words')\n"
        "op.alter_column('t', 'a', type_=sa.Text(), nullable=False, server_default=None, new_column_name='z', comment='c')\n"
        "op.alter_column('t', 'b', server_default=sa.text('false'))\n"
        "op.create_table_comment('t', 'other')\nop.drop_table_comment('t', existing_comment='other')\n"
    ),
    "batches_on_a_server": (
        "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.Integer()))\n"
        "with op.batch_alter_table('t', schema=None) as batch_op:\n"
        "    batch_op.add_column(sa.Column('b', sa.Integer(), sa.ForeignKey('t.id')))\n"
        "    batch_op.create_unique_constraint(batch_op.f('given'), ['a', 'b'])\n"
        "    batch_op.create_check_constraint('positive', sa.text('a > 0'))\n"
        "    batch_op.create_foreign_key(None, 't', ['a'], ['id'])\n"
        "    batch_op.create_index(batch_op.f('ix'), ['a'], unique=True, postgresql_where=sa.text('b > 1'))\n"
        "    batch_op.alter_column('a', existing_type=sa.Integer(), nullable=False, new_column_name='z')\n"
        "    batch_op.drop_column('b')\n"
    ),
    "checks_of_types_come_and_go_with_them": (
        "op.create_table('t', sa.Column('a', sa.Boolean(create_constraint=True, name='flag')), sa.Column('b', sa.Integer()))\n"
        "op.alter_column('t', 'a', existing_type=sa.Boolean(create_constraint=True, name='flag'), type_=sa.Integer())\n"
        "op.alter_column('t', 'b', existing_type=sa.Integer(), type_=sa.Enum('x', 'yy', name='e', native_enum=False, create_constraint=True))\n"
        "op.drop_constraint('e', 't', type_='check')\n"
    ),
}


def test_named_cases() -> None:
    """What Alembic writes for each kind of operation is what replay makes of it, under a convention and without one."""
    for name, body in CASES.items():
        for convention in (None, CONVENTION):
            sql = offline_sql(body, convention=convention)

            assert sql is not None, name
            assert (name, from_replay(replayed(body, convention=convention).schema)) == (
                name,
                from_replay(after_sql(sql).schema()),
            )
