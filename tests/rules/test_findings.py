"""What all findings have in common: both halves, levels that know doubt, one finding for each cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from driftline.compare.difference import Difference
from driftline.migrations.graph import Graph, Revision
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared, MappedClass, Validator
from driftline.python.origin import NOWHERE
from driftline.python.values import Unknown
from driftline.rules import RULES, multiple_heads
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import MigratedHalf
from driftline.rules.rule import Context, Group, Rule
from driftline.rules.run import run_rules
from driftline.rules.validates_without_check import check as check_validators
from driftline.schema import CheckConstraint, Column, Schema, Table, Type
from tests.support.project import Placed, analyses, files_of, findings

MODELS = """
#- models.py
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
"""
REVISIONS = """
#- alembic/versions/0001.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
#- alembic/versions/0002.py
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.alter_column("users", "email", nullable=True)
#- alembic/versions/0003.py
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_index("ix_users_email", "users", ["email"])
"""


def places(placed: Placed, text: str) -> list[tuple[str, int, str]]:
    """Where the related halves of a finding stand."""
    [one] = analyses(files_of(text))
    located = [(one.locate(related.origin), related.message) for related in placed.finding.related]
    return [
        (place.path.removeprefix("/project/"), place.line, message) for place, message in located if place is not None
    ]


def test_both_halves() -> None:
    """A finding stands on the model's field; what is related is the call that made the migrated half what it is."""
    text = MODELS + REVISIONS
    found = {one.finding.rule: one for one in findings(files_of(text))}

    assert ["extra-index", "nullable-mismatch"] == sorted(found)
    assert {("models.py", 13)} == {(one.path, one.line) for one in found.values()}
    assert [("alembic/versions/0002.py", 9, "last changed here by revision `0002`")] == places(
        found["nullable-mismatch"], text
    )
    assert "0002" == found["nullable-mismatch"].finding.revision
    assert [("alembic/versions/0003.py", 9, "created here by revision `0003`")] == places(found["extra-index"], text)


def test_missing_things_point_at_the_last_touch() -> None:
    """If a thing is missing, then what is related is the last migration that touched the table."""
    text = MODELS + "    city: Mapped[str] = mapped_column(String(50))\n" + REVISIONS
    [found] = [one for one in findings(files_of(text)) if one.finding.rule == "missing-column"]

    assert [("alembic/versions/0003.py", 9, "revision `0003` was the last to touch `users`")] == places(found, text)


def test_a_helper_in_another_file() -> None:
    """If a helper makes a table, then the finding stands on the call in the revision."""
    text = (
        MODELS
        + """
#- helpers.py
import sqlalchemy as sa
from alembic import op


def create(name):
    op.create_table(name, sa.Column("id", sa.Integer(), primary_key=True))
#- alembic/versions/0001.py
import sqlalchemy as sa
from alembic import op
from helpers import create

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(255), nullable=False),
    )
    create("jobs")
"""
    )
    [found] = findings(files_of(text))

    assert ("extra-table", "alembic/versions/0001.py", 15) == (found.finding.rule, found.path, found.line)


def test_doubt_is_no_error() -> None:
    """A finding that is not certain is at most a warning, and says why."""
    doubtful = Difference("add_column", "users", "a", None, None, uncertain="who knows")
    found = drift_finding(
        "missing-column", Level.ERROR, "It is missing.", doubtful, origin=NOWHERE, half=MigratedHalf()
    )

    assert (Level.WARNING, "It is missing. (Not certain: who knows.)") == (found.level, found.message)


def test_what_only_alembic_sees_is_a_hint() -> None:
    """A finding that only Alembic makes a difference of is a hint, whatever the rule's level."""
    apparent = Difference("modify_type", "users", "a", None, None, apparent="they are the same")
    found = drift_finding("type-mismatch", Level.WARNING, "It differs.", apparent, origin=NOWHERE, half=MigratedHalf())

    assert Level.HINT is found.level
    assert "they are the same" in found.message


