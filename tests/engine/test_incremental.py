"""After any edits, a session says what a new one says; and it does not do again what the edits did not touch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from driftline.engine.analyse import analysis
from driftline.engine.analysis import Analysis
from driftline.engine.places import place_of
from driftline.engine.project import open_project
from driftline.engine.remembered import keep, remember
from driftline.engine.session import Session
from driftline.python.trees import Trees
from driftline.schema.document import schema_document
from driftline.sources.memory import MemorySource
from driftline.sources.overlay import OverlaySource
from tests.engine import shop
from tests.support.examples import examples

PROBLEMS = "problems"


def told(session: Session, root: str = shop.ROOT) -> dict[str, Any]:
    """Everything that a session says of the project below `root`, with all places, as plain data."""
    project = open_project(root, session)
    environments = [_told(analysis(work)) for work in project.works]
    return {PROBLEMS: [(one.path, one.line, one.message) for one in project.problems], "environments": environments}


def _told(one: Analysis) -> dict[str, Any]:
    return {
        "environment": one.environment.label,
        "dialect": one.dialect,
        "findings": [
            (
                finding.rule,
                finding.level.value,
                finding.message,
                place_of(finding, one),
                [(related.message, one.locate(related.origin)) for related in finding.related],
            )
            for finding in one.findings
        ],
        "declared": json.dumps(schema_document(one.declared.schema, declared=True)),
        "unreached": sorted(one.declared.unreached),
        "migrated": json.dumps(schema_document(one.migrated.schema)),
        "columns": {
            (side, key, column.name): one.locate(column.origin)
            for side, schema in (("declared", one.declared.schema), ("migrated", one.migrated.schema))
            for key, table in schema.tables.items()
            for column in table.columns
        },
        "timelines": {
            key: [
                (event.revision, event.operation.summary, event.applied, one.locate(event.operation.origin))
                for event in events
            ]
            for key, events in one.migrated.timelines.items()
        },
        "reads": (sorted(one.declared.reads), sorted(one.migrated.reads)),
        "graph": (one.graph.order, one.graph.heads, one.graph.missing),
        "unknown": sorted((unknown.reason, str(one.locate(unknown.origin))) for unknown in one.unknown),
    }


# ---------------------------------------------------------------------------------------------------------------------
# The same as from scratch

EDITS: list[tuple[str, str, str]] = [
    ("shop/models/customer.py", "String(40)", "String(60)"),
    ("shop/models/customer.py", "    email:", "    # a comment\n    email:"),
    ("shop/models/customer.py", "(String(40))", "(String(40))  # driftline: ignore[missing-column]"),
    ("shop/models/customer.py", "class Customer(Base):", "class Customer(Base:"),
    ("shop/models/customer.py", "from shop.db import Base", "from shop.base import Base"),
    ("shop/models/order.py", "index=True,", "index=True, unique=True,"),
    ("shop/models/order.py", "class Order(Stamped, Base)", "class Order(Base)"),
    ("shop/models/__init__.py", "from shop.models.order import Order\n", ""),
    ("shop/db.py", "class Stamped:\n", "class Stamped:\n    deleted_at: Mapped[datetime | None]\n"),
    ("shop/db.py", "class Base(DeclarativeBase):\n    pass", "class Base(DeclarativeBase):\n    'A base.'"),
    ("shop/columns.py", '"updated_at"', '"changed_at"'),
    ("alembic/env.py", "target_metadata = Base.metadata", "target_metadata = None"),
    ("alembic.ini", "postgresql://", "sqlite://"),
    ("alembic.ini", "script_location = alembic", "script_location = gone"),
    ("alembic/versions/0001_customers.py", "String(255)", "String(200)"),
    ("alembic/versions/0001_customers.py", "from alembic import op", "from alembic import op\nimport shop.columns"),
    ("alembic/versions/0002_orders.py", 'down_revision = "0001"', 'down_revision = "0000"'),
    ("alembic/versions/0002_orders.py", "    op.create_index(", "    # why\n    op.create_index("),
    ("alembic/versions/0003_total.py", 'op.drop_index("ix_orders_customer_id", "orders")', "pass"),
    ("alembic/versions/0003_total.py", 'revision = "0003"', 'revision = "0002"'),
    ("alembic/versions/0003_total.py", "nullable=True))\n", "nullable=True))\n    op.drop_table('customers')\n"),
    (
        "alembic/versions/0003_total.py",
        "def upgrade():",
        "def upgrade():\n    if sa.inspect(op.get_bind()).has_table('x'):\n        return",
    ),
    (
        "alembic/versions/0003_total.py",
        'op.drop_index("ix_orders_customer_id", "orders")',
        'op.rename_table("orders", "x")',
    ),
    ("alembic/versions/0001_customers.py", 'op.create_table(\n        "customers"', 'op.create_table(\n        "x"'),
]
"""A file, what stands in it, and what comes instead; applied again it is undone."""

WHOLE: list[tuple[str, str]] = [
    ("driftline.toml", 'ignore = ["missing-column"]\n'),
    ("driftline.toml", "selekt = 1\n"),
    ("pyproject.toml", '[tool.driftline]\ndialect = "mysql"\n'),
    ("shop/base.py", "from shop.db import Base\n"),
    ("shop/models.py", "raise SystemExit\n"),
    ("sqlalchemy/__init__.py", "Integer = None\n"),
    ("alembic/versions/0004_more.py", 'revision = "0004"\ndown_revision = "0003"\n\ndef upgrade():\n    pass\n'),
    ("alembic/versions/0005_broken.py", 'revision = "0005"\ndown_revision = \n'),
    ("other/alembic.ini", "[alembic]\nscript_location = ../alembic\n"),
]
"""Files that come and go."""


class Edits(RuleBasedStateMachine):
    """Edits a project in memory at random; one session follows, and is held against a new one after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.source = MemorySource()
        self.session = self.new()

    def new(self) -> Session:
        """A process begins."""
        return Session(self.source)

    @initialize()
    def start(self) -> None:
        """The project as it is."""
        for path, text in shop.in_memory().items():
            self.source.write(path, text)

    @rule(edit=st.sampled_from(EDITS))
    def edit(self, edit: tuple[str, str, str]) -> None:
        """Change a part of a file, or change it back."""
        self._edit(edit)

    def _edit(self, edit: tuple[str, str, str]) -> None:
        place, old, new = edit
        path = f"{shop.ROOT}/{place}"
        file = self.source.read(path)
        text = getattr(file, "text", "")
        if new and new in text:
            self.source.write(path, text.replace(new, old))
        elif old in text:
            self.source.write(path, text.replace(old, new))

    @rule(edits=st.lists(st.sampled_from(EDITS), min_size=2, max_size=8, unique=True))
    def check_out(self, edits: list[tuple[str, str, str]]) -> None:
        """Change many files at once, as a checkout does."""
        for one in edits:
            self._edit(one)

    @rule(file=st.sampled_from(WHOLE))
    def come_or_go(self, file: tuple[str, str]) -> None:
        """Add a file, or take it away."""
        place, text = file
        path = f"{shop.ROOT}/{place}"
        if self.source.is_file(path):
            self.source.delete(path)
        else:
            self.source.write(path, text)

    @rule(place=st.sampled_from(sorted(shop.FILES)))
    def delete_or_restore(self, place: str) -> None:
        """Delete a file of the project, or put it back as it was at first."""
        path = f"{shop.ROOT}/{place}"
        if self.source.is_file(path):
            self.source.delete(path)
        else:
            self.source.write(path, shop.FILES[place])

    @rule(place=st.sampled_from(["shop/models/order.py", "alembic/versions/0003_total.py", "shop/columns.py"]))
    def rename(self, place: str) -> None:
        """Rename a file, or name it back."""
        path, other = f"{shop.ROOT}/{place}", f"{shop.ROOT}/{place.removesuffix('.py')}_moved.py"
        for one, new in ((path, other), (other, path)):
            if self.source.is_file(one) and not self.source.is_file(new):
                self.source.rename(one, new)
                return

    @rule()
    def restart(self) -> None:
        """The process ends, and another one takes over what it has kept."""
        for work in open_project(shop.ROOT, self.session).works:
            keep(work)
        self.session = self.new()
        for work in open_project(shop.ROOT, self.session).works:
            remember(work)

    @rule()
    def look_again(self) -> None:
        """Nothing happens: nothing runs."""
        told(self.session)
        before = len(self.session.ran)
        told(self.session)
        assert self.session.ran[before:] == []

    @invariant()
    def the_same_as_from_scratch(self) -> None:
        """The session that followed says what a new one says."""
        assert told(self.session) == told(Session(self.source.copy()))


