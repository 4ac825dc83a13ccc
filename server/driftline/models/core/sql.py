"""SQL expressions: from what the source writes to the text that DDL carries.

Strings, `text(…)`, `func.x(…)`, constants and simple operators over columns are written here, as SQLAlchemy's compiler
does it (a test compares); anything else is Unknown.

Example: the value of `func.now()` is `now()` on PostgreSQL and `CURRENT_TIMESTAMP` on SQLite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from driftline.models.core.canonical import callee
from driftline.models.core.context import CoreContext
from driftline.models.core.json_items import (
    AS_METHODS,
    arrow,
    extracted,
    has_text,
    is_subscripted,
    item_of,
    json_type,
    mysql_value,
)
from driftline.models.core.names import plain, read_name
from driftline.models.core.types import read_type, stated_type
from driftline.python.values import Attribute, Call, EnumMember, Operator, Unknown, Value
from driftline.schema.rendering import quote_identifier, quote_literal

_ATOM = 20

# Binary operators: SQL, and precedence as in `sqlalchemy/sql/operators.py`.
_BINARY = {
    "*": ("*", 8),
    "+": ("+", 7),
    "-": ("-", 7),
    "==": ("=", 5),
    "!=": ("!=", 5),
    "<": ("<", 5),
    "<=": ("<=", 5),
    ">": (">", 5),
    ">=": (">=", 5),
    "&": ("AND", 3),
    "|": ("OR", 2),
}
_NATURALLY_ASSOCIATIVE = frozenset({"AND", "OR", "+", "*"})
_NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_COMPARISON, _AND, _OR, _SUFFIX = 5, 3, 2, 3
_ITEM, _OWN = 15, 0
"""Precedence of an item of JSON, and of an operator of the user's own that says none."""

# Functions that SQL writes without parentheses (`AnsiFunction` in sqlalchemy/sql/functions.py).
_WITHOUT_PARENTHESES = frozenset(
    {
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "localtime",
        "localtimestamp",
        "session_user",
        "sysdate",
        "user",
    }
)
# Functions whose names SQLAlchemy knows, and writes in lower case however they are written.
_KNOWN_FUNCTIONS = frozenset(
    """
    coalesce max min sum now concat char_length random count array_agg mode percentile_cont percentile_disc rank
    dense_rank percent_rank cume_dist cube rollup grouping_sets aggregate_strings pow
    """.split()  # noqa: SIM905 -- twenty words read better without quotes
)


class _Unreadable(Exception):  # noqa: N818 -- no error: the way out of a nested expression
    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


def read_sql(value: Value, context: CoreContext) -> str | Unknown:
    """Give the SQL of a server default (or of any value where a string means a literal).

    Text as it is, strings quoted, functions called.
    """
    try:
        return _Writer(context).default(value)
    except _Unreadable as stop:
        return stop.unknown


def read_expression(value: Value, context: CoreContext) -> str | Unknown:
    """Give the SQL of an expression where a string is SQL already (a CHECK's text, `postgresql_where`)."""
    if isinstance(value, str):
        return value
    try:
        return _Writer(context).expression(value)
    except _Unreadable as stop:
        return stop.unknown


def unescape_text(text: str) -> str:
    r"""Give the SQL of `text(…)`: `\:` stands for a colon that begins no bound parameter."""
    return text.replace("\\:", ":")


def columns_of(value: Value, context: CoreContext) -> Iterator[str]:
    """Give the names of the columns that an expression mentions, in order; SQL given as text mentions none."""
    place = context.locate(value)
    if place is not None:
        yield place.column
        return
    if isinstance(value, Call):
        for one in (value.function, *value.args, *value.kwargs.values()):
            yield from columns_of(one, context)
    elif isinstance(value, Attribute):
        yield from columns_of(value.value, context)
    elif isinstance(value, Operator):
        for one in value.operands:
            yield from columns_of(one, context)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from columns_of(one, context)


