"""Server defaults, source against source.

Alembic compares them only where env.py asks for it, and then against what the database made of the revision's text.
Here both texts come from the people who wrote them, so only what they mean has to be compared.

Example: `'0'` and `0` are the same default for a number, `now()` and `CURRENT_TIMESTAMP` for everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from driftline.compare.difference import AlembicOperation, Difference, uncertainty
from driftline.compare.normal_form import Form, interval_form, normal_form
from driftline.compare.options import Options
from driftline.compare.sql import alike
from driftline.compare.types import shape
from driftline.python.values import Unknown
from driftline.schema import Column, ServerDefault, Type


def compare_server_defaults(table: str, declared: Column, migrated: Column, options: Options) -> Iterator[Difference]:
    """Compare the server defaults of the two halves of a column.

    Silent about columns that the database numbers or generates by itself, and about `FetchedValue`, which says only
    that there is some default (or trigger).
    """
    generated = (one.serial or one.computed or one.identity for one in (declared, migrated))
    stated, made = declared.server_default, migrated.server_default
    if any(generated) or not (_legible(stated) and _legible(made)):
        return
    one, other = default_sql(stated), default_sql(made)
    differ = _differ(one, other, declared.type, options.dialect)
    reported = options.server_defaults and _alembic_reports(one, other, options.dialect, differ=differ)
    if differ or reported:
        yield Difference(
            "modify_default",
            table,
            declared.name,
            declared,
            migrated,
            (AlembicOperation("modify_default", table, declared.name),) if reported else (),
            uncertainty(declared, migrated),
            apparent=None if differ else "both of them mean the same, in other words",
        )


def default_sql(default: ServerDefault | None) -> str | None:
    """Give the SQL of a default, None where there is none (or it is NULL, which is the same)."""
    if default is None or isinstance(default.sql, Unknown) or default.sql.strip().upper() in {"", "NULL"}:
        return None
    return default.sql


def _legible(default: ServerDefault | None) -> bool:
    return default is None or not (default.fetched or isinstance(default.sql, Unknown))


def _differ(one: str | None, other: str | None, type_: Type, dialect: str) -> bool:
    if one is None or other is None:
        return one is not other
    if one.split() == other.split():
        return False
    forms = _meaning(one, type_, dialect), _meaning(other, type_, dialect)
    return forms[0] is not None and forms[1] is not None and not alike(forms[0], forms[1])


_TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0"})
_NUMERIC: Final = frozenset(
    {"INTEGER", "SMALLINT", "BIGINT", "TINYINT", "MEDIUMINT", "NUMERIC", "REAL", "FLOAT", "DOUBLE", "DOUBLE PRECISION"}
)


def _meaning(sql: str, type_: Type, dialect: str) -> Form | None:
    """What a default comes to in a column of this type: databases cast constants to it."""
    form = normal_form(sql, dialect)
    if form is None or len(form) < 2 or not isinstance(form[1], str):  # noqa: PLR2004 - no constant
        return ("string", "{}") if form == ("array",) else form
    column = shape(type_.ddl, dialect)
    word = form[1]
    if form[0] in {"string", "number", "boolean"} and (column.family == "BOOLEAN" or form[0] == "boolean"):
        return ("boolean", "true" if word.lower() in _TRUE else "false" if word.lower() in _FALSE else word)
    if form[0] == "string" and column.family in _NUMERIC:
        from decimal import Decimal, InvalidOperation

        try:
            return ("number", str(Decimal(word).normalize() + 0))
        except InvalidOperation:
            return form
    if form[0] == "string" and column.family == "INTERVAL":
        try:
            return interval_form(word)
        except ValueError:
            return None
    if form[0] == "number" and column.family not in _NUMERIC:
        return ("string", word)
    if form[0] == "string" and column.family in {"JSON", "JSONB"}:
        try:
            return ("string", json.dumps(json.loads(word), sort_keys=True))
        except ValueError:
            return form
    return form


def _alembic_reports(declared: str | None, migrated: str | None, dialect: str, *, differ: bool) -> bool:
    """What Alembic's `compare_server_default` would answer: PostgreSQL is asked, SQLite's texts are compared."""
    if dialect != "sqlite":
        return differ
    return _bare(declared) != _bare(migrated)


def _bare(sql: str | None) -> str | None:
    """Undress a default as Alembic's SQLite implementation does: of parentheses, then of quotes."""
    if sql is None:
        return None
    return re.sub(r"^\"?'(.+)'\"?$", r"\1", re.sub(r"^\((.+)\)$", r"\1", sql))
