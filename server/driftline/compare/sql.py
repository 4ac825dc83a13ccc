"""Whether two SQL expressions say the same, judged from their texts.

Both texts are source (a model's and a revision's), so nothing of a database's own spelling has to be undone. What
authors vary is white space, parentheses, the case of keywords, `<>` and `!=`, the order of an `IN` list or of what
`AND` joins, casts of constants, table names before columns.

Invariant: `can_differ` answers True only where both texts were understood, and what is left of them without such
variations is different. Nothing here raises.

Example: `can_differ("a IN ('x', 'y')", "(a = 'y' OR a = 'x')", "postgresql")` is False.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

Form: TypeAlias = "tuple[Form | str, ...]"
"""The normal form of an expression: the name of a node, then its operands' normal forms."""

_GRAMMARS: Final = {
    "postgresql": "postgres",
    "cockroachdb": "postgres",
    "sqlite": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "tsql",
    "oracle": "oracle",
}
"""SQLAlchemy's name of a dialect, and sqlglot's."""

_NUMERIC_TRUTH: Final = frozenset({"sqlite", "mysql", "mariadb"})
"""Dialects in which TRUE is 1 and FALSE is 0."""

_LONGEST: Final = 20_000
"""Characters; a longer expression is not looked into."""

_NEGATIONS: Final = {
    "eq": "neq",
    "neq": "eq",
    "lt": "gte",
    "gte": "lt",
    "lte": "gt",
    "gt": "lte",
    "is": "is not",
    "is not": "is",
}
_MIRRORED: Final = {"gt": "lt", "gte": "lte"}
_COMMUTATIVE: Final = frozenset({"eq", "neq", "add", "mul", "is distinct", "is not distinct"})
_TEXTUAL: Final = frozenset({"TEXT", "VARCHAR", "CHAR", "NVARCHAR", "NCHAR", "BPCHAR", "NAME"})


def can_differ(one: str, other: str, dialect: str) -> bool:
    """Whether the two expressions can be shown to differ, under the grammar of `dialect` (SQLAlchemy's name of it)."""
    if _folded(one) == _folded(other):
        return False
    forms = normal_form(one, dialect), normal_form(other, dialect)
    return None not in forms and forms[0] != forms[1]


def same(one: str, other: str, dialect: str) -> bool:
    """Whether the two expressions can be shown to say the same."""
    if _folded(one) == _folded(other):
        return True
    form = normal_form(one, dialect)
    return form is not None and form == normal_form(other, dialect)


def conditions_differ(one: str, other: str, dialect: str) -> bool:
    """Whether two conditions of indexes can be shown to differ; there, as in WHERE, NULL is as good as false."""
    if _folded(one) == _folded(other):
        return False
    forms = normal_form(one, dialect), normal_form(other, dialect)
    return None not in forms and _two_valued(forms[0]) != _two_valued(forms[1])


def mentions(sql: str, column: str) -> bool:
    """Whether the column is named in the expression, as far as its words tell."""
    return re.search(rf"(?<![\w.]){re.escape(column)}(?!\w)", sql, re.IGNORECASE) is not None


@lru_cache(maxsize=4096)
def normal_form(sql: str, dialect: str) -> Form | None:
    """The expression without what authors vary, or None where it could not be read."""
    if len(sql) > _LONGEST:
        return None
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    text = sql.replace(r"\:", ":")  # SQLAlchemy's text() escapes colons this way
    try:
        form = _form(sqlglot.parse_one(text, read=_GRAMMARS.get(dialect), into=exp.Condition))
        return _with_numeric_truth(form) if dialect in _NUMERIC_TRUTH else form
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        # What users write can be anything, and sqlglot's parsers do not promise to fail with errors of their own only.
        return None


def _folded(sql: str) -> str:
    """The text with white space folded: enough for most pairs, so that sqlglot need not be imported for them."""
    return " ".join(sql.split())


