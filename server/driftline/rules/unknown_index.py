"""Drops of indexes that are not there at that point of the history."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import ABSENT, check_for, has_index
from driftline.rules.rule import Group, Rule

NAME = "unknown-index"

check = check_for(NAME, has_index, remedy=ABSENT)

RULE = Rule(
    NAME,
    "a drop of an index that is not there",
    Group.HISTORY,
    Level.ERROR,
    check,
)
