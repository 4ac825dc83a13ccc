"""Markdown pages as tests: what a page shows is run, and what it says of it must be so.

- The first-level heading names the page, each section with files in it is a case.
- A line with nothing but a path, such as `` `models.py`: ``, makes a file of the fence that follows.
- A `toml` fence without a path holds settings, as they stand in pyproject.toml.
- A comment such as `# error: [missing-check] "no revision creates it"` expects a finding, on its own line or, where it
  stands alone, on the next line that is no such comment. The quoted text, if there is one, must be in the message.
- Every finding must be expected, and every expected one found, in every file of the case.

A `diff fix` fence is what a quick fix does to the page's first case that finds something: tests/fixes/test_pages.py.
Other fences are prose. Example: `cases(page)[0].failures()` is [] where a page tells the truth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.support.project import Placed, findings

_HEADING = re.compile(r"^(#{1,6}) (.+)$")
_PATH = re.compile(r"^`([^`]+)`:\s*$")
_FENCE = re.compile(r"^(`{3,})(\w*)(?: \w+)?\s*$")
_ASSERTION = re.compile(r'#\s*(error|warning|information|hint): \[([a-z-]+)\](?: "((?:[^"\\]|\\.)*)")?')


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that a comment expects."""

    path: str
    line: int
    level: str
    rule: str
    text: str

    def fits(self, placed: Placed) -> bool:
        """Whether a finding is the expected one."""
        one = placed.finding
        place = (placed.path, placed.line, one.level.value, one.rule)
        return place == (self.path, self.line, self.level, self.rule) and self.text in one.message

    def __str__(self) -> str:
        """Give the expectation in one line."""
        return f"{self.path}:{self.line}: {self.level}: [{self.rule}] …{self.text}…"


@dataclass(slots=True)
class Case:
    """A section with files. `line`: where it begins in the page."""

    title: str
    line: int
    files: dict[str, str] = field(default_factory=dict)

    def failures(self) -> list[str]:
        """Give what is missing and what is unexpected, one line each."""
        wanted = [one for path, text in self.files.items() for one in assertions(path, text)]
        found = findings(self.files)
        failures = []
        for one in wanted:
            match = next((placed for placed in found if one.fits(placed)), None)
            if match is None:
                failures.append(f"missing: {one}")
            else:
                found.remove(match)
        return failures + [f"unexpected: {placed}" for placed in found]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its first-level heading, the titles of its second-level sections, and its cases."""

    title: str
    sections: tuple[str, ...]
    cases: tuple[Case, ...]


def read_page(text: str) -> Page:
    """Read a page; settings in a section hold for the cases in that section."""
    headings = [match for line in _outside_fences(text) if (match := _HEADING.match(line))]
    titles = [match.group(2) for match in headings if len(match.group(1)) == 1]
    sections = tuple(match.group(2) for match in headings if match.group(1) == "##")
    return Page(titles[0] if titles else "", sections, tuple(case for case in _cases(text) if _has_files(case.files)))


def assertions(path: str, text: str) -> Iterator[Expected]:
    """Give the findings that the comments in a file expect."""
    waiting: list[tuple[str, str, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = [(one[1], one[2], (one[3] or "").replace('\\"', '"')) for one in _ASSERTION.finditer(line)]
        if found and line.lstrip().startswith("#"):
            waiting += found
            continue
        yield from (Expected(path, number, *one) for one in (*waiting, *found))
        waiting = []


def _has_files(files: Mapping[str, str]) -> bool:
    return bool(files.keys() - {"pyproject.toml"})


def _outside_fences(text: str) -> Iterator[str]:
    fence = None
    for line in text.splitlines():
        match = _FENCE.match(line)
        if fence is None and match:
            fence = match.group(1)
        elif fence is not None and line == fence:
            fence = None
        elif fence is None:
            yield line


def _cases(text: str) -> Iterator[Case]:
    lines = iter(enumerate(text.splitlines(), start=1))
    case = Case("", 1)
    path: str | None = None
    for number, line in lines:
        if heading := _HEADING.match(line):
            yield case
            case, path = Case(heading.group(2), number), None
        elif named := _PATH.match(line):
            path = named.group(1)
        elif fence := _FENCE.match(line):
            body = []
            for _, inner in lines:
                if inner == fence.group(1):
                    break
                body.append(inner)
            if path is None and fence.group(2) == "toml":
                path = "pyproject.toml"
            if path is not None:
                case.files[path] = "\n".join(body) + "\n"
            path = None
        elif line.strip():
            path = None
    yield case
