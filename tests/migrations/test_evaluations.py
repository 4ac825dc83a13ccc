"""What following revisions gave is kept for as long as it is what following them again would give."""

from __future__ import annotations

from tests.engine.test_reruns import TABLES, Followed, keys, many, revision


def test_nothing_grows_with_the_number_of_edits() -> None:
    """After many edits of a revision, as much is kept as after a few."""
    followed = Followed(many(), "/many")
    sizes = []
    for at in range(30):
        old, new = ("sa.Integer()", "sa.BigInteger()") if at % 2 == 0 else ("sa.BigInteger()", "sa.Integer()")
        followed.edit("alembic/versions/0003.py", old, new)
        kept = next(one for one in followed.session._memories.values() if type(one).__name__ == "Evaluations")
        sizes.append(
            (
                len(kept._kept.all),
                len(kept.undone.known),
                [len(one.passed) for one in kept.passes],
                len(kept._world.rests.queries),
            )
        )

    assert sizes[3] == sizes[-1]


def test_a_module_that_appears_is_seen() -> None:
    """A revision that imported what was not there is followed again, and no other."""
    files = many()
    path, text = revision(0, 'from later import name\n    op.create_table(name, sa.Column("id", sa.Integer()))', "pass")
    followed = Followed(files | {path: text}, "/many")

    followed.source.write("/many/later.py", 'name = "t0"\n')
    ran = followed.run()

    assert {path} == set(keys(ran, "revision"))


def test_a_revision_that_is_gone_is_forgotten() -> None:
    """Nothing is kept of a file that is no revision any more."""
    followed = Followed(many(), "/many")
    path = f"/many/alembic/versions/{2 * TABLES - 1:04}.py"

    followed.source.delete(path)
    followed.run()

    kept = next(one for one in followed.session._memories.values() if type(one).__name__ == "Evaluations")
    assert path not in {file for file, _ in kept._kept.all}


def test_a_revision_that_asks_for_the_state_is_followed_again_only_if_its_answer_may_be_another() -> None:
    """`has_table` of one table has nothing to do with an edit of another."""
    files = many()
    guard = (
        'if not sa.inspect(op.get_bind()).has_table("t1"):\n        op.create_table("x", sa.Column("id", sa.Integer()))'
    )
    files |= [revision(2 * TABLES, guard, "pass")]
    followed = Followed(files, "/many")

    ran = followed.edit("alembic/versions/0003.py", "sa.Integer()", "sa.BigInteger()")
    assert ["0003", "0009"] == keys(ran, "apply")

    ran = followed.edit("alembic/versions/0001.py", 'op.create_table("t1"', 'op.create_table("u1"')
    assert f"{2 * TABLES:04}" in keys(ran, "apply")
    assert f"/many/alembic/versions/{2 * TABLES:04}.py" in keys(ran, "revision")


def test_a_revision_that_creates_what_the_models_declare_follows_them() -> None:
    """`metadata.create_all` is followed again when a model changes, in a module that the revision does not import."""
    files = many()
    base = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
    files |= {
        "/many/base.py": base,
        "/many/models.py": str(files["/many/models.py"]).replace(
            "class Base(DeclarativeBase):\n    pass\n", "from base import Base\n"
        ),
    }
    files |= [revision(2 * TABLES, "import base\n    base.Base.metadata.create_all(op.get_bind())", "pass")]
    followed = Followed(files, "/many")

    ran = followed.edit("models.py", '__tablename__ = "t0"', '__tablename__ = "v0"')

    assert f"/many/alembic/versions/{2 * TABLES:04}.py" in keys(ran, "revision")
