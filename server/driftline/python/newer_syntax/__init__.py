"""A second parser, for source that is newer than the Python that runs Driftline.

It reads what Python 3.11 to 3.15 added to the grammar, on every Python from 3.11 on, and gives trees of the running
Python's own nodes:

- PEP 701: an f-string within which anything may stand, its own quotes, backslashes, comments and line breaks included;
- PEP 695 and 696: `type X = …`, `def f[T](…)`, `class C[T = int]:`;
- PEP 750: `t"…"`;
- PEP 758: `except A, B:`;
- PEP 810: `lazy import a`.

The text is scanned (`scan`), the newer constructs are written as older ones in their places (`rewriting`), the
running Python parses that, and the tree is given the shape and the positions that it has in the text as it stands
(`restoring`). What is not newer is read by the running Python's own parser and by nothing else.
docs/decisions/second-parser.md says why, and what the alternatives cost.

What has no node in Python 3.11 is said as one would have said it there, whatever Python runs:

- `type X = Y` is an `ast.Assign` of the name, from `type` to the end, with `type_comment="TypeAlias"` (which
  `ast.parse` leaves None), so that who needs the difference has it;
- a type parameter is gone from the definition; where its name is used, there is `__import__("typing").TypeVar("T")`
  (or `ParamSpec`, `TypeVarTuple`) in the name's place. Bounds and defaults are dropped;
- a template string is a call of `string.templatelib.Template` with its strings and its `Interpolation`s;
- a lazy import is an import.

An f-string that had to be rewritten has the positions that Python 3.12 and newer give to its parts.

Not read: what Python 3.15 allows in comprehensions (PEP 798).

Invariant: knows text and `ast`; nothing of files, values or evaluation.

Example: in `parse("type X = int").body[0].targets[0]` is an `ast.Name` at column 5.
"""

from __future__ import annotations

import ast
import re
import warnings

from driftline.python.newer_syntax.restoring import restore
from driftline.python.newer_syntax.rewriting import rewrite
from driftline.regex import regex

__all__ = ["may_need_lowering", "parse"]

_LOWERED = r"""
      \b (?:type | lazy) [\s\\]+ \w
    | \b (?:def | class) [\s\\]+ \w+ [\s\\]* \[
    | \b (?:[tT][rR]? | [rR][tT]) ["']
"""
"""What is lowered wherever it is read, as one can tell it by a regular expression: it may be in a string, too."""
_MAY_NEED_LOWERING = regex(_LOWERED, re.VERBOSE)
_MAY_BE_NEWER = regex(_LOWERED + r"""| \b except \b [^:,]{0,300} , | \b (?:[fF][rR]? | [rR][fF]) ["']""", re.VERBOSE)


def may_need_lowering(text: str) -> bool:
    """Whether something may stand in `text` that only some running Pythons have nodes for: a quick look, no parse."""
    return _MAY_NEED_LOWERING.search(text) is not None


def parse(text: str) -> ast.Module | None:
    """Parse `text`, which may be newer than the running Python; None where nothing newer stands in it.

    The positions of the nodes count lines from one and columns in UTF-8 bytes of the line in `text`, as `ast` does.

    Raises:
        SyntaxError: what is wrong besides; its place is that in `text`, its columns count characters, from one.
        RecursionError: it is nested too deeply.
        MemoryError: it is nested too deeply for the running Python's parser.
        ValueError: it holds what no source may, such as a null character.

    """
    if _MAY_BE_NEWER.search(text) is None:
        return None
    rewriting = rewrite(text)
    if rewriting is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(rewriting.text)
    except SyntaxError as error:
        raise rewriting.places.error(error) from None
    return restore(tree, rewriting)
