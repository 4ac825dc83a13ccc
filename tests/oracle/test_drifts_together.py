"""What drifts together is closed together: `driftline revision` on tables with rows, whatever has changed at once.

Real Alembic upgrades the database of each project, finds no drift then, goes back to what was there before, and up
again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driftline.fixes.whole import closing, closing_fix
from driftline.schema.document import schema_document
from tests.oracle.databases import Databases, canonical_types
from tests.oracle.documents import differences, types
from tests.oracle.drifts import CHANGES, ON_POSTGRESQL, POSTGRESQL, ROWS, changed, sqlite, texts
from tests.oracle.projects import Project
from tests.oracle.test_cures import DRIVERS, ENV, Run, analysed, on, told
from tests.support.project import DEFAULTS, ROOT

NAMES = {"postgresql": [*CHANGES, *ON_POSTGRESQL], "sqlite": list(CHANGES)}
ELSEWHERE = {
    "name goes": "its downgrade makes a unique column of rows that have none",
    "state is in another order": "is left to a revision of its own",
}
"""Changes that one revision cannot close, with these rows."""


def together(dialect: str, number: int) -> list[tuple[str, ...]]:
    """Two or three changes at once, the same each time."""
    chosen = random.Random(f"{dialect} 1")  # noqa: S311 -- no secret
    return [tuple(chosen.sample(NAMES[dialect], chosen.choice((2, 2, 3)))) for _ in range(number)]


def asked(dialect: str) -> Iterator[Any]:
    """Changes that come together, and each by itself; most of them in the long run only."""
    several = [*together(dialect, 40), *((one,) for one in NAMES[dialect])]
    able = [one for one in several if not ELSEWHERE.keys() & set(one)]
    for number, names in enumerate(able):
        marks = () if number < OFTEN else (pytest.mark.long,)
        yield pytest.param(dialect, names, id=f"{dialect}: {' + '.join(names)}", marks=marks)


OFTEN = 12
ASKED = [one for dialect in NAMES for one in asked(dialect)]


@pytest.mark.parametrize(("dialect", "names"), ASKED)
def test_all_drift_is_closed(dialect: str, names: tuple[str, ...], databases: Databases, tmp_path: Path) -> None:
    """One revision closes all of it, with rows in the tables, and can be taken back."""
    base = POSTGRESQL if dialect == "postgresql" else sqlite()
    files = on(dialect, {**DEFAULTS, "alembic/env.py": ENV, **texts(changed(base, names), base)})
    before = analysed(files)
    assert before is not None
    found = closing(before.findings, before, drop_tables=True)
    assert () == found.left
    fix = closing_fix(found, before, title="all")
    if fix is None:  # one took the other back
        assert [] == [one for one in before.findings if one.group == "drift"]
        return
    made = {path.removeprefix(f"{ROOT}/"): text for path, text in fix.creates.items()}
    cured = {**files, **made}
    folder = tmp_path / "project"
    run = Run(cured, folder, databases.create(Project(folder, folder / "alembic.ini", DRIVERS[dialect], "head")))
    run.do("upgrade", revision="0001")
    run.do("execute", statements=list(ROWS))
    first = run.reflected(dialect)
    (revision,) = made.values()
    run.do("upgrade", revision="head")
    second = run.reflected(dialect)

    assert {} == dict(run.drift())
    after = analysed(cured)
    assert after is not None
    assert [] == [one.message for one in after.findings if one.group == "drift"]
    document: Any = schema_document(after.migrated.schema)
    stated = told(document, dialect, canonical_types(run.url, types(document)))
    assert [] == differences(second, [one for one in stated if dialect != "sqlite" or "<expression>" not in one])
    if "# TODO" in revision:  # what there is to fill in is its author's to say
        return
    run.do("downgrade", revision="-1")
    assert first == run.reflected(dialect)
    run.do("upgrade", revision="head")
    assert second == run.reflected(dialect)


def test_a_sequence_takes_the_place_of_an_identity(databases: Databases, tmp_path: Path) -> None:
    """And goes on behind the numbers that there are; back, the identity does."""
    migrated = changed(POSTGRESQL, ("ids are counted",))
    files = on("postgresql", {**DEFAULTS, "alembic/env.py": ENV, **texts(POSTGRESQL, migrated)})
    before = analysed(files)
    assert before is not None
    fix = closing_fix(closing(before.findings, before), before, title="all")
    assert fix is not None
    cured = {**files, **{path.removeprefix(f"{ROOT}/"): text for path, text in fix.creates.items()}}
    folder = tmp_path / "project"
    run = Run(cured, folder, databases.create(Project(folder, folder / "alembic.ini", DRIVERS["postgresql"], "head")))
    run.do("upgrade", revision="0001")
    run.do("execute", statements=list(ROWS))
    first = run.reflected("postgresql")
    run.do("upgrade", revision="head")
    run.do("execute", statements=["INSERT INTO things (amount, name) VALUES (1, 'there')"])

    assert {} == dict(run.drift())
    after = analysed(cured)
    assert after is not None
    assert [] == [one.message for one in after.findings if one.group == "drift"]
    run.do("downgrade", revision="-1")
    run.do("execute", statements=["INSERT INTO things (amount, name) VALUES (1, 'back')"])
    assert first == run.reflected("postgresql")
