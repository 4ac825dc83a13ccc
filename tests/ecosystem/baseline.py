"""The committed figures, and what a change of Driftline did to them.

The file holds figures only: it is the same on every machine. A project that this run could not read keeps its figures.

Example: `changes(before, after)` lists each figure that moved, and whether for the worse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tests.ecosystem.figures import Figures
from tests.ecosystem.score import Tally, part

FILE = Path(__file__).with_name("baseline.json")

Kept: TypeAlias = Mapping[str, Any]
"""The figures of one project, as JSON."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that moved. `worse`: the run fails for it."""

    project: str
    figure: str
    before: str
    after: str
    worse: bool = False


def kept(figures: Figures) -> Kept:
    """The figures as the baseline keeps them."""
    tallies = {name: score.total for name, score in figures.scores.items()}
    agreement = figures.agreement
    return {
        "crashes": list(figures.crashes),
        "dialect": figures.dialect,
        "documents": {
            name: {"right": tally.right, "true": tally.true, "stated": tally.stated} for name, tally in tallies.items()
        },
        "drift": (
            {"both": agreement.both, "alembic": agreement.alembic, "driftline": agreement.driftline}
            if agreement is not None
            else None
        ),
        "findings": dict(figures.findings),
        "judged false": figures.judged.false,
        "revisions": figures.revisions,
        "tables": {"declared": figures.declared, "migrated": figures.migrated},
        "unjudged": list(figures.judged.unjudged),
        "unknown": dict(figures.unknown),
    }


def read_baseline(path: Path = FILE) -> dict[str, Kept]:
    """Give the figures by project; none where there is no baseline yet."""
    if not path.is_file():
        return {}
    projects: dict[str, Kept] = json.loads(path.read_text(encoding="utf-8"))
    return projects


def write_baseline(figures: Sequence[Figures], path: Path = FILE) -> None:
    """Keep the figures of what was read, and leave those of the other projects as they are."""
    projects = {**read_baseline(path), **{one.project: kept(one) for one in figures}}
    path.write_text(json.dumps(projects, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def changes(before: Mapping[str, Kept], figures: Sequence[Figures]) -> tuple[Change, ...]:
    """Hold the figures against the baseline's. Without a truth nothing is said of fidelity."""
    return tuple(change for one in figures for change in _changes(before.get(one.project), one))


def _changes(before: Kept | None, figures: Figures) -> Iterator[Change]:
    project, after = figures.project, kept(figures)
    if before is None:
        yield Change(project, "all figures", "none", "new")
    yield from _crashes(project, before, after)
    yield from _unjudged(project, before, after)
    for fact in figures.stale:
        yield Change(project, "exceptions", "needed", f"not needed any more: {fact}", worse=True)
    if before is None:
        return
    for name in sorted(before["documents"].keys() & after["documents"].keys()):
        yield from _document(project, name, *(Tally(**one["documents"][name]) for one in (before, after)))
    yield from _drift(project, before["drift"], after["drift"])
    worse = after["judged false"] > before["judged false"]
    yield from _moved(project, "findings judged false", before["judged false"], after["judged false"], worse=worse)
    if before["dialect"] != after["dialect"]:
        yield Change(project, "dialect, as guessed", before["dialect"], after["dialect"])
    yield from _moved(project, "revisions", before["revisions"], after["revisions"])
    for side in ("declared", "migrated"):
        yield from _moved(project, f"tables {side}", before["tables"][side], after["tables"][side])
    for group, word in (("findings", "findings"), ("unknown", "not understood:")):
        for name in sorted(before[group].keys() | after[group].keys()):
            yield from _moved(project, f"{word} {name}", before[group].get(name, 0), after[group].get(name, 0))


def _crashes(project: str, before: Kept | None, after: Kept) -> Iterator[Change]:
    """A crash fails every run, also one that the baseline knows."""
    known = before["crashes"] if before is not None else ()
    for name in after["crashes"]:
        yield Change(project, f"crash in {name}", "crash" if name in known else "none", "crash", worse=True)
    for name in known:
        if name not in after["crashes"]:
            yield Change(project, f"crash in {name}", "crash", "none")


def _unjudged(project: str, before: Kept | None, after: Kept) -> Iterator[Change]:
    known = list(before["unjudged"]) if before is not None else []
    for one in after["unjudged"]:
        if one in known:
            known.remove(one)
        else:
            yield Change(project, "findings without a verdict", "none", one, worse=True)
    for one in known:
        yield Change(project, "findings without a verdict", one, "gone")


def _document(project: str, name: str, before: Tally, after: Tally) -> Iterator[Change]:
    for figure in ("recall", "precision"):
        old, new = getattr(before, figure), getattr(after, figure)
        if old != new:
            yield Change(project, f"{name} {figure}", part(old), part(new), worse=new < old)
    missing = (before.true - before.right, after.true - after.right)
    wrong = (before.stated - before.right, after.stated - after.right)
    for figure, (old, new) in (("facts missing or wrong", missing), ("facts stated and not true", wrong)):
        if old != new:
            yield Change(project, f"{name} {figure}", str(old), str(new))


def _drift(project: str, before: Mapping[str, int] | None, after: Mapping[str, int] | None) -> Iterator[Change]:
    if before is None or after is None:
        return
    for side, word in (("alembic", "drift that no finding stands for"), ("driftline", "drift that Alembic denies")):
        old, new = before[side] - before["both"], after[side] - after["both"]
        yield from _moved(project, word, old, new, worse=new > old)


def _moved(project: str, figure: str, before: int, after: int, *, worse: bool = False) -> Iterator[Change]:
    if before != after:
        yield Change(project, figure, str(before), str(after), worse)
