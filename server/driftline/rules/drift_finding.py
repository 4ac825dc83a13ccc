"""From a difference to a finding: what all drift rules do alike.

Example: `drift_finding(NAME, Level.ERROR, "…", difference, context, origin=…, half=made(…))`.
"""

from __future__ import annotations

from collections.abc import Sequence

from driftline.compare.difference import Difference
from driftline.python.origin import Origin
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import MigratedHalf
from driftline.rules.rule import Group


def drift_finding(
    rule: str,
    level: Level,
    message: str,
    difference: Difference,
    *,
    origin: Origin,
    half: MigratedHalf,
    related: Sequence[Related] = (),
) -> Finding:
    """Make a finding that stands at `origin` in the models, or at the migrated half where they have no place for it.

    `related`: the other half; a difference that is not certain is never an error, and says so.
    """
    apparent = difference.apparent is not None
    elsewhere = tuple(one for one in related if one.origin != origin) if origin.path is not None else ()
    return Finding(
        rule,
        Group.DRIFT.value,
        Level.HINT if apparent else at_most_a_warning(level) if difference.uncertain is not None else level,
        message + doubt(difference),
        origin if origin.path is not None else half.origin,
        table=difference.table,
        object=difference.name,
        revision=half.revision,
        operations=difference.operations,
        related=elsewhere,
        difference=difference,
    )


def at_most_a_warning(level: Level) -> Level:
    """Give the level of what is not certain."""
    return max(level, Level.WARNING, key=lambda one: one.rank)


def doubt(difference: Difference) -> str:
    """Say why a difference is not certain, or not one at all, as a sentence to put behind a message."""
    if difference.apparent is not None:
        return f" (Only Alembic's autogenerate makes a difference of it, each time: {difference.apparent}.)"
    return "" if difference.uncertain is None else f" (Not certain: {difference.uncertain}.)"


def listed(names: Sequence[str | None]) -> str:
    """Give columns in a row, for messages: `` `user_id`, `anime_id` ``."""
    return ", ".join("an expression" if name is None else f"`{name}`" for name in names)


def following(difference: Difference) -> str:
    """Say what else a difference stands for, to put behind the name of its column: ", with its index `ix_a`"."""
    words = {
        "constraint": "unique constraint",
        "index": "index",
        "fk": "foreign key",
        "check": "CHECK constraint",
    }
    kinds = [(words[part.kind.partition("_")[2]], part.name) for part in difference.parts]
    parts = [f"unnamed {kind}" if name is None else f"{kind} `{name}`" for kind, name in kinds]
    return f", with its {' and '.join(parts)}," if parts else ""
