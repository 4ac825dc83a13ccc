"""Paths and files as programs see them: `os.path`, `pathlib`, `glob`, `os.listdir`, `open`, answered from the `Source`.

Nothing is read that does not lie in the import roots or in site-packages; what lies elsewhere is Unknown.
"""

from __future__ import annotations

import ast
import fnmatch
import os
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from driftline.python.attributes import PLAIN_ATTRIBUTES, Method
from driftline.python.budget import TOO_BIG
from driftline.python.calls import KNOWN, call
from driftline.python.enums import synthetic_class
from driftline.python.exceptions import raised, raised_from
from driftline.python.host import UNANSWERED
from driftline.python.iteration import ITERATORS, Cursor, Generator
from driftline.python.methods import METHODS, Handler
from driftline.python.modules import below
from driftline.python.operators import first_unreadable, plain, unreadable_part
from driftline.python.records import named_tuple_class
from driftline.python.values import Class, Instance, Symbol, Unknown, Value
from driftline.sources.paths import folder_of, is_within
from driftline.sources.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from driftline.python.calls import Args, Known, Kwargs
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

_PURE = type(PurePath())
_MOST_ENTRIES = 20_000
"""How many folder entries one walk looks at."""


class File:
    """A file that was opened for reading, its text already there."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """Hold the `text`."""
        self.text = text


def _path_text(value: Value) -> str | None:
    value = plain(value)
    if type(value) is str:
        return value
    return str(value) if isinstance(value, PurePath) else None


def _paths(args: Args) -> list[str] | None:
    texts = [_path_text(one) for one in args]
    return None if None in texts else texts  # type: ignore[return-value]


def _over_paths(function: Callable[..., Any]) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del kwargs
        texts = _paths(args)
        if texts is None:
            unreadable = next(one for one in args if _path_text(one) is None)
            if first_unreadable(unreadable) is None:
                return run.unknown("a path is not worked out", node, scope)
            return unreadable_part(run, unreadable, node, scope)
        run.charge(sum(map(len, texts)) >> 3)
        try:
            return function(*texts)
        except (TypeError, ValueError) as error:
            raise raised_from(error) from error

    return work


def _absolute(path: str) -> str:
    """Make a path absolute without asking where this process runs: a relative one stays what it is."""
    return os.path.normpath(path)


# ---------------------------------------------------------------------------------------------------------------------
# Asking the source


def _readable(run: Interpreter, path: str, node: ast.AST, scope: Scope) -> str | Unknown:
    path = os.path.normpath(path)
    if run.modules.may_read(path) or is_within(path, folder_of(scope.module.path)):
        return path
    return run.unknown(f"what is at `{path}` is not read", node, scope)


def _is(kind: str) -> Callable[[Interpreter, str], bool]:
    def ask(run: Interpreter, path: str) -> bool:
        source = run.modules.source
        if kind == "file":
            return source.is_file(path)
        if kind == "dir":
            return source.is_dir(path)
        return source.is_file(path) or source.is_dir(path)

    return ask


def _asks(question: Callable[[Interpreter, str], Value]) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del kwargs
        text = _path_text(args[0]) if args else "."
        if text is None:
            return unreadable_part(run, args[0], node, scope)
        path = _readable(run, text, node, scope)
        return path if isinstance(path, Unknown) else question(run, path)

    return work


def _list_dir(run: Interpreter, path: str) -> Value:
    names = run.modules.source.list_dir(path)
    run.charge(len(names))
    return list(names)


def _walk(run: Interpreter, top: str) -> Value:
    """Give what `os.walk(top)` yields, top down."""
    rows: list[Value] = []
    pending = [top]
    while pending:
        folder = pending.pop(0)
        folders: list[str] = []
        files: list[str] = []
        for name in run.modules.source.list_dir(folder):
            run.charge(1)
            (folders if run.modules.source.is_dir(below(folder, name)) else files).append(name)
        rows.append((folder, folders, files))
        pending[:0] = [below(folder, name) for name in folders]
        if len(rows) > _MOST_ENTRIES:
            run.charge(run.steps + 1)
    return Cursor(rows)


def _scan(run: Interpreter, path: str) -> Value:
    """Give what `os.scandir(path)` yields, as paths: they have a `name`, `is_dir()` and `is_file()` too."""
    return Cursor([_PURE(below(path, name)) for name in _list_dir(run, path)])


def _read_file(run: Interpreter, path: str) -> Value:
    """Give an open file; raises FileNotFoundError in the code that is read."""
    text = _text_at(run, path)
    return text if isinstance(text, Unknown) else File(text)


def _text_at(run: Interpreter, path: str) -> str | Unknown:
    if not run.modules.source.is_file(path):
        raise raised(FileNotFoundError, f"[Errno 2] No such file or directory: {path!r}", f"there is no file `{path}`")
    run.reads.add(path)
    if run.kept is not None:
        run.kept.reads_data(path)
    file = run.modules.source.read(path)
    if isinstance(file, Unreadable):
        return Unknown(f"`{path}` cannot be read: {file.reason}")
    if len(file.text) > run.size:
        return Unknown(TOO_BIG)
    run.charge(len(file.text) >> 3)
    return file.text


def _open(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    mode = args[1] if len(args) > 1 else kwargs.get("mode", "r")
    if not args or type(mode) is not str:
        return UNANSWERED
    if set(mode) - set("rtU"):
        return run.unknown("a file that is not opened to read its text", node, scope)
    return _asks(_read_file)(run, args, {}, node, scope)


def glob(run: Interpreter, folder: str, pattern: str) -> list[str]:
    """Give the paths in `folder` (absolute) that match `pattern`, sorted by folder as they are walked."""
    found: list[str] = []
    seen = 0
    pending: list[tuple[str, list[str]]] = [(folder, [one for one in pattern.split("/") if one not in ("", ".")])]
    while pending:
        here, parts = pending.pop()
        if not parts:
            found.append(here)
            continue
        first, rest = parts[0], parts[1:]
        if first == "**":
            pending.append((here, rest)) if rest else found.append(here)
        for name in reversed(run.modules.source.list_dir(here)):
            run.charge(1)
            seen += 1
            path = below(here, name)
            if first == "**":
                if run.modules.source.is_dir(path):
                    pending.append((path, parts))
            elif fnmatch.fnmatchcase(name, first) and (not rest or run.modules.source.is_dir(path)):
                pending.append((path, rest))
        if seen > _MOST_ENTRIES:
            run.charge(run.steps + 1)
    return sorted(dict.fromkeys(found))


def _glob(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    text = _path_text(args[0]) if args else None
    if text is None:
        return unreadable_part(run, args[0], node, scope) if args else UNANSWERED
    parts = text.split("/")
    fixed = next((index for index, one in enumerate(parts) if any(char in one for char in "*?[")), len(parts))
    base = "/".join(parts[:fixed])
    pattern = "/".join(parts[fixed:])
    if kwargs.get("recursive") is not True:
        pattern = pattern.replace("**", "*")
    folder = _readable(run, base or ".", node, scope)
    if isinstance(folder, Unknown):
        return folder
    if not pattern:
        return [folder] if _is("any")(run, folder) else []
    return glob(run, folder, pattern)


# ---------------------------------------------------------------------------------------------------------------------
# pathlib


def _make_path(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    texts = _paths(args)
    if texts is None:
        return unreadable_part(run, next(one for one in args if _path_text(one) is None), node, scope)
    return _PURE(*texts)


_COMPUTED = frozenset({"parent", "parents", "name", "stem", "suffix", "suffixes", "parts", "anchor", "root", "drive"})
_OURS = frozenset(
    {
        "absolute",
        "resolve",
        "expanduser",
        "exists",
        "is_dir",
        "is_file",
        "iterdir",
        "glob",
        "rglob",
        "read_text",
        "open",
        "rename",
        "mkdir",
        "write_text",
        "touch",
        "unlink",
    }
)


def _of_path(run: Interpreter, value: PurePath, name: str, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    if name in _COMPUTED:
        found = getattr(value, name)
        return tuple(found) if name == "parents" else found
    if name == "path":  # of an entry of `os.scandir`
        return str(value)
    return Method(value, name) if name in _OURS else UNANSWERED


def _same_path(run: Interpreter, receiver: PurePath, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, args, kwargs, node, scope
    return _PURE(_absolute(str(receiver)))


def _path_asks(question: Callable[[Interpreter, str], Value]) -> Handler:
    def work(run: Interpreter, receiver: PurePath, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del args, kwargs
        path = _readable(run, str(receiver), node, scope)
        return path if isinstance(path, Unknown) else question(run, path)

    return work


def _path_glob(prefix: str) -> Handler:
    def work(run: Interpreter, receiver: PurePath, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del kwargs
        pattern = plain(args[0]) if args else None
        if type(pattern) is not str:
            return unreadable_part(run, pattern, node, scope)
        path = _readable(run, str(receiver), node, scope)
        if isinstance(path, Unknown):
            return path
        return Cursor([_PURE(one) for one in glob(run, path, prefix + pattern)])

    return work


def _refuse(run: Interpreter, receiver: PurePath, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del receiver, args, kwargs
    return run.unknown("a program's own writing of files is not run", node, scope)


def _join_path(run: Interpreter, receiver: PurePath, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    return _make_path(run, [receiver, *args], kwargs, node, scope)


METHODS[PurePath] = {
    "absolute": _same_path,
    "resolve": _same_path,
    "expanduser": _same_path,
    "exists": _path_asks(_is("any")),
    "is_dir": _path_asks(_is("dir")),
    "is_file": _path_asks(_is("file")),
    "iterdir": _path_asks(_scan),
    "glob": _path_glob(""),
    "rglob": _path_glob("**/"),
    "read_text": _path_asks(_text_at),
    "open": _path_asks(_read_file),
    "joinpath": _join_path,
    **dict.fromkeys(("rename", "mkdir", "write_text", "touch", "unlink"), _refuse),
}
PLAIN_ATTRIBUTES[PurePath] = _of_path


# ---------------------------------------------------------------------------------------------------------------------
# Open files


def _of_file(run: Interpreter, value: File, name: str, node: ast.AST, scope: Scope) -> Value:
    if name in ("read", "readlines", "readline", "close"):
        return Method(value, name)
    del value
    return run.unknown(f"`{name}` of a file is not worked out", node, scope)


def _read(run: Interpreter, receiver: File, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, args, kwargs, node, scope
    return receiver.text


def _read_lines(run: Interpreter, receiver: File, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del args, kwargs, node, scope
    run.charge(len(receiver.text) >> 5)
    return receiver.text.splitlines(keepends=True)


def _close(run: Interpreter, receiver: File, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del run, receiver, args, kwargs, node, scope


def _iterate_file(run: Interpreter, value: File, node: ast.AST, scope: Scope) -> Iterable[Value] | None:
    del node, scope
    run.charge(len(value.text) >> 5)
    return value.text.splitlines(keepends=True)


METHODS[File] = {"read": _read, "readlines": _read_lines, "readline": _read, "close": _close}
PLAIN_ATTRIBUTES[File] = _of_file
ITERATORS[File] = _iterate_file


# ---------------------------------------------------------------------------------------------------------------------
# Looking for modules


def _iter_modules(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what `pkgutil.iter_modules(path, prefix)` yields: (finder, name, whether it is a package)."""
    where = _folders(run, args, kwargs, node, scope)
    if isinstance(where, Unknown):
        return where
    folders, prefix = where
    cls = _module_info(scope)
    found = [one for folder in folders for one in run.modules.in_folder(folder)]
    run.charge(len(found))
    return Cursor([_info(cls, prefix + name, is_package) for name, is_package in found])


