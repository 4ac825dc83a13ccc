"""`driftline diff REVISION REVISION`: what changes in the migrated schema from one revision to another.

Example: `driftline diff 0005 head fixtures/kitsu`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from driftline.cli.workspace import add_environment_arguments, add_path_argument, ensure_readable, one_environment

if TYPE_CHECKING:
    from driftline.engine.analyse import Work

_LISTS = {
    "foreign_keys": "foreign key",
    "unique_constraints": "unique constraint",
    "indexes": "index",
    "check_constraints": "check constraint",
    "exclude_constraints": "exclude constraint",
}
"""The lists of a table in the schema document, and what one of their items is called."""

Document = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline diff`."""
    parser.add_argument("old", metavar="REVISION", help="from this revision: an id, its beginning, head, heads or base")
    parser.add_argument("new", metavar="REVISION", help="to this one")
    add_path_argument(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", metavar="FORMAT", help="text (default) or json"
    )
    add_environment_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what is added, removed and changed."""
    work = one_environment(arguments)
    ensure_readable(work)
    old, new = (_document(name, work) for name in (arguments.old, arguments.new))
    changes = difference(old, new)
    if arguments.format == "json":
        print(json.dumps({"from": arguments.old, "to": arguments.new, **changes}, indent=2, ensure_ascii=False))
    else:
        lines = list(_lines(changes))
        print("\n".join(lines) if lines else f"Nothing changes from {arguments.old} to {arguments.new}.")
    return 0


def _document(name: str, work: Work) -> Document:
    """The schema document at the revision that `name` means."""
    from driftline.cli.revisions import at_revision
    from driftline.engine import analyse
    from driftline.schema.document import schema_document

    return cast("Document", schema_document(analyse.migrated(at_revision(name, work)).schema))


def difference(old: Document, new: Document) -> Document:
    """Give what turns the schema document `old` into `new`: tables and enums that are added, removed and changed."""
    before, after = old["tables"], new["tables"]
    changed = {
        key: _table_change(before[key], after[key]) for key in before if key in after and before[key] != after[key]
    }
    return {
        "tables": {
            "added": {key: table for key, table in after.items() if key not in before},
            "removed": sorted(before.keys() - after.keys()),
            "changed": changed,
        },
        "enums": _mapping_change(old["enums"], new["enums"]),
    }


def _table_change(old: Document, new: Document) -> Document:
    change: Document = {}
    columns = _mapping_change(old["columns"], new["columns"])
    if any(columns.values()):
        change["columns"] = columns
    for key in _LISTS:
        added = [one for one in new.get(key, ()) if one not in old.get(key, ())]
        removed = [one for one in old.get(key, ()) if one not in new.get(key, ())]
        if added or removed:
            change[key] = {"added": added, "removed": removed}
    for key in ("primary_key", "comment"):
        if old.get(key) != new.get(key):
            change[key] = {"from": old.get(key), "to": new.get(key)}
    return change


def _mapping_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> Document:
    """What is added, removed and changed between two mappings; of two that are mappings again, the keys that differ."""
    changed: Document = {}
    for key in old:
        if key not in new or old[key] == new[key]:
            continue
        one, other = old[key], new[key]
        if isinstance(one, Mapping):
            changed[key] = {name: {"from": one[name], "to": other[name]} for name in one if one[name] != other[name]}
        else:
            changed[key] = {"from": one, "to": other}
    return {
        "added": {key: value for key, value in new.items() if key not in old},
        "removed": sorted(old.keys() - new.keys()),
        "changed": changed,
    }


# ---------------------------------------------------------------------------------------------------------------------
# As text


def _lines(changes: Document) -> Iterator[str]:
    """The changes as lines: `+` added, `-` removed, `~` changed; what a table has stands below it."""
    tables, enums = changes["tables"], changes["enums"]
    for key, table in sorted(tables["added"].items()):
        yield f"+ table {key}"
        yield from (f"    + {_column(name, column)}" for name, column in table["columns"].items())
        for kind, word in _LISTS.items():
            yield from (f"    + {_item(word, one)}" for one in table.get(kind, ()))
    for key in tables["removed"]:
        yield f"- table {key}"
    for key, change in sorted(tables["changed"].items()):
        yield f"~ table {key}"
        yield from (f"    {line}" for line in _table_lines(change))
    yield from (f"+ enum {key}: {', '.join(labels)}" for key, labels in enums["added"].items())
    yield from (f"- enum {key}" for key in enums["removed"])
    for key, change in enums["changed"].items():
        yield f"~ enum {key}: {', '.join(change['from'])} → {', '.join(change['to'])}"


def _table_lines(change: Document) -> Iterator[str]:
    columns = change.get("columns", {"added": {}, "removed": [], "changed": {}})
    yield from (f"+ {_column(name, column)}" for name, column in columns["added"].items())
    yield from (f"- column {name}" for name in columns["removed"])
    for name, fields in columns["changed"].items():
        what = ", ".join(f"{field} {_word(one['from'])} → {_word(one['to'])}" for field, one in fields.items())
        yield f"~ column {name}: {what}"
    for kind, word in _LISTS.items():
        yield from (f"+ {_item(word, one)}" for one in change.get(kind, {}).get("added", ()))
        yield from (f"- {_item(word, one)}" for one in change.get(kind, {}).get("removed", ()))
    if "primary_key" in change:
        halves = [", ".join(change["primary_key"][half]["columns"]) or "none" for half in ("from", "to")]
        yield f"~ primary key: {halves[0]} → {halves[1]}"
    if "comment" in change:
        yield f"~ comment: {_word(change['comment']['from'])} → {_word(change['comment']['to'])}"


def _column(name: str, column: Document) -> str:
    words = ["column", name, column["type"]]
    words += [] if column["nullable"] else ["NOT NULL"]
    words += ["DEFAULT"] if column["default"] else []
    return " ".join(words)


def _item(word: str, item: Document) -> str:
    """A constraint or index in a few words."""
    columns = ", ".join("(expression)" if name is None else name for name in item.get("columns", ()))
    words = [word, item.get("name") or "(unnamed)"]
    words += [f"({columns})"] if columns else []
    if "referred_table" in item:
        words.append(f"→ {item['referred_table']} ({', '.join(item['referred_columns'])})")
        words += [f"ON DELETE {item['ondelete']}"] if item["ondelete"] else []
        words += [f"ON UPDATE {item['onupdate']}"] if item["onupdate"] else []
    words += ["unique"] if item.get("unique") else []
    words += [item["sqltext"]] if item.get("sqltext") else []
    return " ".join(words)


def _word(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False) if isinstance(value, bool) else str(value)
