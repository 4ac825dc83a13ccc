"""Whether a model is a dataclass: then the order of its fields, and their defaults, are those of `__init__`.

Example: `class User(Base)` is one where `class Base(MappedAsDataclass, DeclarativeBase)` is.
"""

from __future__ import annotations

import ast

from driftline.fixes.names import imported_from
from driftline.fixes.project import Project
from driftline.python.syntax import Syntax

_MARKS = frozenset({"MappedAsDataclass", "mapped_as_dataclass", "unmapped_dataclass"})


def is_dataclass(project: Project, syntax: Syntax, owner: ast.ClassDef) -> bool:
    """Whether the class, or one that it inherits from in the project, is mapped as a dataclass."""
    queue, seen = [(syntax, owner)], {(syntax.path, owner.name)}
    while queue:
        place, one = queue.pop()
        stated = [*one.bases, *(each.func if isinstance(each, ast.Call) else each for each in one.decorator_list)]
        for base in stated:
            name = place.segment(base).partition("[")[0]
            path = imported_from(place.tree, name.partition(".")[0]) or ""
            if {name.rpartition(".")[2], path.rpartition(".")[2]} & _MARKS:
                return True
            found = _class(place, name) or _imported(project, path)
            if found is not None and (found[0].path, found[1].name) not in seen:
                seen.add((found[0].path, found[1].name))
                queue.append(found)
    return False


def _class(syntax: Syntax, name: str) -> tuple[Syntax, ast.ClassDef] | None:
    found = next((one for one in syntax.tree.body if isinstance(one, ast.ClassDef) and one.name == name), None)
    return None if found is None else (syntax, found)


def _imported(project: Project, path: str) -> tuple[Syntax, ast.ClassDef] | None:
    """Find a class by its dotted path among the files that the models were read from."""
    module, _, name = path.lstrip(".").rpartition(".")
    if not module:
        return None
    ends = tuple(f"/{module.replace('.', '/')}{tail}" for tail in (".py", "/__init__.py"))
    files = (project.syntax(one) for one in sorted(project.declared.reads) if one.replace("\\", "/").endswith(ends))
    return next((found for one in files if one is not None and (found := _class(one, name)) is not None), None)
