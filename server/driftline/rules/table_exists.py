"""Tables that are created although they are there."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import TAKEN, check_for, has_table
from driftline.rules.rule import Group, Rule

NAME = "table-exists"

check = check_for(NAME, has_table, remedy=TAKEN)

RULE = Rule(
    NAME,
    "a table that is created twice",
    Group.HISTORY,
    Level.ERROR,
    check,
)
