"""Which fixes a finding has: edits of the model, and a new revision.

Example: an `extra-foreign-key` has the offer `Add ForeignKey("users.id", ondelete="CASCADE") to RefreshToken.user_id`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftline.fixes.change import Change, Create
from driftline.fixes.describe import describe
from driftline.fixes.fix import Fix, FixOffer
from driftline.fixes.history import history_offers
from driftline.fixes.model_cures import model_edit
from driftline.fixes.model_edit import Edits
from driftline.fixes.names import bound_names, imported_modules, new_import
from driftline.fixes.project import Project
from driftline.fixes.scaffold import parent_of, scaffold, with_needs
from driftline.fixes.table_edit import add_table_item
from driftline.fixes.unused_ignore import removal_offers
from driftline.fixes.wanted import changes_for
from driftline.python.syntax import Syntax
from driftline.python.values import Unknown
from driftline.rules.finding import Finding
from driftline.schema import CheckConstraint
from driftline.schema.naming import constraint_name
from driftline.schema.rendering import quote_literal
from driftline.sources.paths import is_within


def fixes_for(finding: Finding, project: Project) -> tuple[FixOffer, ...]:
    """Give the fixes that a finding has, the preferred one first; () where none is certain to help."""
    edits = tuple(model_offers(finding, project))
    return (
        *(one for one in edits if one.applicability == "safe"),
        *history_offers(finding, project),
        *revision_offers(finding, project),
        *(one for one in edits if one.applicability != "safe"),
    )


def model_offers(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Give the fixes that edit Python: the model, or env.py."""
    if finding.rule == "model-not-imported":
        yield from _import_offers(finding, project)
        return
    if finding.rule == "unused-ignore":
        yield from removal_offers(finding, project)
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
    asked = changes_of(finding, project)
    changes = with_needs(asked, project) if asked else None
    if not changes or isinstance(parent_of(changes, project), Unknown) or project.source is None:
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
    syntax = None if env is None else project.syntax(env)
    if env is None or path is None or syntax is None:
        return None
    names = tuple(module_names(path, project.environment.import_roots))
    known = {name.partition(".")[0] for name in imported_modules(syntax.tree)}
    module = next((one for one in names if one.partition(".")[0] in known), next(iter(names), None))
    if module is None:
        return None
    return module, {env: (new_import(syntax, module, f"{_import_of(module, syntax)}  # noqa: F401"),)}


def _import_of(module: str, syntax: Syntax) -> str:
    """Write the import of a module so that it takes no name that means something else in the file."""
    package, _, name = module.rpartition(".")
    top = module.partition(".")[0]
    same = {one for one in imported_modules(syntax.tree) if one.partition(".")[0] == top}
    if not package or top not in bound_names(syntax.tree.body, but=same):
        return f"import {module}"
    taken = name in bound_names(syntax.tree.body)
    return f"from {package} import {name}{f' as _{name}' if taken else ''}"


def module_names(path: str, roots: Sequence[str]) -> Iterator[str]:
    """Give the names by which the file at `path` can be imported from `roots` (absolute), in their order."""
    for root in roots:
        if not is_within(path, root):
            continue
        parts = path[len(root) :].replace("\\", "/").strip("/").removesuffix(".py").split("/")
        if parts[-1] == "__init__":
            parts = parts[:-1]
        if parts and all(part.isidentifier() for part in parts):
            yield ".".join(parts)


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
            values = ", ".join(quote_literal(value) if isinstance(value, str) else str(value) for value in one.allowed)
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
