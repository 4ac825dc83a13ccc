"""What is true of a project, as a real database, real metadata and a real Alembic said it once.

Example: `read_truth("dstack", folders).documents["migrated"]["tables"]`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ecosystem.agreement import Operation
from tests.ecosystem.facts import Document

DOCUMENTS = ("models", "models_all", "migrated")
"""The documents of a truth: what env.py reaches, what all of the source declares, what the migrations make."""


@dataclass(frozen=True, slots=True)
class Truth:
    """`documents`: those that there are, by name. `drift`: what Alembic reports, None where nobody asked it."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    drift: Sequence[Operation] | None = None

    @property
    def dialect(self) -> str | None:
        """The database that it is about."""
        return next((one["dialect"] for one in self.documents.values()), None)


def read_truth(name: str, folders: Sequence[Path]) -> Truth | None:
    """Give the truth about the project `name`, from the first of `folders` that knows it; None where none does.

    Alembic's report with the filters of env.py comes before the one without.
    """
    folder = next((folder / name for folder in folders if (folder / name).is_dir()), None)
    if folder is None:
        return None
    documents = {one: _read(folder / f"{one}.json") for one in DOCUMENTS if (folder / f"{one}.json").is_file()}
    reports = (folder / "drift_env.json", folder / "drift.json")
    return Truth(documents, next((_read(one) for one in reports if one.is_file()), None))


def _read(path: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads(path.read_text(encoding="utf-8"))
