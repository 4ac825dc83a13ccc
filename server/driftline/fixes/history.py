"""Cures of the history: merging heads, putting one branch behind another, naming constraints, filling in downgrades.

Each is an edit of a revision file, but for a merge, which is a new one.

Example: for two heads there are a merge revision, and `down_revision = "0002a"` in the first revision of the other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from driftline.compare.compare import compare
from driftline.fixes.change import Change
from driftline.fixes.change_order import in_order
from driftline.fixes.fix import Fix, FixOffer
from driftline.fixes.items import call_items, indent_at, insert_item, line_end, newline_of, remove_item
from driftline.fixes.layout import literal
from driftline.fixes.mapped_field import path_to
from driftline.fixes.model_edit import Edits
from driftline.fixes.names import bound_names, new_import
from driftline.fixes.operations import Code, render
from driftline.fixes.project import Project
from driftline.fixes.scaffold import merge, own_label
from driftline.fixes.wanted import changes_for
from driftline.fixes.written import quote_of
from driftline.migrations.graph import ancestors
from driftline.migrations.history import Migrated, Step
from driftline.models.declared import Declared
from driftline.python.syntax import Syntax
from driftline.python.values import Unknown
from driftline.rules.finding import Finding
from driftline.text import Span, TextEdit, apply_edits


def history_offers(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Give the fixes of a finding about the history; none where none is certain to help."""
    match finding.rule:
        case "multiple-heads":
            yield from _of_heads(finding, project)
        case "unknown-down-revision":
            yield from _of_parent(finding, project)
        case "null-constraint-name":
            yield from _of_name(finding, project)
        case "empty-downgrade":
            yield from _of_downgrade(finding, project)
        case "enum-leaked":
            yield from _of_enum(finding, project)
        case "batch-required":
            yield from _of_batch(finding, project)


def _offer(title: str, edits: Edits | None) -> Iterator[FixOffer]:
    if edits is not None:
        yield FixOffer(title, "unsafe", lambda: Fix(title, "unsafe", edits))


# ---------------------------------------------------------------------------------------------------------------------
# The graph


def _of_heads(finding: Finding, project: Project) -> Iterator[FixOffer]:
    graph = project.graph
    if finding.revision not in graph.heads:
        return
    label = own_label(graph, finding.revision)
    heads = [head for head in graph.heads if own_label(graph, head) == label]
    ordered = sorted(heads)
    title = f"Create a revision that merges {_and(ordered)}"
    if project.source is not None:
        yield FixOffer(title, "unsafe", lambda: merge(project, ordered, title=title), revision=True)
    if len(heads) == 2:  # noqa: PLR2004 -- of more, two that follow each other would leave the others
        (other,) = (head for head in heads if head != finding.revision)
        for moved, onto in ((finding.revision, other), (other, finding.revision)):
            first = _first_of(moved, heads, project)
            if first is not None:
                yield from _offer(f"Rebase {first} onto {onto}", set_parent(project, first, onto))


def _first_of(head: str, heads: Sequence[str], project: Project) -> str | None:
    """Give the revision with which the history of `head` alone begins; None where that is no straight line."""
    graph = project.graph
    own = ancestors(graph, (head,)) - ancestors(graph, (one for one in heads if one != head))
    first = [one for one in own if not own & set(graph.revisions[one].down_revisions)]
    if len(first) != 1 or any(len(graph.revisions[one].down_revisions) > 1 for one in own):
        return None
    return first[0]


