"""Edits of a model that tell it what the database already has: foreign keys, constraints, indexes; and its nullability.

They are insertions (or the change of one argument) that keep the file's quotes, layout, line ends and comments.

Example: `user_id: Mapped[UUID]` becomes `user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id",
ondelete="CASCADE"))`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from driftline.fixes.items import (
    Items,
    broken,
    call_items,
    indent_at,
    insert_item,
    line_end,
    members_of,
    newline_of,
    too_long,
    tuple_items,
)
from driftline.fixes.mapped_field import MappedField, callee_of, class_node, find_field, path_to
from driftline.fixes.names import name_in
from driftline.fixes.project import Project
from driftline.python.syntax import Syntax
from driftline.python.values import Unknown
from driftline.schema import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from driftline.schema.naming import Kind, constraint_name
from driftline.text import Span, TextEdit, apply_edits

Edits = Mapping[str, tuple[TextEdit, ...]]
_TableItem = ForeignKey | CheckConstraint | UniqueConstraint | Index


@dataclass(frozen=True, slots=True)
class _Written:
    """Source text of something, and the edits that its names need."""

    text: str
    edits: tuple[TextEdit, ...] = ()


def add_foreign_key(project: Project, table: Table, key: ForeignKey) -> Edits | None:
    """Declare the migrated foreign key `key` on the declared `table`: on its field, or in the table's arguments."""
    if not _plain(key):
        return None
    if len(key.columns) != 1:
        return _add_to_table(project, table, key)
    column = table.column(key.columns[0])
    field = None if column is None else find_field(project, table, column)
    if field is None or any(one.columns == key.columns for one in table.foreign_keys):
        return None
    if field.kind == "sqlmodel":
        inner = _sa_column(field)
        return _sqlmodel_key(field, key) if inner is None else _into_call(project, inner, table, key)
    return _into_call(project, field, table, key)


def add_table_item(project: Project, table: Table, item: CheckConstraint | UniqueConstraint | Index) -> Edits | None:
    """Declare a migrated constraint or index in the `__table_args__` of the class of `table`, or in its `Table`."""
    return _add_to_table(project, table, item) if _plain(item) else None


def set_nullable(project: Project, table: Table, column: Column, *, nullable: bool) -> Edits | None:
    """Give the field of `column` the nullability `nullable`, in its argument and in its annotation."""
    field = find_field(project, table, column)
    if field is None or field.kind == "sqlmodel":
        return None
    annotation = field.statement.annotation if isinstance(field.statement, ast.AnnAssign) else None
    edits: list[TextEdit] = []
    written = annotation is not None and _set_optional(field.syntax, annotation, edits, optional=nullable)
    keyword = None if field.call is None else _keyword(field.call, "nullable")
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


def set_name(project: Project, table: Table, item: _TableItem, name: str) -> Edits | None:
    """Give the declared constraint or index `item`, where it is written out by itself, the final name `name`."""
    if len(item.origin.sites) != 1:
        return None
    syntax = project.syntax(item.origin.sites[0].path)
    node = None if syntax is None else syntax.node_of(item.origin.sites[0])
    given = _given_name(project, table, replace(item, name=name))
    if syntax is None or not isinstance(node, ast.Call) or not isinstance(given, str):
        return None
    if callee_of(syntax, node)[0] not in (_class_name(item), "ForeignKey" if isinstance(item, ForeignKey) else ""):
        return None
    written = _literal(given, quote_of(syntax.text))
    if isinstance(item, Index):  # its name is the first argument
        first = node.args[0] if node.args else None
        return {syntax.path: (TextEdit(syntax.span(first), written),)} if isinstance(first, ast.Constant) else None
    keyword = _keyword(node, "name")
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
    lines = broken(members, indent_at(text, items.opening), newline_of(text))
    return (TextEdit(Span(items.opening, items.closing), lines),)


def quote_of(text: str) -> str:
    """Give the quotation mark that most strings of a source text use; `"` where there are none."""
    return "'" if len(re.findall(r"(?<!')'(?!')", text)) > len(re.findall(r'(?<!")"(?!")', text)) else '"'


def _literal(value: str, quote: str) -> str:
    """Write a string as Python, in `quote` where it holds none of them."""
    plain = repr(value)
    if quote in value or "\\" in plain:
        other = "'" if quote == '"' else '"'
        return plain if other in value or "\\" in plain else f"{other}{value}{other}"
    return f"{quote}{value}{quote}"


