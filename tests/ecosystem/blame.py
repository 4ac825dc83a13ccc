"""Where in the source to look for the mistake behind a wrong fact.

What is stated stands somewhere. What is missing does not, so the places that could have stated it are asked in turn:
what Driftline says it did not understand, the history of the table, the source's own text.

Example: `Blame(reading).of("models", wrong)` is `("app/models/user.py:12", "states it")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.ecosystem.facts import Fact
from tests.ecosystem.reading import Reading
from tests.ecosystem.score import Wrong

_LONGEST_REASON = 140


@dataclass(frozen=True, slots=True)
class Clue:
    """A place (`path:line` as seen from the opened folder) and what it has to do with the fact."""

    place: str
    why: str

    def __str__(self) -> str:
        """The place first, as terminals and editors like it."""
        return f"{self.place} ({self.why})"


@dataclass(frozen=True, slots=True)
class Blame:
    """Looks into one reading."""

    reading: Reading
    _sources: dict[str, list[str]] = field(default_factory=dict)

    def of(self, document: str, wrong: Wrong) -> Clue | None:
        """The best clue about a wrong fact of a document; None where nothing is known."""
        return next(self._clues(document, wrong), None)

    def _clues(self, document: str, wrong: Wrong) -> Iterator[Clue]:
        if wrong.stated is not None and (place := self.reading.place(document, wrong.stated.item)) is not None:
            yield Clue(place, self._not_understood_at(document, place) or "states it")
        yield from self._not_understood(document, wrong.fact)
        if document == "migrated":
            yield from self._events(wrong)
        yield from self._mentions(document, wrong)
        if wrong.truth is not None:
            table = self.reading.place(document, (wrong.truth.item[0], "", ""))
            if table is not None:
                yield Clue(table, "states the table")

    def _not_understood(self, document: str, fact: Fact) -> Iterator[Clue]:
        """The places that were not understood and name the object or the table, the object's first."""
        listed = self.reading.documents.get(document, {}).get("unknown", ())
        for name in _names(fact):
            for one in listed:
                if _says(name, one["reason"]) or _says(name, self._line(one)):
                    yield Clue(f"{one['path']}:{one['line']}", f"not understood: {one['reason'][:_LONGEST_REASON]}")

    def _not_understood_at(self, document: str, place: str) -> str | None:
        listed = self.reading.documents.get(document, {}).get("unknown", ())
        reasons = [one["reason"] for one in listed if f"{one['path']}:{one['line']}" == place]
        return f"not understood: {reasons[0][:_LONGEST_REASON]}" if reasons else None

    def _line(self, unknown: dict[str, Any]) -> str:
        lines = self._text(unknown["path"])
        return lines[unknown["line"] - 1] if 0 < unknown["line"] <= len(lines) else ""

    def _events(self, wrong: Wrong) -> Iterator[Clue]:
        """The last event of the table's history that names the object, then the last one of all."""
        key = wrong.truth.item[0] if wrong.truth is not None else wrong.fact.table
        events = [one for one in self.reading.history.get(key, ()) if one["place"] is not None]
        for name in (*_names(wrong.fact)[:-1], None):
            for one in reversed(events):
                if name is None or _says(name, one["what"]):
                    word = "last" if one["applied"] else "last, not applied"
                    yield Clue(one["place"], f"{word}: {one['what']}")
                    break

    def _mentions(self, document: str, wrong: Wrong) -> Iterator[Clue]:
        """Lines of the source that write the object's name, quoted or as an attribute, in files that name the table."""
        if wrong.fact.kind == "enum":  # often named after its class, in lower case
            yield from self._classes(wrong.fact.table)
        files = [path for path in self._files() if ("versions" in Path(path).parts) == (document == "migrated")]
        about = [path for path in files if any(_says(wrong.fact.table, line) for line in self._text(path))]
        for name in _names(wrong.fact):
            for path in about:
                for number, line in enumerate(self._text(path), 1):
                    if re.search(rf"""["'.]{re.escape(name)}["']|^\s+{re.escape(name)}\s*[:=]""", line):
                        yield Clue(f"{path}:{number}", f"mentions {name}")

    def _classes(self, name: str) -> Iterator[Clue]:
        for path in self._files():
            for number, line in enumerate(self._text(path), 1):
                if re.match(rf"\s*class\s+{re.escape(name)}\b", line, re.IGNORECASE):
                    yield Clue(f"{path}:{number}", "a class of that name")

    def _files(self) -> tuple[str, ...]:
        return _python_files(self.reading.folder)

    def _text(self, path: str) -> list[str]:
        if path not in self._sources:
            try:
                self._sources[path] = (self.reading.folder / path).read_text("utf-8", errors="replace").split("\n")
            except OSError:
                self._sources[path] = []
        return self._sources[path]


def _names(fact: Fact) -> tuple[str, ...]:
    """The names that the source could mention a fact by: its object's (an unnamed one's columns), its table's."""
    named = re.findall(r"[\w$]+", fact.object.partition(" -> ")[0]) if fact.object.startswith("(") else [fact.object]
    return (*(name for name in named if name), fact.table.rpartition(".")[2])


def _says(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text) is not None


@lru_cache(maxsize=1)
def _python_files(folder: Path) -> tuple[str, ...]:
    """The Python files of a project, as seen from its folder; short paths first."""
    found = [str(path.relative_to(folder)) for path in folder.rglob("*.py")]
    return tuple(sorted(found, key=lambda path: (path.count("/"), path)))
