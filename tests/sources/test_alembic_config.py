"""A configuration is read as real Alembic reads it, held side by side; where that fails, a problem has its line."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st

from driftline.sources.alembic_config import AlembicConfig
from driftline.sources.decoding import file_text
from driftline.sources.discovery import discover
from driftline.sources.disk import DiskSource
from driftline.sources.environment import ConfigProblem
from driftline.sources.ini_file import Ini, read_ini

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@dataclass
class Read:
    """What a configuration comes to."""

    script_location: str
    version_locations: list[str]
    recursive: bool
    file_template: str | None
    prepended: list[str]
    url: str | None


def by_alembic(folder: Path, monkeypatch: pytest.MonkeyPatch, section: str = "alembic") -> Read:
    """What real Alembic makes of the configuration in `folder`, started there."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "path_importer_cache", {})  # "." was another test's folder
    for name in ("app", "app.db"):  # … and these its packages
        monkeypatch.delitem(sys.modules, name, raising=False)
    ini, toml = folder / "alembic.ini", folder / "pyproject.toml"
    config = Config(str(ini), toml_file=str(toml) if toml.exists() else None, ini_section=section)
    script = ScriptDirectory.from_config(config)
    has_section = config.file_config.has_section(section)
    return Read(
        str(Path(script.dir).resolve()),
        [str(Path(one).resolve()) for one in script._version_locations],
        script.recursive_version_locations,
        config.get_alembic_option("file_template"),
        [str(Path(one).resolve()) for one in config.get_prepend_sys_paths_list() or ()],
        config.get_main_option("sqlalchemy.url") if has_section else None,
    )


def by_driftline(folder: Path, section: str = "alembic") -> Read:
    """What we make of it."""
    discovery = discover(str(folder), DiskSource())
    assert discovery.problems == ()
    (environment,) = [one for one in discovery.environments if one.name == section]
    assert environment.problems == ()
    return Read(
        environment.script_location,
        list(environment.version_locations),
        environment.recursive,
        environment.file_template,
        list(environment.import_roots),
        environment.sqlalchemy_url,
    )


INIS = {
    "generic": "[alembic]\nscript_location = %(here)s/alembic\nprepend_sys_path = .\npath_separator = os\n",
    "relative": "[alembic]\nscript_location = db/migrations\nsqlalchemy.url = sqlite://\n",
    "dot": "[alembic]\nscript_location = ./alembic\nprepend_sys_path = ..\n",
    "options-are-caseless": "[alembic]\nScript_Location: alembic\nFILE_TEMPLATE = %%(rev)s\n",
    "template": "[alembic]\nscript_location = alembic\nfile_template = %%(year)d_%%(slug)s\n",
    "default-section": "[DEFAULT]\nbase = db\nscript_location = %(base)s/a\n[alembic]\nprepend_sys_path = src\n",
    "interpolated": "[alembic]\nfolder = db\nscript_location = %(folder)s/migrations\nsqlalchemy.url = a%%40b\n",
    "package": "[alembic]\nscript_location = app:migrations\nprepend_sys_path = .\n",
    "dotted-package": "[alembic]\nscript_location = app.db:migrations:inner\nprepend_sys_path = .\n",
    "legacy-commas": "[alembic]\nscript_location = alembic\nversion_locations = db/a, db/b  db/c\n",
    "os-separator": "[alembic]\nscript_location = db\npath_separator = os\nversion_locations = %(here)s/db/a:db/b\n",
    "old-separator": "[alembic]\nscript_location = db\nversion_path_separator = space\nversion_locations = db/a db/b\n",
    "both-separators": (
        "[alembic]\nscript_location = alembic\nversion_path_separator = space\npath_separator = ;\n"
        "version_locations = db/a;db/b\nprepend_sys_path = src;lib\n"
    ),
    "old-separator-is-not-for-sys-path": (
        "[alembic]\nscript_location = alembic\nversion_path_separator = ;\nprepend_sys_path = src:lib,db\n"
    ),
    "newlines": (
        "[alembic]\nscript_location = alembic\npath_separator = newline\nversion_locations =\n    db/a\n    db/b\n"
        "prepend_sys_path =\n    src\n    lib\n"
    ),
    "recursive": "[alembic]\nscript_location = alembic\nrecursive_version_locations = true\n",
    "recursive-by-another-word": "[alembic]\nscript_location = alembic\nrecursive_version_locations = True\n",
    "comments": "; one\n# two\n[alembic]\n# script_location = old\nscript_location = alembic\n",
}

