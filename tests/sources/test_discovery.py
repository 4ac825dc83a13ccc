"""Finding environments: at a folder, below it, above it; and nothing where there is none."""

from __future__ import annotations

import pytest

from driftline.sources.discovery import Discovery, discover
from driftline.sources.import_roots import find_site_packages
from driftline.sources.memory import MemorySource

ENV = "from alembic import context\ncontext.run_migrations()\n"
INI = "[alembic]\nscript_location = alembic\n"


def found(
    files: dict[str, str], path: str = "/p", exclude: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> Discovery:
    """What discovery says of `path` in a workspace of `files`."""
    return discover(path, MemorySource(files), exclude, only)


def labels(files: dict[str, str], path: str = "/p", **options: tuple[str, ...]) -> list[str]:
    """The environments' labels."""
    discovery = found(files, path, **options)
    assert discovery.problems == ()
    return [one.label for one in discovery.environments]


def script_folder(place: str) -> dict[str, str]:
    """A script folder as `alembic init` makes it."""
    return {f"{place}/env.py": ENV, f"{place}/script.py.mako": "", f"{place}/versions/1.py": ""}


PROJECT = {"/p/backend/alembic.ini": INI, **script_folder("/p/backend/alembic")}


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/p", "backend/alembic"),
        ("/p/backend", "alembic"),
        ("/p/backend/alembic", "."),
        ("/p/backend/alembic/versions", "/p/backend/alembic"),
        ("/p/backend/app", "/p/backend/alembic"),
        ("/p/backend/alembic.ini", "alembic"),
        ("/p/backend/alembic/env.py", "."),
    ],
)
def test_an_environment_is_found_from_everywhere_around_it(path: str, label: str) -> None:
    """At the folder, below it, above it, and from its files; the label is seen from the folder."""
    files = PROJECT | {"/p/backend/app/models.py": ""}

    discovery = found(files, path)

    (environment,) = discovery.environments
    assert environment.label == label
    assert environment.script_location == "/p/backend/alembic"
    assert environment.config_path == "/p/backend/alembic.ini"
    assert environment.env_path == "/p/backend/alembic/env.py"


def test_an_environment_above_counts_only_where_there_is_none_below() -> None:
    """A folder's own environments are the ones that are meant."""
    files = PROJECT | {"/p/alembic.ini": INI, **script_folder("/p/alembic")}

    assert labels(files, "/p/backend") == ["alembic"]
    assert labels(files) == ["alembic", "backend/alembic"]


def test_the_search_above_ends_with_the_repository() -> None:
    """What lies above a git repository is somebody else's."""
    files = {"/alembic.ini": INI, **script_folder("/alembic"), "/p/.git/HEAD": "", "/p/app/x.py": ""}

    assert labels(files, "/p/app") == []


def test_an_empty_folder_has_none() -> None:
    """Nothing found is no problem of a file, but it is said what was looked for."""
    discovery = found({"/p/app/env.py": "import os\n", "/p/tox.ini": "[tox]\n", "/p/pyproject.toml": "[project]\n"})

    assert (discovery.environments, discovery.problems) == ((), ())
    assert any("alembic.ini" in one for one in discovery.looked_for)


@pytest.mark.parametrize(
    "place",
    [
        "/p/.venv/lib/python3.12/site-packages/flask_migrate/templates",
        "/p/node_modules/x",
        "/p/.tox/x",
        "/p/build/lib/app",
        "/p/env",
        "/p/{{cookiecutter.slug}}",
        "/p/__pycache__",
    ],
)
def test_folders_that_are_no_part_of_the_project_are_not_entered(place: str) -> None:
    """Virtual environments, package stores, hidden folders, copies and templates hold what is not meant."""
    files = {f"{place}/alembic.ini": INI, **script_folder(f"{place}/alembic")}

    assert labels(files | {"/p/env/pyvenv.cfg": ""}) == []


