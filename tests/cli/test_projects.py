"""Which project a command means, and what it says where there is none to work on."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from driftline.sources import disk
from tests.engine import shop

if TYPE_CHECKING:
    from tests.cli.conftest import Run

COMMANDS = [
    ["check"],
    ["audit"],
    ["schema", "models"],
    ["schema", "migrations"],
    ["history", "orders"],
    ["diff", "a", "b"],
    ["revision"],
]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_folder_without_alembic(run: Run, words: list[str], tmp_path: Path) -> None:
    """It is told what was looked for, and where."""
    ran = run(*words, str(tmp_path))

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        f"driftline: there is no Alembic environment in {tmp_path}, below it or above it.",
        "driftline: Looked for:",
        "driftline:   alembic.ini (or another .ini file with an [alembic] section)",
        "driftline:   [tool.alembic] in pyproject.toml",
        "driftline:   a script folder (env.py beside script.py.mako or versions/)",
    ]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_folder_that_is_not_there(run: Run, words: list[str], tmp_path: Path) -> None:
    """A misspelt path is told in full."""
    ran = run(*words, str(tmp_path / "bakend"))

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"driftline: there is no file or folder {tmp_path / 'bakend'}\n"


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize(
    ("place", "content", "said"),
    [
        ("alembic.ini", b"nonsense\n", "alembic.ini:1: it is no ini file: there is text before the first `[section]`"),
        (
            "alembic.ini",
            b"[alembic]\n\xff\n",
            "alembic.ini:1: it cannot be read: it is not UTF-8 text (byte 0xff on line 2)",
        ),
        ("alembic.ini", b"[alembic]\nscript_location = gone\n", "alembic.ini:2: `script_location` is `gone`"),
        (
            "alembic.ini",
            b"[alembic]\nscript_location = %(nope)s/a\n",
            "alembic.ini:2: `script_location` cannot be read: it refers to `%(nope)s`, and there is no option `nope`\n",
        ),
        (
            "alembic.ini",
            b"[alembic]\nscript_location = 100%\n",
            "alembic.ini:2: `script_location` cannot be read: a `%` in it begins nothing",
        ),
        (
            "alembic.ini",
            b"[alembic]\nscript_location = %(script_location)s\n",
            "alembic.ini:2: `script_location` cannot be read: it refers to itself",
        ),
        ("driftline.toml", b"\nselect = [\n", "driftline.toml:2: it is no valid TOML"),
        (
            "driftline.toml",
            b"\nselekt = []\n",
            "driftline.toml:2: there is no setting `selekt`; did you mean `select`?",
        ),
        ("alembic/env.py", b"\xff", "alembic/env.py cannot be read: it is not UTF-8 text (byte 0xff on line 1)"),
        (
            "shop/models/order.py",
            b"\n\xff",
            "shop/models/order.py cannot be read: it is not UTF-8 text (byte 0xff on line 2)",
        ),
    ],
)
def test_a_broken_project(run: Run, words: list[str], place: str, content: bytes, said: str, project: Path) -> None:
    """A configuration or a file that cannot be read is named, with its line and what is wrong."""
    (project / place).write_bytes(content)

    ran = run(*words)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"driftline: {said}"), ran.err


@pytest.mark.parametrize("words", [one for one in COMMANDS if one != ["schema", "models"]])
def test_a_revision_that_cannot_be_read(run: Run, words: list[str], project: Path) -> None:
    """It is named; all but the models rest on it."""
    (project / "alembic" / "versions" / "0002_orders.py").write_bytes(b"# coding: klingon\n")

    ran = run(*words)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("driftline: alembic/versions/0002_orders.py cannot be read: its enc"), ran.err


def test_a_file_without_permission(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read is named; the system's refusal is played, as the superuser would get none."""

    def refused(path: str, mode: str) -> IO[bytes]:
        if path.endswith("order.py"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return Path(path).open(mode)

    monkeypatch.setattr(disk, "open", refused, raising=False)

    ran = run("check", str(project))

    assert (ran.code, ran.err) == (
        2,
        "driftline: shop/models/order.py cannot be read: permission to read it is denied\n",
    )


def test_models_need_no_revisions(run: Run, project: Path) -> None:
    """A revision that cannot be read is no reason to keep the models' schema back."""
    expected = run("schema", "models").out
    (project / "alembic" / "versions" / "junk.py").write_bytes(b"\xff\x00")

    assert run("schema", "models").out == expected
    assert run("schema", "migrations").code == 2


def test_a_folder_in_the_place_of_a_configuration(run: Run, project: Path) -> None:
    """It configures nothing, and no environment is read as if it were not there."""
    (project / "alembic.ini").unlink()
    (project / "alembic.ini").mkdir()
    ran = run("check")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "driftline: alembic.ini: it cannot be read: it is no regular file\n"


@pytest.mark.parametrize(
    "env",
    [
        "",
        "from gone.models import Base\nfrom alembic import context\ncontext.configure(target_metadata=Base.metadata)\n",
    ],
)
def test_names_that_a_lost_convention_makes_are_not_called_wrong(run: Run, project: Path, env: str) -> None:
    """Where env.py's metadata is not known, neither is what its naming convention calls a constraint."""
    (project / "alembic" / "env.py").write_text(env)
    (project / "alembic" / "versions" / "9999.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n\n"
        'revision = "9999"\ndown_revision = "0002"\n\n\ndef upgrade():\n'
        '    op.create_table("t", sa.Column("a", sa.Integer()), sa.UniqueConstraint("a"))\n'
        '    op.drop_constraint("uq_t_by_convention", "t", type_="unique")\n'
        '    with op.batch_alter_table("t", recreate="always") as batch_op:\n'
        '        batch_op.drop_constraint("uq_t_again", type_="unique")\n'
        '        batch_op.create_index(None, ["a"])\n'
    )

    assert run("check", "--select", "unknown-constraint,unknown-index").out == ""


@pytest.mark.parametrize("words", [["audit"], ["schema", "models"]])
def test_a_project_without_models(run: Run, words: list[str], project: Path) -> None:
    """It is told whose imports were followed, and where modules were looked for."""
    for name in ("__init__", "customer", "order"):
        (project / f"shop/models/{name}.py").write_text("")

    ran = run(*words)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("driftline: there are no models: nothing that alembic/env.py imports declares a table")


def test_a_project_that_compares_with_nothing(run: Run, project: Path) -> None:
    """Where env.py says `target_metadata = None`, that is why there are no models, wherever tables are declared."""
    (project / "alembic/env.py").write_text(
        "from alembic import context\nimport shop.models\n\ntarget_metadata = None\n"
        "context.configure(target_metadata=target_metadata)\n"
    )

    ran = run("schema", "models")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("driftline: there are no models: alembic/env.py names no `target_metadata`, so")


def test_the_project_above_is_meant_where_there_is_none_below(run: Run, project: Path) -> None:
    """A folder of models belongs to the environment above it; its files are shown from here."""
    ran = run("check", str(project / "shop"))

    assert ran.code == 1
    assert ran.out.startswith("shop/models/")


@pytest.fixture
def two(project: Path) -> Path:
    """Two environments below one folder."""
    shop.on_disk(project / "other")
    return project


def test_check_and_audit_do_all_environments(run: Run, two: Path) -> None:
    """Findings say which environment they are of; the audits follow each other."""
    findings = json.loads(run("check", "--format", "json", str(two)).out)["findings"]

    assert {one["environment"] for one in findings} == {"alembic", "other/alembic"}
    assert run("audit").out.count("## Executive summary") == 2


@pytest.mark.parametrize("words", [["schema", "models"], ["history", "orders"], ["diff", "0001", "0002"]])
def test_the_other_commands_ask_which_one(run: Run, words: list[str], two: Path) -> None:
    """They list what there is, and take one by its script location."""
    ran = run(*words)
    named = run(*words, "--environment", "other/alembic")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        "driftline: there are several Alembic environments; name one with --environment.",
        "driftline: The environments are:",
        "driftline:   alembic  (`alembic`, alembic.ini)",
        "driftline:   other/alembic  (`alembic`, other/alembic.ini)",
    ]
    assert (named.code, named.err) == (0, "")
    assert run(*words, str(two / "other")).out == named.out


