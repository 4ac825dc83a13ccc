"""`@validates(…)` methods: which attributes they guard, and which fixed set of values they let through.

Read from the method's source, never by running it: `if value not in {…}: raise`, `assert value in VALID`, the same with
an enum's values, and `if value != "x" and value != "y": raise`.

Example: `if value not in ("user", "system"): raise ValueError` allows `("user", "system")`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from driftline.models.core import Runner, callee, plain
from driftline.models.core.enums import is_enum_class, members
from driftline.models.declared import Validator
from driftline.python.values import Call, Class, Function, Unknown, Value


def read_validator(value: Value, runner: Runner) -> Validator | None:
    """Read a function decorated with `validates`; None for anything else."""
    if not isinstance(value, Function) or isinstance(value.node, ast.Lambda):
        return None
    decorator = next((one for one in value.decorators if callee(one) == "sqlalchemy.orm.validates"), None)
    if not isinstance(decorator, Call):
        return None
    columns = tuple(one for one in (plain(arg) for arg in decorator.args) if isinstance(one, str))
    return Validator(columns, _allowed(value, runner), origin=value.origin)


def _allowed(function: Function, runner: Runner) -> tuple[object, ...] | None:
    """Give the only values that pass; None where the method lets others through, or cannot be read."""
    node = function.node
    if isinstance(node, ast.Lambda):
        return None
    parameters = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    if len(parameters) < 3:  # noqa: PLR2004 -- self, key, value
        return None
    guarded = parameters[2]
    local: dict[str, ast.expr] = {}
    for statement in node.body:
        found = _collection_of_guard(statement, guarded)
        if found is not None:
            if isinstance(found, ast.Name) and found.id in local:
                found = local[found.id]
            return _values(found, function, runner)
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            local[statement.targets[0].id] = statement.value
        if _rebinds(statement, guarded):
            # What is compared below is no longer what is stored.
            return None
    return None


def _collection_of_guard(statement: ast.stmt, guarded: str) -> ast.expr | None:
    """Give `X` of `if value not in X: raise …` and of `assert value in X`.

    `[x, y]` of `if value != x and value != y: raise …` and of `assert value == x or value == y`.
    """
    if isinstance(statement, ast.Assert):
        return _compared(statement.test, guarded, ast.In) or _one_by_one(statement.test, guarded, ast.Eq)
    if isinstance(statement, ast.If) and statement.body and isinstance(statement.body[-1], ast.Raise):
        return _compared(statement.test, guarded, ast.NotIn) or _one_by_one(statement.test, guarded, ast.NotEq)
    return None


def _one_by_one(test: ast.expr, guarded: str, operator: type[ast.Eq | ast.NotEq]) -> ast.expr | None:
    """Give `[x, y]` of `value == x or value == y` (`ast.Eq`), or of `value != x and value != y` (`ast.NotEq`)."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _one_by_one(test.operand, guarded, ast.Eq) if operator is ast.NotEq else None
    joined = ast.And if operator is ast.NotEq else ast.Or
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, joined) else [test]
    if operator is ast.NotEq:
        # `value is not None and value != x`: NULL passes, as it passes a CHECK.
        parts = [one for one in parts if not _is_not_none(one, guarded)]
    values = [_equated(one, guarded, operator) for one in parts]
    known = [one for one in values if one is not None]
    return ast.List(known, ast.Load()) if known and len(known) == len(values) else None


