"""What replay yields: the migrated schema, a timeline per table, and the problems met on the way.

Example: `migrated.timelines["users"]` starts with the `create_table` of revision 0001 and goes on with every operation
that touched it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from driftline.dataclass import dataclass, field
from driftline.python.host import Branch
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.schema import Schema, Table

if TYPE_CHECKING:
    from driftline.migrations.states import States


class Operation(Protocol):
    """What every operation says of itself; the classes are in `operation.py`."""

    @property
    def origin(self) -> Origin:
        """Where the source states it."""
        ...

    @property
    def branch(self) -> Branch | None:
        """The branch it stands in, if its condition is not known to hold."""
        ...

    @property
    def verb(self) -> str:
        """Alembic's name for it (`add_column`, `create_table`, `execute`)."""
        ...

    @property
    def table(self) -> str | None:
        """The key of the table it is about; None where it is about none, or that is not known."""
        ...

    @property
    def summary(self) -> str:
        """What it does, in a few words for the user, names in backticks: "add column `avatar` VARCHAR(255)"."""
        ...


@dataclass(frozen=True, slots=True)
class Event:
    """One operation on one table: what it was before and is after (None: not there).

    `applied` is False for conditional history: an operation in a branch that upgrading an empty database does not take.
    """

    revision: str
    operation: Operation
    before: Table | None
    after: Table | None
    applied: bool = True


@dataclass(frozen=True, slots=True)
class ReplayProblem:
    """Something that replay found impossible, named by the rule that reports it (`unknown-table`, `column-exists` …).

    `message`: one or two sentences for the user. `conditional`: it rests on a branch that is only assumed, so it is no
    error. `refutes`: the branch that the operation itself is in, which then is not taken after all: a project whose
    upgrade works does not do there what it cannot do.
    """

    rule: str
    message: str
    revision: str
    table: str | None = None
    object: str | None = None
    conditional: bool = False
    refutes: Branch | None = None
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One revision of the history: what its `upgrade()` does. Of the states around it, the history's `states` know.

    `changed`: the tables that it changed, by key, as they were before and as they are after it. Each step is its own:
    a revision keeps it for as long as it does the same, whatever else an edit of the history changes around it.
    """

    revision: str
    operations: tuple[Operation, ...]
    changed: Mapping[str, tuple[Table | None, Table | None]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    """What became of the tables, operation by operation."""


def _no_states() -> States:
    from driftline.migrations.states import States  # which holds tables in a way that knows of events

    return States()


@dataclass(frozen=True, slots=True)
class Migrated:
    """The migrated schema at a revision (by default: at the heads), and how it came to be.

    `timelines`: by table key as it is at the end (dropped tables under their last key), oldest event first, conditional
    ones in their place.
    `incomplete`: why the history does not start from an empty database (tables that no revision creates), None where it
    does; then "absent" is unknown: `unseen` holds the keys of tables that operations touch and no revision creates.
    `presumed`: by key, why nothing is known of a table that was never there when a revision needed it, and that
    somebody else must have made (`completeness.py`).
    `views`: the keys of views and foreign tables, to which models can be mapped as well as to tables.
    `steps`: the revisions in the order in which they were applied. `states`: the states before and after each.
    `created` / `altered` helpers below read the timelines.
    """

    schema: Schema
    timelines: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    problems: tuple[ReplayProblem, ...] = ()
    incomplete: Unknown | None = None
    unseen: frozenset[str] = frozenset()
    presumed: Mapping[str, Unknown] = field(default_factory=dict)
    views: frozenset[str] = frozenset()
    unknown: tuple[Unknown, ...] = ()
    reads: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()
    states: States = field(default_factory=_no_states, compare=False)

    def created_by(self, table: str) -> Event | None:
        """Give the event that (last) created the table with the key `table`."""
        return next(
            (
                one
                for one in reversed(self.timelines.get(table, ()))
                if one.applied and one.before is None and one.after is not None
            ),
            None,
        )

    def altered_by(self, table: str) -> tuple[Event, ...]:
        """Give the applied events since the table's creation, without the creation itself."""
        events = [one for one in self.timelines.get(table, ()) if one.applied]
        created = self.created_by(table)
        return tuple(events[events.index(created) + 1 :] if created is not None else events)
