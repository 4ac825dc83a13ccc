"""The revision graph: revisions by id, their order, heads and bases, and what is wrong with them.

Example: `Graph(revisions={"0001": Revision("0001", ...)}, order=("0001",), heads=("0001",), bases=("0001",))`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision file. `message`: the first line of its docstring. `create_date`: as the docstring's `Create Date:` says it, or None.

    `down_revisions` are full ids where the graph knows them (partial ids are resolved as Alembic does).
    `unknown`: why identifiers in it could not be read.
    """

    id: str
    path: str
    down_revisions: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    message: str = ""
    create_date: str | None = None
    unknown: Unknown | None = None
    origin: Origin = field(default=NOWHERE, compare=False)
    """The `revision = …` statement."""
    down_revision_origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Graph:
    """All revisions of an environment. `order`: a topological order, as `alembic upgrade heads` applies them, of those that can be ordered.

    `missing`: (revision id, parent id that no file has). `missing_dependencies`: the same for depends_on. `duplicates`: revisions that share
    an id with one in `revisions`. `cycles`: revision ids that form a cycle.
    """

    revisions: Mapping[str, Revision] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    missing_dependencies: tuple[tuple[str, str], ...] = ()
    duplicates: tuple[Revision, ...] = ()
    cycles: tuple[tuple[str, ...], ...] = ()
    unknown: tuple[Unknown, ...] = ()
