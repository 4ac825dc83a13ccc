"""Projects of any size, made like real ones: what their revisions do is as frequent as in the real ones looked at.

The frequencies are those of the calls in `upgrade()` of seven public projects (`FREQUENCIES`). The same size gives the
same project, byte for byte.

Example: `generate(Size(100, 50), Path("/tmp/p"))`, then `driftline check /tmp/p`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

FREQUENCIES = {
    "add_column": 26,
    "alter_column": 16,
    "create_index": 16,
    "execute": 12,
    "drop_column": 9,
    "drop_index": 9,
    "create_foreign_key": 6,
    "drop_constraint": 3,
    "rename": 1,
    "nothing": 2,
}
"""In a hundred operations besides `create_table`, of which there is one for each table, spread over the history."""

TYPES = (
    "sa.Integer()",
    "sa.String(255)",
    "sa.Text()",
    "sa.Boolean()",
    "sa.DateTime(timezone=True)",
    "sa.Numeric(10, 2)",
)
MAPPED = {
    "sa.Integer()": ("int", "Integer"),
    "sa.String(255)": ("str", "String(255)"),
    "sa.Text()": ("str", "Text"),
    "sa.Boolean()": ("bool", "Boolean"),
    "sa.DateTime(timezone=True)": ("datetime", "DateTime(timezone=True)"),
    "sa.Numeric(10, 2)": ("Decimal", "Numeric(10, 2)"),
}
TABLES_A_MODULE = 5
BRANCH_EVERY = 20
"""In a branched history, every so many revisions two stand side by side and are merged."""
DRIFT_EVERY = 25
"""One in so many tables has a column in its model that no revision adds."""


@dataclass(frozen=True, slots=True)
class Size:
    """How big a project is; `branched`: its history has branches that are merged."""

    revisions: int
    tables: int
    branched: bool = False

    @property
    def name(self) -> str:
        """A short name."""
        return f"{self.revisions}x{self.tables}{'-branched' if self.branched else ''}"


@dataclass(slots=True)
class _Table:
    name: str
    columns: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    foreign_keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    count: int = 0

    @property
    def number(self) -> int:
        """Which table it is, in the order of creation."""
        return int(self.name.rpartition("_")[2])

    def column(self, chance: random.Random) -> str | None:
        """A column that nothing else rests on."""
        used = {*self.indexes.values(), *(column for column, _ in self.foreign_keys.values())}
        free = [one for one in self.columns if one not in used]
        return chance.choice(free) if free else None


def generate(size: Size, root: Path) -> None:
    """Write the project below `root`, which need not exist."""
    chance = random.Random(f"driftline {size.name}")  # noqa: S311 - the same size gives the same project
    versions = root / "alembic" / "versions"
    versions.mkdir(parents=True)
    (root / "app" / "models").mkdir(parents=True)
    tables: list[_Table] = []
    previous: tuple[str, ...] = ()
    at = 0
    while at < size.revisions:
        left = size.revisions - at
        if size.branched and at and at % BRANCH_EVERY == 0 and left > 3:
            # Each branch has tables of its own: the two can be applied in any order.
            sides = [[one for one in tables if one.number % 2 == side] for side in (0, 1)]
            bodies = [_body(size, at + side, tables, sides[side], chance, creates=False) for side in (0, 1)]
            branches = [_write(versions, at + side, previous, bodies[side]) for side in (0, 1)]
            previous = (_write(versions, at + 2, tuple(branches), ([], [])),)
            at += 3
        else:
            previous = (_write(versions, at, previous, _body(size, at, tables, tables, chance)),)
            at += 1
    _write_models(root, tables)
    (root / "alembic.ini").write_text(
        "[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql://localhost/app\n"
    )
    (root / "alembic" / "script.py.mako").write_text("")
    (root / "alembic" / "env.py").write_text(ENV)


ENV = """\
from alembic import context
from sqlalchemy import create_engine

import app.models
from app.db import Base

target_metadata = Base.metadata


def run():
    with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
