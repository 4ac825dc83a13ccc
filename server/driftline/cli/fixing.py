"""`driftline check --fix`: fixes are made one after the other in memory, until none is left; then files are written.

What every drift finding without a fix of its own asks of the database becomes one revision per environment.

Example: `fixed(opened, unsafe=False).texts` holds the new text of every file that the safe fixes change.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass, field
from driftline.engine.analyse import analysis
from driftline.fixes.differing import unified
from driftline.fixes.edited import Edited
from driftline.fixes.fix import Fix, FixOffer, Unbuildable
from driftline.fixes.offers import changes_of, fixes_for
from driftline.fixes.whole import closing, closing_fix, said
from driftline.sources.disk import DiskSource
from driftline.sources.overlay import OverlaySource
from driftline.sources.paths import relative_to
from driftline.sources.source import FileText, Source

if TYPE_CHECKING:
    from driftline.cli.findings import Placed
    from driftline.cli.workspace import Opened
    from driftline.engine.analyse import Work
    from driftline.engine.analysis import Analysis
    from driftline.rules.finding import Finding

_ROUNDS = 12
"""More rounds than any fix waits for another: fixes that undo each other come to an end."""


@dataclass(slots=True)
class Fixed:
    """`texts`: the new text of every file that is changed or made (absolute path), none of it written.

    `analyses`: as they are with these texts. `done`: what the fixes say that they do. `before`: the texts that were
    read, None for a file that is made. `lost`: tables and columns that a new revision drops with what they hold.
    """

    analyses: list[Analysis]
    texts: dict[str, str] = field(default_factory=dict)
    before: dict[str, FileText | None] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Why fixes could not be built that the project itself stands in the way of, a sentence each."""

    def built(self, build: Callable[[], Fix | None]) -> Fix | None:
        """Build a fix; None where that cannot be."""
        try:
            return build()
        except Unbuildable as why:
            self.refused += [] if str(why) in self.refused else [str(why)]
            return None

    def diff(self, folder: str) -> str:
        """Give the unified diff of all files, with paths relative to `folder`."""
        parts = []
        for path in sorted(self.texts):
            before = self.before[path]
            place = relative_to(path, folder)
            parts.append(unified("" if before is None else before.text, self.texts[path], place))
        return "".join(parts)

    def write(self) -> tuple[list[str], list[str]]:
        """Write the files that are as they were. Give the paths that were written, and why others were not."""
        from driftline.cli.workspace import shown
        from driftline.cli.writing import create_file, replace_file

        written: list[str] = []
        refused: list[str] = []
        for path, text in sorted(self.texts.items()):
            before = self.before[path]
            reason = create_file(path, text) if before is None else replace_file(path, before.digest, text)
            if reason is None:
                written.append(path)
            else:
                refused.append(f"{shown(path)} is not written: {reason}")
        return written, refused


def fixed(
    opened: Opened,
    analyses: Sequence[Analysis],
    place: Callable[[Iterable[Analysis], frozenset[str] | None], Sequence[Placed]],
    *,
    unsafe: bool,
) -> Fixed:
    """Make every safe fix of the findings that `place` gives, and (`unsafe`) the others, in memory."""
    from driftline.cli.workspace import warn

    works = opened.works
    result = Fixed(list(analyses))
    disk = {id(work): work.session.source for work in works}
    tried: dict[tuple[object, ...], int] = {}
    for _ in range(_ROUNDS):
        made = _round(result, place(result.analyses, opened.files), tried, disk, works, unsafe=unsafe)
        if not made:
            break
        for work in works:
            work.session.source = OverlaySource(disk[id(work)], dict(result.texts))
        result.analyses = [analysis(work) for work in works]
    for reason in result.refused:
        warn(reason)
    return result


