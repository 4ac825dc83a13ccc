"""`driftline settings`, and what commands say of settings that are wrong."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from driftline.engine.setting import SETTINGS
from tests.engine.settings_files import DOCS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

EVERYTHING = "\n".join(one.example for one in SETTINGS.values() if one.name not in {"environments", "dialect"})


@pytest.mark.parametrize(
    ("word", "name"), [([], "driftline"), (["driftline"], "driftline"), (["pyproject"], "pyproject")]
)
def test_the_schemas_are_those_of_the_documentation(run: Run, word: list[str], name: str) -> None:
    """For `#:schema` and other tools, also where there is no project."""
    ran = run("settings", "--schema", *word)

    assert (ran.code, ran.out) == (0, (DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))


def test_what_is_in_force(run: Run, project: Path) -> None:
    """Where it comes from, and what is not as it is by default, as TOML that says the same."""
    assert run("settings").out == "alembic: no settings file\n"
    (project / "driftline.toml").write_text(EVERYTHING)

    heading, *lines = run("settings", "--dialect", "sqlite").out.splitlines()

    assert heading == "alembic: driftline.toml"
    said, given = tomllib.loads("\n".join(lines)), tomllib.loads(EVERYTHING)
    paths = {name: str(project / given[name]) for name in ("baseline", "virtual-environment")}
    assert said == {**given, **paths, "dialect": "sqlite"}


@pytest.mark.parametrize("words", [["check"], ["audit"], ["settings"], ["schema", "models"], ["history", "orders"]])
@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("driftline.toml", "\nignroe = []", "driftline.toml:2: there is no setting `ignroe`; did you mean `ignore`?"),
        (
            "pyproject.toml",
            "[tool.driftline]\n\nselect = ['missing-idx']",
            "pyproject.toml:3: there is no rule `missing-idx`; did you mean `missing-index`?",
        ),
        (
            "pyproject.toml",
            "[tool.driftline.rules.extra-table]\ntables = 'jobs'",
            "pyproject.toml:2: `tables` must be a list of strings, not a string",
        ),
        ("driftline.toml", "x = ", "driftline.toml:1: it is no valid TOML: invalid value"),
    ],
)
def test_what_is_wrong_ends_every_command(
    run: Run, project: Path, words: list[str], name: str, text: str, said: str
) -> None:
    """With a sentence that names file, line and the nearest right name; and exit code 2."""
    (project / name).write_text(text)

    ran = run(*words)

    assert (ran.code, ran.out, ran.err) == (2, "", f"driftline: {said}\n")


def test_all_that_is_wrong_is_told(run: Run, project: Path) -> None:
    """A line each."""
    (project / "driftline.toml").write_text("ignroe = []\nselect = ['drfit', 'histroy']\n")

    assert [line.split(": ")[1] for line in run("check").err.splitlines()] == [
        "driftline.toml:1",
        "driftline.toml:2",
        "driftline.toml:2",
    ]


def test_paths_and_patterns_are_seen_from_the_settings_file(run: Run, project: Path) -> None:
    """Wherever the command is started, and whatever it is about."""
    inner = project / "apps" / "one"
    (inner / "legacy").mkdir(parents=True)
    (inner / "legacy" / "alembic.ini").write_text("[alembic]\nscript_location = nowhere\n")
    for path in [one for one in project.iterdir() if one.name != "apps"]:
        path.rename(inner / path.name)
    (project / "driftline.toml").write_text(
        'exclude = ["apps/one/legacy"]\nper-file-ignores = { "apps/one/shop" = ["drift"] }'
    )

    for path in (".", "apps", "apps/one"):
        ran = run("check", path)
        assert (ran.code, ran.out) == (0, "")


def test_an_option_of_a_rule(run: Run, project: Path) -> None:
    """A table that is meant to have no model is not told of."""
    order = project / "shop/models/__init__.py"
    order.write_text("from shop.models.customer import Customer\n")
    (project / "shop/models/order.py").unlink()
    assert "extra-table" in run("check").out
    (project / "pyproject.toml").write_text('[tool.driftline]\nrules.extra-table.tables = ["ord*"]\n')

    assert "extra-table" not in run("check").out


def test_what_cannot_be_read_can_be_said(run: Run, project: Path) -> None:
    """`assume` turns an unknown into a fact, in models and in migrations."""
    for path in (project / "shop/models/customer.py", project / "alembic/versions/0001_customers.py"):
        text = path.read_text().replace("String(255)", "String(LIMIT)")
        path.write_text(text.replace("from ", "from shop.limits import LIMIT\nfrom ", 1))
    (project / "shop/limits.py").write_text("import os\n\nLIMIT = int(os.environ['LIMIT'])\n")
    before = [json.loads(run("schema", side).out) for side in ("models", "migrations")]
    (project / "driftline.toml").write_text("[assume]\nshop.limits.LIMIT = 255\n")

    after = [json.loads(run("schema", side).out) for side in ("models", "migrations")]

    assert [bool(one["unknown"]) for one in (*before, *after)] == [True, True, False, False]
    assert [one["tables"]["customers"]["columns"]["email"]["type"] for one in after] == ["VARCHAR(255)"] * 2


@pytest.mark.parametrize("ask", ['get_x_argument(as_dictionary=True)["kind"]', 'get_x_argument()[0].partition("=")[2]'])
def test_env_py_is_told_x_arguments(run: Run, project: Path, ask: str) -> None:
    """As by `alembic -x kind=…`."""
    env = project / "alembic/env.py"
    env.write_text(f"{env.read_text()}\ncontext.configure(target_metadata=target_metadata, url=context.{ask})\n")
    (project / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
    (project / "driftline.toml").write_text('x-arguments = ["kind=mysql://localhost/shop"]')

    assert json.loads(run("schema", "models").out)["dialect"] == "mysql"
