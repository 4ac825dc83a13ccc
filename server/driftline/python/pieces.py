r"""Parsing a file a few hundred lines at a time, and going on where it is broken.

Python's parser holds the interpreter's lock for as long as it takes: 12 µs for each line, in which no other thread of
the server answers anybody. So a long file is parsed in pieces (`cuts`); together they are the tree of the whole.

Where a piece does not parse, the statement in it is looked for that does not: halves of it are parsed, then halves of
these. Of that, what can be kept is kept. First the statement at the parser's own error is left out of it; where
that is no help (a quotation that was never closed turns all those behind it inside out), those of its parts are that do
not parse by themselves. A place is parsed a handful of times at most: the time grows with the length of the text.

Invariant: what is left stands where it stood; a text that parses gives what `ast.parse` does.

Example: `parse_pieces("x = 1\ny = (\nz = 2\n")` gives `x = 1`, `0` in the broken statement's place, and `z = 2`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from driftline.dataclass import dataclass
from driftline.python import cuts
from driftline.python.parsing import NOWHERE, SyntaxProblem, has_newer, parse_text
from driftline.regex import regex
from driftline.text import LineIndex, Span

_LINES = 400
"""How many lines are parsed at once: some 5 ms."""
_FEWEST = 25
"""To how many that goes down where one statement after the other is broken."""
_ERRORS = 3
"""How many statements are left out of another by where the parser's error is."""
_DEEPEST = 8
"""How deep a broken statement is looked for in others: what is in there is left out as a whole."""
_BLOCK = "if 1:\n"
"""What stands before statements that are indented."""