@pytest.mark.parametrize("name", ["alembic/", "./alembic", "alembic.ini", "other/../alembic"])
def test_an_environment_has_several_names(run: Run, name: str, two: Path) -> None:
    """Its script location or its configuration file, as one writes paths."""
    assert run("history", "orders", str(two), "--environment", name).code == 0


def test_an_environment_that_is_not_there(run: Run, two: Path) -> None:
    """A wrong name is told with the right ones."""
    ran = run("check", "--environment", "gone", str(two))

    assert ran.code == 2
    assert ran.err.startswith("driftline: there is no Alembic environment `gone`.\ndriftline: The environments are:")


LEFT_OUT = "this Alembic environment is left out"
BREAKING = {
    "nonsense": ("other/alembic.ini", b"nonsense", "other/alembic.ini:1: it is no ini file"),
    "no text": ("other/alembic.ini", b"[alembic]\n\xff", "other/alembic.ini:1: it cannot be read: it is not UTF-8"),
    "no script folder": (
        "other/alembic.ini",
        b"[alembic]\nscript_location = gone",
        "other/alembic.ini:2: `script_location` is `gone`",
    ),
    "settings": ("other/pyproject.toml", b"[tool.driftline]\nselect = 1", "other/pyproject.toml:2: "),
    "an unreadable env.py": ("other/alembic/env.py", b"\xff", "other/alembic/env.py:1: it cannot be read: "),
    "an unreadable model": (
        "other/shop/models/customer.py",
        b"\xff",
        "other/shop/models/customer.py:1: it cannot be read: ",
    ),
}


