"""Columns that are added although they are there."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import TAKEN, check_for, has_column
from driftline.rules.rule import Group, Rule

NAME = "column-exists"

check = check_for(NAME, has_column, remedy=TAKEN)

RULE = Rule(
    NAME,
    "a column that is added twice",
    Group.HISTORY,
    Level.ERROR,
    check,
)
