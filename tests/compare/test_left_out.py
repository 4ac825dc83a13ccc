"""What env.py leaves out, in whole projects: as Alembic would, and never more than that."""

from __future__ import annotations

import pytest

from driftline.engine.analyse import analyse
from driftline.engine.analysis import Analysis
from driftline.engine.session import Session
from driftline.engine.settings import Settings
from driftline.report.audit import build_audit
from driftline.report.coverage import coverage
from driftline.report.place import Places
from driftline.sources.environment import Environment
from driftline.sources.memory import MemorySource

MODELS = """
from sqlalchemy import Column, Integer
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): pass
class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
"""

REVISION = """
import os
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("x_column", sa.Integer))
    op.create_table("old", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("spatial", sa.Column("id", sa.Integer, primary_key=True))
def downgrade():
    op.drop_table("spatial")
    op.drop_table("old")
    op.drop_table("t")
"""

WITHOUT_COLUMN = REVISION.replace(', sa.Column("x_column", sa.Integer)', "")


def project(body: str, revision: str = WITHOUT_COLUMN, models: str = MODELS) -> Analysis:
    """A project whose env.py filters with an `include_object` of this body."""
    env = (
        "from alembic import context\nfrom models import Base\nfrom elsewhere import is_ours\n"
        f"def keep(object, name, type_, reflected, compare_to):\n    {body}\n"
        "context.configure(url='sqlite://', target_metadata=Base.metadata, include_object=keep)\n"
    )
    files = {"/p/models.py": models, "/p/migrations/env.py": env, "/p/migrations/versions/0001_.py": revision}
    environment = Environment(
        name="alembic",
        label="migrations",
        root="/p",
        script_location="/p/migrations",
        env_path="/p/migrations/env.py",
        config_path="/p/alembic.ini",
        import_roots=("/p",),
        version_locations=("/p/migrations/versions",),
    )
    return analyse(environment, Session(MemorySource(files)), Settings())


def drift(analysis: Analysis) -> set[tuple[str, str | None, str | None]]:
    """The kinds of drift that were found, with table and name."""
    return {(one.rule, one.table, one.object) for one in analysis.findings if one.group == "drift"}


def test_only_what_the_filter_leaves_out_is_left_out() -> None:
    """If env.py leaves out one table by name, the other one without a model is told of, and all was understood."""
    analysis = project('return name != "spatial"')

    assert {("extra-table", "old", None)} == drift(analysis)
    assert () == analysis.unknown


def test_what_nobody_knows_is_told_of_nowhere_but_counted() -> None:
    """If a filter cannot be worked out for the tables, none of them is drift, and the audit has no full verdict."""
    analysis = project("return is_ours(name)")

    assert set() == drift(analysis)
    assert [
        "whether env.py leaves out table `old` could not be worked out",
        "whether env.py leaves out table `spatial` could not be worked out",
    ] == [one.reason for one in analysis.unknown]
    assert not build_audit(analysis).whole


def test_a_filter_that_matters_for_nothing_is_no_gap() -> None:
    """If no table lacks a model, nobody asks the filter about one, and nothing is open."""
    models = MODELS + "".join(
        f"class {name}(Base):\n    __tablename__ = '{name}'\n    id = Column(Integer, primary_key=True)\n"
        for name in ("old", "spatial")
    )

    assert () == project("return is_ours(name)", models=models).unknown


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return True", {"extra-column"}),
        ('return not (type_ == "column" and name.startswith("x_"))', set()),
        ('return name != "t"', set()),
    ],
)
def test_within_a_table(body: str, expected: set[str]) -> None:
    """A column, or all of a table that both have, may be left out, too."""
    analysis = project(body, REVISION)

    assert expected == {one.rule for one in analysis.findings if one.table == "t" and one.group == "drift"}


def test_a_declared_table_that_is_left_out_is_not_missing() -> None:
    """If env.py leaves a declared table out (a view, say), that no revision creates it is as it should be."""
    models = MODELS + "class V(Base):\n    __tablename__ = 'v'\n    id = Column(Integer, primary_key=True)\n"

    assert ("missing-table", "v", None) in drift(project("return True", models=models))
    assert ("missing-table", "v", None) not in drift(project('return name != "v"', models=models))


INDEXED = (
    MODELS.replace("import Column,", "import Column, Index,")
    + """
    a = Column(Integer)
    __table_args__ = (Index("ix_new", "a"),)
"""
)

OLD_INDEX = WITHOUT_COLUMN.replace(
    "primary_key=True))", 'primary_key=True), sa.Column("a", sa.Integer))\n    op.create_index("ix_old", "t", ["a"])', 1
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return True", [None]),
        ('return type_ != "index" or [one.name for one in object.columns] != ["a"]', []),
        ('return type_ != "index" or reflected', [None]),
        ('return type_ != "index" or is_ours(name)', ["env.py leaves things out by a rule that was not read"]),
    ],
)
def test_what_is_gone_and_new_again_is_asked_about_twice(body: str, expected: list[str | None]) -> None:
    """If both halves of a changed index are left out by their columns, it is no drift; what nobody knows is doubted."""
    analysis = project(body, OLD_INDEX, INDEXED)

    found = [one.difference for one in analysis.findings if one.rule == "constraint-name-mismatch"]
    assert expected == [one.uncertain for one in found if one is not None]


GUARDED = WITHOUT_COLUMN.replace(
    '    op.create_table("old"', '    if not os.path.exists("/nope"):\n        return\n    op.create_table("old"'
)


def test_a_table_under_a_condition_that_nobody_knows_is_conditional_and_counted() -> None:
    """If a table is made only where the migrating machine has a file, the audit says so, and is not sure of all."""
    analysis = project("return True", GUARDED)
    audit = build_audit(analysis)

    assert analysis.migrated.schema.tables["old"].conditional
    assert [("t", False), ("old", True), ("spatial", True)] == [
        (one.table, one.conditional) for one in audit.timeline[0].touches
    ]
    reasons = {gap.reason for gap in coverage(analysis, Places(analysis)).gaps}
    assert "whether the table `old` is created depends on a condition that could not be worked out" in reasons
    assert not audit.whole
