"""Whether a block could do work that the host wants to see: asked before it is run, from its source.

Names are looked up in the scope, without running anything; functions and classes that were read are looked into. What
is assigned within the block is followed by its dotted path (`bind = op.get_bind()`, then `bind.execute(...)`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from driftline.python.last_name import last_name
from driftline.python.nodes import children, has_children
from driftline.python.values import (
    Attribute,
    BoundMethod,
    Call,
    Class,
    Function,
    Instance,
    Module,
    Partial,
    Symbol,
    Value,
    dotted,
)

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

_BLOCKS = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.ExceptHandler,
    ast.Match,
    ast.match_case,
)
_TELLING = frozenset((ast.Call, ast.Assign, ast.withitem))
_OPAQUE = frozenset((ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def does_work(run: Interpreter, body: Iterable[ast.AST], scope: Scope) -> bool:
    """Whether `body`, run in `scope`, could call what the host wants, or makes a class that inherits something."""
    return _makes_class(body) or calls_wanted(run, body, scope)


def calls_wanted(run: Interpreter, body: Iterable[ast.AST], scope: Scope) -> bool:
    """Whether `body`, run in `scope`, could call what the host wants."""
    return run.wants is not None and _Search(run, run.wants).finds_work(body, scope)


def elements_do_work(run: Interpreter, elements: Iterable[ast.AST], scope: Scope) -> bool:
    """Whether the elements of a comprehension could call what the host wants, or call what sounds like it."""
    if calls_wanted(run, elements, scope):
        return True
    called = (one for one in _telling(elements) if isinstance(one, ast.Call))
    return any(run.host.sounds_like_work(last_name(one.func)) for one in called)


def does_work_when_called(run: Interpreter, function: Value) -> bool:
    """Whether calling `function` could call what the host wants."""
    return run.wants is not None and _Search(run, run.wants).finds_work_of(function)


def _makes_class(body: Iterable[ast.AST]) -> bool:
    pending = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.ClassDef):
            if node.bases:
                return True
        elif isinstance(node, _BLOCKS):
            for name in ("body", "orelse", "handlers", "finalbody", "cases"):
                pending.extend(getattr(node, name, ()))
    return False


def _telling(body: Iterable[ast.AST]) -> list[ast.AST]:
    """Give the nodes of a block that a search looks at, in order."""
    return [one for statement in body for one in _telling_in(statement)]


def _telling_in(root: ast.AST) -> list[ast.AST]:
    """Give those in one node of a block; worked out once, as a block within others is asked about with each of them."""
    known: list[ast.AST] | None = getattr(root, "_driftline_telling_in", None)
    if known is not None:
        return known
    found: list[ast.AST] = []
    pending = [root]
    while pending:
        node = pending.pop()
        kind = node.__class__
        if kind in _TELLING:
            found.append(node)
        if kind not in _OPAQUE and has_children(kind):
            pending += reversed(children(node))
    root._driftline_telling_in = found  # type: ignore[attr-defined]  # noqa: SLF001 - a memo that lives as long as the node
    return found


def _telling_of(function: Function) -> list[ast.AST]:
    """Give those of a function's body; worked out once per syntax node."""
    node = function.node
    known: list[ast.AST] | None = getattr(node, "_driftline_telling", None)
    if known is None:
        known = _telling(node.body if isinstance(node.body, list) else [node.body])
        node._driftline_telling = known  # type: ignore[union-attr]  # noqa: SLF001 - a memo that lives as long as the node
    return known


def ends_in_jump(body: list[ast.stmt]) -> ast.stmt | None:
    """Give the `return`, `raise`, `continue` or `break` that ends `body`; None where it goes on."""
    return body[-1] if body and isinstance(body[-1], _JUMPS) else None


