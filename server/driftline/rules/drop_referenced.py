"""Drops of what a foreign key still refers to, or needs."""

from __future__ import annotations

from driftline.rules.finding import Level
from driftline.rules.replay_problem import check_for
from driftline.rules.rule import Fixable, Group, Rule

NAME = "drop-referenced"

check = check_for(NAME)

RULE = Rule(
    NAME,
    "a drop of what a foreign key still refers to, or needs",
    Group.HISTORY,
    Level.WARNING,
    check,
    fix=Fixable.NEVER,
)
