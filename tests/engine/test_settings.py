"""Settings are checked one by one; what is wrong names the nearest right thing, and the line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.engine.setting import SETTINGS
from driftline.engine.settings import Settings, check_rules, configured, overridden, read_settings
from driftline.rules import RULES
from driftline.rules.finding import Level
from driftline.sources.environment import ConfigProblem
from driftline.sources.memory import MemorySource
from tests.engine import shop


def read(text: str, name: str = "driftline.toml") -> tuple[Settings, tuple[ConfigProblem, ...]]:
    """The settings of a settings file."""
    found = read_settings("/p/app", MemorySource({f"/p/{name}": text, "/p/backend/alembic.ini": "[alembic]"}))
    return found.settings, found.problems


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
baseline = "ci/known.json"
x-arguments = ["tenant=a"]
[severity]
missing-index = "hint"
extra-index = "off"
[per-file-ignores]
"app/*" = ["history"]
[assume]
"app.settings.SCHEMA" = "public"
[rules.extra-table]
tables = ["spatial_ref_sys"]
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
        baseline="/p/ci/known.json",
        x_arguments=("tenant=a",),
        options={"extra-table": {"tables": ("spatial_ref_sys",)}},
        folder="/p",
        path="/p/driftline.toml",
    )


NO_TABLES = "there is no rule `missing-tables`; did you mean `missing-table`?"


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("\nselekt = []", "there is no setting `selekt`; did you mean `select`?", 2),
        ("per_file_ignores = {}", "there is no setting `per_file_ignores`; did you mean `per-file-ignores`?", 1),
        ("xyzzy = 1", "there is no setting `xyzzy`", 1),
        (
            "[extra-table]\ntables = []",
            "there is no setting `extra-table`; options of that rule are set under `rules.extra-table`",
            1,
        ),
        ('select = ["missing-tables"]', NO_TABLES, 1),
        ('select = ["Drift"]', "there is no rule `Drift`; did you mean `drift`?", 1),
        ('\nselect = "drift"', "`select` must be a list of strings, not a string", 2),
        ("ignore = [1]", "`ignore` must be a list of strings, not a list with an integer", 1),
        ('dialect = "postgres"', "there is no dialect `postgres`; did you mean `postgresql`?", 1),
        (
            'dialect = "db"',
            "there is no dialect `db`; dialects are `postgresql`, `sqlite`, `mysql`, `mariadb`, `oracle`, `mssql`",
            1,
        ),
        (
            "[tool.driftline]\nselect = []",
            "in driftline.toml settings stand at the top; `[tool.driftline]` is for pyproject.toml",
            1,
        ),
        ('select = [\n# "missing-tables"\n"missing-tables"]', NO_TABLES, 3),
        ('environments = ["nowhere"]', "there is no file or folder `nowhere`", 1),
        ("dialect = 1", "`dialect` must be a string, not an integer", 1),
        ("dialect = 2026-01-02", "`dialect` must be a string, not a date", 1),
        ("baseline = true", "`baseline` must be a string, not a boolean", 1),
        ("models = 1.5", "`models` must be a list of strings, not a number", 1),
        ("environments = {}", "`environments` must be a list of strings, not a table", 1),
        ("[severity]\n\nmissing-tabel = 'hint'", "there is no rule `missing-tabel`; did you mean `missing-table`?", 3),
        ("[severity]\nmissing-table = 'warn'", "there is no level `warn`; did you mean `warning`?", 2),
        (
            "[severity]\nmissing-table = 'bad'",
            "there is no level `bad`; levels are `error`, `warning`, `information`, `hint`, `off`",
            2,
        ),
        ("[severity]\nmissing-table = false", "`missing-table` must be a string, not a boolean", 2),
        ("severity = 1", "`severity` must be a table, not an integer", 1),
        ("[per-file-ignores]\n'a' = ['histori']", "there is no rule `histori`; did you mean `history`?", 2),
        ("[per-file-ignores]\n'a' = 'drift'", "`a` must be a list of strings, not a string", 2),
        ("\n[rules.drift]\nx = 1", "there is no rule `drift`; `driftline rule` lists them", 2),
        (
            "[rules.extra-table]\ntabels = []",
            "in the rule `extra-table` there is no option `tabels`; did you mean `tables`?",
            2,
        ),
        (
            "[rules.extra-table]\nxyz = []",
            "in the rule `extra-table` there is no option `xyz`; its options are `tables`",
            2,
        ),
        ("[rules.missing-table]\nx = 1", "the rule `missing-table` has no options", 2),
        ("[rules.extra-table]\ntables = 'a'", "`tables` must be a list of strings, not a string", 2),
        ("[rules]\nextra-table = 1", "`extra-table` must be a table, not an integer", 2),
        ("assume = []", "`assume` must be a table, not a list", 1),
        (
            "[assume]\nSCHEMA = 'x'",
            "`SCHEMA` is no dotted name: write the module, too, as in `app.settings.SCHEMA`",
            2,
        ),
    ],
)
def test_a_wrong_setting_is_told_and_counts_as_not_given(text: str, message: str, line: int) -> None:
    """The rest of the file is read all the same."""
    settings, problems = read(f"{text}\n" if "[" in text.split("=", maxsplit=1)[0] else f"{text}\nexclude = ['x']\n")

    assert problems == (ConfigProblem(message, "/p/driftline.toml", line),)
    assert replace(settings, exclude=(), per_file_ignores={}) == Settings(folder="/p", path="/p/driftline.toml")


def test_all_that_is_wrong_is_told_and_what_is_right_counts() -> None:
    """A wrong name takes no right one with it; each problem stands on the line of what is wrong."""
    settings, problems = read(
        """\
