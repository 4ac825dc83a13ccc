"""Models that revisions declare, or import: the tables that their classes map, for `create_all` and `__table__.create`.

Classes are taken note of while a revision is followed, and mapped only when somebody asks for a table: most revisions
that declare classes query rows with them.

Example: after `class User(Base)` in a revision, `tables_on(Base.metadata)` has the table `users`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext

from driftline.dataclass import dataclass
from driftline.migrations.database_keeps import without_numbered_key_name
from driftline.migrations.hooked_tables import Hooked, HookedTables
from driftline.migrations.running import Running
from driftline.models.build import build_tables, record_key
from driftline.models.core import callee
from driftline.models.host import ModelsHost
from driftline.models.metadata import Metadata
from driftline.models.records import TableRecord
from driftline.python.attributes import symbolic_bases
from driftline.python.host import UNANSWERED, Host
from driftline.python.origin import Origin
from driftline.python.values import Call, Class, Unknown, Value
from driftline.schema import Table


@dataclass(frozen=True, slots=True)
class _NewConvention:
    """`metadata.naming_convention = convention`."""

    metadata: Call
    convention: Value
    origin: Origin


class OwnModels:
    """What was declared so far. `runner` is set once there is an evaluator."""

    def __init__(self, dialect: str, connection: Host) -> None:
        """Read tables for `dialect`; what hooks do to the database is told to `connection`."""
        self.dialect = dialect
        self.runner: Running | None = None
        self.hooks = HookedTables(connection, dialect)
        """What listens to the tables that come up."""
        self._noted: list[tuple[str, Class | Call | _NewConvention]] = []
        self._host: ModelsHost | None = None
        self._mapped = 0

    def note(self, made: Class | Call) -> None:
        """Take note of a class that may be mapped, or of a call of `Table`."""
        if isinstance(made, Call) or symbolic_bases(made):
            self._noted.append((_path(made), made))

    def note_convention(self, metadata: Call, convention: Value, origin: Origin) -> None:
        """Take note of a naming convention that a MetaData is given after it was made."""
        self._noted.append((origin.path or "", _NewConvention(metadata, convention, origin)))

    def forget(self, kept: Iterable[str]) -> None:
        """Forget what was mapped, and what was declared anywhere but in the files `kept`."""
        files = frozenset(kept)
        self.hooks.forget(files)
        self._noted = [one for one in self._noted if one[0] in files]
        self._host, self._mapped = None, 0

    def attribute(self, value: Value, name: str) -> Value:
        """Answer `metadata`, `registry`, `__table__` and `__tablename__` of a class or a base."""
        host = self._hosting()
        return host.get_attribute(value, name) if host is not None else UNANSWERED

    def table(self, handle: Value) -> Table | None:
        """Give the table that a value stands for; None where it is none that was declared."""
        host = self._hosting()
        record = host.records.table_of_handle(handle) if host is not None else None
        if host is None or record is None:
            return None
        return next((made for one, made in self._built(host, record.metadata) if one is handle), None)

    def tables_on(self, metadata: Value) -> tuple[list[tuple[Value, Table]], Sequence[Unknown]]:
        """Give each table of a MetaData, with what stands for it, in order, and why others could be missing."""
        host = self._hosting()
        if host is None or not isinstance(metadata, Call) or callee(metadata) != "sqlalchemy.MetaData":
            return [], ()
        return self._built(host, host.roots.metadata_of(metadata)), tuple(host.records.missing)

    def hooked(self, handle: Value) -> Hooked | None:
        """Give a table, or a MetaData, as hooks of its creation are called for it; None where there are no such."""
        host = self._hosting() if self.hooks.are_of_creation else None
        return Hooked(host, handle) if host is not None and isinstance(handle, Call) else None

    def _built(self, host: ModelsHost, metadata: Metadata) -> list[tuple[Value, Table]]:
        records = [one for one in host.records.tables if one.metadata is metadata]
        made = build_tables(records, host.records, host.runner, self.dialect)
        found = ((one, made.get(record_key(one, self.dialect))) for one in records)
        return [(one.handle, self._created(one, table)) for one, table in found if table is not None]

    def _created(self, record: TableRecord, table: Table) -> Table:
        """Give a table of a model as it is when it creates itself."""
        if record.kwargs.get("sqlite_autoincrement") is True:
            return without_numbered_key_name(self.dialect, table)
        return table

    def _hosting(self) -> ModelsHost | None:
        """Give what maps classes, with everything mapped that was noted."""
        if self.runner is None:
            return None
        if self._host is None:
            self._host = self.hooks.host(self.runner)
        hooked = self.hooks.are_set
        with self.runner.hosted_by(self._host) if hooked else nullcontext():
            while self._mapped < len(self._noted):
                _, one = self._noted[self._mapped]
                self._mapped += 1
                match one:
                    case Class():
                        self._host.class_created(one)
                    case _NewConvention():
                        self._host.set_attribute(one.metadata, "naming_convention", one.convention, one.origin)
                    case _:
                        self._host.call(one)
        return self._host


def _path(made: Class | Call) -> str:
    if isinstance(made, Class):
        return made.module.path
    return made.origin.path or ""
