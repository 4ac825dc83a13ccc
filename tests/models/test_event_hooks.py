"""Hooks that change tables as they come up: the same module, run for real and read, declares the same tables."""

from __future__ import annotations

import textwrap

import pytest

from driftline.schema.unknown_facts import unknown_facts
from tests.models.describing import describe_schema
from tests.models.reading import read
from tests.models.run_for_real import described_for_real

HEAD = """
    import enum
    import sqlalchemy as sa
    from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, event
    from sqlalchemy.event import listen, listens_for
    from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column
    class Base(DeclarativeBase):
        pass
    class Early(Base):
        __tablename__ = "early"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
"""
MODELS = """
    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(20))
        boss: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    Plain = Table("plain", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(5), key="n"))
"""
HOOKS = {
    "each table": """
    @listens_for(Table, "after_parent_attach")
    def audit(table, metadata):
        table.append_column(Column(f"{table.name}_audited", Integer, nullable=False))
        table.comment = f"about {table.name}"
    """,
    "each column": """
    @event.listens_for(sa.Column, "after_parent_attach")
    def index_names(column, table):
        if column.name.startswith("name"):
            Index(f"ix_{table.name}_{column.name}", column, unique=not column.nullable)
        if column.primary_key:
            column.comment = "key of " + column.table.name
    """,
    "both, and what one adds is told to the other": """
    def seen(column, table):
        column.comment = f"{column.key} of {table.key}"
    listen(Column, "before_parent_attach", seen)
    def versioned(table, metadata):
        table.append_column(Column("version", Integer))
    event.listen(Table, "after_parent_attach", versioned)
    """,
    "a mapper": """
    @listens_for(Mapper, "instrument_class")
    def checked(mapper, cls):
        mapper.local_table.append_constraint(CheckConstraint("name <> ''", name=f"named_{cls.__name__.lower()}"))
    """,
    "columns of one type": """
    class Searched:
        def __init__(self):
            self.seen = []
        def of(self, table):
            return [column for column in table.c if isinstance(column.type, String)]
        def index(self, mapper, cls):
            for column in self.of(mapper.persist_selectable):
                if column not in self.seen:
                    self.add(column)
                    self.seen.append(column)
        def add(self, column):
            Index("_".join(("ix", column.table.name, column.name)), column)
    listen(Mapper, "instrument_class", Searched().index)
    """,
    "a base": """
    @listens_for(Base, "instrument_class", propagate=True)
    def checked(mapper, cls):
        Index("ix_" + cls.__tablename__, cls.__table__.c.name)
    """,
    "a constraint over an expression": """
    @listens_for(Column, "after_parent_attach")
    def positive(column, table):
        if column.primary_key:
            CheckConstraint(column > 0, name=f"positive_{table.name}")
    """,
}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_changes_the_tables_that_come_after_it(name: str) -> None:
    """If a hook is set between two models, the second is as the hook leaves it, and the first as it was."""
    source = textwrap.dedent(HEAD) + textwrap.dedent(HOOKS[name]) + textwrap.dedent(MODELS)

    declared = read({"models.py": source})

    assert declared.unknown == ()
    assert described_for_real(source) == describe_schema(declared.schema)


def test_a_type_of_ones_own_brings_a_constraint() -> None:
    """If a hook on a type listens to the columns of that type, each of their tables has what it adds, and no other."""
    source = textwrap.dedent(HEAD) + textwrap.dedent("""
        class IntEnum(sa.types.TypeDecorator):
            impl = SmallInteger
            cache_ok = True
            def __init__(self, enum=None, without=()):
                self.enum = enum
                self.without = frozenset(without)
                super().__init__()
        class Kind(enum.IntEnum):
            A = 1
            B = 2
            C = 3
        @listens_for(IntEnum, "before_parent_attach")
        def attached(type_, col):
            @listens_for(col, "after_parent_attach")
            def to_table(col, table):
                values = ", ".join(str(x.value) for x in type_.enum if x not in type_.without)
                table.append_constraint(CheckConstraint(f"{col.name} IN ({values})", name=f"valid_{col.name}"))
        class Thing(Base):
            __tablename__ = "things"
            id: Mapped[int] = mapped_column(primary_key=True)
            kind = Column(IntEnum(Kind, without={Kind.B}), nullable=False)
            other = Column(IntEnum(Kind))
            plain = Column(SmallInteger)
    """)

    declared = read({"models.py": source})

    assert described_for_real(source) == describe_schema(declared.schema)
    assert ["kind IN (1, 3)", "other IN (1, 2, 3)"] == [
        one.sql for one in declared.schema.tables["things"].check_constraints
    ]


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("raise ValueError(target.name)", "ValueError"),
        ("import outside; outside.work(target)", "`outside.work` is not read"),
    ],
)
def test_what_a_hook_does_that_was_not_followed_is_unknown_at_its_tables(hook: str, reason: str) -> None:
    """If a hook cannot be run to its end, or hands its table on, that table may have more, and the hook is named."""
    source = (
        textwrap.dedent(HEAD) + f"@listens_for(Table, 'after_parent_attach')\ndef grow(target, parent):\n    {hook}\n"
    )

    declared = read({"models.py": source + textwrap.dedent(MODELS)})

    tables = declared.schema.tables
    assert [False, True, True] == [bool(tables[name].incomplete) for name in ("early", "users", "plain")]
    said = [one.reason for one in unknown_facts(declared.schema)]
    assert any("`grow`" in one and reason in one for one in said)


def test_a_hook_on_what_sqlalchemy_makes_of_its_own_is_unknown() -> None:
    """If a hook listens to foreign keys, which a column brings along, each table may be another than was read."""
    hook = "@listens_for(sa.ForeignKeyConstraint, 'after_parent_attach')\ndef named(constraint, table):\n    pass\n"

    declared = read({"models.py": textwrap.dedent(HEAD) + hook + textwrap.dedent(MODELS)})

    assert ["plain", "users"] == sorted(key for key, one in declared.schema.tables.items() if one.incomplete)
