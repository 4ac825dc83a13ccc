"""Edits of a table's arguments: constraints and indexes in `__table_args__` (in all its forms), or in a `Table(...)`.

Example: `__table_args__ = {"schema": "auth"}` becomes `__table_args__ = (UniqueConstraint("email"), {"schema":
"auth"})`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from driftline.fixes.given_name import TableItem, given_name
from driftline.fixes.items import (
    Items,
    broken,
    call_items,
    indent_at,
    insert_item,
    newline_of,
    remove_item,
    too_long,
    tuple_items,
    without_line,
)
from driftline.fixes.mapped_field import (
    MappedField,
    assigned_names,
    class_node,
    find_field,
    keyword_of,
    path_to,
    stated,
)
from driftline.fixes.prefix import core_prefix, prefix_in
from driftline.fixes.project import Project
from driftline.fixes.written import Writing, constant, sql_text, string
from driftline.python.syntax import Syntax
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    ExcludeConstraint,
    ForeignKey,
    Index,
    IndexElement,
    Table,
    UniqueConstraint,
)
from driftline.text import Span, TextEdit

Edits = Mapping[str, tuple[TextEdit, ...]]
ArgumentItem = TableItem | ExcludeConstraint
"""What can stand among the arguments of a table."""


def is_plain(item: ArgumentItem) -> bool:
    """Whether everything about it is known."""
    if isinstance(item.name, Unknown):
        return False
    if isinstance(item, ForeignKey):
        known = (item.referred_table, item.ondelete, item.onupdate)
        return not any(isinstance(one, Unknown) for one in known) and len(item.referred_columns) == len(item.columns)
    if isinstance(item, CheckConstraint):
        return isinstance(item.sql, str)
    if any(isinstance(value, Unknown) for _, value in item.options):
        return False
    return isinstance(item, UniqueConstraint | ExcludeConstraint) or not any(
        one.column is None and isinstance(one.sql, Unknown) for one in item.elements
    )


def add_table_item(project: Project, table: Table, item: ArgumentItem) -> Edits | None:
    """Declare a migrated constraint or index in the `__table_args__` of the class of `table`, or in its `Table`."""
    if not is_plain(item):
        return None
    field = _core_field(project, table)
    if field is None:
        mapped = project.declared.class_of(table.key)
        syntax = None if mapped is None else project.syntax(mapped.path)
        owner = None if syntax is None else class_node(project, table.key, syntax)
        if syntax is None or owner is None:
            return None
        if _table_args(owner) is None and _inherits_table_args(project, syntax, owner, table):
            return None
        writing = Writing(syntax, prefix_in(syntax, owner), owner)
        written = item_text(project, writing, table, item)
        return None if written is None else _into_class(syntax, owner, written, writing.edits)
    assert isinstance(field.owner, ast.Call)  # noqa: S101 -- which makes it one of Core's
    writing = Writing(field.syntax, core_prefix(field), field.owner)
    written = item_text(project, writing, table, item)
    items = call_items(field.syntax, field.owner)
    if written is None or items is None:
        return None
    index = positional(field.syntax, field.owner, items)
    return {field.syntax.path: (*insert_item(items, index, written), *writing.edits)}


def _core_field(project: Project, table: Table) -> MappedField | None:
    """Give a field that stands in a `Table(...)`, which a class may be mapped to."""
    fields = (find_field(project, table, column) for column in table.columns)
    return next((one for one in fields if one is not None and isinstance(one.owner, ast.Call)), None)


def item_node(project: Project, item: ArgumentItem) -> tuple[Syntax, ast.Call] | None:
    """Give the call that declares a constraint or index, where it is written out by itself.

    That may be in a method, a `declared_attr`: it is reached through that, then, and through nothing else.
    """
    site = item.origin.site
    syntax = None if site is None else project.syntax(site.path)
    node = None if syntax is None or site is None else syntax.node_of(site)
    if syntax is None or not isinstance(node, ast.Call):
        return None
    around = path_to(syntax, node) if len(item.origin.sites) > 1 else []
    if not all(syntax.node_of(one) in around for one in item.origin.sites[1:]):
        return None
    name = syntax.segment(node.func).rpartition(".")[2]
    return (
        (syntax, node)
        if name in (class_name(item), *(("ForeignKey",) if isinstance(item, ForeignKey) else ()))
        else None
    )


def replace_item(project: Project, table: Table, declared: ArgumentItem, migrated: ArgumentItem) -> Edits | None:
    """Write the migrated constraint or index in place of the declared one."""
    found = item_node(project, declared)
    if found is None or not is_plain(migrated):
        return None
    syntax, node = found
    writing = Writing(syntax, syntax.segment(node.func).rpartition(".")[0] or None, node)
    text = item_text(project, writing, table, migrated)
    if text is None or not _in_a_list(syntax, node):
        return None
    return {syntax.path: (TextEdit(syntax.span(node), text), *writing.edits)}


def remove_declared(project: Project, item: ArgumentItem) -> Edits | None:
    """Take a declared constraint or index away, where it is written out by itself in a list of arguments."""
    found = item_node(project, item)
    if found is None:
        return None
    syntax, node = found
    chain = path_to(syntax, node)
    holder = chain[-2] if len(chain) > 1 else None
    if isinstance(holder, ast.Call) and node in holder.args:
        items, is_tuple = call_items(syntax, holder), False
    elif isinstance(holder, ast.Tuple | ast.List) and node in holder.elts:
        items, is_tuple = tuple_items(syntax, holder), isinstance(holder, ast.Tuple)
    else:
        return None
    if items is None:
        return None
    span = syntax.span(node)
    index = next(index for index, one in enumerate(items.spans) if one == span)
    statement = chain[-3] if len(chain) > 2 else None  # noqa: PLR2004 -- the statement, the tuple, the item
    if is_tuple and len(items.spans) == 1 and isinstance(statement, ast.Assign | ast.AnnAssign):
        return {syntax.path: (without_line(syntax.text, syntax.span(statement)),)}
    return {syntax.path: remove_item(items, index, is_tuple=is_tuple)}


def _in_a_list(syntax: Syntax, node: ast.Call) -> bool:
    """Whether the call stands among the arguments of a table: on a field, it could not be another kind of thing."""
    chain = path_to(syntax, node)
    holder = chain[-2] if len(chain) > 1 else None
    if isinstance(holder, ast.Call):
        return syntax.segment(holder.func).rpartition(".")[2] == "Table"
    return isinstance(holder, ast.Tuple | ast.List)


def set_table_comment(project: Project, table: Table, comment: str | None) -> Edits | None:
    """Give the table the comment that it was migrated with, in its class or its `Table`; None takes it away."""
    field = _core_field(project, table)
    if field is not None and isinstance(field.owner, ast.Call):
        return _set_core_comment(field.syntax, field.owner, comment)
    mapped = project.declared.class_of(table.key)
    syntax = None if mapped is None else project.syntax(mapped.path)
    owner = None if syntax is None else class_node(project, table.key, syntax)
    if syntax is None or owner is None:
        return None
    writing = Writing(syntax, None)
    existing = _table_args(owner)
    value = None if existing is None else stated(existing)
    options = value if isinstance(value, ast.Dict) else None
    if isinstance(value, ast.Tuple) and value.elts and isinstance(value.elts[-1], ast.Dict):
        options = value.elts[-1]
    if options is not None:
        edits = set_option(syntax, options, "comment", None if comment is None else writing.string(comment), writing)
        return None if edits is None else {syntax.path: edits}
    if comment is None:
        return None
    written = f"{{{writing.string('comment')}: {writing.string(comment)}}}"
    if existing is None:
        return _new_table_args(syntax, owner, written, ())
    if not isinstance(value, ast.Tuple):
        return None
    items = tuple_items(syntax, value)
    return None if items is None else {syntax.path: insert_item(items, len(items.spans), written)}


def _set_core_comment(syntax: Syntax, call: ast.Call, comment: str | None) -> Edits | None:
    keyword, items, writing = keyword_of(call, "comment"), call_items(syntax, call), Writing(syntax, None)
    if items is None or any(one.arg is None for one in call.keywords):
        return None
    if keyword is None:
        written = None if comment is None else f"comment={writing.string(comment)}"
        return None if written is None else {syntax.path: insert_item(items, len(items.spans), written)}
    if comment is not None:
        return {syntax.path: (TextEdit(syntax.span(keyword.value), writing.string(comment)),)}
    return {syntax.path: remove_item(items, items.spans.index(syntax.span(keyword)))}


def set_option(
    syntax: Syntax, options: ast.Dict, key: str, text: str | None, writing: Writing
) -> tuple[TextEdit, ...] | None:
    """Give a key of a dict that is written out the value `text`; None takes it away, where it is there."""
    at = next(
        (index for index, one in enumerate(options.keys) if isinstance(one, ast.Constant) and one.value == key), None
    )
    if at is not None and text is not None:
        return (TextEdit(syntax.span(options.values[at]), text),)
    if None in options.keys:
        return None
    span = syntax.span(options)
    pairs = tuple(
        Span(syntax.span(name).start, syntax.span(value).end)
        for name, value in zip(options.keys, options.values, strict=True)
        if name is not None
    )
    items = Items(syntax.text, span.start + 1, span.end - 1, pairs)
    if text is None:
        return None if at is None else remove_item(items, at)
    return insert_item(items, len(pairs), f"{writing.string(key)}: {text}")


def positional(syntax: Syntax, call: ast.Call, items: Items) -> int:
    """Give the index behind the call's positional arguments."""
    ends = [syntax.span(argument).end for argument in call.args]
    return sum(span.end <= max(ends, default=0) for span in items.spans)


