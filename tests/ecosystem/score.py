"""How much of a document is right: its facts against those of the truth.

Recall = right / true, precision = right / stated, over all facts of a document.

Example: `score(truth, document).total.recall` is 1.0 where nothing of the truth is missing or wrong.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tests.ecosystem.facts import Document, Fact, Statement, facts


@dataclass(frozen=True, slots=True)
class Tally:
    """How many facts are true, how many are stated, and how many of these are right."""

    right: int = 0
    true: int = 0
    stated: int = 0

    @property
    def recall(self) -> float:
        """The part of what is true that is stated rightly; 1.0 where nothing is true."""
        return self.right / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        """The part of what is stated that is right; 1.0 where nothing is stated."""
        return self.right / self.stated if self.stated else 1.0


@dataclass(frozen=True, slots=True)
class Wrong:
    """A fact on which the two differ. `truth`, `stated`: None where only the other one has it."""

    fact: Fact
    truth: Statement | None
    stated: Statement | None


@dataclass(frozen=True, slots=True)
class Score:
    """The tally of each kind of fact, and the facts that differ, ordered."""

    kinds: Mapping[str, Tally] = field(default_factory=dict)
    wrong: tuple[Wrong, ...] = ()

    @property
    def total(self) -> Tally:
        """The tally of all facts."""
        tallies = self.kinds.values()
        return Tally(*(sum(getattr(one, part) for one in tallies) for part in ("right", "true", "stated")))


def score(truth: Document, document: Document, without: AbstractSet[str] = frozenset()) -> Score:
    """Hold `document` against `truth`. `without`: facts (as text) that count on neither side.

    A name counts only where the truth has one: a database makes up names that models leave out.
    """
    true, stated = facts(truth), facts(document)
    names = {fact for fact in true.keys() | stated.keys() if fact in true or fact.attribute != "name"}
    names = {fact for fact in names if str(fact) not in without} if without else names
    right = {fact for fact in names if fact in true and fact in stated and true[fact].value == stated[fact].value}
    counts = [Counter(fact.kind for fact in group) for group in (right, names & true.keys(), names & stated.keys())]
    kinds = {kind: Tally(*(count[kind] for count in counts)) for kind in sorted({fact.kind for fact in names})}
    wrong = tuple(Wrong(fact, true.get(fact), stated.get(fact)) for fact in sorted(names - right))
    return Score(kinds, wrong)


def part(number: float) -> str:
    """A recall or precision with four digits, cut and not rounded: "1.0000" is said of nothing less."""
    return f"{math.floor(number * 10_000) / 10_000:.4f}"


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that differ for one reason: a missing table's columns are missing, too. `whole` is the first of them."""

    whole: Wrong
    size: int


def grouped(wrong: Iterable[Wrong]) -> tuple[Group, ...]:
    """Fold what is missing (or too much) into the table, column or constraint that is missing (or too much)."""
    listed = list(wrong)
    absent = {
        (one.fact.kind, one.fact.table, one.fact.object, one.truth is None): one
        for one in listed
        if one.fact.attribute == "exists" and (one.truth is None or one.stated is None)
    }
    sizes: Counter[Wrong] = Counter()
    for one in listed:
        side = one.truth is None
        one_sided = one.truth is None or one.stated is None
        wholes = (("table", one.fact.table, "", side), (one.fact.kind, one.fact.table, one.fact.object, side))
        found = next((absent[key] for key in wholes if key in absent), None) if one_sided else None
        sizes[found or one] += 1
    return tuple(Group(one, sizes[one]) for one in listed if one in sizes)
