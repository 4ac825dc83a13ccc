"""From what replay found impossible to findings: what all replay rules do alike.

Example: `check_for("unknown-column", "column")` is the `check` of the rule `unknown-column`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from driftline.migrations.history import Event, ReplayProblem
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import in_revision
from driftline.rules.rule import Context, Group
from driftline.schema import Constraint, Table

Has = Callable[[Table, str], bool]


def check_for(rule: str, has: Has | None = None) -> Callable[[Context], Iterator[Finding]]:
    """Make the `check` of a rule that reports the problems that replay named after it.

    `has`: whether a table has the thing with that name, so that the finding can point at the call that made it, or
    took it away.
    """

    def check(context: Context) -> Iterator[Finding]:
        """Report them; one that rests on a branch that is only assumed is no error."""
        for one in context.migrated.problems:
            if one.rule == rule:
                yield Finding(
                    rule,
                    Group.HISTORY.value,
                    Level.WARNING if one.conditional else Level.ERROR,
                    one.message,
                    in_revision(context, one.origin, one.revision),
                    table=one.table,
                    object=one.object,
                    revision=one.revision,
                    related=tuple(_related(context, one, has)) if has is not None else (),
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


def _related(context: Context, problem: ReplayProblem, has: Has) -> Iterator[Related]:
    """Point at the call before the problem's revision that last made the thing, or took it away."""
    order = {revision: place for place, revision in enumerate(context.graph.order)}
    now = order.get(problem.revision, len(order))
    name = problem.object or problem.table or ""

    def there(table: Table | None) -> bool:
        return table is not None and has(table, name)

    found: Event | None = None
    for event in context.migrated.timelines.get(problem.table or "", ()):
        if event.applied and order.get(event.revision, now) <= now and there(event.before) != there(event.after):
            found = event
    if found is not None and found.operation.origin != problem.origin:
        verb = "created" if there(found.after) else "dropped"
        origin = in_revision(context, found.operation.origin, found.revision)
        yield Related(f"{verb} here by revision `{found.revision}`", origin)
