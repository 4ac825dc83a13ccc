"""Operations that the replay can't follow."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.operation import Opaque
from driftline.python.origin import Origin
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import in_revision
from driftline.rules.history_finding import history_finding, listed_in_words, stated_operations
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision

NAME = "opaque-operation"


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find them, one finding for each revision: what comes after is judged with less confidence, or not at all."""
    found: dict[str, list[Opaque]] = {}
    for one in stated_operations(at, downgrades=False):
        if isinstance(one.operation, Opaque) and one.operation.tables != frozenset():  # else it is only a note
            found.setdefault(one.revision, []).append(one.operation)
    for revision, operations in found.items():
        places = list(dict.fromkeys(_place(one) for one in operations))
        touched: list[str] | None = sorted({table for one in operations for table in one.tables or ()})
        if any(one.tables is None for one in operations):
            touched = None
        about = f" to {listed_in_words([f'`{table}`' for table in touched], 'tables')}" if touched else ""
        others = len(places) - 1
        more = f" (and what {others} more {'place does' if others == 1 else 'places do'})" if others else ""
        yield history_finding(
            NAME,
            Level.INFORMATION,
            f"What this does{about} in revision `{revision}`{more} is not known: {operations[0].what.reason}. So "
            f"{'nothing is said to be missing from there' if touched else 'no table is said to be missing'}; state it "
            "with `op`'s operations or as plain SQL, or answer what is unknown in the setting `assume`.",
            context,
            revision=revision,
            origin=places[0],
            table=touched[0] if touched is not None and len(touched) == 1 else None,
            related=[Related("and this", in_revision(context, place, revision)) for place in places[1:]],
        )


def _place(operation: Opaque) -> Origin:
    return operation.origin if operation.origin.path is not None else operation.what.origin


RULE = Rule(
    NAME,
    "an operation that could not be followed",
    Group.HISTORY,
    Level.INFORMATION,
    each_revision(check),
    fix=Fixable.NEVER,
)
