"""`driftline check --timings`: on stderr, which stages ran, for what, and how long."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from driftline.cli import main
from tests.lsp.shop import Shop, make_shop

OWN = re.compile(r"driftline: (\S+) +\d+\.\d ms  (.+)")
SUM = re.compile(r"driftline: (\S+) +(\d+) +\d+\.\d ms")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A project."""
    return make_shop(tmp_path / "shop")


def test_stages_are_named_with_what_they_ran_for(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Every stage that ran, each file that was parsed, each revision that was judged; the sums are of these."""
    main(["check", "--no-cache", "--timings", str(shop.folder)])
    said = capsys.readouterr().err

    own = [found.groups() for found in OWN.finditer(said)]
    sums = {name: int(count) for name, count in SUM.findall(said)}
    assert {"discover", "graph", "models", "replay", "compare", "rules"} <= set(sums)
    assert sums == Counter(name for name, _ in own)
    parsed = {key for name, key in own if name == "parse"}
    assert {str(one) for one in (shop.orders, shop.users, shop.first)} <= parsed
    assert "driftline: judged: 1 (0001)" in said.splitlines()


def test_findings_are_what_they_are_without(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """On stdout, and by the exit code; a check that is answered from the cache says its stages, too."""
    runs = []
    for more in ((), ("--timings",), (), ("--timings",)):
        code = main(["check", *more, str(shop.folder)])
        told = capsys.readouterr()
        runs.append((code, told.out, bool(SUM.search(told.err))))
    codes, outputs, timed = zip(*runs, strict=True)

    assert {1} == set(codes)
    assert 1 == len(set(outputs))
    assert (False, True, False, True) == timed
