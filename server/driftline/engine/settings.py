"""Driftline's settings: `[tool.driftline]` in pyproject.toml or driftline.toml, with the command line's over them.

Which says what, the later over the earlier: Driftline's defaults; the settings file, the nearest upwards, whole; the
editor's settings, one by one; the command line. Each setting is checked as `setting` declares it; what is wrong is a
problem that names the nearest right thing, and counts as not given.

Example: `select = ["drift"]` and `ignore = ["missing-index"]` leave all drift rules but one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from driftline.dataclass import dataclass, field, replace
from driftline.engine.nearest import unknown
from driftline.engine.setting import SETTINGS
from driftline.engine.setting_value import EVERYTHING, WRONG, Key, Problem, rule_words
from driftline.rules.finding import Level
from driftline.sources.environment import ConfigProblem
from driftline.sources.paths import folder_of, is_within, matches, relative_to
from driftline.sources.settings_file import find_settings, table_path

if TYPE_CHECKING:
    from driftline.rules.rule import Rule
    from driftline.sources.source import Source
    from driftline.sources.toml_file import Toml


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asks for. `select` is None where nothing is selected explicitly: every rule runs.

    `severity`: levels by rule or group, None where it is off. `per_file_ignores`: rules or groups by pattern of a
    path relative to `folder`. `environments`, `virtual_environment`, `baseline`: absolute paths. `models`: modules
    (dotted) to read besides what env.py reaches. `assume`: values by dotted name, for what cannot be read.
    `x_arguments`: as of `alembic -x`. `options`: rule → option → value. `path`: the file they come from.
    `uses_baseline`: whether findings in the baseline are left out.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level | None] = field(default_factory=dict)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dialect: str | None = None
    environments: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    assume: Mapping[str, object] = field(default_factory=dict)
    x_arguments: tuple[str, ...] = ()
    virtual_environment: str | None = None
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    folder: str = ""
    path: str | None = None
    uses_baseline: bool = True

    def selects(self, rule: Rule) -> bool:
        """Whether `rule` runs. The more specific word counts: a rule's name, then its group's, then "all".

        A rule that is not `on` by itself runs only where its own name is selected, or given a level.
        """
        if not rule.on and rule.name not in (*(self.select or ()), *self.severity):
            return False
        names = (rule.name, rule.group.value, EVERYTHING)
        chosen = _rank(names, self.select) if self.select is not None else len(names)
        ignored = _rank(names, self.ignore)
        level = self.level(rule)
        return level is not None and chosen is not None and (ignored is None or chosen < ignored)

    def level(self, rule: Rule) -> Level | None:
        """Give the level of `rule`'s findings, as far as the user changed it; None where it is off."""
        for name in (rule.name, rule.group.value, EVERYTHING):
            if name in self.severity:
                return self.severity[name]
        return rule.level

    def ignores_in(self, path: str, rule: str, group: str) -> bool:
        """Whether `per-file-ignores` silences a rule in the file at `path` (absolute)."""
        place = relative_to(path, self.folder)
        return is_within(path, self.folder) and any(
            matches(place, pattern) and not {rule, group, EVERYTHING}.isdisjoint(names)
            for pattern, names in self.per_file_ignores.items()
        )


def _rank(names: tuple[str, ...], chosen: Iterable[str]) -> int | None:
    """The place of the most specific of `names` that is among the `chosen`; None where none is."""
    words = set(chosen)
    return next((rank for rank, name in enumerate(names) if name in words), None)


@dataclass(frozen=True, slots=True)
class Read:
    """Settings as a file has them, and what is wrong with it. `unusable`: fields whose value could not be used."""

    settings: Settings
    problems: tuple[ConfigProblem, ...] = ()
    unusable: frozenset[str] = frozenset()

    def mended(self, before: Settings | None) -> Settings:
        """Give the settings with what could not be used as it was `before` (None: as if it were not given)."""
        return replace(self.settings, **{name: getattr(before, name) for name in self.unusable if before is not None})


