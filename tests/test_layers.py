"""The layers of `server/driftline/` (docs/development.md): who may import whom, and who may touch the world.

The checks read the source with `ast`; nothing is imported. The first half holds them against the package, the second
half proves on small modules in memory that each of them can fail.
What Driftline really does on a project is watched by tests/test_nothing_executed.py.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

SERVER = Path(__file__).parent.parent / "server"

LAYERS = (
    "text",
    "sources",
    "python",
    "schema",
    "models",
    "migrations",
    "compare",
    "rules",
    "fixes",
    "engine",
    "ide",
    "report",
    "lsp",
    "cli",
)
"""A package imports from the ones before it, and from itself. The root package imports from none."""

ROOT = frozenset({"dataclass", "regex"})
"""The root package's own modules, which every layer may import."""

LIBRARY_BELONGS_TO = {"pygls": "lsp", "lsprotocol": "lsp"}
"""Libraries that one layer alone may import."""

LAZY_LIBRARIES = frozenset({"alembic", "dataclasses", "sqlalchemy"})
"""Libraries that are imported inside functions only (or for types): a start that renders nothing goes without.

Of `dataclasses` we have our own (`driftline/dataclass.py`), and what compares values by their parts knows no other.
"""

TOUCHES_FILES = {
    "sources": "reads the workspace",
    "engine": "has the cache file",
    "lsp": "applies edits where the client asks the server to",
    "cli": "writes what the user asked for",
}
"""The layers that may work with files, and what for."""

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("driftline.dataclass", "calls compile"): "compiles methods of which it wrote the text",
    (
        "driftline.python.imports",
        "calls importlib.import_module",
    ): "asks a module of the standard library, out of a fixed list, which names it exports",
    (
        "driftline.schema.rendering",
        "calls importlib.import_module",
    ): "finds a type by its name, in SQLAlchemy and nowhere else, to have SQLAlchemy compile it",
    (
        "driftline.cli.verification.running",
        "imports subprocess",
    ): "`driftline verify` runs the project's migrations, in a process of their own, because the user says so",
}
"""(Module, what the finding names) → why this one is right. An entry that nothing needs fails the test."""

Problem: TypeAlias = tuple[str, int, str]
"""Module, line, and what stands there."""

Check: TypeAlias = Callable[[str, ast.Module], Iterator[Problem]]


# ---------------------------------------------------------------------------------------------------------------------
# The checks


def layer_of(module: str) -> str:
    """The layer of a module: "schema" for "driftline.schema.table"; "" for the root package, "cli" for its __main__."""
    parts = module.split(".")
    if len(parts) > 1 and parts[1] in ROOT:
        return ""
    if parts[1:] == ["__main__"]:
        return "cli"
    return parts[1] if len(parts) > 1 else ""


