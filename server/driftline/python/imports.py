"""Import statements, and running the modules that they ask for: once each, parents first, as Python does it.

A module that is not found, or whose meaning is known to hosts (`sqlalchemy`), is a `Symbol`; importing one never fails,
unless it would have to be in a package of the workspace and is not there. Libraries in site-packages are symbols too,
until a host wants one of their classes read.
"""

from __future__ import annotations

import ast
import importlib
from types import NoneType
from typing import TYPE_CHECKING

from driftline.python.attributes import missing_in_module, package_of
from driftline.python.branches import execute_each, is_awaited, leave
from driftline.python.budget import TOO_DEEP, Exhausted
from driftline.python.exceptions import Raised, raised
from driftline.python.host import UNANSWERED
from driftline.python.interpreter import STATEMENTS, Interpreter, Signal
from driftline.python.iteration import known_items
from driftline.python.scope import Frame, Scope, bound_names
from driftline.python.syntax import Syntax
from driftline.python.trace import Trace
from driftline.python.values import Class, Module, Symbol, Unknown, Value
from driftline.regex import regex
from driftline.sources.source import Unreadable, ask

if TYPE_CHECKING:
    from driftline.python.modules import FoundModule

STANDARD: set[str] = set()
"""Modules of the standard library whose names are known where `from … import *` asks for all; filled by `stdlib.py`."""

_LONGEST_CHAIN = 8
"""How many re-exports of a library's class are gone through."""


def import_module(run: Interpreter, name: str, *, library: bool = False) -> Module | Symbol | Unknown:
    """Import the module with the dotted `name`, after its parents; give it, or the symbol for what is not read.

    Raises ModuleNotFoundError in the code that is read where a package of the workspace has no such module.
    """
    found = run.modules.find(name)  # also of what is loaded: it takes note of who asks
    if found is not None and found.library and not library and not _is_wanted(run, found):
        return Symbol(name)  # Also where it was read for one of its names: what an import gives depends on no order.
    loaded = _loaded(run, name)
    if loaded is not None:
        return loaded
    if found is not None and found.library and not library:
        return _load_here(run, found)
    parent, _, last = name.rpartition(".")
    if parent:
        package = import_module(run, parent, library=library)
        if isinstance(package, Unknown):
            return package
        if isinstance(package, Symbol):
            return Symbol(name)
        loaded = _loaded(run, name)
        if loaded is not None:  # the parent has imported it
            return loaded
    if found is None:
        holder = run.loaded.get(parent)
        if holder is None:
            return Symbol(name)
        if run.kept is not None:
            run.kept.reads_name(holder, last)
            run.kept.reads_name(holder, "__path__")
        if "__path__" in holder.names:
            return Symbol(name)  # The package says itself that parts of it are elsewhere.
        if last in holder.names and isinstance(holder.names[last], (Module, Symbol)):
            return holder.names[last]  # type: ignore[no-any-return]  # put there, or into `sys.modules`, by hand
        raise raised(ModuleNotFoundError, f"No module named {name!r}")
    # What a branch imports stays imported, unless nothing of what it does is kept.
    outer, run.journal = run.journal, run.shadow
    try:
        module = _load(run, found)
        if isinstance(module, Module) and parent in run.loaded:
            holder = run.loaded[parent]
            run.changing_key(holder.names, last)
            holder.names[last] = module
    finally:
        run.journal = outer
    return module


def _loaded(run: Interpreter, name: str) -> Module | None:
    """Give a module that was run before; whoever asks for it now rests on it, too."""
    module = run.loaded.get(name)
    if module is not None and module.syntax is not None:
        run.reads.add(module.path)
    return module


def _is_wanted(run: Interpreter, found: FoundModule) -> bool:
    """Whether the host wants a library's module run, which the workspace, or such a module, imports."""
    wanted = run.wanted.get(found.name)
    if wanted is None:
        wants, name = run.host.wants_module, found.name
        wanted = found.has_file and ask(
            run.modules.source, found.path, lambda text: text is not None and wants(name, text)
        )
        run.wanted[name] = wanted
    return wanted


def _load_here(run: Interpreter, found: FoundModule) -> Module | Unknown:
    """Run a library's module, without the packages around it."""
    outer, run.journal = run.journal, run.shadow
    try:
        return _load(run, found, alone=True)
    finally:
        run.journal = outer


def load_found(run: Interpreter, found: FoundModule, *, alone: bool) -> None:
    """Load a module again as it was loaded before; `alone`: a library's, without the packages around it."""
    if alone:
        _load_here(run, found)
    else:
        import_module(run, found.name, library=True)


