"""Cures of downgrades: what leads back to the schema before a revision, worked out from the replayed states.

Example: the empty downgrade of a revision that makes `users` becomes `op.drop_table("users")`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from driftline.compare.compare import compare
from driftline.compare.difference import Difference
from driftline.dataclass import dataclass, field, replace
from driftline.fixes.change import Change, DropEnum
from driftline.fixes.change_order import in_order
from driftline.fixes.fix import Fix, FixOffer, edit_offer
from driftline.fixes.generated import with_generated
from driftline.fixes.items import indent_at, line_end, newline_of
from driftline.fixes.layout import literal
from driftline.fixes.model_edit import Edits
from driftline.fixes.names import bound_names, new_import, operations_in
from driftline.fixes.operation_edit import function_around
from driftline.fixes.operations import Code, render
from driftline.fixes.prefix import whole_module
from driftline.fixes.prefixed import prefixed
from driftline.fixes.project import Project
from driftline.fixes.renamed_back import renamed_back
from driftline.fixes.wanted import changes_for
from driftline.fixes.written import quote_of
from driftline.migrations.history import Event, Migrated, Step
from driftline.models.declared import Declared
from driftline.python.syntax import Syntax
from driftline.python.values import Unknown
from driftline.rules.downgrade_not_inverse import ANYHOW
from driftline.rules.finding import Finding
from driftline.schema import Schema
from driftline.text import Span, TextEdit

if TYPE_CHECKING:
    from driftline.migrations.downgrades import Downgrade


def offers_of_filling(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer the operations that restore the replayed state before the revision."""
    step = _step(finding, project)
    way = None if step is None else way_back(step.events, *_around(step, project), project)
    if way is not None:
        yield from _offered(f"Fill in the downgrade of {finding.revision}", finding, project, way, keep=False)