def _plain(item: ForeignKey | CheckConstraint | UniqueConstraint | Index) -> bool:
    """Whether everything about it is known, and can be written down by the means of this module."""
    if isinstance(item.name, Unknown):
        return False
    if isinstance(item, ForeignKey):
        known = (item.referred_table, item.ondelete, item.onupdate)
        return not any(isinstance(one, Unknown) for one in known) and len(item.referred_columns) == len(item.columns)
    if isinstance(item, CheckConstraint):
        return isinstance(item.sql, str)
    if isinstance(item, UniqueConstraint):
        return not item.options
    return not item.options and not any(one.column is None or one.modifiers for one in item.elements)


# ---------------------------------------------------------------------------------------------------------------------
# Foreign keys


def _into_call(project: Project, field: MappedField, table: Table, key: ForeignKey) -> Edits | None:
    """Put `ForeignKey(...)` behind the positional arguments of the field's call, or make the call."""
    syntax = field.syntax
    written = _foreign_key(project, field, table, key)
    if written is None:
        return None
    if field.call is None:
        prefix = field.prefix if field.prefix is None or not field.prefix.endswith("Mapped") else None
        maker = name_in(syntax, "sqlalchemy.orm", "mapped_column", prefix=prefix)
        if maker is None or not isinstance(field.statement, ast.AnnAssign):
            return None
        at = syntax.span(field.statement.annotation).end
        value = f" = {maker.expression}({written.text})"
        if too_long(syntax.text, at, at, len(value)):
            indent, newline = indent_at(syntax.text, at), newline_of(syntax.text)
            value = f" = {maker.expression}({newline}{indent}    {written.text}{newline}{indent})"
        return {syntax.path: (TextEdit(Span(at, at), value), *written.edits, *maker.edits)}
    items = call_items(syntax, field.call)
    if items is None:
        return None
    index = _positional(syntax, field.call, items)
    return {syntax.path: (*insert_item(items, index, written.text), *written.edits)}


def _foreign_key(project: Project, field: MappedField, table: Table, key: ForeignKey) -> _Written | None:
    syntax = field.syntax
    named = name_in(syntax, "sqlalchemy", "ForeignKey", prefix=_core_prefix(field))
    if named is None:
        return None
    quote = quote_of(syntax.text)
    arguments = [_literal(f"{key.referred_table}.{key.referred_columns[0]}", quote)]
    arguments += _key_options(project, table, key, quote)
    return _Written(f"{named.expression}({', '.join(arguments)})", named.edits)


def _key_options(project: Project, table: Table, key: ForeignKey, quote: str) -> list[str]:
    """Give the keyword arguments without which the declared key would still differ from the migrated one."""
    options: list[str] = []
    name = _given_name(project, table, key)
    if isinstance(name, str):
        options.append(f"name={_literal(name, quote)}")
    for word in ("ondelete", "onupdate"):
        value = getattr(key, word)
        if isinstance(value, str):
            options.append(f"{word}={_literal(value, quote)}")
    if key.deferrable is not None:
        options.append(f"deferrable={key.deferrable}")
    options += [f"{word}={_literal(value, quote)}" for word in ("initially", "match") if (value := getattr(key, word))]
    return options


def _sqlmodel_key(field: MappedField, key: ForeignKey) -> Edits | None:
    """Say it in SQLModel's words, as far as it has them (no ON UPDATE, nothing deferrable)."""
    syntax = field.syntax
    if key.onupdate is not None or key.deferrable is not None or key.initially or key.match:
        return None
    quote = quote_of(syntax.text)
    words = [f"foreign_key={_literal(f'{key.referred_table}.{key.referred_columns[0]}', quote)}"]
    if isinstance(key.ondelete, str):
        words.append(f"ondelete={_literal(key.ondelete, quote)}")
    if field.call is not None:
        items = call_items(syntax, field.call)
        if items is None or _keyword(field.call, "foreign_key") is not None:
            return None
        return {syntax.path: insert_item(items, len(items.spans), ", ".join(words))}
    maker = name_in(syntax, "sqlmodel", "Field")
    if maker is None or not isinstance(field.statement, ast.AnnAssign):
        return None
    value = field.statement.value
    if value is None:
        at = syntax.span(field.statement.annotation).end
        edit = TextEdit(Span(at, at), f" = {maker.expression}({', '.join(words)})")
    else:
        default = syntax.segment(value)
        edit = TextEdit(syntax.span(value), f"{maker.expression}(default={default}, {', '.join(words)})")
    return {syntax.path: (edit, *maker.edits)}


def _sa_column(field: MappedField) -> MappedField | None:
    """Give the `Column(...)` that an SQLModel field holds in `sa_column=`."""
    keyword = None if field.call is None else _keyword(field.call, "sa_column")
    if keyword is None or not isinstance(keyword.value, ast.Call):
        return None
    name, prefix = callee_of(field.syntax, keyword.value)
    if name != "Column":
        return None
    return MappedField(field.syntax, field.owner, field.statement, keyword.value, "column", prefix)


