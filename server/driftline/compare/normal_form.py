"""The normal form of a SQL expression: what is left of its text without what authors, and databases, vary.

That is white space, parentheses, the case of keywords, `<>` and `!=`, the order of an `IN` list or of what `AND` joins,
negations that may stand further in, casts that PostgreSQL adds when it spells an expression again, table names before
columns. What two forms have to say to each other is `compare.sql`'s to judge.

Invariant: nothing here raises; what is not understood has no normal form.

Example: `normal_form("(a >= 1 AND a <= 3)", "postgresql")` is that of `a BETWEEN 1 AND 3`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from driftline.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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

_POSTGRESQL: Final = frozenset({"postgresql", "cockroachdb"})

_NUMERIC_TRUTH: Final = frozenset({"sqlite", "mysql", "mariadb"})
"""Dialects in which TRUE is 1 and FALSE is 0."""

_LONGEST: Final = 20_000
"""Characters; a longer expression is not looked into."""

NULL: Final = ("null",)
TRUE: Final = ("boolean", "true")
FALSE: Final = ("boolean", "false")

_NEGATIONS: Final = {
    "eq": "neq",
    "neq": "eq",
    "lt": "gte",
    "gte": "lt",
    "lte": "gt",
    "gt": "lte",
    "is": "is not",
    "is not": "is",
    "is distinct": "is not distinct",
    "is not distinct": "is distinct",
}
_MIRRORED: Final = {"gt": "lt", "gte": "lte"}
COMMUTATIVE: Final = frozenset(
    {"eq", "neq", "is distinct", "is not distinct", "add", "mul", "bitwiseand", "bitwiseor", "bitwisexor"}
)
_ASSOCIATIVE: Final = frozenset({"add", "mul", "dpipe"})
"""What says the same however it is bracketed."""
_OF_ROWS: Final = {"eq": "and", "is not distinct": "and", "neq": "or", "is distinct": "or"}
"""Comparisons of rows, and what joins those of their columns."""
_TEXTUAL: Final = frozenset({"TEXT", "VARCHAR", "CHAR", "NVARCHAR", "NCHAR", "BPCHAR", "NAME"})
_WIDEST: Final = frozenset({"DECIMAL", "DOUBLE"})
"""sqlglot's names of the numbers that PostgreSQL casts others to where it reckons with both: no value is lost."""