def context(graph: Graph | None = None, declared: Declared | None = None, migrated: Migrated | None = None) -> Context:
    """A context with nothing in it but what is given."""
    empty = Schema("postgresql")
    return Context(declared or Declared(empty), migrated or Migrated(empty), graph or Graph(), {})


def rule(*found: Finding, level: Level = Level.WARNING) -> Rule:
    """A rule that finds what it is told."""

    def check(_context: Context) -> Iterator[Finding]:
        yield from found

    return Rule("some-rule", "something", Group.DRIFT, level, check)


@pytest.mark.parametrize(
    ("own", "wanted", "uncertain", "expected"),
    [
        (Level.WARNING, Level.WARNING, None, Level.INFORMATION),
        (Level.WARNING, Level.ERROR, None, Level.ERROR),
        (Level.WARNING, Level.ERROR, "who knows", Level.WARNING),
        (Level.WARNING, Level.HINT, "who knows", Level.HINT),
        (Level.ERROR, Level.WARNING, None, Level.WARNING),
    ],
)
def test_levels(own: Level, wanted: Level, uncertain: str | None, expected: Level) -> None:
    """Where the user wants another level than the rule's own, findings get it; never an error out of a doubt."""
    difference = Difference("add_column", "users", "a", None, None, uncertain=uncertain)
    found = Finding("some-rule", "drift", Level.INFORMATION, "…", difference=difference)

    assert [expected] == [
        one.level for one in run_rules(context(), level=lambda _rule: wanted, rules=[rule(found, level=own)])
    ]


def test_selection() -> None:
    """Only what is selected runs."""
    found = Finding("some-rule", "drift", Level.ERROR, "…")

    assert () == run_rules(context(), selects=lambda _rule: False, rules=[rule(found)])
    assert (found,) == run_rules(context(), selects=lambda _rule: True, rules=[rule(found)])


def test_a_rule_that_breaks(caplog: pytest.LogCaptureFixture) -> None:
    """If a rule has a bug, then it is logged, and the others run all the same."""

    def check(_context: Context) -> Iterator[Finding]:
        yield Finding("some-rule", "drift", Level.ERROR, "before")
        raise ZeroDivisionError

    found = run_rules(
        context(), rules=[replace(rule(), check=check), rule(Finding("b", "drift", Level.ERROR, "after"))]
    )

    assert ["before", "after"] == [one.message for one in found]
    assert "the rule some-rule failed" in caplog.text


def graph(**revisions: tuple[tuple[str, ...], tuple[str, ...]]) -> Graph:
    """A graph of revisions, each with its parents and branch labels."""
    made = {
        name: Revision(name, f"/{name}.py", parents, branch_labels=labels)
        for name, (parents, labels) in revisions.items()
    }
    heads = tuple(name for name in made if not any(name in one.down_revisions for one in made.values()))
    bases = tuple(name for name, one in made.items() if not one.down_revisions)
    return Graph(made, tuple(made), heads, bases)


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        (graph(a=((), ()), b=(("a",), ())), []),
        (graph(a=((), ()), b=(("a",), ()), c=(("a",), ())), ["c"]),
        (graph(a=((), ()), b=(("a",), ("left",)), c=(("a",), ("right",))), []),
        (graph(a=((), ()), b=(("a",), ("left",)), c=(("a",), ())), []),
        (graph(a=((), ("left",)), b=(("a",), ()), c=(("a",), ())), ["c"]),
        (graph(a=((), ("left",)), b=((), ())), []),
        (graph(a=((), ()), b=(("a",), ()), c=(("a",), ()), d=(("a",), ("side",))), ["c"]),
        (replace(graph(a=((), ()), b=(("a",), ()), c=(("a",), ())), missing=(("a", "x"),)), []),
        (replace(graph(a=((), ()), b=(("a",), ()), c=(("a",), ())), unknown=(Unknown("why"),)), []),
    ],
)
def test_multiple_heads(revisions: Graph, expected: list[str]) -> None:
    """Heads with labels of their own are meant; a broken graph says nothing about heads."""
    assert expected == [one.revision for one in multiple_heads.check(context(revisions))]