def read_settings(folder: str, source: Source) -> Read:
    """Give the settings of `folder` (absolute); what is wrong with one counts as not given."""
    file = find_settings(folder, source)
    if file is None:
        return Read(Settings(folder=folder))
    settings = Settings(folder=folder_of(file.path), path=file.path)
    if isinstance(file, ConfigProblem):
        return Read(settings, (file,), frozenset(one.field for one in SETTINGS.values()))
    wrong: list[Problem] = []
    table = file.table(*table_path(file.path)) or {}
    settings, unusable = _apply(settings, table, settings.folder, wrong)
    settings = _with_present_environments(settings, table, source, wrong)
    return Read(settings, tuple(_problem(file, one) for one in wrong), unusable)


def _with_present_environments(
    settings: Settings, table: Mapping[str, object], source: Source, wrong: list[Problem]
) -> Settings:
    """`settings` without the environments that are not there; tells `wrong` of them."""
    stated = zip(settings.environments, cast("Sequence[str]", table.get("environments", ())), strict=False)
    lost = {path: text for path, text in stated if not (source.is_file(path) or source.is_dir(path))}
    said = (Problem(f"there is no file or folder `{text}`", ("environments",), text) for text in lost.values())
    wrong.extend(said)
    return replace(settings, environments=tuple(one for one in settings.environments if one not in lost))


def configured(
    settings: Settings, values: Mapping[str, object], folder: str | None = None
) -> tuple[Settings, tuple[str, ...]]:
    """Give `settings` with an editor's over them, one by one, and what is wrong with these, as sentences.

    Names and values are those of the settings file; what an editor sends as null counts as not given. `folder`: what
    paths among them are seen from (absolute; default: as those of the settings' file).
    """
    given = {key: value for key, value in values.items() if value is not None}
    wrong: list[Problem] = []
    settings, _ = _apply(settings, given, folder or settings.folder, wrong)
    return settings, tuple(f"`driftline.{one.names[0]}`: {one.message}" for one in wrong)


def _apply(
    settings: Settings, table: Mapping[str, object], folder: str, wrong: list[Problem]
) -> tuple[Settings, frozenset[str]]:
    """`settings` with those of `table` over them, and the fields that could not be used; tells `wrong` why."""
    changes: dict[str, Any] = {}
    unusable: set[str] = set()
    for name, value in table.items():
        key = Key((name,), folder, wrong)
        setting = SETTINGS.get(name)
        if setting is None:
            key.wrong(_no_setting(name))
            continue
        read = setting.kind.read(value, key)
        if read is WRONG:
            unusable.add(setting.field)
        else:
            changes[setting.field] = read
    return replace(settings, **changes), frozenset(unusable)


def _no_setting(name: str) -> str:
    from driftline.rules import RULES

    if name == "tool":
        return "in driftline.toml settings stand at the top; `[tool.driftline]` is for pyproject.toml"
    if name in {rule.name for rule in RULES}:
        return f"there is no setting `{name}`; options of that rule are set under `rules.{name}`"
    return unknown("setting", name, SETTINGS)


def overridden(
    settings: Settings,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    dialect: str | None = None,
    baseline: bool = True,
) -> Settings:
    """Give `settings` with the command line's over them: a selection there replaces the file's, and its ignores.

    `baseline`: whether what the baseline knows is left out.
    """
    chosen = tuple(select)
    ignored = tuple(ignore)
    return replace(
        settings,
        select=chosen or settings.select,
        ignore=ignored if chosen else (*settings.ignore, *ignored),
        dialect=dialect or settings.dialect,
        uses_baseline=baseline and settings.uses_baseline,
    )


def check_rules(names: Iterable[str]) -> str | None:
    """Give a sentence about the first of `names` that is neither a rule nor a group; None where all are."""
    asked = tuple(names)
    known = rule_words() if asked else ()  # the rules are many modules: they are imported where somebody names one
    return next((unknown("rule", name, known) for name in asked if name not in known), None)


def _problem(file: Toml, problem: Problem) -> ConfigProblem:
    """Place a problem at the string that is wrong, else at its key, else at the nearest key around it."""
    table = table_path(file.path)
    for length in range(len(problem.names), 0, -1):
        line = file.find_line(*table, *problem.names[:length])
        if line is not None:
            at = file.line_with(problem.text, line) if problem.text is not None else line
            return ConfigProblem(problem.message, file.path, at)
    return ConfigProblem(problem.message, file.path, file.line_of(*table) or 1)
