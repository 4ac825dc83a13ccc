"""Drops of constraints that are not there at that point of the history."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import ABSENT, check_for, has_constraint
from driftline.rules.rule import Group, Rule

NAME = "unknown-constraint"

check = check_for(NAME, has_constraint, remedy=ABSENT)

RULE = Rule(
    NAME,
    "a drop of a constraint that is not there",
    Group.HISTORY,
    Level.ERROR,
    check,
)
