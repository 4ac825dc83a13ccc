"""Calls of what was not read (another package's helpers) that are handed a way to change the schema.

`add_columns(op, "users")` of a package that is not read may do anything to `users`. A call is such a one where an
argument, or what it is a method of, is `op`, a batch, one of their methods, or the connection. Packages that are known
not to change the schema, or whose calls are read elsewhere (SQLAlchemy, Alembic), are left alone; so is a Session,
which is there for rows.

What is called may also be a value that could not be worked out, such as a helper of a module that does not parse.

Example: `named("add_columns(op, 'users')" as a Call)` is `{"users"}`.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator

from driftline.migrations.database_handles import is_connection, is_context
from driftline.python.contained import contained
from driftline.python.values import Attribute, Call, Instance, Operator, Symbol, Value, dotted
from driftline.regex import regex

_HARMLESS = frozenset(
    {
        "alembic",
        "click",
        "geoalchemy2",
        "loguru",
        "numpy",
        "pandas",
        "polars",
        "rich",
        "sentry_sdk",
        "sqlalchemy",
        "sqlmodel",
        "structlog",
        "tqdm",
    }
)
"""Packages whose calls are read elsewhere, or that read, write or log rows."""

_OP = regex(
    r"alembic\.op(?:\.(?!f$|get_bind$|get_context$)\w+)?|alembic\.operations\.(?:base\.)?Operations(?:\.context)?\(\)"
)
_BATCH = regex(r"alembic\.op\.batch_alter_table\(\)(?:\.\w+)?")
_SESSIONS = frozenset({"Session", "create_session", "create_scoped_session", "scoped_session"})
"""What SQLAlchemy, and those who wrap it, call what makes a Session."""


def is_foreign(call: Call) -> bool:
    """Whether `call` is of something that was not read and is not known to leave the schema alone."""
    if isinstance(call.function, Operator):  # an item of something that was not read
        return True
    root = call.callee.partition(".")[0].removesuffix("()")
    if root == "importlib":
        return call.callee.startswith("importlib.import_module().")
    return bool(root) and root not in _HARMLESS and root not in sys.stdlib_module_names and not hasattr(builtins, root)


def handles(call: Call) -> list[Value]:
    """Give the arguments that let `call` change the schema, those of what it is a method of included."""
    return [one for one in _arguments(call) if _is_handle(one)]


def session_of(call: Call) -> Call | None:
    """Give the Session that a library's own factory makes over the connection (`db.Session(bind=bind)`)."""
    name = call.callee.rpartition(".")[2]
    if name not in _SESSIONS or not any(is_connection(dotted(one)) for one in _arguments(call)):
        return None
    return Call(Symbol("sqlalchemy.orm.Session"), call.args, call.kwargs, call.origin)


def batch_of(value: Value) -> Call | None:
    """Give the `batch_alter_table(…)` that `value` is, or is a method of."""
    if _BATCH.fullmatch(dotted(value)) is None:
        return None
    value = value.value if isinstance(value, Attribute) else value
    return value if isinstance(value, Call) else None


def named(call: Value) -> frozenset[str]:
    """Give the strings among the arguments: the names of what the call is about, as far as they can be told."""
    return frozenset(one for one in _arguments(call) if isinstance(one, str))


def _is_handle(value: Value) -> bool:
    path = dotted(value)
    if not path:
        return False
    return is_connection(path) or is_context(path) or any(one.fullmatch(path) is not None for one in (_OP, _BATCH))


def _arguments(call: Value) -> Iterator[Value]:
    """Give the arguments of `call` and of the calls that it hangs on, those in containers included."""
    while isinstance(call, Call | Attribute | Instance):
        if isinstance(call, Call):
            for one in (*call.args, *call.kwargs.values()):
                yield from contained(one)
            call = call.function
        else:
            call = call.value if isinstance(call, Attribute) else call.base_call