def _form(node: exp.Expr) -> Form:  # noqa: C901, PLR0911, PLR0912 - one branch for each way of saying the same
    from sqlglot import exp

    match node:
        case exp.Paren():
            return _form(node.this)
        case exp.Not():
            return _negated(_form(node.this))
        case _ if node.args.get("negate"):
            plain = node.copy()
            plain.set("negate", None)
            return _negated(_form(plain))
        case exp.Column():
            return ("column", _identifier(node.this))
        case exp.Identifier():
            return ("identifier", _identifier(node))
        case exp.Literal():
            return ("string", node.this) if node.is_string else ("number", _number(node.this))
        case exp.Boolean():
            return ("boolean", str(bool(node.this)).lower())
        case exp.Interval():
            unit = node.args.get("unit")
            return interval_form(f"{node.this.name} {unit.name if unit is not None else ''}")
        case exp.Cast() if isinstance(node.this, exp.Literal) and _is_interval(node.args["to"]):
            return interval_form(node.this.name)
        case exp.Cast() if not _matters(node):
            return _as_number(_form(node.this)) if _to_number(node) else _form(node.this)
        case exp.And() | exp.Or():
            word = "and" if isinstance(node, exp.And) else "or"
            return _joined(word, (_form(node.left), _form(node.right)))
        case exp.Between():
            value = _form(node.this)
            return _joined(
                "and",
                (_compared("gte", value, _form(node.args["low"])), _compared("lte", value, _form(node.args["high"]))),
            )
        case exp.In() if node.expressions:
            value = _form(node.this)
            return _joined("or", (_compared("eq", value, _form(one)) for one in node.expressions))
        case exp.EQ() if (options := _any_of(node.right)) is not None:
            value = _form(node.left)
            return _joined("or", (_compared("eq", value, _form(one)) for one in options))
        case exp.NullSafeNEQ():
            return _compared("is distinct", _form(node.this), _form(node.expression))
        case exp.NullSafeEQ():
            return _compared("is not distinct", _form(node.this), _form(node.expression))
        case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE() | exp.Is() | exp.Add() | exp.Mul():
            return _compared(type(node).__name__.lower(), _form(node.this), _form(node.expression))
        case exp.Anonymous() if str(node.this).lower() == "timezone" and len(node.expressions) == 2:  # noqa: PLR2004
            zone, moment = node.expressions
            return ("attimezone", _form(moment), _form(zone))
        case exp.AtTimeZone():
            return ("attimezone", _form(node.this), _form(node.args["zone"]))
        case exp.Neg() if isinstance(inner := node.this.unnest(), exp.Literal) and not inner.is_string:
            return ("number", _number(f"-{inner.this}"))
        case _:
            return (type(node).__name__.lower(), *_operands(node))


def _operands(node: exp.Expr) -> Iterable[Form | str]:
    from sqlglot import exp

    for name, value in sorted(node.args.items()):
        if value is None or value is False or value == []:
            continue
        for one in value if isinstance(value, list) else [value]:
            yield name
            yield _form(one) if isinstance(one, exp.Expr) else str(one).lower()


def _compared(word: str, left: Form, right: Form) -> Form:
    if word in _MIRRORED:
        word, left, right = _MIRRORED[word], right, left
    if word == "eq" and ("boolean", "true") in (left, right):
        return right if left == ("boolean", "true") else left
    if word == "eq" and ("boolean", "false") in (left, right):
        return _negated(right if left == ("boolean", "false") else left)
    if word in _COMMUTATIVE:
        left, right = sorted((left, right), key=repr)
    return (word, left, right)


def _joined(word: str, parts: Iterable[Form]) -> Form:
    """`a AND (b AND a)` as the set of what it joins."""
    flat: list[Form] = []
    for part in parts:
        flat.extend(one for one in part[1:] if isinstance(one, tuple)) if part[0] == word else flat.append(part)
    unique = sorted(set(flat), key=repr)
    return unique[0] if len(unique) == 1 else (word, *unique)


def _negated(form: Form) -> Form:
    """`NOT form`, with the negation moved inwards: SQL's three truth values allow that."""
    word = form[0]
    operands = tuple(one for one in form[1:] if isinstance(one, tuple))
    if word == "not":
        return operands[0]
    if word in ("and", "or"):
        return _joined("or" if word == "and" else "and", map(_negated, operands))
    if isinstance(word, str) and word in _NEGATIONS and len(operands) == 2:  # noqa: PLR2004
        return _compared(_NEGATIONS[word], *operands)
    return ("not", form)


def _two_valued(form: Form | None) -> Form | None:
    """The form where NULL counts as false: `a IS TRUE` is `a` then, and `a IS FALSE` is `NOT a`."""
    if form is None:
        return None
    operands = tuple(one for one in form[1:] if isinstance(one, tuple))
    match form:
        case (("and" | "or") as word, *_):
            return _joined(word, (two for one in operands if (two := _two_valued(one)) is not None))
        case ("is", _, ("boolean", "true")):
            return _two_valued(operands[0])
        case ("is", _, ("boolean", "false")):
            return _two_valued(_negated(operands[0]))
        case _:
            return form


