"""From a difference to the edits of the model that close it: the model is told what was migrated.

Adding what the model does not say is safe; replacing or taking away what it says is not, as somebody meant it.

Example: for an extra index it is `Declare index ix_users_email on User`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from driftline.compare.difference import Difference
from driftline.dataclass import dataclass
from driftline.fixes import field_edit
from driftline.fixes.change import Named, columns_of
from driftline.fixes.column_edit import add_column
from driftline.fixes.enum_edit import set_enum_labels
from driftline.fixes.fix import Applicability
from driftline.fixes.inherited import fits_all, inherited_field
from driftline.fixes.mapped_field import path_to
from driftline.fixes.model_edit import Edits, add_foreign_key, set_name, set_nullable
from driftline.fixes.project import Project
from driftline.fixes.renamed import following
from driftline.fixes.table_edit import (
    ArgumentItem,
    add_table_item,
    remove_declared,
    replace_item,
    set_table_comment,
)
from driftline.fixes.table_name import set_table_name
from driftline.fixes.wanted import stands_on
from driftline.schema import (
    CheckConstraint,
    Column,
    Enum,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    UniqueConstraint,
)


@dataclass(frozen=True, slots=True)
class ModelEdit:
    """An edit of a model: what it does, names in backticks."""

    title: str
    applicability: Applicability
    edits: Edits


def model_edit(difference: Difference, project: Project) -> ModelEdit | None:
    """Give the edit that makes the model say what the migrated schema has; None where none is certain to."""
    table = project.declared.schema.tables.get(difference.table)
    if table is None or difference.uncertain is not None or difference.apparent is not None:
        return None
    for found in _edits(difference, table, project):
        edits = found.edits
        if edits and all(_is_editable(project, path) for path in edits) and fits_all(edits, difference, table, project):
            return ModelEdit(found.title, found.applicability, edits)
    return None


_INSTALLED = frozenset({"site-packages", "dist-packages"})


def _is_editable(project: Project, path: str) -> bool:
    """Whether the file is the project's own, and parses: a model of an installed package is not to be edited."""
    syntax = project.syntax(path)
    own = _INSTALLED.isdisjoint(path.replace("\\", "/").split("/"))
    return own and syntax is not None and syntax.problem is None


@dataclass(frozen=True, slots=True)
class _Tried:
    title: str
    applicability: Applicability
    edits: Edits | None


def _edits(difference: Difference, table: Table, project: Project) -> Iterator[_Tried]:
    declared, migrated = difference.declared, difference.migrated
    owner = _owner(table, project)
    if difference.parts and difference.kind not in ("remove_column", "modify_unique_kind"):
        left = [part for part in difference.parts if part not in following(difference).settled]
        if left or not difference.kind.startswith("rename"):
            return
    match declared, migrated:
        case None, ForeignKey() if _is_declared(migrated, project):
            for field, edits in _with_key(table, migrated, project):
                yield _Tried(f"Add `{key_text(migrated)}` to `{field}`", "safe", edits)
        case None, CheckConstraint() | UniqueConstraint() | Index() | ExcludeConstraint() if _has_columns(
            table, migrated, project
        ):
            title = f"Declare {describe_part(migrated)} on `{owner}`"
            yield _Tried(title, "safe", add_table_item(project, table, migrated))
        case None, Column() if all(
            _is_declared(part.migrated, project) for part in difference.parts if isinstance(part.migrated, ForeignKey)
        ):
            parts = tuple(part.migrated for part in difference.parts)
            yield _Tried(f"Add `{migrated.name}` to `{owner}`", "unsafe", add_column(project, table, migrated, parts))
        case ForeignKey() | CheckConstraint() | UniqueConstraint() | Index(), None:
            title = f"Take {describe_part(declared)} out of `{_stated_in(declared, project) or owner}`"
            yield _Tried(title, "unsafe", field_edit.remove_item_declared(project, table, declared))
        case ExcludeConstraint(), None:
            title = f"Take {describe_part(declared)} out of `{owner}`"
            yield _Tried(title, "unsafe", remove_declared(project, declared))
        case ExcludeConstraint(), ExcludeConstraint():
            title = f"Write {describe_part(migrated)} of `{owner}` as it is in the database"
            yield _Tried(title, "unsafe", replace_item(project, table, declared, migrated))
        case Column(), Column():
            yield from _of_columns(difference, table, declared, migrated, project)
        case PrimaryKey(), PrimaryKey() if declared.columns != migrated.columns and migrated.columns:
            named = ", ".join(f"`{one}`" for one in migrated.columns)
            edits = field_edit.set_primary_key(project, table, declared, migrated)
            yield _Tried(f"Make {named} the primary key of `{owner}`", "unsafe", edits)
        case Enum(), Enum() if difference.kind in ("modify_enum", "modify_enum_order"):
            edits = set_enum_labels(project, table, difference.name or "", migrated.labels)
            same = set(declared.labels) == set(migrated.labels)
            title = f"Give the enum `{migrated.key}` the labels that the database has"
            title = f"List the labels of the enum `{migrated.key}` as the database has them" if same else title
            yield _Tried(title, "unsafe", edits)
        case Table(), Table() if difference.kind == "rename_table" and declared.schema == migrated.schema:
            edits = set_table_name(project, declared, migrated.name)
            yield _Tried(f"Let `{owner}` stand for the table `{migrated.name}`", "unsafe", edits)
        case Table(), Table() if difference.kind == "modify_comment":
            verb = "Set" if migrated.comment is not None else "Remove"
            safe: Applicability = "safe" if declared.comment is None else "unsafe"
            edits = set_table_comment(project, table, migrated.comment)
            yield _Tried(f"{verb} the comment of `{owner}`", safe, edits)
        case _:
            yield from _of_pairs(difference, table, project)


