"""SQL conditions made up by Hypothesis, each of which can be written in many ways.

A condition is a tree of tuples; `written(condition, taste)` draws one way to write it: another case of keywords, white
space and parentheses, quotes and table names, `!=` for `<>`, `ANY (ARRAY[…])` for IN, sides swapped, parts in another
order, casts of constants as PostgreSQL adds them.

Example: `("and", (("<", "a", 5), ("in", "s", ("x", "y"))))` may become `("s" = ANY (ARRAY['y'::text, 'x'])) AND 5 > a`.
"""

from __future__ import annotations

from random import Random
from typing import Any, TypeAlias

from hypothesis import strategies as st

Condition: TypeAlias = tuple[Any, ...]

NUMBERS = ("a", "b")
TEXTS = ("s", "t")
FLAG = "f"
TABLE = "things"
COLUMNS = "a integer, b integer, s text, t text, f boolean"
"""The columns, in DDL."""

_WORDS = ("x", "it's", "IN ('y')", "A B", "")
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}

_numbers = st.integers(-3, 9)
_texts = st.sampled_from(_WORDS)

atoms: st.SearchStrategy[Condition] = st.one_of(
    st.tuples(st.sampled_from(("<", ">", "<=", ">=", "=", "<>")), st.sampled_from(NUMBERS), _numbers),
    st.tuples(st.sampled_from(("=", "<>")), st.sampled_from(TEXTS), _texts),
    st.tuples(
        st.just("in"), st.sampled_from(NUMBERS), st.lists(_numbers, min_size=2, max_size=4, unique=True).map(tuple)
    ),
    st.tuples(st.just("in"), st.sampled_from(TEXTS), st.lists(_texts, min_size=2, max_size=3, unique=True).map(tuple)),
    st.tuples(st.just("between"), st.sampled_from(NUMBERS), _numbers, _numbers),
    st.tuples(st.just("null"), st.sampled_from((*NUMBERS, *TEXTS))),
    st.tuples(st.just("longer"), st.sampled_from(TEXTS), _numbers),
    st.tuples(st.just("sum"), _numbers),
    st.tuples(st.just("flag")),
)

conditions: st.SearchStrategy[Condition] = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(("and", "or")), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=5,
)


def written(condition: Condition, taste: Random, *, casts: bool = True) -> str:
    """Write a condition in a way that `taste` picks; `casts`: with PostgreSQL's casts."""
    return _Writer(taste, casts=casts).condition(condition)


class _Writer:
    """Writes by one taste."""

    def __init__(self, taste: Random, *, casts: bool) -> None:
        self.taste = taste
        self.casts = casts

    def condition(self, one: Condition) -> str:
        match one:
            case (("and" | "or") as word, parts):
                shuffled = self.taste.sample(parts, len(parts))
                return self.bracketed(
                    self.space(self.word(f" {word} ")).join(f"({self.condition(p)})" for p in shuffled)
                )
            case ("not", inner):
                return self.bracketed(f"{self.word('not ')}({self.condition(inner)})")
            case ("in", column, values):
                return self.bracketed(self.membership(column, self.taste.sample(values, len(values))))
            case ("between", column, low, high):
                if self.taste.random() < 1 / 2:
                    name = self.column(column)
                    return self.bracketed(
                        f"{name} >= {self.constant(low)}{self.word(' and ')}{name} <= {self.constant(high)}"
                    )
                return self.bracketed(
                    f"{self.column(column)}{self.word(' between ')}{self.constant(low)}{self.word(' and ')}"
                    f"{self.constant(high)}"
                )
            case ("null", column):
                return self.bracketed(f"{self.column(column)}{self.word(' is null')}")
            case ("longer", column, value):
                return self.compared(">", f"{self.word('length')}({self.column(column)})", self.constant(value))
            case ("sum", value):
                left, right = self.taste.sample(NUMBERS, 2)
                return self.compared(">", f"{self.column(left)} + {self.column(right)}", self.constant(value))
            case ("flag",):
                return self.bracketed(self.column(FLAG))
            case (operator, column, value):
                return self.compared(operator, self.column(column), self.constant(value))
            case _:
                raise AssertionError(one)

    def membership(self, column: str, values: list[object]) -> str:
        constants = [self.constant(value) for value in values]
        match self.taste.randrange(3):
            case 0:
                return f"{self.column(column)}{self.word(' in ')}({self.space(', ').join(constants)})"
            case 1 if self.casts:
                return f"{self.column(column)} = {self.word('any')} ({self.word('array')}[{', '.join(constants)}])"
            case _:
                return self.word(" or ").join(f"{self.column(column)} = {one}" for one in constants)

    def compared(self, operator: str, left: str, right: str) -> str:
        if self.taste.random() < 1 / 3:
            operator, left, right = _MIRRORED[operator], right, left
        sign = "!=" if operator == "<>" and self.taste.random() < 1 / 2 else operator
        return self.bracketed(self.space(" ").join((left, sign, right)))

    def column(self, name: str) -> str:
        quoted = f'"{name}"' if self.taste.random() < 1 / 4 else self.word(name)
        return f"{TABLE}.{quoted}" if self.taste.random() < 1 / 6 else quoted

    def constant(self, value: object) -> str:
        if isinstance(value, int):
            text = str(value)
            return f"({text})::integer" if self.casts and self.taste.random() < 1 / 6 else text
        text = "'{}'".format(str(value).replace("'", "''"))
        return f"{text}::text" if self.casts and self.taste.random() < 1 / 4 else text

    def word(self, text: str) -> str:
        return text.upper() if self.taste.random() < 1 / 3 else text

    def space(self, text: str) -> str:
        return text.replace(" ", self.taste.choice((" ", "  ", "\n\t")))

    def bracketed(self, text: str) -> str:
        return f"({text})" if self.taste.random() < 1 / 3 else text


def changed(condition: Condition, taste: Random) -> Condition:
    """Give a condition that says something else: one constant, operator or column of it is another one."""
    match condition:
        case (("and" | "or") as word, parts):
            at = taste.randrange(len(parts))
            return (word, (*parts[:at], changed(parts[at], taste), *parts[at + 1 :]))
        case ("not", inner):
            return ("not", changed(inner, taste))
        case ("in", column, values):
            return ("in", column, (*values[:-1], 77 if isinstance(values[-1], int) else "another"))
        case ("between", column, low, high):
            return ("between", column, low, high + 50)
        case ("null", column):
            return ("null", "s" if column != "s" else "t")
        case ("longer", column, value):
            return ("longer", "s" if column != "s" else "t", value)
        case ("sum", value):
            return ("sum", value + 50)
        case ("flag",):
            return ("null", FLAG)
        case (operator, column, value):
            return (operator, column, value + 50 if isinstance(value, int) else f"{value} more")
        case _:
            raise AssertionError(condition)
