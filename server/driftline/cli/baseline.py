"""Writing the baseline, and telling of it.

Invariant: only a file that is a baseline already is replaced, and none is ever half written.

Example: `driftline check --write-baseline` in an old project; from then on `driftline check` tells what is new only.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from driftline.cli.failure import Failure
from driftline.cli.workspace import shown, warn
from driftline.engine.baseline import (
    Baseline,
    Fingerprint,
    baseline_path,
    environment_name,
    fingerprint,
    read_baseline,
    renewed,
    written,
)
from driftline.sources.disk import DiskSource
from driftline.sources.environment import ConfigProblem
from driftline.sources.paths import absolute, folder_of

if TYPE_CHECKING:
    from driftline.engine.analyse import Work
    from driftline.engine.analysis import Analysis

COMMAND = "`driftline check --write-baseline`"


def write_baselines(works: Sequence[Work], analyses: Sequence[Analysis]) -> None:
    """Write what is found now to the baseline of each environment; several may share one.

    What an older one has of rules that did not run, or of environments that were not looked at, stays. Raises
    `Failure`.
    """
    pairs = list(zip(works, analyses, strict=True))
    source = DiskSource()
    paths = [baseline_path(work.settings, work.environment.root, source) for work in works]
    for path in dict.fromkeys(paths):
        before = _before(path)
        after = before or Baseline(path)
        for (work, one), own in zip(pairs, paths, strict=True):
            if own == path:
                after = _renewed(after, work, one)
        kept = {mark: count for mark, count in after.counts.items() if _is_there(mark.environment, path, source)}
        if before is None and not kept:
            warn(f"nothing is found, so {shown(path)} is not needed and not written")
            continue
        _write(path, written(kept))
        warn(f"wrote {shown(path)}: {_counted(sum(kept.values()))}{_changes(before, kept)}")


def tell_of_baselines(works: Iterable[Work], analyses: Sequence[Analysis], files: frozenset[str] | None) -> None:
    """Say on stderr how many findings are in a baseline, and how much of it is stale."""
    for one in _summed(analyses, files):
        more, them = ("1 more finding is", "it") if one.hidden == 1 else (f"{one.hidden} more findings are", "them")
        told = f"{more} in the baseline {shown(one.path)}, and not told (--no-baseline tells {them})"
        if one.stale:
            gone, them = ("1 in it is", "it") if one.stale == 1 else (f"{one.stale} in it are", "them")
            told += f"; {gone} found no more ({COMMAND} takes {them} out)"
        if one.hidden or one.stale:
            warn(told)
    for path in dict.fromkeys(work.settings.baseline for work in works if work.settings.uses_baseline):
        if path is not None and not DiskSource().is_file(path):
            warn(f"there is no baseline {shown(path)} yet; {COMMAND} writes it")


def documents(analyses: Sequence[Analysis], folder: str, files: frozenset[str] | None) -> list[dict[str, object]]:
    """Give what JSON says of baselines; paths relative to `folder`."""
    from driftline.sources.paths import relative_to

    return [
        {"path": relative_to(one.path, folder), "hidden": one.hidden, "stale": one.stale}
        for one in _summed(analyses, files)
    ]


class _Sum:
    """How many findings a baseline holds back in all environments together."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.hidden = 0
        self.stale = 0


def _summed(analyses: Sequence[Analysis], files: frozenset[str] | None) -> list[_Sum]:
    from driftline.engine.places import place_of

    sums: dict[str, _Sum] = {}
    for one in analyses:
        if one.known is not None:
            found = sums.setdefault(one.known.path, _Sum(one.known.path))
            found.hidden += sum(files is None or place_of(each, one).path in files for each in one.known.findings)
            found.stale += one.known.stale
    return list(sums.values())


def _before(path: str) -> Baseline | None:
    """What stands at `path`; raises `Failure` where that is no baseline."""
    source = DiskSource()
    if source.is_dir(path):
        msg = f"{shown(path)} is a folder; the setting `baseline` names a file"
        raise Failure(msg)
    read = read_baseline(path, source)
    if isinstance(read, ConfigProblem):
        msg = f"{shown(path)}:{read.line}: {read.message}; it is not overwritten"
        raise Failure(msg)
    return read


def _renewed(before: Baseline, work: Work, analysis: Analysis) -> Baseline:
    from driftline.rules import RULES

    name = environment_name(work.environment, before.path)
    findings = (*analysis.findings, *(analysis.known.findings if analysis.known is not None else ()))
    there = {rule.name for rule in RULES}
    ran = {rule.name for rule in RULES if work.settings.selects(rule)}
    gone = {mark.rule for mark in before.counts} - there
    return renewed(before, (fingerprint(one, name) for one in findings), [name], ran | gone)


def _is_there(environment: str, path: str, source: DiskSource) -> bool:
    """Whether there (still) is the script folder that a baseline speaks of."""
    return source.is_dir(absolute(environment.partition(":")[0], folder_of(path)))


def _write(path: str, text: str) -> None:
    target = Path(path).resolve()  # where it is a link, what it leads to is written
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        import tempfile  # most runs write no baseline

        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"{shown(path)} cannot be written: {(error.strerror or str(error)).lower()}"
        raise Failure(msg) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _counted(number: int) -> str:
    return f"{number} finding{'' if number == 1 else 's'}"


def _changes(before: Baseline | None, after: Mapping[Fingerprint, int]) -> str:
    """How many findings came to an older baseline, and how many went."""
    if before is None:
        return ""
    then, now = Counter(before.counts), Counter(after)
    new, gone = (now - then).total(), (then - now).total()
    return f" ({new} new, {gone} gone)" if new or gone else ", as before"
