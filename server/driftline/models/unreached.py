"""Models that env.py does not reach.

Modules of the project that would put more tables on its MetaData if somebody imported them.

Candidates are found by what their bytes mention, without parsing; only those are evaluated.

Example: `app/models/view.py` with `class View(Base)`, which `app/models/__init__.py` forgets, is a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from driftline.dataclass import dataclass
from driftline.python.modules import Modules
from driftline.regex import regex
from driftline.sources.environment import Environment
from driftline.sources.paths import absolute, is_within, relative_to
from driftline.sources.program_files import MOST_FILES, python_files
from driftline.sources.source import Source, ask

# What a module that declares a table says: a table's name, a `Table("name", …)`, a SQLModel table, or a model of
# Flask-SQLAlchemy.
_DECLARES = regex(
    r"""^\s*(?:def\s+)?__tablename__\s*[:=(]|^\s*__table__\s*[:=]|\bTable\(\s*[furb]*["']|\btable\s*=\s*True"""
    r"""|^class\s+\w+\([^)]*\b(?:db|\w*_db)\.Model\b""",
    re.MULTILINE,
)
_WORDS = ("__tablename__", "__table__", "Table(", "db.Model")
_IMPORTS_MODELS = regex(r"^[ \t]*from[ \t]+((?:\w+\.)+\w*models?(?:_\w+)?)[ \t]+import\b", re.MULTILINE)
_TABLE_IS_TRUE = regex(r"table\s*=\s*True")
"""Of these a text has one that has `_DECLARES`; they are found many times faster, and most texts have none."""
_SAYS_NAME = regex(r"^\s*(?:def\s+)?__tablename__\s*[:=(]", re.MULTILINE)


def candidates(
    environment: Environment, modules: Modules, reached: Iterable[str], bases: Iterable[str], names: Iterable[str] = ()
) -> Iterator[str]:
    """Give the dotted names of modules that could declare tables and were not read: `reached` are the paths that were.

    `bases`: the paths of modules that define the bases or MetaData in question: only what lies in the same top-level
    packages (or beside them) is looked at, and only what declares a table and mentions one of `names`: the bases,
    mapped classes and variables that lead to the MetaData.
    """
    done = set(reached)
    words = sorted({re.escape(name) for name in names})
    wanted = re.compile(rf"\b(?:{'|'.join(words)})\b") if words else None
    skipped = {environment.script_location, *environment.version_locations}
    left = [MOST_FILES]
    for root, top in _places(modules, set(bases)):
        for path in python_files(top, modules.source, skipped, left):
            if path in done:
                continue
            done.add(path)
            name = _module_name(path, root)
            if name is not None and _declares_table(modules.source, path, wanted):
                yield name


def imported_models(modules: Modules, bases: Iterable[str]) -> Iterator[str]:
    """Give the dotted names of modules of libraries that sound like models, and that the project imports.

    `bases`: as for `candidates`.
    """
    left = [MOST_FILES]
    seen: set[str] = set()
    for _, top in _places(modules, set(bases)):
        for path in python_files(top, modules.source, (), left):
            for name in ask(modules.source, path, _imported_models):
                if name not in seen:
                    seen.add(name)
                    found = modules.find(name)
                    if found is not None and found.library:
                        yield name


def _imported_models(text: str | None) -> tuple[str, ...]:
    """Give the modules that a text imports names from, and whose own names speak of models."""
    return tuple(dict.fromkeys(_IMPORTS_MODELS.findall(text))) if text is not None else ()


def _places(modules: Modules, bases: set[str]) -> Iterator[tuple[str, str]]:
    """Give (import root, folder to look through) for each root that holds a base.

    Its top-level package, or the root itself.
    """
    seen: set[str] = set()
    for path in sorted(bases):
        root = _import_root(modules, path)
        if root is None:
            continue
        relative = relative_to(path, root).split("/")
        top = absolute(relative[0], root) if len(relative) > 1 else root
        if top not in seen:
            seen.add(top)
            yield root, top


def _import_root(modules: Modules, path: str) -> str | None:
    """Give the root that a file's module name starts from: one that is no package itself, if there is one."""
    around = [root for root in modules.roots if is_within(path, root)]
    plain = (root for root in around if not modules.source.is_file(absolute("__init__.py", root)))
    return next(plain, around[0] if around else None)


def _declares_table(source: Source, path: str, names: re.Pattern[str] | None) -> bool:
    """Whether a file declares a table, as far as its text tells.

    Mentions one of the `names` that lead to the MetaData in question.
    """
    return ask(source, path, Declares(names.pattern if names is not None else None))


@dataclass(frozen=True, slots=True)
class Declares:
    """The question whether a text declares a table; `names`: a pattern of what leads to the MetaData in question."""

    names: str | None

    def __call__(self, text: str | None) -> bool:
        """Answer it for a text."""
        if text is None or not (any(word in text for word in _WORDS) or _TABLE_IS_TRUE.search(text)):
            return False
        if _DECLARES.search(text) is None:
            return False
        # Nothing but a model says `__tablename__`; other things are called `Table`.
        return _SAYS_NAME.search(text) is not None or self.names is None or re.search(self.names, text) is not None


def _module_name(path: str, root: str) -> str | None:
    parts = relative_to(path, root).removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None
