"""A cure leaves nothing new to complain of: what is found after one is less than before, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from driftline.engine.analysis import Analysis
from driftline.rules import RULES
from driftline.rules.rule import Fixable, Rule
from tests.oracle.drifts import POSTGRESQL, changed, sqlite, texts
from tests.oracle.test_cures import ENV, URLS, analysed, cures_of, on, projects
from tests.oracle.test_drifts_together import NAMES
from tests.support.project import DEFAULTS

Identity = tuple[str, str | None, str | None]
HIDDEN = {
    "flag is INTEGER, back": "the default said `false()`, which is another one in a column that is no BOOLEAN",
    "flag is VARCHAR, back": "the default said `false()`, which is another one in a column that is no BOOLEAN",
    "amount is generated": "a generated column need not say NOT NULL, and a plain one must",
}
"""Changes where an edit of a model uncovers what could not be compared before; it is a finding, and a cure, of its own.
"""
OFTEN = frozenset({"codes are VARCHAR", "note is called remark", "owners are known by code, back", "amount goes, back"})
"""What one change would leave behind if it were made alone; the rest is tried in the long run."""


def found(one: Analysis | None) -> Counter[Identity]:
    """The findings, as what is found of which object."""
    assert one is not None
    return Counter((each.rule, each.table, each.object) for each in one.findings)


def left(files: Mapping[str, str], dialect: str) -> list[tuple[str, list[Identity]]]:
    """The cures that leave something new, or their own finding, with what that is."""
    before = found(analysed(files))
    wrong: list[tuple[str, list[Identity]]] = []
    for cure in cures_of(files, dialect):
        after = found(analysed(cure.cured()))
        own = cure.finding.rule, cure.finding.table, cure.finding.object
        more = [one for one in after if one not in before or (one == own and after[one] >= before[one])]
        if more:
            wrong.append((cure.title, more))
    return wrong


@pytest.mark.parametrize("rule", [one for one in RULES if one.fix is not Fixable.NEVER], ids=lambda rule: rule.name)
def test_on_the_pages(rule: Rule) -> None:
    """Each fix of each finding of the examples, whichever rule it is of."""
    assert [] == [one for dialect in URLS for files in projects(rule, dialect) for one in left(files, dialect)]


def changes() -> Iterator[Any]:
    """Each change by itself, made by the models, or (back) only in the database."""
    for dialect, names in NAMES.items():
        for name in names:
            for label in (name, f"{name}, back"):
                marks = () if label in OFTEN else (pytest.mark.long,)
                if label not in HIDDEN:
                    yield pytest.param(dialect, name, label != name, id=f"{dialect}: {label}", marks=marks)


@pytest.mark.parametrize(("dialect", "name", "back"), list(changes()))
def test_of_what_drifts_together(dialect: str, name: str, back: bool) -> None:  # noqa: FBT001 -- pytest passes it
    """Each fix of each finding of a schema in which much stands on each other."""
    base = POSTGRESQL if dialect == "postgresql" else sqlite()
    halves = (changed(base, (name,)), base)
    declared, migrated = reversed(halves) if back else halves
    files = on(dialect, {**DEFAULTS, "alembic/env.py": ENV, **texts(declared, migrated)})

    assert [] == left(files, dialect)
