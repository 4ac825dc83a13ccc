"""Which database a project is for, where only its imports tell."""

from __future__ import annotations

import pytest

from driftline.models.dialect import guess_dialect
from driftline.python.modules import Modules
from driftline.sources.memory import MemorySource
from tests.migrations.replaying import ROOT, VERSIONS, environment


def guessed(*dialects: str) -> str | None:
    """Guess for a project whose revisions each import the types of one dialect."""
    files = {
        f"{VERSIONS}/{at:04d}.py": f"from sqlalchemy.dialects import {dialect}\n" for at, dialect in enumerate(dialects)
    }
    source = MemorySource(files)
    found = guess_dialect(environment(), Modules(source, (ROOT,)))
    return found.name if found is not None else None


@pytest.mark.parametrize(
    ("imported", "expected"),
    [
        (["postgresql", "sqlite", "sqlite"], "postgresql"),
        (["mssql"], "mssql"),
        (["mssql"] * 9 + ["mysql"] * 8, "mysql"),
        (["mssql"] * 9 + ["mysql"], "mssql"),
        (["oracle", "postgresql"], "postgresql"),
        ([], None),
    ],
)
def test_what_revisions_import(imported: list[str], expected: str | None) -> None:
    """Most imports decide; but SQLite gives way to servers, and SQL Server's and Oracle's are often exceptions."""
    assert guessed(*imported) == expected
