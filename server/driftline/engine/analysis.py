"""One Alembic environment, read to the end: everything that reports, editors and the command line show comes from here.

Example: `analyse(environment, source, settings).findings`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from driftline.compare.difference import Difference
from driftline.dataclass import dataclass, field
from driftline.migrations.graph import Graph
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.rules.finding import Finding
from driftline.sources.environment import ConfigProblem, Environment
from driftline.text import Span

if TYPE_CHECKING:
    from driftline.migrations.downgrades import Downgrade
    from driftline.python.syntax import Syntax
    from driftline.sources.source import Source


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file, for people: `line` and `column` are 1-based, columns count code points.

    The end is exclusive.
    """

    path: str
    span: Span
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the baseline at `path` (absolute) holds back. `stale`: how many findings it knows that are there no more."""

    path: str
    findings: tuple[Finding, ...]
    stale: int = 0


def _no_syntax(_path: str) -> Syntax | None:
    return None


@dataclass(frozen=True, slots=True)
class Analysis:
    """`findings`: after settings, suppressions and baseline, ordered by place. `unknown`: what could not be read.

    `known`: what the baseline holds back, where there is one; `problems`: what is wrong with its file.
    `source` is what it was read from, and `syntax` gives the parsed file at an absolute path (None where it cannot be
    read): fixes and the audit's recommendations look at both, lazily. `folder` is the opened folder (absolute), that
    places are shown relative to. `downgrades`: what each `downgrade()` does, by revision.

    `locate` turns an origin into the place of its node (for a fact made by a helper: the node that states it), None
    where there is none; `locate_in(origin, path)` prefers the node in the file `path`: a revision's call of a helper.
    """

    environment: Environment
    dialect: str
    declared: Declared
    migrated: Migrated
    graph: Graph
    differences: Mapping[str, tuple[Difference, ...]]
    findings: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]
    locate: Callable[[Origin], Location | None]
    locate_in: Callable[[Origin, str], Location | None]
    source: Source | None = None
    syntax: Callable[[str], Syntax | None] = _no_syntax
    folder: str | None = None
    known: Known | None = None
    problems: tuple[ConfigProblem, ...] = ()
    downgrades: Mapping[str, Downgrade] = field(default_factory=dict)
