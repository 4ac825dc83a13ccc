"""Revisions that import the models as they are today."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.contents import Imported
from driftline.models.declared import MappedClass
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.history_finding import history_finding, listed_in_words
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "model-import-in-migration"


def check(context: Context) -> Iterator[Finding]:
    """Find the imports of mapped classes, each statement once."""
    classes: dict[str, list[MappedClass]] = {}
    for one in context.declared.classes:
        if one.table is not None:
            classes.setdefault(one.name, []).append(one)
    for revision, said in context.contents.items():
        if not said.imports:
            continue
        own = context.graph.revisions[revision].path if revision in context.graph.revisions else ""
        found: dict[object, list[tuple[Imported, MappedClass]]] = {}
        for imported in said.imports:
            for name in _names(imported):
                mapped = next((one for one in classes.get(name, ()) if _comes_from(imported, one, own)), None)
                if mapped is not None:
                    found.setdefault(imported.origin, []).append((imported, mapped))
        for pairs in found.values():
            yield _finding(context, revision, pairs)


def _names(imported: Imported) -> tuple[str, ...]:
    """The names that could be mapped classes: what is imported, or what is used of an imported module."""
    return (imported.name, *imported.used) if imported.name else imported.used


def _comes_from(imported: Imported, mapped: MappedClass, revision: str) -> bool:
    """Whether the module that is imported from is the class's own, or a package around it."""
    if mapped.path == revision or imported.module.startswith("."):
        return False
    parts = mapped.path.removesuffix(".py").removesuffix("/__init__").split("/")
    module = imported.module.split(".")
    inner = [*module, imported.name] if imported.name and mapped.name in imported.used else module
    return any(_within(parts, one) for one in (module, inner))


def _within(parts: list[str], module: list[str]) -> bool:
    return any(parts[at : at + len(module)] == module for at in range(len(parts) - len(module) + 1))


def _finding(context: Context, revision: str, pairs: list[tuple[Imported, MappedClass]]) -> Finding:
    imported, first = pairs[0]
    names = listed_in_words(list(dict.fromkeys(f"`{mapped.name}`" for _, mapped in pairs)), "models")
    return history_finding(
        NAME,
        Level.WARNING,
        f"Revision `{revision}` imports {names} from the application: it runs with the model as it is today, not as "
        f"it was then, and breaks when `{first.table}` changes. Declare the columns that it needs here, with "
        "`sa.table()`.",
        context,
        revision=revision,
        origin=imported.origin,
        table=first.table,
        related=[Related(f"`{first.name}` as it is today", first.origin)],
    )


RULE = Rule(
    NAME,
    "a model that a revision imports",
    Group.HISTORY,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("django-migration-linter:RUNPYTHON_MODEL_IMPORT", "zdm"),
)
