"""Cures of revisions that import a model: the columns that they need, declared where they stand.

Only where every use of the model is one that a `sa.table()` stands in for: `User.__table__`, `sa.update(User)`,
`User.email`. What a session loads, or the mapper fills in, has no such cure.

Example: `op.bulk_insert(User.__table__, …)` becomes `op.bulk_insert(users, …)`, below `users = sa.table("users", …)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from driftline.fixes.fix import FixOffer, edit_offer
from driftline.fixes.items import broken, indent_at, line_end, newline_of, without_line
from driftline.fixes.mapped_field import path_to
from driftline.fixes.names import bound_names
from driftline.fixes.prefix import whole_module
from driftline.fixes.project import Project
from driftline.fixes.written import Writing, type_text
from driftline.models.declared import MappedClass
from driftline.python.last_name import last_name
from driftline.python.syntax import Syntax
from driftline.regex import regex
from driftline.rules.finding import Finding
from driftline.schema import Column, Table
from driftline.text import Span, TextEdit


def offers_of_tables(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer a `sa.table()` in place of each model that the statement imports."""
    revision = project.graph.revisions.get(finding.revision or "")
    site = finding.origin.site
    if revision is None or site is None or site.path != revision.path:
        return
    syntax = project.syntax(site.path)
    node = None if syntax is None else syntax.node_of(site)
    if syntax is None or not isinstance(node, ast.ImportFrom) or _needs_a_session(syntax):
        return
    made = [_declared(alias, finding.revision or "", syntax, node, project) for alias in node.names]
    found = [one for one in made if one is not None]
    if len(found) < len(made):
        return
    chain = path_to(syntax, node)
    edits = [edit for _, _, several in found for edit in several]
    lines = [line for line, _, _ in found]
    newline = newline_of(syntax.text)
    if isinstance(chain[-2], ast.Module):
        at = next((one for one in syntax.tree.body if isinstance(one, ast.FunctionDef)), None)
        if at is None or node.lineno > at.lineno:
            return
        above = syntax.tree.body[syntax.tree.body.index(at) - 1]
        end = line_end(syntax.text, syntax.span(above).end)
        if above is node:
            return
        edits += [_without_import(syntax, node)]
        edits += [TextEdit(Span(end, end), f"{newline * 2}{newline.join(lines)}")]
    else:
        indent = indent_at(syntax.text, syntax.span(node).start)
        edits += [TextEdit(syntax.span(node), f"{newline}{indent}".join(lines))]
    imported = {edit for _, writing, _ in found for edit in writing.edits}
    names = " and ".join(f"sa.table() for {alias.name}" for alias in node.names)
    yield from edit_offer(f"Declare {names} in {revision.id}", {syntax.path: (*edits, *imported)})


def _without_import(syntax: Syntax, node: ast.ImportFrom) -> TextEdit:
    """Take the import away, and a blank line with it where it stands between two."""
    text, edit = syntax.text, without_line(syntax.text, syntax.span(node))
    newline = newline_of(text)
    alone = text[: edit.span.start].endswith(newline * 2) and text[edit.span.end :].startswith(newline)
    return TextEdit(Span(edit.span.start, edit.span.end + len(newline) * alone), "")


_SESSIONS = regex(r"\b(?:Session|sessionmaker|scoped_session|async_sessionmaker|AsyncSession|get_session)\b")


def _needs_a_session(syntax: Syntax) -> bool:
    return _SESSIONS.search(syntax.text) is not None


