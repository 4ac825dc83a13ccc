"""The host under which hooks are run for the tables that a migration makes.

A hook changes tables, which models do as well, and is handed the connection, which revisions have: the one is told to
`ModelsHost`, the other to the recorder.

Example: in `def audited(table, connection, **kw)`, `table.append_column(…)` adds to the table, and
`connection.execute(sa.text("CREATE TABLE …"))` is an operation of the revision.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from driftline.dataclass import replace
from driftline.migrations.database_handles import attribute_of, is_database
from driftline.models.core import callee
from driftline.models.environment_script import NO_ENVIRONMENT, EnvironmentScript
from driftline.models.host import ModelsHost
from driftline.python.host import UNANSWERED, Branch, Host
from driftline.python.origin import NOWHERE
from driftline.python.values import Attribute, Call, Symbol, Value, dotted

if TYPE_CHECKING:
    from driftline.migrations.running import Running

_DDL: Final = ("sqlalchemy.DDL", "sqlalchemy.schema.DDL", "sqlalchemy.sql.ddl.DDL")


class HookHost(ModelsHost):
    """Writes down what hooks do to tables, and hands on what they do by a connection."""

    def __init__(self, runner: Running, connection: Host, dialect: str) -> None:
        """Hand on to `connection` what is asked of a database of `dialect`, or done to it."""
        super().__init__(EnvironmentScript(NO_ENVIRONMENT), runner)
        self._connection = connection
        self._dialect = dialect

    def wants(self, callee: str) -> bool:
        """Whether a call makes a table, or does something to the database."""
        return super().wants(callee) or self._connection.wants(callee)

    @contextmanager
    def branch(self, branch: Branch) -> Iterator[None]:
        """Follow a branch, for both."""
        with super().branch(branch), self._connection.branch(branch):
            yield

    def get_attribute(self, value: Value, name: str) -> Value:
        """Answer attributes of tables and models, and those of the connection."""
        answer = attribute_of(dotted(value), name, self._dialect)
        return super().get_attribute(value, name) if answer is UNANSWERED else answer

    def call(self, call: Call) -> Value:
        """Write down what is done to tables; what is done by the connection is somebody else's to tell."""
        function = call.function
        if isinstance(function, Call) and callee(_without_condition(function)) in _DDL:
            self._execute(function, call)
            return None
        receiver = dotted(function.value) if isinstance(function, Attribute) else ""
        if self._connection.wants(call.callee) or is_database(receiver) or is_database(call.callee + "()"):
            return self._connection.call(call)
        return super().call(call)

    def _execute(self, listener: Call, call: Call) -> None:
        """Do what `DDL("…")` does that is set as a hook: its text is filled with the names of the table."""
        ddl = _without_condition(listener)
        if ddl is not listener and not self._is_for(listener.kwargs.get("dialect")):
            return
        table = self.records.table_of_handle(call.args[0]) if call.args else None
        given = ddl.args[1] if len(ddl.args) > 1 else ddl.kwargs.get("context")
        context: dict[Value, Value] = dict(given) if isinstance(given, dict) else {}
        if table is not None:
            full = f"{table.schema}.{table.name}" if table.schema else table.name
            context = {"table": table.name, "schema": table.schema or "", "fullname": full} | context
        text = ddl.args[0] if ddl.args else ddl.kwargs.get("statement")
        filled = replace(ddl, args=(text, context), kwargs={})
        execute = Attribute(call.args[1] if len(call.args) > 1 else CONNECTION, "execute")
        self._connection.call(Call(execute, (filled,), {}, ddl.origin))

    def _is_for(self, dialects: Value) -> bool:
        """Whether `execute_if(dialect=…)` names the database's."""
        if isinstance(dialects, list | tuple | set | frozenset):
            return self._dialect in dialects
        return dialects is None or dialects == self._dialect


CONNECTION: Final = Call(Symbol("alembic.op.get_bind"), (), {}, NOWHERE)
"""What hooks are handed for the connection."""


def _without_condition(listener: Call) -> Call:
    """Give the `DDL(…)` of `DDL(…).execute_if(…)`."""
    function = listener.function
    if isinstance(function, Attribute) and function.name == "execute_if" and isinstance(function.value, Call):
        return function.value
    return listener