def _with_numeric_truth(form: Form) -> Form:
    """The form where truth values are numbers: `a = 1` is `a` then, as far as anybody means it."""
    operands = tuple(_with_numeric_truth(one) if isinstance(one, tuple) else one for one in form[1:])
    truth: dict[Form, Form] = {("number", "1"): ("boolean", "true"), ("number", "0"): ("boolean", "false")}
    if form[0] in ("eq", "neq", "is", "is not") and len(operands) == 2:  # noqa: PLR2004
        values = [truth.get(one, one) if isinstance(one, tuple) else one for one in operands]
        left, right = (one for one in values if isinstance(one, tuple))
        if form[0] == "neq":
            return _negated(_compared("eq", left, right))
        return _compared(form[0], left, right)
    return (form[0], *operands)


def _any_of(node: exp.Expr) -> list[exp.Expr] | None:
    """The elements of `ANY (ARRAY[...])`, which PostgreSQL makes of an `IN` list."""
    from sqlglot import exp

    if not isinstance(node, exp.Any):
        return None
    array = node.this.unnest()
    while isinstance(array, exp.Cast):
        array = array.this.unnest()
    return array.expressions if isinstance(array, exp.Array) and array.expressions else None


def _matters(cast: exp.Cast) -> bool:
    """Whether a cast could change a value: those of constants, and to text, are what PostgreSQL's spelling adds."""
    from sqlglot import exp

    target = cast.args["to"]
    inner = cast.this.unnest()
    inner = inner.this.unnest() if isinstance(inner, exp.Neg) else inner
    constant = isinstance(inner, exp.Literal | exp.Array | exp.Null | exp.Boolean | exp.Cast)
    kind = getattr(target.this, "name", "") if isinstance(target, exp.DataType) else ""
    return not constant and (kind not in _TEXTUAL or bool(target.expressions))


_NUMERIC_KINDS: Final = frozenset(
    {"INT", "BIGINT", "SMALLINT", "TINYINT", "MEDIUMINT", "DECIMAL", "DOUBLE", "FLOAT", "BIGDECIMAL"}
)
"""sqlglot's names of numeric types."""


def _to_number(cast: exp.Expr) -> bool:
    """Whether a cast is to a number; PostgreSQL writes `'-1'::integer` for -1."""
    return getattr(getattr(cast.args["to"], "this", None), "name", "") in _NUMERIC_KINDS


def _as_number(form: Form) -> Form:
    if form[0] != "string" or not isinstance(form[1], str):
        return form
    try:
        return ("number", str(Decimal(form[1].strip()).normalize() + 0))
    except InvalidOperation:
        return form


_UNITS: Final = {
    "second": (0, 0, 1),
    "sec": (0, 0, 1),
    "minute": (0, 0, 60),
    "min": (0, 0, 60),
    "hour": (0, 0, 3600),
    "day": (0, 1, 0),
    "week": (0, 7, 0),
    "month": (1, 0, 0),
    "mon": (1, 0, 0),
    "year": (12, 0, 0),
}
"""What PostgreSQL keeps of a unit: months, days, seconds."""

_AMOUNT: Final = re.compile(r"\s*([+-]?\d+)\s*([a-z]+?)s?(?=\s|\d|$)", re.IGNORECASE)
_CLOCK: Final = re.compile(r"\s*(\d+):(\d\d)(?::(\d\d))?\s*$")


def _is_interval(target: exp.Expr) -> bool:
    from sqlglot import exp

    kind = target.this if isinstance(target, exp.DataType) else target
    return kind == exp.DataType.Type.INTERVAL or isinstance(kind, exp.Interval)


def interval_form(text: str) -> Form:
    """Give an interval as PostgreSQL keeps it; `ValueError` where the text is one of the many others that it takes."""
    totals = [0, 0, 0]
    at = 0
    while at < len(text.rstrip()):
        clock, amount = _CLOCK.match(text, at), _AMOUNT.match(text, at)
        if clock is not None:
            hours, minutes, seconds = (int(one or 0) for one in clock.groups())
            totals[2] += hours * 3600 + minutes * 60 + seconds
            at = clock.end()
        elif amount is not None and amount.group(2).lower() in _UNITS:
            parts = _UNITS[amount.group(2).lower()]
            totals = [total + int(amount.group(1)) * part for total, part in zip(totals, parts, strict=True)]
            at = amount.end()
        else:
            msg = f"an interval that is not read: {text}"
            raise ValueError(msg)
    return ("interval", *map(str, totals))


def _identifier(node: exp.Expr | str) -> str:
    """Quotes are no part of a name; case is, where there are quotes."""
    from sqlglot import exp

    if isinstance(node, exp.Identifier):
        return str(node.this) if node.quoted else str(node.this).lower()
    return str(node).lower()


def _number(text: str) -> str:
    try:
        return str(Decimal(text).normalize() + 0)
    except InvalidOperation:
        return text