def _load(run: Interpreter, found: FoundModule, *, alone: bool = False) -> Module | Unknown:
    if run.kept is not None:
        return run.kept.load(run, found, lambda: _load_now(run, found), alone=alone)
    return _load_now(run, found)


def _load_now(run: Interpreter, found: FoundModule) -> Module | Unknown:
    if len(run.loaded) >= run.budget.modules or run.total <= 0:
        return Unknown(f"`{found.name}` was not read: there is too much to read")
    if not found.has_file:
        module = _new_module(run, found.name, found.path, None, package=True)
        module.complete = True
        run.changing_key(run.loaded, found.name)
        run.loaded[found.name] = module
        return module
    syntax = run.modules.load(found.path)
    run.reads.add(found.path)
    if isinstance(syntax, Unreadable):
        return Unknown(f"`{found.path}` cannot be read: {syntax.reason}")
    return run_module(run, found.name, syntax, package=found.package, found=found)


def _new_module(run: Interpreter, name: str, path: str, syntax: Syntax | None, *, package: bool) -> Module:
    if run.kept is not None:
        return run.kept.renewed(name, path, package=package, syntax=syntax)
    return Module(name, path, package, syntax)


def run_module(
    run: Interpreter, name: str, syntax: Syntax, *, package: bool, found: FoundModule | None = None
) -> Module:
    """Run the body of a module and give it; registered under its name before that, for those that it imports.

    `found`: where it was found by its name, if that is how it came to be run.
    """
    if found is None:
        module = Module(name, syntax.path, package, syntax)
    else:
        module = _new_module(run, name, syntax.path, syntax, package=package)
    run.changing_key(run.loaded, name)
    run.loaded[name] = module
    run.total += len(syntax.text)
    if syntax.problem is not None:
        reason = f"it does not parse: {syntax.problem.message}"
        run.unparsed[syntax.path] = run.note(reason, Trace(syntax, syntax.broken))
    with run.reads.for_module(syntax.path):
        _loaded(run, name.rpartition(".")[0])  # the package around it, which was run before it
        if run.kept is not None and found is not None:
            run.kept.run(run, found, module, lambda: run_body_of_module(run, module, syntax))
        else:
            run_body_of_module(run, module, syntax)
    return module


def run_body_of_module(run: Interpreter, module: Module, syntax: Syntax) -> None:
    """Run a module's statements, as nobody's call."""
    caller, depth, jumped_at = run.caller, run.depth, run.jumped_at
    frame = Frame()
    scope = Scope(module.names, None, module, frame)
    run.caller = None
    try:
        run.deeper()
        execute_each(run, syntax.tree.body, scope)
    except Raised:
        # Python takes a module that failed out again; whoever awaits that imports it anew, or something else.
        run.changing_key(run.loaded, module.name)
        run.loaded.pop(module.name, None)
        raise
    finally:
        leave(frame, 0)
        run.caller, run.depth, run.jumped_at = caller, depth, jumped_at
        module.complete = True


# ---------------------------------------------------------------------------------------------------------------------
# Statements


def import_statement(run: Interpreter, node: ast.Import, scope: Scope) -> Signal | None:
    """Run `import a.b.c` and `import a.b.c as d`."""
    for alias in node.names:
        module = _guarded(run, alias.name, node, scope)
        if alias.asname is not None:
            bind(run, alias.asname, module, node, scope)
            continue
        top = alias.name.partition(".")[0]
        if top != alias.name and not isinstance(module, Unknown):
            bind(run, top, run.loaded.get(top, Symbol(top)), node, scope)
        else:
            bind(run, top, module, node, scope)
    return None


def import_from_statement(run: Interpreter, node: ast.ImportFrom, scope: Scope) -> Signal | None:
    """Run `from a.b import c, d as e`, relative ones too."""
    if node.module == "__future__":
        return None
    name = absolute_name(scope.module, node.module, node.level)
    if name is None:
        raise raised(ImportError, "attempted relative import beyond top-level package")
    module = _guarded(run, name, node, scope)
    for alias in node.names:
        if alias.name == "*":
            _import_star(run, module, node, scope)
        else:
            bind(run, alias.asname or alias.name, member(run, module, alias.name, node, scope), node, scope)
    return None


def absolute_name(module: Module, name: str | None, level: int) -> str | None:
    """Give the absolute name of what `from ..name import` in `module` means; None beyond the top."""
    if level == 0:
        return name
    package = package_of(module)
    parts = package.split(".") if package else []
    if level > len(parts):
        return None
    base = ".".join(parts[: len(parts) - (level - 1)])
    return f"{base}.{name}" if name and base else name or base