class _Writer:
    """Writes one expression; `_Unreadable` leaves it where something is not understood."""

    def __init__(self, context: CoreContext) -> None:
        self.context = context
        self.inside = False
        """Whether a binary operator is around: items of JSON stand in parentheses then, however deep they are."""

    def default(self, value: Value) -> str:
        value = plain(value)
        if isinstance(value, str):
            return quote_literal(value, self.context.dialect)
        if callee(value) in ("sqlalchemy.DefaultClause", "sqlalchemy.PassiveDefault"):
            return self.default(value.args[0] if value.args else None)
        if isinstance(value, bool | int | float):
            # SQLAlchemy refuses a Python number here, so this never runs: what it would mean is anybody's guess.
            raise _Unreadable(Unknown("a server default that is neither a string nor SQL"))
        return self.expression(value)

    def expression(self, value: Value) -> str:
        return self._write(value)[0]

    def _write(self, value: Value) -> tuple[str, int]:
        if isinstance(value, EnumMember):
            # An Enum column stores names or values, as its type says, which is not known here.
            raise _Unreadable(Unknown("a member of an enum in a SQL expression"))
        value = plain(value)
        place = self.context.locate(value)
        if place is not None:
            return quote_identifier(place.column, self.context.dialect), _ATOM
        if isinstance(value, Unknown):
            raise _Unreadable(value)
        if value is None or isinstance(value, bool | int | float | str):
            return self._constant(value), _ATOM
        if isinstance(value, Operator):
            return self._operator(value)
        if isinstance(value, Call):
            return self._call(value)
        if isinstance(value, Attribute) and value.name == "astext":
            return self._item_as_text(value.value)
        raise _Unreadable(Unknown("the SQL expression could not be read"))

    def _write_inside(self, value: Value) -> tuple[str, int]:
        """Write an operand of a binary operator."""
        before, self.inside = self.inside, True
        try:
            return self._write(value)
        finally:
            self.inside = before

    def _write_scalar(self, value: Value) -> tuple[str, int]:
        """Write an operand where constants may be beside it: next to JSON they would be JSON as well."""
        if self._json_type(value) is not None:
            raise _Unreadable(Unknown("JSON that is compared with a value in a SQL expression"))
        return self._write_inside(value)

    def _constant(self, value: Value) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            if self.context.dialect == "sqlite":
                return "1" if value else "0"
            return "true" if value else "false"
        return quote_literal(value, self.context.dialect) if isinstance(value, str) else repr(value)

    def _operator(self, value: Operator) -> tuple[str, int]:
        operands = value.operands
        if value.op == "[]":
            return self._item(value)
        if len(operands) == 1:
            if value.op == "-":
                inner, precedence = self._write(operands[0])
                return f"-{self._within(inner, precedence, 8)}", 8
            if value.op in ("~", "not"):
                return self._negated(operands[0])
            raise _Unreadable(Unknown(f"the operator `{value.op}` in a SQL expression"))
        if value.op in ("==", "!=") and operands[1] is None:
            return self._identity(operands[0], "IS" if value.op == "==" else "IS NOT", None)
        if value.op not in _BINARY or len(operands) != 2:  # noqa: PLR2004 -- binary
            raise _Unreadable(Unknown(f"the operator `{value.op}` in a SQL expression"))
        word, precedence = _BINARY[value.op]
        if word == "+" and any(isinstance(plain(one), str) for one in operands):
            return self._concatenated(list(operands))
        return self._joined(word, precedence, list(operands))

    def _identity(self, value: Value, word: str, other: Value) -> tuple[str, int]:
        inner, precedence = self._write_inside(value) if other is None else self._write_scalar(value)
        return f"{self._within(inner, precedence, _COMPARISON)} {word} {self._write(other)[0]}", _COMPARISON

    def _joined(self, word: str, precedence: int, operands: list[Value]) -> tuple[str, int]:
        parts = []
        for one in operands:
            text, inner = self._write(one) if word in ("AND", "OR") else self._write_scalar(one)
            same = inner == precedence and word in _NATURALLY_ASSOCIATIVE and self._same_operator(one, word)
            parts.append(text if same else self._within(text, inner, precedence))
        return f" {word} ".join(parts), precedence

    def _concatenated(self, operands: list[Value]) -> tuple[str, int]:
        if self.context.dialect in ("mysql", "mariadb"):
            if any(isinstance(one, Operator) for one in operands):
                raise _Unreadable(Unknown("a concatenation of several values in a SQL expression"))
            return f"concat({', '.join(self._write_inside(one)[0] for one in operands)})", _ATOM
        return self._joined("||", _COMPARISON, operands)

    @staticmethod
    def _same_operator(value: Value, word: str) -> bool:
        if isinstance(value, Operator):
            return _BINARY.get(value.op, ("", 0))[0] == word
        return callee(value) == {"AND": "sqlalchemy.and_", "OR": "sqlalchemy.or_"}.get(word)

    @staticmethod
    def _within(text: str, inner: int, outer: int) -> str:
        return f"({text})" if inner <= outer else text

    def _negated(self, value: Value) -> tuple[str, int]:
        if isinstance(value, Operator) and value.op in _NEGATED and len(value.operands) == 2:  # noqa: PLR2004 -- binary
            return self._operator(Operator(_NEGATED[value.op], value.operands))
        text, precedence = self._write(value)
        if precedence in (_AND, _OR):
            return f"NOT ({text})", _COMPARISON
        raise _Unreadable(Unknown("a negation in a SQL expression"))

    def _call(self, call: Call) -> tuple[str, int]:
        path = callee(call)
        if call.unpacked:
            raise _Unreadable(Unknown("arguments of a SQL function were not read", call.origin))
        if path.startswith("sqlalchemy.func."):
            return self._function(path.removeprefix("sqlalchemy.func."), call), _ATOM
        simple = self._constructor(path, call)
        if simple is not None:
            return simple
        if isinstance(call.function, Attribute):
            return self._method(call.function.value, call.function.name, call)
        if isinstance(call.function, Call):
            return self._own_operator(call.function, call)
        raise _Unreadable(Unknown(f"`{path or 'a call'}` in a SQL expression", call.origin))

    def _constructor(self, path: str, call: Call) -> tuple[str, int] | None:
        first = call.args[0] if call.args else None
        match path:
            case "sqlalchemy.text" | "sqlalchemy.literal_column":
                first = first if first is not None else call.kwargs.get("text")
                if isinstance(first, str):
                    return (unescape_text(first) if path == "sqlalchemy.text" else first), _ATOM
                raise _Unreadable(
                    first
                    if isinstance(first, Unknown)
                    else Unknown("the SQL of `text()` could not be read", call.origin)
                )
            case "sqlalchemy.true" | "sqlalchemy.false":
                return self._constant(path == "sqlalchemy.true"), _ATOM
            case "sqlalchemy.null":
                return "NULL", _ATOM
            case "sqlalchemy.literal":
                return self._constant_of(first), _ATOM
            case "sqlalchemy.and_" | "sqlalchemy.or_":
                word, precedence = ("AND", _AND) if path == "sqlalchemy.and_" else ("OR", _OR)
                return self._joined(word, precedence, list(call.args)) if len(call.args) > 1 else self._write(first)
            case "sqlalchemy.not_":
                return self._negated(first)
            case "sqlalchemy.case":
                return self._case(call), _ATOM
            case "sqlalchemy.cast":
                return self._cast(call), _ATOM
            case "sqlalchemy.type_coerce":
                return self._write(first)
        return None

    def _constant_of(self, value: Value) -> str:
        if isinstance(value, EnumMember):
            raise _Unreadable(Unknown("a member of an enum in a SQL expression"))
        value = plain(value)
        if value is None or isinstance(value, bool | int | float | str):
            return self._constant(value)
        raise _Unreadable(value if isinstance(value, Unknown) else Unknown("a literal could not be read"))

    def _cast(self, call: Call) -> str:
        if len(call.args) != 2:  # noqa: PLR2004 -- expression and type
            raise _Unreadable(Unknown("a cast could not be read", call.origin))
        made = read_type(call.args[1], self.context)
        if made.unknown is not None:
            raise _Unreadable(made.unknown)
        constant = isinstance(plain(call.args[0]), str | int | float)
        if self.context.dialect in ("mysql", "mariadb") or (constant and not made.ddl.startswith(("VARCHAR", "TEXT"))):
            # The type that is cast to decides how a constant is written, and MySQL's casts have types of their own.
            raise _Unreadable(Unknown("a cast in a SQL expression", call.origin))
        return f"CAST({self._write(call.args[0])[0]} AS {made.ddl})"

    def _function(self, name: str, call: Call) -> str:
        lowered = name.lower()
        if lowered == "now" and self.context.dialect == "sqlite":
            return "CURRENT_TIMESTAMP"
        if lowered in _WITHOUT_PARENTHESES and not call.args:
            return lowered.upper()
        if lowered in _KNOWN_FUNCTIONS:
            name = lowered
        parts = [quote_identifier(part, "") if not re.fullmatch(r"\w+", part) else part for part in name.split(".")]
        if lowered == "count" and not call.args:
            return "count(*)"
        return f"{'.'.join(parts)}({', '.join(self._write(one)[0] for one in call.args)})"

    def _method(self, receiver: Value, name: str, call: Call) -> tuple[str, int]:
        if isinstance(receiver, Call) and name == "next_value":
            return self._next_value(receiver), _ATOM
        first = call.args[0] if call.args else None
        match name:
            case _ if name in AS_METHODS and not call.args and not call.kwargs:
                return self._item_as(receiver, name)
            case "is_" | "is_not" | "isnot":
                return self._identity(receiver, "IS" if name == "is_" else "IS NOT", first)
            case "in_" | "not_in" | "notin_":
                return self._membership(receiver, name, call)
            case "like" | "not_like" | "notlike":
                word = "LIKE" if name == "like" else "NOT LIKE"
                return f"{self._operand(receiver, _COMPARISON)} {word} {self._operand(first, _COMPARISON)}", _COMPARISON
            case "between":
                return self._between(receiver, call), _COMPARISON
            case "concat":
                return self._concatenated([receiver, first])
            case "cast":
                return self._cast(Call(call.function, (receiver, *call.args), call.kwargs, call.origin)), _ATOM
            case "desc" | "asc":
                return f"{self._within(*self._write(receiver), _SUFFIX)} {name.upper()}", _SUFFIX
            case "nulls_first" | "nullsfirst":
                return f"{self._write(receiver)[0]} NULLS FIRST", _SUFFIX
            case "nulls_last" | "nullslast":
                return f"{self._write(receiver)[0]} NULLS LAST", _SUFFIX
            case "self_group" | "label":
                return self._write(receiver)
        raise _Unreadable(Unknown(f"the method `{name}` in a SQL expression", call.origin))

    def _operand(self, value: Value, outer: int) -> str:
        text, precedence = self._write_scalar(value)
        return self._within(text, precedence, outer)

    def _membership(self, receiver: Value, name: str, call: Call) -> tuple[str, int]:
        members = call.args[0] if call.args else None
        if not isinstance(members, list | tuple | set | frozenset) or not members:
            raise _Unreadable(Unknown("the values of an IN could not be read", call.origin))
        if isinstance(members, set | frozenset) and len(members) > 1:
            raise _Unreadable(Unknown("the values of an IN come from a set, which has no order", call.origin))
        inner = ", ".join(self._constant_of(one) for one in members)
        if name == "in_":
            return f"{self._operand(receiver, _COMPARISON)} IN ({inner})", _COMPARISON
        return f"({self._operand(receiver, _COMPARISON)} NOT IN ({inner}))", _ATOM

    def _between(self, receiver: Value, call: Call) -> str:
        if len(call.args) != 2:  # noqa: PLR2004 -- two bounds
            raise _Unreadable(Unknown("a BETWEEN could not be read", call.origin))
        low, high = (self._operand(one, _COMPARISON) for one in call.args)
        return f"{self._operand(receiver, _COMPARISON)} BETWEEN {low} AND {high}"

    def _next_value(self, sequence: Call) -> str:
        name = read_name(sequence.args[0]) if callee(sequence) == "sqlalchemy.Sequence" and sequence.args else None
        if not isinstance(name, str) or self.context.dialect != "postgresql":
            raise _Unreadable(Unknown("a sequence could not be read", sequence.origin))
        schema = sequence.kwargs.get("schema")
        full = f"{quote_identifier(schema, 'postgresql')}." if isinstance(schema, str) else ""
        return f"nextval('{full}{quote_identifier(name, 'postgresql')}')"

    # -----------------------------------------------------------------------------------------------------------------
    # CASE, operators of the user's own, items of JSON

    def _case(self, call: Call) -> str:
        """Write `case((condition, value), …)`, with 1.3's list around the pairs, or `case({1: "x"}, value=column)`."""
        subject = call.kwargs.get("value")
        whens: Sequence[Value] = call.args
        if len(whens) == 1 and isinstance(whens[0], dict):
            whens = tuple(whens[0].items())
        elif len(whens) == 1 and isinstance(whens[0], list):
            whens = whens[0]
        parts = ["CASE"] if subject is None else ["CASE", self._condition(subject)]
        for pair in whens:
            if not isinstance(pair, tuple) or len(pair) != 2:  # noqa: PLR2004 -- condition and value
                raise _Unreadable(Unknown("a CASE could not be read", call.origin))
            condition = self._condition(pair[0]) if subject is None else self._constant_of(pair[0])
            parts.append(f"WHEN {condition} THEN {self._write(pair[1])[0]}")
        if call.kwargs.get("else_") is not None:
            parts.append(f"ELSE {self._write(call.kwargs['else_'])[0]}")
        if len(parts) == 1:
            raise _Unreadable(Unknown("a CASE could not be read", call.origin))
        return " ".join([*parts, "END"])

    def _condition(self, value: Value) -> str:
        text, precedence = self._write(value)
        if text.startswith("NOT ") or " NOT IN " in text:
            raise _Unreadable(Unknown("a negation in a CASE"))
        return f"({text})" if precedence < _ATOM else text

    def _own_operator(self, maker: Call, call: Call) -> tuple[str, int]:
        """Write `column.op("->>")("a")`."""
        made = maker.function
        word = plain(maker.args[0] if maker.args else maker.kwargs.get("opstring"))
        precedence = maker.kwargs.get("precedence", _OWN)
        known = isinstance(made, Attribute) and made.name in ("op", "bool_op") and len(call.args) == 1
        if not known or not isinstance(word, str) or "%" in word or not isinstance(precedence, int):
            raise _Unreadable(Unknown("an operator of the user's own", call.origin))
        sides = []
        for one in (made.value if isinstance(made, Attribute) else None, call.args[0]):
            text, inner = self._write_inside(one)
            sides.append(self._within(text, inner, precedence))
        return f" {word} ".join(sides), precedence

    def _json_type(self, value: Value) -> str | None:
        """Give the JSON type that a column, or an item of one, has; None for all else."""
        while self.context.locate(value) is None and (found := item_of(value)) is not None:
            value = found[0]
        if self.context.locate(value) is None:
            return None
        kind = stated_type(value)
        if kind is None and self.context.type_at is not None:
            kind = self.context.type_at(value)
        return json_type(kind, self.context.dialect)

    def _item_of(self, value: Value) -> tuple[Value, Value, str]:
        """Give the holder of an item of JSON, its key, and the type of its column."""
        found, kind = item_of(value), self._json_type(value)
        if found is None or kind is None:
            raise _Unreadable(Unknown("an item of what is not known to be JSON, in a SQL expression"))
        return *found, kind

    def _item(self, value: Value) -> tuple[str, int]:
        holder, key, kind = self._item_of(value)
        dialect = self.context.dialect
        if dialect == "postgresql":
            if is_subscripted(kind, key):
                raise _Unreadable(Unknown("how SQLAlchemy writes an item of JSONB depends on its version"))
            return self._in_parentheses(arrow(self._write_inside(holder)[0], key, text=False)), _ITEM
        made = extracted(self._write(holder)[0], key, dialect)
        return f"JSON_QUOTE({made})" if dialect == "sqlite" else made, _ATOM

    def _item_as_text(self, value: Value) -> tuple[str, int]:
        """Write `column["a"].astext`, which is PostgreSQL's."""
        holder, key, kind = self._item_of(value)
        if self.context.dialect != "postgresql" or not has_text(kind):
            raise _Unreadable(Unknown("`astext` of a type that has none"))
        inner, precedence = self._write_inside(holder)
        return self._in_parentheses(arrow(self._within(inner, precedence, _ITEM), key, text=True)), _ITEM

    def _item_as(self, value: Value, method: str) -> tuple[str, int]:
        """Write `column["a"].as_string()` and the like."""
        holder, key, _ = self._item_of(value)
        dialect = self.context.dialect
        if dialect == "postgresql":
            made = self._in_parentheses(arrow(self._write_inside(holder)[0], key, text=True))
        else:
            made = extracted(self._write(holder)[0], key, dialect)
        if dialect in ("mysql", "mariadb"):
            return mysql_value(made, method), _ATOM
        return f"CAST({made} AS {AS_METHODS[method]})", _ATOM

    def _in_parentheses(self, text: str) -> str:
        return f"({text})" if self.inside else text