def imports(module: str, tree: ast.AST, *, is_package: bool = False) -> Iterator[tuple[ast.stmt, str]]:
    """Each import in `tree` as (statement, absolute name); `from ..schema import table` is "driftline.schema.table"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                kept = parts[: len(parts) - node.level + is_package]
                base = ".".join([*kept, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node, f"{base}.{alias.name}"


def wrong_way_imports(module: str, tree: ast.Module) -> Iterator[Problem]:
    """Imports of a package of a later layer, or of one that has no layer; also those that are for types only."""
    own = layer_of(module)
    if own and own not in LAYERS:
        yield module, 1, f"{own} has no layer"
        return
    for node, name in imports(module, tree, is_package=is_package(module)):
        if name.split(".", maxsplit=1)[0] != "driftline":
            continue
        other = layer_of(name)
        if other in {"", own, "__version__"}:
            continue
        if own == "" or other not in LAYERS or LAYERS.index(other) > LAYERS.index(own):
            yield module, node.lineno, f"imports {name}"


def misplaced_libraries(module: str, tree: ast.Module) -> Iterator[Problem]:
    """Imports of a library that belongs to another layer."""
    for node, name in imports(module, tree):
        library = name.split(".", maxsplit=1)[0]
        if LIBRARY_BELONGS_TO.get(library, layer_of(module)) != layer_of(module):
            yield module, node.lineno, f"imports {library}"


def early_imports(module: str, tree: ast.Module) -> Iterator[Problem]:
    """Imports of a lazy library that run when the module is imported."""
    for statement in runs_at_import(tree.body):
        for node, name in imports(module, ast.Module([statement], [])):
            library = name.split(".", maxsplit=1)[0]
            if library in LAZY_LIBRARIES:
                yield module, node.lineno, f"imports {library}"


def runs_at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The simple statements that run when a module is imported: not in functions, nor under `if TYPE_CHECKING`."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING"):
            yield from runs_at_import(statement.orelse)
            continue
        parts = [getattr(statement, field, []) for field in ("body", "orelse", "finalbody")]
        parts += [part.body for part in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]]
        if any(parts):
            yield from runs_at_import([inner for part in parts for inner in part])
        else:
            yield statement


# Methods of pathlib.Path and its like. The first group is theirs alone; the second has names that other objects use,
# too (a Source has `is_file(path)`): on a Path they take no positional argument.
FILE_METHODS = frozenset(
    {
        "glob",
        "hardlink_to",
        "iterdir",
        "mkdir",
        "read_bytes",
        "read_text",
        "rglob",
        "symlink_to",
        "write_bytes",
        "write_text",
    }
)
BARE_FILE_METHODS = frozenset(
    {
        "exists",
        "is_dir",
        "is_file",
        "is_symlink",
        "lstat",
        "open",
        "readlink",
        "resolve",
        "rmdir",
        "stat",
        "touch",
        "unlink",
    }
)
FILE_FUNCTIONS = {
    "builtins": {"open"},
    "codecs": {"open"},
    "io": {"FileIO", "open", "open_code"},
    "tokenize": {"open"},
    "os": {
        "access",
        "chdir",
        "chmod",
        "close",
        "fdopen",
        "link",
        "listdir",
        "lstat",
        "makedirs",
        "mkdir",
        "open",
        "readlink",
        "remove",
        "rename",
        "replace",
        "rmdir",
        "scandir",
        "stat",
        "symlink",
        "unlink",
        "utime",
        "walk",
    },
    "os.path": {"exists", "getmtime", "getsize", "isdir", "isfile", "islink", "lexists", "realpath", "samefile"},
}
FILE_MODULES = frozenset({"fileinput", "glob", "linecache", "mmap", "shutil", "sqlite3", "tempfile"})


def file_access(module: str, tree: ast.Module) -> Iterator[Problem]:
    """Reading, writing and asking for files, in a layer that has no business with them.

    A page or a table that ships inside the package is not the workspace: `resources.files(…)….read_text()` is right.
    """
    if layer_of(module) in TOUCHES_FILES:
        return
    for node, name in imports(module, tree):
        library = name.split(".", maxsplit=1)[0]
        if library in FILE_MODULES:
            yield module, node.lineno, f"imports {library}"
    for call, name in calls(tree):
        place, _, function = name.rpartition(".")
        if function in FILE_FUNCTIONS.get(place or "builtins", ()):
            yield module, call.lineno, f"calls {name}"
        elif isinstance(call.func, ast.Attribute) and not is_package_data(call.func.value):
            method = call.func.attr
            if method in FILE_METHODS or (method in BARE_FILE_METHODS and not call.args):
                yield module, call.lineno, f"calls .{method}"


def is_package_data(node: ast.expr) -> bool:
    """Whether an expression is built on `importlib.resources.files(…)`."""
    return any(
        isinstance(part, ast.Call) and ast.unparse(part.func).rpartition(".")[2] == "files" for part in ast.walk(node)
    )


RUNNING_MODULES = frozenset(
    {
        "code",
        "codeop",
        "concurrent.futures.process",
        "ctypes",
        "imp",
        "marshal",
        "multiprocessing",
        "pickle",
        "pkgutil",
        "pty",
        "runpy",
        "shelve",
        "socket",
        "subprocess",
        "zipimport",
    }
)
RUNNING_FUNCTIONS = {
    "builtins": {"__import__", "compile", "eval", "exec"},
    "importlib": {"import_module", "reload"},
    "importlib.util": {"module_from_spec", "spec_from_file_location", "spec_from_loader"},
    "os": {
        "execl",
        "execle",
        "execlp",
        "execv",
        "execve",
        "execvp",
        "execvpe",
        "fork",
        "forkpty",
        "popen",
        "posix_spawn",
        "posix_spawnp",
        "putenv",
        "spawnl",
        "spawnv",
        "spawnve",
        "startfile",
        "system",
    },
    "concurrent.futures": {"ProcessPoolExecutor"},
    "sys.path": {"append", "extend", "insert"},
}
RUNNING_METHODS = frozenset({"exec_module", "load_module"})


def running_code(module: str, tree: ast.Module) -> Iterator[Problem]:
    """What can run code that is not Driftline's, or start a program, or open a connection."""
    for node, name in imports(module, tree):
        for library in RUNNING_MODULES:
            if name == library or name.startswith(f"{library}."):
                yield module, node.lineno, f"imports {library}"
    for call, name in calls(tree):
        place, _, function = name.rpartition(".")
        if function in RUNNING_FUNCTIONS.get(place or "builtins", ()) or function in RUNNING_METHODS:
            yield module, call.lineno, f"calls {name}"


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Each call in `tree` with the absolute name of what is called.

    After `from os import path`, `path.isfile(x)` is "os.path.isfile". A builtin has no dot. What is called on a value
    is written as in the source.
    """
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".", maxsplit=1)[0]] = (
                    alias.name if alias.asname else alias.name.split(".", maxsplit=1)[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, dot, rest = ast.unparse(node.func).partition(".")
            yield node, (names.get(first, first) + dot + rest).removeprefix("builtins.")


# ---------------------------------------------------------------------------------------------------------------------
# The package


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package, by its dotted name."""
    for file in sorted(SERVER.rglob("*.py")):
        parts = file.relative_to(SERVER).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), ast.parse(file.read_bytes())