def _with_key(table: Table, key: ForeignKey, project: Project) -> Iterator[tuple[str, Edits | None]]:
    """Give the names of fields, with the edits by which they get the key: a field's own, and one that is inherited.

    Where an inherited one stands for tables that have no such key, the model's own arguments are the place.
    """
    column = table.column(key.columns[0]) if len(key.columns) == 1 else None
    yield _field(table, key.columns, project), add_foreign_key(project, table, key)
    if column is not None and inherited_field(project, table, column) is not None:
        yield f"{_owner(table, project)}{_field_name(table, key.columns)}", add_table_item(project, table, key)


def _is_declared(key: ForeignKey, project: Project) -> bool:
    """Whether the models have what a foreign key refers to: SQLAlchemy resolves no other one."""
    referred = project.declared.schema.tables.get(str(key.referred_table))
    return referred is not None and all(referred.column(name) is not None for name in key.referred_columns)


def _has_columns(table: Table, part: Named, project: Project) -> bool:
    """Whether the model has all the columns that a constraint or index of the database is about."""
    made = project.migrated.schema.tables.get(table.key)
    lacking = (one.name for one in made.columns if table.column(one.name) is None) if made is not None else ()
    return not any(stands_on(part, name) for name in lacking)


def _of_pairs(difference: Difference, table: Table, project: Project) -> Iterator[_Tried]:
    """Give the edits of a constraint or index that both halves have, differently."""
    declared, migrated = difference.declared, difference.migrated
    owner = _owner(table, project)
    if difference.kind.startswith("rename") and isinstance(declared, _Nameable) and isinstance(migrated, _Nameable):
        if isinstance(migrated.name, str):
            what = "index" if isinstance(migrated, Index) else "constraint"
            title = f"Name the {what} `{migrated.name}` in `{owner}`, as it is in the database"
            yield _Tried(title, "safe", set_name(project, table, declared, migrated.name))
        return
    match declared, migrated:
        case ForeignKey(), ForeignKey():
            stated = declared.ondelete, declared.onupdate, declared.deferrable, declared.initially, declared.match
            applicability: Applicability = "safe" if not any(stated) else "unsafe"
            title = f"Write the foreign key of `{_field(table, declared.columns, project)}` as it is in the database"
            yield _Tried(title, applicability, field_edit.set_key_options(project, table, declared, migrated))
        case UniqueConstraint() | Index(), UniqueConstraint() | Index() if difference.kind == "modify_unique_kind":
            beside = [part.migrated for part in difference.parts if isinstance(part.migrated, Index)]
            kind = "an index" if isinstance(migrated, Index) else "a constraint"
            title = f"Declare {kind} in place of {'a constraint' if isinstance(migrated, Index) else 'an index'}"
            if len(beside) == len(difference.parts):
                edits = field_edit.set_unique_kind(project, table, declared, migrated, beside)
                yield _Tried(f"{title}: {describe_part(migrated)} on `{owner}`", "safe", edits)
        case UniqueConstraint() | Index() | CheckConstraint(), UniqueConstraint() | Index() | CheckConstraint():
            edits = field_edit.redefine(project, table, declared, migrated)
            yield _Tried(f"Write {describe_part(migrated)} of `{owner}` as it is in the database", "unsafe", edits)
        case _:
            return


