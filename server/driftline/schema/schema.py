"""A whole schema: the tables and native enums of one dialect.

Example: `Schema("postgresql", {"users": Table(...)})`.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftline.dataclass import dataclass, field
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.schema.table import Table


@dataclass(frozen=True, slots=True)
class Enum:
    """A native enum type; `labels` in order. `key` is `name`, or `schema.name` outside of the default schema."""

    name: str
    labels: tuple[str, ...]
    schema: str | None = None
    unknown: Unknown | None = None
    conditional: bool = field(default=False, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> str:
        """The enum's key in `Schema.enums`."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class Schema:
    """`tables` and `enums` by key, in the order of creation.

    `dialect` is SQLAlchemy's name (`postgresql`, `sqlite`, `mysql` …).

    `incomplete` says why tables could be missing from it (a module that could not be read, an operation that nobody
    understood): while it is not empty, no table is said to be absent.
    """

    dialect: str
    tables: Mapping[str, Table] = field(default_factory=dict)
    enums: Mapping[str, Enum] = field(default_factory=dict)
    incomplete: tuple[Unknown, ...] = ()