COLUMN = Column("state", Type("VARCHAR(20)"))
TABLE = Table("orders", columns=(COLUMN,))
GUARD = MappedClass(
    "Order", "Order", "/m.py", "orders", (("status", "state"),), validators=(Validator(("status",), ("new", "done")),)
)


@pytest.mark.parametrize(
    ("mapped", "declared", "migrated", "expected"),
    [
        (GUARD, TABLE, TABLE, ["state"]),
        (replace(GUARD, validators=(Validator(("status",), None),)), TABLE, TABLE, []),
        (replace(GUARD, reached=False), TABLE, TABLE, []),
        (GUARD, replace(TABLE, check_constraints=(CheckConstraint("c", "state <> ''"),)), TABLE, []),
        (GUARD, TABLE, replace(TABLE, check_constraints=(CheckConstraint("c", "State <> ''"),)), []),
        (GUARD, TABLE, replace(TABLE, check_constraints=(CheckConstraint("c", Unknown("why")),)), []),
        (GUARD, TABLE, replace(TABLE, check_constraints=(CheckConstraint("c", "other <> ''"),)), ["state"]),
        (GUARD, TABLE, replace(TABLE, incomplete=(Unknown("why"),)), []),
        (GUARD, TABLE, replace(TABLE, columns=(replace(COLUMN, type=Type("state", enum="state")),)), []),
        (GUARD, TABLE, replace(TABLE, columns=()), []),
    ],
)
def test_validators(mapped: MappedClass, declared: Table, migrated: Table, expected: list[str]) -> None:
    """A validator needs a CHECK unless one is there, or could be; the column goes by its name in the database."""
    found = check_validators(
        context(
            declared=Declared(Schema("postgresql", {"orders": declared}), (mapped,)),
            migrated=Migrated(Schema("postgresql", {"orders": migrated})),
        )
    )

    assert expected == [one.object for one in found]


DEFAULTS = """
#- models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    filled: Mapped[int] = mapped_column(default=0)
    optional: Mapped[int | None]
    required: Mapped[int]
#- alembic/versions/0001.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("filled", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("optional", sa.Integer(), server_default="0"),
        sa.Column("required", sa.Integer(), nullable=False, server_default="0"),
    )
"""


def test_server_defaults_of_the_database_alone() -> None:
    """A default that only the database has is worth a word where the ORM sends NULL instead."""
    assert [("server-default-mismatch", Level.INFORMATION, "required")] == [
        (one.finding.rule, one.finding.level, one.finding.object) for one in findings(files_of(DEFAULTS))
    ]


def test_tables_without_a_model_on_purpose() -> None:
    """Tables that the settings name are meant to have no model; patterns may be used."""
    text = MODELS.replace("class User(Base):", "class Person(Base):") + REVISIONS.replace('"users"', '"people"')
    text = text.replace('__tablename__ = "users"', '__tablename__ = "people"')
    text += '    op.create_table("spatial_a", sa.Column("id", sa.Integer(), primary_key=True))\n'
    text += '    op.create_table("jobs", sa.Column("id", sa.Integer(), primary_key=True))\n'
    text += '#- driftline.toml\n[rules.extra-table]\ntables = ["spatial_*"]\n'

    assert ["jobs"] == [one.finding.table for one in findings(files_of(text)) if one.finding.rule == "extra-table"]