@pytest.mark.parametrize("text", ["import ${package}\nfrom alembic import context\n", "import os\n"])
def test_an_env_py_that_is_none_of_alembics_makes_no_environment(text: str) -> None:
    """A template of an env.py, or a module that is only called so, is passed over."""
    assert labels(script_folder("/p/x") | {"/p/x/env.py": text}) == []


def test_a_folder_without_a_configuration() -> None:
    """A program may configure Alembic in code: then the folder alone says what there is."""
    (environment,) = found({"/p/app/__init__.py": "", **script_folder("/p/app/migrations")}).environments

    assert (environment.label, environment.name, environment.config_path) == ("app/migrations", "migrations", None)
    assert environment.version_locations == ("/p/app/migrations/versions",)
    assert environment.import_roots[0] == "/p"


def test_flask_migrate_keeps_its_ini_in_the_script_folder() -> None:
    """An ini without a script location, beside env.py, means its own folder; the program runs above it."""
    (environment,) = found({"/p/migrations/alembic.ini": "[alembic]\n", **script_folder("/p/migrations")}).environments

    assert (environment.script_location, environment.root) == ("/p/migrations", "/p")
    assert environment.problems == ()
    assert environment.import_roots[0] == "/p"


def test_an_ini_that_is_started_from_a_folder_above() -> None:
    """A relative script location is looked for from the ini's folder, then from those around it."""
    files = {"/p/config/alembic.ini": "[alembic]\nscript_location = db/alembic\nprepend_sys_path = .\n"}

    (environment,) = found(files | script_folder("/p/db/alembic")).environments

    assert (environment.script_location, environment.root) == ("/p/db/alembic", "/p")
    assert environment.import_roots[0] == "/p"


def test_a_script_location_that_is_filled_in_by_a_program() -> None:
    """A placeholder names no folder; the only script folder below the ini is taken, and the user is told."""
    files = {"/p/hub/alembic.ini": "[alembic]\nscript_location = {alembic_dir}\n", **script_folder("/p/hub/alembic")}

    (environment,) = found(files).environments

    assert environment.script_location == "/p/hub/alembic"
    assert [problem.line for problem in environment.problems] == [2]


def test_other_ini_files_with_a_section_count() -> None:
    """A program's own ini may hold `[alembic]`; two that lead to one script folder are one environment."""
    text = "[app:main]\nuse = egg:x\n[alembic]\nscript_location = app/alembic\n"
    files = {"/p/development.ini": text, "/p/production.ini": text, **script_folder("/p/app/alembic")}

    (environment,) = found(files).environments

    assert environment.config_path == "/p/development.ini"


def test_one_env_py_for_several_version_folders() -> None:
    """Sections that share a script folder, but not their revisions, are environments of their own."""
    text = "".join(
        f"[{name}]\nscript_location = alembic\nversion_locations = {name}/versions\n" for name in ("alembic", "audit")
    )
    files = {"/p/alembic.ini": text, **script_folder("/p/alembic"), "/p/audit/versions/1.py": ""}

    assert [(one.name, one.version_locations) for one in found(files).environments] == [
        ("alembic", ("/p/alembic/versions",)),
        ("audit", ("/p/audit/versions",)),
    ]


def test_a_script_location_for_all_sections() -> None:
    """`[DEFAULT]` says where the scripts are, and each section for `alembic --name` where its revisions are."""
    text = "[DEFAULT]\nscript_location = scripts\n" + "".join(
        f"[{name}]\nversion_locations = scripts/{name}\nversion_table = version_{name}\n" for name in ("jobs", "users")
    )
    files = {
        "/p/databases.ini": f"{text}[loggers]\nkeys = root\n",
        "/p/scripts/env.py": ENV,
        "/p/scripts/script.py.mako": "",
        "/p/scripts/jobs/1.py": "",
        "/p/scripts/users/1.py": "",
    }

    environments = found(files).environments

    assert [("jobs", ("/p/scripts/jobs",)), ("users", ("/p/scripts/users",))] == [
        (one.name, one.version_locations) for one in environments
    ]
    assert ["version_jobs", "version_users"] == [one.options["version_table"] for one in environments]
    assert ["jobs", "users"] == [one.section for one in environments]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (script_folder("/p/app/migrations"), ["app/migrations"]),
        (PROJECT, ["backend/alembic"]),
        ({}, ["app/plugins/alembic"]),
        (
            {"/p/app/jobs/env.py": ENV, "/p/app/jobs/script.py.mako": ""},
            ["app/jobs", "app/plugins/alembic"],
        ),
    ],
)
def test_a_script_folder_for_others_is_no_environment(files: dict[str, str], expected: list[str]) -> None:
    """A script folder that has no revisions, and that no file configures, is for plugins, where another has some.

    Where none has, it is a project's that has no revisions yet: Git keeps no empty folder.
    """
    plugins = {"/p/app/plugins/alembic/env.py": ENV, "/p/app/plugins/alembic/script.py.mako": ""}

    assert expected == labels({**files, **plugins})


