"""The audit as data: what it counts, compares and recommends."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.fixes.recommend import DECISIONS
from driftline.report.audit import Audit, build_audit
from driftline.report.markdown import render
from driftline.report.tables import Mark, State
from driftline.report.timeline import Touch
from driftline.sources.disk import DiskSource
from tests.report.shops import DRIFTED, HEALTHY, INCOMPLETE, audit_of
from tests.support.project import files_of

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


@lru_cache
def fixture(name: str) -> Audit:
    """The audit of a fixture."""
    (work,) = open_project(str(FIXTURES / name), Session(DiskSource())).works
    return build_audit(analysis(work))


# ---------------------------------------------------------------------------------------------------------------------
# The fixture that the seed report judged


def test_kitsu_counts() -> None:
    """What there is, and the verdict, are the issue's."""
    audit = fixture("kitsu")

    assert (audit.counts.models, audit.counts.revisions) == (12, 13)
    assert (audit.counts.declared, audit.counts.migrated) == (12, 21)
    assert audit.verdict is State.INCONSISTENT
    assert audit.counts.findings == {"CRITICAL": 2, "WARNING": 5, "NOTE": 9}


def test_kitsu_tables() -> None:
    """Each of the 12 tables is judged as the issue judges it, not as the seed report did."""
    assert {table.key: table.state.value for table in fixture("kitsu").tables} == {
        "users": "DRIFTED",
        "anime": "CONSISTENT",
        "releases": "CONSISTENT",
        "episodes": "CONSISTENT",
        "favorites": "DRIFTED",
        "refresh_tokens": "INCONSISTENT",
        "watch_progress": "DRIFTED",
        "roles": "DRIFTED",
        "permissions": "DRIFTED",
        "role_permissions": "CONSISTENT",
        "user_roles": "CONSISTENT",
        "audit_logs": "INCONSISTENT",
    }


def test_kitsu_marks() -> None:
    """The rows that differ are marked by the severity of what is found, and no others are."""
    marked = {
        (table.key, row.name, row.mark)
        for table in fixture("kitsu").tables
        for row in table.columns
        if row.mark is not Mark.SAME
    }

    assert marked == {("refresh_tokens", "user_id", Mark.CRITICAL)}


def test_kitsu_conditional_tables() -> None:
    """`collections` and `views` are named as conditional, with revision 0008 and its condition."""
    told = {one.table: (one.revision, one.condition) for one in fixture("kitsu").conditional}
    eighth = next(one for one in fixture("kitsu").timeline if one.id == "0008")

    assert told == {
        "collections": ("0008", 'inspector.has_table("collections")'),
        "views": ("0008", 'inspector.has_table("views")'),
    }
    assert eighth.touches == (Touch("collections", conditional=True), Touch("views", conditional=True))


def test_kitsu_unmodelled_tables() -> None:
    """The nine tables without a model are grouped by the revision that created them, with what extended them."""
    groups = {group.revision: [table.key for table in group.tables] for group in fixture("kitsu").unmodelled}
    extended = {
        table.key: [step.revision for step in table.modified]
        for group in fixture("kitsu").unmodelled
        for table in group.tables
        if table.modified
    }

    assert groups == {
        "0009": [
            "parser_sources",
            "parser_settings",
            "parser_jobs",
            "parser_job_logs",
            "anime_external",
            "anime_schedule",
            "anime_episodes_external",
            "anime_translations",
        ],
        "0011": ["anime_external_binding"],
    }
    assert extended == {
        "parser_settings": ["0010", "0012"],
        "anime_external": ["0010", "0011"],
        "anime_schedule": ["0012"],
        "anime_episodes_external": ["0012"],
    }


def test_kitsu_places() -> None:
    """Places are relative to the opened folder, and lead to the line."""
    users = fixture("kitsu").tables[0]
    ((name, place),) = users.models
    line = (FIXTURES / "kitsu" / place.path).read_text("utf-8").splitlines()[place.line - 1]

    assert name == "User"
    assert line.startswith("class User(")


@pytest.mark.parametrize("name", ["batch-sqlite", "unreached-model"])
def test_another_project_reads_differently(name: str) -> None:
    """No name of one project is in the audit of another."""
    own = render(fixture(name))
    foreign = {table.key for table in fixture("kitsu").tables} | {
        table.key for group in fixture("kitsu").unmodelled for table in group.tables
    }

    assert [word for word in sorted(foreign) if re.search(rf"`{word}`|\b{word}\b(?=[:|])", own)] == []


