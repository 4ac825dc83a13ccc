"""Sets are gone through in the same order in every run, whatever Python's hashes are."""

from __future__ import annotations

import subprocess
import sys

from tests.python.support import evaluate

PROGRAM = """
names = {"b", "a", "d", "c"}
wanted = frozenset(names) | {"e"}
listed = [one for one in wanted]
joined = ",".join(names)
"""


def test_text_in_a_set_is_sorted() -> None:
    """A loop over a set of names does the same in every run."""
    module = evaluate(PROGRAM)

    assert ["a", "b", "c", "d", "e"] == module.names["listed"]
    assert module.names["joined"] == "a,b,c,d"


def test_what_cannot_be_sorted_is_gone_through_all_the_same() -> None:
    """Numbers and other values keep the order that Python gives them."""
    module = evaluate("found = [one for one in {1, 'a', None}]\nnumbers = [one for one in {3, 1, 2}]\n")

    assert {1, "a", None} == set(module.names["found"])
    assert sorted(module.names["numbers"]) == [1, 2, 3]


def test_it_is_so_under_another_hash_seed() -> None:
    """Python's own order differs from seed to seed; ours does not."""
    script = f"from tests.python.support import evaluate; print(evaluate({PROGRAM!r}).names['listed'])"
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (1, 2, 3)
    }

    assert len(said) == 1
