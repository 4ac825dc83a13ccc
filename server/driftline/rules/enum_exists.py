"""Enum types that are created although they are there."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import check_for
from driftline.rules.rule import Group, Rule

NAME = "enum-exists"

check = check_for(NAME, remedy="create it only once; `postgresql.ENUM(..., create_type=False)` uses one that is there")

RULE = Rule(
    NAME,
    "an enum type that is created twice",
    Group.HISTORY,
    Level.ERROR,
    check,
)