def _into_class(syntax: Syntax, owner: ast.ClassDef, written: str, more: tuple[TextEdit, ...]) -> Edits | None:
    existing = _table_args(owner)
    if existing is not None:
        edits = _into_table_args(syntax, existing, written)
        return None if edits is None else {syntax.path: (*edits, *more)}
    return _new_table_args(syntax, owner, f"({written},)", more, parts=[written])


def _new_table_args(
    syntax: Syntax, owner: ast.ClassDef, value: str, more: tuple[TextEdit, ...], parts: Sequence[str] = ()
) -> Edits | None:
    """Write `__table_args__` below the table's name; `parts`: its members, where it may be broken into lines."""
    anchor = next((one for one in owner.body if "__tablename__" in assigned_names(one)), None)
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
    if (
        parts
        and too_long("", 0, 0, len(f"{indent}__table_args__ = {value}"))
        and too_long(syntax.text, at, at, len(value))
    ):
        value = broken(list(parts), indent, syntax.text, brackets="()")
    line = f"{lead}{indent}__table_args__ = {value}{newline}"
    return {syntax.path: (TextEdit(Span(at, at), line), *more)}


def _into_table_args(syntax: Syntax, statement: ast.stmt, new: str) -> tuple[TextEdit, ...] | None:
    value = stated(statement)
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


