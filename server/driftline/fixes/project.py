"""What a fix may look at: the facts of one environment, and the texts that they came from.

The engine's `Analysis` is one; this package stands above the engine and must not know it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from driftline.compare.difference import Difference
    from driftline.migrations.downgrades import Downgrade
    from driftline.migrations.graph import Graph
    from driftline.migrations.history import Migrated
    from driftline.models.declared import Declared
    from driftline.python.syntax import Syntax
    from driftline.sources.environment import Environment
    from driftline.sources.source import Source


class Halves(Protocol):
    """What is compared: all that changes of the migrated schema are worked out from, and written down by."""

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the dialect (`postgresql`)."""
        ...

    @property
    def declared(self) -> Declared:
        """What the models say."""
        ...

    @property
    def migrated(self) -> Migrated:
        """What the migrations add up to."""
        ...

    @property
    def differences(self) -> Mapping[str, tuple[Difference, ...]]:
        """Where the two differ, by table."""
        ...


class Project(Halves, Protocol):
    """One Alembic environment, read to the end."""

    @property
    def environment(self) -> Environment:
        """The configuration: where the revisions lie, and how they are named."""
        ...

    @property
    def graph(self) -> Graph:
        """The revisions."""
        ...

    @property
    def downgrades(self) -> Mapping[str, Downgrade]:
        """What each `downgrade()` does, by revision."""
        ...

    @property
    def source(self) -> Source | None:
        """Where the texts are; None where only the facts are at hand (then nothing is scaffolded)."""
        ...

    def syntax(self, path: str, /) -> Syntax | None:
        """Give the parsed file at the absolute `path`, None where it cannot be read."""
        ...
