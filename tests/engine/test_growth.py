"""What an edit makes run does not grow with the project: asserted from counts, never from times."""

from __future__ import annotations

import gc
import sys
from collections import Counter

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.project import open_project
from driftline.migrations.passes import Following
from driftline.migrations.table_map import TableMap
from driftline.migrations.trie import Trie
from driftline.migrations.watched import WHOLE, Watching
from driftline.schema import Table
from driftline.sources.memory import MemorySource
from driftline.sources.overlay import OverlaySource
from tests.engine.test_reruns import ENV, MODEL, MODELS, Followed, revision

SMALL, LARGE, TABLE = 6, 24, 3


def history(tables: int) -> dict[str, str | bytes]:
    """Each table is created, indexed, altered, renamed and freed of its index, one operation a revision."""
    files: dict[str, str | bytes] = {
        "/many/alembic.ini": "[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql://x/y\n",
        "/many/alembic/env.py": ENV,
        "/many/models.py": MODELS + "".join(MODEL.format(n=n) for n in range(tables)),
    }
    rounds = (
        (
            'op.create_table("u{n}", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("to", sa.Integer()))',
            'op.drop_table("u{n}")',
        ),
        ('op.create_index("ix_{n}", "u{n}", ["to"])', 'op.drop_index("ix_{n}", table_name="u{n}")'),
        ('op.add_column("u{n}", sa.Column("name", sa.String(10)))', 'op.drop_column("u{n}", "name")'),
        (
            'op.create_foreign_key("fk_{n}", "u{n}", "u{before}", ["to"], ["id"])',
            'op.drop_constraint("fk_{n}", "u{n}", type_="foreignkey")',
        ),
        ('op.rename_table("u{n}", "t{n}")', 'op.rename_table("t{n}", "u{n}")'),
        ('op.drop_index("ix_{n}", table_name="t{n}")', 'op.create_index("ix_{n}", "t{n}", ["to"])'),
    )
    for at, (upgrade, downgrade) in enumerate(rounds):
        for n in range(tables):
            # Each two tables refer to one another's neighbour alone: what one edit reaches has an end.
            names = {"n": n, "before": n - 1 if n % 2 else n}
            files |= [revision(at * tables + n, upgrade.format(**names), downgrade.format(**names))]
    return files


def ran(tables: int, before: str, after: str, at: int) -> Counter[str]:
    """How often each thing runs after an edit of a table's revision, `at` rounds on."""
    followed = Followed(history(tables), "/many")
    again = followed.edit(f"alembic/versions/{at * tables + TABLE:04}.py", before, after)
    return Counter(kind for kind, _ in again.elements())


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ('"to", sa.Integer()', '"to", sa.BigInteger()', 0),
        ("sa.String(10)", "sa.String(20)", 2),
        ('["id"])', '["to"])', 3),
        ('op.create_index("ix_', 'op.create_index("iy_', 5),
    ],
)
def test_an_edit_costs_the_same_in_a_project_of_any_size(before: str, after: str, at: int) -> None:
    """What is followed, applied, judged and compared again is the same in four times as large a project."""
    small, large = ran(SMALL, before, after, at), ran(LARGE, before, after, at)

    assert small["revision"] > 0
    assert small == large


def test_rules_are_asked_about_the_revisions_that_an_edit_changes() -> None:
    """The revision that says something else, and those after it that look at its table."""
    followed = Followed(history(SMALL), "/many")

    again = followed.edit(f"alembic/versions/{2 * SMALL + 2:04}.py", "sa.String(10)", "sa.String(20)")

    asked = {key for kind, key in again if kind == "rule"}
    own = {f"{at * SMALL + 2:04}" for at in (2, 4, 5)}
    refers = {f"{at * SMALL + 3:04}" for at in (3, 4, 5)}  # the next table's key, whose target is this table
    assert own <= asked <= own | refers | {f"{3 * SMALL + 2:04}"}  # and its own key, to itself


