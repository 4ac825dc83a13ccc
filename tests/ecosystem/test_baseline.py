"""The baseline: what moved is told, and what moved for the worse fails the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ecosystem.agreement import Agreement
from tests.ecosystem.baseline import Change, changes, kept, read_baseline, write_baseline
from tests.ecosystem.figures import Figures, figures, folded
from tests.ecosystem.judgement import Excepted, Judged, Verdict
from tests.ecosystem.reading import Reading
from tests.ecosystem.samples import finding, shop
from tests.ecosystem.score import Score, Tally
from tests.ecosystem.truth import Truth


def _scored(right: int, true: int, stated: int) -> dict[str, Score]:
    return {"models": Score({"column": Tally(right, true, stated)})}


BEFORE = Figures(
    project="shop",
    revisions=3,
    declared=2,
    migrated=2,
    scores=_scored(90, 100, 95),
    agreement=Agreement(2, ("add_index a b",), ()),
    findings={"extra-table": 1},
    unknown={"names `…`": 4},
    judged=Judged(alembic=2, true=1, false=1, unjudged=("missing-check users ck",)),
)


def _moved(after: Figures) -> tuple[Change, ...]:
    return changes({"shop": kept(BEFORE)}, [after])


def test_nothing_changes_by_itself() -> None:
    """The same figures again are no change."""
    assert _moved(BEFORE) == ()


@pytest.mark.parametrize(
    ("after", "figure"),
    [
        (replace(BEFORE, scores=_scored(89, 100, 95)), "models recall"),
        (replace(BEFORE, scores=_scored(90, 100, 96)), "models precision"),
        (replace(BEFORE, agreement=Agreement(2, ("add_index a b", "x"), ())), "drift that no finding stands for"),
        (replace(BEFORE, agreement=Agreement(2, ("add_index a b",), ("x",))), "drift that Alembic denies"),
        (replace(BEFORE, crashes=("check",)), "crash in check"),
        (replace(BEFORE, judged=replace(BEFORE.judged, false=2)), "findings judged false"),
        (replace(BEFORE, judged=replace(BEFORE.judged, unjudged=("a", "b"))), "findings without a verdict"),
        (
            replace(BEFORE, judged=replace(BEFORE.judged, unjudged=BEFORE.judged.unjudged * 2)),
            "findings without a verdict",
        ),
        (replace(BEFORE, stale=("models: column a.b type",)), "exceptions"),
    ],
)
def test_a_regression_fails_the_run(after: Figures, figure: str) -> None:
    """Fidelity that goes down, a crash, and findings that nobody vouches for are for the worse."""
    assert figure in {one.figure for one in _moved(after) if one.worse}


@pytest.mark.parametrize(
    "after",
    [
        replace(BEFORE, scores=_scored(95, 100, 99)),
        replace(BEFORE, agreement=Agreement(3, (), ())),
        replace(BEFORE, judged=replace(BEFORE.judged, false=0, unjudged=())),
        replace(BEFORE, findings={"extra-table": 5}, unknown={"other": 9}, dialect="mysql", revisions=4, declared=3),
    ],
)
def test_what_is_not_worse_is_told_and_fails_nothing(after: Figures) -> None:
    """Progress and mere movement are changes, and no regressions."""
    assert _moved(after) != ()
    assert [one for one in _moved(after) if one.worse] == []


def test_a_crash_that_is_known_is_still_a_crash() -> None:
    """No baseline makes a crash right."""
    crashed = replace(BEFORE, crashes=("check",))

    assert [one.worse for one in changes({"shop": kept(crashed)}, [crashed])] == [True]


def test_without_a_truth_nothing_is_said_of_fidelity() -> None:
    """A machine without the truth compares what it can."""
    assert _moved(replace(BEFORE, scores={}, agreement=None)) == ()


def test_a_project_without_figures_is_new() -> None:
    """The first reading of a project changes everything, and its findings have no verdict yet."""
    assert [(one.figure, one.worse) for one in changes({}, [BEFORE])] == [
        ("all figures", False),
        ("findings without a verdict", True),
    ]


def test_updating_keeps_the_projects_that_were_not_read(tmp_path: Path) -> None:
    """The file has the new figures of what was read, and the old ones of the rest."""
    file = tmp_path / "baseline.json"
    other = replace(BEFORE, project="other")

    write_baseline([BEFORE, other], file)
    write_baseline([replace(BEFORE, revisions=9)], file)

    assert read_baseline(file) == {"shop": {**kept(BEFORE), "revisions": 9}, "other": kept(other)}
    assert read_baseline(tmp_path / "none.json") == {}


def _reading(**more: object) -> Reading:
    check = {
        "findings": [
            finding("missing-check", object="ck"),
            finding("extra-table", "information", ("remove_table", "t", None)),
        ],
        "unknown": [
            {"path": "a.py", "line": 1, "reason": reason} for reason in ("no `a`", "no `b` or 'c'", "12 steps")
        ],
        "summary": {"tables": {"declared": 2, "migrated": 1}, "revisions": 7},
    }
    return Reading(Path("/p"), documents={"models": shop()}, check={**check, **more})


def test_figures_of_a_reading() -> None:
    """Documents are scored, findings and reasons are counted, and excepted figures stand beside the raw ones."""
    truth = Truth({"models": shop(), "migrated": shop()}, [{"op": "remove_table", "table": "t", "name": None}])
    excepted = [
        Excepted("shop", "migrated", "table users exists", "r"),
        Excepted("shop", "models", "enum x labels", "r"),
    ]

    found = figures(
        "shop", _reading(), truth, excepted, [Verdict("shop", "missing-*", "*", "ck", true=True, reason="r")]
    )

    assert found.scores["models"].total.recall == 1.0
    assert found.scores["migrated"].total.right == 0, "a document that is not there states nothing"
    assert found.excepted_scores["migrated"].total.true == found.scores["migrated"].total.true - 1
    assert found.stale == ("models: enum x labels",)
    assert found.agreement == Agreement(1, (), ())
    assert found.findings == {"extra-table": 1, "missing-check": 1}
    assert found.unknown == {"N steps": 1, "no `…`": 2}
    assert found.judged == Judged(alembic=0, true=1, false=0, unjudged=())
    assert (found.revisions, found.declared, found.migrated) == (7, 2, 1)


def test_reasons_are_counted_without_their_names() -> None:
    """The same reason about something else is the same reason."""
    assert folded("`a.b` is 3 of `c`, `d` and\n 'e'") == "`…` is N of `…`"
    assert folded("there is no folder /home/me/a/{b}, and/or none") == "there is no folder `…` and/or none"


def test_a_reading_without_a_truth_has_no_scores() -> None:
    """Where nothing is known to be true, nothing is scored, and nobody calls an exception stale."""
    found = figures("shop", _reading(), None, [Excepted("shop", "models", "x", "r")], [])

    assert (found.scores, found.agreement, found.stale) == ({}, None, ())
    assert found.judged.unjudged == ("missing-check users ck",)