@pytest.mark.parametrize(("place", "content", "said"), BREAKING.values(), ids=BREAKING)
def test_one_broken_environment_does_not_stop_the_others(
    run: Run, two: Path, place: str, content: bytes, said: str
) -> None:
    """The healthy one is checked and audited; the broken one is named, and not all was done: exit code 2."""
    healthy = {words: run(*words, "--environment", "alembic") for words in (("check",), ("audit",))}
    (two / place).write_bytes(content)
    checked, audited = run("check"), run("audit")
    document = json.loads(run("check", "--format", "json").out)

    assert (checked.code, audited.code) == (2, 2)
    for ran in (checked, audited):
        (left_out,) = [line for line in ran.err.splitlines() if LEFT_OUT in line]
        assert left_out.startswith(f"driftline: {said}")
    assert checked.out == healthy["check",].out
    assert {one["environment"] for one in document["findings"]} == {"alembic"}
    assert [one["path"] for one in document["unknown"]] == [place]
    assert audited.out.count("## Executive summary") == 1
    assert "Other Alembic environments of this folder are in no report:\n\n- `other/" in audited.out
    assert run("check", "--exit-zero").code == 2
    assert run("check", "--environment", "alembic").code == 1


def test_an_environment_without_models_does_not_stop_the_others(run: Run, two: Path) -> None:
    """The audit tells of those that have some."""
    (two / "other" / "alembic" / "env.py").write_text("from alembic import context\ncontext.configure()\n")
    for model in (two / "other" / "shop" / "models").iterdir():
        model.unlink()
    ran = run("audit")

    assert ran.code == 2
    assert ran.out.count("## Executive summary") == 1
    assert "other/alembic/env.py:1: there are no models: " in ran.err


@pytest.mark.parametrize("words", COMMANDS[2:5])
def test_a_broken_environment_is_none_to_choose_from(run: Run, two: Path, words: list[str]) -> None:
    """Beside one that is broken, the healthy one is the one that is meant."""
    (two / "other" / "alembic.ini").write_text("nonsense")
    ran, named = run(*words), run(*words, "--environment", "alembic")

    assert (ran.code, ran.out) == (0, named.out)
    assert LEFT_OUT in ran.err
    assert named.err == ""


