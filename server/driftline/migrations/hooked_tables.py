"""What event hooks of the project's add to the tables that operations make.

Alembic makes a `Table` of SQLAlchemy's for each operation: what listens to tables, columns, constraints and types is
called for these as it is for those of models (`models.event_hooks`), and the operation creates what that adds.

Example: after `@listens_for(IntEnum, "before_parent_attach")` on a function that puts a CHECK on the column's table,
the items of `op.create_table("things", sa.Column("kind", IntEnum(Kind)))` have that CHECK, too.

What listens to the creation of tables (`before_create`, `after_create`), or to their drop, is called around these
operations, and may do anything by the connection that it is handed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass
from driftline.migrations.hook_host import CONNECTION, HookHost
from driftline.models.core import callee
from driftline.models.event_hooks import is_about_creation, is_about_tables, listening
from driftline.models.host import ModelsHost
from driftline.python.host import Host
from driftline.python.origin import Origin
from driftline.python.values import Attribute, Call, Function, Symbol, Unknown, Value

if TYPE_CHECKING:
    from driftline.migrations.running import Running


@dataclass(frozen=True, slots=True)
class Hooked:
    """A table that hooks were called for: what stands for it, and where it is written down."""

    host: ModelsHost
    handle: Call


class HookedTables:
    """The hooks that were set so far. `runner` is set once there is an evaluator."""

    def __init__(self, connection: Host, dialect: str) -> None:
        """Hold no hooks yet; what they do to the database, which is of `dialect`, is told to `connection`."""
        self.connection = connection
        self.dialect = dialect
        self.runner: Running | None = None
        self.asked = False
        """Whether a table has come up since this was last set to false, and hooks with it."""
        self._created: Hooked | None = None
        """The table of the operation at hand, if that creates one, or drops one."""
        self._set: list[tuple[str, Function | Call]] = []
        self._creating: list[str] = []
        """The files that set hooks for what is created or dropped."""

    def note_function(self, function: Function) -> None:
        """Take note of a function with decorators, if one of these sets it as a hook."""
        for one in listening(function):
            self._note(one, function.module.path, function)

    def note_call(self, call: Call) -> None:
        """Take note of a call of `event.listen`."""
        self._note(call, call.origin.path or "", call)

    def _note(self, listen: Call, path: str, one: Function | Call) -> None:
        if is_about_creation(listen):
            self._creating.append(path)
        if is_about_tables(listen) or is_about_creation(listen):
            self._set.append((path, one))

    def forget(self, kept: Iterable[str]) -> None:
        """Forget what was set anywhere but in the files `kept`."""
        files = frozenset(kept)
        self._set = [one for one in self._set if one[0] in files]
        self._creating = [one for one in self._creating if one in files]
        self._created = None

    @property
    def are_set(self) -> bool:
        """Whether there are any."""
        return bool(self._set)

    @property
    def are_of_creation(self) -> bool:
        """Whether there are any for what is created or dropped."""
        return bool(self._creating)

    def host(self, runner: Running) -> HookHost:
        """Give a host that writes tables down, and has all hooks set."""
        host = HookHost(runner, self.connection, self.dialect)
        self.tell(host)
        return host

    def tell(self, host: ModelsHost) -> None:
        """Set all hooks with `host`."""
        for _, one in self._set:
            if isinstance(one, Function):
                host.function_created(one)
            else:
                host.call(one)

    def items(
        self,
        name: str,
        schema: str | None,
        items: Sequence[Value],
        options: Mapping[str, Value],
        origin: Origin,
        event: str | None = None,
    ) -> tuple[list[Value], Mapping[str, Value]]:
        """Give the items and the options of a table after all hooks; among the items, what could not be followed.

        `event`: what comes of it as well (`before_create`).
        """
        if self.runner is None or not self._set:
            return list(items), options
        self.asked = True
        host = self.host(self.runner)
        columns = [one for one in items if callee(one) == "sqlalchemy.Column"]
        metadata = Call(Symbol("sqlalchemy.MetaData"), (), {}, origin)
        table = Call(Symbol("sqlalchemy.Table"), (name, metadata, *columns), {**options, "schema": schema}, origin)
        with self.runner.hosted_by(host):
            host.call(table)
            for one in items:  # as `SchemaObjects.table` does it (alembic/operations/schemaobj.py)
                if not any(one is column for column in columns):
                    host.call(Call(Attribute(table, "append_constraint"), (one,), {}, origin))
        if event is not None:
            self._created = Hooked(host, table)
            self.tell_event(event, self._created)
        record = host.records.table_of_handle(table)
        if record is None:
            return list(items), options
        return [*record.items, *record.incomplete], {key: one for key, one in record.kwargs.items() if key != "schema"}

    def take_created(self) -> Hooked | None:
        """Give the table of the operation at hand, once."""
        created, self._created = self._created, None
        return created

    def tell_event(self, event: str, hooked: Hooked) -> tuple[list[Value], list[Unknown]]:
        """Call what listens to `event` of a table or a MetaData.

        Gives what was added to the table by that, and what could not be followed.
        """
        if self.runner is None or not self._creating:
            return [], []
        self.asked = True
        record = hooked.host.records.table_of_handle(hooked.handle)
        items = list(record.items) if record is not None else []
        doubts = list(record.incomplete) if record is not None else []
        with self.runner.hosted_by(hooked.host):
            hooked.host.create(event, hooked.handle, CONNECTION)
        if record is None:
            return [], []
        added = [one for one in record.items if not any(one is item for item in items)]
        return added, [one for one in record.incomplete if one not in doubts]
