"""Settings are checked one by one; what is wrong names the nearest right thing, and the line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from driftline.engine.settings import Settings, check_rules, configured, overridden, read_settings
from driftline.rules import RULES
from driftline.rules.finding import Level
from driftline.sources.environment import ConfigProblem
from driftline.sources.memory import MemorySource


def read(text: str) -> tuple[Settings, tuple[ConfigProblem, ...]]:
    """The settings of a driftline.toml."""
    return read_settings("/p/app", MemorySource({"/p/driftline.toml": text}))


def test_every_setting_is_read() -> None:
    """Each key has its place, with paths seen from the file."""
    settings, problems = read(
        """\
select = ["drift", "multiple-heads"]
ignore = ["extra-table"]
dialect = "sqlite"
environments = ["backend/alembic.ini"]
models = ["app.legacy"]
exclude = ["fixtures"]
virtual-environment = "../venv"
[severity]
missing-index = "hint"
extra-index = "off"
[per-file-ignores]
"app/*" = ["history"]
[assume]
"app.settings.SCHEMA" = "public"
[rules.extra-table]
allow = ["spatial_ref_sys"]
"""
    )

    assert problems == ()
    assert settings == Settings(
        select=("drift", "multiple-heads"),
        ignore=("extra-table",),
        severity={"missing-index": Level.HINT, "extra-index": None},
        per_file_ignores={"app/*": ("history",)},
        dialect="sqlite",
        environments=("/p/backend/alembic.ini",),
        models=("app.legacy",),
        exclude=("fixtures",),
        assume={"app.settings.SCHEMA": "public"},
        virtual_environment="/venv",
        options={"extra-table": {"allow": ["spatial_ref_sys"]}},
        folder="/p",
        path="/p/driftline.toml",
    )


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("\nselekt = []", "there is no setting `selekt`; did you mean `select`?", 2),
        ("xyzzy = 1", "there is no setting `xyzzy`", 1),
        ('select = ["missing-tables"]', "there is no rule `missing-tables`; did you mean `missing-table`?", 1),
        ('\nselect = "drift"', "`select` must be a list of strings", 2),
        ("ignore = [1]", "`ignore` must be a list of strings", 1),
        ('dialect = "postgres"', "there is no dialect `postgres`; did you mean `postgresql`?", 1),
        ("dialect = 1", "`dialect` must be a string", 1),
        ("[severity]\n\nmissing-tabel = 'hint'", "there is no rule `missing-tabel`; did you mean `missing-table`?", 3),
        (
            "[severity]\nmissing-table = 'warn'",
            "there is no level `warn`; did you mean `warning`?; levels are error, warning, information, hint, off",
            2,
        ),
        ("severity = 1", "`severity` must be a table", 1),
        ("[per-file-ignores]\n'a' = ['histori']", "there is no rule `histori`; did you mean `history`?", 2),
        ("\n[rules.drift]\nx = 1", "there is no rule `drift`", 2),
        ("assume = []", "`assume` must be a table", 1),
    ],
)
def test_a_wrong_setting_is_told_and_counts_as_not_given(text: str, message: str, line: int) -> None:
    """The rest of the file is read all the same."""
    settings, problems = read(f"{text}\n" if "[" in text.split("=", maxsplit=1)[0] else f"{text}\nexclude = ['x']\n")

    assert problems == (ConfigProblem(message, "/p/driftline.toml", line),)
    assert replace(settings, exclude=()) == Settings(folder="/p", path="/p/driftline.toml")


def selected(settings: Settings) -> set[str]:
    """The names of the rules that run."""
    return {rule.name for rule in RULES if settings.selects(rule)}


ALL = {rule.name for rule in RULES}
DRIFT = {rule.name for rule in RULES if rule.group.value == "drift"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), ALL),
        (Settings(select=("drift",)), DRIFT),
        (Settings(ignore=("drift",)), ALL - DRIFT),
        (Settings(select=("missing-table",)), {"missing-table"}),
        (Settings(select=("drift",), ignore=("missing-table",)), DRIFT - {"missing-table"}),
        (Settings(select=("missing-table",), ignore=("drift",)), {"missing-table"}),
        (Settings(select=("all",), ignore=("drift",)), ALL - DRIFT),
        (Settings(select=()), set()),
        (Settings(severity={"drift": None}), ALL - DRIFT),
        (Settings(severity={"drift": None, "missing-table": Level.HINT}), ALL - DRIFT | {"missing-table"}),
    ],
)
def test_which_rules_run(settings: Settings, expected: set[str]) -> None:
    """The more specific word counts, and a rule that is off does not run."""
    assert selected(settings) == expected


def test_the_command_lines_words_go_over_the_files() -> None:
    """A selection replaces the file's, with what it ignores; ignoring adds to it."""
    file = Settings(select=("history",), ignore=("multiple-heads",), dialect="sqlite")

    assert overridden(file) == file
    assert overridden(file, select=["drift"]) == replace(file, select=("drift",), ignore=())
    assert overridden(file, ignore=["drift"]) == replace(file, ignore=("multiple-heads", "drift"))
    assert overridden(file, dialect="mysql") == replace(file, dialect="mysql")


def test_an_editors_settings_go_over_the_files() -> None:
    """The names are the same; null is not given, and what is wrong is told."""
    settings, problems = configured(
        Settings(folder="/p", dialect="sqlite"), {"dialect": None, "ignore": ["drift"], "x": 1}
    )

    assert settings == Settings(folder="/p", dialect="sqlite", ignore=("drift",))
    assert problems == (ConfigProblem("there is no setting `x`", "/p"),)


@pytest.mark.parametrize(
    ("path", "rule", "expected"),
    [
        ("/p/app/models/user.py", "missing-table", True),
        ("/p/app/models/user.py", "multiple-heads", False),
        ("/p/lib/user.py", "missing-table", False),
        ("/q/app/user.py", "missing-table", False),
    ],
)
def test_what_is_ignored_in_a_file(path: str, rule: str, *, expected: bool) -> None:
    """Patterns are seen from the settings' own folder."""
    settings = Settings(per_file_ignores={"app": ("drift",)}, folder="/p")

    assert settings.ignores_in(path, rule, "drift" if rule == "missing-table" else "history") is expected


def test_names_on_the_command_line_are_checked() -> None:
    """The first that is no rule and no group is told."""
    assert check_rules(["drift", "all", "missing-table"]) is None
    assert check_rules(["missing-tabel"]) == "there is no rule `missing-tabel`; did you mean `missing-table`?"