class _Search:
    """One search: each function is looked into once, and never again once it was found to do no work."""

    def __init__(self, run: Interpreter, wants: Callable[[str], bool]) -> None:
        self.run = run
        self.wants = wants
        self.reached: list[Function] = []

    def finds_work(self, body: Iterable[ast.AST], scope: Scope) -> bool:
        """Look into `body`, then into the functions that it could call, and so on."""
        return self._in_block(_telling(body), scope) or self._in_what_is_reached()

    def finds_work_of(self, function: Value) -> bool:
        """Look into a function, then into those that it could call, and so on."""
        return self._is_work_of(function) or self._in_what_is_reached()

    def _in_what_is_reached(self) -> bool:
        for function in self.reached:  # grows while it is gone through
            if self._in_block(_telling_of(function), function.scope):
                return True
        # What does no work will not later either, once all names of its module are bound.
        self.run.idle.update(function.node for function in self.reached if function.module.complete)
        return False

    def _in_block(self, nodes: list[ast.AST], scope: Scope) -> bool:
        self.run.charge(len(nodes))
        local: dict[str, str] = {}  # the dotted paths of what the block itself has bound so far
        for node in nodes:
            if isinstance(node, ast.Call):
                if self._is_work(node.func, scope, local):
                    return True
            elif isinstance(node, ast.Assign):
                if isinstance(node.targets[0], ast.Name):
                    local[node.targets[0].id] = self._path(node.value, scope, local)
            elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
                local[node.optional_vars.id] = self._path(node.context_expr, scope, local)
        return False

    def _is_work(self, function: ast.expr, scope: Scope, local: dict[str, str]) -> bool:
        value = self._value(function, scope, local)
        if value is None:
            path = self._path(function, scope, local)
            return bool(path) and self.wants(path)
        return self._is_work_of(value)

    def _is_work_of(self, value: Value) -> bool:
        if isinstance(value, (Partial, BoundMethod)):
            value = value.function
        if isinstance(value, Class):
            made = value.lookup("__init__")
            value = made[1] if made is not None else None
            if not isinstance(value, Function):
                return False
        if isinstance(value, Function):
            if value.node not in self.run.idle and all(value.node is not one.node for one in self.reached):
                self.reached.append(value)
            return False
        path = dotted(value)
        return bool(path) and self.wants(path)

    def _value(self, node: ast.expr, scope: Scope, local: dict[str, str]) -> Value:
        """Look up a name or an attribute without any effect; None where that takes more."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if isinstance(node, ast.Call):
            # A method of a new object: `AddColumns(op).run()`.
            value = self._value(node.func, scope, local)
            if not isinstance(value, Class):
                return None
        elif isinstance(node, ast.Name) and node.id not in local:
            value = _lookup(node.id, scope)
        else:
            return None
        for name in reversed(names):
            value = _attribute(self.run, value, name)
            if value is None:
                return None
        return value

    def _path(self, node: ast.expr, scope: Scope, local: dict[str, str]) -> str:
        """Give the dotted path of an expression over symbols; "" where it has none."""
        parts: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                parts.append(f".{node.attr}")
                node = node.value
            elif isinstance(node, ast.Call):
                parts.append("()")
                node = node.func
            elif isinstance(node, ast.Await):
                node = node.value
            elif isinstance(node, ast.Name):
                base = local[node.id] if node.id in local else dotted(_lookup(node.id, scope))
                return base + "".join(reversed(parts)) if base else ""
            else:
                return ""


def _lookup(name: str, scope: Scope | None) -> Value:
    while scope is not None:
        if name in scope.names:
            return scope.names[name]
        scope = scope.parent
    return None


def _attribute(run: Interpreter, value: Value, name: str) -> Value:
    if isinstance(value, Symbol):
        return Symbol(f"{value.path}.{name}")
    if isinstance(value, (Call, Attribute)):
        return Attribute(value, name)
    if isinstance(value, Module):
        if run.kept is not None:
            run.kept.reads_name(value, name)
        return value.names.get(name)
    cls = value.cls if isinstance(value, Instance) else value
    if isinstance(cls, Class):
        found = cls.lookup(name)
        if found is not None:
            return found[1]
        return Attribute(value, name) if isinstance(value, Instance) and value.base_call is not None else None
    return None
