"""The labels of an enum type in a model: those written in `Enum("new", "done")`, or members of an enum class.

Example: `Enum("new", "done", name="state")` becomes `Enum("new", "done", "archived", name="state")`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from driftline.fixes.items import indent_at, line_end, newline_of
from driftline.fixes.mapped_field import callee_of, find_field
from driftline.fixes.model_edit import Edits
from driftline.fixes.project import Project
from driftline.fixes.written import quote_of, string
from driftline.python.syntax import Syntax
from driftline.schema import Table
from driftline.text import Span, TextEdit


def set_enum_labels(project: Project, table: Table, name: str, labels: tuple[str, ...]) -> Edits | None:
    """Give the enum type of the column `name` the labels, where just this column uses it.

    An enum class only gets members: to take one away would break what uses it.
    """
    column = table.column(name)
    field = None if column is None else find_field(project, table, column)
    if column is None or field is None or column.type.labels is None:
        return None
    users = [
        one
        for other in project.declared.schema.tables.values()
        for one in other.columns
        if one.type.enum == column.type.enum
    ]
    calls = [
        node
        for node in ast.walk(field.call if field.call is not None else ast.Module([], []))
        if isinstance(node, ast.Call) and callee_of(field.syntax, node)[0] in ("Enum", "ENUM")
    ]
    if len(users) == 1 and len(calls) == 1 and calls[0].args:
        first, last = calls[0].args[0], calls[0].args[-1]
        if all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in calls[0].args):
            written = ", ".join(string(label, quote_of(field.syntax.text)) for label in labels)
            span = Span(field.syntax.span(first).start, field.syntax.span(last).end)
            return {field.syntax.path: (TextEdit(span, written),)}
    annotation = field.annotation
    parts: list[ast.AST] = [*calls, *([annotation] if annotation is not None else [])]
    named = {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}
    classes = [one for one in field.syntax.tree.body if isinstance(one, ast.ClassDef) and one.name in named]
    return _with_members(field.syntax, classes[0], column.type.labels, labels) if len(classes) == 1 else None


def _with_members(syntax: Syntax, node: ast.ClassDef, stated: tuple[str, ...], labels: tuple[str, ...]) -> Edits | None:
    """Add members, whose names are the labels, behind those that there are, in their order."""
    members = dict(_members(node))
    new = labels[len(stated) :]
    if tuple(members) != stated or labels[: len(stated)] != stated or not all(one.isidentifier() for one in new):
        return None
    last = list(members.values())[-1]
    if not isinstance(last.value, ast.Constant) or not isinstance(last.value.value, str):
        return None
    value = str.lower if last.value.value.islower() else str
    at = line_end(syntax.text, syntax.span(last).end)
    lead = newline_of(syntax.text) + indent_at(syntax.text, syntax.span(last).start)
    quote = quote_of(syntax.text)
    lines = "".join(f"{lead}{label} = {string(value(label), quote)}" for label in new)
    return {syntax.path: (TextEdit(Span(at, at), lines),)} if lines else None


def _members(node: ast.ClassDef) -> Iterator[tuple[str, ast.Assign]]:
    for one in node.body:
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            yield one.targets[0].id, one
