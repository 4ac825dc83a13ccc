"""Regular expressions over known strings, where it is certain that matching ends soon.

Python's matcher backtracks; a pattern in which one repetition stands within another can take for ever. Such patterns
are refused, and of the others the work is bounded by the number of repetitions and the length of the text.
"""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from driftline.python.attributes import PLAIN_ATTRIBUTES, Method
from driftline.python.budget import TOO_BIG
from driftline.python.calls import KNOWN, call
from driftline.python.exceptions import raised_from
from driftline.python.host import UNANSWERED
from driftline.python.iteration import Cursor
from driftline.python.methods import METHODS, Handler
from driftline.python.operators import plain, sized, unreadable_part
from driftline.python.values import Unknown, Value

if TYPE_CHECKING:
    from driftline.python.calls import Args, Known, Kwargs
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

_LONGEST_PATTERN = 1_000
_MOST_WORK = 5_000_000
"""Steps of the matcher, at most: a fraction of a second."""

_REPEATS = frozenset({_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT})
_FEW = 8
"""A repetition that runs at most this often is taken as written out."""


class _TooHard(Exception):  # noqa: N818 - it says why a pattern is refused
    pass


def _repetitions(pattern: Value, *, inside: bool = False, levels: int = 40) -> int:
    """Count the unbounded repetitions of a parsed pattern; raises `_TooHard` where one stands within another."""
    if levels == 0:
        raise _TooHard
    count = 0
    for code, argument in pattern:
        if code in _REPEATS:
            low, high, inner = argument
            many = high is _constants.MAXREPEAT or high > _FEW
            if (many and inside) or low > _LONGEST_PATTERN:
                raise _TooHard
            count += many + _repetitions(inner, inside=inside or many, levels=levels - 1) * (
                1 if many else max(high, 1)
            )
        elif code is _constants.BRANCH:
            if inside and len(argument[1]) > 1:
                raise _TooHard
            count += sum(_repetitions(one, inside=inside, levels=levels - 1) for one in argument[1])
        elif code is _constants.SUBPATTERN:
            count += _repetitions(argument[3], inside=inside, levels=levels - 1)
        elif code in (_constants.ASSERT, _constants.ASSERT_NOT):
            count += _repetitions(argument[1], inside=inside, levels=levels - 1)
        elif code is _constants.ATOMIC_GROUP:
            count += _repetitions(argument, inside=inside, levels=levels - 1)
        elif code in (_constants.GROUPREF, _constants.GROUPREF_EXISTS):
            raise _TooHard
    return count


def _compiled(run: Interpreter, pattern: Value, flags: Value, node: ast.AST, scope: Scope) -> re.Pattern[Any] | Unknown:
    """Compile a pattern, or say why it is not."""
    if isinstance(pattern, re.Pattern):
        return pattern
    pattern, flags = plain(pattern), plain(flags)
    if type(pattern) not in (str, bytes):
        return unreadable_part(run, pattern, node, scope)
    if isinstance(flags, re.RegexFlag):
        flags = int(flags)
    if type(flags) is not int:
        return unreadable_part(run, flags, node, scope)
    if len(pattern) > _LONGEST_PATTERN:
        return run.unknown(TOO_BIG, node, scope)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _repetitions(_parser.parse(pattern, flags))
            run.charge(len(pattern))
            return re.compile(pattern, flags)
    except _TooHard:
        return run.unknown("its regular expression could take for ever", node, scope)
    except (re.error, RecursionError, OverflowError, ValueError) as error:
        raise raised_from(error) from error


@lru_cache(maxsize=256)
def _repetitions_of(pattern: re.Pattern[Any]) -> int:
    return _repetitions(_parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))


def _is_short_work(pattern: re.Pattern[Any], text: Value) -> bool:
    work = 1
    for _ in range(_repetitions_of(pattern) + 1):
        work *= max(len(text), 1)
        if work > _MOST_WORK:
            return False
    return True


