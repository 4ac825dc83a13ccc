"""Projects made up by Hypothesis: models in several styles, and single changes of them.

A project is data (`Made`); `models(made)` writes it as a module, as people do: a Core table, a class with and without a
mixin, classes that inherit (joined and single-table), many-to-many by an association table, naming conventions, foreign
keys within and across schemas, composite keys, enums, indexes and constraints in columns and beside them.
`changes(made)` draws the project with one thing changed.

Must not know Driftline, which is held against real Alembic on these projects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from hypothesis import strategies as st

CONVENTION: Final = (
    '{"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s", '
    '"ck": "ck_%(table_name)s_%(constraint_name)s", '
    '"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s"}'
)

IMPORTS: Final = """\
import datetime
import decimal
import enum
import uuid
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Mood(enum.Enum):
    sad = "s"
    ok = "o"
"""

ANYWHERE: Final = (
    "sa.Integer()", "sa.SmallInteger()", "sa.BigInteger()", "sa.String(20)", "sa.String(length=40)", "sa.Unicode(20)",
    "sa.Text()", "sa.UnicodeText()", "sa.CHAR(3)", "sa.Numeric(10, 2)", "sa.Numeric(12, 4)", "sa.DECIMAL(8, 3)",
    "sa.Numeric()", "sa.Float()", "sa.Double()", "sa.REAL()", "sa.Boolean()", "sa.Date()", "sa.Time()", "sa.DateTime()",
    "sa.DateTime(timezone=True)", "sa.LargeBinary()", "sa.JSON()", "sa.Uuid()", "sa.Enum(Mood)",
    'sa.Enum("a", "b", name="ab")',
    'sa.Enum("x", "yy", name="xy", native_enum=False)', "sa.Interval()", "sa.PickleType()", "sa.TIMESTAMP()",
)  # fmt: skip
ON_POSTGRESQL: Final = (
    "postgresql.JSONB()", "postgresql.UUID(as_uuid=True)", "postgresql.ARRAY(sa.Integer())", "sa.ARRAY(sa.String(5))",
    "postgresql.INET()", "postgresql.CIDR()", "postgresql.MACADDR()", "postgresql.TSVECTOR()", "postgresql.INT4RANGE()",
    "postgresql.TSTZRANGE()", "postgresql.TIMESTAMP(timezone=True, precision=3)", "postgresql.INTERVAL()",
    'postgresql.ENUM("a", "b", name="pg_ab")', "postgresql.BIT(4)", "postgresql.MONEY()",
    "postgresql.DOUBLE_PRECISION()", "sa.JSON(none_as_null=True)", 'sa.Enum("p", "q", name="pq", schema="other")',
    'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
    "sa.Float(24)", "sa.Float(53)", "postgresql.BYTEA()", "postgresql.OID()",
)  # fmt: skip

RELABELLED: Final = {
    'sa.Enum("a", "b", name="ab")': (
        'sa.Enum("a", "b", "c", name="ab")', 'sa.Enum("b", "a", name="ab")', 'sa.Enum("a", name="ab")',
        'sa.Enum("a", "b", name="renamed")', 'sa.Enum("a", "b", name="ab", native_enum=False)',
    ),
    "sa.Enum(Mood)": ('sa.Enum("sad", "ok", name="mood")', 'sa.Enum("sad", "ok", "elated", name="mood")'),
    'sa.Enum("x", "yy", name="xy", native_enum=False)': (
        'sa.Enum("x", "yy", "zz", name="xy", native_enum=False)',
        'sa.Enum("x", "yyyy", name="xy", native_enum=False)',
        'sa.Enum("x", "yy", name="xy", native_enum=False, length=20)',
        'sa.Enum("x", "yy", name="xy", native_enum=False, create_constraint=True)',
    ),
    'postgresql.ENUM("a", "b", name="pg_ab")': ('postgresql.ENUM("a", "b", "c", name="pg_ab")',),
    'sa.Enum("p", "q", name="pq", schema="other")': (
        'sa.Enum("p", "q", "r", name="pq", schema="other")', 'sa.Enum("p", "q", name="pq")',
    ),
}  # fmt: skip
"""What becomes of an enum: other labels, another order, another name, another kind."""

DEFAULTS: Final = {
    "sa.Integer()": ('"0"', 'sa.text("1")', '"-5"'),
    "sa.BigInteger()": ('"0"', 'sa.text("10")'),
    "sa.String(20)": ('"x"', '"it\'s"', "sa.text(\"'y'\")", '""'),
    "sa.Text()": ('"x"', "sa.text(\"''\")"),
    "sa.Boolean()": ("sa.true()", "sa.false()", 'sa.text("true")', 'sa.text("false")'),
    "sa.DateTime()": ("sa.func.now()", 'sa.text("CURRENT_TIMESTAMP")', "sa.func.current_timestamp()"),
    "sa.DateTime(timezone=True)": ("sa.func.now()", 'sa.text("now()")'),
    "sa.Date()": ('sa.text("CURRENT_DATE")',),
    "sa.Numeric(10, 2)": ('"1.50"', 'sa.text("0")'),
    "sa.Float()": ('"0.5"', 'sa.text("1.0")'),
}
"""Server defaults, by the type that they fit."""

ON_POSTGRESQL_ALONE: Final = ("now()",)
"""What only PostgreSQL understands of them."""

INDEXABLE: Final = ("sa.Integer()", "sa.BigInteger()", "sa.String(20)", "sa.Text()", "sa.Date()", "sa.Numeric(10, 2)")
WORDS: Final = ("name", "email", "code", "total", "created_at", "note")


@dataclass(frozen=True, slots=True)
class Field:
    """A column; `key`: the arguments of its `ForeignKey`; `more`: further positional arguments."""

    name: str
    type: str
    nullable: bool = True
    default: str = ""
    unique: bool = False
    index: bool = False
    comment: str = ""
    key: str = ""
    more: str = ""

    def call(self, callee: str) -> str:
        """The call that makes it."""
        positional = [self.type] if self.type else []
        positional += [f"sa.ForeignKey({self.key})"] if self.key else []
        positional += [self.more] if self.more else []
        named = [] if self.nullable else ["nullable=False"]
        named += [f"server_default={self.default}"] if self.default else []
        named += [f"{word}=True" for word in ("unique", "index") if getattr(self, word)]
        named += [f'comment="{self.comment}"'] if self.comment else []
        first = [f'"{self.name}"'] if callee == "sa.Column" else []
        return f"{callee}({', '.join((*first, *positional, *named))})"


@dataclass(frozen=True, slots=True)
class Made:
    """A table `things` and its surroundings.

    `style`: "core", "class", "mixed" (a mixin has the first field), or "joined" and "single" (a class inherits from the
    one of the table, and has the field `special`). `owner_schema`: where the table is that keys refer to. `linked`: the
    options of the keys of an association table; None where there is none.
    """

    dialect: str
    style: str
    convention: bool
    schema: str
    composite: bool
    fields: tuple[Field, ...]
    items: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    extra_table: bool = False
    special: Field | None = None
    owner_schema: str = ""
    linked: str | None = None


@st.composite
def made_projects(draw: st.DrawFn, dialect: str) -> Made:
    """A project for a dialect."""
    names = draw(st.lists(st.sampled_from(WORDS), unique=True, min_size=1, max_size=4))
    fields = [_field(draw, name, dialect) for name in names]
    if draw(st.booleans()):
        fields.append(_reference(draw))
    convention = draw(st.booleans())
    schema = draw(st.sampled_from(("", "", "", "other"))) if dialect == "postgresql" else ""
    plain = [
        one.name for one in fields if one.type in INDEXABLE and not (one.unique or one.index or one.key or one.more)
    ]
    items = _items(draw, dialect, plain) if plain else ()
    style = draw(st.sampled_from(("core", "class", "mixed", "joined", "single")))
    return Made(
        dialect,
        style,
        convention,
        schema,
        draw(st.sampled_from((False, False, True))),
        tuple(fields),
        items,
        ('comment="about things"',) if dialect == "postgresql" and draw(st.booleans()) else (),
        special=_field(draw, "special", dialect) if style in INHERITING else None,
        owner_schema=draw(st.sampled_from(("", "", "other"))) if dialect == "postgresql" else "",
        linked=draw(st.sampled_from((None, None, *LINKED))),
    )


def _types(dialect: str) -> tuple[str, ...]:
    return ANYWHERE + (ON_POSTGRESQL if dialect == "postgresql" else ())


def _field(draw: st.DrawFn, name: str, dialect: str) -> Field:
    if draw(st.booleans()):
        type_ = draw(st.sampled_from(sorted(DEFAULTS)))
        default = draw(st.sampled_from(("", *_defaults(type_, dialect))))
    else:
        type_, default = draw(st.sampled_from(_types(dialect))), ""
    if type_ == "sa.Integer()" and not default and draw(st.booleans()):
        more = draw(st.sampled_from(GENERATED))
        return Field(name, type_, nullable="Identity" not in more, more=more)
    indexable = type_ in INDEXABLE
    return Field(
        name,
        type_,
        draw(st.booleans()),
        default,
        indexable and draw(st.sampled_from((False, False, True))),
        indexable and draw(st.sampled_from((False, False, True))),
        draw(st.sampled_from(("", "", "what it is"))) if dialect == "postgresql" else "",
    )


GENERATED: Final = (
    'sa.Computed("id + 1")',
    'sa.Computed("id * 2", persisted=True)',
    "sa.Identity()",
    "sa.Identity(always=True)",
    "sa.Identity(start=5, increment=2)",
)
"""What makes the value of an integer column."""


def _defaults(type_: str, dialect: str) -> tuple[str, ...]:
    found = DEFAULTS.get(type_, ())
    return (
        found
        if dialect == "postgresql"
        else tuple(one for one in found if not any(word in one for word in ON_POSTGRESQL_ALONE) or "func" in one)
    )


KEYS: Final = (
    '"owners.id"',
    '"owners.id", ondelete="CASCADE"',
    '"owners.id", ondelete="SET NULL", onupdate="CASCADE"',
    '"owners.id", name="fk_owner"',
    '"owners.id", ondelete="RESTRICT"',
    '"owners.id", deferrable=True, initially="DEFERRED"',
)


INHERITING: Final = ("joined", "single")

LINKED: Final = ("", 'ondelete="CASCADE"', 'ondelete="CASCADE", onupdate="CASCADE"')
"""Options of the keys of an association table."""


def _reference(draw: st.DrawFn) -> Field:
    key = draw(st.sampled_from(KEYS))
    nullable = draw(st.booleans())
    return Field("owner_id", "sa.Integer()", nullable, index=draw(st.booleans()), key=key)


def _items(draw: st.DrawFn, dialect: str, columns: list[str]) -> tuple[str, ...]:
    """Constraints and indexes beside the columns: one at most of a kind, since two that do the same puzzle Alembic."""
    first = columns[0]
    listed = ", ".join(f'"{one}"' for one in columns[:2])
    uniques = [f'sa.UniqueConstraint({listed}, name="uq_things_all")', f"sa.UniqueConstraint({listed})"]
    indexes = [f'sa.Index("ix_things_some", {listed})']
    checks = [
        f'sa.CheckConstraint("{first} IS NOT NULL", name="first_known")',
        f'sa.CheckConstraint(sa.text("{first} IS NOT NULL OR {first} IS NULL"), name="whatever")',
    ]
    if dialect == "postgresql":
        uniques.append(f'sa.UniqueConstraint({listed}, name="uq_later", deferrable=True, initially="DEFERRED")')
        indexes += [
            f'sa.Index("ix_things_partial", {listed}, postgresql_where=sa.text("{first} IS NOT NULL"))',
            f'sa.Index("ix_things_hash", "{first}", postgresql_using="hash")',
            f'sa.Index("ix_things_down", sa.text("{first} DESC"))',
            f'sa.Index("ix_things_lower", sa.text("lower({first}::text)"))',
        ]
    drawn = [draw(st.sampled_from(("", *pool))) for pool in (uniques, indexes, checks)]
    return tuple(one for one in drawn if one)


@st.composite
def changes(draw: st.DrawFn, made: Made) -> Made:
    """The project with one thing changed."""
    at = draw(st.integers(0, len(made.fields) - 1))
    one = made.fields[at]
    changed: list[Made] = [
        _with(made, at, replace(one, nullable=not one.nullable)),
        replace(made, extra_table=True),
        replace(made, fields=(*made.fields, Field("brand_new", draw(st.sampled_from(_types(made.dialect)))))),
        replace(made, items=made.items[1:]),
        replace(made, items=(*made.items, 'sa.UniqueConstraint("id", name="uq_new")')),
        replace(made, items=(*made.items, 'sa.Index("ix_new", "id")')),
    ]
    changed += [replace(made, linked=options) for options in (None, *LINKED)]
    changed += [_with(made, at, replace(one, type=type_)) for type_ in RELABELLED.get(one.type, ())]
    if made.special is not None:
        changed += [
            replace(made, special=replace(made.special, nullable=not made.special.nullable)),
            replace(made, special=replace(made.special, type=draw(st.sampled_from(_types(made.dialect))), default="")),
            *(replace(made, special=replace(made.special, type=one)) for one in RELABELLED.get(made.special.type, ())),
        ]
    if one.more:
        changed += [_with(made, at, replace(one, more=more)) for more in ("", *GENERATED)]
    elif not one.key:
        type_ = draw(st.sampled_from(_types(made.dialect)))
        changed.append(_with(made, at, replace(one, type=type_, default="", unique=False, index=False)))
        if one.type in DEFAULTS:
            defaults = ("", *_defaults(one.type, made.dialect))
            changed.append(_with(made, at, replace(one, default=draw(st.sampled_from(defaults)))))
    else:
        changed += [_with(made, at, replace(one, key=key)) for key in KEYS] + [_with(made, at, replace(one, key=""))]
    if one.type in INDEXABLE and not one.more:
        changed += [
            _with(made, at, replace(one, unique=not one.unique)),
            _with(made, at, replace(one, index=not one.index)),
        ]
    if made.dialect == "postgresql":
        changed.append(_with(made, at, replace(one, comment="" if one.comment else "something else")))
        changed.append(replace(made, options=() if made.options else ('comment="changed"',)))
        changed.append(replace(made, owner_schema="" if made.owner_schema else "other"))
    if len(made.fields) > 1 and not made.items:
        changed.append(replace(made, fields=(*made.fields[:at], *made.fields[at + 1 :])))
    return draw(st.sampled_from([change for change in changed if change != made]))


def _with(made: Made, at: int, field: Field) -> Made:
    return replace(made, fields=(*made.fields[:at], field, *made.fields[at + 1 :]))


# The module ----------------------------------------------------------------------------------------------------------


def models(made: Made) -> str:
    """The module; its metadata is `metadata`."""
    convention = f"naming_convention={CONVENTION}" if made.convention else ""
    made = _placed(made)
    parts = [IMPORTS, f"metadata = sa.MetaData({convention})", _owners(made)]
    parts.append(_core(made) if made.style == "core" else _declarative(made))
    if made.linked is not None:
        parts.append(_links(made))
    if made.extra_table:
        parts.append('sa.Table("extra", metadata, sa.Column("id", sa.Integer(), primary_key=True))')
    return "\n\n\n".join(parts) + "\n"


def _placed(made: Made) -> Made:
    """The project with its keys referring to the owners where they are."""
    owners = _in_schema(made.owner_schema, "owners")
    return replace(made, fields=tuple(replace(one, key=one.key.replace("owners", owners)) for one in made.fields))


def _in_schema(schema: str, name: str) -> str:
    return f"{schema}.{name}" if schema else name


def _owners(made: Made) -> str:
    owners = _in_schema(made.owner_schema, "owners")
    return (
        'sa.Table("owners", metadata, sa.Column("id", sa.Integer(), primary_key=True), '
        'sa.Column("code", sa.Integer(), unique=True), '
        f'sa.Column("parent_id", sa.Integer(), sa.ForeignKey("{owners}.id"))'
        + (f', schema="{made.owner_schema}")' if made.owner_schema else ")")
    )


def _key_to_things(made: Made, prefix: str, options: str = "") -> str:
    """A foreign key to the whole primary key of `things`, of columns named like it behind `prefix`."""
    things = _in_schema(made.schema, "things")
    names = [name for name, _ in _keys(made)]
    own, others = [f"{prefix}{name}" for name in names], [f"{things}.{name}" for name in names]
    return f"sa.ForeignKeyConstraint({own}, {others}{', ' if options else ''}{options})"


def _links(made: Made) -> str:
    """The association table, in the schema of the things."""
    options = made.linked or ""
    columns = [
        f'sa.Column("thing_{name}", {rest.partition(",")[0]}, primary_key=True, autoincrement=False)'
        for name, rest in _keys(made)
    ]
    owners = f'"{_in_schema(made.owner_schema, "owners")}.id"{", " if options else ""}{options}'
    columns.append(f'sa.Column("owner_id", sa.ForeignKey({owners}), primary_key=True)')
    schema = f', schema="{made.schema}"' if made.schema else ""
    return (
        f'sa.Table("things_owners", metadata, {", ".join(columns)}, {_key_to_things(made, "thing_", options)}{schema})'
    )


def _options(made: Made) -> list[str]:
    return [*([f'schema="{made.schema}"'] if made.schema else []), *made.options]


def _keys(made: Made) -> list[tuple[str, str]]:
    keys = [("id", "sa.Integer(), primary_key=True")]
    return [*keys, ("part", "sa.String(10), primary_key=True")] if made.composite else keys


def _core(made: Made) -> str:
    columns = [f'sa.Column("{name}", {rest})' for name, rest in _keys(made)]
    columns += [one.call("sa.Column") for one in made.fields]
    return f'sa.Table("things", metadata, {", ".join((*columns, *made.items, *_options(made)))})'


def _declarative(made: Made) -> str:
    base = "class Base(DeclarativeBase):\n    metadata = metadata\n"
    own = list(made.fields)
    mixin = ""
    bases = "Base"
    if made.style == "mixed" and not own[0].key:
        first = own.pop(0)
        mixin = f"\n\nclass Mixin:\n    {first.name} = {first.call('mapped_column')}\n"
        bases = "Mixin, Base"
    lines = [
        f"    {name}: Mapped[{'int' if name == 'id' else 'str'}] = mapped_column({rest})" for name, rest in _keys(made)
    ]
    lines += [f"    {one.name} = {one.call('mapped_column')}" for one in own]
    options = ", ".join(f'"{name}": {value}' for name, _, value in (each.partition("=") for each in _options(made)))
    arguments = ", ".join((*made.items, f"{{{options}}}")) if options else "".join(f"{one}, " for one in made.items)
    table_args = f"    __table_args__ = ({arguments},)\n" if options else f"    __table_args__ = ({arguments})\n"
    return (
        f'{base}{mixin}\n\nclass Thing({bases}):\n    __tablename__ = "things"\n'
        + (table_args if made.items or options else "")
        + "\n".join(lines)
        + (_special(made, made.special) if made.special is not None else "")
    )


def _special(made: Made, field: Field) -> str:
    """What tells the classes apart, and the one that inherits."""
    lines = [
        '    kind: Mapped[str] = mapped_column(sa.String(10))\n    __mapper_args__ = {"polymorphic_on": "kind"}\n\n',
        'class Special(Thing):\n    __mapper_args__ = {"polymorphic_identity": "special"}',
        f"    {field.name} = {field.call('mapped_column')}",
    ]
    if made.style == "joined":
        table = [f"{_key_to_things(made, '')},", *([f'{{"schema": "{made.schema}"}},'] if made.schema else [])]
        lines += ['    __tablename__ = "specials"', f"    __table_args__ = ({' '.join(table)})"]
        lines += [f"    {name} = mapped_column({rest})" for name, rest in _keys(made)]
    return "\n" + "\n".join(lines)
