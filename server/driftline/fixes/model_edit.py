"""Edits of a model's fields: its foreign keys, its nullability, the name of what it declares.

They are insertions (or the change of one argument) that keep the file's quotes, layout, line ends and comments.

Example: `user_id: Mapped[UUID]` becomes `user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id",
ondelete="CASCADE"))`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from driftline.dataclass import replace
from driftline.fixes.given_name import TableItem, given_name
from driftline.fixes.items import (
    broken,
    call_items,
    indent_at,
    insert_item,
    line_end,
    members_of,
    newline_of,
    step_of,
    too_long,
    tuple_items,
)
from driftline.fixes.mapped_field import MappedField, callee_of, find_field, keyword_of, path_to
from driftline.fixes.names import bound_names
from driftline.fixes.prefix import core_prefix
from driftline.fixes.project import Project
from driftline.fixes.table_edit import add_table_item, is_plain, item_node, key_options, positional
from driftline.fixes.written import Writing, quote_of, string
from driftline.python.syntax import Syntax
from driftline.regex import regex
from driftline.schema import Column, ForeignKey, Index, Table
from driftline.text import Span, TextEdit, apply_edits

Edits = Mapping[str, tuple[TextEdit, ...]]


def add_foreign_key(project: Project, table: Table, key: ForeignKey) -> Edits | None:
    """Declare the migrated foreign key `key` on the declared `table`: on its field, or in the table's arguments."""
    if not is_plain(key):
        return None
    if len(key.columns) != 1:
        return add_table_item(project, table, key)
    column = table.column(key.columns[0])
    if column is None or any(one.columns == key.columns for one in table.foreign_keys):
        return None
    field = find_field(project, table, column)
    if field is None:
        return None
    if field.kind == "sqlmodel":
        inner = sa_column(field)
        return _sqlmodel_key(field, key) if inner is None else _into_call(project, inner, table, key)
    return _into_call(project, field, table, key)


def set_nullable(project: Project, table: Table, column: Column, *, nullable: bool) -> Edits | None:
    """Give the field of `column` the nullability `nullable`, in its argument and in its annotation."""
    field = find_field(project, table, column)
    if field is not None and field.kind == "sqlmodel":
        return set_argument(sa_column(field) or field, "nullable", str(nullable))
    if field is None:
        return None
    annotation = field.annotation
    edits: list[TextEdit] = []
    written = annotation is not None and _set_optional(field.syntax, annotation, edits, optional=nullable)
    keyword = None if field.call is None else keyword_of(field.call, "nullable")
    if keyword is not None:
        edits.append(TextEdit(field.syntax.span(keyword.value), str(nullable)))
    elif not written:
        if field.call is None:
            return None
        items = call_items(field.syntax, field.call)
        if items is None:
            return None
        edits += insert_item(items, len(items.spans), f"nullable={nullable}")
    return {field.syntax.path: tuple(edits)} if edits else None


def set_argument(field: MappedField, name: str, text: str, writing: Writing | None = None) -> Edits | None:
    """Give the call of a field the keyword argument `name=text`; a bare annotation gets a call."""
    more = () if writing is None else writing.edits
    if field.call is None:
        made = _new_call(field, f"{name}={text}", writing)
        return None if made is None else {field.syntax.path: made}
    keyword = keyword_of(field.call, name)
    if keyword is not None:
        return {field.syntax.path: (TextEdit(field.syntax.span(keyword.value), text), *more)}
    items = call_items(field.syntax, field.call)
    if items is None:
        return None
    return {field.syntax.path: (*insert_item(items, len(items.spans), f"{name}={text}"), *more)}


def insert_argument(field: MappedField, index: int | None, text: str, writing: Writing) -> Edits | None:
    """Give the call of a field the positional argument `text` at `index` (None: behind the others)."""
    if field.call is None:
        made = _new_call(field, text, writing)
        return None if made is None else {field.syntax.path: made}
    items = call_items(field.syntax, field.call)
    if items is None:
        return None
    at = positional(field.syntax, field.call, items) if index is None else index
    return {field.syntax.path: (*insert_item(items, at, text), *writing.edits)}


