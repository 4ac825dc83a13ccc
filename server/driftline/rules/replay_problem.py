"""From what replay found impossible to findings: what all replay rules do alike.

Example: `check_for("unknown-column", "column")` is the `check` of the rule `unknown-column`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from driftline.dataclass import dataclass
from driftline.migrations.history import Event, ReplayProblem
from driftline.migrations.working import HERE
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import in_revision
from driftline.rules.rule import Context, Group
from driftline.schema import Constraint, Table

Has = Callable[[Table, str], bool]


TAKEN = "take one of the two out, or name one otherwise"
"""What to do where something of that name is there already."""
ABSENT = "correct the name, or take the operation out"
"""What to do where nothing of that name is there."""


def check_for(rule: str, has: Has | None = None, *, remedy: str = "") -> Callable[[Context], Iterator[Finding]]:
    """Make the `check` of a rule that reports the problems that replay named after it.

    `has`: whether a table has the thing with that name, so that the finding can point at the call that made it, or
    took it away. `remedy`: what to do, where replay itself says no more than what is wrong.
    """

    def check(context: Context) -> Iterator[Finding]:
        """Report them; one that rests on facts of a branch that is only assumed is no error."""
        for one in context.migrated.problems:
            if one.rule == rule:
                found = None if has is None else _maker(context, one, has)
                yield Finding(
                    rule,
                    Group.HISTORY.value,
                    Level.WARNING if one.conditional else Level.ERROR,
                    _message(one, found, remedy),
                    in_revision(context, one.origin, one.revision),
                    table=one.table,
                    object=one.object,
                    revision=one.revision,
                    related=() if found is None else (found.related(context),),
                )

    return check


def has_table(_table: Table, _name: str) -> bool:
    """Whether a table is there: it is."""
    return True


def has_column(table: Table, name: str) -> bool:
    """Whether a table has the column."""
    return table.column(name) is not None


def has_constraint(table: Table, name: str) -> bool:
    """Whether a table has a constraint (or its primary key) of that name."""
    if table.primary_key.name == name:
        return True
    constraints: tuple[Constraint, ...] = (
        *table.foreign_keys,
        *table.unique_constraints,
        *table.check_constraints,
        *table.exclude_constraints,
    )
    return any(one.name == name for one in constraints)


def has_index(table: Table, name: str) -> bool:
    """Whether a table has an index of that name."""
    return any(one.name == name for one in table.indexes)


@dataclass(frozen=True, slots=True)
class _Maker:
    """The event that last made a thing, or took it away. `verb`: which of the two it did."""

    event: Event
    verb: str

    def related(self, context: Context) -> Related:
        """Point at it."""
        origin = in_revision(context, self.event.operation.origin, self.event.revision)
        return Related(f"{self.verb} here by revision `{self.event.revision}`", origin)


def _message(problem: ReplayProblem, maker: _Maker | None, remedy: str) -> str:
    """Say at which revision it is so, and where replay gave no advice, who made it so and what to do."""
    said = problem.message.replace(HERE, f"at revision `{problem.revision}`")
    if not remedy or not problem.message.endswith(f"{HERE}."):
        return said
    if maker is None:
        return f"{said} {remedy[0].upper()}{remedy[1:]}."
    return f"{said} Revision `{maker.event.revision}` {maker.verb} it: {remedy}."


def _maker(context: Context, problem: ReplayProblem, has: Has) -> _Maker | None:
    """Give the event before the problem's revision that last made the thing, or took it away."""
    order = {revision: place for place, revision in enumerate(context.graph.order)}
    now = order.get(problem.revision, len(order))
    name = problem.object or problem.table or ""

    def there(table: Table | None) -> bool:
        return table is not None and has(table, name)

    found: Event | None = None
    for event in context.migrated.timelines.get(problem.table or "", ()):
        if event.applied and order.get(event.revision, now) <= now and there(event.before) != there(event.after):
            found = event
    if found is None or found.operation.origin == problem.origin:
        return None
    return _Maker(found, "created" if there(found.after) else "dropped")
