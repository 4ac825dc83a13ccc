"""A history that is edited again and again is the one from scratch, at each of its points."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from driftline.engine.analyse import analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.sources.memory import MemorySource
from driftline.sources.overlay import OverlaySource
from tests.engine.test_growth import history
from tests.support.examples import examples

NOTHING = MemorySource()
GUARD = "def upgrade():\n    if sa.inspect(op.get_bind()).has_table('first'):\n        return"
TABLES = 4
REVISION_EDITS: list[tuple[str, str, str]] = [
    ('"to", sa.Integer()', '"to", sa.BigInteger()', "a type"),
    ("sa.String(10)", "sa.String(20)", "another type"),
    ('["to"])', '["id"])', "what an index is on"),
    ('create_index("ix_', 'create_index("iy_', "the name of an index"),
    ('["id"])', '["to"])', "what a key refers to"),
    ('rename_table("u', 'rename_table("v', "which table is renamed"),
    ('create_table("u', 'create_table("w', "which table is created"),
    ("def upgrade():", "def upgrade():\n    op.create_table('first', sa.Column('x', sa.Integer()))", "one table more"),
    ("def upgrade():", "def upgrade():\n    op.execute('CREATE VIEW v AS SELECT 1')", "a view"),
    ("def upgrade():", "def upgrade():\n    sa.Enum('a', 'b', name='e').create(op.get_bind())", "a type of its own"),
    ("def downgrade():", "def downgrade():\n    op.drop_table('first')", "another downgrade"),
    (
        "def upgrade():",
        "def upgrade():\n    if sa.inspect(op.get_bind()).has_table('first'):\n        return",
        "a guard",
    ),
    ("def upgrade():", "def upgrade(:", "no program"),
]
"""What stands in a revision, what comes instead, and what that is; applied again it is undone."""


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 6 * TABLES - 1), st.sampled_from(REVISION_EDITS)), min_size=1, max_size=3),
        max_size=8,
    )
)
@hypothesis_settings(max_examples=examples(30))
def test_a_history_that_is_edited_is_the_one_from_scratch(edits: list[list[tuple[int, tuple[str, str, str]]]]) -> None:
    """Whichever revisions say something else: states, steps, downgrades and findings are those of a new session."""
    files = {path: str(text) for path, text in history(TABLES).items()}
    session = Session(OverlaySource(NOTHING, files))
    for several in [[], *edits]:
        for at, (old, new, _) in several:
            path = f"/many/alembic/versions/{at:04}.py"
            text = files[path]
            files = {**files, path: text.replace(new, old) if new in text else text.replace(old, new)}
        session.source = OverlaySource(NOTHING, files)

        assert told_in_full(Session(MemorySource(files))) == told_in_full(session)


def told_in_full(session: Session) -> list[object]:
    """What is known of each point of a history, and what is found."""
    (one,) = [analysis(work) for work in open_project("/many", session).works]
    states = one.migrated.states
    return [
        [(found.rule, found.message, found.origin, found.related) for found in one.findings],
        list(one.migrated.schema.tables.items()),
        [(step.revision, step.operations, dict(step.changed), step.events) for step in one.migrated.steps],
        [
            (list(state.schema.tables.items()), state.schema.enums, state.schema.incomplete, state.views)
            for state in map(states.at, range(len(one.migrated.steps) + 1))
        ],
        [(name, back.operations, dict(back.changed), back.problems) for name, back in one.downgrades.items()],
        [(unknown.reason, unknown.origin) for unknown in one.migrated.unknown],
        list(one.migrated.timelines.items()),
        one.migrated.problems,
    ]
