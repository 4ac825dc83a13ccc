"""Which fixes a finding has: edits of the model, and a new revision.

Example: an `extra-foreign-key` has the offer `Add ForeignKey("users.id", ondelete="CASCADE") to RefreshToken.user_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from driftline.compare.difference import Difference
from driftline.fixes.change import Change, Create, changes_for, in_order
from driftline.fixes.describe import describe, title_of
from driftline.fixes.fix import Applicability, Fix, FixOffer
from driftline.fixes.model_edit import Edits, add_foreign_key, add_table_item, set_name, set_nullable
from driftline.fixes.names import new_import
from driftline.fixes.operations import render
from driftline.fixes.project import Project
from driftline.fixes.revision import NewRevision, next_id, only_head, write_revision
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
    table = project.declared.schema.tables.get(difference.table) if difference is not None else None
    if difference is None or table is None or difference.uncertain is not None:
        return
    found = _model_edit(difference, table, project)
    if found is not None:
        title, applicability, edits = found
        yield FixOffer(title, applicability, lambda: Fix(title, applicability, edits))


def revision_offers(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Give the fix that makes a new revision, where there is one head that it can follow."""
    changes = changes_of(finding, project)
    if not changes or only_head(project.graph) is None or project.source is None:
        return
    edits = check_edits(finding, changes, project)
    title = f"Create a revision that {describe(changes, plain=True, third_person=True)}"
    yield FixOffer(title, "unsafe", lambda: scaffold(changes, project, title=title, edits=edits), revision=True)


def changes_of(finding: Finding, project: Project) -> tuple[Change, ...] | None:
    """Give what a revision must do for a finding to be gone; None where that is not known."""
    if finding.rule == "validates-without-check":
        return _guarding_check(finding, project)
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
    head = only_head(project.graph)
    ordered = in_order(changes)
    code = render(ordered, project)
    if head is None or isinstance(code, Unknown):
        return None
    text = message if message is not None else title_of(ordered)
    new = NewRevision(next_id(project.graph, head, f"{text}\0{code.upgrade}"), head, text, code)
    written = write_revision(project, new, now)
    return None if written is None else Fix(title, "unsafe", edits or {}, {written[0]: written[1]})


# ---------------------------------------------------------------------------------------------------------------------
# Edits of the model


def _model_edit(difference: Difference, table: Table, project: Project) -> tuple[str, Applicability, Edits] | None:
    declared, migrated = difference.declared, difference.migrated
    edits: Edits | None = None
    owner = _owner(table, project)
    if declared is None and isinstance(migrated, ForeignKey) and not migrated.conditional:
        edits = add_foreign_key(project, table, migrated)
        field = _field_name(table, migrated.columns)
        return None if edits is None else (f"Add {key_text(migrated)} to {owner}{field}", "safe", edits)
    if (
        declared is None
        and isinstance(migrated, CheckConstraint | UniqueConstraint | Index)
        and not migrated.conditional
    ):
        edits = add_table_item(project, table, migrated)
        return None if edits is None else (f"Declare {describe_part(migrated)} on {owner}", "safe", edits)
    if difference.kind == "modify_nullable" and isinstance(declared, Column) and isinstance(migrated, Column):
        if not isinstance(migrated.nullable, bool):
            return None
        edits = set_nullable(project, table, declared, nullable=migrated.nullable)
        words = "nullable" if migrated.nullable else "not nullable"
        title = f"Make {owner}{_field_name(table, (declared.name,))} {words} in the model"
        return None if edits is None else (title, "unsafe", edits)
    named = UniqueConstraint | CheckConstraint | ForeignKey
    if isinstance(declared, named) and isinstance(migrated, named) and _renamed(declared, migrated):
        edits = set_name(project, table, declared, str(migrated.name))
        return (
            None
            if edits is None
            else (f"Name the constraint {migrated.name} in {owner}, as in the database", "safe", edits)
        )
    return None


def _renamed(declared: object, migrated: object) -> bool:
    """Whether two constraints of one kind differ in their known names only."""
    changes = getattr(declared, "name", None), getattr(migrated, "name", None)
    if type(declared) is not type(migrated) or not isinstance(changes[1], str) or changes[0] == changes[1]:
        return False
    shape = ("columns", "sql", "referred_table", "referred_columns")
    return all(getattr(declared, word, None) == getattr(migrated, word, None) for word in shape)


def key_text(key: ForeignKey) -> str:
    """Write a foreign key as people do in models: `ForeignKey("users.id", ondelete="CASCADE")`."""
    referred = ", ".join(f'"{key.referred_table}.{column}"' for column in key.referred_columns)
    options = "".join(
        f', {word}="{value}"' for word in ("ondelete", "onupdate") if isinstance(value := getattr(key, word), str)
    )
    return f"ForeignKey({referred}{options})"


def describe_part(part: CheckConstraint | UniqueConstraint | Index) -> str:
    """Name a constraint or an index in a title."""
    kind = {CheckConstraint: "CHECK constraint", UniqueConstraint: "unique constraint", Index: "index"}[type(part)]
    return f"{kind} {part.name}" if isinstance(part.name, str) else f"an unnamed {kind}"


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
    mapped = next((one for one in project.declared.classes if one.table == finding.table and not one.reached), None)
    table = project.declared.unreached.get(finding.table or "")
    path = mapped.path if mapped is not None else None
    if path is None and table is not None and table.origin.site is not None:
        path = table.origin.site.path
    env = project.environment.env_path
    module = None if path is None else module_name(path, project.environment.import_roots)
    syntax = None if env is None else project.syntax(env)
    if env is None or module is None or syntax is None:
        return
    title = f"Import {module} in env.py"
    edit = new_import(syntax, module, f"import {module}  # noqa: F401")
    yield FixOffer(title, "unsafe", lambda: Fix(title, "unsafe", {env: (edit,)}))


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
