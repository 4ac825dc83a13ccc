"""Constraints that are dropped by no name, or created without one."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.dataclass import dataclass, replace
from driftline.migrations.operation import CreateConstraint, DropConstraint
from driftline.python.origin import Origin
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import in_revision
from driftline.rules.history_finding import Stated, history_finding, listed_in_words, stated_operations
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision
from driftline.schema import (
    CheckConstraint,
    Constraint,
    ExcludeConstraint,
    ForeignKey,
    PrimaryKey,
    Table,
    UniqueConstraint,
)

NAME = "null-constraint-name"

_MYSQL = frozenset({"mysql", "mariadb"})
_WORDS = {
    ForeignKey: "foreign key",
    UniqueConstraint: "unique constraint",
    CheckConstraint: "CHECK constraint",
    PrimaryKey: "primary key",
    ExcludeConstraint: "EXCLUDE constraint",
}


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find the drops, which fail; and the creations, after which only the database knows the name.

    A convention names what is created. It can't name what is dropped, where the name is made of more than the table's:
    Alembic does not know the columns there.
    """
    created: dict[tuple[str, Origin], list[_Unnamed]] = {}
    for one in stated_operations(at):
        operation = one.operation
        if operation.guarded or operation.raw:
            continue
        if isinstance(operation, DropConstraint) and operation.name is None:
            if operation.type_ != "primary" or context.migrated.schema.dialect not in _MYSQL:
                yield _dropped(context, at, one, operation)
        elif isinstance(operation, CreateConstraint) and _is_nameless(operation.constraint) and not one.backwards:
            unnamed = _unnamed(context, at, one, operation)
            if unnamed is not None:
                created.setdefault((one.revision, operation.origin), []).append(unnamed)
    for found in created.values():
        yield _created(context, found)


def _is_nameless(constraint: Constraint) -> bool:
    return constraint.name is None and not isinstance(constraint, PrimaryKey | ExcludeConstraint)


def _dropped(context: Context, at: Visit, one: Stated, operation: DropConstraint) -> Finding:
    made = _made_by_upgrade(at, operation) if one.backwards else None
    name = made.name if made is not None and isinstance(made.name, str) else None
    cure = f"it is `{name}`" if name is not None else "give its name, as `alembic upgrade` made it"
    unread = context.declared.convention.unknown is not None
    doubt = ", unless the naming convention, which was not read, gives it a name" if unread else ""
    related = []
    if made is not None and made.origin.path is not None:
        related.append(Related("created here", in_revision(context, made.origin, one.revision)))
    return history_finding(
        NAME,
        Level.WARNING if one.assumed else Level.ERROR,
        f"{one.function} of revision `{one.revision}` drops a constraint of `{operation.table}` by the name None: "
        f"{one.command} fails{doubt}. Say which constraint: {cure}.",
        context,
        revision=one.revision,
        origin=operation.origin,
        table=operation.table,
        object=name,
        related=related,
        backwards=one.backwards,
    )


def _made_by_upgrade(at: Visit, operation: DropConstraint) -> Constraint | None:
    """The only constraint that the drop can mean: one of its kind which this revision's upgrade created."""
    before, after = at.before(operation.table), at.after(operation.table)
    if after is None:
        return None
    old = _constraints(before, operation.type_) if before is not None else ()
    new = [made for made in _constraints(after, operation.type_) if made not in old]
    return new[0] if len(new) == 1 else None


def _constraints(table: Table, type_: str | None) -> tuple[Constraint, ...]:
    kinds: dict[str, tuple[Constraint, ...]] = {
        "foreignkey": table.foreign_keys,
        "unique": table.unique_constraints,
        "check": table.check_constraints,
        "primary": (table.primary_key,),
    }
    return kinds[type_] if type_ in kinds else tuple(item for items in kinds.values() for item in items)


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """A creation without a name. `name`: what the database calls it, where that is known."""

    stated: Stated
    operation: CreateConstraint
    name: str | None


def _unnamed(context: Context, at: Visit, one: Stated, operation: CreateConstraint) -> _Unnamed | None:
    """What is to be said of a creation; None where the constraint is nobody's worry."""
    if context.migrated.schema.dialect == "sqlite" and one.batch is None:
        return None  # it fails for another reason, and batch-required says so
    table = at.after(operation.table)
    made = _constraints(table, None) if table is not None else ()
    name = next((item.name for item in made if item == replace(operation.constraint, name=item.name)), None)
    if isinstance(name, str) and not at.is_constraint_in_the_end(name):
        return None
    return _Unnamed(one, operation, name if isinstance(name, str) else None)


def _created(context: Context, found: list[_Unnamed]) -> Finding:
    """Make one finding for all that one call creates: it may stand in a loop."""
    first = found[0]
    sqlite = context.migrated.schema.dialect == "sqlite"
    kind = _WORDS[type(first.operation.constraint)]
    tables = listed_in_words(list(dict.fromkeys(f"`{one.operation.table}`" for one in found)), "tables")
    called = f" (`{first.name}`)" if first.name is not None and len(found) == 1 else ""
    consequence = (
        "a batch fails on a constraint without a name"
        if sqlite
        else f"whoever drops it must know what the database called it{called}"
    )
    return history_finding(
        NAME,
        Level.ERROR if sqlite and not first.stated.assumed else Level.WARNING,
        f"Revision `{first.stated.revision}` creates a {kind} on {tables} without a name: {consequence}. Name it, or "
        "give the metadata a naming convention.",
        context,
        revision=first.stated.revision,
        origin=first.operation.origin,
        table=first.operation.table if len(found) == 1 else None,
        object=first.name if len(found) == 1 else None,
    )


RULE = Rule(
    NAME,
    "a constraint that is dropped or created without a name",
    Group.HISTORY,
    Level.WARNING,
    each_revision(check),
    fix=Fixable.SOMETIMES,
    sources=("sqlalchemy-lsp",),
)
