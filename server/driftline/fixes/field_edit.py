"""Edits of one field of a model: its type, server default, comment, generation, keys, and what it says in flags.

Each makes the field say what was migrated, and is None where the source is not plainly editable.

Example: `set_type(project, table, declared, migrated)` turns `mapped_column(String(50))` into
`mapped_column(String(80))`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from driftline.fixes.given_name import final_name
from driftline.fixes.items import call_items, insert_item, remove_item
from driftline.fixes.mapped_field import MappedField, callee_of, find_field, keyword_of
from driftline.fixes.model_edit import Edits, insert_argument, sa_column, set_argument
from driftline.fixes.prefix import core_prefix
from driftline.fixes.project import Project
from driftline.fixes.table_edit import (
    add_table_item,
    item_node,
    key_options,
    remove_declared,
    replace_item,
    set_option,
)
from driftline.fixes.written import Writing, constant, default_text, type_text
from driftline.python.syntax import Syntax, parse
from driftline.regex import regex
from driftline.schema import CheckConstraint, Column, ForeignKey, Index, PrimaryKey, Table, UniqueConstraint
from driftline.text import Span, TextEdit, apply_edits


def set_type(project: Project, table: Table, declared: Column, migrated: Column) -> Edits | None:
    """Give the field the migrated type, in its argument, and where it is a plain one in its annotation."""
    field = _written_field(project, table, declared)
    if field is None or declared.type.enum is not None or migrated.type.enum is not None:
        return None
    writing = Writing(field.syntax, core_prefix(field), field.owner)
    text = type_text(writing, migrated.type, project.dialect)
    if text is None:
        return None
    if field.kind == "sqlmodel":
        return _set_sqlmodel_type(field, declared, migrated, text, writing)
    more = _annotated(field, text)
    if field.call is None:
        edits = insert_argument(field, 0, text, writing)
    else:
        value = _type_argument(field)
        if value is not None:
            edits = {field.syntax.path: (TextEdit(field.syntax.span(value), text), *writing.edits)}
        else:
            named = bool(field.call.args) and _is_string(field.call.args[0])
            edits = insert_argument(field, int(named), text, writing)
    return None if edits is None else _joined([edits, more])


_LENGTH = regex(r"VARCHAR(?:\((\d+)\))?")


def _set_sqlmodel_type(
    field: MappedField, declared: Column, migrated: Column, text: str, writing: Writing
) -> Edits | None:
    """Say a length as `max_length=`, and any other type as `sa_type=`."""
    made = _LENGTH.fullmatch(migrated.type.ddl)
    own = field.call is not None and keyword_of(field.call, "sa_type") is not None
    if own or made is None or not _LENGTH.fullmatch(declared.type.ddl):
        return set_argument(field, "sa_type", text, writing)
    return set_argument(field, "max_length", made[1]) if made[1] else remove_argument(field, "max_length")


def _set_column_word(field: MappedField, name: str, text: str | None, writing: Writing) -> Edits | None:
    """Give the column of a field the keyword argument `name`; of an SQLModel field, in `sa_column_kwargs=`."""
    if field.kind != "sqlmodel":
        return remove_argument(field, name) if text is None else set_argument(field, name, text, writing)
    stated = None if field.call is None else keyword_of(field.call, "sa_column_kwargs")
    if stated is not None and isinstance(stated.value, ast.Dict):
        edits = set_option(field.syntax, stated.value, name, text, writing)
        return None if edits is None else {field.syntax.path: (*edits, *(writing.edits if text is not None else ()))}
    if text is None or stated is not None:
        return None
    return set_argument(field, "sa_column_kwargs", f"{{{writing.string(name)}: {text}}}", writing)


_CONSTRUCTS = frozenset({"ForeignKey", "Computed", "Identity", "Sequence", "CheckConstraint", "FetchedValue"})


def _type_argument(field: MappedField) -> ast.expr | None:
    """Give the argument that says the type."""
    if field.call is None:
        return None
    keyword = keyword_of(field.call, "type_")
    if keyword is not None:
        return keyword.value
    for argument in field.call.args[:2]:
        if _is_string(argument):
            continue
        inner = callee_of(field.syntax, argument)[0] if isinstance(argument, ast.Call) else ""
        return None if inner in _CONSTRUCTS or isinstance(argument, ast.Starred) else argument
    return None


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


_PYTHON = {
    "String": "str",
    "Text": "str",
    "Integer": "int",
    "BigInteger": "int",
    "SmallInteger": "int",
    "Boolean": "bool",
    "Float": "float",
}


def _annotated(field: MappedField, text: str) -> Edits:
    """Change `Mapped[int]` along with the type, where both are builtins."""
    annotation = field.annotation
    wanted = _PYTHON.get(text.partition("(")[0].rpartition(".")[2])
    if annotation is None or wanted is None:
        return {}
    names = [node for node in ast.walk(annotation) if isinstance(node, ast.Name) and node.id in set(_PYTHON.values())]
    if len(names) != 1 or names[0].id == wanted:
        return {}
    return {field.syntax.path: (TextEdit(field.syntax.span(names[0]), wanted),)}


def set_server_default(project: Project, table: Table, declared: Column, migrated: Column) -> Edits | None:
    """Give the field the migrated server default, or none."""
    field = _written_field(project, table, declared)
    if field is None or declared.computed or declared.identity or migrated.computed or migrated.identity:
        return None
    writing = Writing(field.syntax, core_prefix(field), field.owner)
    if migrated.server_default is None:
        return _set_column_word(field, "server_default", None, writing)
    text = default_text(writing, migrated.server_default)
    return None if text is None else _set_column_word(field, "server_default", text, writing)


def set_comment(project: Project, table: Table, declared: Column, comment: str | None) -> Edits | None:
    """Give the field the migrated comment, or none."""
    field = _written_field(project, table, declared)
    if field is None:
        return None
    writing = Writing(field.syntax, core_prefix(field), field.owner)
    return _set_column_word(field, "comment", None if comment is None else writing.string(comment), writing)


def set_autoincrement(project: Project, table: Table, declared: Column, *, serial: bool) -> Edits | None:
    """Say `autoincrement=False` of a key that the database does not number; or take that back."""
    field = _core_field(project, table, declared)
    if field is None:
        return None
    return remove_argument(field, "autoincrement") if serial else set_argument(field, "autoincrement", "False")


def set_column_name(project: Project, table: Table, declared: Column, name: str) -> Edits | None:
    """Let the attribute stand for the column `name`: as the first argument."""
    field = _core_field(project, table, declared)
    if field is None or field.kind == "sqlmodel":
        return None
    writing = Writing(field.syntax, core_prefix(field), field.owner)
    first = field.call.args[0] if field.call is not None and field.call.args else None
    if first is not None and _is_string(first):
        return {field.syntax.path: (TextEdit(field.syntax.span(first), writing.string(name)),)}
    return insert_argument(field, 0, writing.string(name), writing)


def set_generation(project: Project, table: Table, declared: Column, migrated: Column) -> Edits | None:
    """Give the field the migrated `Computed(…)` or `Identity(…)`, or none."""
    field = _core_field(project, table, declared)
    if field is None:
        return None
    writing = Writing(field.syntax, core_prefix(field), field.owner)
    what = "Computed" if declared.computed or migrated.computed else "Identity"
    text = _generation_text(writing, migrated)
    present = None
    for argument in field.call.args if field.call is not None else ():
        if isinstance(argument, ast.Call) and callee_of(field.syntax, argument)[0] == what:
            present = argument
    if text == "":
        return None if present is None else _without_positional(field, present)
    if text is None:
        return None
    if present is not None:
        return {field.syntax.path: (TextEdit(field.syntax.span(present), text), *writing.edits)}
    return insert_argument(field, None, text, writing)


def _generation_text(writing: Writing, column: Column) -> str | None:
    """Write what a column is generated by: "" where it is not, None where that can't be said."""
    arguments: list[str]
    if column.computed is not None:
        if not isinstance(column.computed.sql, str):
            return None
        persisted = column.computed.persisted
        arguments = [
            writing.string(column.computed.sql),
            *([f"persisted={persisted}"] if persisted is not None else []),
        ]
        name = writing.name("sqlalchemy", "Computed")
    elif column.identity is not None:
        always = [("always", True)] if column.identity.always else []
        arguments = [f"{word}={constant(value, writing.quote)}" for word, value in (*always, *column.identity.options)]
        name = writing.name("sqlalchemy", "Identity")
    else:
        return ""
    return None if name is None else f"{name}({', '.join(arguments)})"


