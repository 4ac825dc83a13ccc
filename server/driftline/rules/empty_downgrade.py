"""Downgrades that do nothing where the upgrade does something."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.contents import Body
from driftline.migrations.operation import AddEnumValue, BulkInsert, Execute, Opaque
from driftline.rules.finding import Finding, Level
from driftline.rules.history_finding import history_finding, listed_in_words, stated_operations
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision

NAME = "empty-downgrade"


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find them. What can't be taken back anyway (rows, labels of an enum) needs no downgrade."""
    done: dict[str, list[str]] = {}
    for one in stated_operations(at, downgrades=False):
        if not isinstance(one.operation, Execute | BulkInsert | Opaque | AddEnumValue):
            summary = one.operation.summary
            table = one.operation.table
            creates = one.operation.verb in ("create_table", "drop_table", "rename_table")
            done.setdefault(one.revision, []).append(summary if table is None or creates else f"{summary} in `{table}`")
    for revision, words in done.items():
        said = at.contents
        if said.downgrade is Body.EMPTY:
            yield history_finding(
                NAME,
                Level.HINT,
                f"`downgrade()` of revision `{revision}` does nothing, and its `upgrade()` does something: "
                f"{listed_in_words(list(dict.fromkeys(words)))}. Take that back here, or raise an error that says "
                "there is no way back.",
                context,
                revision=revision,
                origin=said.downgrade_origin,
                backwards=True,
            )


RULE = Rule(
    NAME,
    "a downgrade that does nothing",
    Group.HISTORY,
    Level.HINT,
    each_revision(check),
    fix=Fixable.SOMETIMES,
    sources=("django-migration-linter:RUNPYTHON_REVERSIBLE", "zdm"),
)