def test_it_is_plain_data() -> None:
    """No Markdown is in the computed audit but backticks around names, and everything in it is a value."""

    def walk(value: object) -> None:
        if is_dataclass(value):
            for one in fields(value):
                walk(getattr(value, one.name))
        elif isinstance(value, tuple):
            for one in value:
                walk(one)
        elif isinstance(value, str):
            assert "**" not in value
            assert not value.startswith(("# ", "- ", "| "))

    walk(audit_of(HEALTHY))
    walk(fixture("unreached-model"))


# ---------------------------------------------------------------------------------------------------------------------
# Verdicts and doubts


def test_verdicts() -> None:
    """An error makes it inconsistent, anything less drifted, nothing consistent."""
    assert [audit_of(files).verdict for files in (DRIFTED, HEALTHY)] == [State.INCONSISTENT, State.CONSISTENT]
    assert fixture("unreached-model").verdict is State.DRIFTED


def _section(audit: Audit, name: str) -> str:
    """What the report says under a heading."""
    found = re.search(rf"^## {name}\n\n(.*?)(?=^## |\Z)", render(audit), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1].strip()


def test_incomplete_history() -> None:
    """A table that no revision creates is not compared, and that is said."""
    audit = audit_of(INCOMPLETE)
    (table,) = audit.tables

    assert table.state is State.NOT_COMPARED
    assert {row.mark for row in table.columns} == {Mark.NOTE}
    assert [key for key, _ in audit.coverage.unseen] == ["old"]
    assert audit.coverage.incomplete is not None


def test_what_was_not_compared_is_not_called_consistent() -> None:
    """Where no table could be compared, summary, verdict, coverage and conclusion say so, without a tick."""
    audit = audit_of(INCOMPLETE)
    text = render(audit)

    assert audit.verdict is State.NOT_COMPARED
    assert not audit.whole
    assert "CONSISTENT" not in text
    assert "✅" not in text
    assert "- **Compared**: the table with a model could not be compared" in _section(audit, "Executive summary")
    assert _section(audit, "Verdict").startswith("ℹ️ **NOT COMPARED**. The table with a model could not be compared")  # noqa: RUF001
    assert "Everything" not in _section(audit, "Coverage")
    assert _section(audit, "Conclusion").startswith("**NOT COMPARED**: The table with a model could not be compared")


def test_a_history_that_knows_one_of_two_tables() -> None:
    """What was compared is consistent as far as it goes, and what was not is counted in every part that judges."""
    both = dict(HEALTHY)
    both["models.py"] += (
        "\n\nclass Old(Base):\n    __tablename__ = 'old'\n\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    both["alembic/versions/1_start.py"] = both["alembic/versions/1_start.py"].replace(
        "def upgrade():\n", "def upgrade():\n    op.add_column('old', sa.Column('id', sa.Integer(), nullable=False))\n"
    )
    audit = audit_of(both)

    assert audit.verdict is State.CONSISTENT
    assert not audit.whole
    assert "1 of the 3 tables with a model could not be compared" in _section(audit, "Executive summary")
    assert _section(audit, "Verdict").startswith(
        "ℹ️ **CONSISTENT**, as far as it could be read. Nothing that could be compared differs.\n\n"  # noqa: RUF001
        "1 of the 3 tables with a model could not be compared."
    )
    assert _section(audit, "Conclusion") == (
        "The schema is **CONSISTENT**, as far as it could be read. "
        "2 of 3 tables with a model agree with the migrations in full; "
        "1 of the 3 tables with a model could not be compared."
    )


def test_unknown_facts_are_counted() -> None:
    """What could not be read is in the coverage with its place, is no difference, and gets no tick."""
    files = dict(HEALTHY)
    files["models.py"] = files["models.py"].replace("String(80)", "String(int(os.environ['LENGTH']))")
    files["models.py"] = f"import os\n{files['models.py']}"
    audit = audit_of(files)
    authors, books = audit.tables

    assert audit.verdict is State.CONSISTENT
    assert not audit.whole
    assert [place.path for gap in audit.coverage.gaps for place in gap.places] != []
    assert {place.path for gap in audit.coverage.gaps for place in gap.places} == {"models.py"}
    assert authors.columns[1].declared_type == "?"
    assert [one.mark for one in authors.columns] == [Mark.SAME, Mark.NOTE]
    assert (authors.agrees, books.agrees) == (False, True)
    assert "✅ **" not in render(audit)
    assert "- **Status**: ℹ️ CONSISTENT, as far as it could be read\n- **Not fully read**: the type of `name`" in render(  # noqa: RUF001
        audit
    )
    assert _section(audit, "Conclusion") == (
        "The schema is **CONSISTENT**, as far as it could be read. "
        "1 of 2 tables with a model agrees with the migrations in full; 1 agrees as far as it could be read."
    )


