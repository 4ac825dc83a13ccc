"""Name something of SQLAlchemy in a module, in the module's own style, importing it where it is not imported yet.

Example: in a file with `from sqlalchemy import Boolean, String`, naming `sqlalchemy.ForeignKey` gives the expression
`ForeignKey` and the edit that inserts it between the two; in a file with `import sqlalchemy as sa` it gives
`sa.ForeignKey`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from driftline.dataclass import dataclass
from driftline.fixes.items import import_items, insert_item, newline_of
from driftline.python.syntax import Syntax
from driftline.text import Span, TextEdit

_ALSO_IN = {
    "sqlalchemy": ("sqlalchemy.schema", "sqlalchemy.sql.schema", "sqlmodel"),
    "sqlalchemy.orm": (),
    "sqlmodel": (),
}
"""Other modules that hold the same names."""


@dataclass(frozen=True, slots=True)
class Named:
    """How a thing is written in a module, and the edits that make that name known."""

    expression: str
    edits: tuple[TextEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """Where a name is to be used. `line`: of the statement around it, by which its import has run; None: anywhere.

    `hidden`: names that mean something else there, as a class around binds them.
    """

    line: int | None = None
    hidden: frozenset[str] = frozenset()

    @classmethod
    def within(cls, owner: ast.AST) -> Use:
        """Give the use of a name in a class statement, or in a call."""
        hidden = bound_names(owner.body) if isinstance(owner, ast.ClassDef) else frozenset()
        return cls(getattr(owner, "lineno", None), hidden)


ANYWHERE = Use()


def name_in(syntax: Syntax, module: str, name: str, *, prefix: str | None = None, use: Use = ANYWHERE) -> Named | None:
    """Name `module.name`. `prefix`: what the code around has before such names (`sa` of `sa.Column`), if anything.

    None where the module binds that name to something else.
    """
    known = _itself(syntax.tree, module, name, use)
    if known is not None:
        return Named(known)
    if prefix is not None and _may_hold(syntax.tree, prefix, module):
        return Named(f"{prefix}.{name}")
    holder = _module_in(syntax.tree, module, use)
    extended = _extend(syntax, module, name, use)
    if extended is not None and (holder is None or _gives_classes(syntax.tree, module, use)):
        return extended
    if holder is not None:
        return Named(f"{holder}.{name}")
    if name in use.hidden:
        package = module.partition(".")[0]
        if package in use.hidden | bound_names(syntax.tree.body, but={package}):
            return None
        return Named(f"{module}.{name}", (new_import(syntax, module, f"import {module}", above=use.line),))
    if _is_taken(syntax.tree, module, name):
        return None
    return Named(name, (new_import(syntax, module, f"from {module} import {name}", above=use.line),))


def _itself(tree: ast.Module, module: str, name: str, use: Use) -> str | None:
    """Give the name that an import binds to `module.name`."""
    for node in imports_above(tree, use.line):
        if isinstance(node, ast.ImportFrom) and node.module in (module, *_ALSO_IN.get(module, ())) and not node.level:
            for alias in node.names:
                if alias.name in (name, "*") and (alias.asname or name) not in use.hidden:
                    return alias.asname or name
    return None


def _module_in(tree: ast.Module, module: str, use: Use) -> str | None:
    """Give the name that an import binds to `module`."""
    for node in imports_above(tree, use.line):
        lead = ""
        if isinstance(node, ast.ImportFrom):
            if node.module is None or node.level:
                continue
            lead = f"{node.module}."
        for alias in node.names:
            bound = alias.asname or alias.name
            if f"{lead}{alias.name}" == module and "." not in bound and bound not in use.hidden:
                return bound
    return None


def imports_above(tree: ast.Module, line: int | None) -> list[ast.Import | ast.ImportFrom]:
    """Give the imports at the top level of a module that have run when its line `line` does; all without one."""
    return [node for node in imports_of(tree) if line is None or node.lineno < line]


def _is_taken(tree: ast.Module, module: str, name: str) -> bool:
    """Whether the module binds `name` to something else.

    An import of the same thing is none: it may stand below, or under `if TYPE_CHECKING:`.
    """
    same = {f"{one}.{name}" for one in (module, *_ALSO_IN.get(module, ()))}
    return name in bound_names(tree.body, but=same)


def imports_of(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Give the imports at the top level of a module."""
    return (node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))


def imported_modules(tree: ast.Module) -> frozenset[str]:
    """Give the modules that a file imports, wherever it does; of `from a import b`, it is `a`."""
    nodes = list(ast.walk(tree))
    froms = {one.module for one in nodes if isinstance(one, ast.ImportFrom) and one.module and not one.level}
    return frozenset(froms | {alias.name for one in nodes if isinstance(one, ast.Import) for alias in one.names})


def bound_names(body: Sequence[ast.stmt], *, but: AbstractSet[str] = frozenset()) -> frozenset[str]:
    """Give the names that the statements of a module or class bind, in any branch of theirs.

    `but`: dotted paths whose imports do not count, where they bind the last part of it.
    """
    found: set[str] = set()
    queue: list[ast.AST] = list(body)
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            lead = f"{'.' * node.level}{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
            found.update(
                alias.asname or alias.name.partition(".")[0]
                for alias in node.names
                if alias.asname or f"{lead}{alias.name}" not in but
            )
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Lambda) or (isinstance(node, ast.AnnAssign) and node.value is None):
            continue
        queue.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def is_for_types(statement: ast.stmt) -> bool:
    """Whether it is an `if TYPE_CHECKING:`, whose imports never run."""
    return isinstance(statement, ast.If) and ast.unparse(statement.test).rpartition(".")[2] == "TYPE_CHECKING"