def offers_of_mending(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer what a downgrade lacks, behind what it does; or another one, where all that it says are operations."""
    step = _step(finding, project)
    back = project.downgrades.get(finding.revision or "")
    if step is None or back is None:
        return
    if not back.problems:
        states = project.migrated.states
        left, before = back.after(states), states.before(step.revision).schema
        way = way_back((*step.events, *back.events), left, before, project)
        if way is not None:
            yield from _offered(f"Complete the downgrade of {finding.revision}", finding, project, way, keep=True)
            return
    way = way_back(step.events, *_around(step, project), project)
    if way is not None and _holds_operations_only(finding, back, project):
        yield from _offered(f"Rewrite the downgrade of {finding.revision}", finding, project, way, keep=False)


def _step(finding: Finding, project: Project) -> Step | None:
    return next((one for one in project.migrated.steps if one.revision == finding.revision), None)


def _around(step: Step, project: Project) -> tuple[Schema, Schema]:
    """The schemas after a revision and before it."""
    states = project.migrated.states
    return states.after(step.revision).schema, states.before(step.revision).schema


def _offered(title: str, finding: Finding, project: Project, way: Way, *, keep: bool) -> Iterator[FixOffer]:
    path = project.graph.revisions[finding.revision or ""].path
    syntax = project.syntax(path)
    function = None if syntax is None else _downgrade(syntax.tree, project.environment.database)
    if syntax is None or function is None:
        return
    if keep and any(isinstance(one, ast.Return | ast.Yield) for one in ast.walk(function)):
        return  # what stands behind may not be reached

    def build() -> Fix | None:
        code = render(way.changes, way.halves, quote=quote_of(syntax.text))
        edits = None if isinstance(code, Unknown) else _with_body(syntax, function, code, keep=keep)
        return None if edits is None else Fix(title, "unsafe", edits)

    yield FixOffer(title, "unsafe", build)


def _holds_operations_only(finding: Finding, back: Downgrade, project: Project) -> bool:
    """Whether a downgrade says nothing but operations that change the schema, so that nothing is lost with them."""
    syntax = project.syntax(project.graph.revisions[finding.revision or ""].path)
    function = None if syntax is None else _downgrade(syntax.tree, project.environment.database)
    if syntax is None or function is None or any(getattr(one, "raw", False) for one in back.operations):
        return False
    body = [one for one in function.body if not _is_docstring(one)]
    if not body:
        return False
    span = Span(syntax.span(body[0]).start, syntax.span(body[-1]).end)
    return "#" not in syntax.text[span.start : span.end] and all(_is_operation(one) for one in body)


_SAYS_MORE = frozenset({"execute", "bulk_insert", "get_bind", "get_context", "run_async", "invoke"})
"""What of `op` does something that no schema shows."""


def _is_operation(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.With):
        return all(_is_operation(one) for one in statement.body)
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.attr not in _SAYS_MORE
    )


# ---------------------------------------------------------------------------------------------------------------------
# The way from one schema to another


@dataclass(frozen=True, slots=True)
class Back:
    """The halves whose differences lead back: what is to be declared, and what the database is."""

    dialect: str
    declared: Declared
    migrated: Migrated
    differences: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """The changes that make one schema another, and what they are worked out from."""

    halves: Back
    changes: tuple[Change, ...]


_RESTORED = frozenset({"modify_comment", "modify_collation"})
"""What is no reason to complain of a downgrade that leaves it, but belongs to one that is written."""


def way_back(events: Iterable[Event], after: Schema, before: Schema, project: Project) -> Way | None:
    """Give what makes of the schema `after` the one `before` it, from which `events` led there.

    None where something of it is not known, and where nothing is left to do.
    """
    if before.incomplete or after.incomplete:
        return None
    renames, after = renamed_back(events, before, after)
    options = replace(project.declared.options, filtered=None, filters=None, target_metadata=True, include_schemas=True)
    declared = replace(project.declared, schema=before, classes=(), unreached={}, options=options)
    halves = Back(project.dialect, declared, Migrated(after))
    changes: list[Change] = []
    stated, made = _apart(before, after)
    # What goes and what comes are two things: that the revision renamed nothing else is known.
    found = compare(replace(declared, schema=stated), Migrated(made), project.dialect, renames=False)
    for several in found.values():
        for one in several:
            asked = changes_for(one, halves) if one.kind in _RESTORED or one.kind not in ANYHOW else ()
            if asked is None:
                return None
            changes += asked
    dropped = {one.enum.key for one in changes if isinstance(one, DropEnum)}
    changes += [DropEnum(enum) for key, enum in after.enums.items() if key not in before.enums and key not in dropped]
    needed = with_generated(changes, replace(halves, differences=found))
    if needed is None or not (renames or needed):
        return None
    return Way(halves, (*renames, *in_order(needed)))


def _apart(one: Schema, other: Schema) -> tuple[Schema, Schema]:
    """Leave the tables out that both share: a history of thousands of tables changes a few at a time."""
    if one.enums != other.enums:
        return one, other
    keys = one.tables.keys() | other.tables.keys()
    apart = {key for key in keys if one.tables.get(key) is not other.tables.get(key)}
    made = [
        replace(each, tables={key: each.tables[key] for key in each.tables if key in apart}) for each in (one, other)
    ]
    return made[0], made[1]


# ---------------------------------------------------------------------------------------------------------------------
# Text


def _with_body(
    syntax: Syntax, function: ast.FunctionDef | ast.AsyncFunctionDef, code: Code, *, keep: bool
) -> Edits | None:
    """Make the code the body of a function, or (`keep`) the end of it; None where the file has no name for `op`."""
    op = operations_in(syntax, set(re.findall(r"\bop\.(\w+)", code.upgrade)))
    sa = whole_module(syntax) or "sa"
    if op is None:
        return None
    written = prefixed(code.upgrade, op=op.expression, sa=f"{sa}.")
    body = [one for one in function.body if not _is_docstring(one)]
    keep = keep and not all(isinstance(one, ast.Pass) for one in body)
    newline = newline_of(syntax.text)
    beside = function.body[0].lineno == function.body[0].end_lineno == function.lineno  # `def downgrade(): pass`
    indent = _INDENT if beside else indent_at(syntax.text, syntax.span(function.body[0]).start)
    text = newline.join(_indented(line, indent) for line in written.split("\n")).removeprefix(indent)
    if beside and not keep:
        start = len(syntax.text[: syntax.span(function.body[0]).start].rstrip(" \t"))
        edit = TextEdit(Span(start, syntax.span(function.body[-1]).end), f"{newline}{indent}{text}")
    elif body and not keep:
        edit = TextEdit(Span(syntax.span(body[0]).start, syntax.span(body[-1]).end), text)
    elif beside:
        return None
    else:
        at = line_end(syntax.text, syntax.span(function.body[-1]).end)
        edit = TextEdit(Span(at, at), f"{newline}{indent}{text}")
    return {syntax.path: (edit, *op.edits, *_needed_imports(syntax, code, written, sa))}


_INDENT = "    "
"""How far the renderer indents what stands in a block, or in brackets."""


def _indented(line: str, indent: str) -> str:
    """Indent a line of rendered code by `indent`, and in its steps."""
    deep = (len(line) - len(line.lstrip(" "))) // len(_INDENT)
    return f"{indent}{indent * deep}{line[deep * len(_INDENT) :]}" if line else ""


def _needed_imports(syntax: Syntax, code: Code, written: str, sa: str) -> Iterator[TextEdit]:
    bound = bound_names(syntax.tree.body)
    if re.search(rf"\b{re.escape(sa)}\.", written) and sa not in bound:
        yield new_import(syntax, "sqlalchemy", "import sqlalchemy as sa")
    for line in code.imports:
        name = line.rpartition(" ")[2]
        if name not in bound and re.search(rf"\b{name}\b", written):
            module = line.split()[1]
            yield new_import(syntax, module, line)


def _downgrade(tree: ast.Module, database: str | None) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Give the function that goes back: for one of several databases, its own, which the `multidb` template has."""
    name = "downgrade" if database is None else f"downgrade_{database}"
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return next((one for one in reversed(functions) if one.name == name), None)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def offers_of_dropping(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer to drop the type behind what drops its last column."""
    site = finding.origin.site
    syntax = project.syntax(site.path) if site is not None else None
    node = syntax.node_of(site) if syntax is not None and site is not None else None
    if syntax is None or node is None or finding.object is None:
        return
    function = node if isinstance(node, ast.FunctionDef) else function_around(syntax, node)
    if function is None or function.name not in ("upgrade", "downgrade"):
        return
    last = function.body[-1]
    if last.lineno == function.lineno:
        return
    at = line_end(syntax.text, syntax.span(last).end)
    indent = indent_at(syntax.text, syntax.span(last).start)
    name = ".".join(_quoted_name(part) for part in finding.object.split("."))
    op = operations_in(syntax, {"execute"})
    if op is None:
        return
    statement = f"{op.expression}execute({literal(f'DROP TYPE {name}', quote_of(syntax.text))})"
    edits = [TextEdit(Span(at, at), f"{newline_of(syntax.text)}{indent}{statement}")]
    if isinstance(last, ast.Pass):
        edits = [TextEdit(syntax.span(last), statement)]
    yield from edit_offer(f"Drop the type {finding.object} in {function.name}()", {syntax.path: (*edits, *op.edits)})


def _quoted_name(name: str) -> str:
    from driftline.schema.rendering import quote_identifier

    return quote_identifier(name, "postgresql")
