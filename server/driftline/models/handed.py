"""Calls of what is not read, and what they are handed: a table or a MetaData that is passed on may come back changed.

Example: `audit.track(users)`, where `audit` is not installed, has the table `users` among what it is handed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from driftline.python.values import Call, Value, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

_READ_ELSEWHERE: Final = frozenset(
    {
        "alembic",
        "builtins",
        "flask_migrate",
        "flask_sqlalchemy",
        "pydantic",
        "sqlalchemy",
        "sqlmodel",
        "typing_extensions",
    }
)
"""Packages whose calls are read where they matter, or that leave tables alone."""
MAKES_TABLES: Final = frozenset({"sqlalchemy_continuum.make_versioned"})
"""What makes tables beside those of the models, once it is called."""
_CALLING_BACK: Final = frozenset({"asyncio", "concurrent", "multiprocessing", "threading"})
"""Those of the standard library that call what they are handed."""
_DEPTH: Final = 3
"""How deep arguments are looked into."""


def is_foreign(call: Call) -> bool:
    """Whether a call is of something that was not read, and is not known to leave what it is handed alone."""
    root = dotted(call.function).partition(".")[0].removesuffix("()")
    if not root or root in _READ_ELSEWHERE:
        return False
    return root not in sys.stdlib_module_names or root in _CALLING_BACK


def handed(call: Call) -> Iterator[Value]:
    """Give the arguments of a call, those in containers included."""
    for one in (*call.args, *call.kwargs.values()):
        yield from _within(one)


def _within(value: Value, depth: int = 0) -> Iterator[Value]:
    if isinstance(value, list | tuple | set | frozenset) and depth < _DEPTH:
        for one in value:
            yield from _within(one, depth + 1)
    elif isinstance(value, dict) and depth < _DEPTH:
        for one in value.values():
            yield from _within(one, depth + 1)
    else:
        yield value
