"""Which fixes a finding has: edits of the model, and a new revision.

Example: an `extra-foreign-key` has the offer `Add ForeignKey("users.id", ondelete="CASCADE") to RefreshToken.user_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from driftline.compare.difference import Difference
from driftline.fixes.change import Change, Create, changes_for, in_order
from driftline.fixes.describe import describe, title_of
from driftline.fixes.fix import Applicability, Fix, FixOffer
from driftline.fixes.model_edit import Edits, add_foreign_key, add_table_item, set_name, set_nullable
from driftline.fixes.names import new_import
from driftline.fixes.operations import render
from driftline.fixes.project import Project
from driftline.fixes.revision import NewRevision, followed, next_id, write_revision
from driftline.python.values import Unknown
from driftline.rules.finding import Finding
from driftline.schema import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from driftline.schema.naming import constraint_name
from driftline.sources.paths import is_within


def fixes_for(finding: Finding, project: Project) -> tuple[FixOffer, ...]:
    """Give the fixes that a finding has, the preferred one first; () where none is certain to help."""
    return (*model_offers(finding, project), *revision_offers(finding, project))


def model_offers(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Give the fixes that edit Python: the model, or env.py."""
    if finding.rule == "model-not-imported":
        yield from _import_offers(finding, project)
        return
    difference = finding.difference
    if difference is None:
        return
    found = model_edit(difference, project)
    if found is not None:
        title = found.title.replace("`", "")
        yield FixOffer(title, found.applicability, lambda: Fix(title, found.applicability, found.edits))


