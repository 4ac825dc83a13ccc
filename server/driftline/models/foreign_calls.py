"""Calls of what is not read, and what they are handed: a table or a MetaData that is passed on may come back changed.

A function of a library that is installed is read for it.

Those that a revision makes are another matter (`migrations.foreign_calls`): it hands on connections, not tables.

Example: `audit.track(users)`, where `audit` is not installed, makes the table `users` incomplete.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from driftline.models.core import callee
from driftline.models.unfollowed import changes_tables
from driftline.python.contained import contained
from driftline.python.values import Call, Function, Symbol, Unknown, Value, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from driftline.models.records import Records

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
_MAKES_TABLES: Final = frozenset({"sqlalchemy_continuum.make_versioned"})
"""What makes tables beside those of the models, once it is called."""
_CALLING_BACK: Final = frozenset({"asyncio", "concurrent", "multiprocessing", "threading"})
"""Those of the standard library that call what they are handed."""


def doubt_handed(call: Call, records: Records) -> None:
    """Doubt the tables and the MetaData that `call` is handed, if it is of something that is not read."""
    if not _is_foreign(call):
        return
    reason = f"`{dotted(call.function) or 'what is called'}` is not read"
    if call.callee in _MAKES_TABLES:
        records.missing.append(Unknown(f"{reason}, and makes tables of its own", call.origin))
    for one in _handed(call):
        record = records.table_of_handle(one)
        if record is not None:
            record.incomplete.append(Unknown(f"{reason}, and is given the table `{record.name}`", call.origin))
        elif callee(one) == "sqlalchemy.MetaData":
            records.missing.append(Unknown(f"{reason}, and is given a MetaData", call.origin))
        elif isinstance(one, Function) and changes_tables(one.node):
            given = f"is given the function `{one.name}`, which could change tables"
            records.missing.append(Unknown(f"{reason}, and {given}", call.origin))


def is_handed_tables(call: Call, records: Records) -> bool:
    """Whether `call` is of a function that was not read, which a library may have, and hands on tables or MetaData."""
    if not isinstance(call.function, Symbol) or call.unpacked or not _is_foreign(call):
        return False
    return any(
        records.table_of_handle(one) is not None or callee(one) == "sqlalchemy.MetaData" for one in _handed(call)
    )


def _is_foreign(call: Call) -> bool:
    """Whether a call is of something that was not read, and is not known to leave what it is handed alone."""
    root = dotted(call.function).partition(".")[0].removesuffix("()")
    if not root or root in _READ_ELSEWHERE:
        return False
    return root not in sys.stdlib_module_names or root in _CALLING_BACK


def _handed(call: Call) -> Iterator[Value]:
    """Give the arguments of a call, those in containers included."""
    for one in (*call.args, *call.kwargs.values()):
        yield from contained(one)
