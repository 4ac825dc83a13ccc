"""Where names are looked up and bound while source is evaluated.

A scope's chain is Python's: a function sees the functions around it, then the module; a class body is seen by nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from driftline.python.interpreter import Signal
    from driftline.python.values import Class, Function, Module, Unknown, Value


class Assumption(NamedTuple):
    """What a frame takes as given since it went past the guard `node`: `end` ends it, when `lasts` would leave."""

    node: ast.AST
    lasts: Signal
    end: Callable[[], object]


class Frame:
    """One run of a function, a module or a class body: what `return`, `yield` and `super()` refer to.

    `results` holds what an early `return` behind an unknown condition would have given. `open_loop` tells the innermost
    loop that an unknown condition could have ended it. `ends` are the assumptions under way. `entry`: nobody in the
    code that is read has called the function.
    """

    __slots__ = ("ends", "entry", "function", "on_yield", "open_loop", "receiver", "result", "results")

    def __init__(self, function: Function | None = None, receiver: Value = None) -> None:
        """Begin a run of `function`, whose first argument is `receiver`."""
        self.function = function
        self.receiver = receiver
        self.result: Value = None
        self.results: list[tuple[Value, Unknown]] = []
        self.on_yield: Callable[[Value], Value] | None = None
        self.open_loop = False
        self.entry = False
        self.ends: list[Assumption] = []


class Scope:
    """A namespace and the scope around it.

    `cls` is the class whose body it is; `redirected` says where names go by `global` and `nonlocal`.
    """

    __slots__ = ("cls", "comprehension", "frame", "module", "names", "parent", "redirected")

    def __init__(
        self,
        names: dict[str, Value],
        parent: Scope | None,
        module: Module,
        frame: Frame,
        cls: Class | None = None,
    ) -> None:
        """Make a scope over `names` (not copied)."""
        self.names = names
        self.parent = parent
        self.module = module
        self.frame = frame
        self.cls = cls
        self.comprehension = False
        self.redirected: dict[str, Scope] | None = None

    @property
    def closure(self) -> Scope:
        """The scope that a function defined here sees: of a class body, the one around it."""
        scope: Scope = self
        while scope.cls is not None and scope.parent is not None:
            scope = scope.parent
        return scope

    def root(self) -> Scope:
        """The module's own scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


def bound_names(statement: ast.stmt) -> list[str]:
    """Give the names that a statement binds in its scope, as far as its syntax tells, in order; in linear time."""
    # The only uses at run time, and only where a statement has failed.
    import ast
    from collections import deque

    from driftline.python.nodes import children

    names: list[str] = []
    pending: deque[ast.AST] = deque([statement])
    while pending:
        node = pending.popleft()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names += [
                (alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name))
                for alias in node.names
                if alias.name != "*"
            ]
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                names.append(node.id)
        elif isinstance(node, (ast.List, ast.Dict)):
            # Data modules are made of these: a list of a hundred thousand records is gone through in no time.
            parts = node.elts if isinstance(node, ast.List) else [*node.keys, *node.values]
            pending.extend(one for one in parts if type(one) is not ast.Constant and one is not None)
        elif not isinstance(
            node, (ast.Constant, ast.Lambda, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
        ):
            if isinstance(node, ast.ExceptHandler) and node.name:
                names.append(node.name)
            pending += children(node)
    return list(dict.fromkeys(names))
