"""Driftline's findings are Alembic's autogenerate, in both directions, and for kitsu what its issue says is true."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.oracle.command_line import driftline_json
from tests.oracle.databases import Judge, operations
from tests.oracle.projects import KITSU, PROJECTS, UNREACHED_MODEL, Project

Finding = dict[str, Any]

NOT_COMPARED_BY_ALEMBIC = {
    "missing-check": "CHECK constraints are compared by an opt-in plugin only",
    "extra-check": "the same",
    "check-expression-mismatch": "the plugin goes by names",
    "validates-without-check": "what the ORM alone enforces is none of its business",
    "model-not-imported": "it sees a table too many, not the module that nobody imports",
    "primary-key-mismatch": "primary keys are not compared",
    "constraint-name-mismatch": "the names of primary and foreign keys are not compared",
    "server-default-mismatch": "server defaults are compared only where env.py opts in",
    "computed-mismatch": "it warns, and reports no operation",
    "type-argument-mismatch": "a length on one side only is ignored",
    "autoincrement-mismatch": "it is not compared",
    "enum-values-mismatch": "the labels of a native enum are not compared",
    "enum-order-mismatch": "the same",
}
"""The drift rules whose findings may stand for no operation of Alembic's, and why."""

every_project = pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.folder.name)


def findings(project: Project) -> list[Finding]:
    """What `driftline check` finds in the project."""
    answer = driftline_json("check", str(project.folder), "--exit-zero")
    assert answer.code == 0
    found: list[Finding] = answer.output["findings"]
    return found


@every_project
def test_operations_are_alembics(project: Project, verdict: Judge) -> None:
    """Each of Alembic's differences is in exactly one finding, and no finding states a difference that it lacks."""
    stated = Counter(operation for finding in findings(project) for operation in operations(finding["operations"]))
    reported = Counter(verdict(project).drift)

    assert {"missed": Counter(), "made up": Counter()} == {"missed": reported - stated, "made up": stated - reported}


@every_project
def test_operations_are_in_alembics_order(project: Project, verdict: Judge) -> None:
    """A finding that stands for several differences lists them as Alembic does."""
    order = {operation: number for number, operation in enumerate(verdict(project).drift)}
    stated = [operations(finding["operations"]) for finding in findings(project)]

    assert [sorted(one, key=lambda operation: order[operation]) for one in stated] == [list(one) for one in stated]


@every_project
def test_only_what_alembic_does_not_compare_has_no_operations(project: Project) -> None:
    """A drift finding without operations is of a kind that Alembic is known not to compare; others never have any."""
    found = findings(project)
    without = {finding["rule"] for finding in found if finding["group"] == "drift" and not finding["operations"]}

    assert set() == without - NOT_COMPARED_BY_ALEMBIC.keys()
    assert [] == [finding for finding in found if finding["group"] != "drift" and finding["operations"]]


def test_kitsu_has_the_true_findings_and_no_others() -> None:
    """Per table, the levels of the drift findings are those of the issue; nothing is said of any other table."""
    levels: dict[str, list[str]] = {}
    for finding in findings(KITSU):
        if finding["group"] == "drift":
            levels.setdefault(finding["table"], []).append(finding["level"])
    # "hint or warning, as Alembic's answer suggests"
    renamed = {table: levels.pop(table, []) for table in ("favorites", "watch_progress")}

    assert {
        "audit_logs": ["error"],
        "refresh_tokens": ["error"],
        "users": ["warning"],
        "roles": ["warning"],
        "permissions": ["warning"],
        "anime_episodes_external": ["information"],
        "anime_external": ["information"],
        "anime_external_binding": ["information"],
        "anime_schedule": ["information"],
        "anime_translations": ["information"],
        "parser_job_logs": ["information"],
        "parser_jobs": ["information"],
        "parser_settings": ["information"],
        "parser_sources": ["information"],
    } == levels
    assert renamed in [{"favorites": [level], "watch_progress": [level]} for level in ("hint", "warning")]


def test_kitsu_errors_are_on_the_lines_that_cause_them() -> None:
    """The CHECK that no revision creates is found on its declaration, the undeclared key on the model's field."""
    found = {
        (finding["rule"], finding["table"]): (finding["path"], source_line(KITSU, finding))
        for finding in findings(KITSU)
        if finding["level"] == "error"
    }

    assert found == {
        ("missing-check", "audit_logs"): ("backend/app/models/audit_log.py", "CheckConstraint("),
        ("extra-foreign-key", "refresh_tokens"): (
            "backend/app/models/refresh_token.py",
            "user_id: Mapped[uuid.UUID] = mapped_column(",
        ),
    }


def test_the_unreached_model_is_named() -> None:
    """`model-not-imported` points at the class, in the module that env.py does not reach."""
    found = [
        (finding["table"], finding["path"], source_line(UNREACHED_MODEL, finding))
        for finding in findings(UNREACHED_MODEL)
        if finding["rule"] == "model-not-imported"
    ]

    assert found == [
        ("revenue_snapshots", "src/billing/reports/revenue.py", "class RevenueSnapshot(Base):"),
    ]


def source_line(project: Project, finding: Finding) -> str:
    """The line that a finding points at, without its indentation."""
    path: str = finding["path"]
    lines = (project.folder / path).read_text(encoding="utf-8").splitlines()
    number: int = finding["line"]
    return lines[number - 1].strip()
