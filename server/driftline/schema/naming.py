"""Naming conventions: from the name that the source gives to the name that DDL carries.

The rules are SQLAlchemy's (`sqlalchemy/sql/naming.py`, and `IdentifierPreparer.format_constraint` for the cutting); a
differential test holds this module against them.

Example: with `{"uq": "uq_%(table_name)s_%(column_0_name)s"}` an unnamed `UniqueConstraint("email")` of `users` is
`uq_users_email`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from driftline.dataclass import dataclass, field
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema.constraint import Name

Kind = Literal["ix", "uq", "ck", "fk", "pk"]


class FinalName(str):
    """A name that no naming convention touches: `op.f("…")`, `conv("…")`. It may still be cut."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class NamedConstraint:
    """What a convention's tokens are filled from.

    `schema` is the table's schema as the source writes it (the default schema too: labels carry it). `columns`: the
    constrained columns in order; for an index or a check, those that its expressions mention (what `text("…")` mentions
    is unknown to SQLAlchemy, hence not among them). `keys`: the columns' keys, where they differ from the names.
    `unique`: whether an index is; None for what is none.
    """

    kind: Kind
    given: str | FinalName | Unknown | None
    table: str
    schema: str | None = None
    columns: tuple[str | Unknown, ...] = ()
    keys: tuple[str | Unknown, ...] = ()
    referred_table: str | Unknown | None = None
    referred_columns: tuple[str | Unknown, ...] = ()
    unique: bool | Unknown | None = None


Token = Callable[[NamedConstraint], str | Unknown]
"""A token of the user's own: what the convention's callable gives for a constraint."""


@dataclass(frozen=True, slots=True)
class NamingConvention:
    """A `MetaData`'s naming convention.

    Templates by kind (`ix`, `uq`, `ck`, `fk`, `pk`), and tokens of the user's own by name.

    A template is Unknown where it is made by code that was not read; a token is Unknown, or a function that works it
    out. `unknown`: the whole convention could not be read.
    """

    templates: Mapping[str, str | Unknown] = field(default_factory=lambda: {"ix": "ix_%(column_0_label)s"})
    unknown: Unknown | None = None
    tokens: Mapping[str, Token] = field(default_factory=dict, compare=False)

    def names_by_table(self, kind: Kind) -> bool:
        """Whether a name of that kind is made of the table's name alone, so that nothing else need be known of it."""
        template = self.templates.get(kind)
        tokens = set(_TOKEN.findall(template)) if isinstance(template, str) else {""}
        return self.unknown is None and tokens <= {"table_name"} - self.tokens.keys()


# `Dialect.max_identifier_length`, and `max_index_name_length`/`max_constraint_name_length` where these are smaller, of
# SQLAlchemy's dialects.
_LONGEST_NAME = {"postgresql": 63, "mysql": 64, "mariadb": 64, "oracle": 128, "mssql": 128}

_TOKEN = regex(r"%\((\w+)\)")
_COLUMN_TOKEN = regex(r".*_?column_(\d+)(_?N)?_.+")
_HASH_TAIL = 8


def constraint_name(  # noqa: PLR0913 -- one argument a fact that a name can depend on
    kind: Kind,
    given: str | FinalName | Unknown | None,
    *,
    table: str,
    schema: str | None,
    columns: tuple[str | Unknown, ...],
    referred_table: str | Unknown | None = None,
    referred_columns: tuple[str | Unknown, ...] = (),
    keys: tuple[str | Unknown, ...] = (),
    unique: bool | Unknown | None = None,
    convention: NamingConvention,
    dialect: str,
) -> tuple[Name, bool]:
    """Give the name that DDL carries for a constraint or an index, and whether the convention made it.

    `given` is the name in the source (`FinalName` for `op.f(…)`). The name is None where there is none, Unknown where
    it depends on something that was not read.
    """
    named = NamedConstraint(
        kind, given, table, schema, columns, keys or columns, referred_table, referred_columns, unique
    )
    if isinstance(given, Unknown):
        return given, False
    if isinstance(given, FinalName):
        return shorten_name(str(given), dialect), False
    if convention.unknown is not None:
        # Without a template in sight, an explicit name is most likely the final one for every kind but `ck`, whose
        # template takes up the name almost always.
        return (convention.unknown, True) if given is None or kind == "ck" else (given, False)
    template = convention.templates.get(kind)
    if isinstance(template, Unknown):
        return template, True
    if template is None or (given is not None and "constraint_name" not in template):
        return given, False
    if given is None and "%(constraint_name)" in template:
        # SQLAlchemy refuses (`InvalidRequestError`) where a template asks for a name that is not there; nothing is
        # named then.
        return None, False
    made = _fill(template, named, convention)
    return (made, True) if isinstance(made, Unknown) else (shorten_name(made, dialect), True)