def _new_call(field: MappedField, text: str, writing: Writing | None) -> tuple[TextEdit, ...] | None:
    """Write the call that a bare annotation is short for, with one argument."""
    syntax = field.syntax
    writing = Writing(syntax, core_prefix(field), field.owner) if writing is None else writing
    if field.kind == "sqlmodel":
        maker = writing.name("sqlmodel", "Field", prefixed=False)
    else:
        prefix = field.prefix if field.prefix is None or not field.prefix.endswith("Mapped") else None
        made = Writing(syntax, prefix, field.owner) if prefix != writing.prefix else writing
        maker = made.name("sqlalchemy.orm", "mapped_column")
        if made is not writing and (maker is None or made.edits):
            maker = f"{prefix}.mapped_column"
    if maker is None or not isinstance(field.statement, ast.AnnAssign):
        return None
    value = field.statement.value
    if value is not None:  # the default of an SQLModel field
        call = f"{maker}(default={syntax.segment(value)}, {text})"
        return (TextEdit(syntax.span(value), call), *writing.edits)
    at = syntax.span(field.statement.annotation).end
    call = f" = {maker}({text})"
    if too_long(syntax.text, at, at, len(call)):
        indent, newline = indent_at(syntax.text, at), newline_of(syntax.text)
        call = f" = {maker}({newline}{indent}{step_of(syntax.text)}{text}{newline}{indent})"
    return (TextEdit(Span(at, at), call), *writing.edits)


def set_name(project: Project, table: Table, item: TableItem, name: str) -> Edits | None:
    """Give the declared constraint or index `item`, where it is written out by itself, the final name `name`."""
    found = item_node(project, item)
    given = given_name(project, table, replace(item, name=name))
    if found is None or not isinstance(given, str):
        return None
    syntax, node = found
    written = string(given, quote_of(syntax.text))
    if isinstance(item, Index):  # its name is the first argument
        first = node.args[0] if node.args else None
        return {syntax.path: (TextEdit(syntax.span(first), written),)} if isinstance(first, ast.Constant) else None
    keyword = keyword_of(node, "name")
    if keyword is not None:
        return {syntax.path: (TextEdit(syntax.span(keyword.value), written),)}
    items = call_items(syntax, node)
    if items is None:
        return None
    inserted = insert_item(items, len(items.spans), f"name={written}")
    return {syntax.path: _broken_around(syntax, node, inserted) or inserted}


def _broken_around(syntax: Syntax, call: ast.Call, inserted: tuple[TextEdit, ...]) -> tuple[TextEdit, ...] | None:
    """Put the items of the one-line tuple around `call` on lines of their own, where its line gets too long."""
    around = path_to(syntax, call)[-2:-1]
    items = tuple_items(syntax, around[0]) if around and isinstance(around[0], ast.Tuple) else None
    text, span = syntax.text, syntax.span(call)
    if (
        items is None
        or items.opening is None
        or items.closing is None
        or "#" in text[span.end : line_end(text, span.end)]
    ):
        return None
    added = sum(len(edit.new_text) for edit in inserted)
    one_line = "\n" not in text[items.opening : items.closing]
    if not one_line or not too_long(text, items.opening, items.closing, added):
        return None
    index = next(index for index, one in enumerate(items.spans) if one == span)
    shifted = [
        TextEdit(Span(edit.span.start - span.start, edit.span.end - span.start), edit.new_text) for edit in inserted
    ]
    members = members_of(items)
    members[index] = apply_edits(text[span.start : span.end], shifted)
    lines = broken(members, indent_at(text, items.opening), text)
    return (TextEdit(Span(items.opening, items.closing), lines),)


