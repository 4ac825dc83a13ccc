"""What the messages about the revision graph say that Alembic does, it does: each beside a graph of which it is untrue.

Alembic reads the same files, and is asked for its heads, for a script of the upgrade, or for what a revision is.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util.exc import CommandError
from sqlalchemy.exc import NoInspectionAvailable

from tests.support.project import findings

INI = "[alembic]\nscript_location = {folder}\nsqlalchemy.url = postgresql://x/y\n"
ENV = """\
import sqlalchemy as sa
from alembic import context

context.configure(dialect_name="postgresql", as_sql=True)
with context.begin_transaction():
    context.run_migrations()
"""


REFUSALS = (CommandError, RevisionError, KeyError, AttributeError, NoInspectionAvailable)


@dataclass(frozen=True, slots=True)
class Clause:
    """`rule` says `clause` of the revisions `said`, not of `unsaid`. Alembic `refuses` to do `asked` with the former.

    Revisions: by file name, what stands in the file.
    """

    rule: str
    clause: str
    said: Mapping[str, str]
    unsaid: Mapping[str, str]
    asked: str = "heads"

    def __str__(self) -> str:
        return f"{self.rule}: {self.clause}"


def revision(name: str, down: str | None, *more: str, upgrade: str = "pass") -> str:
    """The text of a revision file."""
    head = ["import sqlalchemy as sa", "from alembic import op", f"revision = {name!r}", f"down_revision = {down!r}"]
    return "\n".join((*head, *more, "", "", "def upgrade():", f"    {upgrade}", ""))


ONE, TWO, OTHER = (revision("1", None), revision("2", "1"), revision("2b", "1"))

CLAUSES = (
    Clause(
        "unknown-down-revision",
        "Alembic can't load the history",
        {"1": ONE, "2": revision("2", "0")},
        {"1": ONE, "2": TWO},
    ),
    Clause(
        "unknown-depends-on",
        "Alembic can't load the history",
        {"1": ONE, "2": revision("2", "1", 'depends_on = "0"')},
        {"1": ONE, "2": revision("2", "1", 'depends_on = "1"')},
    ),
    Clause(
        "revision-cycle",
        "Alembic can't load the history",
        {"1": revision("1", "2"), "2": TWO},
        {"1": ONE, "2": TWO},
    ),
    Clause(
        "revision-cycle",
        "Alembic can't load the history",
        {"1": ONE, "2": revision("2", "2")},
        {"1": ONE, "2": TWO},
    ),
    Clause(
        "duplicate-branch-label",
        "every Alembic command refuses to run",
        {"1": revision("1", None, 'branch_labels = ("a",)'), "2": revision("2", "1", 'branch_labels = ("a",)')},
        {"1": revision("1", None, 'branch_labels = ("a",)'), "2": revision("2", "1", 'branch_labels = ("b",)')},
    ),
    Clause(
        "multiple-heads",
        "`alembic upgrade head` refuses to run",
        {"1": ONE, "2": TWO, "2b": OTHER},
        {"1": ONE, "2": TWO, "3": revision("3", "2")},
        "upgrade",
    ),
    Clause(
        "offline-unsafe",
        "it fails there",
        {"1": revision("1", None, upgrade='sa.inspect(op.get_bind()).has_table("t")')},
        {"1": revision("1", None, upgrade='op.get_bind().dialect.name == "postgresql"')},
        "upgrade",
    ),
    Clause(
        "offline-unsafe",
        "it fails there",
        {"1": revision("1", None, upgrade='op.get_bind().execute(sa.text("SELECT 1")).fetchall()')},
        {"1": revision("1", None, upgrade='op.get_bind().execute(sa.text("UPDATE t SET a = 1"))')},
        "upgrade",
    ),
)


def does(folder: Path, revisions: Mapping[str, str], asked: str) -> bool:
    """Whether Alembic does what it is asked for with these revisions."""
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    (folder / "env.py").write_text(ENV, encoding="utf-8")
    for name, text in revisions.items():
        (folder / "versions" / f"{name}.py").write_text(text, encoding="utf-8")
    config = Config(output_buffer=io.StringIO())
    config.set_main_option("script_location", str(folder))
    try:
        with warnings.catch_warnings(action="ignore"):
            if asked == "upgrade":
                command.upgrade(config, "head", sql=True)
            else:
                ScriptDirectory.from_config(config).get_heads()
    except REFUSALS:
        return False
    return True


def messages(revisions: Mapping[str, str], rule: str) -> str:
    """What a rule says of the revisions."""
    files = {
        "alembic.ini": INI.format(folder="alembic"),
        "alembic/env.py": "from alembic import context\n\ncontext.configure(target_metadata=None)\n",
        "driftline.toml": 'severity = { offline-unsafe = "hint" }\n',
    } | {f"alembic/versions/{name}.py": text for name, text in revisions.items()}
    return " ".join(one.finding.message for one in findings(files) if one.finding.rule == rule)


@pytest.mark.parametrize("one", CLAUSES, ids=str)
def test_clause(one: Clause, tmp_path: Path) -> None:
    """It is said where Alembic refuses, and not where it does what it is asked for."""
    assert not does(tmp_path / "said", one.said, one.asked)
    assert does(tmp_path / "unsaid", one.unsaid, one.asked)
    assert one.clause in messages(one.said, one.rule)
    assert one.clause not in messages(one.unsaid, one.rule)


def test_one_id_in_two_files(tmp_path: Path) -> None:
    """`duplicate-revision` says which of the files Alembic leaves out."""
    revisions = {"1": ONE, "2_a": revision("2", "1", 'doc = "a"'), "2_b": revision("2", "1", 'doc = "b"')}
    said = messages(revisions, "duplicate-revision")

    assert (["b", None], True) == (used(tmp_path, revisions), does(tmp_path, {}, "heads"))
    assert "two files, `2_b.py` and `2_a.py`: Alembic uses the former, which it reads last" in said


def used(folder: Path, revisions: Mapping[str, str]) -> list[str | None]:
    """The `doc` of each revision that Alembic knows, the last one first."""
    does(folder, revisions, "heads")
    config = Config()
    config.set_main_option("script_location", str(folder))
    with warnings.catch_warnings(action="ignore"):
        return [getattr(one.module, "doc", None) for one in ScriptDirectory.from_config(config).walk_revisions()]