_DRESS: Final = regex(
    r"""
    (
        "(?:[^"]|"")*+(?:"|\Z) | '(?:[^']|'')*+(?:'|\Z) | \b[eE]'(?:\\.|''|[^'\\])*+(?:'|\Z)
      | \$(\w*)\$.*?(?:\$\2\$|\Z)
    )
    (?: \s*::\s*(?:text|character\ varying|varchar|bpchar)\b(?!\s*[\[(]) )?
    | ( --[^\n]* | /\*.*?(?:\*/|\Z) )
    | \bpg_catalog\.(?=\w)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""What PostgreSQL dresses constants and functions in: a cast to text, and its own schema. sqlglot takes a function for
another one in such a dress (`date_trunc('day'::text, …)`)."""


@lru_cache(maxsize=4096)
def normal_form(sql: str, dialect: str) -> Form | None:
    """The expression without what authors vary, or None where it could not be read."""
    if len(sql) > _LONGEST:
        return None
    text = sql.replace(r"\:", ":")  # SQLAlchemy's text() escapes colons this way
    if dialect in _POSTGRESQL:
        text = _DRESS.sub(lambda found: found.group(1) or found.group(3) or "", text)
    form = plain_form(text, dialect) or parsed_form(text, dialect)
    return _with_numeric_truth(form) if form is not None and dialect in _NUMERIC_TRUTH else form


def parsed_form(text: str, dialect: str) -> Form | None:
    """The form of what sqlglot makes of an expression, or None where that is nothing."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(text, read=_GRAMMARS.get(dialect), into=exp.Condition)
        return _form(tree.transform(_without_widening) if dialect in _POSTGRESQL else tree)
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        # What users write can be anything, and sqlglot's parsers do not promise to fail with errors of their own only.
        return None


_PLAIN: Final = regex(
    r"""
    \s* (\()? \s*
    (?: (?P<column>[a-z]\w*) \s* (?P<operator> = | <> | != | \bIS\b (?:\s+NOT\b)? (?=\s+[a-z]) ) \s* )?
    (?: '(?P<string>[^'\\]*)' | (?P<number>-?\d+(?:\.\d+)?) | (?P<word>TRUE|FALSE|NULL) )
    \s* (?(1)\)) \s*
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""A constant, or a column compared with one; in parentheses or not."""

_PLAIN_OF_POSTGRESQL: Final = regex(
    r"""
    \s* (\()? \s*
    (?: (?P<column>[a-z]\w*) (?:\s*::\s*text\b)? \s* (?P<matching> ~\*? ) \s* '(?P<pattern>[^'\\]*)'
      | '(?P<document>[^'\\]*)' \s*::\s* jsonb?
      | (?: (?P<schema>[a-z]\w*) \. )? (?P<function>[a-z]\w*) \(\s*\)
    )
    \s* (?(1)\)) \s*
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""A column that matches a pattern, a document, or a function of nothing (`now()`); in parentheses or not."""

_PLAIN_FUNCTIONS: Final[dict[str, Form]] = {
    "gen_random_uuid": ("uuid",),
    "now": ("currenttimestamp",),
    **{one: ("call", one) for one in ("clock_timestamp", "statement_timestamp", "uuid_generate_v4")},
}
"""Functions that many columns have as their default, as sqlglot takes them where no schema is named."""

_PLAIN_DIALECTS: Final = frozenset({*_POSTGRESQL, "sqlite"})

_NO_COLUMNS: Final = frozenset(
    """
    alter and any as between call case connect_by_root create cross current_catalog current_date current_schema
    current_time current_timestamp current_user declare describe distinct do drop else except exec execute explain
    false fetch for from glob grant having if ilike inner insert intersect interval into join lateral like localtime
    localtimestamp lock not notnull null on only optimize or outer partitioned_by prepare qualify refresh regexp
    reindex rename replace reset returning revoke rlike rollback select session_user show tablesample then true
    uncache union using vacuum values variadic when where with xor
    """.split()  # noqa: SIM905 -- ninety words read better without quotes
)
"""Words that sqlglot takes for something else; held against it by a test."""

_PLAIN_OPERATORS: Final = {"=": "eq", "<>": "neq", "!=": "neq", "is": "is", "is not": "is not"}
_WORDS: Final = {"null": NULL, "true": TRUE, "false": FALSE}


def plain_form(text: str, dialect: str) -> Form | None:
    """The form of the simplest expressions, as sqlglot would have it; None where there is more to an expression.

    Most are of this kind, and importing sqlglot takes longer than reading a small project.
    """
    found = _PLAIN.fullmatch(text) if dialect in _PLAIN_DIALECTS else None
    if found is None:
        return _plain_of_postgresql(text) if dialect in _POSTGRESQL else None
    column, string, number = found["column"], found["string"], found["number"]
    value = ("string", string) if string is not None else ("number", _number(number)) if number else None
    if column is None:
        return value or _WORDS[found["word"].lower()]
    if column.lower() in _NO_COLUMNS:
        return None
    operator = _PLAIN_OPERATORS[" ".join(found["operator"].lower().split())]
    return _compared(operator, ("column", column.lower()), value or _WORDS[found["word"].lower()])


def _plain_of_postgresql(text: str) -> Form | None:
    found = _PLAIN_OF_POSTGRESQL.fullmatch(text)
    if found is None or (found["column"] or found["schema"] or "").lower() in _NO_COLUMNS:
        return None
    if found["document"] is not None:
        return ("string", found["document"])
    if found["column"]:
        kind = "regexpilike" if found["matching"] == "~*" else "regexplike"
        return (kind, "expression", ("string", found["pattern"]), "this", ("column", found["column"].lower()))
    name = found["function"].lower()
    plain = _PLAIN_FUNCTIONS.get(name)
    if plain is None or not found["schema"]:
        return plain
    return ("dot", "expression", ("call", name), "this", ("identifier", found["schema"].lower()))


def _form(node: exp.Expr) -> Form:
    """Give the form of `node`; what is said in another way than the one that forms have is first turned into it."""
    from sqlglot import exp

    match node:
        case exp.Paren():
            return _form(node.this)
        case exp.Not():
            return negated(_form(node.this))
        case _ if node.args.get("negate"):
            return negated(_form(_with(node, "negate", None)))
        case exp.Date() if node.this is not None and not node.expressions and node.args.get("zone") is None:
            return _form(exp.Cast(this=node.this, to=exp.DataType.build("date")))
        case exp.Trim() if not node.args.get("position"):
            return _form(_with(node, "position", "BOTH"))
        case exp.Escape():
            return _form(_with(node.this, "expression", _call_of("like_escape", node.this.expression, node.expression)))
        case exp.SimilarTo():
            return _form(exp.RegexpLike(this=node.this, expression=_call_of("similar_to_escape", node.expression)))
        case exp.Extract() if isinstance(node.this, exp.Literal):
            return _form(_with(node, "this", exp.Var(this=node.this.name)))
    return _leaf(node) or _condition(node) or _value(node) or (type(node).__name__.lower(), *_operands(node))


def _leaf(node: exp.Expr) -> Form | None:
    """Give the form of a name or a literal."""
    from sqlglot import exp

    match node:
        case exp.Column():
            return ("column", _identifier(node.this))
        case exp.Identifier():
            return ("identifier", _identifier(node))
        case exp.Literal():
            return ("string", node.this) if node.is_string else ("number", _number(node.this))
        case exp.ByteString() | exp.RawString() | exp.National():  # E'x', $$x$$, N'x'
            return ("string", str(node.this))
        case exp.UnicodeString() if "\\" not in str(node.this):
            return ("string", str(node.this))
        case exp.Boolean():
            return TRUE if node.this else FALSE
        case exp.Interval():
            unit = node.args.get("unit")
            return interval_form(f"{node.this.name} {unit.name if unit is not None else ''}")
        case exp.Neg() if isinstance(inner := node.this.unnest(), exp.Literal) and not inner.is_string:
            return ("number", _number(f"-{inner.this}"))
        case exp.JSONPathKey():
            return ("key", str(node.this))
        case _:
            return None


def _condition(node: exp.Expr) -> Form | None:
    """Give the form of what is true or false."""
    from sqlglot import exp

    match node:
        case exp.And() | exp.Or():
            word = "and" if isinstance(node, exp.And) else "or"
            return joined(word, (_form(node.left), _form(node.right)))
        case exp.Between():
            return _between(_form(node.this), _form(node.args["low"]), _form(node.args["high"]), node)
        case exp.In() if node.expressions:
            return _compared("eq", _form(node.this), ("any", ("array", *map(_form, node.expressions))))
        case exp.NullSafeNEQ():
            return _compared("is distinct", _form(node.this), _form(node.expression))
        case exp.NullSafeEQ():
            return _compared("is not distinct", _form(node.this), _form(node.expression))
        case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE() | exp.Is():
            return _compared(type(node).__name__.lower(), _form(node.this), _form(node.expression))
        case _:
            return None


def _value(node: exp.Expr) -> Form | None:
    """Give the form of what makes a value out of others."""
    from sqlglot import exp

    match node:
        case exp.Cast():
            return _cast(node)
        case exp.Array():
            return ("array", *map(_form, node.expressions))
        case exp.Any():
            return ("any", _elements(_form(node.this)))
        case exp.Tuple():
            return ("tuple", *map(_form, node.expressions))
        case exp.Add() | exp.Mul() | exp.DPipe() | exp.BitwiseAnd() | exp.BitwiseOr() | exp.BitwiseXor():
            return _reckoned(type(node).__name__.lower(), _form(node.this), _form(node.expression))
        case exp.Anonymous():
            return _call(str(node.this).lower(), [_form(one) for one in _arguments(node)])
        case exp.AtTimeZone():
            return ("attimezone", _form(node.this), _form(node.args["zone"]))
        case exp.Case():
            return _case(node)
        case _:
            return None


def _case(node: exp.Expr) -> Form:
    subject, default = node.this, node.args.get("default")
    return (
        "case",
        _form(subject) if subject is not None else (),
        *(("when", _form(one.this), _form(one.args["true"])) for one in node.args["ifs"]),
        _form(default) if default is not None else NULL,
    )


def _operands(node: exp.Expr) -> Iterable[Form | str]:
    from sqlglot import exp

    for name, value in sorted(node.args.items()):
        if value is None or value is False or value == []:
            continue
        for one in value if isinstance(value, list) else [value]:
            yield name
            yield _form(one) if isinstance(one, exp.Expr) else str(one).lower()


def _with(node: exp.Expr, argument: str, value: object) -> exp.Expr:
    """The node with another argument."""
    made = node.copy()
    made.set(argument, value)
    return made


def _call_of(name: str, *arguments: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    return exp.Anonymous(this=name, expressions=[one.copy() for one in arguments])


def _call(name: str, arguments: Sequence[Form]) -> Form:
    """The call of a function that sqlglot does not know."""
    match name, arguments:
        case "timezone", [zone, moment]:
            return ("attimezone", moment, zone)
        case (("any" | "some"), [values]):
            return ("any", _elements(values))
        case "all", [values]:
            return ("all", _elements(values))
        case "row", _:
            return ("tuple", *arguments)
        case "like_escape", [pattern, ("string", "\\")]:
            return pattern
        case _:
            return ("call", name, *arguments)


def _arguments(call: exp.Expr) -> Iterator[exp.Expr]:
    """The arguments of a call, also those that are spelled as one array: `f(VARIADIC ARRAY[a, b])`."""
    from sqlglot import exp

    for one in call.expressions:
        inner = one.this.unnest() if isinstance(one, exp.Variadic) else None
        yield from inner.expressions if isinstance(inner, exp.Array) else [one]


def _elements(values: Form) -> Form:
    """An array, also one that is written as a text: `'{x,y}'`."""
    match values:
        case ("string", str() as text) if (elements := array_elements(text)) is not None:
            return ("array", *(("string", one) for one in elements))
        case _:
            return values


def array_elements(text: str) -> tuple[str, ...] | None:
    """Give the elements of PostgreSQL's text of a flat array (`{x,y}`); None where it is none, or has quotes in it."""
    if not re.fullmatch(r"\{[^{}\"\\]*\}", text):
        return None
    return tuple(one.strip() for one in text[1:-1].split(",")) if text[1:-1].strip() else ()