def _of_columns(
    difference: Difference, table: Table, declared: Column, migrated: Column, project: Project
) -> Iterator[_Tried]:
    field = f"`{_field(table, (declared.name,), project)}`"
    match difference.kind:
        case "rename_column":
            title = f"Let {field} stand for the column `{migrated.name}`"
            yield _Tried(title, "unsafe", field_edit.set_column_name(project, table, declared, migrated.name))
        case "modify_nullable" if isinstance(migrated.nullable, bool):
            word = "nullable" if migrated.nullable else "not nullable"
            edits = set_nullable(project, table, declared, nullable=migrated.nullable)
            yield _Tried(f"Make {field} {word} in the model", "unsafe", edits)
        case "modify_type" | "modify_type_argument" | "modify_collation":
            edits = field_edit.set_type(project, table, declared, migrated)
            yield _Tried(f"Give {field} the type `{migrated.type.ddl}` in the model", "unsafe", edits)
        case "modify_default":
            edits = field_edit.set_server_default(project, table, declared, migrated)
            safe: Applicability = "safe" if declared.server_default is None else "unsafe"
            verb = "Give" if migrated.server_default is not None else "Take from"
            yield _Tried(f"{verb} {field} the server default {_which(migrated)}", safe, edits)
        case "modify_comment":
            safe = "safe" if declared.comment is None else "unsafe"
            verb = "Set" if migrated.comment is not None else "Remove"
            edits = field_edit.set_comment(project, table, declared, migrated.comment)
            yield _Tried(f"{verb} the comment of {field}", safe, edits)
        case "modify_computed" | "modify_identity":
            edits = field_edit.set_generation(project, table, declared, migrated)
            yield _Tried(f"Write how {field} is generated as it is in the database", "unsafe", edits)
        case "modify_autoincrement":
            edits = field_edit.set_autoincrement(project, table, declared, serial=migrated.serial)
            title = f"Leave the numbers of {field} to the database" if migrated.serial else f"Number {field} by hand"
            yield _Tried(title, "unsafe", edits)
        case _:
            return


def _which(column: Column) -> str:
    default = column.server_default
    return "that the database has not" if default is None else f"`{default.sql}`"


_Nameable = UniqueConstraint | CheckConstraint | ForeignKey | Index


def key_text(key: ForeignKey) -> str:
    """Write a foreign key as people do in models: `ForeignKey("users.id", ondelete="CASCADE")`."""
    referred = ", ".join(f'"{key.referred_table}.{column}"' for column in key.referred_columns)
    options = "".join(
        f', {word}="{value}"' for word in ("ondelete", "onupdate") if isinstance(value := getattr(key, word), str)
    )
    return f"ForeignKey({referred}{options})"


def describe_part(part: ArgumentItem) -> str:
    """Name a constraint or an index in a title, in backticks."""
    kind = {
        CheckConstraint: "CHECK constraint",
        UniqueConstraint: "unique constraint",
        Index: "index",
        ForeignKey: "foreign key",
        ExcludeConstraint: "EXCLUDE constraint",
    }[type(part)]
    if isinstance(part.name, str):
        return f"{kind} `{part.name}`"
    columns = columns_of(part)
    return f"{kind} on `{', '.join(str(one) for one in columns)}`" if columns else f"an unnamed {kind}"


def _owner(table: Table, project: Project) -> str:
    mapped = project.declared.class_of(table.key)
    return table.key if mapped is None else mapped.name


def _stated_in(part: ArgumentItem, project: Project) -> str | None:
    """Name the class that a constraint or index is written in; None where it is in none."""
    site = part.origin.site
    syntax = None if site is None else project.syntax(site.path)
    node = None if syntax is None or site is None else syntax.node_of(site)
    around = [] if syntax is None or node is None else path_to(syntax, node)
    return next((one.name for one in reversed(around) if isinstance(one, ast.ClassDef)), None)


def _field(table: Table, columns: tuple[str, ...], project: Project) -> str:
    """Name the field of a column by the class that it is written in, or several by the class that maps the table."""
    column = table.column(columns[0]) if len(columns) == 1 else None
    field = None if column is None else inherited_field(project, table, column)
    holder = field.owner.name if field is not None and isinstance(field.owner, ast.ClassDef) else _owner(table, project)
    return f"{holder}{_field_name(table, columns)}"


def _field_name(table: Table, columns: tuple[str, ...]) -> str:
    column = table.column(columns[0]) if len(columns) == 1 else None
    return "" if column is None else f".{column.attribute or column.name}"
