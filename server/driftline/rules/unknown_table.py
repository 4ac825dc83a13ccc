"""Operations on tables that are not there at that point of the history."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import ABSENT, check_for, has_table
from driftline.rules.rule import Group, Rule

NAME = "unknown-table"

check = check_for(NAME, has_table, remedy=ABSENT)

RULE = Rule(
    NAME,
    "an operation on a table that is not there",
    Group.HISTORY,
    Level.ERROR,
    check,
)
