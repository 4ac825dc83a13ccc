"""Python's own parser, asked about one text: a tree, or what is wrong with the text.

What the running Python is too old to parse, `newer_syntax` does; the trees are made of the same nodes on each Python.

Invariant: `parse_text` never raises, whatever the text.

Example: `parse_text("x = (")` gives no tree, and the `SyntaxProblem` that the bracket was never closed.
"""

from __future__ import annotations

import ast
import gc
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass
from driftline.python.private_names import lines_with_private_names, mangle
from driftline.text import LineIndex, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_HAS_NEWER_NODES = hasattr(ast, "TypeAlias")
"""Whether the running Python is newer than 3.11, whose nodes are the ones that are read."""
NOWHERE = Span(0, 0)
"""Where the problem is of a text that is nested too deeply, or is no text of a program: nothing of it can be kept."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a text is not Python: a clause for the user, and where."""

    message: str
    span: Span


def parse_text(text: str, *, newer: bool = True) -> tuple[ast.Module | None, SyntaxProblem | None]:
    """Parse with the running Python's own parser, which gives up on hostile text in several ways.

    `newer`: whether something may stand there that is newer than it; looking for that takes longer than to parse.
    """
    try:
        with warnings.catch_warnings(), _nothing_collected():
            warnings.simplefilter("ignore")
            return _compiled(text, _lowered(text, ast.parse(text))), None
    except SyntaxError as error:
        return _parse_newer(text, error) if newer else (None, _problem(text, error))
    except (RecursionError, MemoryError):
        return None, SyntaxProblem("it is nested too deeply to be parsed", NOWHERE)
    except (ValueError, OverflowError) as error:
        return None, SyntaxProblem(f"it is no Python text: {error}", NOWHERE)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector away: a tree is many objects, none of them garbage; looking takes half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _parse_newer(text: str, error: SyntaxError) -> tuple[ast.Module | None, SyntaxProblem | None]:
    """Parse text that the running Python refused with `error`, in case it is only newer than that."""
    from driftline.python import newer_syntax

    try:
        tree = newer_syntax.parse(text)
    except SyntaxError as another:
        error = another
    except (RecursionError, MemoryError, ValueError, OverflowError):
        pass
    else:
        if tree is not None:
            return _compiled(text, tree), None
    return None, _problem(text, error)


def has_newer(text: str) -> bool:
    """Whether something stands in the text that may be newer than the running Python."""
    from driftline.python import newer_syntax

    try:
        return newer_syntax.parse(text) is not None
    except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError):
        return True


def _lowered(text: str, tree: ast.Module) -> ast.Module:
    """Give the same tree on each Python: one of the nodes that Python 3.11 has, also where the running one has more."""
    if not _HAS_NEWER_NODES:
        return tree
    from driftline.python import newer_syntax

    try:
        lowered = newer_syntax.parse(text) if newer_syntax.may_need_lowering(text) else None
    except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError):
        return tree
    return lowered or tree


def _compiled(text: str, tree: ast.Module) -> ast.Module:
    """Give the tree with the names that Python's compiler writes into it."""
    lines = lines_with_private_names(text)
    if lines:
        mangle(tree, lines)
    return tree


def _problem(text: str, error: SyntaxError) -> SyntaxProblem:
    message = re.sub(r" \(<unknown>, line \d+\)$", "", error.msg or "invalid syntax")
    return SyntaxProblem(message, _place(text, error))


def _place(text: str, error: SyntaxError) -> Span:
    """Give the place of a syntax error, whose column counts characters, from one."""
    index = LineIndex(text)
    line = max(1, min(error.lineno or 1, index.line_count)) - 1
    start = min(index.starts[line] + max(0, (error.offset or 1) - 1), len(text))
    end = start
    if error.end_lineno and error.end_offset and 0 < error.end_lineno <= index.line_count:
        end = min(index.starts[error.end_lineno - 1] + max(0, error.end_offset - 1), len(text))
    return Span(start, max(start, end))
