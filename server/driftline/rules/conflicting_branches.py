"""Heads that are not merged, and that change the same thing."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.dataclass import dataclass
from driftline.migrations.graph import ancestors, broken
from driftline.migrations.operation import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    RenameTable,
)
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import in_revision
from driftline.rules.history_finding import Stated, history_finding, stated_operations
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import visits

NAME = "conflicting-branches"


@dataclass(frozen=True, slots=True)
class _Touch:
    """What an operation touches: the table as a whole (`what` None), or a column, constraint or index of it."""

    stated: Stated
    table: str
    what: str | None = None
    name: str | None = None

    @property
    def ends(self) -> bool:
        """Whether the table is not there afterwards, under that name."""
        return isinstance(self.stated.operation, DropTable | RenameTable)


def check(context: Context) -> Iterator[Finding]:
    """Find what two heads change each on their own: one finding for each pair of heads and each thing."""
    graph = context.graph
    if broken(graph) is not None or len(graph.heads) < 2:  # noqa: PLR2004 -- a pair
        return
    heads = sorted(graph.heads, key=lambda head: (graph.revisions[head].create_date or "", head))
    touches: dict[str, list[_Touch]] = {}
    for at in visits(context):
        found = [_touch(one) for one in stated_operations(at, downgrades=False)]
        touches[at.revision] = [touch for touch in found if touch is not None]
    for number, head in enumerate(heads):
        for other in heads[:number]:
            lines = [ancestors(graph, (one,)) for one in (head, other)]
            common = lines[0] & lines[1]
            if not common:
                continue  # two histories that never met: one for each of two databases, say
            own, theirs = (
                [one for revision in graph.order if revision in line - common for one in touches.get(revision, ())]
                for line in lines
            )
            yield from _between(context, (head, own), (other, theirs))


def _touch(one: Stated) -> _Touch | None:
    operation = one.operation
    if operation.table is None:
        return None
    match operation:
        case CreateTable() | DropTable() | RenameTable():
            return _Touch(one, operation.table)
        case AddColumn():
            return _Touch(one, operation.table, "column", operation.column.name)
        case DropColumn() | AlterColumn():
            return _Touch(one, operation.table, "column", operation.column)
        case CreateIndex():
            name = operation.index.name
            return _Touch(one, operation.table, "index", name if isinstance(name, str) else None)
        case DropIndex():
            return _Touch(one, operation.table, "index", operation.name if isinstance(operation.name, str) else None)
        case CreateConstraint():
            name = operation.constraint.name
            return _Touch(one, operation.table, "constraint", name if isinstance(name, str) else None)
        case DropConstraint():
            name = operation.name
            return _Touch(one, operation.table, "constraint", name if isinstance(name, str) else None)
        case _:
            return None


def _between(context: Context, own: tuple[str, list[_Touch]], theirs: tuple[str, list[_Touch]]) -> Iterator[Finding]:
    seen: set[tuple[str, str | None]] = set()
    for one in own[1]:
        other = next((other for other in theirs[1] if _conflict(one, other)), None)
        if other is None or (one.table, one.name) in seen:
            continue
        seen.add((one.table, one.name))
        thing = (
            f"table `{one.table}`"
            if one.name is None or other.ends or one.ends
            else (f"{one.what} `{one.name}` of `{one.table}`")
        )
        yield history_finding(
            NAME,
            Level.WARNING,
            f"Heads `{theirs[0]}` and `{own[0]}` are not merged, and both change the {thing}: revision "
            f"`{other.stated.revision}` ({other.stated.operation.summary}) and revision `{one.stated.revision}` "
            f"({one.stated.operation.summary}). What comes out depends on the order; let one follow the other.",
            context,
            revision=one.stated.revision,
            origin=one.stated.operation.origin,
            table=one.table,
            object=one.name,
            related=[
                Related(
                    f"changed here by revision `{other.stated.revision}`",
                    in_revision(context, other.stated.operation.origin, other.stated.revision),
                )
            ],
        )


def _conflict(one: _Touch, other: _Touch) -> bool:
    if one.table != other.table:
        return False
    if one.ends or other.ends:
        return True
    return (one.what, one.name) == (other.what, other.name) and (one.what is None or one.name is not None)


RULE = Rule(
    NAME,
    "two heads that change the same thing",
    Group.HISTORY,
    Level.WARNING,
    check,
    fix=Fixable.NEVER,
)
