"""From operations of revisions to findings: what the history rules that look at operations do alike.

Example: `for one in stated_operations(at): …` gives every operation of a revision's `upgrade()` and `downgrade()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from driftline.dataclass import dataclass
from driftline.migrations import operation as operations
from driftline.python.host import Taken
from driftline.python.origin import NOWHERE, Origin
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import in_revision
from driftline.rules.rule import Context, Group
from driftline.rules.visit import Visit


@dataclass(frozen=True, slots=True)
class Stated:
    """An operation of a revision. `batch`: the block that it stands in. `backwards`: it is one of `downgrade()`."""

    revision: str
    operation: operations.Operation
    batch: operations.Batch | None = None
    backwards: bool = False

    @property
    def assumed(self) -> bool:
        """Whether it is only assumed to run."""
        return self.operation.branch is not None

    @property
    def function(self) -> str:
        """The function that it stands in, for messages."""
        return "`downgrade()`" if self.backwards else "`upgrade()`"

    @property
    def command(self) -> str:
        """The command that runs it, for messages."""
        return "`alembic downgrade`" if self.backwards else "`alembic upgrade`"


def stated_operations(at: Visit, *, downgrades: bool = True) -> Iterator[Stated]:
    """Give all operations of a revision that run, those of blocks one by one."""
    yield from _flat(at.revision, at.step.operations, backwards=False)
    if downgrades and at.back is not None:
        yield from _flat(at.revision, at.back.operations, backwards=True)


def history_finding(  # noqa: PLR0913 -- the parts of a finding
    rule: str,
    level: Level,
    message: str,
    context: Context,
    *,
    revision: str,
    origin: Origin = NOWHERE,
    table: str | None = None,
    object: str | None = None,  # noqa: A002 -- the finding's own word
    related: Sequence[Related] = (),
    backwards: bool = False,
) -> Finding:
    """Make a finding that stands in a revision: at `origin`, as seen from the revision's own file, else at its id."""
    known = context.graph.revisions.get(revision)
    place = in_revision(context, origin, revision)
    if place.path is None and known is not None:
        place = known.origin
    return Finding(
        rule,
        Group.HISTORY.value,
        level,
        message,
        place,
        path=None if known is None else known.path,
        table=table,
        object=object,
        revision=revision,
        related=tuple(related),
        backwards=backwards,
    )


_MOST = 3


def listed_in_words(parts: Sequence[str], what: str = "things") -> str:
    """Join clauses for a message: all of them, or the first few and how many more there are of `what`."""
    shown = [*parts] if len(parts) <= _MOST else [*parts[: _MOST - 1], f"{len(parts) - _MOST + 1} more {what}"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def within(sentence: str) -> str:
    """Give a sentence as it stands behind a colon."""
    return sentence[:1].lower() + sentence[1:]


def _flat(revision: str, stated: Iterable[object], *, backwards: bool) -> Iterator[Stated]:
    for one in cast("Iterable[operations.Operation]", stated):
        if _is_untaken(one):
            continue
        if isinstance(one, operations.Batch):
            for inner in one.operations:
                if not _is_untaken(inner):
                    yield Stated(revision, inner, one, backwards)
        else:
            yield Stated(revision, one, None, backwards)


def _is_untaken(one: operations.Operation) -> bool:
    return one.branch is not None and one.branch.taken is Taken.UNTAKEN
