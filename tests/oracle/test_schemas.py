"""Driftline's schema documents, which it reads from source alone, say what real Alembic and SQLAlchemy say.

The migrated schema is held against a database that was really upgraded, at every revision; the declared schema against
the metadata that env.py really imports. In a failure, `-` is what Driftline misses and `+` what it makes up.
"""

from __future__ import annotations

import pytest

from tests.oracle.command_line import driftline_json
from tests.oracle.databases import Judge, Verdict, canonical_types
from tests.oracle.documents import Document, differences, facts, types
from tests.oracle.projects import BATCH_SQLITE, KITSU, PROJECTS, Project

NOT_IN_SOURCE = {
    "postgresql": frozenset({"sqltext"}),  # PostgreSQL writes an expression its own way; names are compared
    "sqlite": frozenset[str](),  # SQLite keeps the text of what created a table
}
"""Facts that a database states in words that no source says."""

NOT_IN_METADATA = frozenset({"serial"})
"""Facts that only DDL has: metadata says autoincrement="auto"."""

every_project = pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.folder.name)


def migrated(project: Project, *argv: str) -> Document:
    """What Driftline says the project's migrations add up to."""
    answer = driftline_json("schema", "migrations", str(project.folder), *argv)
    assert answer.code == 0
    document: Document = answer.output
    return document


def differences_from_database(judged: Verdict, stated: dict[str, Document]) -> dict[str, list[str]]:
    """Where the documents that Driftline states at some revisions differ from the reflected ones, by revision."""
    canonical = canonical_types(judged.url, set().union(*(types(document) for document in stated.values())))
    found = {}
    for revision, document in stated.items():
        reflected = judged.history[revision]
        without = NOT_IN_SOURCE[reflected["dialect"]]
        found[revision] = differences(
            facts(reflected, without=without),
            facts(document, canonical=lambda ddl: canonical.get(ddl, ddl), without=without),
        )
    return {revision: lines for revision, lines in found.items() if lines}


@every_project
def test_migrated_schema_is_the_reflected_one(project: Project, verdict: Judge) -> None:
    """At head, every fact that the database holds is stated, and no other; nothing is unknown."""
    judged = verdict(project)
    document = migrated(project)

    assert {} == differences_from_database(judged, {project.head: document})
    assert judged.history[project.head]["dialect"] == document["dialect"]
    assert [] == document["unknown"]


@pytest.mark.parametrize("project", [KITSU, BATCH_SQLITE], ids=lambda project: project.folder.name)
def test_migrated_schema_at_every_revision(project: Project, verdict: Judge) -> None:
    """The same holds for `--at` each revision of the history, on its branches too."""
    judged = verdict(project)
    stated = {revision: migrated(project, "--at", revision) for revision in judged.history}

    assert {} == differences_from_database(judged, stated)


@every_project
def test_declared_schema_is_the_metadata(project: Project, verdict: Judge) -> None:
    """What the models declare is env.py's target metadata, types and names as its DDL would have them."""
    judged = verdict(project)
    answer = driftline_json("schema", "models", str(project.folder))

    assert answer.code == 0
    assert [] == differences(
        facts(judged.models, without=NOT_IN_METADATA), facts(answer.output, without=NOT_IN_METADATA)
    )
    assert judged.models["dialect"] == answer.output["dialect"]
    assert [] == answer.output["unknown"]
