"""New revisions: what follows which head, what has to come along, and the fix that makes the file.

Example: `scaffold(changes, project, title="Create a revision that …")` is a `Fix` that creates
`versions/0014_add_ck_audit_logs_valid_actor_type.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from driftline.dataclass import dataclass
from driftline.fixes.anew import parts_anew
from driftline.fixes.change import AlterEnum, Change, CreateEnum, Drop, DropEnum
from driftline.fixes.change_order import in_order
from driftline.fixes.describe import title_of
from driftline.fixes.enum_types import left_enums, new_labels
from driftline.fixes.fix import Fix
from driftline.fixes.generated import with_generated
from driftline.fixes.model_edit import Edits
from driftline.fixes.operations import Code, render
from driftline.fixes.project import Project
from driftline.fixes.revision import NewRevision, followed, next_id, quote_after, write_revision
from driftline.fixes.wanted import named_parts, stands_on
from driftline.migrations.graph import Graph, ancestors, broken
from driftline.python.values import Unknown
from driftline.schema import Column, ForeignKey, Index, Table, UniqueConstraint, table_key


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user says of a new revision; where nothing is said, it is worked out.

    `head`: the id of the revision that it follows. `id`: its own. `now`: local time.
    """

    message: str | None = None
    head: str | None = None
    id: str | None = None
    now: datetime | None = None


def parent_of(changes: Sequence[Change], project: Project) -> str | Unknown | None:
    """Give the revision that a new one with these changes follows: the head; None in an empty history.

    Of several branches, each with a label of its own, it is the one whose revisions made the tables that are changed.
    """
    graph = project.graph
    head = followed(graph)
    if not isinstance(head, Unknown) or broken(graph) is not None or len(graph.heads) < 2:  # noqa: PLR2004
        return head
    labels = [own_label(graph, one) for one in graph.heads]
    if None in labels or len(set(labels)) < len(labels):
        return head
    chosen = {owner for key in _tables_of(changes) if (owner := _owner_of(key, project)) is not None}
    return chosen.pop() if len(chosen) == 1 else head


def own_label(graph: Graph, head: str) -> str | None:
    """Give the branch label that only this head's history has, None where it has none."""
    shared = ancestors(graph, (other for other in graph.heads if other != head))
    own = ancestors(graph, (head,)) - shared
    return next(iter(sorted(label for one in own for label in graph.revisions[one].branch_labels)), None)