MULTIDB = "from alembic import context\nnames = context.config.get_main_option('databases', '')\n"


@pytest.mark.parametrize(
    ("env", "databases", "expected"),
    [
        (MULTIDB, "one, two", [("one", "one", "sqlite://"), ("two", "two", "mysql://")]),
        (MULTIDB, "one", [("alembic", "one", "sqlite://")]),
        (MULTIDB, "absent", [("alembic", None, None)]),
        (ENV, "one, two", [("alembic", None, None)]),
    ],
)
def test_each_database_of_an_env_py_that_goes_through_several_is_an_environment(
    env: str, databases: str, expected: list[tuple[str, str | None, str | None]]
) -> None:
    """A database has a section of its own with its URL; an env.py that never asks for them is for one database."""
    ini = (
        f"[alembic]\nscript_location = alembic\ndatabases = {databases}\n"
        "[one]\nsqlalchemy.url = sqlite://\n[two]\nsqlalchemy.url = mysql://\n"
    )
    files = {**script_folder("/p/alembic"), "/p/alembic.ini": ini, "/p/alembic/env.py": env}

    environments = found(files).environments

    assert expected == [(one.name, one.database, one.sqlalchemy_url) for one in environments]
    assert {"alembic"} == {one.section for one in environments}


def test_what_the_user_excludes_is_not_entered() -> None:
    """Patterns are seen from the opened folder."""
    files = PROJECT | {"/p/tests/fixtures/a/alembic.ini": INI, **script_folder("/p/tests/fixtures/a/alembic")}

    assert labels(files, exclude=("fixtures",)) == ["backend/alembic"]
    assert labels(files, exclude=("backend/",)) == ["tests/fixtures/a/alembic"]


def test_what_the_user_names_is_all_there_is() -> None:
    """Files and folders are named in full; one that is none is a problem."""
    files = PROJECT | {"/p/other.ini": "[db]\nscript_location = other\n", **script_folder("/p/other")}

    assert labels(files, only=("/p/other.ini",)) == ["other"]
    assert labels(files, only=("/p/backend", "/p/other")) == ["backend/alembic", "other"]
    wrong = found(files, only=("/p/nothing.ini", "/p/backend/alembic/versions"))
    assert [problem.path for problem in wrong.problems] == ["/p/nothing.ini", "/p/backend/alembic/versions"]


def test_one_broken_configuration_hides_no_other() -> None:
    """A problem is told beside what was found."""
    discovery = found(PROJECT | {"/p/a/alembic.ini": "nonsense"})

    assert [one.label for one in discovery.environments] == ["backend/alembic"]
    assert [problem.path for problem in discovery.problems] == ["/p/a/alembic.ini"]


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"/p/alembic.ini": INI}, ("/p",)),
        ({"/p/alembic.ini": INI + "prepend_sys_path = lib\n"}, ("/p/lib", "/p")),
        ({"/p/alembic.ini": INI, "/p/src/app/__init__.py": ""}, ("/p", "/p/src")),
        ({"/p/alembic.ini": INI, "/p/src/__init__.py": ""}, ("/p",)),
        ({"/p/alembic.ini": INI, "/p/__init__.py": "", "/pyproject.toml": ""}, ("/", "/p")),
    ],
)
def test_where_imports_are_looked_up(files: dict[str, str], roots: tuple[str, ...]) -> None:
    """What Alembic prepends comes first; the root last where it is a package itself."""
    (environment,) = found(files | script_folder("/p/alembic")).environments

    assert environment.import_roots == roots