def operations_in(syntax: Syntax, used: AbstractSet[str]) -> Named | None:
    """Give what stands before the names of Alembic's operations: `op.`; nothing where all of them are imported.

    `used`: the names asked for. None where the file means something else by `op`.
    """
    starred = any(
        isinstance(node, ast.ImportFrom) and node.module == "alembic.op" and node.names[0].name == "*"
        for node in imports_of(syntax.tree)
    )
    if starred and not used & bound_names(syntax.tree.body):
        return Named("")
    op = name_in(syntax, "alembic", "op")
    return None if op is None else Named(f"{op.expression}.", op.edits)


def imported_from(tree: ast.Module, name: str) -> str | None:
    """Give the dotted path that a top-level import binds `name` to (`sqlalchemy.orm.Mapped`); None where none does."""
    for node in imports_of(tree):
        for alias in node.names:
            if (alias.asname or alias.name.partition(".")[0]) != name:
                continue
            if isinstance(node, ast.ImportFrom):
                return f"{'.' * node.level}{node.module or ''}.{alias.name}"
            return alias.name if alias.asname else name
    return None


def new_import(syntax: Syntax, module: str, statement: str, *, above: int | None = None) -> TextEdit:
    """Give the edit that adds an import statement on a line of its own, among the imports of its package.

    `above`: the line that it must stand above, where that is not said by the imports that are there.
    """
    text, newline = syntax.text, newline_of(syntax.text)
    package = module.partition(".")[0]
    imports = imports_above(syntax.tree, above)
    siblings = [node for node in imports if _package_of(node) == package]
    later = next((node for node in siblings if _module_of(node) > module), None)
    if later is not None:
        at = syntax.index.starts[later.lineno - 1]
        return TextEdit(Span(at, at), f"{statement}{newline}")
    behind: ast.stmt | None = siblings[-1] if siblings else next(reversed(imports), None)
    if behind is None:
        behind = _docstring(syntax.tree)
    if behind is None:
        return TextEdit(Span(0, 0), f"{statement}{newline}")
    line = behind.end_lineno or behind.lineno
    if line >= syntax.index.line_count:
        return TextEdit(Span(len(text), len(text)), f"{newline}{statement}{newline}")
    at = syntax.index.starts[line]
    lead = newline if isinstance(behind, ast.Expr) or _is_future(behind) else ""
    return TextEdit(Span(at, at), f"{lead}{statement}{newline}")


def _gives_classes(tree: ast.Module, module: str, use: Use) -> bool:
    """Whether a `from module import …` brings classes; parts like `orm` say nothing of how those are named."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == module
        and any(alias.name[:1].isupper() for alias in node.names)
        for node in imports_above(tree, use.line)
    )


def _extend(syntax: Syntax, module: str, name: str, use: Use) -> Named | None:
    """Add the name to the last `from module import …`, or to that of the module which the file takes `Column` from."""
    node = next(
        (
            one
            for wanted in (module, *_ALSO_IN.get(module, ()))
            for one in reversed(imports_above(syntax.tree, use.line))
            if isinstance(one, ast.ImportFrom) and one.module == wanted and not one.level
            if wanted == module or any(alias.name == "Column" for alias in one.names)
        ),
        None,
    )
    if node is None or name in use.hidden or _is_taken(syntax.tree, module, name):
        return None
    names = [alias.name for alias in node.names]
    return Named(name, insert_item(import_items(syntax, node), _place(names, name), name))


def _place(names: list[str], name: str) -> int:
    """Give the index at which `name` keeps the order of `names`; the end, where they have none."""
    orders: tuple[Callable[[str], object], ...] = (_by_type, str.lower, lambda one: one)
    for order in orders:
        keys: list[object] = [order(one) for one in names]
        if keys == sorted(keys, key=_comparable):
            return sum(_comparable(key) < _comparable(order(name)) for key in keys)
    return len(names)


def _by_type(name: str) -> tuple[int, str]:
    """The usual order of import sorters: constants, classes, the rest; each without regard to case."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()


def _comparable(key: object) -> tuple[int, str]:
    return key if isinstance(key, tuple) else (0, str(key))


def _may_hold(tree: ast.Module, prefix: str, module: str) -> bool:
    """Whether `prefix.name` can be expected to work: not where an import says that it is some other module.

    A prefix that no import of SQLAlchemy's binds is the project's own (`db` of Flask-SQLAlchemy), which holds both
    halves.
    """
    path = imported_from(tree, prefix.partition(".")[0])
    if path is None or path.partition(".")[0] not in ("sqlalchemy", "sqlmodel"):
        return True
    full = path + prefix[len(prefix.partition(".")[0]) :]
    return full == module or full in _ALSO_IN.get(module, ())


def _module_of(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.ImportFrom):
        return node.module or ""
    return node.names[0].name


def _package_of(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.ImportFrom) and node.level:
        return ""
    return _module_of(node).partition(".")[0]


def _docstring(tree: ast.Module) -> ast.Expr | None:
    first = tree.body[0] if tree.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first
    return None


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