def test_where_all_are_broken_there_is_nothing_to_do(run: Run, two: Path) -> None:
    """Each is told."""
    for path in ("alembic.ini", "other/alembic.ini"):
        (two / path).write_text("nonsense")
    ran = run("check")

    assert (ran.code, ran.out) == (2, "")
    assert [line.split(":")[1].strip() for line in ran.err.splitlines()] == ["alembic.ini", "other/alembic.ini"]


def test_a_broken_environment_that_is_named(run: Run, two: Path) -> None:
    """That it is not there is told with what is broken."""
    (two / "other" / "alembic.ini").write_text("nonsense")
    ran = run("check", "--environment", "other/alembic")

    assert (ran.code, ran.out) == (2, "")
    assert "other/alembic.ini:1: it is no ini file" in ran.err


def test_files_are_not_to_blame_for_an_environment_elsewhere(run: Run, two: Path) -> None:
    """A hook that checks one project's files does not fail for another's configuration."""
    (two / "other" / "alembic.ini").write_text("nonsense")

    assert run("check", "shop/models/customer.py").code == 1
    assert run("check", "other/shop/models/customer.py").code == 2


def test_files_are_meant_with_the_project_around_them(run: Run, two: Path) -> None:
    """As pre-commit passes them: the findings on these files, and no others."""
    every = run("check").out.splitlines()
    (two / "other" / "alembic.ini").unlink()

    ran = run("check", "shop/models/customer.py", "alembic/env.py")

    assert ran.out.splitlines() == [line for line in every if line.startswith("shop/models/customer.py:")]
    assert ran.out


def test_a_file_elsewhere_is_read_in_its_own_project(
    run: Run, project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The current folder need not be the project's."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    ran = run("check", str(project / "shop/models/customer.py"))

    assert ran.out.startswith(f"{project / 'shop/models/customer.py'}:")


def test_settings_say_which_environments_are_meant(run: Run, two: Path) -> None:
    """By naming them, or by leaving folders out."""
    settings = two / "driftline.toml"

    settings.write_text('environments = ["other/alembic.ini"]\n')
    named = run("check")
    settings.write_text('exclude = ["other"]\n')
    excluded = run("check")

    assert {line.partition("/")[0] for line in named.out.splitlines()} == {"other"}
    assert {line.partition("/")[0] for line in excluded.out.splitlines()} == {"shop"}


def test_each_environment_has_the_settings_nearest_to_it(run: Run, two: Path) -> None:
    """A part of a repository may have its own."""
    (two / "driftline.toml").write_text('dialect = "sqlite"\n')
    (two / "other" / "pyproject.toml").write_text('[tool.driftline]\nignore = ["all"]\n')

    assert {line.partition("/")[0] for line in run("check").out.splitlines()} == {"shop"}
    assert json.loads(run("schema", "models", "other").out)["dialect"] == "postgresql"
    assert json.loads(run("schema", "models", "--environment", "alembic").out)["dialect"] == "sqlite"


def test_settings_answer_what_cannot_be_read(run: Run, project: Path) -> None:
    """A value by its dotted name turns an Unknown into a fact."""
    model = project / "shop/models/customer.py"
    model.write_text(
        "import os\n"
        + model.read_text()
        .replace("String(40)", "String(LENGTH)")
        .replace("\nclass ", 'LENGTH = int(os.environ["LENGTH"])\n\n\nclass ')
    )
    before = json.loads(run("schema", "models").out)
    (project / "driftline.toml").write_text('[assume]\n"shop.models.customer.LENGTH" = 70\n')

    after = json.loads(run("schema", "models").out)

    assert [one["path"] for one in before["unknown"]] == ["shop/models/customer.py"]
    assert after["unknown"] == []
    assert after["tables"]["customers"]["columns"]["nickname"]["type"] == "VARCHAR(70)"


def test_models_that_env_py_does_not_import_can_be_named(run: Run, project: Path) -> None:
    """They count as reached."""
    (project / "shop/models/__init__.py").write_text("from shop.models.customer import Customer\n")
    (project / "driftline.toml").write_text('models = ["shop.models.order"]\n')

    assert sorted(json.loads(run("schema", "models").out)["tables"]) == ["customers", "orders"]
