"""What a rule is: a name, its defaults, and a function from what was compared to findings.

Example: `RULE = Rule("missing-column", "a column that models declare and no revision adds", Group.DRIFT, Level.ERROR,
check)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from driftline.compare.difference import Difference
from driftline.rules.finding import Finding, Level

if TYPE_CHECKING:
    from driftline.migrations.graph import Graph
    from driftline.migrations.history import Migrated
    from driftline.models.declared import Declared


class Group(Enum):
    """The groups of RULES: what a rule looks at."""

    DRIFT = "drift"
    HISTORY = "history"
    SAFETY = "safety"
    ORM = "orm"


class Fixable(Enum):
    """Whether the findings of a rule come with fixes."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Context:
    """All that a rule may look at. `differences`: by table key, in Alembic's order.

    `options`: the rule options of the settings (rule name → option → value).
    `env_path` / `config_path`: env.py, and the ini (or pyproject.toml) of the environment, for findings without a
    place.
    """

    declared: Declared
    migrated: Migrated
    graph: Graph
    differences: Mapping[str, tuple[Difference, ...]]
    env_path: str | None = None
    config_path: str | None = None
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> Iterable[Difference]:
        """Give all differences of these kinds, by table in order."""
        return (one for table in self.differences.values() for one in table if one.kind in kinds)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `name` reads after "allow …", names the problem and carries no level; `level` is only the default.

    `sources`: the rules of other tools that it mirrors (`alembic:add_column`). `check` yields findings with `rule` =
    `name`; it never raises on user input and is silent wherever a fact is Unknown.
    """

    name: str
    summary: str
    group: Group
    level: Level
    check: Callable[[Context], Iterable[Finding]]
    fix: Fixable = Fixable.NEVER
    since: str = "0.1.0"
    sources: tuple[str, ...] = ()
