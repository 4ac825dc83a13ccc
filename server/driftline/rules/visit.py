"""A revision as a history rule looks at it, and what it looked at besides the revision itself.

A rule that judges each revision by itself is asked again only for those of which something is other than it was: an
edit in the middle of 10,000 revisions asks about a handful.

Example: `check=each_revision(check)` makes a rule of `def check(context: Context, at: Visit) -> Iterator[Finding]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from driftline.dataclass import dataclass, field
from driftline.migrations.contents import Contents
from driftline.migrations.history import Event, Step
from driftline.migrations.table_map import REFERRING, table_map
from driftline.migrations.working import constraint_names
from driftline.schema import Schema, Table

if TYPE_CHECKING:
    from driftline.migrations.downgrades import Downgrade
    from driftline.migrations.states import States
    from driftline.migrations.watched import Key
    from driftline.rules.finding import Finding
    from driftline.rules.rule import Context

Changes: TypeAlias = "Mapping[str, tuple[Table | None, Table | None]]"
_NO_CONTENTS = Contents()
_NO_CHANGES: Changes = {}


@dataclass(slots=True)
class End:
    """The tables at the end of the history, and the names of their constraints."""

    tables: Mapping[str, Table]
    _constraints: frozenset[str] | None = None

    @property
    def constraints(self) -> frozenset[str]:
        """The names of all constraints."""
        if self._constraints is None:
            self._constraints = frozenset(name for one in self.tables.values() for name in constraint_names(one))
        return self._constraints


@dataclass(slots=True)
class Visit:
    """One revision: what its `upgrade()` and its `downgrade()` do, and what its file says.

    `states`: those around it. `failing`: replay found its upgrade impossible. The operations, the events, `changed`
    and `undone` are the revision's own; what else the history holds at this point is to be asked for by the methods
    here, which take note of the answers.
    """

    step: Step
    states: States
    back: Downgrade | None = None
    contents: Contents = _NO_CONTENTS
    failing: bool = False
    end: End = field(default_factory=lambda: End({}))
    notes: list[tuple[str, str, object]] = field(default_factory=list)
    end_notes: list[tuple[str, bool]] = field(default_factory=list)
    everywhere: bool = False

    @property
    def revision(self) -> str:
        """The revision's id."""
        return self.step.revision

    @property
    def changed(self) -> Changes:
        """The tables that the upgrade changed, by key, as they were and as they are."""
        return self.step.changed

    @property
    def undone(self) -> Changes:
        """The tables that the downgrade changed."""
        return _NO_CHANGES if self.back is None else self.back.changed

    @property
    def schema_before(self) -> Schema:
        """What it finds. Whoever looks at it says so by `look_everywhere`."""
        return self.states.before(self.revision).schema

    @property
    def schema_after(self) -> Schema:
        """What its upgrade leaves. Whoever looks at it says so by `look_everywhere`."""
        return self.states.after(self.revision).schema

    def events(self) -> Iterator[tuple[Event, bool]]:
        """Give what each operation on a table made of it, and whether it is one of `downgrade()`."""
        yield from ((event, False) for event in self.step.events if event.applied)
        yield from ((event, True) for event in (self.back.events if self.back is not None else ()) if event.applied)

    def before(self, key: str) -> Table | None:
        """Give the table with a key before the revision."""
        if key in self.changed:
            return self.changed[key][0]
        return self._noted("before", key, _before(self, key))

    def after(self, key: str) -> Table | None:
        """Give the table with a key after the revision."""
        if key in self.changed:
            return self.changed[key][1]
        return self._noted("after", key, _after(self, key))

    def referring(self, key: str) -> tuple[str, ...]:
        """Give the keys of the tables that refer to one, after the revision."""
        found = _referring(self, key)
        self.notes.append(("referring", key, found))
        return found

    def is_constraint_in_the_end(self, name: str) -> bool:
        """Whether a table has a constraint of that name at the end of the history."""
        found = name in self.end.constraints
        self.end_notes.append((name, found))
        return found

    def look_everywhere(self) -> None:
        """Take note that the rule looks at all there is: it is asked again whatever changes."""
        self.everywhere = True

    @property
    def seen(self) -> Seen:
        """What was asked for."""
        return Seen(tuple(self.notes), tuple(self.end_notes), self.everywhere)

    def _noted(self, what: str, key: str, table: Table | None) -> Table | None:
        self.notes.append((what, key, table))
        return table


def _before(at: Visit, key: str) -> Table | None:
    return at.schema_before.tables.get(key)


def _after(at: Visit, key: str) -> Table | None:
    return at.schema_after.tables.get(key)


def _referring(at: Visit, key: str) -> tuple[str, ...]:
    schema = at.schema_after
    return table_map(schema.tables, schema.dialect).holders(REFERRING, key)


_ASKING: Mapping[str, Callable[[Visit, str], object]] = {"before": _before, "after": _after, "referring": _referring}
_PLACES = {"before": "tables", "after": "tables", "referring": REFERRING}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at of a revision, besides what is its own."""

    notes: tuple[tuple[str, str, object], ...] = ()
    end_notes: tuple[tuple[str, bool], ...] = ()
    everywhere: bool = False

    @property
    def places(self) -> Iterator[Key]:
        """The places of the states around it."""
        return ((_PLACES[what], key) for what, key, _ in self.notes)

    def is_there(self, at: Visit) -> bool:
        """Whether the same is to be seen at a revision as it is now."""
        return (
            not self.everywhere
            and all((name in at.end.constraints) is found for name, found in self.end_notes)
            and all(
                (now := _ASKING[what](at, key)) is value or (what == "referring" and now == value)
                for what, key, value in self.notes
            )
        )


class EachRevision:
    """The `check` of a rule that judges each revision by itself. `one` judges one."""

    def __init__(self, one: Callable[[Context, Visit], Iterable[Finding]]) -> None:
        """Ask `one`."""
        self.one = one

    def __call__(self, context: Context) -> Iterator[Finding]:
        """Judge them all."""
        for at in visits(context):
            yield from self.one(context, at)


def each_revision(one: Callable[[Context, Visit], Iterable[Finding]]) -> EachRevision:
    """Make the `check` of a rule of what judges one revision."""
    return EachRevision(one)


def visits(context: Context) -> Iterator[Visit]:
    """Give all revisions that are applied, in their order."""
    return map(visiting(context), context.migrated.steps)


def visiting(context: Context) -> Callable[[Step], Visit]:
    """Give what makes the visit of a step of the history."""
    failing = {one.revision for one in context.migrated.problems}
    end = End(context.migrated.schema.tables)

    def visit(step: Step) -> Visit:
        name = step.revision
        said = context.contents.get(name, _NO_CONTENTS)
        return Visit(step, context.migrated.states, context.downgrades.get(name), said, name in failing, end)

    return visit