"""


def _body(
    size: Size, at: int, tables: list[_Table], among: list[_Table], chance: random.Random, *, creates: bool = True
) -> tuple[list[str], list[str]]:
    """What `upgrade()` and `downgrade()` of a revision do, as statements; `tables` becomes what they are then.

    `among`: those that it may touch. `creates`: whether it may create tables.
    """
    up: list[str] = []
    down: list[str] = []
    while creates and len(tables) < size.tables and (not tables or len(tables) * size.revisions <= at * size.tables):
        _create(tables, chance, up, down)
    while not up or chance.random() < 0.35:
        kind = chance.choices(list(FREQUENCIES), list(FREQUENCIES.values()))[0]
        if kind == "nothing" and not up:
            break
        _operate(kind, chance.choice(among), among, chance, up, down)
    return up, down[::-1]


def _create(tables: list[_Table], chance: random.Random, up: list[str], down: list[str]) -> None:
    table = _Table(f"table_{len(tables)}")
    lines = ['        sa.Column("id", sa.Integer(), primary_key=True),']
    for _ in range(chance.randint(3, 9)):
        name, kind = _new_column(table, chance)
        lines.append(f'        sa.Column("{name}", {kind}, nullable=True),')
    if tables and chance.random() < 0.6:
        other = chance.choice(tables).name
        lines.append(f'        sa.Column("{other}_id", sa.Integer(), nullable=True),')
        name = f"fk_{table.name}_{other}"
        lines.append(f'        sa.ForeignKeyConstraint(["{other}_id"], ["{other}.id"], name="{name}"),')
        table.columns[f"{other}_id"] = "sa.Integer()"
        table.foreign_keys[name] = f"{other}_id", other
    up.append("\n".join((f'    op.create_table(\n        "{table.name}",', *lines, "    )")))
    down.append(f'    op.drop_table("{table.name}")')
    tables.append(table)


def _new_column(table: _Table, chance: random.Random) -> tuple[str, str]:
    table.count += 1
    name, kind = f"column_{table.count}", chance.choice(TYPES)
    table.columns[name] = kind
    return name, kind


def _operate(
    kind: str, table: _Table, tables: list[_Table], chance: random.Random, up: list[str], down: list[str]
) -> None:
    column = table.column(chance)
    match kind:
        case "add_column":
            name, made = _new_column(table, chance)
            up.append(f'    op.add_column("{table.name}", sa.Column("{name}", {made}, nullable=True))')
            down.append(f'    op.drop_column("{table.name}", "{name}")')
        case "drop_column" if column is not None and len(table.columns) > 2:
            made = table.columns.pop(column)
            up.append(f'    op.drop_column("{table.name}", "{column}")')
            down.append(f'    op.add_column("{table.name}", sa.Column("{column}", {made}, nullable=True))')
        case "alter_column" if column is not None:
            before, table.columns[column] = table.columns[column], "sa.Text()"
            up.append(f'    op.alter_column("{table.name}", "{column}", existing_type={before}, type_=sa.Text())')
            down.append(f'    op.alter_column("{table.name}", "{column}", existing_type=sa.Text(), type_={before})')
        case "create_index" if column is not None and f"ix_{table.name}_{column}" not in table.indexes:
            name = f"ix_{table.name}_{column}"
            table.indexes[name] = column
            up.append(f'    op.create_index(op.f("{name}"), "{table.name}", ["{column}"], unique=False)')
            down.append(f'    op.drop_index(op.f("{name}"), table_name="{table.name}")')
        case "drop_index" if table.indexes:
            name, column = table.indexes.popitem()
            up.append(f'    op.drop_index(op.f("{name}"), table_name="{table.name}")')
            down.append(f'    op.create_index(op.f("{name}"), "{table.name}", ["{column}"], unique=False)')
        case "create_foreign_key":
            other = chance.choice(tables).name
            name, own = f"fk_{table.name}_{other}", f"{other}_id"
            if name in table.foreign_keys or own in table.columns:
                return
            table.columns[own] = "sa.Integer()"
            table.foreign_keys[name] = own, other
            up.append(f'    op.add_column("{table.name}", sa.Column("{own}", sa.Integer(), nullable=True))')
            up.append(f'    op.create_foreign_key("{name}", "{table.name}", "{other}", ["{own}"], ["id"])')
            down.append(f'    op.drop_column("{table.name}", "{own}")')
            down.append(f'    op.drop_constraint("{name}", "{table.name}", type_="foreignkey")')
        case "drop_constraint" if table.foreign_keys:
            name, (own, other) = table.foreign_keys.popitem()
            up.append(f'    op.drop_constraint("{name}", "{table.name}", type_="foreignkey")')
            down.append(f'    op.create_foreign_key("{name}", "{table.name}", "{other}", ["{own}"], ["id"])')
        case "rename" if column is not None:
            table.count += 1
            new = f"column_{table.count}"
            table.columns[new] = table.columns.pop(column)
            up.append(f'    op.alter_column("{table.name}", "{column}", new_column_name="{new}")')
            down.append(f'    op.alter_column("{table.name}", "{new}", new_column_name="{column}")')
        case _ if column is not None:
            up.append(f"    op.execute('UPDATE {table.name} SET {column} = NULL WHERE id < 0')")  # noqa: S608 - a revision's text


def _write(versions: Path, at: int, previous: tuple[str, ...], body: tuple[list[str], list[str]]) -> str:
    """Write one revision file, as Alembic's template has it; give its id."""
    name = f"{at:012x}"
    down = "None" if not previous else repr(previous[0] if len(previous) == 1 else previous)
    up, back = ("\n".join(one) or "    pass" for one in body)
    (versions / f"{name}_change_{at}.py").write_text(
        f'''\
"""change {at}

Revision ID: {name}
Revises: {", ".join(previous)}
Create Date: 2026-01-02 03:04:05.000000

"""

from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = {name!r}
down_revision: Union[str, Sequence[str], None] = {down}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
{up}
    # ### end Alembic commands ###


def downgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
{back}
    # ### end Alembic commands ###
'''
    )
    return name