def _tables_of(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        if isinstance(change, AlterEnum):
            yield from (table_key(user.schema, user.table) for user in change.users)
        elif not isinstance(change, CreateEnum | DropEnum):
            yield table_key(change.schema, change.table)


def _owner_of(table: str, project: Project) -> str | None:
    """Give the head that alone has the revision which last touched the table among its ancestors."""
    events = [one for one in project.migrated.timelines.get(table, ()) if one.applied]
    if not events:
        return None
    last = events[-1].revision
    owners = [head for head in project.graph.heads if last in ancestors(project.graph, (head,))]
    return owners[0] if len(owners) == 1 else None


def with_needs(changes: Iterable[Change], project: Project) -> tuple[Change, ...] | None:
    """Add the tables and columns that the changes' foreign keys refer to, where no revision has made them yet.

    Generated columns make way for what they are made of, what stands on what is dropped goes first, labels of enums
    that are compared with are added, and enum types that no column has any more are dropped. None where one of these
    cannot be written down.
    """
    with_them = with_generated(changes, project)
    if with_them is None:
        return None
    found = list(with_them)
    standing = list(_standing_on(found, project))
    if any(not isinstance(one.part.name, str) for one in standing):
        return None
    found += standing
    anew = parts_anew(found, project)
    if anew is None or _takes_support(found, project):
        return None
    found += anew
    found += new_labels(found, project)
    return in_order([*found, *left_enums(found, project)])


def _standing_on(changes: Sequence[Change], project: Project) -> Iterator[Drop]:
    """Give the drops of what stands on columns that are dropped, and of foreign keys to what is.

    The database would do that by itself, but no downgrade would make it again.
    """
    drops = [(table_key(one.schema, one.table), one.part) for one in changes if isinstance(one, Drop)]
    tables = {key for key, part in drops if isinstance(part, Table)}
    columns = {(key, part.name) for key, part in drops if isinstance(part, Column)}
    keys = {(key, part.name) for key, part in drops if isinstance(part, ForeignKey)}
    for of, name in sorted(columns):
        table = project.migrated.schema.tables.get(of)
        for part in named_parts(table) if table is not None else ():
            if table is not None and isinstance(part.name, str) and stands_on(part, name) and (of, part) not in drops:
                yield Drop(table.name, table.schema, part)
    for other in project.migrated.schema.tables.values() if tables or columns else ():
        for key in other.foreign_keys:
            referred = str(key.referred_table)
            lost = referred in tables or any((referred, name) in columns for name in key.referred_columns)
            own = other.key in tables or any((other.key, name) in columns for name in key.columns)
            if lost and not own and (other.key, key.name) not in keys:
                yield Drop(other.name, other.schema, key)


def _takes_support(changes: Sequence[Change], project: Project) -> bool:
    """Whether what keeps columns unique is dropped, and a foreign key that stays needs it; SQLite does not ask."""
    drops = [(table_key(one.schema, one.table), one.part) for one in changes if isinstance(one, Drop)]
    supports = {
        (key, frozenset(part.columns))
        for key, part in drops
        if isinstance(part, UniqueConstraint) or (isinstance(part, Index) and part.unique is True)
    }
    keys = {(key, part.name) for key, part in drops if isinstance(part, ForeignKey)}
    return any(
        (str(one.referred_table), frozenset(one.referred_columns)) in supports and (table.key, one.name) not in keys
        for table in (project.migrated.schema.tables.values() if supports and project.dialect != "sqlite" else ())
        for one in table.foreign_keys
    )


def scaffold(
    changes: Iterable[Change], project: Project, *, title: str, edits: Edits | None = None, wish: Wish | None = None
) -> Fix | None:
    """Build the fix that makes a revision of `changes`, by the project's template, which is code.

    None where the changes have no operations, it is not clear what the revision follows, or a file is in the way.
    """
    wish = wish if wish is not None else Wish()
    ordered = in_order(changes)
    head = wish.head if wish.head is not None else parent_of(ordered, project)
    if isinstance(head, Unknown) or not ordered:
        return None
    code = render(ordered, project, quote=quote_after(project, head))
    if isinstance(code, Unknown):
        return None
    text = wish.message if wish.message is not None else title_of(ordered)
    identifier = wish.id if wish.id is not None else next_id(project.graph, head, f"{text}\0{code.upgrade}")
    return written(NewRevision(identifier, head, text, code), project, title=title, edits=edits, now=wish.now)


def written(
    new: NewRevision, project: Project, *, title: str, edits: Edits | None = None, now: datetime | None = None
) -> Fix | None:
    """Give the fix that makes the file of `new`; None where there is one of that name."""
    made = write_revision(project, new, now)
    return None if made is None else Fix(title, "unsafe", edits or {}, {made[0]: made[1]})


def merge(project: Project, heads: Sequence[str], *, title: str, wish: Wish | None = None) -> Fix | None:
    """Give the fix that makes a revision which follows all of `heads`, and does nothing."""
    wish = wish if wish is not None else Wish()
    order = project.graph.order
    latest = max(heads, key=order.index) if set(heads) <= set(order) else heads[0]
    text = wish.message if wish.message is not None else f"merge {' and '.join(heads)}"
    identifier = wish.id if wish.id is not None else next_id(project.graph, latest, text)
    return written(NewRevision(identifier, tuple(heads), text, Code("", "")), project, title=title, now=wish.now)


def renderable(changes: Sequence[Change], project: Project) -> str | None:
    """Say why the changes cannot be written as operations; None where they can."""
    code = render(in_order(changes), project)
    return code.reason if isinstance(code, Unknown) else None
