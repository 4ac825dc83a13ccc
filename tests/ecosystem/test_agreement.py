"""Agreement on drift, in both directions."""

from __future__ import annotations

from tests.ecosystem.agreement import Agreement, agree
from tests.ecosystem.samples import Json, finding

ALEMBIC: list[Json] = [
    {"op": "remove_table", "table": "old", "name": None},
    {"op": "add_index", "table": "users", "name": "ix"},
    {"op": "remove_index", "table": "users", "name": "ix"},
]


def test_findings_that_stand_for_all_of_it_agree() -> None:
    """If the findings' operations are Alembic's, in whatever order and however spread, then nothing is left."""
    found = [
        finding("index-definition-mismatch", "warning", ("remove_index", "users", "ix"), ("add_index", "users", "ix")),
        finding("extra-table", "information", ("remove_table", "old", None)),
        finding("missing-check"),
    ]

    assert agree(ALEMBIC, found) == Agreement(3, (), ())


def test_each_side_s_own_are_told() -> None:
    """What only one side says is listed with that side, as often as it is said too often."""
    found = [
        finding("extra-table", "information", ("remove_table", "old", None)),
        finding("extra-table", "information", ("remove_table", "old", None)),
        finding("missing-index", "warning", ("add_index", "users", "ix")),
    ]

    agreement = agree(ALEMBIC, found)

    assert agreement == Agreement(2, ("remove_index users ix",), ("remove_table old",))
    assert (agreement.alembic, agreement.driftline) == (3, 3)


def test_excepted_operations_do_not_count() -> None:
    """An operation that is excepted by its text is left out on both sides."""
    found = [finding("extra-table", "information", ("remove_table", "new", None))]

    agreement = agree(ALEMBIC, found, {"remove_table new", "remove_table old", "add_index users ix"})

    assert agreement == Agreement(0, ("remove_index users ix",), ())