def fix(repaired: Fixed, opened: Opened) -> list[Analysis]:
    """Write what was repaired, tell the user on stderr, and give the analyses of what there is now."""
    from driftline.cli.not_run import tell_what_was_not_run
    from driftline.cli.workspace import shown, warn

    written, refused = repaired.write()
    for reason in refused:
        warn(reason)
    if written:
        number = len(repaired.done)
        warn(f"{number} {'fix' if number == 1 else 'fixes'} in {', '.join(shown(path) for path in written)}")
    if repaired.lost:
        warn(f"what these hold is lost when the new revision runs: {', '.join(repaired.lost)}")
    for one in repaired.analyses:
        if any(each.path in written and repaired.before[each.path] is None for each in one.graph.revisions.values()):
            tell_what_was_not_run(one)
    if not refused:
        return repaired.analyses
    for work in opened.works:
        work.session.source = DiskSource()
    return [analysis(work) for work in opened.works]


def _round(
    result: Fixed,
    found: Sequence[Placed],
    tried: dict[tuple[object, ...], int],
    disk: dict[int, Source],
    works: Sequence[Work],
    *,
    unsafe: bool,
) -> bool:
    """Make the fixes that can be made side by side; whether there were any.

    `tried`: what was done already, and for how many findings of its like: it is done again where one of them is gone.
    """
    made = False
    for work, one in zip(works, result.analyses, strict=True):
        edited = Edited(one)
        own = [each for each in found if each.analysis is one]
        alike = Counter(_like(each.finding) for each in own)
        for placed in own:
            offer = _chosen(fixes_for(placed.finding, edited), unsafe=unsafe)
            like = _like(placed.finding)
            if (
                offer is None
                or tried.get((key := (one.environment.key, offer.title, *like)), sys.maxsize) <= alike[like]
            ):
                continue
            if offer.revision and changes_of(placed.finding, one) is not None and placed.finding.difference is not None:
                continue  # with the others, below
            fix = result.built(offer.build)
            if fix is None or not _apply(fix, edited, result, disk[id(work)]):
                continue
            tried[key] = alike[like]
            result.done.append(offer.title)
            made = True
            if fix.creates:
                break  # the next one must know of the new revision
        if made:
            _take_over(edited, result, disk[id(work)])
            return True
        if unsafe:
            made = _revise(one, [each.finding for each in own], result, tried, disk[id(work)])
            if made:
                return True
    return False


def _like(finding: Finding) -> tuple[object, ...]:
    """Give what findings that one fix cures have in common: of the history, they may be of one revision alone."""
    return finding.rule, finding.table, finding.object, finding.revision if finding.difference is None else None


def _chosen(offers: Sequence[FixOffer], *, unsafe: bool) -> FixOffer | None:
    safe = next((one for one in offers if one.applicability == "safe"), None)
    return safe if safe is not None or not unsafe else next(iter(offers), None)


def _apply(fix: Fix, edited: Edited, result: Fixed, disk: Source) -> bool:
    if any(path in result.texts or disk.is_file(path) for path in fix.creates):
        return False
    if not edited.apply(fix.edits):
        return False
    for path, text in fix.creates.items():
        result.before[path] = None
        result.texts[path] = text
    return True


def _take_over(edited: Edited, result: Fixed, disk: Source) -> None:
    for path, text in edited.texts.items():
        if path not in result.before:
            read = disk.read(path)
            result.before[path] = read if isinstance(read, FileText) else None
        result.texts[path] = text


def _revise(
    one: Analysis, findings: Sequence[Finding], result: Fixed, tried: dict[tuple[object, ...], int], disk: Source
) -> bool:
    """Make one revision of all that is left and only a revision cures."""
    chosen = [
        finding
        for finding in one.findings
        if any(finding is each for each in findings)
        and finding.difference is not None
        and (offer := _chosen(fixes_for(finding, one), unsafe=True)) is not None
        and offer.revision
    ]
    found = closing(chosen, one)
    title = f"Create a revision that {said(found)}"
    if not found.changes or (one.environment.key, title) in tried:
        return False
    tried[one.environment.key, title] = len(found.closed)
    fix = result.built(lambda: closing_fix(found, one, title=title))
    if fix is None or not _apply(fix, Edited(one), result, disk):
        return False
    result.done.append(title)
    result.lost += found.lost
    return True
