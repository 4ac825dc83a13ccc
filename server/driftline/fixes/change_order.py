"""In which order changes can be run: what refers to others goes first when it is dropped and last when it is made.

Example: `in_order((Create("tokens", None, tokens), Create("users", None, users)))` makes `users` first, where `tokens`
has a foreign key to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from driftline.dataclass import dataclass, fields, replace
from driftline.fixes.change import (
    Alter,
    AlterEnum,
    Change,
    Create,
    CreateEnum,
    Drop,
    DropEnum,
    Named,
    Remake,
    RenameTable,
    is_of_expression,
)
from driftline.fixes.part_name import with_name
from driftline.schema import Column, ForeignKey, Index, Table


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Put the changes for several differences in an order in which they can be run, each once.

    What refers to others goes first when it is dropped and last when it is made; tables are made after the tables they
    refer to. Labels are added to enums before all else, as that commits what came before. Indexes of expressions go
    first and come last: they do not outlast SQLite's batches, which may make a table anew for anything in between.
    """
    unique = list(dict.fromkeys(_by_identity(changes)))
    without = list(_without_dropped([one.change for one in unique]))
    ranked = sorted(_altered_once(_remade_once(without)), key=_rank)
    ranked = sorted(_without_circles(ranked), key=_rank)
    tables = [one for one in ranked if isinstance(one, Create) and isinstance(one.part, Table)]
    dropped = [one for one in ranked if isinstance(one, Drop) and isinstance(one.part, Table)]
    rest = [one for one in ranked if one not in tables and one not in dropped]
    return (
        *(one for one in rest if _rank(one) < _TABLES),
        *_by_reference(tables),
        *(one for one in rest if _TABLES <= _rank(one) < _ENUMS),
        *reversed(_by_reference(dropped)),
        *(one for one in rest if _rank(one) >= _ENUMS),
    )


