"""The two halves of a drift finding: where the model states a thing, and which migration call made what there is of it.

Example: `made(context, "users", lambda table: table.column("email"))` is the half that revision 0001 made by
`op.create_table("users", …)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from driftline.dataclass import dataclass
from driftline.migrations.history import Event
from driftline.python.origin import NOWHERE, Origin
from driftline.rules.finding import Related
from driftline.rules.rule import Context
from driftline.schema import CheckConstraint, Column, ExcludeConstraint, ForeignKey, Index, Table, UniqueConstraint

Item = ForeignKey | UniqueConstraint | Index | CheckConstraint | ExcludeConstraint


@dataclass(frozen=True, slots=True)
class MigratedHalf:
    """The migration call behind a fact; where the history shows none, `revision` is None and `origin` is `NOWHERE`.

    `created`: the call made the thing, rather than changed it.
    """

    revision: str | None = None
    origin: Origin = NOWHERE
    created: bool = False

    @property
    def subject(self) -> str:
        """Who made it, to begin a clause with: "revision `0005`"."""
        return "the migrations" if self.revision is None else f"revision `{self.revision}`"

    @property
    def since(self) -> str:
        """Since when it is so, with a space before it; nothing where that is not known."""
        return "" if self.revision is None else f" since revision `{self.revision}`"

    def related(self, message: str | None = None) -> tuple[Related, ...]:
        """Give the half as related information: what it says, else that this revision created or changed it here."""
        if self.revision is None:
            return ()
        verb = "created" if self.created else "last changed"
        return (Related(message or f"{verb} here by revision `{self.revision}`", self.origin),)


def made(context: Context, table: str, fact: Callable[[Table], object], stated: Origin = NOWHERE) -> MigratedHalf:
    """Give the half that made a fact of a table what it is at the end.

    `fact` picks it from the table, None where it is not there. `stated`: where the source states it, which is more
    exact than the whole of a `create_table`.
    """
    for event in reversed(context.migrated.timelines.get(table, ())):
        if not event.applied or event.after is None:
            continue
        before = None if event.before is None else fact(event.before)
        if before == fact(event.after):
            continue
        exact = event.operation.verb == "create_table" and stated.path is not None
        origin = stated if exact else event.operation.origin
        return MigratedHalf(event.revision, in_revision(context, origin, event.revision), created=before is None)
    return MigratedHalf()


def made_column(
    context: Context, table: str, column: Column, fact: Callable[[Column], object] = lambda column: column
) -> MigratedHalf:
    """Give the migration call that made a migrated column what it is, or a `fact` of it, which is never None."""

    def of(one: Table) -> object:
        found = one.column(column.name)
        return None if found is None else fact(found)

    return made(context, table, of, column.origin)


def made_item(context: Context, table: str, item: Item) -> MigratedHalf:
    """Give the migration call that made a constraint or an index of a table."""

    def same(one: Table) -> object:
        items = (
            *one.foreign_keys,
            *one.unique_constraints,
            *one.indexes,
            *one.check_constraints,
            *one.exclude_constraints,
        )
        return next((other for other in items if other == item), None)

    return made(context, table, same, item.origin)


def last_touch(context: Context, table: str) -> MigratedHalf:
    """Give the last migration call that touched a table, for what is missing from it."""
    events = [one for one in context.migrated.timelines.get(table, ()) if one.applied]
    return _of_event(context, events[-1]) if events else MigratedHalf()


def created(context: Context, table: str) -> MigratedHalf:
    """Give the migration call that created a table."""
    event = context.migrated.created_by(table)
    return MigratedHalf() if event is None else _of_event(context, event)


def in_revision(context: Context, origin: Origin, revision: str) -> Origin:
    """Give an origin from the call in the revision's own file on, where a helper in another file states the fact."""
    known = context.graph.revisions.get(revision)
    if known is None or origin.path == known.path:
        return origin
    site = origin.within(known.path)
    return origin if site is None else Origin(origin.sites[origin.sites.index(site) :])


def in_model(context: Context, table: str, columns: Iterable[str | None] = (), stated: Origin = NOWHERE) -> Origin:
    """Give the place in the models for a finding about a table, or about some of its columns.

    It is where the model states the thing, else the first of the columns, else the class or the `Table`.
    """
    if stated.path is not None:
        return stated
    declared = context.declared.schema.tables.get(table) or context.declared.unreached.get(table)
    for name in columns:
        column = declared.column(name) if declared is not None and name is not None else None
        if column is not None and column.origin.path is not None:
            return column.origin
    if declared is not None and declared.origin.path is not None:
        return declared.origin
    mapped = context.declared.class_of(table)
    return NOWHERE if mapped is None else mapped.origin


def model_name(context: Context, table: str) -> str:
    """Give who declares a table, for messages: "`User`", or "the `Table`" of Core."""
    mapped = context.declared.class_of(table)
    return "the `Table`" if mapped is None else f"`{mapped.name}`"


def user_of(context: Context, table: str) -> str:
    """Give who sends the statements that a model is for: "the ORM", or "SQLAlchemy" for a `Table` without a class."""
    return "SQLAlchemy" if context.declared.class_of(table) is None else "the ORM"


def _of_event(context: Context, event: Event) -> MigratedHalf:
    origin = in_revision(context, event.operation.origin, event.revision)
    return MigratedHalf(event.revision, origin, created=event.before is None)
