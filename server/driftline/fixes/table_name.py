"""Edits that give a model the name that its table has: the class or `Table`, and what refers to it by that name.

Example: `__tablename__ = "user"` becomes `__tablename__ = "users"`, and `ForeignKey("user.id")` of another model
becomes `ForeignKey("users.id")`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from driftline.fixes.mapped_field import assigned_names, callee_of, class_node, keyword_of
from driftline.fixes.model_edit import Edits
from driftline.fixes.project import Project
from driftline.fixes.written import quote_of, string
from driftline.python.syntax import Syntax
from driftline.schema import Table
from driftline.sources.source import FileText
from driftline.text import TextEdit


def set_table_name(project: Project, table: Table, name: str) -> Edits | None:
    """Let the class of `table`, or its `Table`, say `name`, and what refers to it.

    None where one of these is not written out.
    """
    place = _place(project, table)
    if place is None:
        return None
    syntax, node = place
    made: dict[str, list[TextEdit]] = {syntax.path: [_written(syntax, node, name)]}
    schema = f"{table.schema}." if table.schema is not None else ""
    referring = 0
    for path in sorted({syntax.path, *(one.path for one in project.declared.classes)}):
        other = project.syntax(path) if _mentions(project, path, table.key) else None
        if other is None:
            continue
        for each, target in _references(other, table.key):
            text = f"{schema}{name}{target[len(table.key) :]}"
            made.setdefault(path, []).append(_written(other, each, text))
            referring += 1
    tables = project.declared.schema.tables.values()
    keys = sum(key.referred_table == table.key for one in tables for key in one.foreign_keys)
    return {path: tuple(several) for path, several in made.items()} if referring >= keys else None


def _written(syntax: Syntax, node: ast.expr, text: str) -> TextEdit:
    """Write a string in place of another, in its quotes."""
    quote = syntax.segment(node)[:1]
    return TextEdit(syntax.span(node), string(text, quote if quote in ("'", '"') else quote_of(syntax.text)))


def _mentions(project: Project, path: str, key: str) -> bool:
    """Whether a file can refer to the table: most need not be parsed for it."""
    read = None if project.source is None else project.source.read(path)
    return not isinstance(read, FileText) or key in read.text


def _place(project: Project, table: Table) -> tuple[Syntax, ast.expr] | None:
    """Give the string that names the table."""
    mapped = project.declared.class_of(table.key)
    if mapped is not None:
        syntax = project.syntax(mapped.path)
        owner = None if syntax is None else class_node(project, table.key, syntax)
        stated = [one for one in (owner.body if owner is not None else ()) if "__tablename__" in assigned_names(one)]
        value = stated[-1].value if stated and isinstance(stated[-1], ast.Assign | ast.AnnAssign) else None
        return (syntax, value) if syntax is not None and value is not None and _says(value, table.name) else None
    site = table.origin.site
    syntax = None if site is None else project.syntax(site.path)
    node = None if syntax is None or site is None else syntax.node_of(site)
    if syntax is None or not isinstance(node, ast.Call) or callee_of(syntax, node)[0] != "Table" or not node.args:
        return None
    return (syntax, node.args[0]) if _says(node.args[0], table.name) else None


def _says(node: ast.expr | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def _references(syntax: Syntax, key: str) -> Iterator[tuple[ast.expr, str]]:
    """Give the strings by which foreign keys and relationships name the table."""
    for node in ast.walk(syntax.tree):
        if not isinstance(node, ast.Call):
            continue
        named = callee_of(syntax, node)[0]
        if named == "ForeignKey":
            candidates = node.args[:1]
        elif named == "ForeignKeyConstraint":
            candidates = [one for argument in node.args[1:2] for one in getattr(argument, "elts", ())]
        else:
            words = [keyword_of(node, word) for word in ("secondary", "foreign_key")]
            candidates = [one.value for one in words if one is not None]
        for one in candidates:
            value = one.value if isinstance(one, ast.Constant) else None
            if isinstance(value, str) and (value == key or value.startswith(f"{key}.")):
                yield one, value
