"""A file of which only parts parse is read as far as they go, and nothing rests on what the rest may say."""

from __future__ import annotations

import pytest

from driftline.engine.analysis import Analysis
from tests.support.project import DEFAULTS, analyses, files_of, findings

REVISION = """
from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table(
        "things",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("owner", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
    )
    op.create_table("others", sa.Column("id", sa.Integer(), primary_key=True))
"""

MODELS = """
#- models.py
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)

class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int = mapped_column(sa.ForeignKey("users.id"))
    name: Mapped[int]
"""

WHOLE = """
import models
from sqlalchemy.orm import Mapped, mapped_column

class Other(models.Base):
    __tablename__ = "others"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
"""


LOST = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Thing(Named, Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


def _project(models: str, **more: str) -> dict[str, str]:
    return {**files_of(models), "alembic/versions/0001.py": REVISION, **more}


def _found(files: dict[str, str]) -> set[tuple[str, str | None, str | None]]:
    return {(one.finding.rule, one.finding.table, one.finding.object) for one in findings(files)}


def _unknown(one: Analysis) -> list[tuple[str, int, str]]:
    found = []
    for unknown in one.declared.unknown:
        place = one.locate(unknown.origin)
        assert place is not None
        found.append((place.path.rpartition("/")[2], place.line, unknown.reason))
    return found


def test_what_does_not_parse_is_unknown_at_its_place() -> None:
    """The broken line is named once, with what the parser says of it."""
    (one,) = analyses(_project(MODELS))

    assert [("models.py", 14, "it does not parse: '[' was never closed")] == _unknown(one)


def test_nothing_is_absent_from_what_a_broken_file_declares() -> None:
    """Its tables may have more columns and keys, and there may be more tables; what both sides state still differs."""
    assert {("type-mismatch", "things", "name")} == _found(_project(MODELS))


def test_a_broken_file_doubts_the_tables_of_those_that_inherit_from_its_classes() -> None:
    """A mixin may have lost columns; a table of a whole file that inherits nothing from it is still compared."""
    files = _project(
        """
        #- mixins.py
        from sqlalchemy.orm import Mapped, mapped_column

        class Named:
            owner: Mapped[int] = mapped_column(
            kind: Mapped[str]

        class Nothing:
            pass
        #- models.py
        from mixins import Named
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        class Base(DeclarativeBase):
            pass

        class Thing(Named, Base):
            __tablename__ = "things"
            id: Mapped[int] = mapped_column(primary_key=True)

        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            email: Mapped[str]
        """
    )
    (one,) = analyses(files)
    tables = one.declared.schema.tables

    assert (True, False) == (bool(tables["things"].incomplete), bool(tables["users"].incomplete))
    assert bool(one.declared.schema.incomplete)
    assert {("missing-column", "users", "email")} == {found for found in _found(files) if found[1] != "things"}
    assert not {found for found in _found(files) if found[0].startswith("extra-")}


@pytest.mark.parametrize(
    "imported",
    [
        "from mixins import Named",
        "try:\n    from mixins import Named\nexcept ImportError:\n    class Named: pass",
        "import mixins\nNamed = getattr(mixins, 'Named', object)",
    ],
)
def test_a_class_that_was_lost_altogether_doubts_what_inherits_from_it(imported: str) -> None:
    """What a broken file does not define may be in the part that does not parse: it is not missing."""
    files = {
        "alembic/versions/0001.py": REVISION,
        "mixins.py": "class Named(:\n    owner: Mapped[int] = mapped_column()\n",
        "models.py": f"{imported}\n{LOST}",
    }

    assert set() == _found(files)


def test_a_broken_env_doubts_what_it_leaves_out_and_which_tables_there_are() -> None:
    """The tables of whole files are compared; that one is missing, nobody says."""
    models = MODELS.replace("Mapped[int =", "Mapped[int] =").replace("name: Mapped[int]", "")
    env = DEFAULTS["alembic/env.py"].replace("import models\n", "import models\nimport (others\n")
    files = _project(models, **{"others.py": WHOLE, "alembic/env.py": env})
    (one,) = analyses(files)

    assert ("env.py", 5) in [found[:2] for found in _unknown(one)]
    assert one.declared.options.filtered is not None
    assert [] == [(rule, table) for rule, table, _ in _found(files) if table == "others"]
    assert not one.declared.schema.tables["things"].incomplete


def test_a_whole_project_has_nothing_of_the_kind() -> None:
    """Without the error, the same project has the missing parts reported."""
    models = MODELS.replace("    owner: Mapped[int = mapped_column", "    # owner: Mapped[int] = mapped_column")
    (one,) = analyses(_project(models))

    assert ((), ()) == (one.declared.unknown, one.declared.schema.incomplete)
    assert {
        ("type-mismatch", "things", "name"),
        ("extra-required-column", "things", "owner"),
    } <= _found(_project(models))
