"""What a revision's file says at a glance, without being run: what it imports, whether `downgrade()` does anything.

Invariant: read from the syntax alone. What `upgrade()` and `downgrade()` come to is for `replay.py` and its siblings.

Example: `read_contents(graph, source, parse)["0002"].downgrade is Body.EMPTY` where the revision 0002 says
`def downgrade(): pass`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum

from driftline.dataclass import dataclass, field
from driftline.migrations.graph import Graph
from driftline.python.last_name import last_name
from driftline.python.nodes import nodes
from driftline.python.origin import NOWHERE, Origin
from driftline.python.syntax import Syntax
from driftline.python.trace import Trace
from driftline.regex import regex
from driftline.sources.source import FileText, Source, changed_since, read_program, untraced

_LIBRARIES = frozenset({*sys.stdlib_module_names, "alembic", "sqlalchemy", "sqlmodel"})
"""Top-level packages whose imports say nothing about the project."""

_IMPORT = regex(r"\bimport\b")
_PLAIN_IMPORT = regex(
    r"^[ \t]*(?:from[ \t]+(\w+)[\w.]*[ \t]+import[ \t]+[^\n;]*|import[ \t]+(\w+)[\w.]*(?:[ \t]+as[ \t]+\w+)?[ \t]*)$",
    re.MULTILINE,
)

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


class Body(Enum):
    """What a function is, as far as its source tells at a glance."""

    EMPTY = "empty"
    """It holds nothing but `pass`, `...`, a docstring or a bare `return`."""
    REFUSES = "refuses"
    """It raises, whatever happens: who wrote it says that there is no way back."""
    DOES = "does"


@dataclass(frozen=True, slots=True)
class Imported:
    """One name that a revision imports from its project: `name` of the module `module`; "" for the module itself.

    `used`: for a module, the attributes of it that the revision uses.
    """

    module: str
    name: str = ""
    used: tuple[str, ...] = ()
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """What one revision's file says.

    `downgrade` is None where the file defines none of its own. `asks`: where it first reads from the database what
    `alembic upgrade --sql` has no database to read from; `NOWHERE` where it does not, or looks whether it may.
    """

    imports: tuple[Imported, ...] = ()
    downgrade: Body | None = None
    downgrade_origin: Origin = field(default=NOWHERE, compare=False)
    asks: bool = False
    asks_origin: Origin = field(default=NOWHERE, compare=False)


class Looked:
    """What files said, by path and digest, kept from one reading of a history to the next."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self.files: dict[str, tuple[bytes, Contents]] = {}
        self.last: tuple[Graph, Source, Mapping[str, Contents]] | None = None
        """The last reading: of which graph, from which source, and what it gave."""


def read_contents(
    graph: Graph, source: Source, parse: Callable[[FileText], Syntax], looked: Looked | None = None
) -> Mapping[str, Contents]:
    """Give what the file of each revision says, by revision; a file that cannot be read says nothing.

    `looked`: what earlier readings kept; what of it is still good is kept for the next one.
    """
    among: Collection[str] | None = None
    found: dict[str, Contents] = {}
    known = looked.files if looked is not None else {}
    now: dict[str, tuple[bytes, Contents]] = {}
    if looked is not None and looked.last is not None and looked.last[0] is graph:
        among = changed_since(source, looked.last[1])
        if among is not None:
            found, now = dict(looked.last[2]), known
    for revision in graph.revisions.values():
        if among is not None and revision.path not in among:
            continue
        file = read_program(source, revision.path)
        if not isinstance(file, FileText):
            found[revision.id] = Contents()
            now.pop(revision.path, None)
            continue
        kept = known.get(file.path)
        if kept is None or kept[0] != file.digest:
            kept = file.digest, contents_of(parse(file))
        now[file.path] = kept
        found[revision.id] = kept[1]
    if looked is not None:
        looked.files, looked.last = now, (graph, untraced(source), found)
    return found