UNREAD = {
    "a foreign key's target": ('ForeignKey("authors.id"', 'ForeignKey(os.environ["TARGET"]'),
    "what a foreign key does": ('ondelete="CASCADE"', 'ondelete=os.environ["ONDELETE"]'),
    "whether a column is nullable": (
        "mapped_column(String(80)",
        'mapped_column(String(80), nullable=bool(os.environ["N"])',
    ),
    "a server default": ("mapped_column(String(80)", 'mapped_column(String(80), server_default=os.environ["N"]'),
}


@pytest.mark.parametrize(("old", "new"), UNREAD.values(), ids=UNREAD)
def test_nothing_unread_gets_a_tick(old: str, new: str) -> None:
    """Whatever could not be read of a table: nothing is reported of it, and neither it nor the whole is ticked."""
    audit = audit_of({**HEALTHY, "models.py": "import os\n" + HEALTHY["models.py"].replace(old, new)})

    assert new in "".join(HEALTHY["models.py"].replace(old, new))
    assert audit.findings == ()
    assert sum(table.agrees for table in audit.tables) == 1
    assert "✅ **" not in render(audit)
    assert "## Conclusion\n\nThe schema is **CONSISTENT**, as far as it could be read." in render(audit)


def test_somebody_elses_table_takes_no_tick_away() -> None:
    """A foreign key to another tool's table is understood on both sides; the table is named in the coverage."""
    files = dict(HEALTHY)
    for path in ("models.py", "alembic/versions/1_start.py"):
        files[path] = files[path].replace('ForeignKey("authors.id"', 'ForeignKey("auth.users.id"')
    files["models.py"] = files["models.py"].replace("mapped_column(ForeignKey", "mapped_column(Integer, ForeignKey")
    files["models.py"] = files["models.py"].replace("import ForeignKey", "import ForeignKey, Integer")
    audit = audit_of(files)

    assert audit.findings == ()
    assert audit.whole
    assert [key for key, _ in audit.coverage.unseen] == ["auth.users"]
    assert "✅ **CONSISTENT**. Models and migrations say the same." in render(audit)
    assert (
        "Revisions need 1 table that none before them creates: `auth.users` (`alembic/versions/1_start.py:"
        in render(audit)
    )


def test_an_error_of_the_history_alone_is_no_drift() -> None:
    """What the verdict says fits what was found."""
    start = HEALTHY["alembic/versions/1_start.py"]
    again = '    op.create_table("books", sa.Column("id", sa.Integer()))\n\n\ndef downgrade'
    audit = audit_of({**HEALTHY, "alembic/versions/1_start.py": start.replace("\n\ndef downgrade", again)})

    assert {entry.group for entry in audit.findings} == {"history"}
    assert _section(audit, "Verdict") == (
        "❌ **INCONSISTENT**. The revisions have errors of their own: not all of them can be run."
    )


def test_less_than_errors_of_the_history_make_no_table_differ() -> None:
    """A downgrade that forgets something is told with its table, which agrees with its model all the same."""
    start = HEALTHY["alembic/versions/1_start.py"]
    forgets = start.replace('    op.drop_table("authors")\n', "")
    audit = audit_of({**HEALTHY, "alembic/versions/1_start.py": forgets})

    assert {(entry.group, entry.table) for entry in audit.findings} == {("history", "authors")}
    assert [len(table.findings) for table in audit.tables] == [1, 0]
    assert {table.state for table in audit.tables} == {State.CONSISTENT}
    assert _section(audit, "Verdict") == (
        "⚠️ **DRIFTED**. Models and migrations say the same; 1 finding is in the history alone, and it is no error."
    )
    assert _section(audit, "Conclusion") == (
        "The schema is **DRIFTED**, with 1 WARNING, in the history alone. "
        "Both tables with a model agree with the migrations."
    )