def _without_positional(field: MappedField, argument: ast.expr) -> Edits | None:
    items = call_items(field.syntax, field.call) if field.call is not None else None
    if items is None:
        return None
    index = next(index for index, one in enumerate(items.spans) if one == field.syntax.span(argument))
    return {field.syntax.path: remove_item(items, index)}


def remove_argument(field: MappedField, *names: str) -> Edits | None:
    """Take keyword arguments out of the call of a field; None where it has not all of them."""
    edits = None if field.call is None else without_keywords(field.syntax, field.call, names)
    return None if edits is None else {field.syntax.path: edits}


def without_keywords(syntax: Syntax, call: ast.Call, names: Sequence[str]) -> tuple[TextEdit, ...] | None:
    """Take keyword arguments out of a call; None where it has not all of them."""
    original, whole = syntax.text, syntax.span(call)
    text = original
    for name in names:
        keyword = keyword_of(call, name)
        items = call_items(syntax, call)
        if keyword is None or items is None:
            return None
        span = syntax.span(keyword)
        index = next(index for index, one in enumerate(items.spans) if one == span)
        text = apply_edits(text, remove_item(items, index))
        syntax = parse(syntax.path, text)
        again = [
            node
            for node in ast.walk(syntax.tree)
            if isinstance(node, ast.Call) and syntax.span(node).start == whole.start
        ]
        if not again:
            return None
        call = max(again, key=lambda node: syntax.span(node).end)
    end = len(text) - (len(original) - whole.end)
    return (TextEdit(whole, text[whole.start : end]),)