def _walk_packages(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what `pkgutil.walk_packages(path, prefix)` yields.

    Once it has yielded a package, it imports it and goes on with what is in there.
    """
    where = _folders(run, args, kwargs, node, scope)
    if isinstance(where, Unknown):
        return where
    folders, prefix = where
    cls = _module_info(scope)

    def visit(folder: str, prefix: str, on_value: Callable[[Value], Value]) -> None:
        run.deeper()
        for name, is_package in run.modules.in_folder(folder):
            run.charge(1)
            on_value(_info(cls, prefix + name, is_package))
            if is_package:
                _import_quietly(run, prefix + name, (node, scope))
                visit(below(folder, name), f"{prefix}{name}.", on_value)
        run.depth -= 1

    def start(on_value: Callable[[Value], Value]) -> None:
        for folder in folders:
            visit(folder, prefix, on_value)

    return Generator(start, (node, scope))


_INFO = ("module_finder", "name", "ispkg")


def _module_info(scope: Scope) -> Class:
    """Make the class of what `pkgutil` yields, a named tuple."""
    cls = synthetic_class("ModuleInfo", (Symbol("typing.NamedTuple"),), scope)
    named_tuple_class(cls, _INFO, (), scope)
    return cls


def _info(cls: Class, name: str, is_package: bool) -> Instance:  # noqa: FBT001 - a field
    return Instance(cls, dict(zip(_INFO, (Symbol("pkgutil.FileFinder"), name, is_package), strict=True)))


def _folders(
    run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> tuple[list[str], str] | Unknown:
    """Give the folders that `pkgutil` is to look in, and the prefix of what it finds."""
    folders: Value = args[0] if args else kwargs.get("path")
    prefix = args[1] if len(args) > 1 else kwargs.get("prefix", "")
    if type(folders) not in (list, tuple) or type(prefix) is not str:
        known = folders if isinstance(folders, Unknown) else prefix
        if isinstance(known, Unknown):
            return known
        return run.unknown("where modules are looked for is not known", node, scope)
    paths: list[str] = []
    for one in folders:
        text = _path_text(one)
        path = unreadable_part(run, one, node, scope) if text is None else _readable(run, text, node, scope)
        if isinstance(path, Unknown):
            return path
        paths.append(path)
    return paths, prefix


def _import_quietly(run: Interpreter, name: str, where: tuple[ast.AST, Scope]) -> None:
    """Import a package as `walk_packages` does, which passes over ImportError."""
    from driftline.python.exceptions import Raised

    try:
        call(run, Symbol("importlib.import_module"), [name], {}, *where)
    except Raised as error:
        if "ImportError" not in error.names:
            raise


_FUNCTIONS: dict[str, Known] = {
    "os.path.join": _over_paths(os.path.join),
    "os.path.dirname": _over_paths(os.path.dirname),
    "os.path.basename": _over_paths(os.path.basename),
    "os.path.split": _over_paths(os.path.split),
    "os.path.splitext": _over_paths(os.path.splitext),
    "os.path.normpath": _over_paths(os.path.normpath),
    "os.path.normcase": _over_paths(os.path.normcase),
    "os.path.abspath": _over_paths(_absolute),
    "os.path.realpath": _over_paths(_absolute),
    "os.path.expanduser": _over_paths(_absolute),
    "os.path.isabs": _over_paths(os.path.isabs),
    "os.path.exists": _asks(_is("any")),
    "os.path.isfile": _asks(_is("file")),
    "os.path.isdir": _asks(_is("dir")),
    "os.listdir": _asks(_list_dir),
    "os.walk": _asks(_walk),
    "os.scandir": _asks(_scan),
    "os.fspath": _over_paths(str),
    "glob.glob": _glob,
    "glob.iglob": _glob,
    "builtins.open": _open,
    "io.open": _open,
    "pathlib.Path": _make_path,
    "pathlib.PurePath": _make_path,
    "pathlib.PosixPath": _make_path,
    "pkgutil.iter_modules": _iter_modules,
    "pkgutil.walk_packages": _walk_packages,
}
KNOWN.update(_FUNCTIONS)
