"""Say in words what changes of a schema do.

Example: `describe((Create("users", None, Column("avatar", …)),))` is ``add column `avatar` to `users` ``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from driftline.dataclass import dataclass, replace
from driftline.fixes.change import (
    Alter,
    AlterEnum,
    Change,
    Comment,
    Create,
    CreateEnum,
    Drop,
    DropEnum,
    Named,
    Part,
    Remake,
    Rename,
    RenameTable,
)
from driftline.schema import (
    CheckConstraint,
    Column,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    UniqueConstraint,
    table_key,
)

_KINDS: dict[type, str] = {
    Column: "column",
    PrimaryKey: "primary key",
    ForeignKey: "foreign key",
    UniqueConstraint: "unique constraint",
    CheckConstraint: "CHECK constraint",
    ExcludeConstraint: "EXCLUDE constraint",
    Index: "index",
    Table: "table",
}
_ALONE = frozenset({"change", "rename", "make", "set", "unset", "stop", "generate", "number", "stop numbering"})
"""Verbs of acts that their words say as they are, in a title."""
_MANY = 3
"""More than these are counted instead of named."""


@dataclass(frozen=True, slots=True)
class _Act:
    """Something that is done: "add", "column", "`avatar` to `users`"; the table is "" where it is about none.

    `many`: verb and kind for counting, where they are others: "change the type of", "column".
    """

    verb: str
    kind: str
    rest: str
    table: str
    name: str
    many: tuple[str, str] | None = None


def describe(changes: Sequence[Change], *, third_person: bool = False) -> str:
    """Say what the changes do, as a clause with names in backticks; "adds …" instead of "add …" in the third person."""
    acts = _acts(changes)
    if not acts:
        return "does nothing" if third_person else "do nothing"
    end = "s" if third_person else ""
    if len(acts) > 1 and len({(act.verb, act.kind) for act in acts}) == 1 and acts[0].kind == "table":
        named = [f"`{act.name}`" for act in acts[:_MANY]]
        more = [f"{len(acts) - _MANY} more"] if len(acts) > _MANY else []
        return f"{acts[0].verb}{end} tables {_and([*named, *more])}"
    if len(acts) <= _MANY:
        return _and([f"{act.verb}{end} {act.kind} {act.rest}" for act in acts])
    kinds: dict[str, dict[str, int]] = {}
    for act in acts:
        verb, kind = act.many or (act.verb, act.kind)
        counts = kinds.setdefault(verb, {})
        counts[kind] = counts.get(kind, 0) + 1
    said = [
        f"{verb.replace(' ', f'{end} ', 1) if ' ' in verb else f'{verb}{end}'} {_numbered(counts)}"
        for verb, counts in kinds.items()
    ]
    tables = _tables(acts)
    where = _and([f"`{table}`" for table in tables]) if len(tables) <= _MANY else f"{len(tables)} tables"
    return f"{_and(said)} on {where}"


def title_of(changes: Sequence[Change]) -> str:
    """Give the message of a revision that makes the changes: short and without marks, as a file name is made of it."""
    acts = [act for act in _acts(changes) if act.verb != "drop"] or _acts(changes)
    tables = _tables(acts)
    if len(acts) == 1:
        act = acts[0]
        if act.kind in ("table", "enum", "value") or act.verb in _ALONE:
            return f"{act.verb} {act.kind} {act.rest}".replace("`", "")
        word = "from" if act.verb == "drop" else "to" if act.verb == "add" else "of"
        return f"{act.verb} {act.name}" if act.table in act.name else f"{act.verb} {act.name} {word} {act.table}"
    several = _and(tables) if len(tables) <= _MANY else f"{len(tables)} tables"
    if {act.kind for act in acts} <= {"table", "enum"} and len({act.verb for act in acts}) == 1:
        return f"{acts[0].verb} {several}"
    if len(tables) == 1:
        return f"align {several} with its model"
    return f"align {several}"


def _acts(changes: Sequence[Change]) -> list[_Act]:
    """Give what is done; what goes and comes again under its name is replaced."""
    made = {_identity(one) for one in changes if isinstance(one, Create)}
    gone = {_identity(one) for one in changes if isinstance(one, Drop)}
    acts: list[_Act] = []
    for change in (each for one in changes for each in _apart(one)):
        again = isinstance(change, Create | Drop) and _identity(change) in made & gone
        if again and isinstance(change, Drop):
            continue
        act = _act(change)
        if again:
            act = _Act(
                "replace",
                act.kind.replace("unique index", "index"),
                act.rest.replace("` to `", "` of `"),
                act.table,
                act.name,
            )
        acts.append(act)
    return acts


_ASPECTS = (
    ("name",),
    ("type", "collation"),
    ("nullable",),
    ("serial",),
    ("identity",),
    ("server_default",),
    ("comment",),
)
"""What an alteration may be about, in the order in which it is told."""


def _apart(change: Change) -> Iterator[Change]:
    """Give the alterations of one aspect each that an alteration consists of; another change as it is."""
    if not isinstance(change, Alter):
        yield change
        return
    before = change.before
    for names in _ASPECTS:
        after = replace(before, **{name: getattr(change.after, name) for name in names})
        if after != before:
            named = after if names == ("name",) else replace(after, name=change.before.name)
            yield replace(change, before=replace(before, name=change.before.name), after=named)
        before = after


def _identity(change: Create | Drop) -> tuple[object, ...]:
    return type(change.part), change.schema, change.table, change.part.name


def _act(change: Change) -> _Act:
    if isinstance(change, CreateEnum | DropEnum):
        verb = "create" if isinstance(change, CreateEnum) else "drop"
        return _Act(verb, "enum", f"`{change.enum.key}`", "", change.enum.key)
    if isinstance(change, AlterEnum):
        return _labels(change)
    table = table_key(change.schema, change.table)
    if isinstance(change, RenameTable):
        return _Act("rename", "table", f"`{table}` to `{table_key(change.schema, change.new_name)}`", table, table)
    if isinstance(change, Comment):
        verb = "set" if change.after is not None else "unset"
        return _Act(verb, "the comment of", f"`{table}`", table, table, (f"{verb} the comment of", "table"))
    if isinstance(change, Remake):
        return _generation(change, table)
    if isinstance(change, Rename):
        before, after = str(change.before.name), str(change.after.name)
        return _Act("rename", _kind(change.before), f"`{before}` of `{table}` to `{after}`", table, before)
    if isinstance(change, Alter):
        return _alteration(change, table)
    if isinstance(change.part, Table):
        return _Act("create" if isinstance(change, Create) else "drop", "table", f"`{table}`", table, table)
    name = _name(change.part)
    marked = f"`{name}`" if isinstance(change.part.name, str) else name
    if isinstance(change, Create):
        return _Act("add", _kind(change.part), f"{marked} to `{table}`", table, name)
    return _Act("drop", _kind(change.part), f"{marked} from `{table}`", table, name)


def _labels(change: AlterEnum) -> _Act:
    """Say which labels come, and which go."""
    before, after, key = change.before.labels, change.after.labels, change.after.key
    added = ", ".join(f"`{one}`" for one in after if one not in before)
    removed = ", ".join(f"`{one}`" for one in before if one not in after)
    many = ("change the labels of", "enum")
    if added and removed:
        return _Act("change", "the labels of", f"enum `{key}`", "", key, many)
    if not (added or removed):
        return _Act("change", "the order of", f"enum `{key}`", "", key, many)
    verb, word, labels = ("add", "to", added) if added else ("drop", "from", removed)
    return _Act(verb, "value", f"{labels} {word} enum `{key}`", "", labels, many)


def _generation(change: Remake, table: str) -> _Act:
    column = f"`{table}.{change.after.name}`"
    many = ("change the generation of", "column")
    if change.after.computed is None:
        return _Act("stop", "generating", column, table, change.after.name, many)
    if change.after == change.before:
        return _Act("generate", "column", f"{column} anew", table, change.after.name, many)
    return _Act("generate", "column", f"{column} from `{change.after.computed.sql}`", table, change.after.name, many)


def _alteration(change: Alter, table: str) -> _Act:
    before, after = change.before, change.after
    column = f"`{table}.{before.name}`"
    if before.name != after.name:
        return _Act("rename", "column", f"{column} to `{after.name}`", table, before.name)
    if before.type != after.type:
        many = ("change the type of", "column")
        return _Act("change", "the type of", f"{column} to `{after.type.ddl}`", table, before.name, many)
    if before.nullable != after.nullable:
        word = "nullable" if after.nullable else "not nullable"
        return _Act("make", "column", f"{column} {word}", table, before.name, ("change the nullability of", "column"))
    if before.serial != after.serial:
        verb = "number" if after.serial else "stop numbering"
        return _Act(
            verb, "column", f"{column} by a sequence", table, before.name, ("change the numbering of", "column")
        )
    if before.identity != after.identity:
        many = ("change the identity of", "column")
        return _Act("change", "the identity of", column, table, before.name, many)
    if before.collation != after.collation:
        many = ("change the collation of", "column")
        return _Act("change", "the collation of", column, table, before.name, many)
    if before.server_default == after.server_default:
        return _Act("set", "the comment of", column, table, before.name, ("set the comment of", "column"))
    many = ("change the server default of", "column")
    if after.server_default is None:
        return _Act("unset", "the server default of", column, table, before.name, many)
    said = f"{column} to `{after.server_default.sql}`"
    return _Act("set", "the server default of", said, table, before.name, many)


def _kind(part: Part | Named) -> str:
    kind = _KINDS[type(part)]
    return f"unique {kind}" if isinstance(part, Index) and part.unique is True else kind


def _name(part: Part) -> str:
    if isinstance(part.name, str):
        return part.name
    return f"on {', '.join(str(one) for one in getattr(part, 'columns', ()))}".rstrip()


def _tables(acts: Sequence[_Act]) -> list[str]:
    return list(dict.fromkeys(act.table for act in acts if act.table))


def _numbered(counts: Mapping[str, int]) -> str:
    return _and([f"{number} {kind if number == 1 else _plural(kind)}" for kind, number in counts.items()])


def _plural(kind: str) -> str:
    return f"{kind}es" if kind.endswith("x") else f"{kind}s"


def _and(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
