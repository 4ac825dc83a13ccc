"""The baseline: findings that were there when a project began to use Driftline, and that are left alone since.

A finding is known by what it is about, never by where it stands or what it says: environment, rule, table, object, and
(what is about a revision) the revision. So it stays known when lines move, files are renamed or messages are reworded.
Equal ones are counted: one more than the baseline has is new.

Reading and comparing happen here; the command line writes (`driftline check --write-baseline`).

Example: `split(findings, baseline, "alembic")` gives the new findings and the known ones.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass, field
from driftline.rules.finding import Finding
from driftline.rules.rule import Group
from driftline.sources.environment import ConfigProblem, Environment
from driftline.sources.paths import absolute, folder_of, upwards
from driftline.sources.source import FileText, Source

if TYPE_CHECKING:
    from driftline.engine.settings import Settings

BASELINE_FILE = "driftline-baseline.json"
"""The baseline's name where the settings give it none; it lies beside the settings' file, or at the project's root."""

_MARK = "driftline-baseline"
_VERSION = 1
_FIELDS = ("environment", "rule", "table", "object", "revision")
_ABOUT_REVISIONS = frozenset({Group.HISTORY.value, Group.SAFETY.value})
"""The groups whose findings are about one revision. A drift's revision is only the last that touched the table."""


@dataclass(frozen=True, slots=True, order=True)
class Fingerprint:
    """What a finding is about; "" for what it lacks. `environment`: its script location from the baseline's folder."""

    environment: str
    rule: str
    table: str = ""
    object: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The file at `path` (absolute), and how many findings of each fingerprint are known."""

    path: str
    counts: Mapping[Fingerprint, int] = field(default_factory=dict)


def baseline_path(settings: Settings, root: str, source: Source) -> str:
    """Give where the baseline of the environment at `root` (absolute) is, or would be.

    It is where the settings say, else the nearest one from `root` up to the settings' folder: one that was written
    before there were settings stays good.
    """
    if settings.baseline is not None:
        return settings.baseline
    for folder in upwards(root):
        path = absolute(BASELINE_FILE, folder)
        if folder == settings.folder or source.is_file(path):
            return path
    return absolute(BASELINE_FILE, settings.folder)


def read_baseline(path: str, source: Source) -> Baseline | ConfigProblem | None:
    """Read the baseline at `path` (absolute); None where there is no such file, a problem where it is none of ours."""
    if not source.is_file(path):
        return None
    file = source.read(path)
    if not isinstance(file, FileText):
        return ConfigProblem(f"the baseline cannot be read: {file.reason}", path)
    try:
        document = json.loads(file.text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        return ConfigProblem(f"it is no baseline that driftline wrote: it is no valid JSON ({error})", path, line)
    counts: Counter[Fingerprint] = Counter()
    entries = document.get("findings") if isinstance(document, dict) and document.get(_MARK) == _VERSION else None
    if not isinstance(entries, list):
        return ConfigProblem("it is no baseline that driftline wrote", path)
    for number, entry in enumerate(entries, 1):
        read = _entry(entry)
        if read is None:
            return ConfigProblem(f"entry {number} of the baseline is not as driftline writes them", path)
        counts[read[0]] += read[1]
    return Baseline(path, counts)


def written(counts: Mapping[Fingerprint, int]) -> str:
    """Write a baseline: an entry a line, ordered, so that a version control system merges and shows it well."""
    lines = [
        json.dumps({**{name: value for name in _FIELDS if (value := getattr(one, name))}, "count": counts[one]})
        for one in sorted(counts)
        if counts[one] > 0
    ]
    inner = ",\n".join(f"    {line}" for line in lines)
    listed = f"[\n{inner}\n  ]" if lines else "[]"
    return f'{{\n  "{_MARK}": {_VERSION},\n  "findings": {listed}\n}}\n'


def environment_name(environment: Environment, path: str) -> str:
    """Give what the baseline at `path` calls an environment."""
    folder = folder_of(path)
    try:
        place = os.path.relpath(environment.script_location, folder).replace(os.sep, "/")
    except ValueError:  # on another drive
        place = environment.script_location
    section = environment.name if environment.config_path is not None else "alembic"
    return place if section == "alembic" else f"{place}:{section}"


def fingerprint(finding: Finding, environment: str) -> Fingerprint:
    """Give what a finding is known by."""
    revision = (finding.revision or "") if finding.group in _ABOUT_REVISIONS else ""
    return Fingerprint(environment, finding.rule, finding.table or "", finding.object or "", revision)


def split(
    findings: Sequence[Finding], baseline: Baseline, environment: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Give the new findings and the known ones, each in the order of `findings`."""
    left = Counter(baseline.counts)
    new: list[Finding] = []
    known: list[Finding] = []
    for one in findings:
        mark = fingerprint(one, environment)
        (known if left[mark] > 0 else new).append(one)
        left[mark] -= 1
    return tuple(new), tuple(known)


def stale(known: Iterable[Finding], baseline: Baseline, environment: str, rules: Iterable[str]) -> Baseline:
    """Give what of the baseline is found no more, of an environment and of those `rules` that ran (or are gone)."""
    found = Counter(fingerprint(one, environment) for one in known)
    ran = set(rules)
    left = {
        one: count - found[one]
        for one, count in baseline.counts.items()
        if one.environment == environment and one.rule in ran and count > found[one]
    }
    return Baseline(baseline.path, left)


def renewed(
    before: Baseline, found: Iterable[Fingerprint], environments: Iterable[str], rules: Iterable[str]
) -> Baseline:
    """Give the baseline with what is `found` now in the place of what it had of `environments` and of `rules`."""
    again, ran = set(environments), set(rules)
    kept = {one: count for one, count in before.counts.items() if one.environment not in again or one.rule not in ran}
    return Baseline(before.path, {**kept, **Counter(found)})


def _entry(entry: object) -> tuple[Fingerprint, int] | None:
    if not isinstance(entry, dict) or not entry.keys() <= {*_FIELDS, "count"}:
        return None
    words = [entry.get(name, "") for name in _FIELDS]
    count = entry.get("count", 1)
    if not all(isinstance(one, str) for one in words) or type(count) is not int or not words[0] or not words[1]:
        return None
    return Fingerprint(*words), count