def _guarded(run: Interpreter, name: str, node: ast.stmt, scope: Scope) -> Value:
    """Import a module for a statement; where that goes too deep, it is Unknown."""
    if scope.module.syntax is not None and name:
        library = _is_library(run, scope.module)
        found = run.modules.find(name) if library else None
        if library and (found is None or not _is_wanted(run, found)):
            if run.kept is not None:
                run.kept.looks_for(name, run.loaded)
            return run.loaded.get(name) or Symbol(name)
    try:
        module = import_module(run, name)
    except Exhausted as error:
        if error.reason != TOO_DEEP:
            raise
        if run.kept is not None:
            run.kept.spoil(f"`{name}` was not imported")
        return run.unknown(f"`{name}` is imported by too long a chain of imports", node, scope)
    if isinstance(module, Unknown):
        if run.kept is not None:
            run.kept.spoil(f"`{name}` was not imported")
        if name not in run.failed:
            run.failed[name] = run.unknown(module.reason, node, scope)
        return run.failed[name]
    return module


def _is_library(run: Interpreter, module: Module) -> bool:
    found = run.modules.find(module.name)
    return found is not None and found.library and found.path == module.path


def member(run: Interpreter, module: Value, name: str, node: ast.AST, scope: Scope) -> Value:
    """Give what `from module import name` binds."""
    if isinstance(module, Symbol):
        from driftline.python.attributes import get_attribute

        return get_attribute(run, module, name, node, scope)
    if not isinstance(module, Module):
        return module
    if run.kept is not None:
        run.kept.reads_name(module, name)
    if name in module.names:
        return module.names[name]
    full = f"{module.name}.{name}"
    if run.kept is not None:
        run.kept.looks_for(full, run.loaded)
    loaded = _loaded(run, full)
    if loaded is not None:
        return loaded
    if module.package and run.modules.find(full) is not None:
        return import_module(run, full)
    found = missing_in_module(run, module, name, node, scope)
    if found is not UNANSWERED:
        return found
    if module.complete:
        raise raised(ImportError, f"cannot import name {name!r} from {module.name!r}")
    error = raised(ImportError, f"cannot import name {name!r} from {module.name!r} (a circular import)")
    if not is_awaited(run, error) and _run_ahead(run, module, name):
        return module.names[name]
    raise error


def _run_ahead(run: Interpreter, module: Module, name: str) -> bool:
    """Run the statement that binds `name` in a module that has not come so far; give whether there is one.

    In a cycle, what is there depends on where the cycle is entered. A program that works is entered somewhere else than
    we have entered it, so what it needs of plain assignments and functions is there; classes are not made twice.
    """
    syntax = module.syntax
    if syntax is None or (module.name, name) in run.ahead:
        return False
    for statement in syntax.tree.body:
        if isinstance(statement, _HARMLESS) and name in bound_names(statement):
            run.ahead.add((module.name, name))
            STATEMENTS[type(statement)](run, statement, Scope(module.names, None, module, Frame()))
            return name in module.names
    return False


_HARMLESS = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef)


def _import_star(run: Interpreter, module: Value, node: ast.ImportFrom, scope: Scope) -> None:
    if isinstance(module, Symbol):
        if module.path in STANDARD:
            for name in _public_names(module.path):
                bind(run, name, member(run, module, name, node, scope), node, scope)
        elif module.path not in scope.module.stars:
            scope.module.stars.append(module.path)
        return
    if not isinstance(module, Module):
        return
    if run.kept is not None:
        run.kept.reads_all(module)
    exported = module.names.get("__all__")
    if exported is None:
        names = tuple(name for name in module.names if not name.startswith("_"))
    else:
        listed = known_items(run, exported, node, scope)
        names = tuple(module.names) if isinstance(listed, Unknown) else tuple(one for one in listed if type(one) is str)
    for name in names:
        bind(run, name, member(run, module, name, node, scope), node, scope)
    if module.stars and exported is None:
        scope.module.stars.extend(one for one in module.stars if one not in scope.module.stars)


def _public_names(standard: str) -> list[str]:
    """Give what a module of the standard library exports."""
    real = importlib.import_module(standard)  # one of STANDARD
    return list(getattr(real, "__all__", None) or (name for name in vars(real) if not name.startswith("_")))


