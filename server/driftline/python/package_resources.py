"""Files that lie in packages, as programs ask for them: `importlib.resources`, `pkgutil.get_data`, `pkg_resources`.

What they find is a path below the package's folder, and is read as `files` reads any other.

Example: `importlib.resources.read_text("app.migrations.data", "schema.sql")` is the text of
`app/migrations/data/schema.sql`.
"""

from __future__ import annotations

import ast
from pathlib import PurePath
from typing import TYPE_CHECKING

from driftline.python.attributes import get_attribute
from driftline.python.calls import KNOWN, call
from driftline.python.operators import plain, unreadable_part
from driftline.python.values import Module, Symbol, Unknown, Value
from driftline.sources.paths import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from driftline.python.calls import Args, Known, Kwargs
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

_PURE = type(PurePath())
_PACKAGES = ("anchor", "package", "package_or_requirement")
_NAMES = ("resource", "resource_name")


def _path(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> PurePath | Unknown:
    """Give the path of a resource: the package comes first, then names below it (`pkg_resources` has them in one)."""
    given: list[Value] = [*args, *(kwargs[one] for one in (*_PACKAGES, *_NAMES) if one in kwargs)]
    package, names = given[0], given[1:]
    texts = [one for name in names if type(one := plain(name)) is str]
    if len(texts) < len(names):
        return unreadable_part(run, names, node, scope)
    package = plain(package)
    asked = package.name if isinstance(package, Module) else package.path if isinstance(package, Symbol) else package
    if type(asked) is not str:
        return unreadable_part(run, package, node, scope)
    found = run.modules.find(asked)
    if found is None:
        return run.unknown(f"the package `{asked}` was not found", node, scope)
    return _PURE(found.folder or folder_of(found.path), *texts)


def _with(finish: Callable[[Interpreter, PurePath, ast.AST, Scope], Value]) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        if not args and not any(one in kwargs for one in _PACKAGES):
            package: Value = scope.module.name  # `files()` is the caller's own
            path = _path(run, [package], kwargs, node, scope)
        else:
            path = _path(run, args, kwargs, node, scope)
        return path if isinstance(path, Unknown) else finish(run, path, node, scope)

    return work


def _text(run: Interpreter, path: PurePath, node: ast.AST, scope: Scope) -> Value:
    return call(run, get_attribute(run, path, "read_text", node, scope), [], {}, node, scope)


def _bytes(run: Interpreter, path: PurePath, node: ast.AST, scope: Scope) -> Value:
    text = _text(run, path, node, scope)
    return text.encode() if type(text) is str else text


def _itself(run: Interpreter, path: PurePath, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    return path


def _file_name(run: Interpreter, path: PurePath, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    return str(path)


_FUNCTIONS: dict[str, Known] = {
    "importlib.resources.files": _with(_itself),
    "importlib.resources.read_text": _with(_text),
    "importlib.resources.read_binary": _with(_bytes),
    "pkgutil.get_data": _with(_bytes),
    "pkg_resources.resource_string": _with(_bytes),
    "pkg_resources.resource_filename": _with(_file_name),
}
KNOWN.update(_FUNCTIONS)
KNOWN.update(
    {
        path.replace("importlib.resources.", "importlib_resources."): known
        for path, known in _FUNCTIONS.items()
        if path.startswith("importlib.resources.")
    }
)