def _between(value: Form, low: Form, high: Form, node: exp.Expr) -> Form:
    within = joined("and", (_compared("gte", value, low), _compared("lte", value, high)))
    if not node.args.get("symmetric"):
        return within
    return joined("or", (within, joined("and", (_compared("gte", value, high), _compared("lte", value, low)))))


def _compared(word: str, left: Form, right: Form) -> Form:
    match right:
        case ("any", ("array", *values)) if values:
            return joined("or", (_compared(word, left, one) for one in values if isinstance(one, tuple)))
        case ("all", ("array", *values)) if values:
            return joined("and", (_compared(word, left, one) for one in values if isinstance(one, tuple)))
    if left[0] == right[0] == "tuple" and len(left) == len(right) and word in _OF_ROWS:
        pairs = [
            _compared(word, one, other)
            for one, other in zip(left, right, strict=True)
            if isinstance(one, tuple) and isinstance(other, tuple)
        ]
        return joined(_OF_ROWS[word], pairs)
    if word in ("is distinct", "is not distinct") and NULL in (left, right):
        return ("is not" if word == "is distinct" else "is", right if left == NULL else left, NULL)
    if word in _MIRRORED:
        word, left, right = _MIRRORED[word], right, left
    if word in ("eq", "neq") and (TRUE in (left, right) or FALSE in (left, right)):
        truth, rest = (left, right) if left in (TRUE, FALSE) else (right, left)
        return rest if (truth == TRUE) == (word == "eq") else negated(rest)
    if word in COMMUTATIVE:
        left, right = sorted((left, right), key=repr)
    return (word, left, right)