def test_the_root_above_a_package_that_holds_everything() -> None:
    """An ini deep in a package: absolute imports begin above the outermost package."""
    files = {f"/p/{place}/__init__.py": "" for place in ("app", "app/server")}
    files |= {"/p/app/server/alembic.ini": INI + "prepend_sys_path = .\n", **script_folder("/p/app/server/alembic")}

    (environment,) = found(files).environments

    assert environment.import_roots == ("/p/app/server", "/p")


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"/p/shop/migrations/env.py": ENV + "from shop import db\n"}, ("/p",)),
        ({"/p/shop/migrations/env.py": ENV, "/p/shop/db.py": "import os\nimport shop.types as t\n"}, ("/p",)),
        ({"/p/shop/migrations/env.py": ENV + "from db import Base\n"}, ("/p", "/p/shop")),
        ({"/p/shop/migrations/env.py": ENV + "from shopping import Base\n"}, ("/p", "/p/shop")),
        ({"/p/shop/migrations/env.py": ENV + "from shop import db\n", "/p/shop/shop.py": ""}, ("/p", "/p/shop")),
    ],
)
def test_a_package_that_is_imported_by_its_name_does_not_shadow_libraries(
    files: dict[str, str], roots: tuple[str, ...]
) -> None:
    """If code imports the package that is the root by its name, `import celery` does not find the package's own module.

    A package that is only a folder with a stray `__init__.py` still counts.
    """
    package = {"/p/pyproject.toml": "", "/p/shop/__init__.py": "", "/p/shop/celery.py": ""}

    (environment,) = found(script_folder("/p/shop/migrations") | package | files).environments

    assert environment.root == "/p/shop"
    assert environment.import_roots == roots


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"env.py": ENV + "from shop.server.db import Base\n"}, ("/w/p/shop/server", "/w/p")),
        ({"versions/0001_.py": "import shop.server.db as db\n"}, ("/w/p/shop/server", "/w/p")),
        ({"env.py": ENV + "from shop.client.db import Base\n"}, ("/w/p/shop/server",)),
        ({"env.py": ENV + "from shop import server\n"}, ("/w/p/shop/server",)),
        ({"env.py": ENV + "from p.shop.server.db import Base\n"}, ("/w/p/shop/server", "/w")),
    ],
)
def test_a_package_that_needs_no_init_is_found_by_its_imports(files: dict[str, str], roots: tuple[str, ...]) -> None:
    """If env.py or a revision imports a module by the names of the folders around it, imports begin above those."""
    package = {"/w/p/shop/server/db.py": "", "/w/p/shop/server/alembic.ini": INI}
    programs = {f"/w/p/shop/server/alembic/{path}": text for path, text in files.items()}

    (environment,) = found(script_folder("/w/p/shop/server/alembic") | package | programs, "/w/p").environments

    assert environment.import_roots == roots


def test_the_packages_of_the_projects_virtual_environment() -> None:
    """The nearest one counts, with what its `.pth` files add; their code is not run."""
    site = "/p/.venv/lib/python3.12/site-packages"
    files = {
        "/p/.venv/pyvenv.cfg": "",
        f"{site}/x/__init__.py": "",
        f"{site}/editable.pth": "# a comment\nimport os; os.abort()\n/p/libs/shared\n../../gone\n",
        "/p/libs/shared/shared.py": "",
        "/p/backend/app.py": "",
    }

    assert find_site_packages("/p/backend", MemorySource(files)) == (site, "/p/libs/shared")
    assert find_site_packages("/q", MemorySource(files)) == ()
    assert find_site_packages("/q", MemorySource(files), "/p/.venv") == (site, "/p/libs/shared")
