"""Names and plain arguments of Core calls.

Example: of `op.f("ix_users_email")` the name is `FinalName("ix_users_email")`, which no naming convention touches.
"""

from __future__ import annotations

from driftline.models.core.canonical import callee
from driftline.python.values import Attribute, Call, EnumMember, Unknown, Value
from driftline.schema.naming import FinalName


def read_name(value: Value) -> str | FinalName | Unknown | None:
    """Give the name that a `name=` argument states.

    A `FinalName` for `op.f(…)` and `conv(…)`, None where there is none.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, Call):
        inner = value.args[0] if value.args else None
        if is_final(value):
            made = read_name(inner)
            return FinalName(made) if isinstance(made, str) else made
        if callee(value) == "sqlalchemy.quoted_name":
            return read_name(inner)
    if isinstance(value, Unknown):
        return value
    made = plain(value)
    return made if isinstance(made, str) else Unknown("the name could not be read")


def is_final(call: Call) -> bool:
    """Whether a call marks a name as final: `op.f`, `batch_op.f`, `conv`."""
    path = callee(call)
    return path in ("alembic.op.f", "sqlalchemy.conv") or (
        isinstance(call.function, Attribute) and call.function.name == "f" and path.startswith("alembic.")
    )


def plain(value: Value) -> Value:
    """Give the string or number that a member of a `str` or `int` enum is; any other value as it is."""
    if value is None or value.__class__ is str:  # as most are, and this is asked hundreds of thousands of times
        return value
    if isinstance(value, EnumMember) and isinstance(value.value, str | int):
        return value.value
    if isinstance(value, Call) and callee(value) == "sqlalchemy.quoted_name" and value.args:
        return value.args[0]
    return value


def plain_bool(value: Value, *, default: bool) -> bool | Unknown:
    """Give a flag: `default` for None and for what was not passed; Unknown for what could not be read."""
    if value is None:
        return default
    if isinstance(value, int):
        return bool(value)
    return value if isinstance(value, Unknown) else Unknown("a flag could not be read")
