"""Version folders that no configuration names: which of those below `versions/` belong to the history."""

from __future__ import annotations

import textwrap

import pytest

from driftline.engine import analyse
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.sources.discovery import discover
from driftline.sources.memory import MemorySource
from driftline.sources.version_folders import find_version_folders, folders_for, names_dialects

VERSIONS = "/p/alembic/versions"


def revision(name: str, down: str) -> str:
    """Give the text of a revision file."""
    return f'revision: str = "{name}"\ndown_revision = {down}\n'


def found(files: dict[str, str]) -> tuple[str, ...]:
    """Give the folders found, as seen from `versions`."""
    source = MemorySource({f"{VERSIONS}/{path}": text for path, text in files.items()})
    return tuple(one.removeprefix(VERSIONS) or "." for one in find_version_folders(VERSIONS, source))


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({"a.py": revision("a", "None")}, (".",)),
        ({}, (".",)),
        # Each goes on from what is before it, over two steps.
        (
            {
                "a.py": revision("a", "None"),
                "2024/expand/b.py": revision("b", '"a"'),
                "2025/expand/c.py": revision("c", '("b", "x")'),
            },
            (".", "/2024/expand", "/2025/expand"),
        ),
        # What was squashed does not.
        ({"a.py": revision("a", "None"), "old/y.py": revision("y", "None"), "old/z.py": revision("z", '"y"')}, (".",)),
        # Helpers are no revisions.
        ({"a.py": revision("a", "None"), "helpers/b.py": "x = 1\n", "helpers/__init__.py": ""}, (".",)),
        # Nothing in `versions` itself.
        (
            {"__init__.py": "", "sqlite/a.py": revision("a", "None"), "postgresql/b.py": revision("b", "None")},
            ("/postgresql", "/sqlite"),
        ),
        ({"a.py": revision("a", "None"), "__pycache__/b.py": revision("b", '"a"')}, (".",)),
    ],
)
def test_folders_below_versions_count_where_they_go_on_from_it(files: dict[str, str], folders: tuple[str, ...]) -> None:
    """If no configuration names version locations, folders that continue the history are taken, and no others."""
    assert folders == found(files)


def test_a_folder_for_each_database() -> None:
    """If folders are named for databases, those of the others are left out; unless that leaves nothing."""
    folders = (f"{VERSIONS}/postgresql", f"{VERSIONS}/sqlite", f"{VERSIONS}/MySQL", f"{VERSIONS}/common")

    assert names_dialects(folders, "/p/alembic")
    assert not names_dialects((VERSIONS,), "/p/sqlite")
    assert (f"{VERSIONS}/sqlite", f"{VERSIONS}/common") == folders_for(folders, "/p/alembic", "sqlite")
    assert (f"{VERSIONS}/MySQL", f"{VERSIONS}/common") == folders_for(folders, "/p/alembic", "mariadb")
    assert folders[:1] == folders_for(folders[:1], "/p/alembic", "oracle")


@pytest.mark.parametrize(
    ("ini", "folders"),
    [
        ("", ("/p/alembic/versions", "/p/alembic/versions/more")),
        ("version_locations = %(here)s/alembic/versions\n", ("/p/alembic/versions",)),
        ("recursive_version_locations = true\n", ("/p/alembic/versions",)),
    ],
)
def test_what_the_configuration_says_goes_first(ini: str, folders: tuple[str, ...]) -> None:
    """If the configuration names the locations, or has Alembic look into all folders, nothing is looked for."""
    source = MemorySource(
        {
            "/p/alembic.ini": f"[alembic]\nscript_location = %(here)s/alembic\n{ini}",
            "/p/alembic/env.py": "from alembic import context\n",
            f"{VERSIONS}/a.py": revision("a", "None"),
            f"{VERSIONS}/more/b.py": revision("b", '"a"'),
        }
    )

    (environment,) = discover("/p", source).environments

    assert folders == environment.version_locations
    assert environment.found_locations == ("version_locations" not in ini or "recursive" in ini)


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_history_is_that_of_the_projects_database(dialect: str) -> None:
    """If there is a folder for each database, the history is the one for the project's."""
    source = MemorySource(
        {
            "/p/alembic.ini": f"[alembic]\nscript_location = alembic\nsqlalchemy.url = {dialect}://\n",
            "/p/alembic/env.py": "from alembic import context\ncontext.configure(target_metadata=None)\n",
            f"{VERSIONS}/postgresql/a.py": revision("of_postgresql", "None"),
            f"{VERSIONS}/sqlite/b.py": revision("of_sqlite", "None"),
        }
    )

    (work,) = open_project("/p", Session(source)).works

    assert [f"of_{dialect}"] == list(analyse.graph(work).revisions)


def test_an_ini_within_its_script_folder() -> None:
    """If alembic.ini lies beside env.py and says `script_location = %(here)s`, that folder is the script folder."""
    source = MemorySource(
        {
            "/p/app/migration/alembic.ini": "[alembic]\nscript_location = %(here)s\nsqlalchemy.url = sqlite://\n",
            "/p/app/migration/env.py": "from alembic import context\n",
            "/p/app/migration/versions/a.py": revision("a", "None"),
        }
    )

    made = discover("/p", source)

    assert ["app/migration"] == [one.label for one in made.environments]
    assert ["/p/app/migration/alembic.ini"] == [one.config_path for one in made.environments]
    assert () == made.problems


def test_a_history_in_folders_is_read() -> None:
    """If a revision's text spans lines and says what it depends on, its folder still is one of the history's."""
    text = textwrap.dedent(
        """\
        revision = 'b'
        down_revision: str | None = None
        depends_on = ('a',)
        """
    )

    assert (".", "/contract") == found({"a.py": revision("a", "None"), "contract/b.py": text})
