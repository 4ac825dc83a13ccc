"""What runs again after an edit: asserted from what the session says it began, never from times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from driftline.engine.session import Session
from driftline.sources.disk import DiskSource
from driftline.sources.memory import MemorySource
from driftline.sources.overlay import OverlaySource
from tests.engine import shop
from tests.engine.test_incremental import edited, told

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass

"""
MODEL = """
class T{n}(Base):
    __tablename__ = "t{n}"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]

"""
ENV = "from alembic import context\nimport models\n\ntarget_metadata = models.Base.metadata\n"
REVISION = '''\
"""{message}"""
import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {down!r}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
'''
TABLES = 6


def revision(at: int, upgrade: str, downgrade: str) -> tuple[str, str]:
    """A revision file that follows the one before it: its path and text."""
    down = f"{at - 1:04}" if at else None
    text = REVISION.format(message=f"revision {at}", id=f"{at:04}", down=down, upgrade=upgrade, downgrade=downgrade)
    return f"/many/alembic/versions/{at:04}.py", text


def many(tables: int = TABLES) -> dict[str, str | bytes]:
    """A project that creates `tables` tables, one a revision, and then adds a column to each, one a revision."""
    files: dict[str, str | bytes] = {
        "/many/alembic.ini": "[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql://x/y\n",
        "/many/alembic/env.py": ENV,
        "/many/models.py": MODELS + "".join(MODEL.format(n=n) for n in range(tables)),
    }
    for n in range(tables):
        create = f'op.create_table("t{n}", sa.Column("id", sa.Integer(), primary_key=True))'
        files |= [revision(n, create, f'op.drop_table("t{n}")')]
        add = f'op.add_column("t{n}", sa.Column("name", sa.String(), nullable=True))'
        files |= [revision(tables + n, add, f'op.drop_column("t{n}", "name")')]
    return files


class Followed:
    """A project in memory and a session that has analysed it; `ran` gives what an edit makes run."""

    def __init__(self, files: Mapping[str, str | bytes], root: str) -> None:
        self.root = root
        self.source = MemorySource(files)
        self.session = Session(self.source)
        self.run()

    def run(self) -> Counter[tuple[str, str]]:
        """What runs now, as (what, key)."""
        from driftline.engine.analyse import analysis
        from driftline.engine.project import open_project

        before = len(self.session.ran)
        for work in open_project(self.root, self.session).works:
            analysis(work)
        return Counter(self.session.ran[before:])

    def edit(self, place: str, old: str, new: str) -> Counter[tuple[str, str]]:
        """What runs after a part of a file was replaced."""
        path = f"{self.root}/{place}"
        text = getattr(self.source.read(path), "text", "")
        assert old in text
        self.source.write(path, text.replace(old, new))
        return self.run()


def keys(ran: Counter[tuple[str, str]], what: str) -> list[str]:
    """The keys of one kind, sorted, each as often as it ran."""
    return sorted(key for (kind, key), times in ran.items() if kind == what for _ in range(times))


def test_from_scratch_each_part_runs_once() -> None:
    """Every revision is followed and applied once, every table is compared once, every file is parsed once."""
    session = Session(MemorySource(many()))
    followed = Followed(many(), "/many")
    del session
    ran = Counter(followed.session.ran)

    assert [f"{n:04}" for n in range(2 * TABLES)] == keys(ran, "apply")
    assert [f"t{n}" for n in range(TABLES)] == keys(ran, "pair")
    assert {1} == {times for (kind, _), times in ran.items() if kind == "parse"}
    # Its upgrade and its downgrade.
    assert {2} == {times for (kind, _), times in ran.items() if kind == "revision"}


def test_an_edit_of_a_revision_follows_it_alone_and_replays_the_tables_it_touches() -> None:
    """Of twelve revisions, the one that creates the table and the one that alters it are applied, on that table."""
    followed = Followed(many(), "/many")

    ran = followed.edit("alembic/versions/0003.py", "sa.Integer()", "sa.BigInteger()")

    path = "/many/alembic/versions/0003.py"
    assert [path] == keys(ran, "parse")
    assert [path, path] == keys(ran, "revision")
    assert ["0003", "0009"] == keys(ran, "apply")
    assert {"t3"} == set(keys(ran, "table"))
    assert ["t3"] == keys(ran, "pair")
    assert [] == keys(ran, "models")


def test_an_edit_without_effect_on_its_table_replays_that_revision_alone() -> None:
    """What a revision leaves behind is as before: no later one is applied, and nothing is compared."""
    followed = Followed(many(), "/many")

    ran = followed.edit("alembic/versions/0003.py", "op.create_table(", 'op.execute("SELECT 1")\n    op.create_table(')

    assert ["0003"] == keys(ran, "apply")
    assert [] == keys(ran, "pair")


