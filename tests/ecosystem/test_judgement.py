"""Verdicts and exceptions, as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ecosystem.judgement import (
    Excepted,
    Judged,
    Verdict,
    identity,
    judge,
    read_exceptions,
    read_verdicts,
)
from tests.ecosystem.project import read_projects
from tests.ecosystem.samples import finding


def test_alembic_vouches_only_for_what_it_reports() -> None:
    """A finding is Alembic's if all that it stands for is in the report; one that stands for nothing is not."""
    reported = [{"op": "add_index", "table": "users", "name": "ix"}]
    found = [
        finding("missing-index", "warning", ("add_index", "users", "ix")),
        finding("index-definition-mismatch", "warning", ("add_index", "users", "ix"), ("remove_index", "users", "ix")),
        finding("missing-check", revision="ae10"),
        finding("extra-table", "information"),
    ]

    assert judge("shop", found, reported, []) == Judged(
        alembic=1, unjudged=("index-definition-mismatch users", "missing-check users in ae10")
    )
    assert judge("shop", found, None, []).alembic == 0


def test_a_verdict_covers_what_its_patterns_match() -> None:
    """The first verdict that matches project, rule, table and object decides."""
    verdicts = [
        Verdict("shop", "missing-check", "users", "ck_*", true=False, reason="r"),
        Verdict("*", "missing-*", "*", "*", true=True, reason="r"),
    ]
    found = [
        finding("missing-check", object="ck_a"),
        finding("missing-check", object="other"),
        finding("unknown-table", table=None),
    ]

    assert judge("shop", found, None, verdicts) == Judged(true=1, false=1, unjudged=("unknown-table",))
    assert judge("other", found, None, verdicts) == Judged(true=2, false=0, unjudged=("unknown-table",))


def test_a_finding_is_known_by_what_no_edit_moves() -> None:
    """Its rule, what it is about, and its revision; not its place."""
    assert identity(finding("x", object="a,b", revision="1", line=7)) == "x users a,b in 1"


def test_the_files_are_read(tmp_path: Path) -> None:
    """Each entry has all it needs; what a verdict does not name, it is about all of."""
    file = tmp_path / "entries.toml"
    file.write_text(
        '[[exception]]\nproject = "shop"\ndocument = "models"\nfact = "f"\nreason = "r"\n'
        '[[verdict]]\nproject = "shop"\nrule = "x"\ntrue = false\nreason = "r"\n'
    )

    assert read_exceptions(file) == (Excepted("shop", "models", "f", "r"),)
    assert read_verdicts(file) == (Verdict("shop", "x", "*", "*", true=False, reason="r"),)


@pytest.mark.parametrize("entry", ['project = "shop"', 'project = "s"\nrule = "r"\ntrue = true\nreason = "r"\nx = 1'])
def test_a_wrong_entry_is_refused(entry: str, tmp_path: Path) -> None:
    """A key that is missing or that nobody reads is a mistake, and is told of."""
    file = tmp_path / "entries.toml"
    file.write_text(f"[[verdict]]\n{entry}\n")

    with pytest.raises(ValueError, match=r"entries\.toml: an entry has"):
        read_verdicts(file)


def test_what_is_committed_can_be_read() -> None:
    """The committed files speak of projects that are listed, give reasons, and name documents that there are."""
    names = {one.name for one in read_projects()}
    exceptions, verdicts = read_exceptions(), read_verdicts()

    assert [one for one in exceptions if one.project not in names or not one.reason] == []
    assert {one.document for one in exceptions} <= {"models", "models_all", "migrated", "drift"}
    assert [one for one in verdicts if one.project not in {*names, "*"} or not one.reason] == []
