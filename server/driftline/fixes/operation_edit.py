"""Cures of one operation of a revision: its arguments, the block around it, or its removal.

Only a call that stands in the revision itself is edited, and that makes just one operation: in a loop or a helper it
stands for others, too.

Example: `op.drop_constraint(None, "users")` becomes `op.drop_constraint(op.f("users_email_key"), "users")`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from driftline.fixes.field_edit import without_keywords
from driftline.fixes.fix import FixOffer, edit_offer
from driftline.fixes.items import call_items, indent_at, insert_item, newline_of, remove_item, without_line
from driftline.fixes.layout import literal
from driftline.fixes.mapped_field import keyword_of, path_to
from driftline.fixes.names import name_in
from driftline.fixes.prefix import whole_module
from driftline.fixes.project import Project
from driftline.fixes.written import Writing, default_text, quote_of, type_text
from driftline.migrations.history import Event
from driftline.migrations.operation import AlterColumn
from driftline.python.syntax import Syntax, parse
from driftline.rules.existing_mismatch import RESTATING, contradictions
from driftline.rules.finding import Finding
from driftline.schema import Column
from driftline.text import TextEdit, apply_edits

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


def offers_of_names(finding: Finding, project: Project) -> Iterator[FixOffer]:
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
    around = function_around(syntax, node)
    place = f" in {around.name}()" if around is not None else ""
    yield from edit_offer(f"Name the constraint {finding.object}{place}", {syntax.path: edits})


# ---------------------------------------------------------------------------------------------------------------------
# What a call says of the column as it is


def offers_of_existing(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer to say of the column what it is at that point."""
    found = _only_event(finding, project)
    if found is None:
        return
    syntax, call, event = found
    operation = event.operation
    column = None if event.before is None else event.before.column(finding.object or "")
    if column is None or not isinstance(operation, AlterColumn):
        return
    written: list[str] = []
    edits: list[TextEdit] = []
    gone: list[str] = []
    writing = Writing(syntax, whole_module(syntax), call)
    for argument, _ in contradictions(operation, column, project.dialect):
        keyword = keyword_of(call, argument)
        if keyword is None:
            return
        if _is_needless(argument, column, project.dialect):
            gone.append(argument)
            continue
        text = _as_it_is(argument, column, writing, project.dialect)
        if text is None:
            return
        edits.append(TextEdit(syntax.span(keyword.value), text))
        written.append(f"{argument}={text}")
    done = [f"write {' and '.join(written)}"] if written else []
    done += [f"take {' and '.join(gone)} away"] if gone else []
    title = " and ".join(done)
    made = edits if not gone else _without(syntax, call, edits, gone)
    if title and made is not None:
        yield from edit_offer(title[:1].upper() + title[1:], {syntax.path: (*made, *writing.edits)})


def _is_needless(argument: str, column: Column, dialect: str) -> bool:
    """Whether nothing can be said, or nothing need be: a long list of labels helps nobody where no heed is paid."""
    if argument == "existing_type":
        return column.type.labels is not None and dialect not in RESTATING
    return argument == "existing_server_default" and column.server_default is None


def _without(syntax: Syntax, call: ast.Call, edits: list[TextEdit], names: list[str]) -> list[TextEdit] | None:
    """Give the edit that makes `edits`, which are inside of the call, and takes keyword arguments away."""
    span = syntax.span(call)
    edited = parse(syntax.path, apply_edits(syntax.text, edits))
    again = [one for one in ast.walk(edited.tree) if isinstance(one, ast.Call) and edited.span(one).start == span.start]
    whole = max(again, key=lambda one: edited.span(one).end, default=None)
    removed = None if whole is None else without_keywords(edited, whole, names)
    return None if removed is None else [TextEdit(span, removed[0].new_text)]


def _as_it_is(argument: str, column: Column, writing: Writing, dialect: str) -> str | None:
    if argument == "existing_type":
        return type_text(writing, column.type, dialect, called=True)
    if argument == "existing_nullable":
        return str(column.nullable)
    return None if column.server_default is None else default_text(writing, column.server_default)