def test_a_replay_problem_points_at_what_was_there() -> None:
    """If a column is added twice, then the first time is related; if it is dropped twice, then the first drop."""
    text = (
        MODELS
        + REVISIONS.replace('op.alter_column("users", "email", nullable=True)', "pass")
        + """
    op.add_column("users", sa.Column("email", sa.String(255)))
    op.add_column("users", sa.Column("city", sa.String(50)))
    op.drop_column("users", "city")
    op.drop_column("users", "city")
"""
    )
    found = {one.finding.rule: one for one in findings(files_of(text)) if one.finding.group == "history"}

    assert ["column-exists", "unknown-column"] == sorted(found)
    assert [("alembic/versions/0001.py", 9, "created here by revision `0001`")] == places(found["column-exists"], text)
    assert [("alembic/versions/0003.py", 13, "dropped here by revision `0003`")] == places(
        found["unknown-column"], text
    )


def test_order_of_rules() -> None:
    """All rules have names of their own, and groups stay together."""
    names = [one.name for one in RULES]
    groups = [one.group for one in RULES]

    assert len(set(names)) == len(names)
    assert sorted(groups, key=list(Group).index) == groups


OPTIONS = {
    "deferrable": ("deferrable=True", "DEFERRABLE", "NOT DEFERRABLE"),
    "deferred": ("deferrable=True, initially='DEFERRED'", "DEFERRABLE INITIALLY DEFERRED", "NOT DEFERRABLE"),
    "NULLs": ("postgresql_nulls_not_distinct=True", "NULLS NOT DISTINCT", "NULLS DISTINCT"),
    "both": (
        "deferrable=True, postgresql_nulls_not_distinct=True",
        "DEFERRABLE, NULLS NOT DISTINCT",
        "NOT DEFERRABLE, NULLS DISTINCT",
    ),
}


@pytest.mark.parametrize("declared", [True, False], ids=["only in the model", "only in the migrations"])
@pytest.mark.parametrize(("given", "has", "lacks"), OPTIONS.values(), ids=OPTIONS)
def test_options_of_a_unique_constraint_are_told_in_both_directions(
    given: str, has: str, lacks: str, *, declared: bool
) -> None:
    """What differs is told of each half as it is, and what does not differ is not told."""
    model, revision = (f", {given}", "") if declared else ("", f", {given}")
    files = files_of(MODELS + REVISIONS.partition("#- alembic/versions/0002.py")[0])
    files["models.py"] = files["models.py"].replace("import ForeignKey, String", "import String, UniqueConstraint")
    files["models.py"] += f"    __table_args__ = (UniqueConstraint('email', name='uq_email'{model}),)\n"
    files["alembic/versions/0001.py"] = files["alembic/versions/0001.py"].replace(
        'sa.PrimaryKeyConstraint("id"),',
        f"sa.PrimaryKeyConstraint('id'), sa.UniqueConstraint('email', name='uq_email'{revision}),",
    )
    (found,) = [one.finding for one in findings(files) if one.finding.rule == "unique-option-mismatch"]
    stated, made = (has, lacks) if declared else (lacks, has)

    assert f"is {stated} in the model, and revision `0001` made it {made}. " in found.message


def test_labels_are_told_with_the_revision_that_last_changed_them() -> None:
    """Who created an enum type said nothing of the labels that a later revision added to it."""
    text = """
    #- models.py
    from sqlalchemy import Enum
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        state: Mapped[str] = mapped_column(Enum("new", "done", name="state"))
    #- alembic/versions/1.py
    import sqlalchemy as sa
    from alembic import op
    revision = "1"
    down_revision = None

    def upgrade():
        op.create_table(
            "users",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("state", sa.Enum("new", "old", name="state"), nullable=False),
        )
    #- alembic/versions/2.py
    from alembic import op
    revision = "2"
    down_revision = "1"

    def upgrade():
        op.execute("ALTER TYPE state ADD VALUE 'gone'")
    """
    (one,) = (each.finding for each in findings(files_of(text)) if each.finding.rule == "enum-values-mismatch")

    assert one.revision == "2"
    assert one.message == (
        "`users.state` (type `state`) has other values in the model than revision `2` gave it: only the model has "
        "'done', which cannot be stored; only the database has 'old', 'gone'. Change the type in a new revision, or "
        "the model; Alembic's autogenerate does not see it."
    )