def set_key_options(project: Project, table: Table, declared: ForeignKey, migrated: ForeignKey) -> Edits | None:
    """Give the declared foreign key the options of the migrated one."""
    found = item_node(project, declared)
    if found is None:
        return _sqlmodel_options(project, table, declared, migrated)
    syntax, node = found
    items = call_items(syntax, node)
    if items is None:
        return None
    writing = Writing(syntax, None)
    wanted = dict(one.split("=", 1) for one in key_options(project, table, migrated, writing.quote))
    wanted.pop("name", None)
    if keyword_of(node, "name") is not None and isinstance(migrated.name, str):  # one that is there is put right
        wanted["name"] = writing.string(migrated.name)
    edits: list[TextEdit] = []
    gone: list[int] = []
    for word in ("name", "ondelete", "onupdate", "deferrable", "initially", "match"):
        keyword = keyword_of(node, word)
        if keyword is not None and word in wanted:
            edits.append(TextEdit(syntax.span(keyword.value), wanted.pop(word)))
        elif keyword is not None and word != "name":
            gone.append(next(at for at, one in enumerate(items.spans) if one == syntax.span(keyword)))
    if len(gone) > 1 or (gone and wanted):
        return None
    for index in gone:
        edits += remove_item(items, index)
    if wanted:
        edits += insert_item(items, len(items.spans), ", ".join(f"{word}={text}" for word, text in wanted.items()))
    return {syntax.path: tuple(edits)} if edits else None


