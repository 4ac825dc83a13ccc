"""A column that the database has becomes a field of the model, behind the fields that there are.

Example: `nickname: Mapped[str | None] = mapped_column(String(50))`, in a class whose other fields are written so.
"""

from __future__ import annotations

import ast

from driftline.fixes.dataclass_models import is_dataclass
from driftline.fixes.given_name import final_name
from driftline.fixes.items import call_items, indent_at, insert_item, line_end, newline_of
from driftline.fixes.mapped_field import MappedField, callee_of, class_node, find_field, is_inherited
from driftline.fixes.model_edit import Edits, optional_type
from driftline.fixes.prefix import core_prefix
from driftline.fixes.project import Project
from driftline.fixes.table_edit import key_options, positional
from driftline.fixes.written import Writing, default_text, type_text
from driftline.python.syntax import Syntax
from driftline.schema import Column, ForeignKey, Index, Table, UniqueConstraint
from driftline.text import Span, TextEdit

_PYTHON = {
    "String": ("", "str"),
    "Text": ("", "str"),
    "CHAR": ("", "str"),
    "Integer": ("", "int"),
    "BigInteger": ("", "int"),
    "SmallInteger": ("", "int"),
    "Boolean": ("", "bool"),
    "Float": ("", "float"),
    "LargeBinary": ("", "bytes"),
    "DateTime": ("datetime", "datetime"),
    "Date": ("datetime", "date"),
    "Time": ("datetime", "time"),
    "Numeric": ("decimal", "Decimal"),
    "Uuid": ("uuid", "UUID"),
    "UUID": ("uuid", "UUID"),
    "JSON": ("typing", "Any"),
    "JSONB": ("typing", "Any"),
}
"""The Python type of a column of an SQLAlchemy type: its module, "" for a builtin, and its name."""


def add_column(project: Project, table: Table, column: Column, parts: tuple[object, ...]) -> Edits | None:
    """Declare the migrated `column` on the declared `table`, with what stands on it alone (`parts`)."""
    if column.computed or column.identity or column.type.enum or not column.name.isidentifier():
        return None
    found = (find_field(project, table, one) for one in table.columns)
    fields = [one for one in found if one is not None and not is_inherited(project, table, one)]
    if not fields:
        return None
    last = fields[-1]
    writing = Writing(last.syntax, core_prefix(last), last.owner)
    arguments = _arguments(project, writing, table, column, parts)
    keyed = _in_key(project, table, column, last.syntax)
    if arguments is None or keyed is None:
        return None
    arguments += ["primary_key=True"] if keyed else []
    if isinstance(last.owner, ast.Call):
        return _into_table(writing, last, column, arguments)
    owner = class_node(project, table.key, last.syntax)
    if owner is None or last.statement is None:
        return None
    if last.kind == "sqlmodel":
        line = None if parts or len(arguments) > 1 else _sqlmodel_field(writing, column, arguments[0])
    else:
        line = _statement(project, writing, last, column, arguments)
    if line is None:
        return None
    syntax, text = last.syntax, last.syntax.text
    at = line_end(text, syntax.span(last.statement).end)
    indent = indent_at(text, syntax.span(last.statement).start)
    edit = TextEdit(Span(at, at), f"{newline_of(text)}{indent}{line}")
    return {syntax.path: (edit, *writing.edits)}


def _in_key(project: Project, table: Table, column: Column, syntax: Syntax) -> bool | None:
    """Whether the column is to be marked as one of the primary key; None where marking it would not make that key."""
    migrated = project.migrated.schema.tables.get(table.key)
    if migrated is None or column.name not in migrated.primary_key.columns:
        return False
    site = table.primary_key.origin.site
    node = None if site is None or site.path != syntax.path else syntax.node_of(site)
    if isinstance(node, ast.Call) and callee_of(syntax, node)[0] == "PrimaryKeyConstraint":
        return None
    return True if (*table.primary_key.columns, column.name) == migrated.primary_key.columns else None


