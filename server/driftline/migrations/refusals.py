"""What a `try` around an operation would see: that the database, its driver or Alembic refuses it.

Example: for a `DropTable` of a table that is not there, `refusal(…)` is a `ProgrammingError` that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from driftline.dataclass import replace
from driftline.migrations.apply import attempt
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.operation import Batch, DropConstraint, Operation
from driftline.python.host import RaisedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from driftline.migrations.working import Working

_BASES = (
    "OperationalError",
    "InternalError",
    "IntegrityError",
    "DatabaseError",
    "DBAPIError",
    "StatementError",
    "SQLAlchemyError",
    "ValueError",
    "KeyError",
    "NotImplementedError",
)
"""What is raised for an operation that is impossible: not worth telling apart."""


def refused(reason: str, *, by_database: bool = True) -> RaisedError:
    """Give what is raised for an operation that is impossible; what a database says, a library may say otherwise."""
    return RaisedError("ProgrammingError", reason, _BASES, translated=by_database)


def refusal(operation: Operation, dialect: str, state: Callable[[], Working]) -> RaisedError | None:
    """Give what an operation raises in the state as it is by then; None where it may as well succeed.

    `state` is called only where the answer depends on it.
    """
    if _is_nameless(operation, dialect):
        return refused("a constraint without a name is dropped", by_database=False)  # SQLAlchemy's compiler refuses it
    if operation.raw:
        return None
    sure = (one for one in attempt(state(), _unguarded(operation)) if not one.conditional)
    return next((refused(one.message) for one in sure), None)


def _is_nameless(operation: Operation, dialect: str) -> bool:
    """Whether a constraint is dropped that no name is given for; only MySQL's primary key needs none."""
    if not isinstance(operation, DropConstraint) or operation.name is not None:
        return False
    return operation.type_ != "primary" or dialect not in MYSQL_FAMILY


def _unguarded(operation: Operation) -> Operation:
    if isinstance(operation, Batch):
        return replace(
            operation, guarded=False, operations=tuple(replace(one, guarded=False) for one in operation.operations)
        )
    return replace(operation, guarded=False)
