"""The baseline knows findings by what they are about, counts them, and is read back as it was written."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.engine.baseline import (
    Baseline,
    Fingerprint,
    environment_name,
    fingerprint,
    read_baseline,
    renewed,
    split,
    stale,
    written,
)
from driftline.rules.finding import Finding, Level
from driftline.sources.environment import ConfigProblem, Environment
from driftline.sources.memory import MemorySource

PATH = "/p/driftline-baseline.json"


def finding(rule: str, table: str | None = None, name: str | None = None, **more: str) -> Finding:
    """A drift finding."""
    return Finding(rule, "drift", Level.ERROR, more.pop("message", "…"), table=table, object=name, **more)


WORDS = st.sampled_from(["", "a", "b.c", 'é"', "\n", "🐍"])
MARKS = st.builds(
    Fingerprint, st.sampled_from(["alembic", "b/alembic:x"]), st.sampled_from(["r", "s"]), WORDS, WORDS, WORDS
)
COUNTS = st.dictionaries(MARKS, st.integers(1, 5), max_size=8)
FINDINGS = st.lists(st.builds(finding, st.sampled_from(["r", "s"]), WORDS, WORDS), max_size=8)


@given(COUNTS)
def test_what_is_written_is_read(counts: dict[Fingerprint, int]) -> None:
    """Whatever tables are called."""
    assert Baseline(PATH, counts) == read_baseline(PATH, MemorySource({PATH: written(counts)}))


@given(COUNTS, st.randoms())
def test_a_file_depends_on_what_is_in_it_alone(counts: dict[Fingerprint, int], random: object) -> None:
    """An entry is a line, and their order is their own: a finding more or less is a line more or less."""
    shuffled = list(counts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    lines = written(counts).splitlines()

    assert lines == written({one: counts[one] for one in shuffled}).splitlines()
    assert len(lines) == (len(counts) + 5 if counts else 4)


def test_the_file_is_for_people_too() -> None:
    """What a finding lacks is left out."""
    counts = {Fingerprint("alembic", "missing-index", "orders", "ix_a"): 1, Fingerprint("alembic", "multiple-heads"): 2}

    assert written(counts) == (
        "{\n"
        '  "driftline-baseline": 1,\n'
        '  "findings": [\n'
        '    {"environment": "alembic", "rule": "missing-index", "table": "orders", "object": "ix_a", "count": 1},\n'
        '    {"environment": "alembic", "rule": "multiple-heads", "count": 2}\n'
        "  ]\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (finding("r", "t", "c", message="one"), finding("r", "t", "c", message="other"), True),
        (finding("r", "t", "c", path="/p/a.py"), finding("r", "t", "c", path="/p/b.py"), True),
        (finding("r", "t", "c", revision="1"), finding("r", "t", "c", revision="2"), True),
        (finding("r", "t", "c"), finding("r", "t", "d"), False),
        (finding("r", "t", "c"), finding("r", "u", "c"), False),
        (finding("r", "t"), finding("s", "t"), False),
        (
            Finding("h", "history", Level.ERROR, "…", revision="1"),
            Finding("h", "history", Level.ERROR, "…", revision="2"),
            False,
        ),
    ],
)
def test_what_makes_two_findings_one(one: Finding, other: Finding, *, same: bool) -> None:
    """What they are about: words and files do not count, nor does which revision touched a drifting table last."""
    assert (fingerprint(one, "a") == fingerprint(other, "a")) is same
    assert fingerprint(one, "a") != fingerprint(one, "b")


@given(FINDINGS, FINDINGS)
def test_only_what_is_new_is_told(before: list[Finding], after: list[Finding]) -> None:
    """One more of its kind is new; and what is written next knows exactly what is found."""
    baseline = Baseline(PATH, Counter(fingerprint(one, "a") for one in before))

    new, known = split(after, baseline, "a")

    now = Counter(fingerprint(one, "a") for one in after)
    assert Counter(fingerprint(one, "a") for one in new) == now - Counter(baseline.counts)
    assert sorted((*new, *known), key=repr) == sorted(after, key=repr)
    assert stale(known, baseline, "a", ["r", "s"]).counts == dict(Counter(baseline.counts) - now)
    assert renewed(baseline, now.elements(), ["a"], ["r", "s"]).counts == dict(now)


def test_what_was_not_looked_at_stays_and_is_not_stale() -> None:
    """Rules that did not run, and other environments."""
    kept = {Fingerprint("a", "off", "t"): 1, Fingerprint("b", "on", "t"): 1}
    baseline = Baseline(PATH, {**kept, Fingerprint("a", "on", "t"): 2})

    assert renewed(baseline, [], ["a"], ["on"]).counts == kept
    assert stale([], baseline, "a", ["on"]).counts == {Fingerprint("a", "on", "t"): 2}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ('{"driftline-baseline": 1,\n<<<<<<< HEAD\n', 2),
        ("[]", 1),
        ("{}", 1),
        ('{"findings": []}', 1),
        ('{"driftline-baseline": 2, "findings": []}', 1),
        ('{"driftline-baseline": 1, "findings": {}}', 1),
        ('{"driftline-baseline": 1, "findings": [1]}', 1),
        ('{"driftline-baseline": 1, "findings": [{"rule": "r"}]}', 1),
        ('{"driftline-baseline": 1, "findings": [{"environment": "a", "rule": "r", "table": null}]}', 1),
        ('{"driftline-baseline": 1, "findings": [{"environment": "a", "rule": "r", "count": true}]}', 1),
        ('{"driftline-baseline": 1, "findings": [{"environment": "a", "rule": "r", "line": 3}]}', 1),
    ],
)
def test_what_is_no_baseline_is_a_problem(text: str, line: int) -> None:
    """It is never taken for an empty one."""
    problem = read_baseline(PATH, MemorySource({PATH: text}))

    assert isinstance(problem, ConfigProblem)
    assert (problem.path, problem.line) == (PATH, line)
    assert "baseline" in problem.message


@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(
        json.dumps
    )
)
def test_no_text_is_too_odd(text: str) -> None:
    """Reading never raises."""
    read_baseline(PATH, MemorySource({PATH: text}))


def test_no_file_is_no_baseline() -> None:
    """Nor is it a problem."""
    assert read_baseline(PATH, MemorySource({})) is None


@pytest.mark.parametrize(
    ("location", "name", "config", "expected"),
    [
        ("/p/alembic", "alembic", "/p/alembic.ini", "alembic"),
        ("/p/a/alembic", "alembic", "/p/a/alembic.ini", "a/alembic"),
        ("/q/alembic", "alembic", "/q/alembic.ini", "../q/alembic"),
        ("/p/alembic", "second", "/p/alembic.ini", "alembic:second"),
        ("/p/migrations", "migrations", None, "migrations"),
    ],
)
def test_what_an_environment_is_called(location: str, name: str, config: str | None, expected: str) -> None:
    """By its script location as seen from the baseline, wherever the project is checked out or opened."""
    environment = Environment(name, "…", "/p", location, None, config, (), ())

    assert expected == environment_name(environment, PATH)