def test_an_error_of_a_downgrade_makes_no_table_differ() -> None:
    """What fails on the way back says nothing against the two halves, and the verdict says what fails."""
    start = HEALTHY["alembic/versions/1_start.py"]
    drops = "".join(f'    op.drop_constraint(None, "authors", type_="{one}")\n' for one in ("unique", "check") * 4)
    fails = start.replace("def downgrade():\n", f"def downgrade():\n{drops}")
    audit = audit_of({**HEALTHY, "alembic/versions/1_start.py": fails})

    assert {("null-constraint-name", "CRITICAL", "authors")} == {
        (entry.rule, entry.severity, entry.table) for entry in audit.findings
    }
    assert {State.CONSISTENT} == {table.state for table in audit.tables}
    assert _section(audit, "Verdict") == (
        "❌ **INCONSISTENT**. Not all revisions can be taken back: where a `downgrade()` fails, the way back ends."
    )
    assert "\n1. `null-constraint-name`, 8 times, on `authors`" in _section(audit, "Conclusion")


def test_drift_is_told_apart_from_the_history() -> None:
    """Only the table that differs is drifted, and the verdict counts what differs alone."""
    start = HEALTHY["alembic/versions/1_start.py"].replace('    op.drop_table("books")\n', "")
    models = HEALTHY["models.py"].replace(", index=True", "")
    audit = audit_of({**HEALTHY, "alembic/versions/1_start.py": start, "models.py": models})

    assert {entry.group for entry in audit.findings} == {"drift", "history"}
    assert [(table.key, table.state) for table in audit.tables] == [
        ("authors", State.CONSISTENT),
        ("books", State.DRIFTED),
    ]
    assert _section(audit, "Verdict") == (
        "⚠️ **DRIFTED**. Models and migrations differ (1 finding); 1 more is in the history alone. "
        "None of it is an error."
    )


def test_what_a_revision_cannot_do_leaves_no_table_consistent() -> None:
    """An operation that fails makes nothing: the table has no tick, whatever its columns say."""
    start = HEALTHY["alembic/versions/1_start.py"]
    fails = start.replace("\n\ndef downgrade", '    op.drop_column("books", "nope")\n\n\ndef downgrade')
    audit = audit_of({**HEALTHY, "alembic/versions/1_start.py": fails})

    assert [table.state for table in audit.tables] == [State.CONSISTENT, State.INCONSISTENT]


def test_unreached_model() -> None:
    """A model that env.py does not reach is named, and so is the import that it lacks."""
    audit = fixture("unreached-model")
    (model,) = audit.unreached

    assert (model.table, model.name) == ("revenue_snapshots", "RevenueSnapshot")
    assert [one.title for one in audit.recommendations] == ["Import `billing.reports.revenue` in env.py"]


BROKEN = {
    "no revisions": {"alembic/versions/1_start.py": ""},
    "a parent that is missing": {"alembic/versions/1_start.py": 'revision = "2"\ndown_revision = "1"\n'},
    "a cycle": {
        "alembic/versions/1_start.py": 'revision = "1"\ndown_revision = "2"\n',
        "alembic/versions/2.py": 'revision = "2"\ndown_revision = "1"\n',
    },
    "one id twice": {"alembic/versions/2.py": 'revision = "1"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n'},
    "no Python": {"alembic/versions/1_start.py": "revision = \n)(", "models.py": "class ("},
    "an env.py of nothing": {"alembic/env.py": ""},
}


@pytest.mark.parametrize("changed", BROKEN.values(), ids=BROKEN)
def test_broken_projects(changed: dict[str, str]) -> None:
    """Whatever is wrong with a project, there is an audit of it, and code that it recommends is Python."""
    audit = audit_of({**HEALTHY, **changed})

    assert render(audit).startswith("# Driftline audit: alembic\n")
    for one in audit.recommendations:
        for block in one.blocks:
            if block.language == "python":
                _run(block.code)


# ---------------------------------------------------------------------------------------------------------------------
# Recommendations