FOLDERS = (
    "alembic/versions",
    "db/migrations/versions",
    "db/a",
    "db/b",
    "db/c",
    "src",
    "lib",
    "app/migrations/versions",
    "app/db/migrations/inner/versions",
)


def project(root: Path, files: dict[str, str]) -> Path:
    """A project with all the folders that the configurations speak of."""
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for package in ("app", "app/db"):
        (root / package / "__init__.py").touch()
    for place, text in files.items():
        (root / place).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("name", INIS)
def test_an_ini_is_read_as_alembic_reads_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Script folder, version locations, flags, paths and URL are Alembic's; its import path is where ours begins."""
    root = project(tmp_path, {"alembic.ini": INIS[name]})

    ours, alembic = by_driftline(root), by_alembic(root, monkeypatch)

    ours.prepended = ours.prepended[: len(alembic.prepended)]
    assert ours == alembic


TOMLS = {
    "pyproject-alone": '[tool.alembic]\nscript_location = "%(here)s/alembic"\nprepend_sys_path = ["."]\n',
    "lists": (
        '[tool.alembic]\nscript_location = "alembic"\nversion_locations = ["%(here)s/db/a", "db/b"]\n'
        'prepend_sys_path = ["src", "%(here)s/lib"]\nrecursive_version_locations = true\nfile_template = "%%(rev)s"\n'
    ),
}