def _sqlmodel_options(project: Project, table: Table, declared: ForeignKey, migrated: ForeignKey) -> Edits | None:
    column = table.column(declared.columns[0]) if len(declared.columns) == 1 else None
    field = None if column is None else find_field(project, table, column)
    if field is None or field.kind != "sqlmodel" or migrated.onupdate or migrated.deferrable or migrated.match:
        return None
    if migrated.ondelete is None:
        return remove_argument(field, "ondelete")
    return set_argument(field, "ondelete", constant(migrated.ondelete, Writing(field.syntax, None).quote))


def set_primary_key(project: Project, table: Table, declared: PrimaryKey, migrated: PrimaryKey) -> Edits | None:
    """Name the columns of the migrated primary key where it is written out; else mark them, and no others."""
    site = declared.origin.site
    syntax = None if site is None else project.syntax(site.path)
    node = None if syntax is None or site is None else syntax.node_of(site)
    if syntax is not None and isinstance(node, ast.Call) and callee_of(syntax, node)[0] == "PrimaryKeyConstraint":
        return _set_key_columns(syntax, node, table, migrated)
    changed: list[Edits | None] = []
    for column in table.columns:
        wanted, stated = column.name in migrated.columns, column.name in declared.columns
        if wanted == stated:
            continue
        field = find_field(project, table, column)
        if field is None:
            return None
        changed.append(set_argument(field, "primary_key", "True") if wanted else remove_argument(field, "primary_key"))
    ordered = [column.name for column in table.columns if column.name in migrated.columns]
    if ordered != list(migrated.columns) or None in changed or not changed:
        return None
    return _joined([one for one in changed if one is not None])


def _set_key_columns(syntax: Syntax, call: ast.Call, table: Table, migrated: PrimaryKey) -> Edits | None:
    """Name other columns in `PrimaryKeyConstraint("a", "b")`."""
    if not call.args or not all(map(_is_string, call.args)):
        return None
    if any(table.column(name) is None for name in migrated.columns):
        return None
    span = Span(syntax.span(call.args[0]).start, syntax.span(call.args[-1]).end)
    if "#" in syntax.text[span.start : span.end]:
        return None
    writing = Writing(syntax, None)
    return {syntax.path: (TextEdit(span, ", ".join(map(writing.string, migrated.columns))),)}


# ---------------------------------------------------------------------------------------------------------------------
# Flags: unique=True, index=True


def _flagged(project: Project, table: Table, item: Index | UniqueConstraint) -> MappedField | None:
    """Give the field whose `unique=True` or `index=True` declares an index or a unique constraint."""
    if item_node(project, item) is not None:
        return None  # it is written out by itself
    names = [one for one in item.columns if one is not None]
    column = table.column(names[0]) if len(names) == 1 == len(item.columns) else None
    field = None if column is None else _written_field(project, table, column)
    if field is None or field.call is None:
        return None
    unique, index = (_is_true(field.call, word) for word in ("unique", "index"))
    stands = index and (bool(item.unique) == unique) if isinstance(item, Index) else unique and not index
    return field if stands else None


def _is_true(call: ast.Call, name: str) -> bool:
    keyword = keyword_of(call, name)
    return keyword is not None and isinstance(keyword.value, ast.Constant) and keyword.value.value is True


def remove_item_declared(
    project: Project, table: Table, item: Index | UniqueConstraint | CheckConstraint | ForeignKey
) -> Edits | None:
    """Take away what the model declares, wherever it is written: in a flag, on the field, or among the arguments."""
    if isinstance(item, Index | UniqueConstraint):
        field = _flagged(project, table, item)
        if field is not None:
            words = [word for word in ("unique", "index") if _is_true(_call(field), word)]
            return remove_argument(field, *words)
    if isinstance(item, ForeignKey):
        column = table.column(item.columns[0]) if len(item.columns) == 1 else None
        field = None if column is None else find_field(project, table, column)
        if field is not None and field.kind == "sqlmodel" and field.call is not None:
            words = [word for word in ("foreign_key", "ondelete") if keyword_of(field.call, word) is not None]
            return remove_argument(field, *words) if words else None
        if column is not None and field is not None and field.annotation is None and _type_argument(field) is None:
            return _type_for_key(project, column, field, item)
    return remove_declared(project, item)