def _core_prefix(field: MappedField) -> str | None:
    """Give the expression that the field uses for SQLAlchemy's Core: `sa`, `db`; None where it uses bare names."""
    if field.call is not None:
        if field.kind == "column" and field.prefix is not None:
            return field.prefix
        for argument in field.call.args:
            inner = argument.func if isinstance(argument, ast.Call) else argument
            if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.attr[:1].isupper():
                return inner.value.id if inner.value.id in _core_names(field.syntax) else None
    if field.prefix is not None and field.prefix not in _modules(field.syntax):
        return field.prefix
    return None


def _core_names(syntax: Syntax) -> frozenset[str]:
    """Give the names that the module imports for the whole of `sqlalchemy`."""
    return frozenset(
        alias.asname or alias.name
        for node in syntax.tree.body
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "sqlalchemy"
    )


def _modules(syntax: Syntax) -> frozenset[str]:
    """Give the names under which the module imports something of SQLAlchemy's."""
    return frozenset(
        alias.asname or alias.name
        for node in syntax.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (node.module or "" if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0] == "sqlalchemy"
    )


def _positional(syntax: Syntax, call: ast.Call, items: Items) -> int:
    """Give the index behind the call's positional arguments."""
    ends = [syntax.span(argument).end for argument in call.args]
    return sum(span.end <= max(ends, default=0) for span in items.spans)


def _keyword(call: ast.Call, name: str) -> ast.keyword | None:
    return next((keyword for keyword in call.keywords if keyword.arg == name), None)


# ---------------------------------------------------------------------------------------------------------------------
# Table arguments


def _add_to_table(project: Project, table: Table, item: _TableItem) -> Edits | None:
    mapped = project.declared.class_of(table.key)
    if mapped is not None:
        syntax = project.syntax(mapped.path)
        owner = None if syntax is None else class_node(project, table.key, syntax)
        if syntax is None or owner is None:
            return None
        written = _table_item(project, syntax, table, item, _prefix_in(syntax, owner))
        return None if written is None else _into_class(syntax, owner, written)
    fields = [find_field(project, table, column) for column in table.columns]
    field = next((one for one in fields if one is not None and isinstance(one.owner, ast.Call)), None)
    if field is None or not isinstance(field.owner, ast.Call):
        return None
    written = _table_item(project, field.syntax, table, item, _core_prefix(field))
    items = call_items(field.syntax, field.owner)
    if written is None or items is None:
        return None
    index = _positional(field.syntax, field.owner, items)
    return {field.syntax.path: (*insert_item(items, index, written.text), *written.edits)}


def _into_class(syntax: Syntax, owner: ast.ClassDef, written: _Written) -> Edits | None:
    existing = next((one for one in owner.body if "__table_args__" in _targets(one)), None)
    if existing is not None:
        edits = _into_table_args(syntax, existing, written.text)
        return None if edits is None else {syntax.path: (*edits, *written.edits)}
    anchor = next((one for one in owner.body if "__tablename__" in _targets(one)), None)
    if anchor is None:
        anchor = next((one for one in reversed(owner.body) if isinstance(one, ast.Assign | ast.AnnAssign)), None)
    if anchor is None:
        return None
    start = syntax.span(anchor).start
    indent = indent_at(syntax.text, start)
    below = anchor.end_lineno or anchor.lineno
    at = syntax.index.starts[below] if below < syntax.index.line_count else len(syntax.text)
    newline = newline_of(syntax.text)
    lead = "" if syntax.text[:at].endswith(("\n", "\r")) else newline
    value = f"({written.text},)"
    if too_long("", 0, 0, len(f"{indent}__table_args__ = {value}")) and too_long(syntax.text, at, at, len(value)):
        value = broken([written.text], indent, newline, brackets="()")
    line = f"{lead}{indent}__table_args__ = {value}{newline}"
    return {syntax.path: (TextEdit(Span(at, at), line), *written.edits)}


def _into_table_args(syntax: Syntax, statement: ast.stmt, new: str) -> tuple[TextEdit, ...] | None:
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Dict):  # only options so far: they stay the last of a tuple
        span = syntax.span(value)
        return (TextEdit(Span(span.start, span.start), f"({new}, "), TextEdit(Span(span.end, span.end), ")"))
    if not isinstance(value, ast.Tuple):
        return None
    items = tuple_items(syntax, value)
    if items is None:
        return None
    last_is_options = bool(value.elts) and isinstance(value.elts[-1], ast.Dict)
    edits = insert_item(items, len(items.spans) - last_is_options, new)
    if not items.spans:
        return (*edits, TextEdit(Span(items.opening or 0, items.opening or 0), ","))
    return edits