def _of_parent(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer the parent that was meant: one of nearly that name, or the only head that does not come behind it."""
    graph, revision = project.graph, finding.revision
    missing = [parent for one, parent in graph.missing if one == revision]
    if revision is None or revision not in graph.revisions or len(missing) != 1:
        return
    behind = {one for one in graph.revisions if revision in ancestors(graph, (one,))}
    others = [one for one in graph.revisions if one not in behind]
    near = get_close_matches(missing[0], others, n=1, cutoff=0.8)
    followed = {parent for one in others for parent in graph.revisions[one].down_revisions}
    heads = [one for one in others if one not in followed]
    for parent in dict.fromkeys([*near, *(heads if len(heads) == 1 else [])]):
        yield from _offer(f"Let {revision} follow {parent}", set_parent(project, revision, parent))


def set_parent(project: Project, revision: str, parent: str) -> Edits | None:
    """Give the edit that makes `revision`, which has one parent at most, follow `parent`; its docstring says so too."""
    path = project.graph.revisions[revision].path
    syntax = project.syntax(path)
    value = None if syntax is None else _assigned(syntax.tree, "down_revision")
    if syntax is None or not isinstance(value, ast.Constant):
        return None
    old = value.value
    edits = [TextEdit(syntax.span(value), literal(parent, quote_of(syntax.text)))]
    first = syntax.tree.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        span = syntax.span(first)
        written = re.escape(old) if isinstance(old, str) else r""
        said = re.search(rf"^(Revises:[ \t]*)({written})[ \t]*$", syntax.text[span.start : span.end], re.MULTILINE)
        if said is not None:
            at = Span(span.start + said.start(2), span.start + said.end(2))
            lead = "" if said[1] != "Revises:" else " "
            edits.insert(0, TextEdit(at, lead + parent))
    return {path: tuple(edits)}


def _assigned(tree: ast.Module, name: str) -> ast.expr | None:
    for node in reversed(tree.body):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            return node.value
    return None


def _and(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


# ---------------------------------------------------------------------------------------------------------------------
# Names


_NAMED = frozenset(
    {
        "drop_constraint",
        "create_foreign_key",
        "create_unique_constraint",
        "create_check_constraint",
        "create_primary_key",
        "create_exclude_constraint",
    }
)


def _of_name(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer the name that the constraint has in the replayed state, as a final one."""
    site = finding.origin.site
    syntax = project.syntax(site.path) if site is not None else None
    node = syntax.node_of(site) if syntax is not None and site is not None else None
    if syntax is None or finding.object is None or not isinstance(node, ast.Call):
        return
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _NAMED:
        return
    owner = syntax.segment(node.func.value)
    written = f"{owner}.f({literal(finding.object, quote_of(syntax.text))})"
    keyword = next((one for one in node.keywords if one.arg in ("constraint_name", "name")), None)
    value = node.args[0] if node.args else keyword.value if keyword is not None else None
    edits: tuple[TextEdit, ...]
    if isinstance(value, ast.Constant) and value.value is None:
        edits = (TextEdit(syntax.span(value), written),)
    elif value is None:
        items = call_items(syntax, node)
        if items is None:
            return
        edits = insert_item(items, 0, written)
    else:
        return
    around = _around(syntax, node)
    place = f" in {around.name}()" if around is not None else ""
    yield from _offer(f"Name the constraint {finding.object}{place}", {syntax.path: edits})


# ---------------------------------------------------------------------------------------------------------------------
# Downgrades


@dataclass(frozen=True, slots=True)
class _Back:
    """A project whose models are the schema before a revision, and whose database is the one after it."""

    project: Project
    declared: Declared
    migrated: Migrated

    @property
    def environment(self) -> object:
        return self.project.environment

    @property
    def dialect(self) -> str:
        return self.project.dialect

    @property
    def graph(self) -> object:
        return self.project.graph

    @property
    def source(self) -> object:
        return self.project.source

    def syntax(self, path: str, /) -> Syntax | None:
        return self.project.syntax(path)


def _of_downgrade(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer the operations that restore the replayed state before the revision."""
    step = next((one for one in project.migrated.steps if one.revision == finding.revision), None)
    back = None if step is None else way_back(step, project)
    if back is None:
        return
    title = f"Fill in the downgrade of {finding.revision}"

    def build() -> Fix | None:
        code = render(back[1], back[0])
        edits = None if isinstance(code, Unknown) else _filled(finding, project, code)
        return None if edits is None else Fix(title, "unsafe", edits)

    yield FixOffer(title, "unsafe", build)


def way_back(step: Step, project: Project) -> tuple[Project, tuple[Change, ...]] | None:
    """Give what makes the schema after a revision the one before it, and the project in which that is so.

    None where something of it is not known.
    """
    before, after = step.before, step.after
    if before.incomplete or after.incomplete:
        return None
    options = replace(project.declared.options, filtered=None, filters=None, target_metadata=True, include_schemas=True)
    declared = replace(project.declared, schema=before, classes=(), unreached={}, options=options)
    migrated = Migrated(after)
    back: Project = _Back(project, declared, migrated)  # type: ignore[assignment]
    changes: list[Change] = []
    for several in compare(declared, migrated, project.dialect).values():
        for one in several:
            asked = changes_for(one, back)
            if asked is None:
                return None
            changes += asked
    ordered = in_order(changes)
    return (back, ordered) if ordered else None


def _filled(finding: Finding, project: Project, code: Code) -> Edits | None:
    path = project.graph.revisions[finding.revision or ""].path
    syntax = project.syntax(path)
    function = None if syntax is None else _function(syntax.tree, "downgrade")
    if syntax is None or function is None:
        return None
    body = [one for one in function.body if not _is_docstring(one)]
    newline = newline_of(syntax.text)
    indent = indent_at(syntax.text, syntax.span(function.body[0]).start)
    if function.body[0].lineno == function.lineno:
        return None  # `def downgrade(): pass`
    text = newline.join(f"{indent}{line}" if line else "" for line in code.upgrade.split("\n")).removeprefix(indent)
    if body:
        first, last = syntax.span(body[0]).start, syntax.span(body[-1]).end
        edit = TextEdit(Span(first, last), text)
    else:
        at = syntax.span(function.body[-1]).end
        edit = TextEdit(Span(at, at), f"{newline}{indent}{text}")
    return {path: (edit, *_needed_imports(syntax, code))}


def _needed_imports(syntax: Syntax, code: Code) -> Iterator[TextEdit]:
    bound = bound_names(syntax.tree.body)
    if "op" not in bound:
        yield new_import(syntax, "alembic", "from alembic import op")
    if re.search(r"\bsa\.", code.upgrade) and "sa" not in bound:
        yield new_import(syntax, "sqlalchemy", "import sqlalchemy as sa")
    for line in code.imports:
        name = line.rpartition(" ")[2]
        if name not in bound:
            module = line.split()[1]
            yield new_import(syntax, module, line)


def _function(tree: ast.Module, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    return next(
        (
            one
            for one in reversed(tree.body)
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == name
        ),
        None,
    )


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _of_enum(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer to drop the type behind what drops its last column."""
    site = finding.origin.site
    syntax = project.syntax(site.path) if site is not None else None
    node = syntax.node_of(site) if syntax is not None and site is not None else None
    if syntax is None or node is None or finding.object is None:
        return
    function = node if isinstance(node, ast.FunctionDef) else _around(syntax, node)
    if function is None or function.name not in ("upgrade", "downgrade"):
        return
    last = function.body[-1]
    if last.lineno == function.lineno:
        return
    at = line_end(syntax.text, syntax.span(last).end)
    indent = indent_at(syntax.text, syntax.span(last).start)
    name = ".".join(_quoted_name(part) for part in finding.object.split("."))
    statement = f"op.execute({literal(f'DROP TYPE {name}', quote_of(syntax.text))})"
    edits = [TextEdit(Span(at, at), f"{newline_of(syntax.text)}{indent}{statement}")]
    if isinstance(last, ast.Pass):
        edits = [TextEdit(syntax.span(last), statement)]
    yield from _offer(f"Drop the type {finding.object} in {function.name}()", {syntax.path: tuple(edits)})


def _quoted_name(name: str) -> str:
    from driftline.schema.rendering import quote_identifier

    return quote_identifier(name, "postgresql")


def _around(syntax: Syntax, node: ast.AST) -> ast.FunctionDef | None:
    wanted = syntax.span(node)
    return next(
        (one for one in syntax.tree.body if isinstance(one, ast.FunctionDef) and syntax.span(one).encloses(wanted)),
        None,
    )


# ---------------------------------------------------------------------------------------------------------------------
# Batches


_TABLE_SECOND = frozenset({"drop_constraint", *(_NAMED - {"drop_constraint"})})
"""Operations whose second argument is the table; it is the first one of all others."""


def _of_batch(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer to put an operation that stands by itself into a batch of its own."""
    site = finding.origin.site
    syntax = project.syntax(site.path) if site is not None else None
    node = syntax.node_of(site) if syntax is not None and site is not None else None
    if syntax is None or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    chain = path_to(syntax, node)
    statement = chain[-2] if len(chain) > 1 else None
    at = int(node.func.attr in _TABLE_SECOND)
    items = call_items(syntax, node)
    alone = isinstance(statement, ast.Expr) and syntax.segment(node.func.value) == "op"
    if not isinstance(statement, ast.Expr) or not alone or items is None or at >= len(node.args):
        return
    span, newline = syntax.span(statement), newline_of(syntax.text)
    table = syntax.segment(node.args[at])
    schema = next((one for one in node.keywords if one.arg == "schema"), None)
    if schema is not None:
        return
    inner = apply_edits(syntax.text, remove_item(items, at))
    end = len(inner) - (len(syntax.text) - span.end)
    indent = indent_at(syntax.text, span.start)
    lines = inner[span.start : end].removeprefix("op.").split(newline)
    body = newline.join(["batch_op." + lines[0], *(f"    {line}" if line.strip() else line for line in lines[1:])])
    body = re.sub(r"\bop\.f\(", "batch_op.f(", body)
    text = f"with op.batch_alter_table({table}) as batch_op:{newline}{indent}    {body}"
    title = f"Put it into a batch on {finding.table}"
    yield from _offer(title, {syntax.path: (TextEdit(span, text),)})
