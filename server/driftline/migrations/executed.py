"""What is handed to `op.execute`, or to a connection: SQL text in all its wrappings, DDL elements, lists of these.

Example: `op.execute(sa.DDL("DROP TABLE %(table)s", context={"table": "users"}))` is a `DropTable`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from driftline.migrations.operation import Operation
from driftline.migrations.operation_reader import Stating
from driftline.migrations.own_models import OwnModels
from driftline.migrations.own_objects import operations_of_element
from driftline.migrations.partial_sql import read_partial_sql, text_with_gaps
from driftline.migrations.raw_sql import read_raw_sql
from driftline.migrations.running import Running
from driftline.models.core import callee, plain, unescape_text
from driftline.python.origin import Origin
from driftline.python.values import Attribute, Call, Operator, Unknown, Value, dotted
from driftline.regex import regex

AppendedTo = Callable[[Value], Value]
"""Gives the table that a constraint was appended to (`users.append_constraint(check)`), None where to none."""

_SAME_STATEMENT = frozenset({"bindparams", "execution_options", "columns", "execute_if", "params"})
"""Methods that give the same statement with something added that is no schema's business."""
_UNDERSTOOD = frozenset({"sqlalchemy", "sqlmodel", "geoalchemy2", "alembic_utils", "alembic"})
"""Packages whose statements change rows, or are DDL elements that are read, or make views, functions and the like."""
_CATALOG = regex(
    r"\b(?:information_schema|pg_catalog|pg_\w+|to_reg\w+|sqlite_master|sqlite_schema|sys\.\w+|user_tab\w*|all_tab\w*)\b"
    r"|^\s*(?:PRAGMA|SHOW|DESCRIBE)\b",
    re.IGNORECASE,
)
"""How a statement names a database's catalog: PostgreSQL's, MySQL's, SQLite's, SQL Server's and Oracle's."""
_DDL_PLACE = regex(r"%(?:\((\w+)\)s|(%))")


def operations_of_statement(
    statement: Value, stating: Stating, models: OwnModels, runner: Running | None, appended: AppendedTo
) -> Iterator[Operation]:
    """Give what a statement that is executed does."""
    statement = _unwrapped(statement)
    if isinstance(statement, str):
        yield from read_raw_sql(
            unescape_text(statement),
            stating.context.dialect,
            origin=stating.origin,
            branch=stating.branch,
            guarded=stating.guarded,
        )
    elif isinstance(statement, Unknown):
        yield from _of_unknown(statement, stating, runner)
    elif isinstance(statement, Operator):
        yield from _of_unknown(Unknown("a part of it was not read"), stating, runner)
    elif isinstance(statement, list | tuple):
        for one in statement:
            yield from operations_of_statement(one, stating, models, runner, appended)
    elif isinstance(statement, Call) and dotted(statement).partition(".")[0] in _UNDERSTOOD:
        table = appended(statement.args[0]) if statement.args else None
        yield from operations_of_element(statement, stating, models, appended=table)
    else:
        what = f"`{dotted(statement)}`" if dotted(statement) else "what is executed here"
        yield stating.opaque(f"{what} was not read, and could be any statement", creates=True)


def asks_catalog(statement: Value, origin: Origin, runner: Running | None) -> bool:
    """Tell whether the statement that is executed at `origin` looks into the database's catalog.

    That is what a program asks before it changes something. Of a text that is not known its source says most.
    """
    text = _unwrapped(statement)
    if isinstance(text, Unknown):
        text = _source_of(origin, runner)
    return isinstance(text, str) and _CATALOG.search(text) is not None


def _unwrapped(statement: Value) -> Value:
    """Give the text of a statement, without what it was wrapped in; a statement that is no text as it is."""
    statement = plain(statement)
    while isinstance(statement, Call) and isinstance(statement.function, Attribute):
        if statement.function.name not in _SAME_STATEMENT:
            break
        statement = statement.function.value
    if isinstance(statement, Call) and callee(statement).rpartition(".")[2] in ("text", "DDL"):
        return _text_of(statement)
    return statement


def _text_of(wrapped: Call) -> Value:
    """Give the text in `text(…)` or `DDL(…)`, whose `context` fills its places."""
    text = plain(wrapped.args[0] if wrapped.args else wrapped.kwargs.get("text", wrapped.kwargs.get("statement")))
    if not isinstance(text, str) or not callee(wrapped).endswith(".DDL"):
        return text
    context = plain(wrapped.args[1] if len(wrapped.args) > 1 else wrapped.kwargs.get("context", {}))
    values = context if isinstance(context, dict) else {}
    filled = {key: str(value) for key, one in values.items() if isinstance(value := plain(one), str | int)}
    places = {match[1] for match in _DDL_PLACE.finditer(text) if match[1]}
    missing = sorted(places - filled.keys())
    if missing:
        return Unknown(f"`%({missing[0]})s` of the DDL is not known", wrapped.origin)
    return _DDL_PLACE.sub(lambda match: filled[match[1]] if match[1] else "%", text)


def _of_unknown(statement: Unknown, stating: Stating, runner: Running | None) -> Iterator[Operation]:
    """Give what is known of a statement that is not known as a whole: its source may say most of it."""
    what = Unknown(f"an SQL text that is not known: {statement.reason}", stating.origin)
    text = _source_of(stating.origin, runner)
    if text is None:
        yield stating.opaque(what, creates=True)
        return
    yield from read_partial_sql(
        text, stating.context.dialect, what, origin=stating.origin, branch=stating.branch, guarded=stating.guarded
    )


def _source_of(origin: Origin, runner: Running | None) -> str | None:
    """Give the text of the statement that is executed at `origin`, as far as its source says it."""
    node, function = runner.node_of(origin) if runner is not None else (None, None)
    argument = next(iter(node.args), None) if isinstance(node, ast.Call) else None
    return text_with_gaps(argument, function) if argument is not None else None