def _table_args(owner: ast.ClassDef) -> ast.stmt | None:
    """Give the statement that says the table's arguments: the last one, be it a method (`@declared_attr`)."""
    return next((one for one in reversed(owner.body) if "__table_args__" in assigned_names(one)), None)


def _inherits_table_args(project: Project, syntax: Syntax, owner: ast.ClassDef, table: Table) -> bool:
    """Whether a class without `__table_args__` has those of another class, which its own would take the place of."""
    items: list[ArgumentItem] = [*table.indexes, *table.unique_constraints, *table.check_constraints]
    for item in (*items, *table.foreign_keys, *table.exclude_constraints):
        found = item_node(project, item)
        chain = [] if found is None else path_to(*found)
        if found is not None and owner not in chain and any(isinstance(one, ast.ClassDef) for one in chain):
            return True
    queue, seen = [owner], {owner.name}
    classes = {one.name: one for one in syntax.tree.body if isinstance(one, ast.ClassDef)}
    while queue:
        for base in queue.pop().bases:
            one = classes.get(syntax.segment(base))
            if one is not None and one.name not in seen:
                seen.add(one.name)
                queue.append(one)
                if _table_args(one) is not None:
                    return True
    return False


# ---------------------------------------------------------------------------------------------------------------------
# Items


def class_name(item: ArgumentItem) -> str:
    """Give the name of SQLAlchemy's class for it, among a table's arguments."""
    return "ForeignKeyConstraint" if isinstance(item, ForeignKey) else type(item).__name__


