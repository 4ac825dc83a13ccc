"""Exceptions of the code that is read: raised, matched with `except` clauses, and never let out of the evaluator.

An exception's value is a `Call` of its class where that is symbolic (`KeyError("x")`), an `Instance` where it was read.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from driftline.python.values import Call, Class, Instance, Symbol, Unknown, Value, dotted

if TYPE_CHECKING:
    from driftline.python.host import RaisedError
    from driftline.python.scope import Frame


class Raised(Exception):  # noqa: N818 - it carries an exception of the code that is read, and is none of ours
    """An exception on its way through the code that is read.

    It is explicit if a `raise` statement raised it: the program means to do that. Otherwise an operation failed, and
    in a program that works that is more likely to be a misreading of ours. `names`: the classes `except` may name.
    `frame`: the run of a function, or of a module, that a `raise` statement stands in. `translated`: a library may
    raise an exception of its own instead.
    """

    def __init__(
        self, value: Value, names: tuple[str, ...], reason: str, frame: Frame | None = None, *, translated: bool = False
    ) -> None:
        """Carry `value`; `reason` says, in a clause for the user, what happened."""
        super().__init__(reason)
        self.value = value
        self.names = names
        self.reason = reason
        self.frame = frame
        self.translated = translated

    @property
    def explicit(self) -> bool:
        """Whether a `raise` statement raised it."""
        return self.frame is not None


WOULD_RAISE = "would be raised here"
"""How reasons say, behind an exception's name, that a statement was not run to its end."""


def raised(kind: type[Exception], message: str, told: str | None = None) -> Raised:
    """Make the exception that the code which is read sees where Python would raise one of its own.

    `message` is Python's own. `told`: what to tell the user instead, a clause.
    """
    name, told = kind.__name__, message if told is None else told
    value = Call(Symbol(f"builtins.{name}"), (message,), {})
    return Raised(value, _builtin_names(name), f"`{name}` {WOULD_RAISE}{f': {told}' if told else ''}")


def raised_from(error: Exception) -> Raised:
    """Make the exception of the code that is read from one that a real operation on real values has raised."""
    message = error.args[0] if error.args and isinstance(error.args[0], (str, int)) else ""
    return raised(type(error), str(message)[:200])


def raised_by_host(error: RaisedError) -> Raised:
    """Make the exception that a host says a symbolic call raises."""
    names = (*dict.fromkeys((error.name, *error.bases, *_builtin_names(error.name))), "Exception", "BaseException")
    value = Call(Symbol(error.name), (error.reason,), {})
    return Raised(value, names, error.reason, translated=error.translated)


def raised_value(value: Value, describe: str, frame: Frame) -> Raised:
    """Make the exception of `raise value` in `frame`; `describe` is how the source says it."""
    if isinstance(value, (Class, Symbol)):
        # `raise ValueError` makes one without arguments.
        value = Instance(value) if isinstance(value, Class) else Call(value, (), {})
    names: tuple[str, ...]
    if isinstance(value, Instance):
        names = class_names(value.cls)
    elif isinstance(value, Call):
        last = dotted(value.function).rpartition(".")[2]
        names = _builtin_names(last) or (last, "Exception", "BaseException")
    else:
        names = ("Exception", "BaseException")
    return Raised(value, names, f"`{describe}` is raised", frame)


def class_names(cls: Class) -> tuple[str, ...]:
    """Give the names of a class and its ancestors, as `except` clauses may name them."""
    names: list[str] = []
    for one in cls.mro():
        if isinstance(one, Class):
            names.append(one.name)
        else:
            last = dotted(one).rpartition(".")[2]
            names += _builtin_names(last) or (last,)
    return tuple(dict.fromkeys((*names, "Exception", "BaseException")))


def matches(error: Raised, handler: Value) -> bool:
    """Whether `except handler:` catches `error`. A class that is not known is taken to be the right one."""
    if isinstance(handler, tuple):
        return any(matches(error, one) for one in handler)
    if isinstance(handler, Unknown):
        return True
    if isinstance(handler, Class):
        return isinstance(error.value, Instance) and any(one is handler for one in error.value.cls.mro())
    path = dotted(handler)
    if path.rpartition(".")[2] in error.names:
        return True
    return error.translated and bool(path) and path.partition(".")[0] not in _TRANSLATE_NOTHING


_TRANSLATE_NOTHING = frozenset(
    {
        *("builtins", "sqlalchemy", "alembic", "psycopg", "psycopg2", "asyncpg", "pg8000"),
        *("pymysql", "MySQLdb", "mysql", "aiomysql", "sqlite3", "aiosqlite"),
    }
)
"""Whose exceptions are known by name: Python's, SQLAlchemy's, Alembic's, and those of drivers, which are wrapped."""


def _builtin_names(name: str) -> tuple[str, ...]:
    cls = getattr(builtins, name, None)
    if isinstance(cls, type) and issubclass(cls, BaseException):
        return tuple(one.__name__ for one in cls.__mro__[:-1])
    return ()