def contents_of(syntax: Syntax) -> Contents:
    """Give what one file says; one that does not parse as a whole says nothing of what it lacks."""
    downgrade = next(
        (one for one in reversed(syntax.tree.body) if isinstance(one, _FUNCTION) and one.name == "downgrade"), None
    )
    asking = None if syntax.problem is not None else _asking(syntax)
    return Contents(
        imports=tuple(_imports(syntax)),
        downgrade=None if downgrade is None or syntax.problem is not None else _body(downgrade),
        downgrade_origin=NOWHERE if downgrade is None else Trace(syntax, downgrade),
        asks=asking is not None,
        asks_origin=NOWHERE if asking is None else Trace(syntax, asking),
    )


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Body:
    if all(_does_nothing(one) for one in function.body):
        return Body.EMPTY
    return Body.REFUSES if any(isinstance(one, ast.Raise) for one in function.body) else Body.DOES


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


# Imports -------------------------------------------------------------------------------------------------------------


def _imports(syntax: Syntax) -> Iterator[Imported]:
    text = syntax.text
    plain = sum((one[1] or one[2]) in _LIBRARIES for one in _PLAIN_IMPORT.finditer(text))
    if plain == len(_IMPORT.findall(text)):
        return  # most files import nothing but libraries, in lines that say so
    every = nodes(syntax.tree)
    taken = [one for one in every if type(one) is ast.Attribute]
    for node in every:
        if type(node) is ast.ImportFrom:
            module = "." * node.level + (node.module or "")
            if module.partition(".")[0] not in _LIBRARIES:
                origin = Trace(syntax, node)
                for one in node.names:
                    used = _attributes(taken, one.asname or one.name) if one.name in text else ()
                    yield Imported(module, one.name, used, origin)
        elif type(node) is ast.Import:
            for one in node.names:
                if one.name.partition(".")[0] not in _LIBRARIES:
                    bound = one.asname or one.name
                    yield Imported(one.name, "", _attributes(taken, bound), Trace(syntax, node))


def _attributes(taken: Iterable[ast.Attribute], bound: str) -> tuple[str, ...]:
    """The attributes, of those `taken`, that are of what `bound` (a dotted name) stands for."""
    last = bound.rpartition(".")[2]
    of_bound = (one.attr for one in taken if last_name(one.value) == last and _dotted(one.value) == bound)
    return tuple(dict.fromkeys(name for name in of_bound if name != bound))


def _dotted(node: ast.expr) -> str:
    """The dotted name that an expression is; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


# Questions to the database -------------------------------------------------------------------------------------------

_NAMES = (ast.Attribute, ast.Name)
_GUARDS = frozenset({"is_offline_mode", "as_sql"})
_INSPECTING = frozenset({"inspect", "from_engine"})
_READING = frozenset(
    {"all", "fetchall", "fetchmany", "fetchone", "first", "mappings", "one", "one_or_none", "scalar", "scalar_one"}
    | {"scalar_one_or_none", "scalars"}
)


def _asking(syntax: Syntax) -> ast.AST | None:
    """The first call that needs an answer from the database, where the file does not look whether there is one.

    Without a database, `op.get_bind()` gives a stand-in that writes SQL: it cannot be inspected, and gives no rows.
    """
    if not ("get_bind" in syntax.text or "get_context" in syntax.text):  # nothing leads to a database
        return None
    calls: list[ast.Call] = []
    every = nodes(syntax.tree)
    for node in every:
        if type(node) is ast.Call:
            calls.append(node)
        elif type(node) in _NAMES and last_name(node) in _GUARDS:
            return None
    binds = _bound_to_bind(every)
    asking = [one for one in calls if _asks(one, binds)]
    return min(asking, key=lambda one: (one.lineno, one.col_offset), default=None)


def _asks(call: ast.Call, binds: frozenset[str]) -> bool:
    name = last_name(call.func)
    if name in _INSPECTING:
        return any(_is_bind(one, binds) for one in call.args)
    if name in _READING and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        inner = call.func.value
        executes = isinstance(inner.func, ast.Attribute) and inner.func.attr in ("execute", "scalars")
        return executes and isinstance(inner.func, ast.Attribute) and _is_bind(inner.func.value, binds)
    return False


def _bound_to_bind(every: Sequence[ast.AST]) -> frozenset[str]:
    """The names that are set to `op.get_bind()`."""
    return frozenset(
        target.id
        for node in every
        if isinstance(node, ast.Assign) and _is_bind(node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _is_bind(node: ast.expr, binds: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in binds
    if isinstance(node, ast.Call):
        return last_name(node.func) == "get_bind"
    return isinstance(node, ast.Attribute) and node.attr in ("bind", "connection") and "get_context" in ast.dump(node)