@pytest.mark.parametrize(
    "ini", ["", "[alembic]\nsqlalchemy.url = sqlite://\n", "[alembic]\nscript_location = db/migrations\n"]
)
@pytest.mark.parametrize("name", TOMLS)
def test_pyproject_is_read_as_alembic_reads_it(
    name: str, ini: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options of pyproject.toml count where the ini has none."""
    files = {"pyproject.toml": TOMLS[name]}
    if ini:
        files["alembic.ini"] = ini
    root = project(tmp_path, files)

    ours, alembic = by_driftline(root), by_alembic(root, monkeypatch)

    ours.prepended = ours.prepended[: len(alembic.prepended)]
    assert ours == alembic


def test_each_section_with_a_script_location_is_an_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`alembic --name` chooses a section; the others of the ini are none."""
    text = (
        "[DEFAULT]\nsqlalchemy.url = sqlite://\n[one]\nscript_location = alembic\n"
        "[two]\nscript_location = db/migrations\nsqlalchemy.url = mysql://\n[loggers]\nkeys = root\n"
    )
    root = project(tmp_path, {"alembic.ini": text})

    for section in ("one", "two"):
        ours, alembic = by_driftline(root, section), by_alembic(root, monkeypatch, section)
        ours.prepended = []
        assert ours == alembic


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("script_location = alembic\n", "it is no ini file: there is text before the first `[section]`", 1),
        ("[alembic]\nscript_location = alembic\n\nnonsense\n", "neither `[section]` nor `option = value`", 4),
        ("[alembic]\nscript_location = a\nscript_location = b\n", "`script_location` is set twice in `[alembic]`", 3),
        ("[alembic]\nscript_location = a\n[alembic]\n", "there are two sections `[alembic]`", 3),
        ("[alembic]\nfile_template = x\nscript_location = %(nothing)s/x\n", "`script_location` cannot be read", 3),
        ("[alembic]\nscript_location = 50%\n", "`script_location` cannot be read", 2),
        ("[alembic]\nsqlalchemy.url = sqlite://\n", "`[alembic]` has no `script_location`", 1),
        ("[alembic]\n\nscript_location = nowhere\n", "`script_location` is `nowhere`, and there is no folder", 3),
        ("[alembic]\nscript_location =\n  alembic\n", "`script_location` is `\\nalembic`, and there is no folder", 2),
        ("[other]\nx = 1\n", "it has no `[alembic]` section", 1),
        ("", "it has no `[alembic]` section", 1),
    ],
)
def test_what_alembic_refuses_is_a_problem_with_its_line(
    text: str, message: str, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real Alembic raises on the configuration; we say what is wrong, and where."""
    root = project(tmp_path, {"alembic.ini": text})
    with pytest.raises(Exception, match=r"."):
        by_alembic(root, monkeypatch)

    discovery = discover(str(root), DiskSource())

    (problem,) = discovery.problems
    assert discovery.environments == ()
    assert (problem.path, problem.line) == (str(root / "alembic.ini"), line)
    assert message in problem.message


@pytest.mark.parametrize(
    ("options", "message", "line"),
    [
        ("version_path_separator = comma\nversion_locations = a b", "Alembic knows `space`, `newline`, `os`", 3),
        ("version_locations = %(x)s/a", "`version_locations` cannot be read", 3),
        ("version_locations = gone elsewhere", "none of the `version_locations` is a folder", 3),
    ],
)
def test_a_wrong_option_leaves_an_environment_with_a_problem(
    options: str, message: str, line: int, tmp_path: Path
) -> None:
    """Where the script folder is known, the rest is read all the same."""
    root = project(tmp_path, {"alembic.ini": f"[alembic]\nscript_location = alembic\n{options}\n"})

    (environment,) = discover(str(root), DiskSource()).environments

    (problem,) = environment.problems
    assert message in problem.message
    assert problem.line == line


def test_an_option_that_env_py_completes_is_no_problem(tmp_path: Path) -> None:
    """A URL with `%(DB_HOST)s` is given as it is written: its scheme tells the dialect."""
    text = "[alembic]\nscript_location = alembic\nsqlalchemy.url = postgresql://%(DB_HOST)s/x\n"
    root = project(tmp_path, {"alembic.ini": text})

    (environment,) = discover(str(root), DiskSource()).environments

    assert environment.problems == ()
    assert environment.sqlalchemy_url == "postgresql://%(DB_HOST)s/x"
    assert environment.options["sqlalchemy.url"] == "postgresql://%(DB_HOST)s/x"
    assert environment.options["here"] == str(root)


def test_the_sections_of_several_databases_are_kept(tmp_path: Path) -> None:
    """The multidb template names its databases in `[alembic]`, and each has a section with its URL."""
    text = (
        "[alembic]\nscript_location = alembic\ndatabases = engine1, engine2\n"
        "[engine1]\nsqlalchemy.url = sqlite:///1\n[engine2]\nsqlalchemy.url = mysql:///2\n"
    )
    root = project(tmp_path, {"alembic.ini": text})

    (environment,) = discover(str(root), DiskSource()).environments

    assert environment.options["databases"] == "engine1, engine2"
    urls = {name: environment.sections[name]["sqlalchemy.url"] for name in ("engine1", "engine2")}
    assert urls == {"engine1": "sqlite:///1", "engine2": "mysql:///2"}


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["[alembic]\n", "a = b\n", " c\n", "%(a)s", "x", "=", "\r", "\x0c"])).map("".join)
)
def test_no_text_is_too_odd_for_an_ini(text: str) -> None:
    """Any text is an ini or a problem with a line in the text; each option is a text, a problem, or not there."""
    result = read_ini(file_text("/p/alembic.ini", text))

    if isinstance(result, Ini):
        config = AlembicConfig(result, "alembic", None)
        for name in ("script_location", "a"):
            assert isinstance(config.text(name), str | ConfigProblem | None)
            assert isinstance(config.paths(name), tuple | ConfigProblem)
        assert all(isinstance(value, str) for value in config.options().values())
    else:
        assert result.line >= 1
