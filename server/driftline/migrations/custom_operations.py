"""Operations that projects add to Alembic: what their own code does is what they do.

`Operations.register_operation("create_thing")` on a class makes `op.create_thing(…)` call its class method of that name
(or of the one that `sourcename` gives), which hands an object of the class to `operations.invoke`; and
`Operations.implementation_for(CreateThing)` on a function makes that do what the function does with it.

Example: with `create_thing` implemented by `operations.execute(f"CREATE TABLE {operation.name} (id int)")`, the call
`op.create_thing("things")` is that CREATE TABLE.
"""

from __future__ import annotations

from driftline.models.core import plain
from driftline.python.values import Call, Class, Function, Instance, Value, dotted

_IMPLEMENTS = "implementation_for()"


class CustomOperations:
    """The operations that were registered so far, and what implements them."""

    def __init__(self) -> None:
        """Start with none."""
        self._makers: dict[str, tuple[Class, str]] = {}
        self._implementations: list[tuple[Value, Function]] = []
        self.asked: set[str] = set()
        """The names that somebody asked for: what he did depends on the answers."""

    def note_class(self, cls: Class) -> None:
        """Take note of a class that says which operations it makes."""
        for decorator in cls.decorators:
            if not registers(decorator) or not isinstance(decorator, Call):
                continue
            given = [*decorator.args, *decorator.kwargs.values()]
            names = [one for one in map(plain, given) if isinstance(one, str)]
            if names:
                self._makers[names[0]] = (cls, names[-1])

    def note_function(self, function: Function) -> None:
        """Take note of a function that says which class of operations it implements."""
        for decorator in function.decorators:
            if isinstance(decorator, Call) and dotted(decorator).endswith(f"Operations.{_IMPLEMENTS}"):
                given = next(iter((*decorator.args, *decorator.kwargs.values())), None)
                self._implementations.append((given, function))

    def maker(self, name: str) -> tuple[Class, str] | None:
        """Give the class that makes the operation `name`, and the name of its class method."""
        self.asked.add(name)
        return self._makers.get(name)

    @property
    def registered(self) -> int:
        """How much was registered so far."""
        return len(self._makers) + len(self._implementations)

    def registered_in(self, path: str) -> bool:
        """Whether the file at `path` registers operations."""
        classes = (cls.module.path for cls, _ in self._makers.values())
        functions = (function.module.path for _, function in self._implementations)
        return path in (*classes, *functions)

    def implementation(self, operation: Value) -> Function | None:
        """Give the function that does what an object of a registered class is about."""
        if not isinstance(operation, Instance):
            return None
        line = list(operation.cls.mro())
        return next((one for cls, one in reversed(self._implementations) if any(cls is base for base in line)), None)


def registers(decorator: Value) -> bool:
    """Whether a decorator of a class is `Operations.register_operation(…)`."""
    return isinstance(decorator, Call) and dotted(decorator).endswith("Operations.register_operation()")
