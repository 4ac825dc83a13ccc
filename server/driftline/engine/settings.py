"""Driftline's settings: `[tool.driftline]` in pyproject.toml or driftline.toml, with the command line's over them.

Each setting is checked; a key or a rule that nobody knows is a problem that names the nearest right one.

Example: `select = ["drift"]` and `ignore = ["missing-index"]` leave all drift rules but one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from driftline.rules.finding import Level
from driftline.sources.environment import ConfigProblem
from driftline.sources.paths import absolute, folder_of, is_within, matches, relative_to
from driftline.sources.settings_file import find_settings, table_path

if TYPE_CHECKING:
    from driftline.rules.rule import Rule
    from driftline.sources.source import Source
    from driftline.sources.toml_file import Toml

DIALECTS = ("postgresql", "sqlite", "mysql", "mariadb", "oracle", "mssql")
"""The names of dialects, as SQLAlchemy has them."""

EVERYTHING = "all"
"""Selects every rule."""

OFF = "off"
"""What `severity` says of a rule that is not to run."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asks for. `select` is None where nothing is selected explicitly: every rule runs.

    `severity`: levels by rule or group, None where it is off. `per_file_ignores`: rules or groups by pattern of a
    path relative to `folder`. `environments`, `virtual_environment`: absolute paths. `models`: modules (dotted) to
    read besides what env.py reaches. `assume`: values by dotted name, for what cannot be read. `options`: rule →
    option → value. `path`: the file they come from.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level | None] = field(default_factory=dict)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dialect: str | None = None
    environments: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    assume: Mapping[str, object] = field(default_factory=dict)
    virtual_environment: str | None = None
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    folder: str = ""
    path: str | None = None

    def selects(self, rule: Rule) -> bool:
        """Whether `rule` runs. The more specific word counts: a rule's name, then its group's, then "all"."""
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


def read_settings(folder: str, source: Source) -> tuple[Settings, tuple[ConfigProblem, ...]]:
    """Give the settings of `folder` (absolute), and what is wrong with them; a wrong one counts as not given."""
    file = find_settings(folder, source)
    if file is None:
        return Settings(folder=folder), ()
    if isinstance(file, ConfigProblem):
        return Settings(folder=folder_of(file.path), path=file.path), (file,)
    settings, wrong = _apply(
        Settings(folder=folder_of(file.path), path=file.path), file.table(*table_path(file.path)) or {}
    )
    return settings, tuple(_problem(file, key, error) for key, error in wrong)


def configured(settings: Settings, values: Mapping[str, object]) -> tuple[Settings, tuple[ConfigProblem, ...]]:
    """Give `settings` with an editor's over them, and what is wrong with these (said of the folder: they have no file).

    Names and values are those of the settings file; what an editor sends as null counts as not given.
    """
    given = {key: value for key, value in values.items() if value is not None}
    settings, wrong = _apply(settings, given)
    return settings, tuple(ConfigProblem(str(error), settings.folder) for _, error in wrong)


def _apply(settings: Settings, table: Mapping[str, object]) -> tuple[Settings, list[tuple[str, _WrongError]]]:
    """`settings` with those of `table` over them, and what is wrong with each that is, by key."""
    wrong: list[tuple[str, _WrongError]] = []
    for key, value in table.items():
        reader = _READERS.get(key, _read_unknown)
        try:
            settings = reader(settings, value, key)
        except _WrongError as error:
            wrong.append((key, error))
    return settings, wrong


def overridden(
    settings: Settings,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    dialect: str | None = None,
) -> Settings:
    """Give `settings` with the command line's over them: a selection there replaces the file's, and its ignores."""
    chosen = tuple(select)
    ignored = tuple(ignore)
    return replace(
        settings,
        select=chosen or settings.select,
        ignore=ignored if chosen else (*settings.ignore, *ignored),
        dialect=dialect or settings.dialect,
    )


def check_rules(names: Iterable[str]) -> str | None:
    """Give a sentence about the first of `names` that is neither a rule nor a group; None where all are."""
    asked = tuple(names)
    known = _rule_words() if asked else ()  # the rules are many modules: they are imported where somebody names one
    return next((unknown("rule", name, known) for name in asked if name not in known), None)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Give the sentence that says that there is no such thing, with the nearest right name where one is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, [*known], n=1, cutoff=0.6)
    return f"there is no {what} `{name}`" + (f"; did you mean `{near[0]}`?" if near else "")


# ---------------------------------------------------------------------------------------------------------------------
# Reading one setting


