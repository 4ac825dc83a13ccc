"""Names are the ones that SQLAlchemy's naming conventions make."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import registry
from sqlalchemy.exc import IdentifierError, InvalidRequestError
from sqlalchemy.sql.naming import conv

from driftline.python.values import Unknown
from driftline.schema.naming import FinalName, Kind, NamingConvention, constraint_name, cut_name

DIALECTS = ("postgresql", "sqlite", "mysql")
NOTHING = NamingConvention({})

_COLUMN_TOKENS = (
    "column_0_name",
    "column_0_label",
    "column_0_key",
    "column_1_name",
    "column_2_label",
    "column_0N_name",
    "column_0_N_name",
    "column_0_N_label",
    "column_0N_label",
    "column_0_N_key",
)
_TOKENS = {
    "ix": ("table_name", *_COLUMN_TOKENS),
    "uq": ("table_name", *_COLUMN_TOKENS),
    "pk": ("table_name", *_COLUMN_TOKENS),
    "ck": ("table_name", "column_0_name", "column_0_label"),
    "fk": (
        "table_name",
        *_COLUMN_TOKENS,
        "referred_table_name",
        "referred_column_0_name",
        "referred_column_0_N_name",
        "referred_column_0N_name",
    ),
}
_WORDS = st.text("abcxyz_", min_size=1, max_size=12)
_LONG = st.one_of(_WORDS, st.integers(20, 70).map(lambda size: ("t" + "abcdefgh" * 9)[:size]))


@st.composite
def _template(draw: st.DrawFn, kind: Kind) -> str:
    # SQLAlchemy gives every table an unnamed primary key first: a `pk` template that asks for a name refuses every
    # table there is.
    own = () if kind == "pk" else ("constraint_name",)
    tokens = draw(st.lists(st.sampled_from((*_TOKENS[kind], *own)), min_size=1, max_size=3))
    return f"{kind}_" + "_".join(f"%({token})s" for token in tokens)


@st.composite
def _cases(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(tuple(_TOKENS)))
    convention = draw(st.dictionaries(st.sampled_from(tuple(_TOKENS)), st.just(""), max_size=3))
    convention = {key: draw(_template(key)) for key in {*convention, kind} if draw(st.booleans()) or key == kind}
    return {
        "kind": kind,
        "convention": convention if draw(st.integers(0, 9)) else {},
        "table": draw(_LONG),
        "schema": draw(st.sampled_from((None, "auth", "a.b"))),
        "columns": draw(st.lists(_LONG, min_size=1, max_size=3, unique=True)),
        "given": draw(
            st.one_of(
                st.none(), _WORDS, _WORDS.map(FinalName), st.integers(50, 80).map(lambda size: FinalName("n" * size))
            )
        ),
        "referred": draw(_WORDS),
        "dialect": draw(st.sampled_from(DIALECTS)),
    }


def _real_name(case: dict[str, Any]) -> str | None:
    """Let SQLAlchemy name the constraint; "refused" where it does."""
    kind, columns, given = case["kind"], case["columns"], case["given"]
    metadata = sa.MetaData(naming_convention=case["convention"] or None)
    if not case["convention"]:
        metadata.naming_convention = {}
    name = conv(given) if isinstance(given, FinalName) else given
    items = {one: sa.Column(one, sa.Integer, key=f"k_{one}") for one in columns}
    referred = f"R{case['referred']}"
    sa.Table(referred, metadata, *(sa.Column(f"r_{one}", sa.Integer, primary_key=True) for one in columns))
    made = {
        "ix": lambda: sa.Index(name, *items.values()),
        "uq": lambda: sa.UniqueConstraint(*items.values(), name=name),
        "pk": lambda: sa.PrimaryKeyConstraint(*items.values(), name=name),
        "ck": lambda: sa.CheckConstraint(items[columns[0]] > 5, name=name),
        "fk": lambda: sa.ForeignKeyConstraint(
            [f"k_{one}" for one in columns], [f"{referred}.r_{one}" for one in columns], name=name
        ),
    }[kind]()
    try:
        table = sa.Table(
            case["table"], metadata, *items.values(), *([made] if kind != "ix" else []), schema=case["schema"]
        )
        if kind == "ix":
            made = next(iter(table.indexes), None) or made
        if made.name is None:
            return None
        preparer = registry.load(case["dialect"])().identifier_preparer
        return str(preparer.format_constraint(made, _alembic_quote=False))
    except InvalidRequestError:
        return None
    except IdentifierError:
        # SQLAlchemy refuses an explicit name that is too long; we keep it as the source writes it.
        return str(made.name)


@given(_cases())
def test_names_are_those_that_sqlalchemy_makes(case: dict[str, Any]) -> None:
    """If SQLAlchemy names a constraint under a convention and cuts the name for a dialect, ours is the same.

    Where it refuses, there is none.
    """
    columns = tuple(case["columns"])
    constrained = columns[:1] if case["kind"] == "ck" else columns

    actual, _ = constraint_name(
        case["kind"],
        case["given"],
        table=case["table"],
        schema=case["schema"],
        columns=constrained,
        keys=tuple(f"k_{one}" for one in constrained),
        referred_table=f"R{case['referred']}" if case["kind"] == "fk" else None,
        referred_columns=tuple(f"r_{one}" for one in columns),
        convention=NamingConvention(case["convention"]),
        dialect=case["dialect"],
    )

    assert _real_name(case) == actual


def _name(kind: Kind, given: str | Unknown | None, convention: NamingConvention) -> tuple[object, bool]:
    return constraint_name(
        kind, given, table="users", schema=None, columns=("email",), convention=convention, dialect="postgresql"
    )


def test_a_plain_metadata_names_indexes_only() -> None:
    """If no convention is set, indexes are named by SQLAlchemy's default, and nothing else is."""
    default = sa.MetaData().naming_convention

    assert dict(default) == dict(NamingConvention().templates)
    assert ("ix_users_email", True) == _name("ix", None, NamingConvention())
    assert (None, False) == _name("uq", None, NamingConvention())


