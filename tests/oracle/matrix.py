"""One row of RULES' table "What Alembic's autogenerate compares": real Alembic and Driftline on the same two sources.

A row is a table before and after an edit of the model. Real Alembic creates the one through `op.create_table` on a real
database and compares it with the other; Driftline reads both from files. Nothing is committed anywhere::

    answer = judge(Row("7", "a length goes", 'sa.Column("a", sa.String(5))', 'sa.Column("a", sa.String())'), engine)
    answer.alembic    # what compare_metadata reports, in the words of the findings' `operations`
    answer.rules      # which rules report a finding
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import indent

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tests.oracle.referee import flat, operation
from tests.support.project import Placed, findings

Reported = tuple[tuple[str, str, str | None], ...]
"""(op, table, name) of each of Alembic's operations."""

IMPORTS = """\
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
"""

CHECKS = "autogenerate_plugins=['alembic.autogenerate.*', 'alembic.ext.checkconstraint_byname']"
DEFAULTS = "compare_server_default=True"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table, or one of the cases in it.

    `before`, `after`: the items of the table `t` besides its primary key `id`. `first`: statements that both halves
    begin with (another table). `statements_before`, `statements_after`: in place of the table `t`, where it does not
    come down to that. `configure`: keyword arguments of `context.configure`.
    """

    number: str
    title: str
    before: str = ""
    after: str = ""
    first: str = ""
    statements_before: str = ""
    statements_after: str = ""
    configure: str = ""

    @property
    def upgrade(self) -> str:
        """The body of `upgrade()`."""
        return _statements(self.first, self.statements_before or _table(self.before), "op.create_table(")

    @property
    def models(self) -> str:
        """The models."""
        return _statements(self.first, self.statements_after or _table(self.after), "sa.Table(", "metadata, ")


@dataclass(frozen=True, slots=True)
class Answer:
    """What both say. `stated`: the operations that Driftline's findings stand for, in no order."""

    alembic: Reported
    warned: bool
    findings: tuple[Placed, ...]

    @property
    def rules(self) -> dict[str, str]:
        """The rules of Driftline's drift findings, with their levels."""
        return {one.finding.rule: one.finding.level.value for one in self.findings if one.finding.group == "drift"}

    @property
    def stated(self) -> Reported:
        """The operations of Driftline's findings."""
        return tuple((each.op, each.table, each.name) for one in self.findings for each in one.finding.operations)


def judge(row: Row, engine: sa.Engine) -> Answer:
    """Ask both."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reported = _ask_alembic(row, engine)
    dialect = engine.dialect.name
    return Answer(
        tuple((str(one["op"]), str(one["table"]), one["name"]) for one in reported),
        any(issubclass(one.category, UserWarning) for one in caught),
        tuple(findings(files(row, dialect))),
    )


def files(row: Row, dialect: str) -> Mapping[str, str]:
    """The project of a row."""
    return {
        "alembic.ini": f"[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = {dialect}://x/y\n",
        "alembic/env.py": (
            "from alembic import context\nimport models\n\n"
            f"context.configure(target_metadata=models.metadata, {row.configure})\n"
        ),
        "models.py": f"{IMPORTS}\nmetadata = sa.MetaData()\n{row.models}",
        "alembic/versions/0001.py": (
            f"{IMPORTS}from alembic import op\n\nrevision = '0001'\ndown_revision = None\n\n\n"
            f"def upgrade():\n{indent(row.upgrade, '    ')}"
        ),
    }


def _ask_alembic(row: Row, engine: sa.Engine) -> list[dict[str, str | None]]:
    metadata = sa.MetaData()
    names: dict[str, object] = {}
    exec(f"{IMPORTS}options = dict({row.configure})", names)  # noqa: S102 -- our own rows
    options = names["options"]
    assert isinstance(options, dict)
    exec(row.models, names | {"metadata": metadata})  # noqa: S102 -- the same
    with _rolled_back(engine) as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata, **options})
        exec(row.upgrade, names | {"op": Operations(context)})  # noqa: S102 -- the same
        return [_in_words(one) for one in flat(compare_metadata(context, metadata))]


def _in_words(difference: tuple[object, ...]) -> dict[str, str | None]:
    """One of Alembic's differences in the words of the findings' contract, which has one word for all comments."""
    stated = operation(difference)
    return stated | {"op": "modify_comment"} if str(stated["op"]).endswith("_table_comment") else stated


@contextmanager
def _rolled_back(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as connection:
        yield connection
        connection.rollback()


def _table(items: str) -> str:
    return f'table("t", sa.Column("id", sa.Integer(), primary_key=True), {items})'


def _statements(first: str, rest: str, call: str, more: str = "") -> str:
    """The statements, in which `table("t", …)` stands for a table in the words of models or of migrations."""
    text = "\n".join(part for part in (first, rest) if part)
    made = []
    for line in text.splitlines():
        if line.startswith("table("):
            name, comma, items = line.removeprefix("table(").partition(", ")
            made.append(f"{call}{name}{comma}{more}{items}")
        else:
            made.append(line)
    return "\n".join(made) + "\n"
