"""Foreign keys to tables or columns that are not there, or are not unique."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import check_for
from driftline.rules.rule import Group, Rule

NAME = "unknown-fk-target"

check = check_for(NAME, remedy="make that first, or correct the reference")

RULE = Rule(
    NAME,
    "a foreign key to nothing",
    Group.HISTORY,
    Level.ERROR,
    check,
)
