"""Where a project's absolute imports are looked up, and its virtual environment's packages.

Example: for an ini with `prepend_sys_path = .` in `/p`, `import_roots` gives `("/p", "/p/src")` where there is a
`/p/src`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from driftline.sources.paths import upwards
from driftline.sources.source import FileText, Source, ask, exists

_PROJECT_FILES = frozenset({".git", "pyproject.toml", "setup.cfg", "setup.py"})
_SOURCE_FOLDERS = ("src", "lib")
_MOST_LOOKED_INTO = 20
"""How many files are asked how a package is imported; env.py, the first, mostly says it."""
_VIRTUAL_ENVIRONMENTS = (".venv", "venv", "env", ".env", "virtualenv")


def import_roots(prepended: Sequence[str], root: str, script_location: str, source: Source) -> tuple[str, ...]:
    """Give the folders of absolute imports, in order: what is prepended, then `root`, its `src/`, what is around.

    All paths are absolute. Where `root` is a package itself it comes last, as its modules mostly are imported through
    it; where its own code does so, it does not count at all: a module `celery` in it is no stand-in for the library.
    A path that Alembic would prepend counts also where there is no such folder (it may be made later).
    """
    inside_package = source.is_file(os.path.join(root, "__init__.py"))
    candidates = [*prepended, *([] if inside_package else [root]), *_sources_in(root, source)]
    # A script folder is often no package itself, but stands in one.
    for start in (os.path.dirname(script_location), script_location, root):
        top = _above_packages(start, source)
        if top != start:
            candidates += [top, *_sources_in(top, source)]
    for folder in upwards(root):
        if any(exists(source, os.path.join(folder, name)) for name in sorted(_PROJECT_FILES)):
            candidates += [folder, *_sources_in(folder, source)]
        if exists(source, os.path.join(folder, ".git")):
            break
    candidates += _roots_of_namespaces(script_location, source)
    own = [] if inside_package and _imported_through_its_package(root, script_location, source) else [root]
    return tuple(dict.fromkeys((*candidates, *own)))


def locate_resource(resource: str, roots: Sequence[str], source: Source) -> str | None:
    """Give the folder that `package.name:path` means, None where no root has the package."""
    package, *rest = resource.split(":")
    for root in roots:
        folder = os.path.join(root, *package.split("."))
        if source.is_dir(folder):
            return os.path.normpath(os.path.join(folder, *rest))
    return None


def find_site_packages(folder: str, source: Source, named: str | None = None) -> tuple[str, ...]:
    """Give the folders of installed packages of the virtual environment in `folder` or around it.

    `named`: the virtual environment that the user names (absolute). Folders that its `.pth` files add (editable
    installs) come last.
    """
    candidates = [named] if named is not None else _virtual_environments(folder, source)
    for environment in candidates:
        packages = tuple(_packages_of(environment, source))
        if packages:
            added = [path for one in packages for path in _added_by_pth(one, source)]
            return tuple(dict.fromkeys((*packages, *added)))
    return ()


def find_virtual_environment(folder: str, source: Source) -> str | None:
    """Give the virtual environment in `folder` or the nearest around it; None where there is none."""
    return next(_virtual_environments(folder, source), None)


def _sources_in(folder: str, source: Source) -> list[str]:
    """The folders in `folder` that hold packages and are none themselves."""
    inner = [os.path.join(folder, name) for name in _SOURCE_FOLDERS]
    return [one for one in inner if source.is_dir(one) and not source.is_file(os.path.join(one, "__init__.py"))]


def _above_packages(folder: str, source: Source) -> str:
    """The folder above the outermost package that `folder` belongs to; itself, where it is no package."""
    top = folder
    while source.is_file(os.path.join(top, "__init__.py")) and os.path.dirname(top) != top:
        top = os.path.dirname(top)
    return top


def _imported_through_its_package(root: str, script_location: str, source: Source) -> bool:
    """Whether env.py, or a module in the package `root`, imports the outermost package that `root` belongs to."""
    top = _above_packages(root, source)
    package = os.path.relpath(root, top).split(os.sep)[0]
    if top == root or source.is_dir(os.path.join(root, package)) or source.is_file(os.path.join(root, f"{package}.py")):
        return False
    imports = re.compile(rf"^[ \t]*(?:from|import)[ \t]+{re.escape(package)}\b", re.MULTILINE)
    inside = (os.path.join(root, name) for name in source.list_dir(root) if name.endswith(".py"))
    for path in islice((os.path.join(script_location, "env.py"), *inside), _MOST_LOOKED_INTO):
        file = source.read(path) if source.is_file(path) else None
        if isinstance(file, FileText) and imports.search(file.text) is not None:
            return True
    return False


def _roots_of_namespaces(script_location: str, source: Source) -> Iterator[str]:
    """The folders around the script folder that its programs import packages from which have no `__init__.py`.

    `from app.web.db import Base` in `/p/app/web/migrations/env.py` means `/p` where there is a `/p/app/web/db.py`.
    """
    around = [folder for folder in upwards(script_location) if os.path.basename(folder).isidentifier()]
    if not around:
        return
    names = "|".join(sorted({os.path.basename(folder) for folder in around}))
    imports = re.compile(rf"^[ \t]*(?:from|import)[ \t]+((?:{names})\.[\w.]+)", re.MULTILINE)
    versions = os.path.join(script_location, "versions")
    programs = [os.path.join(script_location, "env.py")]
    programs += [os.path.join(versions, name) for name in source.list_dir(versions) if name.endswith(".py")]
    asked: set[str] = set()
    for path in islice(programs, _MOST_LOOKED_INTO):
        if source.is_file(path):
            asked |= ask(source, path, partial(_found_in, imports))
    for folder in around:
        if not source.is_file(os.path.join(folder, "__init__.py")):
            root = os.path.dirname(folder)
            inner = os.path.basename(folder) + "."
            if any(_is_module(os.path.join(root, *one.split(".")), source) for one in asked if one.startswith(inner)):
                yield root


def _found_in(imports: re.Pattern[str], text: str | None) -> frozenset[str]:
    return frozenset() if text is None else frozenset(imports.findall(text))


def _is_module(path: str, source: Source) -> bool:
    return source.is_file(f"{path}.py") or source.is_dir(path)


def _virtual_environments(folder: str, source: Source) -> Iterator[str]:
    for parent in upwards(folder):
        for name in _VIRTUAL_ENVIRONMENTS:
            if source.is_file(os.path.join(parent, name, "pyvenv.cfg")):
                yield os.path.join(parent, name)
        if exists(source, os.path.join(parent, ".git")):
            return


def _packages_of(environment: str, source: Source) -> Iterator[str]:
    """The site-packages of a virtual environment, the newest Python's first."""
    lib = os.path.join(environment, "lib")
    pythons = [name for name in source.list_dir(lib) if name.startswith(("python3", "pypy3"))]
    for name in sorted(pythons, key=lambda name: (len(name), name), reverse=True):
        packages = os.path.join(lib, name, "site-packages")
        if source.is_dir(packages):
            yield packages
    windows = os.path.join(environment, "Lib", "site-packages")
    if source.is_dir(windows):
        yield windows


def _added_by_pth(packages: str, source: Source) -> Iterator[str]:
    """The folders that `.pth` files name. Their `import` lines are code, and are not read."""
    for name in source.list_dir(packages):
        if not name.endswith(".pth"):
            continue
        file = source.read(os.path.join(packages, name))
        lines = file.text.splitlines() if isinstance(file, FileText) else []
        for line in lines:
            entry = line.strip()
            if entry and not entry.startswith(("#", "import ", "import\t")):
                path = os.path.normpath(os.path.join(packages, entry))
                if source.is_dir(path):
                    yield path