def is_package(module: str) -> bool:
    """Whether `module` is a package of the source tree."""
    return (SERVER / module.replace(".", "/") / "__init__.py").exists()


CHECKS: tuple[Check, ...] = (wrong_way_imports, misplaced_libraries, early_imports, file_access, running_code)


def test_every_module_keeps_to_its_layer() -> None:
    """No module imports against the order of the layers, or does what its layer has no business with."""
    problems = [problem for module, tree in modules() for check in CHECKS for problem in check(module, tree)]

    assert [problem for problem in problems if (problem[0], problem[2]) not in EXCEPTIONS] == []


def test_every_exception_is_needed() -> None:
    """An exception that no module needs any more is taken out of the list."""
    needed = {(name, what) for module, tree in modules() for check in CHECKS for name, _, what in check(module, tree)}

    assert set(EXCEPTIONS) - needed == set()


def test_the_checks_look_at_the_package() -> None:
    """The modules of the package are found, under the names that the checks know."""
    names = {module for module, _ in modules()}

    assert {"driftline", "driftline.schema", "driftline.schema.table", "driftline.__main__"} <= names
    assert {layer_of(name) for name in names} <= {"", *LAYERS}


def test_the_command_line_starts_without_heavy_libraries() -> None:
    """Importing the command line loads neither the server's libraries nor SQLAlchemy and Alembic."""
    heavy = sorted([*LIBRARY_BELONGS_TO, *LAZY_LIBRARIES])
    script = f"import sys, driftline.cli; print([name for name in {heavy} if name in sys.modules])"

    ran = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"


# ---------------------------------------------------------------------------------------------------------------------
# The checks can fail