def _targets(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def _prefix_in(syntax: Syntax, owner: ast.ClassDef) -> str | None:
    """Give the expression that the class uses for SQLAlchemy's Core: of its first `sa.Column(` or the like."""
    modules = _modules(syntax) - _core_names(syntax)
    for node in ast.walk(owner):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            prefix = node.func.value.id
            if prefix not in modules and node.func.attr in (
                "Column",
                "ForeignKey",
                "Index",
                "CheckConstraint",
                "String",
            ):
                return prefix
    return None


def _table_item(
    project: Project, syntax: Syntax, table: Table, item: _TableItem, prefix: str | None
) -> _Written | None:
    """Write `CheckConstraint(...)` and its like, so that its final name is the migrated one."""
    quote = quote_of(syntax.text)
    kind = _class_name(item)
    named = name_in(syntax, "sqlalchemy", kind, prefix=prefix)
    if named is None:
        return None
    name = _given_name(project, table, item)
    if isinstance(name, Unknown) and not isinstance(item, ForeignKey):
        return None
    arguments: Sequence[str]
    if isinstance(item, Index):
        if not isinstance(item.name, str):
            return None
        arguments = [_literal(item.name, quote), *(_literal(one.column or "", quote) for one in item.elements)]
        arguments = [*arguments, "unique=True"] if item.unique is True else arguments
    else:
        options = [f"name={_literal(name, quote)}"] if isinstance(name, str) else []
        if isinstance(item, ForeignKey):
            columns = ", ".join(_literal(one, quote) for one in item.columns)
            referred = ", ".join(_literal(f"{item.referred_table}.{one}", quote) for one in item.referred_columns)
            arguments = [f"[{columns}]", f"[{referred}]", *_key_options(project, table, item, quote)]
        elif isinstance(item, UniqueConstraint):
            arguments = [*(_literal(one, quote) for one in item.columns), *options]
        else:
            arguments = [_literal(str(item.sql), quote), *options]
    return _Written(f"{named.expression}({', '.join(arguments)})", named.edits)


def _class_name(item: _TableItem) -> str:
    return "ForeignKeyConstraint" if isinstance(item, ForeignKey) else type(item).__name__


def _given_name(project: Project, table: Table, item: _TableItem) -> str | Unknown | None:
    """Give the name to write so that the naming convention makes `item.name` of it.

    None where none need be written, Unknown where no name does it.
    """
    if not isinstance(item.name, str):
        return item.name
    made = _final(project, table, item, None)
    if made == item.name or (made is None and isinstance(item, ForeignKey)):
        return None  # the convention makes it; or nothing compares the name of a foreign key that has none in the model
    if _final(project, table, item, item.name) == item.name:
        return item.name
    # A convention takes up what is given (`ck_%(table_name)s_%(constraint_name)s`): find the part that makes the whole.
    frame = _final(project, table, item, "\0")
    if isinstance(frame, str) and frame.count("\0") == 1:
        before, _, after = frame.partition("\0")
        if item.name.startswith(before) and item.name.endswith(after) and len(item.name) > len(before) + len(after):
            return item.name[len(before) : len(item.name) - len(after)]
    return Unknown(f"the naming convention makes no `{item.name}`")


def _final(project: Project, table: Table, item: _TableItem, given: str | None) -> str | None:
    kinds: dict[type, Kind] = {ForeignKey: "fk", CheckConstraint: "ck", UniqueConstraint: "uq", Index: "ix"}
    columns: tuple[str | Unknown, ...] = ()
    if isinstance(item, Index):
        columns = tuple(one.column for one in item.elements if one.column is not None)
    elif not isinstance(item, CheckConstraint):
        columns = item.columns
    name, _ = constraint_name(
        kinds[type(item)],
        given,
        table=table.name,
        schema=table.schema,
        columns=columns,
        referred_table=item.referred_table if isinstance(item, ForeignKey) else None,
        referred_columns=item.referred_columns if isinstance(item, ForeignKey) else (),
        convention=project.declared.convention,
        dialect=project.dialect,
    )
    return name if isinstance(name, str) else None


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
            end = syntax.span(inner).end
            edits.append(TextEdit(Span(end, end), " | None"))
        return True
    if wrapped and isinstance(inner, ast.Subscript):
        edits.append(TextEdit(syntax.span(inner), syntax.segment(inner.slice)))
    elif len(without) < len(alternatives):
        edits.append(TextEdit(syntax.span(inner), " | ".join(syntax.segment(one) for one in without)))
    return True


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _alternatives(node.left) + _alternatives(node.right)
    return [node]
