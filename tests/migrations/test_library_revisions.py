"""Revisions in folders that a program adds when it runs Alembic, as libraries name them by entry points."""

from __future__ import annotations

import warnings
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from driftline.engine.analyse import analysis, graph
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.migrations.graph_reader import read_graph
from driftline.sources.discovery import discover
from driftline.sources.disk import DiskSource
from driftline.sources.memory import MemorySource
from tests.migrations.replaying import parsed

PACKAGES = "/venv/lib/python3.11/site-packages"
ADDS = """
from importlib.metadata import entry_points

def configure(config):
    places = config.get_main_option("version_locations", default="").split()
    config.set_main_option("version_locations", " ".join(places + [one.value for one in entry_points(group="alembic")]))
"""


def revision(name: str, down: str = "None", more: str = "") -> str:
    """Give the text of a revision file."""
    return f'revision = "{name}"\ndown_revision = {down}\n{more}\n'


LIBRARIES = {
    "users/__init__.py": "",
    "users/migrations/__init__.py": "",
    "users/migrations/versions/__init__.py": "",
    "users/migrations/versions/u1.py": revision("u1", more='branch_labels = ("users",)'),
    "users/migrations/versions/u2.py": revision("u2", '"u1"', 'depends_on = ("b1",)'),
    "users-1.0.dist-info/entry_points.txt": "[flask.commands]\nuser = users.commands:user\n\n"
    "[alembic]\nmigrations = users.migrations:versions\n",
    "basics/__init__.py": "",
    "basics/migrations/__init__.py": "",
    "basics/migrations/versions/b1.py": revision("b1"),
    "basics-1.0.dist-info/entry_points.txt": "[alembic]\nmigrations = basics.migrations:versions\n",
    "strangers/__init__.py": "",
    "strangers/versions/s1.py": revision("s1"),
    "strangers-1.0.dist-info/entry_points.txt": "[other.migrations]\nstrangers = strangers:versions\n",
}


def project(files: dict[str, str], packages: dict[str, str]) -> MemorySource:
    """Give a project whose revisions are `files`, with libraries."""
    return MemorySource(
        {
            "/p/alembic.ini": "[alembic]\nscript_location = alembic\n",
            "/p/driftline.toml": 'virtual-environment = "/venv"\n',
            "/p/alembic/env.py": "from alembic import context\ntarget_metadata = None\n",
            **{f"/p/{name}": text for name, text in files.items()},
            **{f"{PACKAGES}/{name}": text for name, text in packages.items()},
        }
    )


def named(packages: Path) -> list[str]:
    """Give the folders that the libraries' entry points in the group `alembic` name, as Python's own reader says."""
    found = [
        one.value
        for library in ("users", "basics")
        for one in PathDistribution(packages / f"{library}-1.0.dist-info").entry_points
        if one.group == "alembic"
    ]
    return [str(packages / one.replace(".", "/").replace(":", "/")) for one in found]


@pytest.mark.parametrize("depends", ['("u2",)', '"users"'])
def test_folders_of_libraries_that_the_history_builds_on_are_read(tmp_path: Path, depends: str) -> None:
    """A group of entry points of which one folder has what is missing counts whole, in Alembic's order; no other."""
    packages = tmp_path / "site-packages"
    own = {"alembic/versions/a1.py": revision("a1", more=f"depends_on = {depends}"), "alembic/env.py": "import alembic"}
    for folder, files in ((packages, LIBRARIES), (tmp_path, own)):
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/alembic\n")
    script = ScriptDirectory(
        str(tmp_path / "alembic"), version_locations=[str(tmp_path / "alembic" / "versions"), *named(packages)]
    )
    with warnings.catch_warnings(action="ignore"):
        theirs = [one.revision for one in script.walk_revisions()]
    (environment,) = discover(str(tmp_path), DiskSource()).environments

    found = read_graph(environment, DiskSource(), parsed, packages=(str(packages),))

    assert list(reversed(theirs)) == list(found.order)
    assert {"a1", "u1", "u2", "b1"} == set(found.revisions)
    assert () == found.unknown


def test_a_history_that_misses_nothing_reads_no_library() -> None:
    """Where every revision is in a file of the project's own, what libraries bring does not count."""
    source = project({"alembic/versions/a1.py": revision("a1"), "app.py": ADDS}, LIBRARIES)

    (work,) = open_project("/p", Session(source)).works

    assert ["a1"] == list(graph(work).revisions)


def findings(source: MemorySource) -> tuple[list[str], list[str]]:
    """Give the rules of what is found in the project, and what is said not to be known of its revisions."""
    (work,) = open_project("/p", Session(source)).works
    rules = [one.rule for one in analysis(work).findings]
    return rules, [f"{one.origin.path} {one.reason}" for one in graph(work).unknown]


@pytest.mark.parametrize(
    ("missing", "rule"),
    [('None\ndepends_on = ("u1",)', "unknown-depends-on"), ('"u1"', "unknown-down-revision")],
)
def test_where_a_program_adds_folders_what_is_missing_may_be_there(missing: str, rule: str) -> None:
    """It is said once, where the program says so, and no revision is called wrong; without such a program it is."""
    files = {"alembic/versions/a1.py": revision("a1", missing), "app/__init__.py": "", "app/start.py": ADDS}

    rules, unknown = findings(project(files, {}))
    assert rule not in rules
    assert [
        "/p/app/start.py the program adds version locations: revision `u1` may lie there, it is in no file"
    ] == unknown

    rules, unknown = findings(project({**files, "app/start.py": ""}, {}))
    assert rule in rules
    assert [] == unknown
