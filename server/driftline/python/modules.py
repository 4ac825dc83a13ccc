"""Which file a dotted name is: resolving and loading modules, through a `Source` only.

What is not found is not read: such a module and everything in it are `Symbol`s. SQLAlchemy, Alembic and those parts of
the standard library that Alembic has itself imported by the time it looks at a project are never taken from there.

Invariant: every answer comes from `Source` queries made by this object, so whoever wraps the source sees what an
evaluation depended on. Answers are remembered: a `Modules` is for one run.

Example: with a root `/p` that holds `app/__init__.py`, `find("app")` is a `FoundModule` with that path.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass
from driftline.python.syntax import Syntax, parse
from driftline.sources.paths import folder_of, is_within
from driftline.sources.source import FileText, Source, Unreadable, read_program

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_PARTS = 50
"""How many dots a name may have: its parents are looked for first."""

NEVER_READ = frozenset({"sqlalchemy", "alembic"})
"""Top-level packages that are symbolic wherever they are found: what they mean is known."""

_LOADED_FIRST = frozenset(
    [
        "abc",
        "argparse",
        "ast",
        "asyncio",
        "base64",
        "builtins",
        "collections",
        "contextlib",
        "copy",
        "csv",
        "dataclasses",
        "datetime",
        "decimal",
        "email",
        "enum",
        "errno",
        "fnmatch",
        "functools",
        "gc",
        "getpass",
        "glob",
        "hashlib",
        "heapq",
        "importlib",
        "inspect",
        "io",
        "itertools",
        "json",
        "keyword",
        "locale",
        "logging",
        "math",
        "numbers",
        "operator",
        "os",
        "pathlib",
        "pickle",
        "pkgutil",
        "platform",
        "posixpath",
        "pprint",
        "random",
        "re",
        "shutil",
        "signal",
        "socket",
        "ssl",
        "stat",
        "string",
        "struct",
        "subprocess",
        "sys",
        "tempfile",
        "textwrap",
        "threading",
        "time",
        "token",
        "tokenize",
        "traceback",
        "types",
        "typing",
        "unicodedata",
        "urllib",
        "uuid",
        "warnings",
        "weakref",
        "zipfile",
        "zlib",
        "__future__",
    ]
)
"""Modules of the standard library that no file in a workspace shadows: they are imported already."""


def below(folder: str, *parts: str) -> str:
    """Give the path of something in `folder`; both are as `Source` has them, absolute and normalised."""
    return "".join((folder.rstrip(os.sep), *(os.sep + part for part in parts)))


@dataclass(frozen=True, slots=True)
class FoundModule:
    """A module's file: of a package its `__init__.py`, or the folder where there is none.

    `library`: it is in site-packages.
    """

    name: str
    path: str
    package: bool
    library: bool = False

    @property
    def folder(self) -> str | None:
        """The folder of a package."""
        if not self.package:
            return None
        return folder_of(self.path) if self.path.endswith("__init__.py") else self.path

    @property
    def has_file(self) -> bool:
        """Whether there is a file to read (not so for a namespace package)."""
        return self.path.endswith((".py", ".pyi"))


def _parse(file: FileText) -> Syntax:
    return parse(file.path, file.text)


class Modules:
    """Finds and parses modules in `roots` (the workspace, in order), then in `site_packages`."""

    def __init__(
        self,
        source: Source,
        roots: tuple[str, ...],
        parse: Callable[[FileText], Syntax] = _parse,
        site_packages: tuple[str, ...] = (),
    ) -> None:
        """Read through `source`; `parse` turns a file into its syntax (the engine remembers it by digest)."""
        self.source = source
        self.asked: set[str] | None = None
        """Where the names go that are asked for, if somebody wants to know."""
        self._source = source
        self.roots = roots
        self.site_packages = site_packages
        self.parse = parse
        self._found: dict[str, FoundModule | None] = {}

    def find(self, name: str) -> FoundModule | None:
        """Find the module with the dotted `name`; None where it is not read, or does not exist."""
        if self.asked is not None:
            self.asked.add(name)
        try:
            return self._found[name]
        except KeyError:
            found = self._found[name] = self._look_for(name)
            return found

    def add_root(self, path: str, *, first: bool) -> None:
        """Look in the folder `path` too, as a program that changes `sys.path` asks."""
        if path in self.roots:
            return
        self.roots = (path, *self.roots) if first else (*self.roots, path)
        # What was not found may be there now; what was found stays, as Python keeps it in `sys.modules`.
        self._found = {name: found for name, found in self._found.items() if found is not None}

    def submodules(self, name: str) -> list[str]:
        """Give the names (without dots) of the modules and packages right below the package `name`, sorted."""
        found = self.find(name)
        return [] if found is None or found.folder is None else [one for one, _ in self.in_folder(found.folder)]

    def in_folder(self, folder: str) -> list[tuple[str, bool]]:
        """Give (name, whether it is a package) of the modules in `folder`, as `pkgutil.iter_modules` does, sorted."""
        modules: dict[str, bool] = {}
        for entry in self.source.list_dir(folder):
            if entry.endswith(".py"):
                if entry != "__init__.py" and entry[:-3].isidentifier():
                    modules.setdefault(entry[:-3], False)
            elif entry.isidentifier() and self.source.is_file(below(folder, entry, "__init__.py")):
                modules[entry] = True
        return sorted(modules.items())

    def load(self, path: str) -> Syntax | Unreadable:
        """Read and parse the file at `path`."""
        file = read_program(self.source, path)
        return file if isinstance(file, Unreadable) else self.parse(file)

    def may_read(self, path: str) -> bool:
        """Whether a program's own reading of `path` is answered: only of what lies in the roots or in site-packages."""
        return any(is_within(path, root) for root in (*self.roots, *self.site_packages))

    def _look_for(self, name: str) -> FoundModule | None:
        parent, _, last = name.rpartition(".")
        # `import_module` also finds what no import statement can name: `2020-09-28_add_uuid`.
        if not last or not last.isprintable() or os.sep in last or "/" in last or name.count(".") > _MOST_PARTS:
            return None
        if parent:
            found = self.find(parent)
            if found is None or not found.package:
                return None
            if found.path.endswith("__init__.py") and found.folder is not None:
                return self._in_folder(name, last, [found.folder], library=found.library)
            return self._in_parts(name, last, parent.split("."), library=found.library)
        if name in NEVER_READ or name in _LOADED_FIRST:
            return None
        if found := self._in_folder(name, last, self.roots, library=False):
            return found
        if name in sys.stdlib_module_names:
            return None
        return self._in_folder(name, last, self.site_packages, library=True)

    def _in_parts(self, name: str, last: str, parent: list[str], *, library: bool) -> FoundModule | None:
        """Look for the module `last` in a namespace package: it may have parts in several roots, and in libraries."""
        own = (
            None if library else self._in_folder(name, last, [below(one, *parent) for one in self.roots], library=False)
        )
        if own is not None:
            return own
        return self._in_folder(name, last, [below(one, *parent) for one in self.site_packages], library=True)

    def _in_folder(self, name: str, last: str, folders: Iterable[str], *, library: bool) -> FoundModule | None:
        """Look for the module `last` in `folders`, as Python's path finder does: a bare folder comes last."""
        bare: str | None = None
        for folder in folders:
            path = below(folder, last)
            if self._source.is_dir(path):
                if self._source.is_file(inner := below(path, "__init__.py")):
                    return FoundModule(name, inner, package=True, library=library)
                bare = bare or path
            if self._source.is_file(file := f"{path}.py"):
                return FoundModule(name, file, package=False, library=library)
        return FoundModule(name, bare, package=True, library=library) if bare else None
