"""What people have said about single facts and findings: exceptions from the truth, verdicts on findings.

`exceptions.toml` names facts on which the truth is wrong, or says what no reader of the source could know.
`verdicts.toml` says of findings at error or warning level, which Alembic does not report, whether they are true.

Example: `read_exceptions()[0].reason`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.ecosystem.agreement import Operation, described

EXCEPTIONS = Path(__file__).with_name("exceptions.toml")
VERDICTS = Path(__file__).with_name("verdicts.toml")

JUDGED_LEVELS = frozenset({"error", "warning"})
"""A finding below them bothers nobody."""


@dataclass(frozen=True, slots=True)
class Excepted:
    """A fact that does not count. `document`: as in a truth, or `drift`. `fact`: as the report prints it."""

    project: str
    document: str
    fact: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is thought of some findings. The first four are patterns (`*` for all); `true`: they are right."""

    project: str
    rule: str
    table: str
    object: str
    true: bool
    reason: str

    def covers(self, project: str, finding: Mapping[str, Any]) -> bool:
        """Whether it is about this finding."""
        said = (project, finding["rule"], finding["table"] or "", finding["object"] or "")
        patterns = (self.project, self.rule, self.table, self.object)
        return all(fnmatchcase(text, pattern) for text, pattern in zip(said, patterns, strict=True))


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings at error and warning level: how many Alembic reports too, how many people call true or false.

    `unjudged`: the others, each in one line; ordered.
    """

    alembic: int = 0
    true: int = 0
    false: int = 0
    unjudged: tuple[str, ...] = ()


def read_exceptions(path: Path = EXCEPTIONS) -> tuple[Excepted, ...]:
    """Give the exceptions."""
    return tuple(Excepted(**_checked(entry, Excepted, path)) for entry in _entries(path, "exception"))


def read_verdicts(path: Path = VERDICTS) -> tuple[Verdict, ...]:
    """Give the verdicts; table and object are `*` where an entry does not name them."""
    entries = ({"table": "*", "object": "*", **entry} for entry in _entries(path, "verdict"))
    return tuple(Verdict(**_checked(entry, Verdict, path)) for entry in entries)


def judge(
    project: str,
    findings: Iterable[Mapping[str, Any]],
    alembic: Sequence[Operation] | None,
    verdicts: Sequence[Verdict],
) -> Judged:
    """Sort the findings by who vouches for them: Alembic, where all that they stand for is in its report, or people."""
    reported = {described(one) for one in alembic or ()}
    counts = {"alembic": 0, "true": 0, "false": 0}
    unjudged: list[str] = []
    for finding in findings:
        if finding["level"] not in JUDGED_LEVELS:
            continue
        stood_for = {described(one) for one in finding["operations"]}
        verdict = next((one for one in verdicts if one.covers(project, finding)), None)
        if stood_for and stood_for <= reported:
            counts["alembic"] += 1
        elif verdict is not None:
            counts["true" if verdict.true else "false"] += 1
        else:
            unjudged.append(identity(finding))
    return Judged(**counts, unjudged=tuple(sorted(unjudged)))


def identity(finding: Mapping[str, Any]) -> str:
    """A finding in one line that no edit elsewhere changes: without its position and its words."""
    revision = finding["revision"]
    said = (finding["rule"], finding["table"], finding["object"], f"in {revision}" if revision is not None else None)
    return " ".join(word for word in said if word is not None)


def _entries(path: Path, kind: str) -> Sequence[dict[str, Any]]:
    entries: Sequence[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get(kind, [])
    return entries


def _checked(entry: dict[str, Any], kind: type, path: Path) -> dict[str, Any]:
    wanted = {one.name for one in fields(kind)}
    if entry.keys() != wanted:
        msg = f"{path.name}: an entry has {sorted(entry)} and should have {sorted(wanted)}"
        raise ValueError(msg)
    return entry