_LETTERS = regex(r"[^\r\n]+")
_CONFLICT = regex(r"^<{7}[ ].*$", re.MULTILINE)
_BETWEEN_SIDES = regex(r"^(?:<{7}|={7}|>{7}|\|{7})(?:[ ].*)?$", re.MULTILINE)
"""The lines around the sides of a merge that nobody has settled."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """Lines that are left out. `kept`: something stands in their place, since a block must not be empty."""

    start: int
    end: int
    kept: bool = True


def parse_pieces(text: str) -> tuple[ast.Module, SyntaxProblem | None]:
    """Parse what there is to parse; where that is not all, say why: of the first statement that is broken."""
    if "\0" in text:
        return ast.Module([], []), parse_text(text)[1]
    reading = _Reading(text)
    while reading.at < len(text):
        reading.go_on()
    problem = reading.problem
    # Where the parser did not even come to an end, the text is no program of which something could be kept.
    hopeless = problem is not None and problem.span == NOWHERE
    return ast.Module([] if hopeless else reading.body, []), problem


class _Reading:
    """A text that has been read up to `at`: the `body` of its tree so far, and the first `problem`."""

    def __init__(self, text: str) -> None:
        """Begin."""
        self.text = text
        self.index = LineIndex(text)
        self.body: list[ast.stmt] = []
        self.problem: SyntaxProblem | None = None
        self.at = 0
        self._lines = _LINES
        self._newer = False
        """Whether something newer than the running Python stands in the piece that is read."""

    def go_on(self) -> None:
        """Read the next piece, or the next broken statement and what stands before it."""
        line = self.index.line_of(self.at) + self._lines
        end = cuts.likely(self.text, self.index.starts[line]) if line < self.index.line_count else len(self.text)
        self._newer = False
        refused = self._takes(self.at, end)
        if refused is not None and has_newer(self.text[self.at : end]):
            self._newer = True
            refused = self._takes(self.at, end)
        if refused is None:
            self._lines = min(self._lines * 2, _LINES)
            return
        self._lines = max(self._lines // 2, min(_FEWEST, _LINES))
        if _CONFLICT.search(self.text) is not None:
            self.text = _BETWEEN_SIDES.sub(_spaces, self.text)
            self.problem = self.problem or refused
        statements = cuts.starts(self.text, self.at, end, 0)
        broken = _first_broken(statements, lambda *one: self._takes(*one) is None, refused.span.start)
        if broken is not None:
            self._mend(*broken, refused)

    def _takes(self, start: int, stop: int, holes: Sequence[_Hole] = ()) -> SyntaxProblem | None:
        """Parse statements, and take them as the next ones; where they do not parse, say why."""
        above = "\n" * self.index.line_of(start)
        tree, problem = parse_text(above + self._but_for(start, stop, holes), newer=self._newer)
        if tree is None:
            return problem and _moved(problem, start - len(above))
        self.body += tree.body
        self.at = stop
        return None

    def _mend(self, start: int, stop: int, refused: SyntaxProblem) -> None:
        """Take what is right in the statement that does not parse. `refused`: what was said of the piece it is in."""
        stop = self._extent(start, stop, 0)
        problem = self._takes(start, stop)
        if problem is not None:
            self._takes(start, stop, self._holes(start, stop, 0))
            self.at = stop
        self.problem = self.problem or problem or refused

    def _extent(self, start: int, stop: int, indent: int) -> int:
        """Give where a broken statement ends: where its lines do, if a quotation or bracket of it may be open."""
        at = start
        while at < stop and self.text[at + cuts.width(self.text, at)] == "@":
            at = cuts.end_by_indentation(self.text, at, stop)
        end = cuts.end_by_indentation(self.text, at, stop) if at < stop else stop
        first_line_end = cuts.first_line_end(self.text, start, stop)
        is_open = end < first_line_end and self._problem(start, first_line_end, indent) is not None
        return end if is_open else max(end, first_line_end)

    def _problem(self, start: int, stop: int, indent: int, holes: Sequence[_Hole] = ()) -> SyntaxProblem | None:
        """Say what is wrong with statements that are indented by `indent`, but for the holes."""
        above = _BLOCK if indent else ""
        tree, problem = parse_text(above + self._but_for(start, stop, holes), newer=self._newer)
        return None if tree is not None or problem is None else _moved(problem, start - len(above))

    def _but_for(self, start: int, stop: int, holes: Sequence[_Hole]) -> str:
        """Give a stretch of the text, as long as it is there, but for the holes."""
        parts: list[str] = []
        for hole in sorted(holes, key=lambda one: one.start):
            parts += (self.text[start : hole.start], self._blank(hole))
            start = hole.end
        return "".join((*parts, self.text[start:stop]))

    def _blank(self, hole: _Hole) -> str:
        """Give what stands in place of the lines: nothing, or the shortest statement there is.

        Places in what is left are places in the text: it is as wide, in UTF-8, as the character that it stands for.
        """
        blank = _LETTERS.sub(_spaces, self.text[hole.start : hole.end])
        if not hole.kept:
            return blank
        indent = cuts.width(self.text, hole.start)
        zeros = "0" * len(self.text[hole.start + indent].encode("utf-8", "surrogatepass"))
        first, line_end, rest = blank.partition("\n")
        return f"{blank[:indent]}{zeros}{first[indent + len(zeros) :]}{line_end}{rest}"

    # What is left out of a broken statement

    def _holes(self, start: int, stop: int, indent: int, depth: int = 0) -> Sequence[_Hole]:
        """Give what to leave out of a statement that does not parse, for the rest of it to do so."""
        ways = (self._by_errors, self._by_parts, self._but_for_the_first_line)
        for way in ways if depth < _DEEPEST else ():
            holes = way(start, stop, indent, depth)
            if holes and self._problem(start, stop, indent, holes) is None:
                return holes
        return [_Hole(start, stop)]

    def _by_errors(self, start: int, stop: int, indent: int, _depth: int) -> Sequence[_Hole]:
        """Leave out the statement at the parser's error, and the one at the next."""
        holes: list[_Hole] = []
        for _ in range(_ERRORS):
            problem = self._problem(start, stop, indent, holes)
            if problem is None:
                break
            at = cuts.begin_of(self.text, start, problem.span.start)
            if at >= stop or (holes and at < holes[-1].end):
                return []
            hole = _Hole(at, cuts.end_by_indentation(self.text, at, stop), problem.message != "unexpected indent")
            if hole.start == start and hole.end == stop:
                return []
            holes.append(hole)
        return holes

    def _by_parts(self, start: int, stop: int, indent: int, depth: int) -> Sequence[_Hole]:
        """Leave out what does not parse by itself among the statements in a statement."""
        begins = islice(cuts.starts(self.text, start, stop), 1, None)
        inner = next((at for at in begins if at < stop and cuts.width(self.text, at) > indent), None)
        return [] if inner is None else list(self._broken_parts(inner, stop, indent, depth + 1))

    def _broken_parts(self, at: int, stop: int, outer: int, depth: int) -> Iterator[_Hole]:
        indent = cuts.width(self.text, at)
        while at < stop:
            statements = (min(one, stop) for one in cuts.starts(self.text, at, stop, indent))
            broken = _first_broken(statements, lambda start, end: self._stand(start, end, indent))
            if broken is None:
                return
            start, end = broken
            here = cuts.width(self.text, start)
            if here != indent:  # it goes on with the statement around it, or is where nothing can stand
                end = cuts.first_line_end(self.text, start, stop)
                if here != outer or not cuts.is_clause(self.text, start):
                    yield _Hole(start, end, kept=False)
            else:
                end = self._extent(start, end, indent)
                if self._problem(start, end, indent) is not None:
                    yield from self._holes(start, end, indent, depth)
            at = end

    def _stand(self, start: int, end: int, indent: int) -> bool:
        """Whether statements can stand below each other where they are."""
        return cuts.width(self.text, start) == indent and self._problem(start, end, indent) is None

    def _but_for_the_first_line(self, start: int, stop: int, _indent: int, _depth: int) -> Sequence[_Hole]:
        """Leave out all but the first line: what is below it should not be indented."""
        end = cuts.first_line_end(self.text, start, stop)
        return [_Hole(end, stop, kept=False)] if end < stop else []


def _first_broken(begins: Iterator[int], parse: Callable[[int, int], bool], hint: int = 0) -> tuple[int, int] | None:
    """Give the first statement that does not parse, of those that begin at `begins` (last comes the end of the last).

    `parse` is asked about some of them at a time; those that it takes come one after the other. `hint`: where it may
    be; they are gone through from there on, or else from the first one on, ever more of them at a time.
    """
    known = [next(begins)]
    while known[-1] <= hint and (one := next(begins, None)) is not None:
        known.append(one)
    taken, step, growing, hinted = 0, max(1, len(known) - 2), True, len(known) > 2  # noqa: PLR2004 - one before it
    while True:
        known += islice(begins, max(0, taken + step + 1 - len(known)))
        upto = min(taken + step, len(known) - 1)
        if upto == taken:
            return None
        if parse(known[taken], known[upto]):
            taken = upto
            step = 1 if hinted else step * 2 if growing else max(1, step // 2)
        elif upto - taken == 1:
            return known[taken], known[upto]
        else:
            growing, step = False, max(1, (upto - taken) // 2)
        hinted = False


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _moved(problem: SyntaxProblem, by: int) -> SyntaxProblem:
    """Give a problem where it is in the whole text; one that is nowhere stays there."""
    if problem.span == NOWHERE:
        return problem
    start = max(0, problem.span.start + by)
    return SyntaxProblem(problem.message, Span(start, max(start, problem.span.end + by)))
