"""Evaluating annotations: strings and forward references resolved, subscripts and unions kept as `Operator`s.

Example: `Mapped["User | None"]` comes out as
`Operator("[]", (Symbol("sqlalchemy.orm.Mapped"), Operator("|", (<class User>, None))))`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from driftline.python.attributes import get_attribute
from driftline.python.exceptions import Raised
from driftline.python.imports import absolute_name
from driftline.python.interpreter import EXPRESSIONS
from driftline.python.operators import get_item, symbolic
from driftline.python.syntax import parse_expression
from driftline.python.values import Module, Symbol, Unknown, Value, dotted

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope
    from driftline.python.values import Annotation

_LITERAL = frozenset({"typing.Literal", "typing_extensions.Literal"})
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})


def evaluate_annotation(run: Interpreter, annotation: Annotation) -> Value:
    """Give the value of an annotation. What it gives is remembered, unless something in it is not known yet."""
    if run.kept is not None:
        return run.kept.annotated(annotation, lambda: _evaluated(run, annotation))
    return _evaluated(run, annotation)


def _evaluated(run: Interpreter, annotation: Annotation) -> Value:
    if annotation in run.annotations:
        return run.annotations[annotation]
    value = _type(run, annotation.node, annotation.scope, annotation.node)
    if not isinstance(value, Unknown):
        run.annotations[annotation] = value
    return value


def _type(run: Interpreter, node: ast.expr, scope: Scope, place: ast.expr) -> Value:
    """Evaluate `node` as a type; `place` is the node of the file that it stands for: itself or a string around it."""
    run.charge(1)
    run.deeper()
    value = _type_of(run, node, scope, place)
    run.depth -= 1
    return value


def _type_of(run: Interpreter, node: ast.expr, scope: Scope, place: ast.expr) -> Value:
    if isinstance(node, ast.Constant) and type(node.value) is str:
        parsed = parse_expression(node.value)
        if parsed is None:
            return run.unknown(f"the annotation {node.value!r} is no expression", place, scope)
        return _type(run, parsed, scope, place)
    if isinstance(node, ast.Subscript):
        return _subscript(run, node, scope, place)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _type(run, node.left, scope, place), _type(run, node.right, scope, place)
        return symbolic(run, "|", (left, right), place, scope)
    if isinstance(node, (ast.Tuple, ast.List)):
        values = [_type(run, one, scope, place) for one in node.elts]
        return tuple(values) if isinstance(node, ast.Tuple) else values
    if isinstance(node, ast.Name):
        found = _for_type_checkers(run, node.id, scope)
        if found is not None:
            return found
    try:
        if isinstance(node, ast.Attribute):
            return get_attribute(run, _looked_into(run, node.value, scope, place), node.attr, place, scope)
        return EXPRESSIONS[type(node)](run, node, scope)
    except Raised as error:
        return run.unknown(error.reason, place, scope)


def _looked_into(run: Interpreter, node: ast.expr, scope: Scope, place: ast.expr) -> Value:
    """Evaluate a part of an annotation of which more matters than what it is called."""
    kept = run.kept
    before = kept.weak if kept is not None else 0
    value = _type(run, node, scope, place)
    if kept is not None and kept.weak != before:
        kept.spoil("an annotation looks into a class that is named for type checkers")
    return value


def _subscript(run: Interpreter, node: ast.Subscript, scope: Scope, place: ast.expr) -> Value:
    base = _looked_into(run, node.value, scope, place)
    path = dotted(base)
    inner = node.slice
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if path in _LITERAL:
        values = [EXPRESSIONS[type(one)](run, one, scope) for one in parts]
    elif path in _ANNOTATED:
        values = [_type(run, parts[0], scope, place), *(EXPRESSIONS[type(one)](run, one, scope) for one in parts[1:])]
    else:
        values = [_type(run, one, scope, place) for one in parts]
    if isinstance(base, Unknown):
        return base
    if isinstance(base, Symbol):
        return symbolic(run, "[]", (base, *values), place, scope)
    try:
        return get_item(run, base, values[0] if len(values) == 1 else tuple(values), place, scope)
    except Raised as error:
        return run.unknown(error.reason, place, scope)


def _for_type_checkers(run: Interpreter, name: str, scope: Scope) -> Value:
    """Give what a name is that is bound under `if TYPE_CHECKING:` only, without importing anything for it."""
    module = scope.module
    statement = module.typing_only.get(name)
    if statement is None or name in module.names:
        return None
    if isinstance(statement, ast.ImportFrom):
        base = absolute_name(module, statement.module, statement.level)
        original = next((one.name for one in statement.names if (one.asname or one.name) == name), name)
        loaded = run.loaded.get(base or "")
        if run.kept is not None:
            run.kept.names_type(base or "", original, run.loaded)
        if isinstance(loaded, Module) and original in loaded.names:
            return loaded.names[original]
        return run.loaded.get(f"{base}.{original}") or Symbol(f"{base}.{original}")
    if isinstance(statement, ast.Import):
        alias = next((one for one in statement.names if (one.asname or one.name.partition(".")[0]) == name), None)
        if alias is not None:
            path = alias.name if alias.asname else name
            if run.kept is not None:
                run.kept.looks_for(path, run.loaded)
            return run.loaded.get(path) or Symbol(path)
    if isinstance(statement, ast.Assign):
        return EXPRESSIONS[type(statement.value)](run, statement.value, scope.root())
    return None
