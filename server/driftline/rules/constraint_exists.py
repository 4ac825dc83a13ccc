"""Constraints that are created under a name that is taken."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import TAKEN, check_for, has_constraint
from driftline.rules.rule import Group, Rule

NAME = "constraint-exists"

check = check_for(NAME, has_constraint, remedy=TAKEN)

RULE = Rule(
    NAME,
    "a constraint whose name is taken",
    Group.HISTORY,
    Level.ERROR,
    check,
)