Edits.TestCase.settings = hypothesis_settings(max_examples=examples(12), stateful_step_count=12)
TestEdits = Edits.TestCase


class EditsWithoutRoom(Edits):
    """The same where no syntax tree but the latest is held: all others are parsed again whenever somebody asks."""

    def new(self) -> Session:
        """A process begins."""
        return Session(self.source, trees=Trees(0, latest=1))


EditsWithoutRoom.TestCase.settings = hypothesis_settings(max_examples=examples(8), stateful_step_count=10)
TestEditsWithoutRoom = EditsWithoutRoom.TestCase


class EditsInAServer(Edits):
    """The same where the source knows what has changed, as a server's does: what has not is not even looked at."""

    @invariant()
    def the_same_as_from_scratch(self) -> None:
        """The session that followed says what a new one says."""
        texts = {path: getattr(self.source.read(path), "text", "") for path in self.source.paths}
        self.session.source = OverlaySource(NOTHING, texts)
        assert told(self.session) == told(Session(self.source.copy()))


NOTHING = MemorySource()
EditsInAServer.TestCase.settings = hypothesis_settings(max_examples=examples(12), stateful_step_count=12)
TestEditsInAServer = EditsInAServer.TestCase


# ---------------------------------------------------------------------------------------------------------------------
# What runs again