def spelled_out(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Give the changes with what a column that is made anew takes with it; generated ones go early and come late."""
    spelled: list[Change] = []
    for change in changes:
        if not isinstance(change, Remake):
            spelled.append(change)
            continue
        table, schema = change.table, change.schema
        spelled += [Drop(table, schema, one) for one in change.standing]
        if change.before.computed is not None and change.after.computed is not None:
            spelled += [Drop(table, schema, change.before), Create(table, schema, change.after)]
        else:
            spelled.append(replace(change, standing=()))
        spelled += [Create(table, schema, one) for one in change.standing]
    return in_order(spelled) if len(spelled) > len(changes) else tuple(changes)


def _without_circles(changes: Sequence[Change]) -> Iterator[Change]:
    """Take the foreign keys by which tables refer to each other out of them: they are made last, and dropped first."""
    tables = {
        one.part.key: one.part for one in changes if isinstance(one, Create | Drop) and isinstance(one.part, Table)
    }
    for change in changes:
        if not (isinstance(change, Create | Drop) and isinstance(change.part, Table)):
            yield change
            continue
        table = change.part
        circular = [
            key
            for key in table.foreign_keys
            if key.referred_table != table.key and table.key in _referred(key, tables)
            if isinstance(key.name, str) or isinstance(change, Create)
        ]
        kept = tuple(key for key in table.foreign_keys if key not in circular)
        yield replace(change, part=replace(table, foreign_keys=kept))
        yield from (replace(change, part=with_name(table, key)) for key in circular)


def _referred(key: ForeignKey, tables: Mapping[str, Table]) -> set[str]:
    """Give the tables among `tables` that a foreign key refers to, directly or by further ones."""
    found: set[str] = set()
    queue = [key.referred_table]
    while queue:
        one = queue.pop()
        if isinstance(one, str) and one in tables and one not in found:
            found.add(one)
            queue += [each.referred_table for each in tables[one].foreign_keys if each.referred_table != one]
    return found


def _without_dropped(changes: Sequence[Change]) -> Iterator[Change]:
    """Leave to a change of its own what a new enum type, or column, would have to drop and make again."""
    dropped = {(one.schema, one.table, type(one.part), one.part.name) for one in changes if isinstance(one, Drop)}
    remade = {(one.schema, one.table, one.before.name) for one in changes if isinstance(one, Remake)}
    for change in changes:
        if isinstance(change, AlterEnum):
            kept = [one for one in change.standing if (one[1], one[0], type(one[2]), one[2].name) not in dropped]
            left = [one for one in change.generated if (one.schema, one.table, Column, one.column.name) not in dropped]
            left = [one for one in left if (one.schema, one.table, one.column.name) not in remade]
            yield replace(change, standing=tuple(kept), generated=tuple(left))
        elif isinstance(change, Remake):
            standing = (
                one for one in change.standing if (change.schema, change.table, type(one), one.name) not in dropped
            )
            yield replace(change, standing=tuple(standing))
        else:
            yield change


def _remade_once(changes: Sequence[Change]) -> Iterator[Change]:
    """Make a column anew once, as all that is said of it has it; and not where it goes."""
    gone = {
        (one.schema, one.table, one.part.name)
        for one in changes
        if isinstance(one, Drop) and isinstance(one.part, Column)
    }
    remade: dict[tuple[str | None, str, str], Remake] = {}
    for change in changes:
        if isinstance(change, Remake):
            key = change.schema, change.table, change.before.name
            remade[key] = _joined(remade[key], change) if key in remade else change
    for change in changes:
        if isinstance(change, Alter):
            key = change.schema, change.table, change.before.name
            if key in remade and remade[key].after.computed is not None:
                remade[key] = _joined(remade[key], change)
                continue
        if not isinstance(change, Remake):
            yield change
    yield from (one for key, one in remade.items() if key not in gone)


def _joined(earlier: Remake, later: Remake | Alter) -> Remake:
    values = {name: getattr(later.after, name) for name in _differing(later)}
    return replace(earlier, after=replace(earlier.after, **values))


_TOGETHER = ("type", "collation", "nullable", "server_default", "comment")
"""What of a column one statement alters."""


def _altered_once(changes: Iterable[Change]) -> Iterator[Change]:
    """Make one alteration of those of one column, or let the later know the earlier: MySQL writes the whole column.

    Each was built from the column as it was; what it leaves alone must not be taken back.
    """
    made: list[Change] = []
    altered: dict[tuple[str | None, str, str], int] = {}
    for change in changes:
        if not isinstance(change, Alter):
            made.append(change)
            continue
        key = change.schema, change.table, change.before.name
        at = altered.get(key)
        earlier = None if at is None else made[at]
        if at is None or not isinstance(earlier, Alter):
            altered[key] = len(made)
            made.append(change)
            continue
        after = replace(earlier.after, **{name: getattr(change.after, name) for name in _differing(change)})
        if after == earlier.after:
            continue
        if {*_differing(earlier), *_differing(change)} <= set(_TOGETHER):
            made[at] = replace(earlier, after=after)
        else:
            altered[key] = len(made)
            made.append(replace(change, before=earlier.after, after=after))
    yield from made


def _differing(change: Alter | Remake) -> list[str]:
    names = [one.name for one in fields(change.before) if one.compare]
    return [name for name in names if getattr(change.before, name) != getattr(change.after, name)]


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """A change that is equal to another where both print alike (values may hold what cannot be hashed)."""

    text: str
    change: Change

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Wrapped) and self.text == other.text


def _by_identity(changes: Iterable[Change]) -> Iterable[_Wrapped]:
    return (_Wrapped(repr(change), change) for change in changes)


_TABLES = 6
"""Where whole tables are made, among the ranks."""
_ALTERATIONS = 8
_ENUMS = 14
"""Where enums are dropped: behind the tables that use them."""


def _rank(change: Change) -> int:  # noqa: PLR0911 -- a table of ranks
    match change:
        case CreateEnum():
            return 0
        case AlterEnum():
            return 5 if change.adds is None else 0
        case RenameTable():
            return 1
        case DropEnum():
            return _ENUMS
        case Drop(part=Index() as index) if is_of_expression(index):
            return 1
        case Drop(part=ForeignKey()):
            return 2
        case Drop(part=part) if isinstance(part, Named):
            return 3
        case Drop(part=Column(computed=generation)) if generation is not None:
            return 4
        case Drop():
            return 9
        case Create(part=Column(computed=generation)):
            return 7 if generation is None else 10
        case Create(part=ForeignKey()):
            return 12
        case Create(part=Index() as index) if is_of_expression(index):
            return 13
        case Create():
            return 11
        case Remake():
            return 4 if change.after.computed is None else 10
        case _:
            return _ALTERATIONS


def _by_reference(changes: Sequence[Create] | Sequence[Drop]) -> list[Create | Drop]:
    """Order the changes of whole tables: each after the tables that it refers to, as far as that is possible."""
    waiting: list[Create | Drop] = list(changes)
    ordered: list[Create | Drop] = []
    while waiting:
        keys = {one.part.key for one in waiting if isinstance(one.part, Table)}
        ready = next((one for one in waiting if not _refers(one, keys)), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _refers(change: Create | Drop, keys: set[str]) -> bool:
    part = change.part
    return isinstance(part, Table) and any(
        key.referred_table in keys and key.referred_table != part.key for key in part.foreign_keys
    )