def _declared(
    alias: ast.alias, revision: str, syntax: Syntax, imported: ast.ImportFrom, project: Project
) -> tuple[str, Writing, list[TextEdit]] | None:
    """Give the statement that declares the table of a model as it is at that revision, and the edits that use it."""
    mapped = [one for one in project.declared.classes if one.name == alias.name and one.table is not None]
    table = _at(revision, mapped[0], project) if len(mapped) == 1 else None
    if table is None:
        return None
    bound = alias.asname or alias.name
    variable = table.name if table.name.isidentifier() else ""
    if not variable or variable in bound_names(syntax.tree.body) or re.search(rf"\b{variable}\s*=[^=]", syntax.text):
        variable = f"{table.name}_table"
    if not variable.isidentifier() or variable in bound_names(syntax.tree.body):
        return None
    edits = _uses(bound, variable, mapped[0], syntax)
    around = Span(syntax.span(imported).start, syntax.span(imported).end)
    rest = syntax.text[: around.start] + syntax.text[around.end :]
    words = set(re.findall(r"\w+", rest))
    declared = project.declared.schema.tables.get(table.key)
    filled = [one.name for one in (declared.columns if declared is not None else ()) if one.python_default]
    if edits is None or ("insert" in rest and not words.issuperset(filled)):
        return None  # the mapper gives these columns a value, and a plain table does not
    writing = Writing(syntax, whole_module(syntax), imported)
    line = _statement(variable, table, [one for one in table.columns if one.name in words], writing, project, syntax)
    return None if line is None else (line, writing, edits)


def _at(revision: str, mapped: MappedClass, project: Project) -> Table | None:
    """Give the table of a model with all columns that it has before a revision or after it."""
    states = project.migrated.states
    if revision not in states.places or mapped.table is None:
        return None
    around = states.before(revision).schema, states.after(revision).schema
    before, after = (one.tables.get(mapped.table) for one in around)
    table = after if after is not None else before
    if table is None or not table.known_in_full or (before is not None and not before.known_in_full):
        return None
    more: tuple[Column, ...] = ()
    if after is not None and before is not None:
        more = tuple(one for one in before.columns if after.column(one.name) is None)
    return Table(table.name, table.schema, (*table.columns, *more))


_WHOLE = frozenset({"update", "delete", "insert"})
_OF_TABLES = frozenset({"c", *_WHOLE})
"""What a plain table has of what a mapped one has."""


def _uses(bound: str, variable: str, mapped: MappedClass, syntax: Syntax) -> list[TextEdit] | None:
    """Give the edits that use the table in place of the model; None where some use is of the model itself."""
    parents = {child: node for node in ast.walk(syntax.tree) for child in ast.iter_child_nodes(node)}
    attributes = dict(mapped.attributes)
    edits: list[TextEdit] = []
    for node in ast.walk(syntax.tree):
        if not isinstance(node, ast.Name) or node.id != bound:
            continue
        parent = parents[node]
        if isinstance(parent, ast.Call) and node in parent.args[:1] and last_name(parent.func) in _WHOLE:
            edits.append(TextEdit(syntax.span(node), variable))
        elif not isinstance(parent, ast.Attribute):
            return None
        elif parent.attr == "__table__":
            above = parents[parent]
            if not (isinstance(above, ast.Attribute) and above.attr in _OF_TABLES) and not (
                isinstance(above, ast.Call) and parent in above.args
            ):
                return None
            edits.append(TextEdit(syntax.span(parent), variable))
        elif attributes.get(parent.attr) == parent.attr:
            edits.append(TextEdit(syntax.span(node), f"{variable}.c"))
        else:
            return None
    return edits or None


def _statement(
    variable: str, table: Table, columns: list[Column], writing: Writing, project: Project, syntax: Syntax
) -> str | None:
    maker, column = writing.name("sqlalchemy", "table"), writing.name("sqlalchemy", "column")
    types = [type_text(writing, one.type, project.dialect, called=True) for one in columns]
    if maker is None or column is None or None in types or not columns:
        return None
    members = [writing.string(table.name)]
    members += [f"{column}({writing.string(one.name)}, {said})" for one, said in zip(columns, types, strict=True)]
    members += [f"schema={writing.string(table.schema)}"] if table.schema else []
    flat = f"{variable} = {maker}({', '.join(members)})"
    if len(flat) <= _WIDTH:
        return flat
    return f"{variable} = {maker}{broken(members, '', syntax.text, brackets='()')}"


_WIDTH = 88