def item_text(project: Project, writing: Writing, table: Table, item: ArgumentItem) -> str | None:
    """Write `CheckConstraint(...)` and its like, so that its final name is the migrated one."""
    if isinstance(item, ExcludeConstraint):
        return _exclude_text(writing, item)
    kind = writing.name("sqlalchemy", class_name(item))
    keys = _keys_in(project, table)
    name = given_name(project, table, item)
    if kind is None or (isinstance(name, Unknown) and not isinstance(item, ForeignKey)):
        return None
    arguments: Sequence[str | None]
    options: Sequence[str | None] = [f"name={writing.string(name)}"] if isinstance(name, str) else []
    match item:
        case Index():
            if not isinstance(item.name, str):
                return None
            elements = [_element(writing, one, keys) for one in item.elements]
            unique = ["unique=True"] if item.unique is True else []
            arguments = [
                writing.string(item.name),
                *elements,
                *unique,
                *_options(writing, item.options, project.dialect),
            ]
        case ForeignKey():
            target = project.declared.schema.tables.get(str(item.referred_table))
            others = {} if target is None else _keys_in(project, target)
            referred = [f"{item.referred_table}.{others.get(one, one)}" for one in item.referred_columns]
            columns = [keys.get(one, one) for one in item.columns]
            lists = [constant(columns, writing.quote), constant(referred, writing.quote)]
            arguments = [*lists, *key_options(project, table, item, writing.quote)]
        case UniqueConstraint():
            columns = [writing.string(keys.get(one, one)) for one in item.columns]
            arguments = [*columns, *options, *_options(writing, item.options, project.dialect)]
        case CheckConstraint():
            arguments = [writing.string(str(item.sql)), *options]
    if any(one is None for one in arguments):
        return None
    return f"{kind}({', '.join(one for one in arguments if one is not None)})"


def _keys_in(project: Project, table: Table) -> dict[str, str]:
    """Give the names by which constraints must call the columns that are declared with another `key=`."""
    keys: dict[str, str] = {}
    for column in table.columns:
        field = find_field(project, table, column)
        stated = None if field is None or field.call is None else keyword_of(field.call, "key")
        if stated is not None and isinstance(stated.value, ast.Constant) and isinstance(stated.value.value, str):
            keys[column.name] = stated.value.value
    return keys


def _exclude_text(writing: Writing, item: ExcludeConstraint) -> str | None:
    kind = writing.name("sqlalchemy.dialects.postgresql", class_name(item), prefixed=False)
    arguments: list[str] = []
    for sql, operator in item.elements:
        said = writing.string(sql) if sql.isidentifier() else sql_text(writing, sql)
        if said is None:
            return None
        arguments.append(f"({said}, {writing.string(operator)})")
    arguments += [f"name={writing.string(item.name)}"] if isinstance(item.name, str) else []
    for word, value in item.options:
        text = (
            sql_text(writing, value) if word == "where" and isinstance(value, str) else constant(value, writing.quote)
        )
        if text is None:
            return None
        arguments.append(f"{word}={text}")
    return None if kind is None else f"{kind}({', '.join(arguments)})"


def _element(writing: Writing, element: IndexElement, keys: Mapping[str, str]) -> str | None:
    if element.column is not None and not element.modifiers:
        return writing.string(keys.get(element.column, element.column))
    sql = element.column if element.column is not None else element.sql
    if not isinstance(sql, str):
        return None
    return sql_text(writing, " ".join((sql, *element.behind)))


_OF_NO_DIALECT = frozenset({"deferrable", "initially"})


def _options(writing: Writing, options: Sequence[tuple[str, object]], dialect: str) -> list[str | None]:
    family = "mysql" if dialect == "mariadb" else dialect
    made: list[str | None] = []
    for name, value in options:
        word = name if name in _OF_NO_DIALECT or name.startswith(f"{family}_") else f"{family}_{name}"
        if name.endswith("where") and isinstance(value, str):
            text = sql_text(writing, value)
        elif name.endswith(("ops", "with")) and isinstance(value, tuple):
            pairs = ", ".join(f"{writing.string(str(key))}: {constant(one, writing.quote)}" for key, one in value)
            text = f"{{{pairs}}}"
        else:
            text = constant(value, writing.quote)
        made.append(None if text is None else f"{word}={text}")
    return made


def key_options(project: Project, table: Table, key: ForeignKey, quote: str) -> list[str]:
    """Give the keyword arguments without which the declared key would still differ from the migrated one."""
    options: list[str] = []
    name = given_name(project, table, key)
    if isinstance(name, str):
        options.append(f"name={string(name, quote)}")
    for word in ("ondelete", "onupdate"):
        value = getattr(key, word)
        if isinstance(value, str):
            options.append(f"{word}={string(value, quote)}")
    if key.deferrable is not None:
        options.append(f"deferrable={key.deferrable}")
    options += [f"{word}={string(value, quote)}" for word in ("initially", "match") if (value := getattr(key, word))]
    return options