@pytest.mark.parametrize(
    ("check", "module", "source", "expected"),
    [
        (wrong_way_imports, "driftline.text.x", "import driftline.schema", ["imports driftline.schema"]),
        (wrong_way_imports, "driftline.text.x", "from driftline import lsp", ["imports driftline.lsp"]),
        (wrong_way_imports, "driftline.python.x", "from ..schema import table", ["imports driftline.schema.table"]),
        (wrong_way_imports, "driftline.schema", "from ..models import y", ["imports driftline.models.y"]),
        (wrong_way_imports, "driftline.python.x", "from .. import schema", ["imports driftline.schema"]),
        (wrong_way_imports, "driftline.python.x", "def f():\n    import driftline.cli", ["imports driftline.cli"]),
        (
            wrong_way_imports,
            "driftline.text.x",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from driftline.ide import hover",
            ["imports driftline.ide.hover"],
        ),
        (wrong_way_imports, "driftline", "from driftline import text", ["imports driftline.text"]),
        (wrong_way_imports, "driftline.cli.x", "import driftline.helpers", ["imports driftline.helpers"]),
        (wrong_way_imports, "driftline.helpers.x", "", ["helpers has no layer"]),
        (wrong_way_imports, "driftline.schema.x", "from driftline.schema.y import z\nfrom .y import z", []),
        (wrong_way_imports, "driftline.schema", "from .y import z", []),
        (wrong_way_imports, "driftline.schema.x", "from driftline.text import span\nfrom ..text import span", []),
        (wrong_way_imports, "driftline.cli.x", "from driftline import __version__, lsp\nimport ast", []),
        (wrong_way_imports, "driftline.__main__", "from driftline.cli import main", []),
        (misplaced_libraries, "driftline.ide.x", "import pygls.server", ["imports pygls"]),
        (misplaced_libraries, "driftline.cli.x", "def f():\n    from lsprotocol import types", ["imports lsprotocol"]),
        (misplaced_libraries, "driftline.lsp.x", "from lsprotocol import types\nimport pygls", []),
        (early_imports, "driftline.schema.x", "import sqlalchemy as sa", ["imports sqlalchemy"]),
        (
            early_imports,
            "driftline.schema.x",
            "try:\n    from alembic.op import f\nfinally:\n    pass",
            ["imports alembic"],
        ),
        (early_imports, "driftline.schema.x", "try:\n    pass\nexcept X:\n    import alembic", ["imports alembic"]),
        (early_imports, "driftline.schema.x", "class A:\n    import sqlalchemy.sql", ["imports sqlalchemy"]),
        (
            early_imports,
            "driftline.schema.x",
            "if TYPE_CHECKING:\n    import a\nelse:\n    import alembic",
            ["imports alembic"],
        ),
        (early_imports, "driftline.schema.x", "class A:\n    def f(self):\n        import sqlalchemy", []),
        (early_imports, "driftline.schema.x", "if typing.TYPE_CHECKING:\n    import sqlalchemy", []),
        (early_imports, "driftline.schema.x", "import sqlglot\nfrom driftline.sqlalchemy import x", []),
        (file_access, "driftline.rules.x", "open(p)", ["calls open"]),
        (file_access, "driftline.rules.x", "import os.path\nos.path.exists(p)", ["calls os.path.exists"]),
        (file_access, "driftline.rules.x", "from os import path as p\np.isfile(x)", ["calls os.path.isfile"]),
        (file_access, "driftline.rules.x", "from os import walk\nwalk(x)", ["calls os.walk"]),
        (file_access, "driftline.rules.x", "from tokenize import open as o\no(x)", ["calls tokenize.open"]),
        (file_access, "driftline.rules.x", "import shutil", ["imports shutil"]),
        (file_access, "driftline.rules.x", "Path(p).read_text()", ["calls .read_text"]),
        (file_access, "driftline.rules.x", "[q for q in (p / 'v').glob('*.py')]", ["calls .glob"]),
        (file_access, "driftline.rules.x", "p.exists() or p.stat()", ["calls .exists", "calls .stat"]),
        (file_access, "driftline.rules.x", "source.is_file(p)\nsource.read(p)\nast.walk(t)\n'a'.replace('b', 'c')", []),
        (file_access, "driftline.rules.x", "import os\nos.path.join(a, b)\nos.fspath(p)", []),
        (file_access, "driftline.rules.x", "resources.files('a').joinpath('x.md').read_text()", []),
        (file_access, "driftline.sources.x", "open(p)\nimport os\nos.scandir(p)", []),
        (running_code, "driftline.python.x", "exec(x)\neval(x)", ["calls exec", "calls eval"]),
        (running_code, "driftline.python.x", "compile(x, 'f', 'exec')", ["calls compile"]),
        (running_code, "driftline.python.x", "__import__(x)", ["calls __import__"]),
        (running_code, "driftline.python.x", "import builtins\nbuiltins.exec(x)", ["calls exec"]),
        (
            running_code,
            "driftline.python.x",
            "from importlib import import_module as i\ni(x)",
            ["calls importlib.import_module"],
        ),
        (
            running_code,
            "driftline.python.x",
            "import importlib.util as u\nu.spec_from_file_location(x).loader.exec_module(m)",
            [
                "calls importlib.util.spec_from_file_location",
                "calls importlib.util.spec_from_file_location(x).loader.exec_module",
            ],
        ),
        (running_code, "driftline.python.x", "import sys\nsys.path.insert(0, p)", ["calls sys.path.insert"]),
        (running_code, "driftline.sources.x", "def f():\n    from subprocess import run", ["imports subprocess"]),
        (running_code, "driftline.sources.x", "from os import system\nsystem(x)", ["calls os.system"]),
        (running_code, "driftline.engine.x", "from multiprocessing import Pool", ["imports multiprocessing"]),
        (
            running_code,
            "driftline.engine.x",
            "import concurrent.futures\nconcurrent.futures.ProcessPoolExecutor(1)",
            ["calls concurrent.futures.ProcessPoolExecutor"],
        ),
        (running_code, "driftline.python.x", "import re, ast\nre.compile('a')\nast.parse(x)\nself.eval(x)", []),
        (
            running_code,
            "driftline.python.x",
            "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor(1)",
            [],
        ),
    ],
)
def test_a_check_finds_what_is_wrong_and_nothing_else(
    check: Check, module: str, source: str, expected: list[str]
) -> None:
    """A check names each forbidden thing in a small module, and lets the allowed pass."""
    assert sorted(what for _, _, what in check(module, ast.parse(source))) == sorted(expected)
