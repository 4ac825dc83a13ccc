"""Which database a project is for, worked out from what it says, with the reason.

In this order: the URL that env.py was seen to use, the one in the configuration file, URLs written in env.py and the
settings behind it, the dialects that models and revisions import, the drivers that the project requires, its notes and
compose files.

Example: `sqlalchemy.url = postgresql+asyncpg://localhost/app` in alembic.ini makes `DialectGuess("postgresql",
"…alembic.ini…")`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from driftline.dataclass import dataclass
from driftline.python.modules import Modules
from driftline.regex import regex
from driftline.sources.environment import Environment
from driftline.sources.paths import absolute, upwards
from driftline.sources.source import FileText, Source, ask

# Names in URLs, and the dialect that SQLAlchemy takes them for. What speaks PostgreSQL's DDL is PostgreSQL here.
_DIALECTS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "asyncpgsa": "postgresql",
    "cockroachdb": "postgresql",
    "redshift": "postgresql",
    "timescaledb": "postgresql",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "sqlite": "sqlite",
    "oracle": "oracle",
    "mssql": "mssql",
}
_EXCEPTIONS = frozenset({"mssql", "oracle"})
_SCHEME = regex(r"^\s*([a-z0-9_]+)(?:\+[a-z0-9_]+)?(?::|$)")
_NAMES = "postgresql|postgres|cockroachdb|mysql|mariadb|sqlite|oracle|mssql"
_WRITTEN = regex(
    rf"\b(?:({_NAMES})(?:\+[a-z0-9_]+)?:/|(?:scheme|drivername)\s*=\s*[\"']({_NAMES})\b"
    rf"|[\"']({_NAMES})\+[a-z0-9_]+[\"'])"
)
_IMPORTED = regex(r"\bsqlalchemy\.dialects(?:\.| import +\(?\s*)(postgresql|mysql|mariadb|sqlite|oracle|mssql)\b")
_DRIVERS = {
    "asyncpg": "postgresql",
    "psycopg": "postgresql",
    "psycopg2": "postgresql",
    "psycopg2-binary": "postgresql",
    "psycopg2cffi": "postgresql",
    "pg8000": "postgresql",
    "pymysql": "mysql",
    "mysqlclient": "mysql",
    "aiomysql": "mysql",
    "asyncmy": "mysql",
    "mysql-connector-python": "mysql",
    "oracledb": "oracle",
    "cx-oracle": "oracle",
    "pyodbc": "mssql",
    "pymssql": "mssql",
    "aiosqlite": "sqlite",
}
_REQUIREMENTS = (
    "pyproject.toml",
    "requirements.txt",
    "requirements/base.txt",
    "requirements/prod.txt",
    "setup.cfg",
    "setup.py",
    "Pipfile",
)
_NOTES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    "README.md",
    "README.rst",
)
_IMAGES = {
    "postgres": "postgresql",
    "postgis": "postgresql",
    "pgvector": "postgresql",
    "timescaledb": "postgresql",
    "mysql": "mysql",
    "mariadb": "mariadb",
}
_IMAGE = regex(
    r"^\s*image:\s*[\"']?(?:[\w.\-]+/)*(postgres|postgis|pgvector|timescaledb|mysql|mariadb)\b", re.MULTILINE
)
_DISTRIBUTION = regex(r"^[\s\"'\-]*([A-Za-z0-9][A-Za-z0-9_.\-]*)", re.MULTILINE)
_IMPORT = regex(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\(?([^\n)]*)|import[ \t]+([\w., \t]+))", re.MULTILINE
)
_SETTINGS = ("config", "settings", "database", "db", "session", "engine", "conf", "core", "base", "env", "models")
_MOST_FILES = 60
"""How many files behind env.py are looked at for a URL, at most."""
_PARENTS = 3
"""How many folders above the script directory are looked into for a list of requirements."""


@dataclass(frozen=True, slots=True)
class DialectGuess:
    """A dialect and why it was taken."""

    name: str
    why: str


def of_url(url: str) -> str | None:
    """Give the dialect that a database URL is for; None for a placeholder, or an unknown one."""
    match = _SCHEME.match(url)
    return _DIALECTS.get(match.group(1)) if match else None


def guess_dialect(environment: Environment, modules: Modules, *, urls: Iterable[str] = ()) -> DialectGuess | None:
    """Work out the dialect, and why. `urls`: what env.py was seen to give to engines. None where nothing says it."""
    source = modules.source
    from_env = next((found for found in (of_url(url) for url in urls) if found is not None), None)
    if from_env is not None:
        return DialectGuess(from_env, "the URL that env.py uses")
    if environment.sqlalchemy_url is not None and (found := of_url(environment.sqlalchemy_url)) is not None:
        return DialectGuess(found, "`sqlalchemy.url` in the configuration file")
    texts = list(_said_behind(environment, modules))
    written = Counter(one for said in texts for one in said[1])
    guess = _foremost(written, "database URLs in the files behind env.py")
    if guess is not None and guess.name != "sqlite":
        return guess
    behind = (said[2] for said in texts)
    revisions = (ask(source, path, imported_dialects) for path in revision_files(environment, source))
    imported = Counter(one for found in (*behind, *revisions) for one in found)
    by_import = _foremost(imported, "the dialect that models and revisions import")
    # A SQLite URL is often only the default for a laptop; what is written for a server's types is meant for that
    # server.
    guess = by_import if by_import is not None else guess
    if guess is not None:
        return guess
    return _told_around(
        environment, source, _REQUIREMENTS, _drivers, "the database drivers that the project requires"
    ) or _told_around(environment, source, _NOTES, _noted, "what the project's notes and compose files say")


def imported_dialects(text: str | None) -> frozenset[str]:
    """Give the dialects whose types a file imports."""
    return frozenset(_IMPORTED.findall(text or ""))


def _drivers(text: str) -> set[str]:
    """Give the dialects of the drivers that a list of requirements names."""
    return {_DRIVERS[one] for one in _distributions(text) if one in _DRIVERS}


def _noted(text: str) -> set[str]:
    """Give the dialects that a text for people, or a compose file, names."""
    return _written(text) | _images(text)


def _written(text: str) -> set[str]:
    """Give the dialects of the database URLs in a text."""
    return {_DIALECTS["".join(found)] for found in _WRITTEN.findall(text)}


def _images(text: str) -> set[str]:
    """Give the dialects of the database images in a compose file."""
    return {_IMAGES[found] for found in _IMAGE.findall(text)}


_Said = tuple[tuple[tuple[str | None, ...], ...], frozenset[str], frozenset[str]]
"""Of a module: its import statements (the groups of `_IMPORT`), the dialects of URLs in it, and those it imports."""


def said_of_dialects(text: str | None) -> _Said | None:
    """Give what a module says that a guess can rest on; None where it cannot be read."""
    if text is None:
        return None
    imports = tuple(match.groups() for match in _IMPORT.finditer(text))
    return imports, frozenset(_written(text)), imported_dialects(text)


def _said_behind(environment: Environment, modules: Modules) -> Iterator[_Said]:
    """Give what env.py says, what it imports, and the settings behind that: breadth first, each once."""
    seen: set[str] = set()
    pending = [(environment.env_path, "", 0)] if environment.env_path is not None else []
    while pending and len(seen) < _MOST_FILES:
        path, package, depth = pending.pop(0)
        said = ask(modules.source, path, said_of_dialects) if path not in seen else None
        seen.add(path)
        if said is None:
            continue
        yield said
        for name in _imported_names(said[0], package):
            last = name.rpartition(".")[2].lower()
            found = modules.find(name)
            if found is None or found.library or not found.has_file:
                continue
            if depth and not any(word in last for word in _SETTINGS):
                continue
            inner = name if found.package else name.rpartition(".")[0]
            pending.append((found.path, inner, depth + 1))


def _imported_names(imports: Iterable[tuple[str | None, ...]], package: str) -> Iterator[str]:
    """Give the dotted names that import statements could mean as modules."""
    for dots, module, names, plain in imports:
        if plain is not None:
            yield from (one.split()[0] for one in plain.split(",") if one.split())
            continue
        parts = package.split(".") if package else []
        base = ".".join(parts[: len(parts) - len(dots) + 1]) if dots else ""
        full = ".".join(one for one in (base, module) if one)
        if full:
            yield full
        yield from (f"{full}.{one}" if full else one for one in re.findall(r"\w+", (names or "").split("#")[0]))


def _foremost(found: Counter[str], why: str) -> DialectGuess | None:
    """Choose the dialect that is named most; SQLite, which tests and defaults name too, gives way to any server.

    SQL Server and Oracle count half: where a program is for several servers, it is these that need the exceptions.
    """
    servers = {name: count for name, count in found.items() if name != "sqlite"}
    chosen = servers or dict(found)
    if not chosen:
        return None
    name = min(chosen, key=lambda one: (-chosen[one] / (2 if one in _EXCEPTIONS else 1), one))
    return DialectGuess(name, why)


def _text(source: Source, path: str) -> str | None:
    file = source.read(path)
    return file.text if isinstance(file, FileText) else None


def revision_files(environment: Environment, source: Source) -> Iterator[str]:
    """Give the paths of what lies among the revisions, without asking whether each is one."""
    pending = list(environment.version_locations)
    for folder in pending:
        for entry in source.list_dir(folder):
            path = absolute(entry, folder)
            if entry.endswith(".py"):
                yield path
            elif environment.recursive and "." not in entry and not entry.startswith("_") and source.is_dir(path):
                pending.append(path)


def _told_around(
    environment: Environment, source: Source, names: Iterable[str], found_in: Callable[[str], set[str]], why: str
) -> DialectGuess | None:
    """Look through the files with these names in the environment's root, else around it, up to the repository's."""
    for folder in islice(upwards(environment.root), _PARENTS):
        found: Counter[str] = Counter()
        for name in names:
            path = absolute(name, folder)
            if source.is_file(path) and (text := _text(source, path)) is not None:
                found.update(found_in(text))
        guess = _foremost(found, why)
        if guess is not None or _is_repository(folder, source):
            return guess
    return None


def _is_repository(folder: str, source: Source) -> bool:
    """Whether a folder is the top of a repository (or of a work tree, where `.git` is a file)."""
    path = absolute(".git", folder)
    return source.is_dir(path) or source.is_file(path)


def _distributions(text: str) -> set[str]:
    return {name.lower().replace("_", "-").split("[")[0] for name in _DISTRIBUTION.findall(text)} | {
        name for name in _DRIVERS if re.search(rf"[\"'\[]{re.escape(name)}[\"'\[\]<>=~! ]", text)
    }
