"""Patterns of `match` statements over values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from driftline.python.attributes import get_attribute, has_attribute
from driftline.python.interpreter import EXPRESSIONS
from driftline.python.iteration import known_items
from driftline.python.operators import ATOMS, DICTS, SYMBOLIC, equal, identical
from driftline.python.values import Class, EnumMember, Instance, Symbol, Unknown, Value

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

Assign = Callable[["Interpreter", ast.expr, Value, "Scope"], None]


def matches_pattern(
    run: Interpreter, pattern: ast.pattern, subject: Value, scope: Scope, assign: Assign
) -> bool | None:
    """Whether `subject` matches, binding what the pattern captures; None where that is not known."""
    run.deeper()
    known = _matches(run, pattern, subject, scope, assign)
    run.depth -= 1
    return known


def _matches(run: Interpreter, pattern: ast.pattern, subject: Value, scope: Scope, assign: Assign) -> bool | None:
    match pattern:
        case ast.MatchAs(pattern=inner, name=name):
            known = True if inner is None else matches_pattern(run, inner, subject, scope, assign)
            if known and name is not None:
                _capture(run, name, subject, pattern, scope, assign)
            return known
        case ast.MatchOr(patterns=patterns):
            answer: bool | None = False
            for one in patterns:
                known = matches_pattern(run, one, subject, scope, assign)
                if known:
                    return True
                if known is None:
                    answer = None
            return answer
        case _ if type(subject) is Unknown or (type(subject) in SYMBOLIC and not isinstance(pattern, ast.MatchValue)):
            return None
        case ast.MatchValue(value=value):
            return equal(run, subject, EXPRESSIONS[type(value)](run, value, scope), pattern, scope)
        case ast.MatchSingleton(value=value):
            return identical(subject, value)
        case ast.MatchSequence(patterns=patterns):
            return _matches_sequence(run, patterns, subject, scope, assign)
        case ast.MatchMapping():
            return _matches_mapping(run, pattern, subject, scope, assign)
        case ast.MatchClass():
            return _matches_class(run, pattern, subject, scope, assign)
        case _:
            return None


def _capture(run: Interpreter, name: str, value: Value, node: ast.AST, scope: Scope, assign: Assign) -> None:
    target = ast.Name(id=name, ctx=ast.Store())
    assign(run, ast.copy_location(target, node), value, scope)


def _all(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _matches_sequence(
    run: Interpreter, patterns: list[ast.pattern], subject: Value, scope: Scope, assign: Assign
) -> bool | None:
    if type(subject) not in (list, tuple):
        return None if isinstance(subject, Instance) else False
    star = next((index for index, one in enumerate(patterns) if isinstance(one, ast.MatchStar)), None)
    values = list(subject)
    run.charge(len(values) >> 3)
    if star is None:
        if len(values) != len(patterns):
            return False
        return _all(
            [matches_pattern(run, one, item, scope, assign) for one, item in zip(patterns, values, strict=True)]
        )
    behind = len(patterns) - star - 1
    if len(values) < star + behind:
        return False
    end = len(values) - behind
    name = patterns[star].name  # type: ignore[attr-defined]
    if name is not None:
        _capture(run, name, values[star:end], patterns[star], scope, assign)
    rest = [*zip(patterns[:star], values[:star], strict=True), *zip(patterns[star + 1 :], values[end:], strict=True)]
    return _all([matches_pattern(run, one, item, scope, assign) for one, item in rest])


def _matches_mapping(
    run: Interpreter, pattern: ast.MatchMapping, subject: Value, scope: Scope, assign: Assign
) -> bool | None:
    if type(subject) not in DICTS:
        return None if isinstance(subject, Instance) else False
    answers: list[bool | None] = []
    rest = dict(subject)
    for key_node, one in zip(pattern.keys, pattern.patterns, strict=True):
        key = EXPRESSIONS[type(key_node)](run, key_node, scope)
        if key not in subject:
            return None if any(type(other) is Unknown for other in subject) else False
        rest.pop(key, None)
        answers.append(matches_pattern(run, one, subject[key], scope, assign))
    if pattern.rest is not None:
        _capture(run, pattern.rest, rest, pattern, scope, assign)
    return _all(answers)


def _matches_class(
    run: Interpreter, pattern: ast.MatchClass, subject: Value, scope: Scope, assign: Assign
) -> bool | None:
    cls = EXPRESSIONS[type(pattern.cls)](run, pattern.cls, scope)
    known = _is_instance(subject, cls)
    if not known:
        return known
    if pattern.patterns:
        if type(cls) is Symbol and len(pattern.patterns) == 1:
            if matches_pattern(run, pattern.patterns[0], subject, scope, assign) is not True:
                return None
        elif isinstance(cls, Class):
            named = cls.lookup("__match_args__")
            fields = known_items(run, named[1], pattern, scope) if named else list(getattr(subject, "attributes", ()))
            if isinstance(fields, Unknown) or len(fields) < len(pattern.patterns):
                return None
            answers = [
                matches_pattern(run, one, get_attribute(run, subject, name, pattern, scope), scope, assign)
                for one, name in zip(pattern.patterns, fields, strict=False)
            ]
            if _all(answers) is not True:
                return _all(answers)
    answers = []
    for name, one in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
        has = has_attribute(run, subject, name, pattern, scope)
        if has is not True:
            return False if has is False else None
        answers.append(matches_pattern(run, one, get_attribute(run, subject, name, pattern, scope), scope, assign))
    return _all(answers)


def _is_instance(subject: Value, cls: Value) -> bool | None:
    if isinstance(cls, Class):
        if isinstance(subject, (Instance, EnumMember)):
            return any(one is cls for one in subject.cls.mro())
        return False if type(subject) in ATOMS or type(subject) in (list, tuple, dict, set) else None
    if isinstance(cls, Symbol) and cls.path.startswith("builtins."):
        import builtins

        real = getattr(builtins, cls.name, None)
        if isinstance(real, type) and (type(subject) in ATOMS or type(subject) in (list, tuple, dict, set, frozenset)):
            return isinstance(subject, real)
    return None
