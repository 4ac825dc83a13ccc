"""The line of the source to look at for a difference between what was read and what a database says.

What is stated stands somewhere. What is missing does not: then the places that could have stated it are asked in turn.
They are what was not understood and names it, the history of the table, and the source's own text.

Example: for a foreign key that a revision drops by a helper that was misread, the place of that helper's last call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from driftline.cli.verification.facts import Difference, Fact
from driftline.dataclass import dataclass, field
from driftline.engine.analysis import Location
from driftline.engine.places import Places, location
from driftline.migrations.history import Event
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.sources.source import FileText, Source
from driftline.text import Span


@dataclass(frozen=True, slots=True)
class Side:
    """Where one of the two schemas comes from.

    `unknown`: what was not understood on the way. `timelines`: the histories of its tables. `files`: what was read.
    `fallback`: the place that is always right, if nothing better is found.
    """

    places: Places
    source: Source
    unknown: tuple[Unknown, ...]
    files: tuple[str, ...]
    fallback: Location
    timelines: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)


def place_of(difference: Difference, side: Side) -> Location:
    """Give the best place for a difference."""
    return next(_candidates(difference, side), side.fallback)


def _candidates(difference: Difference, side: Side) -> Iterator[Location]:
    fact, ours = difference.fact, difference.ours
    if ours is not None:
        value = ours.value
        yield from _located((value.origin,) if isinstance(value, Unknown) else (), side)
        yield from _located((ours.origin,), side)
    names = _names(fact)
    for name in names:
        yield from _located((one.origin for one in side.unknown if _says(name, one.reason)), side)
    events = [one for one in side.timelines.get(fact.table, ()) if one.applied]
    for name in names[:-1]:
        yield from _located(
            (one.operation.origin for one in reversed(events) if _says(name, repr(one.operation))), side
        )
    yield from _located((one.operation.origin for one in reversed(events)), side)
    for name in names:
        yield from _mentions(name, fact, side)


def _located(origins: Iterable[Origin], side: Side) -> Iterator[Location]:
    for origin in origins:
        found = side.places.locate(origin)
        if found is not None:
            yield found


def _mentions(name: str, fact: Fact, side: Side) -> Iterator[Location]:
    """Lines that write `name`, in files that write the table's name, too."""
    for path in side.files:
        file = side.source.read(path)
        if not isinstance(file, FileText) or not _says(_bare(fact.table), file.text):
            continue
        syntax = side.places.syntax(path)
        written = rf"""(?<=["'.]){re.escape(name)}(?=["'])|^[ \t]+{re.escape(name)}(?=\s*[:=])"""
        match = re.search(written, file.text, re.MULTILINE)
        if match is not None and syntax is not None:
            yield location(path, syntax.index, Span(match.start(), match.end()))


def _names(fact: Fact) -> list[str]:
    """Give the names that a source could mention a fact by: its object's, or its columns', then its table's."""
    words = re.findall(r"[\w$]+", fact.object.partition(" to ")[0]) if fact.object.startswith("(") else [fact.object]
    return [*(one for one in words if one), _bare(fact.table)]


def _bare(key: str) -> str:
    return key.rpartition(".")[2]


def _says(name: str, text: str) -> bool:
    return bool(name) and re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text) is not None