def test_an_explicit_name_passes_through_a_template_that_asks_for_it() -> None:
    """If a template asks for the constraint's name, an explicit name is put into it, unless it is final."""
    convention = NamingConvention({"ck": "ck_%(table_name)s_%(constraint_name)s"})

    assert ("ck_users_ok", True) == _name("ck", "ok", convention)
    assert ("ck_users_ok", False) == _name("ck", FinalName("ck_users_ok"), convention)
    assert ("ok", False) == _name("uq", "ok", convention)


def test_what_a_name_depends_on_makes_it_unknown() -> None:
    """If a template, the convention, a column or the given name is Unknown, the name is, and only then."""
    why = Unknown("not read")

    assert (why, True) == _name("uq", None, NamingConvention({"uq": why}))
    assert (why, True) == _name("uq", None, NamingConvention({}, unknown=why))
    assert ("x", False) == _name("uq", "x", NamingConvention({}, unknown=why))
    assert (why, False) == _name("uq", why, NOTHING)
    assert (why, True) == _name("ck", "x", NamingConvention({}, unknown=why))
    assert (why, True) == _name("uq", None, NamingConvention({"uq": "uq_%(mine)s", "mine": why}))
    assert ("uq_users", True) == _name("uq", None, NamingConvention({"uq": "uq_%(table_name)s", "mine": why}))


def test_a_token_of_the_users_own_is_filled_in() -> None:
    """If a convention has a callable token that was read, what it gives stands in the name."""
    convention = NamingConvention(
        {"uq": "uq__%(table_name)s__%(all_columns)s"},
        tokens={"all_columns": lambda named: "+".join(str(one) for one in named.columns)},
    )

    assert ("uq__users__email", True) == _name("uq", None, convention)


@pytest.mark.parametrize("template", ["uq_%(no_such_token)s", "uq_%(column_0_nothing)s", "uq_%(table_name)d", "uq_%"])
def test_a_template_that_cannot_be_filled_makes_an_unknown_name(template: str) -> None:
    """If SQLAlchemy would raise on a template, the name is Unknown, and nothing is raised."""
    made, _ = _name("uq", None, NamingConvention({"uq": template}))

    assert isinstance(made, Unknown)


def test_postgresql_cuts_what_reaches_it_too_long() -> None:
    """If raw SQL names something with more than 63 bytes, PostgreSQL keeps the first 63, and never half a character."""
    assert ["n" * 63, "é" * 31, "n" * 70] == [
        cut_name("n" * 70, "postgresql"),
        cut_name("é" * 40, "postgresql"),
        cut_name("n" * 70, "sqlite"),
    ]