def _write_models(root: Path, tables: list[_Table]) -> None:
    """Write the models that the tables are: what the history adds up to, but for some drift."""
    app = root / "app"
    (app / "__init__.py").write_text("")
    (app / "db.py").write_text(
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
        "class Base(DeclarativeBase):\n    pass\n\n\n"
        "class Identified:\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    modules = [tables[at : at + TABLES_A_MODULE] for at in range(0, len(tables), TABLES_A_MODULE)]
    (app / "models" / "__init__.py").write_text(
        "".join(f"from app.models import module_{at}\n" for at in range(len(modules)))
    )
    for at, module in enumerate(modules):
        lines = [
            "from datetime import datetime",
            "from decimal import Decimal",
            "",
            "from sqlalchemy import Boolean, DateTime, ForeignKey, Index, Integer, Numeric, String, Text",
            "from sqlalchemy.orm import Mapped, mapped_column",
            "",
            "from app.db import Base, Identified",
        ]
        for table in module:
            lines += ["", "", f"class {table.name.title().replace('_', '')}(Identified, Base):"]
            lines += [f'    __tablename__ = "{table.name}"']
            indexes = "".join(f'Index("{name}", "{column}"), ' for name, column in table.indexes.items())
            lines += [f"    __table_args__ = ({indexes.strip()})"] if indexes else []
            refers = {column: (name, other) for name, (column, other) in table.foreign_keys.items()}
            for name, kind in table.columns.items():
                python, stated = MAPPED[kind]
                if name in refers:
                    key, other = refers[name]
                    stated = f'ForeignKey("{other}.id", name="{key}")'
                lines.append(f"    {name}: Mapped[{python} | None] = mapped_column({stated})")
            if table.number % DRIFT_EVERY == 0:
                lines.append("    forgotten: Mapped[str | None] = mapped_column(String(40))")
            lines += ["", "    def describe(self) -> str:", f'        return f"{table.name} {{self.id}}"']
        (app / "models" / f"module_{at}.py").write_text("\n".join(lines) + "\n")
