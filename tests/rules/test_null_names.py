"""What `op.drop_constraint(None, …)` drops, with real Alembic beside us: most often nothing."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.exc import SQLAlchemyError

from tests.support.project import analyses, files_of

CONVENTIONS: tuple[dict[str, str], ...] = (
    {},
    {
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    },
    {"uq": "uq_%(table_name)s", "fk": "fk_%(table_name)s", "ck": "ck_%(table_name)s"},
    {"uq": "uq_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(referred_column_0_name)s"},
)
KINDS = ("unique", "foreignkey", "check", "primary", None)


def dropped(convention: dict[str, str], kind: str | None) -> str | None:
    """The name that Alembic drops by; None where it refuses."""
    output = io.StringIO()
    options = {"as_sql": True, "output_buffer": output, "target_metadata": sa.MetaData(naming_convention=convention)}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    try:
        Operations(context).drop_constraint(None, "users", type_=kind)  # type: ignore[arg-type] # as people write it
    except (SQLAlchemyError, IndexError):
        return None
    return output.getvalue().partition("DROP CONSTRAINT ")[2].strip(" ;\n")


def read(convention: dict[str, str], kind: str | None) -> tuple[str | None, set[str]]:
    """The name that we take it to drop by, and the rules that report it."""
    text = f"""
#- alembic.ini
[alembic]
script_location = alembic
sqlalchemy.url = postgresql://x/y
#- alembic/env.py
import sqlalchemy as sa
from alembic import context

context.configure(target_metadata=sa.MetaData(naming_convention={convention!r}))
#- alembic/versions/1.py
import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))
    op.drop_constraint(None, "users", type_={kind!r})
"""
    (one,) = analyses(files_of(text))
    (*_, drop) = one.migrated.steps[0].operations
    return getattr(drop, "name", None), {each.rule for each in one.findings}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("convention", CONVENTIONS, ids=["none", "columns", "table", "more columns"])
def test_what_no_name_drops(convention: dict[str, str], kind: str | None) -> None:
    """A name that is made of the table's alone is Alembic's; else it refuses, or makes half a name: an error."""
    theirs, (ours, rules) = dropped(convention, kind), read(convention, kind)
    whole = theirs is not None and re.fullmatch(r"[a-z]{2}_users", theirs) is not None

    assert (theirs if whole else None) == ours
    assert ("null-constraint-name" in rules) is not whole
    assert ("unknown-constraint" in rules) is (whole and kind != "primary")
