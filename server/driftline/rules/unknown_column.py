"""Operations on columns that are not there at that point of the history."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import ABSENT, check_for, has_column
from driftline.rules.rule import Group, Rule

NAME = "unknown-column"

check = check_for(NAME, has_column, remedy=ABSENT)

RULE = Rule(
    NAME,
    "an operation on a column that is not there",
    Group.HISTORY,
    Level.ERROR,
    check,
    sources=("sqlalchemy-lsp:SQLA-H703",),
)