def bind(run: Interpreter, name: str, value: Value, node: ast.AST, scope: Scope) -> None:
    """Bind `name` in `scope`, or where a `global` or `nonlocal` statement says."""
    if scope.redirected is not None:
        scope = scope.redirected.get(name, scope)
    names = scope.names
    if run.journal is not None:
        run.journal.key(names, name)
    if scope.parent is None:
        module = scope.module
        if run.assume:
            value = assumed_value(run, f"{module.name}.{name}", value)
        names[name] = value
        if run.journal is not None:
            run.journal.key(module.origins, name)
        module.origins[name] = Trace(module.syntax, node, run.caller)  # type: ignore[arg-type]
        return
    names[name] = value
    if scope.cls is not None:
        if run.journal is not None:
            run.journal.key(scope.cls.origins, name)
        scope.cls.origins[name] = Trace(scope.module.syntax, node, run.caller)  # type: ignore[arg-type]


def assumed_value(run: Interpreter, path: str, value: Value) -> Value:
    """Give what the user says `path` is, or `value` with the attributes that he says it has."""
    if path in run.assume:
        return run.assume[path]
    inner = {key[len(path) + 1 :]: one for key, one in run.assume.items() if key.startswith(f"{path}.")}
    direct = {key: one for key, one in inner.items() if "." not in key}
    if direct and not isinstance(value, Module):
        names = value.names if isinstance(value, Class) else getattr(value, "attributes", None)
        if names is None:
            return Module(path, "", package=False, syntax=None, names=dict(direct), complete=True)
        names.update(direct)
    return value


def bind_for_type_checkers(body: list[ast.stmt], scope: Scope) -> None:
    """Remember what is bound under `if TYPE_CHECKING:`, without running it."""
    for statement in body:
        for name in bound_names(statement):
            scope.module.typing_only[name] = statement


# ---------------------------------------------------------------------------------------------------------------------
# Libraries


def read_library(run: Interpreter, symbol: Symbol) -> Value:
    """Give the class that a symbol of a library stands for, if the host wants it and it is found; else the symbol."""
    if not run.modules.site_packages or not run.host.wants_source(symbol.path):
        return symbol
    found = find_in_library(run, symbol.path)
    return found if isinstance(found, Class) else symbol


def library_constant(run: Interpreter, path: str) -> Value:
    """Give what a library's name stands for that is written like a constant, and is one; else UNANSWERED.

    The same for a module of a library that the host wants to see run.
    """
    name = path.rpartition(".")[2]
    top = run.modules.find(path.partition(".")[0])
    if top is None or not top.library:
        return UNANSWERED
    if _CONSTANT.fullmatch(name) is not None:
        found = find_in_library(run, path)
        return found if isinstance(found, Class) or _is_plain(found) else UNANSWERED
    module = run.modules.find(path)
    if module is not None and module.library and _is_wanted(run, module):
        return import_module(run, path)
    return UNANSWERED


_CONSTANT = regex(r"_?[A-Z][A-Z0-9_]+")
_PLAIN = (str, bytes, int, float, bool, NoneType)


def _is_plain(value: Value) -> bool:
    """Whether a value is Python's own data, all through."""
    if type(value) in (tuple, list, set, frozenset):
        return all(map(_is_plain, value))
    if type(value) is dict:
        return all(_is_plain(key) and _is_plain(one) for key, one in value.items())
    return type(value) in _PLAIN


def find_in_library(run: Interpreter, path: str) -> Value:
    """Give what a dotted path of a library stands for, through re-exports; a `Symbol` where it was not found.

    That is the last of them: of a library's `from sqlalchemy import Text`, the `Symbol` of SQLAlchemy's own.
    """
    if path not in run.libraries:
        _look_through_library(run, path)
    found = run.libraries[path]
    if run.kept is not None:
        run.kept.finds(path, found)
    return found


def _look_through_library(run: Interpreter, path: str) -> None:
    run.libraries[path] = Symbol(path)  # what it depends on itself is not found
    found, at = _look_into_library(run, path), path
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(found, Symbol) or found.path == at:
            break
        at = found.path
        found = _look_into_library(run, at)
    run.libraries[path] = Symbol(at) if found is None else found


def _look_into_library(run: Interpreter, path: str) -> Value:
    """Find the module that a dotted path begins with, run it, and follow the rest of the path."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:length])
        found = run.modules.find(name)
        if found is None or not found.library or not found.has_file:
            continue
        value: Value = run.loaded.get(name) or _load_here(run, found)
        for part in parts[length:]:
            if isinstance(value, Module):
                if run.kept is not None:
                    run.kept.reads_name(value, part)
                value = value.names.get(part)
            elif isinstance(value, Class):
                held = value.lookup(part)
                value = held[1] if held else None
            else:
                return None
        return value
    return None