def _reckoned(word: str, left: Form, right: Form) -> Form:
    """`a + (b + c)` as the sum of all three."""
    parts = [left, right]
    if word in _ASSOCIATIVE:
        parts = [one for part in parts for one in (part[1:] if part[0] == word else (part,)) if isinstance(one, tuple)]
    return (word, *(sorted(parts, key=repr) if word in COMMUTATIVE else parts))


def joined(word: str, parts: Iterable[Form]) -> Form:
    """`a AND (b AND a)` as the set of what it joins."""
    flat: list[Form] = []
    for part in parts:
        flat.extend(one for one in part[1:] if isinstance(one, tuple)) if part[0] == word else flat.append(part)
    unique = sorted(set(flat), key=repr)
    return unique[0] if len(unique) == 1 else (word, *unique)


def negated(form: Form) -> Form:
    """`NOT form`, with the negation moved inwards: SQL's three truth values allow that."""
    word = form[0]
    operands = tuple(one for one in form[1:] if isinstance(one, tuple))
    if word == "not":
        return operands[0]
    if word in ("and", "or"):
        return joined("or" if word == "and" else "and", map(negated, operands))
    if isinstance(word, str) and word in _NEGATIONS and len(operands) == 2:  # noqa: PLR2004
        # NOT a = ANY (…) is a <> ALL (…).
        quantified = {"any": "all", "all": "any"}
        left, right = ((quantified.get(str(one[0]), one[0]), *one[1:]) for one in operands)
        return _compared(_NEGATIONS[word], left, right)
    return ("not", form)


