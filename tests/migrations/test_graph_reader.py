"""Revision files: which are found, and what they say of themselves, against Alembic's `ScriptDirectory`."""

from __future__ import annotations

import warnings
from pathlib import Path

from alembic.script import ScriptDirectory

from driftline.migrations.graph_reader import find_revision_files, read_graph
from driftline.sources.disk import DiskSource
from driftline.sources.memory import MemorySource
from tests.migrations.replaying import VERSIONS, environment, graph_of, parsed

FILES = {
    "0001_first.py": '"""First step\n\nRevision ID: 0001\nCreate Date: 2024-01-02 03:04:05.678\n"""\n'
    'revision = "0001"\ndown_revision = None\nbranch_labels = ("main",)\ndepends_on = None\n',
    "0002_typed.py": "from typing import Sequence, Union\nrevision: str = '0002'\n"
    "down_revision: Union[str, None] = '0001'\nbranch_labels: Union[str, Sequence[str], None] = None\n",
    "0003_other.py": "revision, down_revision = '0003', '0001'\n",
    "0004_merge.py": "ZERO = '00'\nrevision = ZERO + '04'\nPARENTS = ['0002']\ndown_revision = PARENTS + ['0003']\n",
    "0005_base.py": 'revision = "0005"\ndown_revision = ()\nbranch_labels = "side"\n',
    "0006_depends.py": 'revision = "0006"\ndown_revision = "0005"\ndepends_on = ["0004", "main"]\n',
    "a1b2.py": "'''An old one'''\ndown_revision = '0006'\n",
    "sub/0007_deep.py": 'revision = "0007"\ndown_revision = "0006"\n',
    "__init__.py": "",
    ".#0001_first.py": "an editor's lock file",
    "0001_first.py.orig": 'revision = "9999"',
    "notes.txt": "no revision",
}


def test_what_alembic_finds_is_found(tmp_path: Path) -> None:
    """Files, ids, parents, dependencies, labels, messages and the order of an upgrade are Alembic's."""
    versions = tmp_path / "versions"
    for name, text in FILES.items():
        path = versions / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for recursive in (False, True):
        script = ScriptDirectory(
            str(tmp_path), version_locations=[str(versions)], recursive_version_locations=recursive
        )
        with warnings.catch_warnings(action="ignore"):
            theirs = [script.get_revision(one.revision) for one in script.walk_revisions()]
        graph = read_graph(
            environment(recursive=recursive).__class__(
                **{
                    **{name: getattr(environment(), name) for name in environment().__slots__},
                    "version_locations": (str(versions),),
                    "recursive": recursive,
                }
            ),
            DiskSource(),
            parsed,
        )

        assert graph.unknown == ()
        assert {one.id: one.path for one in graph.revisions.values()} == {one.revision: one.path for one in theirs}
        assert {one.id: one.down_revisions for one in graph.revisions.values()} == {
            one.revision: one._versioned_down_revisions for one in theirs
        }
        assert {one.id: one.depends_on for one in graph.revisions.values()} == {
            one.revision: one._resolved_dependencies for one in theirs
        }
        assert {one.id: set(one.branch_labels) for one in graph.revisions.values()} == {
            one.revision: set(one._orig_branch_labels) for one in theirs
        }
        assert {one.id: one.message for one in graph.revisions.values()} == {one.revision: one.doc for one in theirs}
        assert list(graph.order) == [one.revision for one in reversed(theirs)]
        assert graph.revisions["0001"].create_date == "2024-01-02 03:04:05.678"


def test_what_cannot_be_read_is_said() -> None:
    """A file without an id and one whose parent is computed are told, and take nothing else with them."""
    graph = graph_of(
        {
            f"{VERSIONS}/0001.py": "revision = '0001'\ndown_revision = None\n",
            f"{VERSIONS}/0002.py": "import os\nrevision = '0002'\ndown_revision = os.environ['PARENT']\n",
            f"{VERSIONS}/helpers.py": "def add_timestamps(): ...\n",
            f"{VERSIONS}/zeros.py": b"revision = '\xff\xfe'".decode("latin-1"),
        }
    )

    assert set(graph.revisions) == {"0001", "0002", "ÿþ"}
    assert [one.reason for one in graph.unknown] == [
        "`helpers.py` lies among the revisions, and it states no `revision`"
    ]
    assert graph.revisions["0002"].unknown is not None


def test_a_file_that_does_not_parse_keeps_its_identifiers() -> None:
    """An error further down in a revision does not take it out of the graph."""
    graph = graph_of({f"{VERSIONS}/0001.py": "revision = '0001'\ndown_revision = None\n\ndef upgrade(:\n    pass\n"})

    assert list(graph.revisions) == ["0001"]


def test_a_computed_identifier_is_worked_out_by_the_evaluator() -> None:
    """Where the file says less than it computes, the evaluator is asked, and only then."""
    asked: list[str] = []

    def evaluate(path: str) -> dict[str, object]:
        asked.append(path)
        return {"revision": "0002", "down_revision": "0001"}

    source = MemorySource(
        {
            f"{VERSIONS}/0001.py": "revision = '0001'\ndown_revision = None\n",
            f"{VERSIONS}/0002.py": "from app import version\nrevision = version.name\ndown_revision = '0001'\n",
        }
    )
    graph = read_graph(environment(), source, parsed, evaluate)

    assert graph.order == ("0001", "0002")
    assert asked == [f"{VERSIONS}/0002.py"]


def test_locations_are_read_in_order_and_once() -> None:
    """A file that two locations hold is read once, and the first location comes first."""
    files = {"/a/0002.py": "", "/a/0001.py": "", "/b/0000.py": ""}
    given = environment()
    twice = given.__class__(
        **{**{name: getattr(given, name) for name in given.__slots__}, "version_locations": ("/b", "/a", "/b")}
    )

    assert list(dict.fromkeys(find_revision_files(twice, MemorySource(files)))) == [
        "/b/0000.py",
        "/a/0001.py",
        "/a/0002.py",
    ]


def test_compiled_revisions_are_counted_where_alembic_runs_them() -> None:
    """With `sourceless = true` a revision without source is one that is not known; else Alembic does not see it."""
    files = {
        f"{VERSIONS}/0001_a.py": 'revision = "0001"\ndown_revision = None\n',
        f"{VERSIONS}/__pycache__/0001_a.cpython-311.pyc": "",
        f"{VERSIONS}/__pycache__/0002_b.cpython-311.pyc": "",
        f"{VERSIONS}/0003_c.pyc": "",
    }

    found = graph_of(files, options={"sourceless": "true"}).unknown

    assert [one.reason.split("`")[1] for one in found] == ["0003_c.pyc", "0002_b.cpython-311.pyc"]
    assert graph_of(files).unknown == ()
