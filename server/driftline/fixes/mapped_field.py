"""Find the source of a mapped column, where it is plainly editable: written out in a class, or in its `Table`.

The class may be one that the mapped one inherits from (a mixin, an abstract base), and the field a `declared_attr`
that does nothing but return the column. Such a line may stand for columns of several tables: whether an edit is right
for all of them is asked in `inherited`. What a helper or a loop makes is not found.

Example: for `user_id: Mapped[UUID] = mapped_column(index=True)` it is the statement with the call's node.
"""

from __future__ import annotations

import ast
from typing import Literal

from driftline.dataclass import dataclass
from driftline.fixes.names import imported_from
from driftline.fixes.project import Project
from driftline.python.syntax import Syntax
from driftline.schema import Column, Table
from driftline.text import Span

FieldKind = Literal["mapped_column", "column", "sqlmodel"]

Statement = ast.AnnAssign | ast.Assign | ast.FunctionDef
"""What a field is written as."""

_KINDS: dict[str, FieldKind] = {"mapped_column": "mapped_column", "Column": "column", "Field": "sqlmodel"}


@dataclass(frozen=True, slots=True)
class MappedField:
    """A column's source. `owner`: the class statement, or the `Table(...)` call that holds it.

    `statement` is None in a `Table`, and a method for a `declared_attr`; `call` is None for a bare annotation. `kind`:
    what the call is, or what a bare annotation is short for. `prefix`: what stands before the dot of the call's name
    (`sa` in `sa.Column`), None without a dot.
    """

    syntax: Syntax
    owner: ast.ClassDef | ast.Call
    statement: Statement | None
    call: ast.Call | None
    kind: FieldKind
    prefix: str | None

    @property
    def annotation(self) -> ast.expr | None:
        """What says the type in Python's words: `Mapped[…]` before the equals sign, or behind the arrow."""
        if isinstance(self.statement, ast.AnnAssign):
            return self.statement.annotation
        return self.statement.returns if isinstance(self.statement, ast.FunctionDef) else None


def find_field(project: Project, table: Table, column: Column) -> MappedField | None:
    """Find where `column` of the declared `table` is written; None where it is not plainly editable."""
    if len(column.origin.sites) != 1:
        return None
    syntax = project.syntax(column.origin.sites[0].path)
    node = None if syntax is None else syntax.node_of(column.origin.sites[0])
    if syntax is None or node is None:
        return None
    chain = path_to(syntax, node)
    for index, one in enumerate(chain):
        holder = chain[index - 1] if index else None
        if isinstance(one, Statement) and isinstance(holder, ast.ClassDef):
            return _of_statement(syntax, holder, one, sqlmodel=_is_sqlmodel(syntax, holder) or _maps_it(project, table))
    for one in chain:
        if isinstance(one, ast.Call) and _table_name(syntax, one) == table.name:
            return _of_call(syntax, one, node)
    return None


def is_inherited(project: Project, table: Table, field: MappedField) -> bool:
    """Whether the field stands in another class than the one that maps the table."""
    return isinstance(field.owner, ast.ClassDef) and field.owner is not class_node(project, table.key, field.syntax)


def class_node(project: Project, table: str, syntax: Syntax) -> ast.ClassDef | None:
    """Give the class statement in `syntax` that maps the table with the key `table`: of several, the one that names it.

    None where there is not just one.
    """
    mapped = [one for one in project.declared.classes if one.table == table]
    if any(one.path != syntax.path for one in mapped):
        return None
    found = [node for one in mapped if (node := _class_called(syntax, one.qualname)) is not None]
    if len(found) > 1:
        found = [one for one in found if any("__tablename__" in assigned_names(each) for each in one.body)]
    return found[0] if len(found) == 1 else None


def _class_called(syntax: Syntax, qualname: str) -> ast.ClassDef | None:
    body: list[ast.stmt] = syntax.tree.body
    found: ast.ClassDef | None = None
    for name in qualname.split("."):
        found = next((one for one in reversed(body) if isinstance(one, ast.ClassDef) and one.name == name), None)
        if found is None:
            return None
        body = found.body
    return found


def assigned_names(statement: ast.stmt) -> list[str]:
    """Give the names that a statement of a class body binds."""
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def stated(statement: ast.stmt) -> ast.expr | None:
    """Give the value of an assignment, or what a method returns that does nothing else."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return statement.value
    if not isinstance(statement, ast.FunctionDef):
        return None
    first = statement.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    body = statement.body[1:] if documented else statement.body
    return body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None


def path_to(syntax: Syntax, node: ast.AST) -> list[ast.AST]:
    """Give the nodes around `node`, outermost first, and itself as the last."""
    wanted = syntax.span(node)
    chain: list[ast.AST] = []
    at: ast.AST | None = syntax.tree
    while at is not None:
        chain.append(at)
        if at is node:
            return chain
        at = next((child for child in ast.iter_child_nodes(at) if _encloses(syntax, child, wanted, node)), None)
    return []


def callee_of(syntax: Syntax, call: ast.Call) -> tuple[str, str | None]:
    """Give the last name of what is called, and the prefix before it; of an imported name, that of its own module."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr, syntax.segment(call.func.value)
    if isinstance(call.func, ast.Name):
        path = imported_from(syntax.tree, call.func.id)
        return (path or call.func.id).rpartition(".")[2], None
    return "", None