def _only_event(finding: Finding, project: Project) -> tuple[Syntax, ast.Call, Event] | None:
    """Give the call that a finding is about and what it did; None where it does more than one thing."""
    found = call_at(finding, project)
    revision = project.graph.revisions.get(finding.revision or "")
    if found is None or revision is None:
        return None
    site = finding.origin.site
    back = project.downgrades.get(revision.id)
    events = [
        one
        for several in project.migrated.timelines.values()
        for one in several
        if one.revision == revision.id and one.operation.origin.within(revision.path) == site
    ]
    events += [
        one for one in (back.events if back is not None else ()) if one.operation.origin.within(revision.path) == site
    ]
    return (*found, events[0]) if len(events) == 1 and events[0].applied else None


def call_at(finding: Finding, project: Project) -> tuple[Syntax, ast.Call] | None:
    """Give the call that a finding is about, where it stands in the revision's own file."""
    site = finding.origin.site
    revision = project.graph.revisions.get(finding.revision or "")
    if site is None or revision is None or site.path != revision.path:
        return None
    syntax = project.syntax(site.path)
    node = None if syntax is None else syntax.node_of(site)
    return (syntax, node) if syntax is not None and isinstance(node, ast.Call) else None


def function_around(syntax: Syntax, node: ast.AST) -> ast.FunctionDef | None:
    """Give the function at the top level that holds the node."""
    wanted = syntax.span(node)
    return next(
        (one for one in syntax.tree.body if isinstance(one, ast.FunctionDef) and syntax.span(one).encloses(wanted)),
        None,
    )


# ---------------------------------------------------------------------------------------------------------------------
# Removal


def offers_of_removal(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer to take an operation away that does nothing, with the block around it where that holds nothing else."""
    found = _only_event(finding, project)
    if found is None:
        return
    syntax, call, _ = found
    chain = path_to(syntax, call)
    statement: ast.AST = chain[-2]
    if not isinstance(statement, ast.Expr):
        return
    holders = chain[:-2]
    while holders and isinstance(holders[-1], ast.With) and len(holders[-1].body) == 1:
        statement = holders.pop()
    function = holders[-1] if holders else None
    if not isinstance(function, ast.FunctionDef | ast.With) or not _stands_alone(syntax, statement):
        return
    others = [one for one in function.body if one is not statement]
    edit = without_line(syntax.text, syntax.span(statement)) if others else TextEdit(syntax.span(statement), "pass")
    yield from edit_offer("Remove the operation that changes nothing", {syntax.path: (edit,)})


def _stands_alone(syntax: Syntax, statement: ast.AST) -> bool:
    """Whether nothing but a comment shares the lines of a statement."""
    span, text = syntax.span(statement), syntax.text
    before = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    behind = text[span.end :].lstrip(" \t")[:1]
    return not text[before : span.start].strip() and behind in ("", "\n", "\r", "#")


# ---------------------------------------------------------------------------------------------------------------------
# Batches


_TABLE_SECOND = frozenset({"drop_constraint", *(_NAMED - {"drop_constraint"})})
"""Operations whose second argument is the table; it is the first one of all others."""


def offers_of_batches(finding: Finding, project: Project) -> Iterator[FixOffer]:
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
    op = name_in(syntax, "alembic", "op")
    owner = syntax.segment(node.func.value)
    alone = op is not None and not op.edits and owner == op.expression
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
    lines = inner[span.start : end].removeprefix(f"{owner}.").split(newline)
    body = newline.join(["batch_op." + lines[0], *(f"    {line}" if line.strip() else line for line in lines[1:])])
    body = re.sub(rf"(?<![\w.]){re.escape(owner)}\.f\(", "batch_op.f(", body)
    text = f"with {owner}.batch_alter_table({table}) as batch_op:{newline}{indent}    {body}"
    title = f"Put it into a batch on {finding.table}"
    yield from edit_offer(title, {syntax.path: (TextEdit(span, text),)})