def _arguments(
    project: Project, writing: Writing, table: Table, column: Column, parts: tuple[object, ...]
) -> list[str] | None:
    kind = type_text(writing, column.type, project.dialect)
    if kind is None:
        return None
    arguments, flags = [kind], []
    for part in parts:
        match part:
            case ForeignKey(columns=(_,)):
                name = writing.name("sqlalchemy", "ForeignKey")
                if name is None or not isinstance(part.referred_table, str) or len(part.referred_columns) != 1:
                    return None
                target = writing.string(f"{part.referred_table}.{part.referred_columns[0]}")
                arguments.append(f"{name}({', '.join([target, *key_options(project, table, part, writing.quote)])})")
            case Index(elements=(_,), options=()) if final_name(project, table, part, None) == part.name:
                flags += ["index=True"] if part.unique is not True else ["unique=True", "index=True"]
            case UniqueConstraint(columns=(_,), options=()) if final_name(project, table, part, None) in (
                None,
                part.name,
            ):
                flags.append("unique=True")
            case _:
                return None
    if column.server_default is not None:
        default = default_text(writing, column.server_default)
        if default is None:
            return None
        flags.append(f"server_default={default}")
    if column.comment is not None:
        flags.append(f"comment={writing.string(column.comment)}")
    return [*arguments, *flags]


def _statement(
    project: Project, writing: Writing, like: MappedField, column: Column, arguments: list[str]
) -> str | None:
    """Write the field as the one before it is written: annotated, or not."""
    annotated = isinstance(like.statement, ast.AnnAssign)
    if not annotated and like.kind == "column":
        maker = writing.name("sqlalchemy", "Column")
    elif like.prefix is not None and not like.prefix.endswith("Mapped") and like.call is not None:
        maker = f"{like.prefix}.mapped_column"
    else:
        maker = writing.name("sqlalchemy.orm", "mapped_column", prefixed=False)
    if maker is None:
        return None
    nullable = column.nullable is not False
    if not annotated:
        words = arguments if nullable or "primary_key=True" in arguments else [*arguments, "nullable=False"]
        return f"{column.name} = {maker}({', '.join(words)})"
    kind = _python_type(writing, arguments[0])
    mapped = _mapped(like)
    if kind is None or mapped is None:
        return None
    if isinstance(like.owner, ast.ClassDef) and is_dataclass(
        project, like.syntax, like.owner
    ):  # a field without a default must not stand behind one that has one
        arguments = [*arguments, "default=None" if nullable else "kw_only=True"]
    optional = optional_type(like.syntax, kind) if nullable else kind
    return f"{column.name}: {mapped}[{optional}] = {maker}({', '.join(arguments)})"


def _sqlmodel_field(writing: Writing, column: Column, kind: str) -> str | None:
    """Write a field in SQLModel's words; one that may be NULL is None by default, as its other fields are."""
    python = _python_type(writing, kind)
    maker = writing.name("sqlmodel", "Field", prefixed=False)
    if python is None or maker is None:
        return None
    if column.nullable is False:
        return f"{column.name}: {python} = {maker}(sa_type={kind})"
    return f"{column.name}: {python} | None = {maker}(default=None, sa_type={kind})"


def _mapped(like: MappedField) -> str | None:
    annotation = like.statement.annotation if isinstance(like.statement, ast.AnnAssign) else None
    return like.syntax.segment(annotation.value) if isinstance(annotation, ast.Subscript) else None


def _python_type(writing: Writing, kind: str) -> str | None:
    found = _PYTHON.get(kind.partition("(")[0].rpartition(".")[2])
    if found is None:
        return None
    module, name = found
    return name if not module else writing.name(module, name, prefixed=False)


def _into_table(writing: Writing, like: MappedField, column: Column, arguments: list[str]) -> Edits | None:
    assert isinstance(like.owner, ast.Call)  # noqa: S101 -- asked by the caller
    items = call_items(like.syntax, like.owner)
    maker = writing.name("sqlalchemy", "Column")
    if items is None or maker is None or like.call is None:
        return None
    stated = column.nullable is not False or "primary_key=True" in arguments
    words = arguments if stated else [*arguments, "nullable=False"]
    text = f"{maker}({', '.join([writing.string(column.name), *words])})"
    span = like.syntax.span(like.call)
    index = next((at + 1 for at, one in enumerate(items.spans) if one == span), None)
    at = positional(like.syntax, like.owner, items) if index is None else index
    return {like.syntax.path: (*insert_item(items, at, text), *writing.edits)}