def test_an_edit_of_a_model_compares_its_table_alone() -> None:
    """No revision is followed or applied."""
    followed = Followed(many(), "/many")

    ran = followed.edit("models.py", '"t3"\n\n    id: Mapped[int]', '"t3"\n\n    id: Mapped[str]')

    assert ["t3"] == keys(ran, "pair")
    assert [] == keys(ran, "revision") + keys(ran, "apply") + keys(ran, "graph")


def test_comments_and_layout_are_parsed_and_nothing_more() -> None:
    """In a model, a revision, a mixin: no stage runs. Finding environments looks at env.py's text, and ends there."""
    followed = Followed(shop.in_memory(), shop.ROOT)
    edits = [
        ("shop/models/order.py", "index=True,", "index = True,  # why"),
        ("alembic/versions/0002_orders.py", "def upgrade():\n", "def upgrade():\n    # first\n\n"),
        ("shop/db.py", "class Stamped:\n", "# all have it\nclass Stamped:\n"),
        ("alembic/env.py", "target_metadata = Base.metadata", "target_metadata = (Base.metadata)"),
    ]
    for place, old, new in edits:
        ran = followed.edit(place, old, new)
        ran.pop(("discover", shop.ROOT), None)
        assert Counter({("parse", f"{shop.ROOT}/{place}"): 1}) == ran


def test_a_save_without_a_change_does_nothing() -> None:
    """The same text written again makes nothing run."""
    followed = Followed(shop.in_memory(), shop.ROOT)

    assert Counter() == followed.edit("shop/models/order.py", "index=True,", "index=True,")


def test_a_new_revision_at_the_end_is_the_only_one_that_is_applied() -> None:
    """The others are passed over; the graph is read from the new file alone."""
    followed = Followed(many(), "/many")
    path, text = revision(2 * TABLES, 'op.drop_column("t5", "name")', "pass")

    followed.source.write(path, text)
    ran = followed.run()

    assert [path] == keys(ran, "parse")
    assert [f"{2 * TABLES:04}"] == keys(ran, "apply")
    assert ["t5"] == keys(ran, "pair")


def test_a_revision_that_is_gone_takes_along_what_it_did() -> None:
    """Where the last revision of a branch is deleted, its table alone is compared again, and nothing is applied."""
    followed = Followed(many(), "/many")

    followed.source.delete("/many/alembic/versions/0011.py")
    ran = followed.run()

    assert [] == keys(ran, "apply")
    assert ["t5"] == keys(ran, "pair")


def test_a_checkout_of_300_files_is_one_recomputation() -> None:
    """Each stage runs once; each file is parsed once, each revision applied once, each table compared once."""
    followed = Followed(many(150), "/many")
    changed = [f"/many/alembic/versions/{n:04}.py" for n in range(300)]
    for path in changed:
        text = getattr(followed.source.read(path), "text", "")
        followed.source.write(path, text.replace("sa.Integer()", "sa.BigInteger()").replace("String()", "String(9)"))

    ran = followed.run()

    assert {1} == {times for (kind, _), times in ran.items() if kind in ("graph", "replay", "compare", "rules")}
    assert changed == keys(ran, "parse")
    assert sorted([*changed, *changed]) == keys(ran, "revision")
    assert [f"{n:04}" for n in range(300)] == keys(ran, "apply")
    assert sorted(f"t{n}" for n in range(150)) == keys(ran, "pair")
    assert [] == keys(ran, "models")


def test_an_edit_of_a_mixin_compares_the_tables_that_have_it() -> None:
    """The models are evaluated once, no revision is followed or applied, and one of two tables is compared."""
    followed = Followed(shop.in_memory(), shop.ROOT)

    ran = followed.edit("shop/db.py", "class Stamped:\n", "class Stamped:\n    gone_at: Mapped[datetime | None]\n")

    assert [f"{shop.ROOT}/shop/db.py"] == keys(ran, "parse")
    assert 1 == len(keys(ran, "models"))
    assert [] == keys(ran, "revision") + keys(ran, "apply") + keys(ran, "graph")
    assert ["orders"] == keys(ran, "pair")


def test_an_edit_of_env_py_evaluates_the_models_and_follows_no_revision() -> None:
    """Where it declares the same, nothing behind that runs; where it adds a table, no other one is compared again."""
    followed = Followed(many(), "/many")
    more = "import models\nfrom sqlalchemy import Table\n"

    same = followed.edit("alembic/env.py", "import models\n", more)
    other = followed.edit("alembic/env.py", more, f'{more}Table("t9", models.Base.metadata)\n')

    for ran in (same, other):
        assert ["/many/alembic/env.py"] == keys(ran, "parse")
        assert 1 == len(keys(ran, "models"))
        assert [] == keys(ran, "revision") + keys(ran, "apply") + keys(ran, "graph")
    assert [] == keys(same, "compare") + keys(same, "rules")
    assert (1, []) == (len(keys(other, "compare")), keys(other, "pair"))


