"""The scorer against the one that made the truth: the same facts, so the same figures.

Needs the shared folder beside the repository, which a clone alone does not have.
"""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ecosystem.reading import ROOT
from tests.ecosystem.samples import shop
from tests.ecosystem.score import score

TRUTH = ROOT.parent / "shared" / "truth"

DOCUMENTS = sorted(TRUTH.glob("*/m*.json"))

pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="the shared folder with oracle.py is not beside the repository")

TYPES = ("FLOAT", "FLOAT(20)", "numeric(5)", "NUMERIC()", 'x."Mood"[]', "TIMESTAMP", 'varchar(3) COLLATE "de_DE"', "")
"""What an edited column's type may become."""


def _figures_of_oracle(truth: object, stated: object, folder: Path) -> tuple[int, int, int]:
    files = (folder / "truth.json", folder / "stated.json")
    for file, content in zip(files, (truth, stated), strict=True):
        file.write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-P", str(TRUTH / "oracle.py"), "compare", *map(str, files), "--json"]
    printed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return printed["right"], printed["truth"], printed["guess"]


def _damaged(document: Any, chance: random.Random) -> Any:  # noqa: ANN401 - JSON
    """The document with something changed in one table of three: dropped, renamed, or given another value."""
    changed = copy.deepcopy(document)
    for key in [one for one in changed["tables"] if chance.random() < 1 / 3]:
        table = changed["tables"][key]
        columns = table["columns"]
        for name in chance.sample(sorted(columns), k=min(3, len(columns))):
            columns[name]["type"] = chance.choice(TYPES)
            columns[name]["nullable"] = not columns[name]["nullable"]
            columns[name]["comment"] = chance.choice([None, "said"])
            columns[name]["identity"] = columns[name]["serial"] = chance.random() < 1 / 2
        if columns:
            del columns[chance.choice(sorted(columns))]
        for group in ("foreign_keys", "unique_constraints", "indexes", "check_constraints"):
            chance.shuffle(table[group])
            for one in table[group][:2]:
                one["name"] = chance.choice([None, "x" * 70, one["name"]])
            del table[group][3:]
        for one in table["foreign_keys"]:
            one["ondelete"] = chance.choice(["no action", "Cascade", None])
        table["primary_key"]["columns"].reverse()
        if chance.random() < 1 / 4:
            changed["tables"][f"{chance.choice(['public', 'auth'])}.{key}"] = changed["tables"].pop(key)
    for key in chance.sample(sorted(changed["enums"]), k=len(changed["enums"]) // 2):
        changed["enums"][f"auth.{key}"] = changed["enums"].pop(key)[::-1]
    return changed


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_damaged_truth_is_scored_as_oracle_scores_it(path: Path, tmp_path: Path) -> None:
    """For a real document and a damaged copy of it, in both directions, the figures are oracle.py's."""
    truth = json.loads(path.read_text(encoding="utf-8"))
    damaged = _damaged(truth, random.Random(path.name))  # noqa: S311 - repeatable, no secret

    for first, second in ((truth, damaged), (damaged, truth)):
        total = score(first, second).total
        assert (total.right, total.true, total.stated) == _figures_of_oracle(first, second, tmp_path)
        assert total.right < total.true


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
def test_each_dialect_is_scored_as_oracle_scores_it(dialect: str, tmp_path: Path) -> None:
    """What counts on one database only, counts there only."""
    first = {**shop(), "dialect": dialect}
    second = copy.deepcopy(first)
    second["tables"]["users"]["indexes"][0]["name"] = "users_email_key"
    second["tables"]["public.users"] = second["tables"].pop("users")

    total = score(first, second).total

    assert (total.right, total.true, total.stated) == _figures_of_oracle(first, second, tmp_path)