def _apply(
    run: Interpreter, pattern: re.Pattern[Any], name: str, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> Value:
    """Call a pattern's method."""
    values = [plain(one) for one in args]
    replacement: Value = None
    if name in ("sub", "subn"):
        replacement = values[0] if values else kwargs.pop("repl", None)
        values = values[1:]
        if "string" in kwargs:
            values.insert(0, kwargs.pop("string"))
    for one in (*values, *kwargs.values()):
        if type(one) not in (str, bytes, int):
            return unreadable_part(run, one, node, scope)
    if not values or type(values[0]) is not type(pattern.pattern):
        return run.unknown("what a regular expression is matched with is not known", node, scope)
    if not _is_short_work(pattern, values[0]):
        return run.unknown("its regular expression could take for ever", node, scope)
    run.charge(len(values[0]) >> 2)
    try:
        if name in ("sub", "subn"):
            return _substitute(run, pattern, name, replacement, values, kwargs, (node, scope))
        result = getattr(pattern, name)(*values, **kwargs)
    except (re.error, TypeError, ValueError, IndexError, RecursionError) as error:
        raise raised_from(error) from error
    return Cursor(list(result)) if name == "finditer" else sized(run, result)


def _substitute(
    run: Interpreter,
    pattern: re.Pattern[Any],
    name: str,
    replacement: Value,
    values: list[Any],
    kwargs: Kwargs,
    where: tuple[ast.AST, Scope],
) -> Value:
    if type(replacement) in (str, bytes):
        if (len(values[0]) + 1) * (len(replacement) + 1) > run.size:
            return run.unknown(TOO_BIG, *where)
        return sized(run, getattr(pattern, name)(replacement, *values, **kwargs))
    unknown: list[Unknown] = []

    def replace(match: re.Match[Any]) -> Value:
        result = plain(call(run, replacement, [match], {}, *where))
        if type(result) is not type(values[0]):
            unknown.append(unreadable_part(run, result, *where))
            return match.group()
        return result

    result = getattr(pattern, name)(replace, *values, **kwargs)
    return unknown[0] if unknown else sized(run, result)


_ARGUMENTS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


def _function(name: str) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        if not args:
            return UNANSWERED
        given = dict(kwargs)
        flags = given.pop("flags", 0)
        rest = args[1:]
        expected = 2 if name in ("sub", "subn") else 1
        if name in ("sub", "subn", "split"):
            expected += 1
        if len(rest) > expected:
            flags = rest[expected]
            rest = rest[:expected]
        pattern = _compiled(run, args[0], flags, node, scope)
        return pattern if isinstance(pattern, Unknown) else _apply(run, pattern, name, rest, given, node, scope)

    return work


def _compile(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    if not args:
        return UNANSWERED
    return _compiled(run, args[0], args[1] if len(args) > 1 else kwargs.get("flags", 0), node, scope)


def _escape(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    if len(args) != 1 or type(plain(args[0])) is not str:
        return unreadable_part(run, args[0], node, scope) if args else UNANSWERED
    return sized(run, re.escape(plain(args[0])))


def _pattern_method(name: str) -> Handler:
    def work(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        return _apply(run, receiver, name, args, dict(kwargs), node, scope)

    return work


def _of_pattern(run: Interpreter, value: re.Pattern[Any], name: str, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    if name in ("pattern", "flags", "groups"):
        return getattr(value, name)
    return Method(value, name) if name in _ARGUMENTS else UNANSWERED


def _of_match(run: Interpreter, value: re.Match[Any], name: str, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    if name in ("pos", "endpos", "lastindex", "lastgroup", "string", "re"):
        return getattr(value, name)
    return UNANSWERED


KNOWN.update({f"re.{name}": _function(name) for name in _ARGUMENTS})
KNOWN.update({"re.compile": _compile, "re.escape": _escape})
METHODS[re.Pattern] = {name: _pattern_method(name) for name in _ARGUMENTS}
PLAIN_ATTRIBUTES[re.Pattern] = _of_pattern
PLAIN_ATTRIBUTES[re.Match] = _of_match