def _with_numeric_truth(form: Form) -> Form:
    """The form where truth values are numbers: `a = 1` is `a` then, as far as anybody means it."""
    if form[:1] == ("boolean",):
        return ("number", "1" if form == TRUE else "0")
    operands = tuple(_with_numeric_truth(one) if isinstance(one, tuple) else one for one in form[1:])
    truth: dict[Form, Form] = {("number", "1"): TRUE, ("number", "0"): FALSE}
    if form[:1] in (("eq",), ("neq",), ("is",), ("is not",)) and len(operands) == 2:  # noqa: PLR2004
        values = [truth.get(one, one) if isinstance(one, tuple) else one for one in operands]
        left, right = (one for one in values if isinstance(one, tuple))
        if form[0] == "neq":
            return negated(_compared("eq", left, right))
        return _compared(str(form[0]), left, right)
    return (*form[:1], *operands)


# Casts ---------------------------------------------------------------------------------------------------------------


def _cast(node: exp.Cast) -> Form:
    """A cast, where it could change a value: those of constants, and to text, are what PostgreSQL's spelling adds."""
    from sqlglot import exp

    inner = node.this.unnest()
    kind = _kind(node)
    if isinstance(inner, exp.Literal) and _is_interval(node.args["to"]):
        return interval_form(inner.name)
    inner = inner.this.unnest() if isinstance(inner, exp.Neg) else inner
    form = _form(node.this)
    if isinstance(inner, exp.Literal | exp.Array | exp.Null | exp.Boolean | exp.Cast):
        return _constant(form, kind)
    if kind in _TEXTUAL and not node.args["to"].expressions:
        return form
    return ("cast", form, _form(node.args["to"]))


def _without_widening(node: exp.Expr) -> exp.Expr:
    """What is cast to a wider number, uncast: PostgreSQL writes `(a)::numeric > 0.5` for `a > 0.5`."""
    from sqlglot import exp

    if isinstance(node, exp.Cast) and _kind(node) in _WIDEST and not node.args["to"].expressions:
        inner: exp.Expr = node.this.unnest()
        constant = inner.this.unnest() if isinstance(inner, exp.Neg) else inner
        return node if isinstance(constant, exp.Literal | exp.Null | exp.Boolean) else inner
    return node


def _kind(cast: exp.Cast) -> str:
    """The type that something is cast to, by its name in sqlglot."""
    return str(getattr(getattr(cast.args["to"], "this", None), "name", ""))


_NUMERIC_KINDS: Final = frozenset(
    {"INT", "BIGINT", "SMALLINT", "TINYINT", "MEDIUMINT", "DECIMAL", "DOUBLE", "FLOAT", "BIGDECIMAL"}
)
"""sqlglot's names of numeric types."""

_TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0"})
"""The words that PostgreSQL takes for a boolean."""


def truth_of(text: str) -> Form | None:
    """Give the boolean that PostgreSQL reads in a text; None where it is none."""
    word = text.strip().lower()
    return TRUE if word in _TRUE else FALSE if word in _FALSE else None


def _constant(form: Form, kind: str) -> Form:
    """What a constant is, cast to a type; PostgreSQL writes `'-1'::integer` for -1."""
    if form[0] != "string" or not isinstance(form[1], str):
        return form
    if kind == "BOOLEAN":
        return truth_of(form[1]) or form
    return ("number", _number(form[1].strip())) if kind in _NUMERIC_KINDS else form


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

_AMOUNT: Final = regex(r"\s*([+-]?\d+)\s*([a-z]+?)s?(?=\s|\d|$)", re.IGNORECASE)
_CLOCK: Final = regex(r"\s*(\d+):(\d\d)(?::(\d\d))?\s*$")


def _is_interval(target: exp.Expr) -> bool:
    from sqlglot import exp

    kind = target.this if isinstance(target, exp.DataType) else target
    return kind == exp.DataType.Type.INTERVAL or isinstance(kind, exp.Interval)


def interval_form(text: str) -> Form:
    """Give an interval as PostgreSQL keeps it; `ValueError` where the text is one of the many others that it takes."""
    if re.fullmatch(r"\s*[+-]?\d+\s*", text):
        text = f"{text} seconds"
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
    from decimal import Decimal, InvalidOperation

    try:
        return str(Decimal(text).normalize() + 0)
    except InvalidOperation:
        return text