class _WrongError(Exception):
    """A value that cannot be used. `inner`: the keys below the setting that lead to it."""

    def __init__(self, message: str, inner: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.inner = inner


def _problem(file: Toml, key: str, error: _WrongError) -> ConfigProblem:
    place = (*table_path(file.path), key)
    line = file.line_of(*place, *error.inner) if error.inner else 1
    return ConfigProblem(str(error), file.path, line if line > 1 else file.line_of(*place))


def _rule_words() -> tuple[str, ...]:
    from driftline.rules import RULES
    from driftline.rules.rule import Group

    return (*(rule.name for rule in RULES), *(group.value for group in Group), EVERYTHING)


def _text(value: object, key: str, inner: tuple[str, ...] = ()) -> str:
    if not isinstance(value, str):
        msg = f"`{key}` must be a string"
        raise _WrongError(msg, inner)
    return value


def _texts(value: object, key: str, inner: tuple[str, ...] = ()) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        msg = f"`{key}` must be a list of strings"
        raise _WrongError(msg, inner)
    return tuple(value)


def _table(value: object, key: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        msg = f"`{key}` must be a table"
        raise _WrongError(msg)
    return cast("Mapping[str, object]", value)


def _rules(value: object, key: str, inner: tuple[str, ...] = ()) -> tuple[str, ...]:
    names = _texts(value, key, inner)
    wrong = check_rules(names)
    if wrong is not None:
        raise _WrongError(wrong, inner)
    return names


def _read_unknown(_settings: Settings, _value: object, key: str) -> Settings:
    raise _WrongError(unknown("setting", key, _READERS))


def _read_select(settings: Settings, value: object, key: str) -> Settings:
    return replace(settings, select=_rules(value, key))


def _read_ignore(settings: Settings, value: object, key: str) -> Settings:
    return replace(settings, ignore=_rules(value, key))


def _read_severity(settings: Settings, value: object, key: str) -> Settings:
    levels: dict[str, Level | None] = {}
    words = (*(level.value for level in Level), OFF)
    for name, word in _table(value, key).items():
        wrong = check_rules([name])
        if wrong is not None:
            raise _WrongError(wrong, (name,))
        if _text(word, name, (name,)) not in words:
            raise _WrongError(unknown("level", str(word), words) + f"; levels are {', '.join(words)}", (name,))
        levels[name] = None if word == OFF else Level(word)
    return replace(settings, severity=levels)


def _read_per_file_ignores(settings: Settings, value: object, key: str) -> Settings:
    table = _table(value, key)
    return replace(settings, per_file_ignores={key: _rules(names, key, (key,)) for key, names in table.items()})


def _read_dialect(settings: Settings, value: object, key: str) -> Settings:
    name = _text(value, key)
    if name not in DIALECTS:
        raise _WrongError(unknown("dialect", name, DIALECTS))
    return replace(settings, dialect=name)


def _read_environments(settings: Settings, value: object, key: str) -> Settings:
    paths = _texts(value, key)
    return replace(settings, environments=tuple(_absolute(path, settings) for path in paths))


def _read_models(settings: Settings, value: object, key: str) -> Settings:
    return replace(settings, models=_texts(value, key))


def _read_exclude(settings: Settings, value: object, key: str) -> Settings:
    return replace(settings, exclude=_texts(value, key))


def _read_assume(settings: Settings, value: object, key: str) -> Settings:
    return replace(settings, assume=_table(value, key))


def _read_virtual_environment(settings: Settings, value: object, key: str) -> Settings:
    return replace(settings, virtual_environment=_absolute(_text(value, key), settings))


def _read_options(settings: Settings, value: object, key: str) -> Settings:
    from driftline.rules import RULES

    names = [rule.name for rule in RULES]
    options: dict[str, Mapping[str, object]] = {}
    for name, table in _table(value, key).items():
        if name not in names:
            raise _WrongError(unknown("rule", name, names), (name,))
        options[name] = _table(table, name)
    return replace(settings, options=options)


def _absolute(path: str, settings: Settings) -> str:
    return absolute(path, settings.folder)


_READERS: Mapping[str, Callable[[Settings, object, str], Settings]] = {
    "select": _read_select,
    "ignore": _read_ignore,
    "severity": _read_severity,
    "per-file-ignores": _read_per_file_ignores,
    "dialect": _read_dialect,
    "environments": _read_environments,
    "models": _read_models,
    "exclude": _read_exclude,
    "assume": _read_assume,
    "virtual-environment": _read_virtual_environment,
    "rules": _read_options,
}
"""How each setting is read, by its name."""
