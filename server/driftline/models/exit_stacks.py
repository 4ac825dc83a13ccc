"""Stacks of context managers (`contextlib.ExitStack`): what is called when they end may make tables, or change them.

Knows nothing of tables: it calls functions, and the host is told what they do.

Example: `stack.callback(Index, "ix_users_name", User.name)` puts the index on the table where the `with` block ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from driftline.models.core import path_of
from driftline.python.functions import ContextManager
from driftline.python.host import UNANSWERED
from driftline.python.values import Call, Function, Instance, Partial, Symbol, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from driftline.models.core import Runner

    _Waiting = list[tuple[Value, tuple[Value, ...], Mapping[str, Value]]]
    """Functions, with what they are called with, in the order in which they were handed over."""

_STACKS: Final = frozenset({"contextlib.ExitStack()", "contextlib.AsyncExitStack()"})
_NOTHING_RAISED: Final = (None, None, None)


class ExitStacks:
    """What is still to be called, by stack."""

    def __init__(self, runner: Runner) -> None:
        """Call it with `runner`."""
        self._runner = runner
        self._waiting: dict[int, _Waiting] = {}
        """By the identity of the stack, which whoever has entered it keeps alive."""

    @property
    def waits(self) -> bool:
        """Whether something is still to be called."""
        return any(self._waiting.values())

    def method(self, stack: Value, name: str, call: Call) -> Value:
        """Answer a method of a stack; UNANSWERED where it is none."""
        if (not call.args and name not in ("aclose", "close")) or path_of(stack) not in _STACKS:
            return UNANSWERED
        waiting = self._waiting.setdefault(id(stack), [])
        match name:
            case "callback" | "push_async_callback":
                waiting.append((call.args[0], call.args[1:], call.kwargs))
                return call.args[0]
            case "push" | "push_async_exit":
                self._leave_later(call.args[0], waiting)
                return call.args[0]
            case "enter_context" | "enter_async_context":
                return self._enter(call.args[0], waiting)
            case "close" | "aclose":
                self.end(stack)
                return None
        return UNANSWERED

    def end(self, stack: Value) -> None:
        """Call what waits for the end of a stack, last first."""
        waiting = self._waiting.pop(id(stack), [])
        for function, args, kwargs in reversed(waiting):
            self._runner.call(function, args, kwargs)

    def _enter(self, manager: Value, waiting: _Waiting) -> Value:
        if isinstance(manager, ContextManager):
            # All of it is run now: what stands behind its `yield` comes early, and is the same.
            given = self._runner.call(Symbol("builtins.list"), (manager.generator,))
            return given[0] if isinstance(given, list) and given else None
        if not isinstance(manager, Instance) or manager.cls.lookup("__enter__") is None:
            return manager
        self._leave_later(manager, waiting)
        return self._runner.call(self._runner.get(manager, "__enter__"))

    def _leave_later(self, manager: Value, waiting: _Waiting) -> None:
        if isinstance(manager, Instance):
            waiting.append((self._runner.get(manager, "__exit__"), _NOTHING_RAISED, {}))
        elif isinstance(manager, Function | Partial):
            waiting.append((manager, _NOTHING_RAISED, {}))