[tool.driftline]
ignore = [
    "drift",
    "missing-tabel",
    'extra-tabel',
]
severity = { missing-index = "hint", missing-tabel = "hint" }
""",
        "pyproject.toml",
    )

    assert (settings.ignore, settings.severity) == (("drift",), {"missing-index": Level.HINT})
    assert [(one.message, one.line) for one in problems] == [
        ("there is no rule `missing-tabel`; did you mean `missing-table`?", 4),
        ("there is no rule `extra-tabel`; did you mean `extra-table`?", 5),
        ("there is no rule `missing-tabel`; did you mean `missing-table`?", 7),
    ]


def test_the_dots_of_a_name_may_be_tomls_own() -> None:
    """Who leaves the quotes away means the same; a table under a quoted name is a value."""
    settings, problems = read(
        """\
[assume]
app.settings.SCHEMA = "public"
app.settings.DEBUG = false
"app.settings.NAMES" = { a = 1 }
[assume.lib]
LIMIT = 3
"""
    )

    assert problems == ()
    assert settings.assume == {
        "app.settings.SCHEMA": "public",
        "app.settings.DEBUG": False,
        "app.settings.NAMES": {"a": 1},
        "lib.LIMIT": 3,
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(sorted(SETTINGS)),
)
def test_no_value_is_too_odd(value: object, name: str) -> None:
    """Whatever stands there, it is read or told, and the others stay as they are."""
    before = Settings(folder="/p", path="/p/driftline.toml")
    settings, problems = configured(before, {name: value})

    changed = {field for field in Settings.__slots__ if getattr(before, field) != getattr(settings, field)}
    assert changed <= {SETTINGS[name].field}
    assert all(one.startswith(f"`driftline.{name}`: ") for one in problems)


def opened_again(*texts: str) -> list[tuple[tuple[str, ...], str | None, int]]:
    """What is ignored and the dialect, and the number of problems, with one text after another in driftline.toml."""
    last: dict[str, Settings] = {}
    found = []
    for text in texts:
        files = {**shop.in_memory("/p"), "/p/driftline.toml": text}
        project = open_project("/p", Session(MemorySource(files)), last=last)
        settings = project.works[0].settings
        found.append((settings.ignore, settings.dialect, len(project.problems)))
    return found


def test_while_a_file_is_being_edited_the_last_good_settings_stay() -> None:
    """What cannot be used now is as it was; what can, counts at once, and what is gone, is gone."""
    assert opened_again(
        'ignore = ["drift"]\ndialect = "sqlite"',
        'ignore = ["drift"',
        'ignore = "drift"\ndialect = "mysql"',
        'ignore = ["drif"]\ndialect = "mysql"',
        "ignroe = []",
        "",
    ) == [
        (("drift",), "sqlite", 0),
        (("drift",), "sqlite", 1),
        (("drift",), "mysql", 1),
        (("drift",), "mysql", 1),
        ((), None, 1),
        ((), None, 0),
    ]


def test_the_later_word_goes_over_the_earlier() -> None:
    """Defaults, the nearest settings file alone, the editor one by one, the command line."""
    files: dict[str, str | bytes] = {
        "/p/driftline.toml": 'dialect = "mysql"\nexclude = ["far"]',
        "/p/app/pyproject.toml": '[tool.driftline]\nignore = ["drift"]\nselect = ["history"]',
        "/p/app/driftline.toml": 'dialect = "sqlite"\nignore = ["drift"]',
    }
    settings = read_settings("/p/app/alembic", MemorySource(files)).settings
    of_file = Settings(dialect="sqlite", ignore=("drift",), folder="/p/app", path="/p/app/driftline.toml")
    of_editor, _ = configured(settings, {"ignore": ["history"], "severity": {"all": "hint"}})
    of_command_line = overridden(of_editor, select=["drift"], dialect="oracle")

    assert settings == of_file
    assert of_editor == replace(of_file, ignore=("history",), severity={"all": Level.HINT})
    assert of_command_line == replace(of_editor, select=("drift",), ignore=(), dialect="oracle")


def selected(settings: Settings) -> set[str]:
    """The names of the rules that run."""
    return {rule.name for rule in RULES if settings.selects(rule)}


ALL = {rule.name for rule in RULES if rule.on}
DRIFT = {rule.name for rule in RULES if rule.on and rule.group.value == "drift"}


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
    assert overridden(file, baseline=False) == replace(file, uses_baseline=False)
    assert overridden(file, dialect="mysql") == replace(file, dialect="mysql")


def test_an_editors_settings_go_over_the_files() -> None:
    """The names are the same; null is not given, and what is wrong is told."""
    settings, problems = configured(
        Settings(folder="/p", dialect="sqlite"), {"dialect": None, "ignore": ["drift"], "x": 1}
    )

    assert settings == Settings(folder="/p", dialect="sqlite", ignore=("drift",))
    assert problems == ("`driftline.x`: there is no setting `x`",)


def test_paths_of_an_editor_are_seen_from_the_opened_folder() -> None:
    """Wherever the project's own settings lie."""
    settings, _ = configured(Settings(folder="/p/backend"), {"environments": ["backend/alembic"]}, "/p")

    assert settings.environments == ("/p/backend/alembic",)


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