# ---------------------------------------------------------------------------------------------------------------------
# Foreign keys


def _into_call(project: Project, field: MappedField, table: Table, key: ForeignKey) -> Edits | None:
    """Put `ForeignKey(...)` behind the positional arguments of the field's call, or make the call."""
    writing = Writing(field.syntax, core_prefix(field), field.owner)
    name = writing.name("sqlalchemy", "ForeignKey")
    if name is None:
        return None
    arguments = [writing.string(f"{key.referred_table}.{key.referred_columns[0]}")]
    arguments += key_options(project, table, key, writing.quote)
    return insert_argument(field, None, f"{name}({', '.join(arguments)})", writing)


def _sqlmodel_key(field: MappedField, key: ForeignKey) -> Edits | None:
    """Say it in SQLModel's words, as far as it has them (no ON UPDATE, nothing deferrable)."""
    syntax = field.syntax
    if key.onupdate is not None or key.deferrable is not None or key.initially or key.match:
        return None
    quote = quote_of(syntax.text)
    words = [f"foreign_key={string(f'{key.referred_table}.{key.referred_columns[0]}', quote)}"]
    if isinstance(key.ondelete, str):
        words.append(f"ondelete={string(key.ondelete, quote)}")
    if field.call is not None:
        items = call_items(syntax, field.call)
        if items is None or keyword_of(field.call, "foreign_key") is not None:
            return None
        return {syntax.path: insert_item(items, len(items.spans), ", ".join(words))}
    made = _new_call(field, ", ".join(words), None)
    return None if made is None else {syntax.path: made}


def sa_column(field: MappedField) -> MappedField | None:
    """Give the `Column(...)` that an SQLModel field holds in `sa_column=`."""
    keyword = None if field.call is None else keyword_of(field.call, "sa_column")
    if keyword is None or not isinstance(keyword.value, ast.Call):
        return None
    name, prefix = callee_of(field.syntax, keyword.value)
    if name != "Column":
        return None
    return MappedField(field.syntax, field.owner, field.statement, keyword.value, "column", prefix)


# ---------------------------------------------------------------------------------------------------------------------
# Nullability


def _set_optional(syntax: Syntax, annotation: ast.expr, edits: list[TextEdit], *, optional: bool) -> bool:
    """Make `Mapped[X]` say (or not) that the value can be None; whether the annotation decides the nullability now."""
    if not isinstance(annotation, ast.Subscript) or not syntax.segment(annotation.value).endswith("Mapped"):
        return False
    inner = annotation.slice
    if isinstance(inner, ast.Constant):
        return False
    alternatives = _alternatives(inner)
    without = [one for one in alternatives if not (isinstance(one, ast.Constant) and one.value is None)]
    wrapped = isinstance(inner, ast.Subscript) and syntax.segment(inner.value).rpartition(".")[2] == "Optional"
    if optional:
        if len(without) == len(alternatives) and not wrapped:
            edits.append(TextEdit(syntax.span(inner), optional_type(syntax, syntax.segment(inner))))
        return True
    if wrapped and isinstance(inner, ast.Subscript):
        edits.append(TextEdit(syntax.span(inner), syntax.segment(inner.slice)))
    elif len(without) < len(alternatives):
        edits.append(TextEdit(syntax.span(inner), " | ".join(syntax.segment(one) for one in without)))
    return True


_OPTIONAL = regex(r"\b(?:\w+\.)?Optional(?=\[)")


def optional_type(syntax: Syntax, inner: str) -> str:
    """Write the type `inner`, or None, in the file's own style."""
    written = _OPTIONAL.search(syntax.text)
    word = written.group() if written is not None else "Optional"
    known = written is not None or "Optional" in bound_names(syntax.tree.body)
    return f"{word}[{inner}]" if known and " | None" not in syntax.text else f"{inner} | None"


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _alternatives(node.left) + _alternatives(node.right)
    return [node]