def keyword_of(call: ast.Call, name: str) -> ast.keyword | None:
    """Give the keyword argument `name` of a call, None where it has none."""
    return next((keyword for keyword in call.keywords if keyword.arg == name), None)


def _encloses(syntax: Syntax, child: ast.AST, wanted: Span, node: ast.AST) -> bool:
    if child is node:
        return True
    if not hasattr(child, "lineno"):
        return any(_encloses(syntax, grandchild, wanted, node) for grandchild in ast.iter_child_nodes(child))
    start = min(
        (syntax.span(one).start for one in getattr(child, "decorator_list", ())), default=syntax.span(child).start
    )
    return start <= wanted.start and wanted.end <= syntax.span(child).end


def _of_statement(syntax: Syntax, owner: ast.ClassDef, statement: Statement, *, sqlmodel: bool) -> MappedField | None:
    value = stated(statement)
    if value is None:
        annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else None
        return None if annotation is None else _bare(syntax, owner, statement, annotation, sqlmodel=sqlmodel)
    if isinstance(value, ast.Constant) and isinstance(statement, ast.AnnAssign) and sqlmodel:
        return MappedField(syntax, owner, statement, None, "sqlmodel", None)
    while isinstance(value, ast.Call):
        name, prefix = callee_of(syntax, value)
        if name in _KINDS:
            kind = _KINDS[name]
            if kind == "sqlmodel" and not (sqlmodel and _root(syntax, value) != "pydantic"):
                return None
            return MappedField(syntax, owner, statement, value, kind, prefix)
        if name not in ("deferred", "column_property") or not value.args:
            return None
        value = value.args[0]
    return None


def _bare(
    syntax: Syntax, owner: ast.ClassDef, statement: Statement, annotation: ast.expr, *, sqlmodel: bool
) -> MappedField | None:
    if isinstance(annotation, ast.Subscript):
        outer = annotation.value
        if isinstance(outer, ast.Attribute) and outer.attr == "Mapped":
            return MappedField(syntax, owner, statement, None, "mapped_column", syntax.segment(outer.value))
        if isinstance(outer, ast.Name) and (imported_from(syntax.tree, outer.id) or outer.id).endswith("Mapped"):
            return MappedField(syntax, owner, statement, None, "mapped_column", None)
    if isinstance(annotation, ast.Constant) and "Mapped[" in str(annotation.value):
        return MappedField(syntax, owner, statement, None, "mapped_column", None)
    return MappedField(syntax, owner, statement, None, "sqlmodel", None) if sqlmodel else None


def _of_call(syntax: Syntax, table: ast.Call, node: ast.AST) -> MappedField | None:
    """Find the `Column(...)` among the arguments of `Table(...)` that is, or holds, the node that states the column."""
    wanted = syntax.span(node)
    for argument in table.args:
        if isinstance(argument, ast.Call) and syntax.span(argument).encloses(wanted):
            name, prefix = callee_of(syntax, argument)
            return MappedField(syntax, table, None, argument, "column", prefix) if name == "Column" else None
    return None


def _table_name(syntax: Syntax, call: ast.Call) -> str | None:
    if callee_of(syntax, call)[0] != "Table" or not call.args or not isinstance(call.args[0], ast.Constant):
        return None
    return str(call.args[0].value)


def _is_sqlmodel(syntax: Syntax, owner: ast.ClassDef) -> bool:
    """Whether the class is declared in SQLModel's way, by `table=True`."""
    return any(
        keyword.arg == "table" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in owner.keywords
    ) and any("sqlmodel" in (_module(node) or "") for node in syntax.tree.body)


def _maps_it(project: Project, table: Table) -> bool:
    """Whether the class that maps the table, wherever it is, is declared in SQLModel's way."""
    mapped = project.declared.class_of(table.key)
    syntax = None if mapped is None else project.syntax(mapped.path)
    owner = None if syntax is None else class_node(project, table.key, syntax)
    return syntax is not None and owner is not None and _is_sqlmodel(syntax, owner)


def _root(syntax: Syntax, call: ast.Call) -> str:
    """Give the package that what is called is imported from."""
    return (imported_from(syntax.tree, syntax.segment(call.func).partition(".")[0]) or "").partition(".")[0]


def _module(node: ast.stmt) -> str | None:
    if isinstance(node, ast.ImportFrom):
        return node.module
    return node.names[0].name if isinstance(node, ast.Import) else None