def test_an_edit_of_alembic_ini_parses_nothing() -> None:
    """A comment runs the search for environments; another dialect everything, from the trees that there are."""
    followed = Followed(many(), "/many")

    comment = followed.edit("alembic.ini", "[alembic]\n", "[alembic]\n# ours\n")
    dialect = followed.edit("alembic.ini", "postgresql://", "sqlite://")

    assert Counter({("discover", "/many"): 1}) == comment
    assert [] == keys(dialect, "parse")
    assert {2} == {times for (kind, _), times in dialect.items() if kind == "revision"}
    assert 2 * TABLES == len(keys(dialect, "apply"))


def test_a_checkout_of_some_files_does_what_they_touch() -> None:
    """Each stage runs once, and only what the files touch is done again."""
    followed = Followed(many(), "/many")
    for n in (1, 2, 4):
        path = f"/many/alembic/versions/{n:04}.py"
        text = getattr(followed.source.read(path), "text", "")
        followed.source.write(path, text.replace("sa.Integer()", "sa.BigInteger()"))

    ran = followed.run()

    assert {1} == {times for (kind, _), times in ran.items() if kind in ("graph", "replay", "compare", "rules")}
    assert ["0001", "0002", "0004", "0007", "0008", "0010"] == keys(ran, "apply")
    assert ["t1", "t2", "t4"] == keys(ran, "pair")


def test_a_helper_that_revisions_share_is_followed_where_it_is_used() -> None:
    """An edit of the helper follows the revision that imports it, and no other."""
    followed = Followed(shop.in_memory(), shop.ROOT)

    ran = followed.edit("shop/columns.py", '"updated_at"', '"changed_at"')

    path = f"{shop.ROOT}/alembic/versions/0002_orders.py"
    assert {path} == set(keys(ran, "revision"))


def test_what_a_revision_does_to_a_shared_module_is_its_own_business() -> None:
    """A helper with a memory says the same to each revision, so the order of following is no matter."""
    files = many() | {
        "/many/names.py": "seen = []\n\n\ndef name():\n    seen.append(1)\n    return 'c%d' % len(seen)\n"
    }
    for n in (0, 1):
        add = f'from names import name\n    op.add_column("t{n}", sa.Column(name(), sa.String()))'
        files |= [revision(TABLES + n, add, "pass")]
    followed = Followed(files, "/many")

    followed.edit("alembic/versions/0007.py", "sa.String()", "sa.Text()")

    fresh = Followed(
        {**files, "/many/alembic/versions/0007.py": _text(followed, "/many/alembic/versions/0007.py")}, "/many"
    )
    assert _columns(fresh) == _columns(followed)
    assert ["c1"] == _columns(followed)["t0"]
    assert ["c1"] == _columns(followed)["t1"]


def _text(followed: Followed, path: str) -> str:
    return str(getattr(followed.source.read(path), "text", ""))


def _columns(followed: Followed) -> dict[str, list[str]]:
    from driftline.engine.analyse import migrated
    from driftline.engine.project import open_project

    (work,) = open_project(followed.root, followed.session).works
    tables = migrated(work).schema.tables
    return {key: [one.name for one in table.columns if one.name not in ("id", "name")] for key, table in tables.items()}


def test_typing_in_a_buffer_does_not_look_at_the_disk() -> None:
    """The new texts of the buffers are all that may have changed, where the snapshot under them is the same."""
    disk = DiskSource()
    before = OverlaySource(disk, {__file__: "one"})

    assert frozenset() == OverlaySource(disk, {__file__: "one"}).changed_since(before)
    assert frozenset({__file__}) == OverlaySource(disk, {__file__: "two"}).changed_since(before)
    assert frozenset({__file__}) == OverlaySource(disk, {}).changed_since(before)
    assert OverlaySource(disk, {"/no/such.py": ""}).changed_since(before) is None


def test_the_session_still_says_what_a_new_one_says() -> None:
    """After the edits of these tests, too."""
    source = MemorySource(shop.in_memory())
    session = Session(source)
    told(session)

    edited(source, "shop/columns.py", '"updated_at"', '"changed_at"')

    assert told(Session(source.copy())) == told(session)


def test_a_file_that_a_program_reads_is_not_parsed() -> None:
    """Whether a project can be read is asked of its programs; a long text of another kind takes long to refuse."""
    from driftline.engine.analyse import unreadable
    from driftline.engine.project import open_project

    files = many()
    models = 'from pathlib import Path\n\nNAMES = (Path(__file__).parent / "names.yml").read_text()\n'
    files |= {"/many/models.py": models + str(files["/many/models.py"]), "/many/names.yml": "---\ncore: it's\n"}
    session = Session(MemorySource(files))
    (work,) = open_project("/many", session).works

    assert unreadable(work) == ()
    assert "/many/names.yml" in dict(session.trace_of("models", work.key).reads)
    assert [key for what, key in session.ran if what == "parse" and not key.endswith(".py")] == []
