"""Indexes that are created under a name that is taken."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import TAKEN, check_for, has_index
from driftline.rules.rule import Group, Rule

NAME = "index-exists"

check = check_for(NAME, has_index, remedy=TAKEN)

RULE = Rule(
    NAME,
    "an index whose name is taken",
    Group.HISTORY,
    Level.ERROR,
    check,
)
