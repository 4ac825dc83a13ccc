"""What a rule is: a name, its defaults, and a function from what was compared to findings.

Example: `RULE = Rule("missing-column", "a column that models declare and no revision adds", Group.DRIFT, Level.ERROR,
check)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from driftline.compare.difference import Difference
from driftline.dataclass import dataclass, field
from driftline.rules.finding import Finding, Level

if TYPE_CHECKING:
    from driftline.migrations.contents import Contents
    from driftline.migrations.downgrades import Downgrade
    from driftline.migrations.graph import Graph
    from driftline.migrations.history import Migrated
    from driftline.models.declared import Declared


T = TypeVar("T", bool, int, str, tuple[str, ...])


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
class Option(Generic[T]):
    """An option of a rule, set under `[tool.driftline.rules.RULE]`; values of another type never get to the rule.

    `default`: what holds where it is not set. Its type is the option's: a tuple stands for a list of strings.
    `description`: a clause in Markdown. `choices`: the only strings that it takes; () where any will do.

    Example: `Option("tables", (), "tables that are meant to have no model")`.
    """

    name: str
    default: T
    description: str
    choices: tuple[str, ...] = ()


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
    contents: Mapping[str, Contents] = field(default_factory=dict)
    """What the files of the revisions say at a glance, by revision."""
    downgrades: Mapping[str, Downgrade] = field(default_factory=dict)
    """What each `downgrade()` that does something does to the state after its `upgrade()`, by revision."""

    def option(self, rule: str, option: Option[T]) -> T:
        """Give what the settings say of an option of `rule`, else its default."""
        return cast("T", self.options.get(rule, {}).get(option.name, option.default))

    def of_kind(self, *kinds: str) -> Iterable[Difference]:
        """Give all differences of these kinds, by table in order."""
        return (one for table in self.differences.values() for one in table if one.kind in kinds)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `name` reads after "allow …", names the problem and carries no level; `level` is only the default.

    `options`: what users may set about it; its page lists them.
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
    on: bool = True
    """Whether it runs where the settings do not speak of it by its own name (in `select` or `severity`)."""
    options: tuple[Option[Any], ...] = ()
