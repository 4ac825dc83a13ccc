"""Every cure takes its own medicine: applied to a copy of a fixture, the finding is gone, and real Alembic agrees."""

from __future__ import annotations

import functools
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.analysis import Analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.fixes import Fix, fixes_for
from driftline.fixes.recommend import advise
from driftline.rules.finding import Finding, Level
from driftline.sources.disk import DiskSource
from driftline.sources.memory import MemorySource
from driftline.text import apply_edits
from tests.fixes.drifting import DRIFTING
from tests.oracle.databases import Databases, ask, operations
from tests.oracle.projects import BATCH_SQLITE, KITSU, PROJECTS, UNREACHED_MODEL, Project
from tests.support.project import DEFAULTS, ROOT

NO_CURE = {"extra-table"}
"""What the audit gives advice on, and no cure: the table may be meant to have no model."""


def analysed(folder: Path) -> Analysis:
    """The analysis of the only environment in a folder."""
    session = Session(DiskSource())
    (work,) = open_project(str(folder), session).works
    return analysis(work)


def copied(project: Project, folder: Path) -> Project:
    """A copy of a fixture, to be changed."""
    shutil.copytree(project.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return replace(project, folder=folder, ini=folder / project.ini.relative_to(project.folder))


def written(folder: Path) -> Project:
    """The project in which everything drifts, on disk."""
    for path, text in {**DEFAULTS, **DRIFTING}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return Project(folder, folder / "alembic.ini", "postgresql+psycopg2", "0001")


def identity(finding: Finding) -> tuple[str, str | None, str | None]:
    """What makes a finding the same one after an edit."""
    return finding.rule, finding.table, finding.object


class Workspace:
    """A project in memory; analysed again after each fix, as an editor does."""

    def __init__(self, folder: str, source: MemorySource) -> None:
        self.folder = folder
        self.source = source
        self.session = Session(source)

    def analysed(self) -> Analysis:
        """The analysis of the fixture's only environment."""
        self.session.source = self.source
        (work,) = open_project(self.folder, self.session).works
        return analysis(work)

    def after(self, fix: Fix) -> Analysis:
        """The analysis with a fix applied, which is taken back again."""
        untouched, self.source = self.source, self.source.copy()
        for path, edits in fix.edits.items():
            self.source.write(path, apply_edits(self.source.read(path).text, edits))
        for path, text in fix.creates.items():
            assert not self.source.is_file(path)
            self.source.write(path, text)
        try:
            return self.analysed()
        finally:
            self.source = untouched


def workspace_of(project: Project | None) -> Workspace:
    """A fixture, under the paths that it has on disk; None: the project in which everything drifts."""
    if project is None:
        files = {**DEFAULTS, **DRIFTING}
        return Workspace(ROOT, MemorySource({f"{ROOT}/{path}": text for path, text in files.items()}))
    paths = [path for path in project.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return Workspace(str(project.folder), MemorySource({str(path): path.read_bytes() for path in paths}))


every_project = pytest.mark.parametrize(
    "project", [*PROJECTS, None], ids=lambda one: one.folder.name if one is not None else "drifting"
)


@every_project
def test_each_offer_cures_its_finding(project: Project | None) -> None:
    """A fix that is offered can be built, and its finding is gone afterwards; no error comes in its place."""
    workspace = workspace_of(project)
    before = workspace.analysed()
    known = {identity(one) for one in before.findings}
    left: list[object] = []
    for finding in before.findings:
        for offer in fixes_for(finding, before):
            fix = offer.build()
            assert fix is not None, offer.title
            found = workspace.after(fix).findings
            left += [(offer.title, "is not cured") for one in found if identity(one) == identity(finding)]
            left += [
                (offer.title, one.message) for one in found if one.level is Level.ERROR and identity(one) not in known
            ]

    assert left == []


@every_project
def test_what_is_offered(project: Project | None) -> None:
    """Every finding has a fix, and a revision is never safe."""
    now = workspace_of(project).analysed()
    offers = {identity(finding): fixes_for(finding, now) for finding in now.findings}

    assert [finding for finding, fixes in offers.items() if not fixes] == []
    assert {offer.applicability for fixes in offers.values() for offer in fixes if offer.revision} <= {"unsafe"}


@pytest.fixture(scope="module")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases for the copies."""
    return Databases(
        postgres=functools.cache(lambda: request.getfixturevalue("postgres")),
        folder=tmp_path_factory.mktemp("sqlite"),
    )


def comparable(document: dict[str, Any]) -> dict[str, Any]:
    """A schema document whatever the order of its columns and constraints."""
    return {
        key: {part: sorted(value, key=str) if isinstance(value, list) else value for part, value in table.items()}
        for key, table in document["tables"].items()
    }


@pytest.mark.oracle
@pytest.mark.parametrize(
    "project",
    [KITSU, BATCH_SQLITE, UNREACHED_MODEL, None],
    ids=["kitsu", "batch-sqlite", "unreached-model", "drifting"],
)
def test_all_that_the_audit_recommends(project: Project | None, databases: Databases, tmp_path: Path) -> None:
    """All recommended code works together where the audit says: Alembic upgrades, finds no drift, and comes back."""
    copy = written(tmp_path / "drifting") if project is None else copied(project, tmp_path / project.folder.name)
    before = analysed(copy.folder)
    advice = advise(before.findings, before, str(copy.folder))
    for recommendation in advice.recommendations:
        for block in recommendation.blocks:
            if block.path is not None:
                path = Path(block.path.replace("YYYY_MM_DD", "2026_01_01"))
                assert not path.exists()
                path.write_text(block.code, "utf-8")
            elif block.language == "diff":
                patch = ["git", "apply", "--unsafe-paths", f"--directory={copy.folder}", "-"]
                subprocess.run(patch, input=block.code, text=True, check=True, cwd=tmp_path)

    assert advice.uncured == ()
    assert {one.rule for one in analysed(copy.folder).findings} <= NO_CURE

    url = databases.create(copy)
    old = {"do": "upgrade", "url": url, "revision": copy.head}
    new = {"do": "upgrade", "url": url, "revision": "head"}
    back = {"do": "downgrade", "url": url, "revision": copy.head}
    reflect = {"do": "reflect", "url": url}
    drift = {"do": "drift", "url": url, "checks": project is not UNREACHED_MODEL}  # its CHECK has no name
    _, first, _, second, left, _, third, _, fourth = ask(
        copy, [old, reflect, new, reflect, drift, back, reflect, new, reflect]
    )
    unmodelled = {one.table for one in before.findings if one.rule in NO_CURE}

    assert [one for one in operations(left) if one[1] not in unmodelled] == []
    assert second != first or not any(block.path for one in advice.recommendations for block in one.blocks)
    assert comparable(third) == comparable(first)
    assert comparable(fourth) == comparable(second)