def shorten_name(name: str, dialect: str) -> str:
    """Cut a name that SQLAlchemy may cut (a convention's, or `op.f(…)`'s) as it does for `dialect`.

    Four digits of its MD5 behind a `_`.
    """
    limit = _LONGEST_NAME.get(dialect)
    if limit is None or len(name) <= limit:
        return name
    from hashlib import md5  # few names are that long, and it loads OpenSSL

    digest = md5(name.encode(), usedforsecurity=False).hexdigest()
    return f"{name[: limit - _HASH_TAIL]}_{digest[-4:]}"


def cut_name(name: str, dialect: str) -> str:
    """Cut a name that reaches the database as it is (raw SQL) as the database does.

    PostgreSQL keeps the first 63 bytes, others refuse.
    """
    if dialect != "postgresql" or len(name.encode()) <= _LONGEST_NAME["postgresql"]:
        return name
    return name.encode()[: _LONGEST_NAME["postgresql"]].decode(errors="ignore")


class _Unfillable(Exception):  # noqa: N818 -- no error: the way out of `%`-formatting
    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class _Tokens:
    """What `template % tokens` asks for; a mapping as far as `%` is concerned."""

    named: NamedConstraint
    convention: NamingConvention

    def __getitem__(self, key: str) -> str:
        value = self._token(key)
        if isinstance(value, Unknown):
            raise _Unfillable(value)
        return value

    def _token(self, key: str) -> str | Unknown:
        made = self.convention.tokens.get(key)
        if made is not None:
            return made(self.named)
        own = self.convention.templates.get(key)
        if isinstance(own, Unknown):
            return own
        named = self.named
        if key == "table_name":
            return named.table
        if key == "constraint_name":
            return named.given if named.given is not None else ""
        if key == "referred_table_name":
            return named.referred_table if named.referred_table is not None else ""
        return self._column_token(key)

    def _column_token(self, key: str) -> str | Unknown:
        match = _COLUMN_TOKEN.match(key)
        if match is None:
            return Unknown(f"the naming convention uses a token `%({key})s` that is not SQLAlchemy's")
        number, multiple = match.groups()
        if multiple is None:
            return self._of_column(key.replace(number, "X"), int(number), key)
        # SQLAlchemy takes every column for `0_N` and `0N`, whatever number stands there literally replaced by its own
        # `0`.
        shape = key.replace(f"0{multiple}", "X")
        count = len(self.named.columns)
        parts = [self._of_column(shape, index, key) for index in range(count)]
        unknown = next((part for part in parts if isinstance(part, Unknown)), None)
        if unknown is not None:
            return unknown
        return ("_" if multiple.startswith("_") else "").join(str(part) for part in parts)

    def _of_column(self, shape: str, index: int, key: str) -> str | Unknown:
        named = self.named
        if shape == "referred_column_X_name":
            return _nth(named.referred_columns, index)
        if shape == "column_X_name":
            return _nth(named.columns, index)
        if shape == "column_X_key":
            return _nth(named.keys, index)
        if shape == "column_X_label":
            name = _nth(named.columns, index)
            if isinstance(name, Unknown) or not name:
                return name
            prefix = f"{named.schema.replace('.', '_')}_" if named.schema else ""
            return f"{prefix}{named.table}_{name}"
        return Unknown(f"the naming convention uses a token `%({key})s` that is not SQLAlchemy's")


def _nth(values: tuple[str | Unknown, ...], index: int) -> str | Unknown:
    """Give the value at `index`; SQLAlchemy puts nothing where there are not so many columns."""
    return values[index] if index < len(values) else ""


def _fill(template: str, named: NamedConstraint, convention: NamingConvention) -> str | Unknown:
    try:
        return template % _Tokens(named, convention)
    except _Unfillable as stop:
        return stop.unknown
    except (ValueError, TypeError, KeyError) as error:
        return Unknown(f"the naming convention's template {template!r} cannot be filled: {error}")