def _equated(test: ast.expr, guarded: str, operator: type[ast.cmpop]) -> ast.expr | None:
    """Give `x` of `value == x`, or of `x == value`."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], operator):
        return None
    sides = (test.left, test.comparators[0])
    others = [one for one in sides if not (isinstance(one, ast.Name) and one.id == guarded)]
    return others[0] if len(others) == 1 else None


def _compared(test: ast.expr, guarded: str, operator: type[ast.cmpop]) -> ast.expr | None:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _compared(test.operand, guarded, ast.In) if operator is ast.NotIn else None
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and operator is ast.NotIn:
        # `value is not None and value not in X`: NULL passes, as it passes a CHECK.
        rest = [one for one in test.values if not _is_not_none(one, guarded)]
        return _compared(rest[0], guarded, operator) if len(rest) == 1 and len(rest) < len(test.values) else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], operator):
        return None
    return test.comparators[0] if isinstance(test.left, ast.Name) and test.left.id == guarded else None


def _is_not_none(node: ast.expr, guarded: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == guarded
    return (
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Name)
        and node.left.id == guarded
        and len(node.ops) == 1
        and isinstance(node.ops[0], ast.IsNot)
        and isinstance(node.comparators[0], ast.Constant)
        and node.comparators[0].value is None
    )


def _rebinds(statement: ast.stmt, guarded: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == guarded and isinstance(node.ctx, ast.Store)
        for node in ast.walk(statement)
    )


# ---------------------------------------------------------------------------------------------------------------------
# The collection


def _values(node: ast.expr, function: Function, runner: Runner) -> tuple[object, ...] | None:
    made = _evaluated(node, function, runner)
    if is_enum_class(made):
        return tuple(plain(one.value) for one in members(made))
    if isinstance(made, dict):
        made = list(made)
    if isinstance(node, ast.Set) and isinstance(made, list):
        made = list(dict.fromkeys(made))
    if not isinstance(made, list | tuple):
        return None
    if isinstance(node, ast.List | ast.Tuple | ast.Set) and len(node.elts) == len(made):
        written = zip(node.elts, made, strict=True)
        if any(value is None and not isinstance(one, ast.Constant) for one, value in written):
            return None
    values = tuple(plain(one) for one in made)
    return values if all(isinstance(one, str | int | None) for one in values) else None


def _evaluated(node: ast.expr, function: Function, runner: Runner) -> Value:
    """Evaluate the few forms a fixed collection takes: literals, names of the module or class, an enum's values."""
    match node:
        case ast.Constant():
            return node.value
        case ast.List() | ast.Tuple() | ast.Set():
            return [_evaluated(one, function, runner) for one in node.elts]
        case ast.Name():
            return _named(node.id, function, runner)
        case ast.Attribute():
            holder = _evaluated(node.value, function, runner)
            if isinstance(holder, Class) and holder is function.owner and node.attr in holder.names:
                return _of_owner(holder, node.attr, function, runner)
            return None if holder is None or isinstance(holder, Unknown) else runner.get(holder, node.attr)
        case ast.Call(func=ast.Name(id="set" | "frozenset" | "list" | "tuple"), args=[only], keywords=[]):
            return _evaluated(only, function, runner)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return _of_comprehension(node, function, runner)
        case _:
            return None


def _named(name: str, function: Function, runner: Runner) -> Value:
    """Look a name up: the first parameter and `cls` are the class; others are the module's, or the class body's."""
    node = function.node
    owner, module = function.owner, function.module
    parameters = node.args.args
    if parameters and name in (parameters[0].arg, "cls"):
        return owner
    if name in module.names:
        body = module.syntax.tree.body if module.syntax is not None else []
        return _in_source_order(name, module.names[name], body, function, runner)
    return _of_owner(owner, name, function, runner) if owner is not None else None


def _of_owner(owner: Class, name: str, function: Function, runner: Runner) -> Value:
    """Look a name up in the class."""
    value = owner.names.get(name)
    return _in_source_order(name, value, owner.node.body, function, runner) if value is not None else None


def _in_source_order(name: str, value: Value, body: Sequence[ast.stmt], function: Function, runner: Runner) -> Value:
    """Give a set's values in the order in which the source writes them: a set has none of its own."""
    if not isinstance(value, set | frozenset):
        return value
    written = next(
        (one.value for one in reversed(body) if _assigns(one, name) and isinstance(one, ast.Assign | ast.AnnAssign)),
        None,
    )
    made = _evaluated(written, function, runner) if isinstance(written, ast.Set | ast.Call) else None
    if isinstance(made, list) and set(map(_key, made)) == set(map(_key, value)):
        return list(dict.fromkeys(made))
    return sorted(value, key=repr)


def _assigns(statement: ast.stmt, name: str) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _key(value: Value) -> str:
    return repr(plain(value))


def _of_comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, function: Function, runner: Runner) -> Value:
    """`[one.value for one in Status]`."""
    if len(node.generators) != 1 or node.generators[0].ifs or not isinstance(node.generators[0].target, ast.Name):
        return None
    cls = _evaluated(node.generators[0].iter, function, runner)
    if not is_enum_class(cls) or not isinstance(node.elt, ast.Attribute) or node.elt.attr not in ("value", "name"):
        return None
    return [one.value if node.elt.attr == "value" else one.name for one in members(cls)]