@pytest.fixture
def followed() -> tuple[MemorySource, Session]:
    """The project, and a session that has analysed it."""
    source = MemorySource(shop.in_memory())
    session = Session(source)
    told(session)
    session.ran.clear()
    return source, session


def edited(source: MemorySource, place: str, old: str, new: str) -> None:
    """Change a part of a file, which is there."""
    path = f"{shop.ROOT}/{place}"
    file = source.read(path)
    text = getattr(file, "text", "")
    assert old in text
    source.write(path, text.replace(old, new))


def stages(session: Session) -> list[str]:
    """The stages that ran, without the parsing."""
    return [stage for stage, _ in session.ran if stage != "parse"]


def parsed(session: Session) -> list[str]:
    """The places that were parsed."""
    return [path.removeprefix(f"{shop.ROOT}/") for stage, path in session.ran if stage == "parse"]


def test_each_file_is_parsed_once(followed: tuple[MemorySource, Session]) -> None:
    """From scratch, no file is parsed twice, and none that nobody needs."""
    source, _ = followed
    source.write(f"{shop.ROOT}/tools/build.py", "print(1)\n")
    session = Session(source)

    told(session)

    assert len(parsed(session)) == len(set(parsed(session)))
    assert "tools/build.py" not in parsed(session)


def test_a_comment_in_a_model_ends_at_the_models(followed: tuple[MemorySource, Session]) -> None:
    """One file is parsed, and what was declared comes out the same: no replay, no comparison, no rules."""
    source, session = followed

    edited(source, "shop/models/customer.py", "    email:", "    # a comment\n    email:")
    told(session)

    assert parsed(session) == ["shop/models/customer.py"]
    assert {"replay", "compare", "rules", "graph"} & set(stages(session)) == set()


def test_a_comment_in_a_revision_ends_at_the_replay(followed: tuple[MemorySource, Session]) -> None:
    """The models are not read again, and nothing is compared."""
    source, session = followed

    edited(source, "alembic/versions/0001_customers.py", "    op.create_table(", "    # why\n    op.create_table(")
    told(session)

    assert parsed(session) == ["alembic/versions/0001_customers.py"]
    assert {"models", "compare", "rules"} & set(stages(session)) == set()


def test_an_edit_of_a_revision_leaves_the_models_alone(followed: tuple[MemorySource, Session]) -> None:
    """The models are not read again."""
    source, session = followed

    edited(source, "alembic/versions/0001_customers.py", "String(255)", "String(200)")
    told(session)

    assert parsed(session) == ["alembic/versions/0001_customers.py"]
    assert "models" not in stages(session)
    assert {"replay", "compare", "rules"} <= set(stages(session))


def test_a_module_that_another_revision_imported_first(followed: tuple[MemorySource, Session]) -> None:
    """What was read of a module that several revisions import does not depend on which of them was followed first."""
    source, _ = followed
    place, old, new = "alembic/versions/0001_customers.py", "from alembic import op", "import shop.columns"
    edited(source, place, old, f"{old}\n{new}")
    session = Session(source)
    told(session)

    edited(source, place, new, "")

    assert told(session) == told(Session(source.copy()))
    assert f"{shop.ROOT}/shop/columns.py" in told(session)["environments"][0]["reads"][1]


def test_an_edit_of_a_model_parses_it_alone(followed: tuple[MemorySource, Session]) -> None:
    """The revisions are not parsed again, and their graph is not read again."""
    source, session = followed

    edited(source, "shop/models/order.py", "Numeric(10, 2)", "Numeric(12, 2)")
    told(session)

    assert parsed(session) == ["shop/models/order.py"]
    assert "graph" not in stages(session)


def test_a_file_that_nobody_reads_makes_nothing_run(followed: tuple[MemorySource, Session]) -> None:
    """A new module in a package that nothing imports concerns the search for environments at most."""
    source, session = followed

    edited(source, "alembic/script.py.mako", "", "x")
    told(session)

    assert session.ran == []


def test_a_settings_file_runs_the_rules_again(followed: tuple[MemorySource, Session]) -> None:
    """Nothing is read or compared again for another selection."""
    source, session = followed

    source.write(f"{shop.ROOT}/driftline.toml", 'ignore = ["missing-column"]\n')
    told(session)

    assert parsed(session) == []
    assert {"models", "replay", "graph", "compare"} & set(stages(session)) == set()
    assert "rules" in stages(session)