TWO_HEADS = files_of("""
#- models.py
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    __table_args__ = (CheckConstraint("price > 0", name="positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]
    note: Mapped[str | None]
#- alembic/versions/1.py
import sqlalchemy as sa
from alembic import op

revision = "01"
down_revision = None


def upgrade():
    price = sa.Column("price", sa.Integer(), nullable=False)
    op.create_table("items", sa.Column("id", sa.Integer(), primary_key=True), price)


def downgrade():
    op.drop_table("items")
#- alembic/versions/2.py
revision = "02"
down_revision = "01"


def upgrade():
    pass


def downgrade():
    pass
#- alembic/versions/3.py
revision = "03"
down_revision = "01"


def upgrade():
    pass


def downgrade():
    pass
""")


def test_heads_are_merged_first() -> None:
    """With two heads, the first recommendation merges them, and the others follow the merged one."""
    audit = audit_of(TWO_HEADS)
    named = [
        (names["revision"], names["down_revision"])
        for one in audit.recommendations
        for block in one.blocks
        for names in [_run(block.code)]
    ]

    assert named == [("04", ("02", "03")), ("05", "04"), ("06", "05")]


def test_revisions_follow_one_another() -> None:
    """Each recommended revision is Python, in a file of its own, behind the one before."""
    revisions = [block for one in audit_of(DRIFTED).recommendations for block in one.blocks if block.path is not None]
    chain = [(names["down_revision"], names["revision"]) for block in revisions for names in [_run(block.code)]]

    assert len({block.path for block in revisions}) == len(revisions) > 1
    assert chain == [(f"{number:04d}", f"{number + 1:04d}") for number in range(3, 3 + len(revisions))]
    assert all(str(block.path).startswith("alembic/versions/") for block in revisions)


def test_every_finding_has_a_recommendation() -> None:
    """What the small project gets wrong can be cured, all of it, the worst first."""
    audit = audit_of(DRIFTED)
    ranks = ["CRITICAL", "WARNING", "NOTE"]

    assert audit.uncured == ()
    assert sorted(entry.rule for one in audit.recommendations for entry in one.findings) == sorted(
        entry.rule for entry in audit.findings
    )
    assert [ranks.index(one.severity) for one in audit.recommendations] == sorted(
        ranks.index(one.severity) for one in audit.recommendations
    )


def test_template_is_not_run() -> None:
    """The project's `script.py.mako` is code, and no audit runs it."""
    mako = "<% raise SystemExit('executed') %>"
    audit = audit_of({**DRIFTED, "alembic/script.py.mako": mako})

    assert "executed" not in render(audit)


def test_filter_for_tables_without_models() -> None:
    """The function that keeps autogenerate from dropping tables leaves out just these, and only reflected ones."""
    (advice,) = [one for one in audit_of(DRIFTED).recommendations if one.severity == "NOTE"]
    include = _run(advice.blocks[0].code)["include_object"]

    class Reflected:
        key = "log_books"

    class Other:
        key = "ships"

    def included(item: object, kind: str, *, reflected: bool) -> bool:
        answer: bool = include(item, "any", kind, reflected, None)
        return answer

    assert not included(Reflected, "table", reflected=True)
    assert included(Reflected, "table", reflected=False)
    assert included(Other, "table", reflected=True)
    assert included(Reflected, "column", reflected=True)


def _run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(code, "recommended.py", "exec"), names)  # noqa: S102 -- recommended code is to be run
    return names


def test_what_is_left_to_the_author() -> None:
    """Where no cure is certain, the rule says once what its author has to decide, above its findings."""
    files = files_of("""
        #- models.py
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


        class Base(DeclarativeBase):
            pass


        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str | None]

        #- alembic/versions/0001_users.py
        import sqlalchemy as sa
        from alembic import op

        revision = "0001"
        down_revision = None


        def upgrade():
            op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))


        def downgrade():
            op.drop_table("users")

        #- alembic/versions/0002_name.py
        import sqlalchemy as sa
        from alembic import op

        revision = "0002"
        down_revision = "0001"


        def upgrade():
            op.add_column("users", sa.Column("name", sa.String()))


        def downgrade():
            op.execute("DELETE FROM users WHERE name IS NULL")
            op.drop_column("users", "nickname")
        """)
    audit = audit_of(files)
    lines = render(audit).split("\n")

    assert [one.rule for one in audit.uncured] == ["downgrade-not-inverse"]
    at = lines.index(f"`downgrade-not-inverse`: {DECISIONS['downgrade-not-inverse']}")
    assert lines[at + 2].startswith("- ⚠️ `downgrade-not-inverse`: ")
