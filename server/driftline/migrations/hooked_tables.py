"""What event hooks of the project's add to the tables that operations make.

Alembic makes a `Table` of SQLAlchemy's for each operation: what listens to tables, columns, constraints and types is
called for these as it is for those of models (`models.event_hooks`), and the operation creates what that adds.

Example: after `@listens_for(IntEnum, "before_parent_attach")` on a function that puts a CHECK on the column's table,
the items of `op.create_table("things", sa.Column("kind", IntEnum(Kind)))` have that CHECK, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from driftline.models.core import callee
from driftline.models.environment_script import NO_ENVIRONMENT, EnvironmentScript
from driftline.models.event_hooks import is_about_tables, listening
from driftline.models.host import ModelsHost
from driftline.python.origin import Origin
from driftline.python.values import Attribute, Call, Function, Symbol, Value

if TYPE_CHECKING:
    from driftline.migrations.running import Running


class HookedTables:
    """The hooks that were set so far. `runner` is set once there is an evaluator."""

    def __init__(self) -> None:
        """Hold no hooks yet."""
        self.runner: Running | None = None
        self.asked = False
        """Whether a table has come up since this was last set to false, and hooks with it."""
        self._set: list[tuple[str, Function | Call]] = []

    def note_function(self, function: Function) -> None:
        """Take note of a function with decorators, if one of these sets it as a hook."""
        if any(is_about_tables(one) for one in listening(function)):
            self._set.append((function.module.path, function))

    def note_call(self, call: Call) -> None:
        """Take note of a call of `event.listen`."""
        if is_about_tables(call):
            self._set.append((call.origin.path or "", call))

    def forget(self, kept: Iterable[str]) -> None:
        """Forget what was set anywhere but in the files `kept`."""
        files = frozenset(kept)
        self._set = [one for one in self._set if one[0] in files]

    @property
    def are_set(self) -> bool:
        """Whether there are any."""
        return bool(self._set)

    def tell(self, host: ModelsHost) -> None:
        """Set all hooks with `host`."""
        for _, one in self._set:
            if isinstance(one, Function):
                host.function_created(one)
            else:
                host.call(one)

    def items(
        self, name: str, schema: str | None, items: Sequence[Value], options: Mapping[str, Value], origin: Origin
    ) -> tuple[list[Value], Mapping[str, Value]]:
        """Give the items and the options of a table after all hooks; among the items, what could not be followed."""
        if self.runner is None or not self._set:
            return list(items), options
        self.asked = True
        host = ModelsHost(EnvironmentScript(NO_ENVIRONMENT), self.runner)
        columns = [one for one in items if callee(one) == "sqlalchemy.Column"]
        metadata = Call(Symbol("sqlalchemy.MetaData"), (), {}, origin)
        table = Call(Symbol("sqlalchemy.Table"), (name, metadata, *columns), {**options, "schema": schema}, origin)
        with self.runner.hosted_by(host):
            self.tell(host)
            host.call(table)
            for one in items:  # as `SchemaObjects.table` does it (alembic/operations/schemaobj.py)
                if not any(one is column for column in columns):
                    host.call(Call(Attribute(table, "append_constraint"), (one,), {}, origin))
        record = host.records.table_of_handle(table)
        if record is None:
            return list(items), options
        return [*record.items, *record.incomplete], {key: one for key, one in record.kwargs.items() if key != "schema"}
