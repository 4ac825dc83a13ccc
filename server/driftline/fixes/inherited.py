"""Lines of models that stand for several tables: fields of mixins, of abstract bases and of bases of SQLModels.

An edit of such a line is right where every table that it stands for was migrated so as the line says then. Where one
was not, there is no such edit: the line belongs to all of them, and which of them is to have a column of its own is
for an author to say.

Judges edits that others have made, and makes none.

Example: `name` of a mixin, declared `String(50)` and migrated as `VARCHAR(80)` in both tables that it is a column of,
becomes `String(80)`; with one of the tables at 50 it stays.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from driftline.compare.difference import Difference
from driftline.dataclass import replace
from driftline.fixes.change import Named, columns_of
from driftline.fixes.given_name import TableItem, given_name
from driftline.fixes.mapped_field import MappedField, find_field, is_inherited
from driftline.fixes.model_edit import Edits
from driftline.fixes.project import Project
from driftline.fixes.wanted import named_parts
from driftline.python.origin import Site
from driftline.schema import Column, Enum, PrimaryKey, Table
from driftline.text import Span, TextEdit

_STATED: Mapping[str, Callable[[Column], object]] = {
    "modify_nullable": lambda column: column.nullable,
    "modify_type": lambda column: (column.type, column.collation),
    "modify_type_argument": lambda column: (column.type, column.collation),
    "modify_collation": lambda column: (column.type, column.collation),
    "modify_enum": lambda column: column.type,
    "modify_enum_order": lambda column: column.type,
    "modify_default": lambda column: column.server_default,
    "modify_comment": lambda column: column.comment,
    "modify_computed": lambda column: column.computed,
    "modify_identity": lambda column: column.identity,
    "modify_autoincrement": lambda column: column.serial,
}
"""What of a column the edits for a kind of difference write down."""


def inherited_field(project: Project, table: Table, column: Column) -> MappedField | None:
    """Give the field of a column where it stands in another class than the one that maps the table; else None."""
    field = find_field(project, table, column)
    return field if field is not None and is_inherited(project, table, field) else None


def fits_all(edits: Edits, difference: Difference, table: Table, project: Project) -> bool:
    """Whether the edits that close a difference of `table` are right for all tables that the edited lines stand for."""
    lines = {site for site in _sites(table, edits) if _touched(site, edits, project)}
    others = [
        other
        for other in project.declared.schema.tables.values()
        if lines and other.key != table.key and not lines.isdisjoint(_sites(other, edits))
    ]
    if not others:
        return True
    shared = {_statement_of(site.path, edit, project) for site in lines for edit in _touched(site, edits, project)}
    places = {_statement_of(path, edit, project) for path, several in edits.items() for edit in several}
    return places <= {*shared, None} and all(_was_migrated_alike(difference, table, other, project) for other in others)


def _sites(table: Table, edits: Edits) -> Iterator[Site]:
    """Give the nodes in edited files that state the table's columns, constraints and indexes."""
    for part in (*table.columns, *named_parts(table)):
        if part.origin.path in edits and part.origin.site is not None:
            yield part.origin.site


def _touched(site: Site, edits: Edits, project: Project) -> list[TextEdit]:
    """Give the edits that are inside of a node, or take it away with what divides it from its neighbours."""
    syntax = project.syntax(site.path)
    span = None if syntax is None else syntax.span_of(site)
    if span is None:
        return []
    return [one for one in edits[site.path] if span.encloses(one.span) or one.span.encloses(span)]


def _statement_of(path: str, edit: TextEdit, project: Project) -> tuple[str, Span] | None:
    """Give the statement of a class that an edit is in, or the class; None outside of classes, as for imports."""
    syntax = project.syntax(path)
    classes = [] if syntax is None else [one for one in syntax.tree.body if isinstance(one, ast.ClassDef)]
    for node in (each for one in classes for each in (*one.body, one)):
        if syntax is not None and syntax.span(node).encloses(edit.span):
            return path, syntax.span(node)
    return None


def _was_migrated_alike(difference: Difference, table: Table, other: Table, project: Project) -> bool:
    """Whether the other table was migrated so as the edit will have its model say."""
    made = project.migrated.schema.tables.get(other.key)
    if made is None:
        return False
    declared, migrated = difference.declared, difference.migrated
    match declared, migrated:
        case Column(), Column():
            twin = next((one for one in other.columns if one.origin.site == declared.origin.site), declared)
            if declared.name != migrated.name:
                return made.column(migrated.name) is not None and made.column(twin.name) is None
            own = made.column(twin.name)
            stated = _STATED.get(difference.kind)
            return own is not None and (stated is None or stated(own) == stated(migrated))
        case PrimaryKey(), PrimaryKey():
            return made.primary_key.columns == migrated.columns
        case Enum(), Enum():
            return any(one.type.enum == migrated.key for one in made.columns)
        case _:
            parts = [one.migrated for one in (difference, *difference.parts) if isinstance(one.migrated, Named)]
            if parts:
                return all(_has(made, one, table, other, project) for one in parts)
            return isinstance(declared, Named) and not any(_is_like(one, declared) for one in named_parts(made))


def _has(made: Table, part: Named, table: Table, other: Table, project: Project) -> bool:
    """Whether the migrated table has such a part, under a name that the model gives it in the same words."""
    return any(
        replace(one, name=part.name) == part  # type: ignore[type-var, unused-ignore]
        and isinstance(one, TableItem)
        and isinstance(part, TableItem)
        and given_name(project, other, one) == given_name(project, table, part)
        for one in named_parts(made)
        if type(one) is type(part)
    )


def _is_like(one: Named, declared: Named) -> bool:
    """Whether a part is of the kind and the columns of the declared one."""
    if type(one) is not type(declared):
        return False
    return replace(one, name=declared.name) == declared or (  # type: ignore[type-var, unused-ignore]
        bool(columns_of(one)) and columns_of(one) == columns_of(declared)
    )