def _type_for_key(project: Project, column: Column, field: MappedField, key: ForeignKey) -> Edits | None:
    """Write the type of a column in place of the foreign key that it had it from."""
    found = item_node(project, key)
    writing = Writing(field.syntax, core_prefix(field), field.owner)
    text = type_text(writing, column.type, project.dialect)
    if found is None or field.call is None or found[1] not in field.call.args or text is None:
        return None
    return {field.syntax.path: (TextEdit(field.syntax.span(found[1]), text), *writing.edits)}


def _call(field: MappedField) -> ast.Call:
    assert field.call is not None  # noqa: S101 -- what flags stand in
    return field.call


def set_unique_kind(
    project: Project,
    table: Table,
    declared: UniqueConstraint | Index,
    migrated: UniqueConstraint | Index,
    beside: Sequence[Index],
) -> Edits | None:
    """Make of a unique index a unique constraint, or the other way round. `beside`: plain indexes beside them."""
    field = _flagged(project, table, declared)
    if field is None:
        edits = replace_item(project, table, declared, migrated)
        return edits if not beside else None
    if isinstance(migrated, Index):  # unique=True: a constraint so far
        if final_name(project, table, migrated, None) == migrated.name and not migrated.options:
            return set_argument(field, "index", "True")
        return _flag_to_item(project, table, field, ["unique"], migrated)
    made = final_name(project, table, migrated, None)
    if not beside and made in (None, migrated.name) and not migrated.options:
        return remove_argument(field, "index")
    kept = len(beside) == 1 and beside[0].name == declared.name and not beside[0].options
    if beside and not kept:
        return None
    return _flag_to_item(project, table, field, ["unique"] if kept else ["unique", "index"], migrated)


def _flag_to_item(
    project: Project, table: Table, field: MappedField, flags: Sequence[str], item: UniqueConstraint | Index
) -> Edits | None:
    removed = remove_argument(field, *flags)
    added = add_table_item(project, table, item)
    return None if removed is None or added is None else _joined([removed, added])


def redefine(
    project: Project,
    table: Table,
    declared: Index | UniqueConstraint | CheckConstraint,
    migrated: Index | UniqueConstraint | CheckConstraint,
) -> Edits | None:
    """Write the migrated definition in place of the declared one; a flag gives way to an item."""
    field = _flagged(project, table, declared) if isinstance(declared, Index | UniqueConstraint) else None
    if field is None or not isinstance(migrated, Index | UniqueConstraint):
        return replace_item(project, table, declared, migrated)
    words = [word for word in ("unique", "index") if _is_true(_call(field), word)]
    return _flag_to_item(project, table, field, words, migrated)


# ---------------------------------------------------------------------------------------------------------------------
# Helpers


def _core_field(project: Project, table: Table, column: Column) -> MappedField | None:
    """Give the field of a column: of SQLModel's, the `Column(…)` inside, if there is one."""
    field = find_field(project, table, column)
    if field is None or field.kind != "sqlmodel":
        return field
    return sa_column(field)


def _written_field(project: Project, table: Table, column: Column) -> MappedField | None:
    """Give the field of a column: of SQLModel's, the `Column(…)` inside, if there is one, else the field itself."""
    return _core_field(project, table, column) or find_field(project, table, column)


def _joined(several: Sequence[Mapping[str, tuple[TextEdit, ...]]]) -> Edits:
    made: dict[str, tuple[TextEdit, ...]] = {}
    for one in several:
        for path, edits in one.items():
            made[path] = (*made.get(path, ()), *edits)
    return made