def test_no_ordinary_operation_looks_at_all_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, references and renamed tables are looked up: no revision is affected by whatever table is changed."""
    reads: list[object] = []
    seen = Watching.seen

    def noting(self: Watching) -> object:
        doing = seen(self)
        reads.append(doing.reads)
        return doing

    monkeypatch.setattr(Watching, "seen", noting)

    Followed(history(SMALL), "/many")

    assert len(reads) == 2 * 6 * SMALL  # each upgrade and each downgrade
    assert [] == [one for one in reads if not isinstance(one, frozenset) or ("tables", WHOLE) in one]


def test_an_edit_leaves_the_steps_that_it_does_not_change_as_they_are() -> None:
    """They are the same objects, before it and behind it; the states know of the table that is another since."""
    followed = Followed(history(SMALL), "/many")
    (before,) = [analysis(work).migrated for work in open_project("/many", followed.session).works]
    at = 2 * SMALL + 2

    followed.edit(f"alembic/versions/{at:04}.py", "sa.String(10)", "sa.String(20)")
    (after,) = [analysis(work).migrated for work in open_project("/many", followed.session).works]

    others = {one.revision for one, other in zip(before.steps, after.steps, strict=True) if one is not other}
    own = {f"{round_ * SMALL + 2:04}" for round_ in (2, 4, 5)}
    assert own <= others <= own | {f"{3 * SMALL + 2:04}", f"{3 * SMALL + 3:04}"}  # and the keys from it and to it
    then, now = (one.states.after(f"{at:04}").schema.tables for one in (before, after))
    assert [("u2", "name")] == [
        (key, column.name) for key, table in now.items() for column in table.columns if column not in then[key].columns
    ]


@pytest.mark.parametrize(("before", "after", "at"), [('"to", sa.Integer()', '"to", sa.BigInteger()', 0)])
def test_states_that_nobody_looks_at_are_not_put_together(
    monkeypatch: pytest.MonkeyPatch, before: str, after: str, at: int
) -> None:
    """An edit at the beginning gives another state to each later revision; the tables of few of them are put in."""
    changes: list[str] = []
    put = TableMap.put

    def counting(self: TableMap, key: str, table: Table | None) -> TableMap:
        changes.append(key)
        return put(self, key, table)

    monkeypatch.setattr(TableMap, "put", counting)
    counts: list[int] = []
    for tables in (SMALL, LARGE):
        followed = Followed(history(tables), "/many")
        changes.clear()
        followed.edit(f"alembic/versions/{at * tables + TABLE:04}.py", before, after)
        counts.append(len(changes))

    assert counts[0] == counts[1]


def test_a_guard_is_not_followed_again_where_the_history_presumes_tables() -> None:
    """Such a history is gone through twice, and what a revision asks for may be answered otherwise each time."""
    files = history(SMALL)
    guarded = 'if not sa.inspect(op.get_bind()).has_table("elsewhere"):\n        op.execute("SELECT 1")'
    presuming = 'op.add_column("elsewhere", sa.Column("x", sa.Integer()))'
    files |= [revision(6 * SMALL, guarded, "pass"), revision(6 * SMALL + 1, presuming, "pass")]
    followed = Followed(files, "/many")

    again = [
        followed.edit("alembic/versions/0003.py", one, other) for one, other in (("Integer", "Text"), ("Text", "Date"))
    ]

    assert [{"/many/alembic/versions/0003.py"}] * 2 == [
        {key for kind, key in one if kind == "revision"} for one in again
    ]


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ('"to", sa.Integer()', '"to", sa.BigInteger()', 0),
        ('op.create_index("ix_{n}", "u{n}", ["to"])', 'op.create_index("ix_{n}", "u{n}", ["id"])', 1),
    ],
)
def test_revisions_that_an_edit_does_not_concern_are_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, before: str, after: str, at: int
) -> None:
    """The pass goes from one that it concerns to the next: as many in four times as large a project."""
    looked: list[int] = []
    look = Following.before

    def counting(self: Following) -> object:
        looked.append(1)
        return look(self)

    counts: list[int] = []
    monkeypatch.setattr(Following, "before", counting)
    for tables in (SMALL, LARGE):
        files = history(tables)
        source = MemorySource(files)
        followed = Followed({}, "/many")
        path = f"/many/alembic/versions/{at * tables + TABLE:04}.py"
        text = str(files[path])
        assert before.format(n=TABLE) in text
        # Like a server's, it knows which files can have changed.
        for buffers in ({}, {path: text.replace(before.format(n=TABLE), after.format(n=TABLE))}):
            looked.clear()
            followed.session.source = OverlaySource(source, buffers)
            followed.run()
        counts.append(len(looked))

    assert 0 < counts[0] < SMALL * 3
    assert counts[0] == counts[1]


def test_findings_that_an_edit_does_not_concern_are_the_same_objects() -> None:
    """So that whoever places, sorts or shows them can tell by that."""
    followed = Followed(history(SMALL), "/many")
    (before,) = [analysis(work).findings for work in open_project("/many", followed.session).works]

    followed.edit(f"alembic/versions/{2 * SMALL + 2:04}.py", "sa.String(10)", "sa.String(20)")
    (after,) = [analysis(work).findings for work in open_project("/many", followed.session).works]

    known = {id(one) for one in before}
    assert len(after) > SMALL
    assert {"u2", "t2"} >= {one.table for one in after if id(one) not in known}


def test_states_take_no_more_room_for_more_edits() -> None:
    """Each edit is taken back: what the states hold is what they held, however many tables have been edited so far."""
    followed = Followed(history(LARGE), "/many")
    held = []
    for table in range(LARGE):
        place = f"alembic/versions/{2 * LARGE + table:04}.py"
        followed.edit(place, "sa.String(10)", "sa.String(20)")
        followed.edit(place, "sa.String(20)", "sa.String(10)")
        held.append(_room_of_states())

    assert max(held[4:]) <= 1.05 * max(held[:4])


def test_objects_do_not_become_more_with_the_edits() -> None:
    """A type that changes in each table by turns, there and back: objects of ours are let go of as they come."""
    followed = Followed(history(SMALL), "/many")
    held = []
    for turn in range(6):
        for table in range(SMALL):
            place = f"alembic/versions/{2 * SMALL + table:04}.py"
            followed.edit(place, f"sa.String({10 + turn % 2})", f"sa.String({11 - turn % 2})")
        gc.collect()
        held.append(Counter(type(one).__qualname__ for one in gc.get_objects() if _is_ours(one)))

    assert Counter() == held[5] - held[1]


def _is_ours(one: object) -> bool:
    return str(type(one).__module__).startswith(("driftline.", "ast"))


def _room_of_states() -> int:
    """How many bytes all tables by key take, without the tables themselves."""
    gc.collect()
    waiting: list[object] = [one for one in gc.get_objects() if isinstance(one, TableMap)]
    seen: set[int] = set()
    room = 0
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and isinstance(one, TableMap | Trie | dict | tuple):
            seen.add(id(one))
            room += sys.getsizeof(one)
            waiting += gc.get_referents(one)
    return room