def revision_offers(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Give the fix that makes a new revision, where it is clear which one it follows."""
    changes = changes_of(finding, project)
    if not changes or isinstance(followed(project.graph), Unknown) or project.source is None:
        return
    edits = check_edits(finding, changes, project)
    title = f"Create a revision that {describe(changes, third_person=True)}".replace("`", "")
    yield FixOffer(title, "unsafe", lambda: scaffold(changes, project, title=title, edits=edits), revision=True)


def changes_of(finding: Finding, project: Project) -> tuple[Change, ...] | None:
    """Give what a revision must do for a finding to be gone; None where that is not known."""
    if finding.rule == "validates-without-check":
        return _guarding_check(finding, project)
    if finding.rule == "model-not-imported":
        return None  # the table has a model: dropping it is what the finding warns of
    return None if finding.difference is None else changes_for(finding.difference, project)


def check_edits(finding: Finding, changes: Sequence[Change], project: Project) -> Edits:
    """Give the edits of the model that belong to the revision: the CHECK for a `@validates` is declared, too."""
    table = project.declared.schema.tables.get(finding.table or "")
    if finding.rule != "validates-without-check" or table is None:
        return {}
    part = next(one.part for one in changes if isinstance(one, Create))
    return (add_table_item(project, table, part) if isinstance(part, CheckConstraint) else None) or {}


def scaffold(
    changes: Iterable[Change],
    project: Project,
    *,
    title: str,
    edits: Edits | None = None,
    message: str | None = None,
    now: datetime | None = None,
) -> Fix | None:
    """Build the fix that makes a revision of `changes` behind the only head, by the project's template, which is code.

    `message`: what the revision is called, made of the changes without it. None where the changes have no operations,
    or a file is in the way.
    """
    head = followed(project.graph)
    ordered = in_order(changes)
    if isinstance(head, Unknown) or not ordered:
        return None
    code = render(ordered, project)
    if isinstance(code, Unknown):
        return None
    text = message if message is not None else title_of(ordered)
    new = NewRevision(next_id(project.graph, head, f"{text}\0{code.upgrade}"), head, text, code)
    written = write_revision(project, new, now)
    return None if written is None else Fix(title, "unsafe", edits or {}, {written[0]: written[1]})


# ---------------------------------------------------------------------------------------------------------------------
# Edits of the model


@dataclass(frozen=True, slots=True)
class ModelEdit:
    """An edit of a model: what it does, names in backticks."""

    title: str
    applicability: Applicability
    edits: Edits


def model_edit(difference: Difference, project: Project) -> ModelEdit | None:
    """Give the edit that makes the model say what the migrated schema has; None where none is certain to."""
    table = project.declared.schema.tables.get(difference.table)
    if table is None or difference.uncertain is not None or difference.apparent is not None or difference.parts:
        return None
    declared, migrated = difference.declared, difference.migrated
    owner = _owner(table, project)
    edits: Edits | None = None
    title, applicability = "", "safe"
    if declared is None and isinstance(migrated, ForeignKey):
        edits = add_foreign_key(project, table, migrated)
        title = f"Add `{key_text(migrated)}` to `{owner}{_field_name(table, migrated.columns)}`"
    elif declared is None and isinstance(migrated, CheckConstraint | UniqueConstraint | Index):
        edits = add_table_item(project, table, migrated)
        title = f"Declare {describe_part(migrated)} on `{owner}`"
    elif difference.kind == "modify_nullable" and isinstance(declared, Column) and isinstance(migrated, Column):
        if not isinstance(migrated.nullable, bool):
            return None
        edits = set_nullable(project, table, declared, nullable=migrated.nullable)
        field = f"`{owner}{_field_name(table, (declared.name,))}`"
        title = f"Make {field} {'nullable' if migrated.nullable else 'not nullable'} in the model"
        applicability = "unsafe"
    elif difference.kind.startswith("rename") and isinstance(declared, _Nameable) and isinstance(migrated, _Nameable):
        if not isinstance(migrated.name, str):
            return None
        edits = set_name(project, table, declared, migrated.name)
        what = "index" if isinstance(migrated, Index) else "constraint"
        title = f"Name the {what} `{migrated.name}` in `{owner}`, as it is in the database"
    if edits is None:
        return None
    return ModelEdit(title, "safe" if applicability == "safe" else "unsafe", edits)


_Nameable = UniqueConstraint | CheckConstraint | ForeignKey | Index


def key_text(key: ForeignKey) -> str:
    """Write a foreign key as people do in models: `ForeignKey("users.id", ondelete="CASCADE")`."""
    referred = ", ".join(f'"{key.referred_table}.{column}"' for column in key.referred_columns)
    options = "".join(
        f', {word}="{value}"' for word in ("ondelete", "onupdate") if isinstance(value := getattr(key, word), str)
    )
    return f"ForeignKey({referred}{options})"


def describe_part(part: CheckConstraint | UniqueConstraint | Index) -> str:
    """Name a constraint or an index in a title, in backticks."""
    kind = {CheckConstraint: "CHECK constraint", UniqueConstraint: "unique constraint", Index: "index"}[type(part)]
    return f"{kind} `{part.name}`" if isinstance(part.name, str) else f"an unnamed {kind}"


def _owner(table: Table, project: Project) -> str:
    mapped = project.declared.class_of(table.key)
    return table.key if mapped is None else mapped.name


def _field_name(table: Table, columns: tuple[str, ...]) -> str:
    column = table.column(columns[0]) if len(columns) == 1 else None
    return "" if column is None else f".{column.attribute or column.name}"


# ---------------------------------------------------------------------------------------------------------------------
# env.py


def _import_offers(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer the import of an unreached model in env.py."""
    found = import_edit(finding, project)
    if found is not None:
        title = f"Import {found[0]} in env.py"
        yield FixOffer(title, "unsafe", lambda: Fix(title, "unsafe", found[1]))


def import_edit(finding: Finding, project: Project) -> tuple[str, Edits] | None:
    """Give the module of an unreached model, and the edit of env.py that imports it."""
    mapped = next((one for one in project.declared.classes if one.table == finding.table and not one.reached), None)
    table = project.declared.unreached.get(finding.table or "")
    path = mapped.path if mapped is not None else None
    if path is None and table is not None and table.origin.site is not None:
        path = table.origin.site.path
    env = project.environment.env_path
    module = None if path is None else module_name(path, project.environment.import_roots)
    syntax = None if env is None else project.syntax(env)
    if env is None or module is None or syntax is None:
        return None
    return module, {env: (new_import(syntax, module, f"import {module}  # noqa: F401"),)}


def module_name(path: str, roots: Sequence[str]) -> str | None:
    """Give the name by which the file at `path` can be imported from one of `roots` (absolute; the first that fits)."""
    for root in roots:
        if not is_within(path, root):
            continue
        parts = path[len(root) :].replace("\\", "/").strip("/").removesuffix(".py").split("/")
        if parts[-1] == "__init__":
            parts = parts[:-1]
        if parts and all(part.isidentifier() for part in parts):
            return ".".join(parts)
    return None


# ---------------------------------------------------------------------------------------------------------------------
# @validates


def _guarding_check(finding: Finding, project: Project) -> tuple[Change, ...] | None:
    """Make the CHECK that enforces in the database what a `@validates` method lets through."""
    mapped = project.declared.class_of(finding.table or "")
    table = project.declared.schema.tables.get(finding.table or "")
    column = None if table is None else table.column(finding.object or "")
    if mapped is None or table is None or column is None:
        return None
    attributes = dict(mapped.attributes)
    for one in mapped.validators:
        guarded = any(attributes.get(name, name) == column.name for name in one.columns)
        if (
            guarded
            and one.allowed
            and all(isinstance(value, str | int) and not isinstance(value, bool) for value in one.allowed)
        ):
            values = ", ".join(
                "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value) for value in one.allowed
            )
            name, _ = constraint_name(
                "ck",
                f"valid_{column.name}",
                table=table.name,
                schema=table.schema,
                columns=(column.name,),
                convention=project.declared.convention,
                dialect=project.dialect,
            )
            check = CheckConstraint(name, f"{column.name} IN ({values})")
            return None if isinstance(name, Unknown) else (Create(table.name, table.schema, check),)
    return None
