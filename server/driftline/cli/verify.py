"""`driftline verify`: runs the migrations for real into an empty database, and says where the replay is wrong.

The one command that runs the project's code: its env.py and its revisions, with the project's own Python.

Example: `driftline verify --url postgresql://me@localhost/scratch backend`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftline.cli.failure import Failure
from driftline.cli.workspace import add_environment_arguments, add_path_argument, one_environment, shown, warn
from driftline.dataclass import dataclass

if TYPE_CHECKING:
    from driftline.cli.verification.facts import Compared, Difference, Said
    from driftline.engine.analyse import Work
    from driftline.engine.analysis import Location

DIALECTS = ("postgresql", "sqlite", "mysql", "mariadb")
"""The databases that can be looked at."""

_EPILOG = """\
This RUNS THE PROJECT'S CODE: env.py, every revision, and what they import, with the project's own Python (that of its
virtual environment, unless --python names another). Driftline does not do so otherwise.

URL names an EMPTY database that is there to be filled; one that holds anything is refused before any code runs.
env.py is given it as `sqlalchemy.url`, as the environment variable DATABASE_URL (--url-variable names another), and
by -x where you write so. Wherever else it gets its URL from, each connection that it opens through SQLAlchemy is led
to the database you named; where that cannot be done, the connection is refused. What the code does besides, it does.
An env.py that asks for the current Flask application is run in the one that `flask` would find, or --app names.
Of an env.py for several databases (the template multidb) one is run: name it with --environment.

Exits 0 where replay and database agree, 1 where they differ, 2 where it could not be found out."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline verify`."""
    add_path_argument(parser)
    parser.add_argument("--url", required=True, metavar="URL", help="an empty database, as SQLAlchemy writes its URL")
    parser.add_argument(
        "--url-variable",
        action="append",
        default=[],
        metavar="NAME",
        help="environment variable that is set to the URL, may be given several times (default: DATABASE_URL)",
    )
    parser.add_argument(
        "-x", action="append", default=[], metavar="NAME=VALUE", help="argument for env.py, as `alembic -x` has it"
    )
    parser.add_argument(
        "--app", metavar="IMPORT", help="the Flask application that env.py is run in, as `flask --app` has it"
    )
    parser.add_argument("--python", metavar="PATH", help="the project's Python, or its virtual environment")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", metavar="FORMAT", help="text or json (default: text)"
    )
    add_environment_arguments(parser)
    parser.epilog = _EPILOG


@dataclass(frozen=True, slots=True)
class _Verified:
    """One of the two schemas, held against what is real: the name of the side, and what differs where."""

    side: str
    compared: Compared
    places: Sequence[Location]


def run(arguments: argparse.Namespace) -> int:
    """Upgrade the database, print where it differs from what was read, and give the exit code."""
    from driftline.cli.verification import running
    from driftline.cli.verification.interpreter import project_python
    from driftline.engine import analyse

    url, dialect = _database(arguments.url)
    if arguments.dialect not in (None, dialect):
        msg = f"--dialect says {arguments.dialect}, and the URL names a {dialect} database"
        raise Failure(msg)
    arguments.dialect = dialect
    work = one_environment(arguments)
    environment = work.environment
    if environment.env_path is None:
        msg = f"{shown(environment.script_location)} has no env.py to run"
        raise Failure(msg)
    python = project_python(work, arguments.python)
    declared, migrated, graph = analyse.declared(work), analyse.migrated(work), analyse.graph(work)
    count = len(graph.revisions)
    warn(
        f"this runs the project's code, {shown(environment.env_path)} and {count} revision{'' if count == 1 else 's'},"
        f" with {shown(python)}, in {_without_password(url)}"
    )
    types = {
        column.type.ddl
        for schema in (declared.schema, migrated.schema)
        for table in schema.tables.values()
        for column in table.columns
    }
    answer = running.run(_request(work, url, arguments, sorted(types)), python)
    if "error" in answer:
        raise Failure(_why(answer, work, url))
    found = _compared(work, answer)
    if arguments.format == "json":
        print(json.dumps(_document(found, work), indent=2, ensure_ascii=False))
    else:
        _print(found)
    return int(any(one.compared.different for one in found))


# ---------------------------------------------------------------------------------------------------------------------
# Asking


def _database(url: str) -> tuple[str, str]:
    """Give the URL, a SQLite file's path absolute, and its dialect; raises `Failure` for one that cannot be used."""
    match = re.match(r"(\w+)(?:\+\w+)?://", url)
    if match is None:
        msg = f"`{_without_password(url)}` is no database URL; one looks like postgresql://user:password@host/name"
        raise Failure(msg)
    dialect = match[1]
    if dialect not in DIALECTS:
        hint = "; it is written postgresql" if dialect == "postgres" else ""
        msg = f"verify cannot look into a {dialect} database{hint}: it knows {', '.join(DIALECTS)}"
        raise Failure(msg)
    if dialect == "sqlite":
        path, question, query = url[match.end() :].removeprefix("/").partition("?")
        if path in ("", ":memory:"):
            msg = "a SQLite database in memory is gone when its connection ends; name a file that is not there yet"
            raise Failure(msg)
        if not path.startswith("file:"):
            url = f"{url[: match.end()]}/{os.path.abspath(path)}{question}{query}"  # noqa: PTH100 -- a path in a URL
    return url, dialect


def _without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def _request(work: Work, url: str, arguments: argparse.Namespace, types: list[str]) -> dict[str, Any]:
    environment = work.environment
    config = Path(environment.config_path) if environment.config_path is not None else None
    toml = _alembic_toml(config.with_name("pyproject.toml"), work) if config is not None else None
    return {
        "url": url,
        "variables": arguments.url_variable or ["DATABASE_URL"],
        "folder": environment.root,
        "ini": str(config) if config is not None and config.suffix != ".toml" else _ini_beside(config),
        "toml": toml,
        "section": environment.section,
        "database": environment.database,
        # Where the configuration does not say it (Flask-Migrate's, or none at all), it is said for it.
        "script_location": None if environment.options.get("script_location") else environment.script_location,
        "app": arguments.app,
        "x": arguments.x,
        "types": types,
    }


def _alembic_toml(path: Path, work: Work) -> str | None:
    """Give the pyproject.toml at `path` if it says something to Alembic; older ones do not know of such a file."""
    from driftline.sources.source import FileText

    file = work.session.source.read(str(path))
    return file.path if isinstance(file, FileText) and "tool.alembic" in file.text else None


def _ini_beside(config: Path | None) -> str | None:
    """Give the alembic.ini that may stand beside a pyproject.toml; Alembic does not mind where it is not there."""
    return str(config.with_name("alembic.ini")) if config is not None else None


def _why(answer: Mapping[str, Any], work: Work, url: str) -> str:
    """Turn an error of the program's into sentences."""
    message, env = answer["message"], shown(work.environment.env_path or "")
    place = _without_password(url)
    match answer["error"]:
        case "no-library":
            return f"{message}\nName the project's Python with --python."
        case "no-application":
            return f"{env} asks for the current Flask application. {message}\nName one with --app."
        case "wrong-url":
            return f"{place} cannot be used: {message}"
        case "no-driver":
            return f"{message}\nInstall one there, or name another Python with --python."
        case "no-connection":
            return f"{place} cannot be reached: {message}"
        case "not-empty":
            return f"{place} is not empty: it holds {message}.\nNothing was run. Name one that is there to be filled."
        case "elsewhere":
            return f"{env} would not work on {place}: {message}.\nIt was stopped there."
        case "not-reached":
            return f"{message}.\nNothing can be said of {place}."
    where = _innermost(answer["traces"], work)
    return f"{f'{where}: ' if where else ''}the upgrade failed: {message}"


def _innermost(traces: Sequence[Sequence[Any]], work: Work) -> str | None:
    """Give the line of a revision that an error came through, else of another file of the project's."""
    own = [(path, line) for path, line in traces if path.startswith(work.folder) and "site-packages" not in path]
    revisions = [(path, line) for path, line in own if path.startswith(work.environment.version_locations)]
    for path, line in (*revisions, *own):
        return f"{shown(path)}:{line}"
    return None


# ---------------------------------------------------------------------------------------------------------------------
# Comparing


def _compared(work: Work, answer: Mapping[str, Any]) -> list[_Verified]:
    from driftline.cli.verification.facts import compare, facts_in, facts_of
    from driftline.cli.verification.places import Side, place_of
    from driftline.engine import analyse
    from driftline.engine.places import Places, first_line

    declared, migrated, graph = analyse.declared(work), analyse.migrated(work), analyse.graph(work)
    source = work.session.source
    places, types = Places(source, work.session.parse), answer["types"]
    fallback = first_line(work.environment.env_path or work.environment.script_location, source)
    revisions = tuple(one.path for one in graph.revisions.values())
    side = Side(places, source, (*migrated.unknown, *graph.unknown), revisions, fallback, migrated.timelines)
    compared = compare(facts_of(migrated.schema, types), facts_in(answer["database"], types), migrated.schema)
    found = [_Verified("migrations", compared, [place_of(one, side) for one in compared.different])]
    if answer["models"] is not None:
        side = Side(places, source, declared.unknown, tuple(sorted(declared.reads)), fallback)
        compared = compare(
            facts_of(declared.schema, types, declared=True),
            facts_in(answer["models"], types, declared=True),
            declared.schema,
        )
        found.append(_Verified("models", compared, [place_of(one, side) for one in compared.different]))
    return found


_REAL = {"migrations": "the database", "models": "target_metadata"}
_READ = {"migrations": "the replay", "models": "the models as read"}


def _words(one: Difference, side: str) -> str:
    """Say what differs: "column users.email: type: VARCHAR(20) in the database, TEXT in the replay"."""
    real, read = _REAL[side], _READ[side]
    if one.ours is None:
        return f"{one.fact}: {real} has {_value(one.theirs, 'it')}, {read} has not"
    if one.theirs is None:
        return f"{one.fact}: {read} has {_value(one.ours, 'it')}, {real} has not"
    return f"{one.fact}: {_value(one.theirs)} in {real}, {_value(one.ours)} in {read}"


def _value(said: Said | None, true: str = "yes") -> str:
    value = said.value if said is not None else None
    if isinstance(value, tuple):
        return f"({', '.join('an expression' if one is None else one for one in value)})"
    return {True: true, False: "no", None: "none"}[value] if value is None or isinstance(value, bool) else f"{value}"


def _print(found: Sequence[_Verified]) -> None:
    for one in found:
        for difference, place in zip(one.compared.different, one.places, strict=True):
            print(f"{shown(place.path)}:{place.line}:{place.column}: {_words(difference, one.side)}")
    sys.stdout.flush()
    for one in found:
        compared = one.compared
        count = len(compared.different)
        verdict = f"{count} differ" if count else "none differs"
        warn(f"{_READ[one.side]} and {_REAL[one.side]}: {compared.agreed} facts agree, {verdict}")
        if compared.unknown:
            warn(
                f"{len(compared.unknown)} facts are not known to {_READ[one.side]}"
                f" (`driftline schema {one.side}` says why, under `unknown`)"
            )
    if len(found) == 1:
        warn("env.py names no target_metadata, so the models were not held against anything")


def _document(found: Sequence[_Verified], work: Work) -> dict[str, object]:
    from driftline.sources.paths import relative_to

    return {
        "differences": [
            {
                "side": one.side,
                "kind": difference.fact.kind,
                "table": difference.fact.table,
                "object": difference.fact.object or None,
                "attribute": difference.fact.attribute,
                "read": difference.ours.value if difference.ours is not None else None,
                "real": difference.theirs.value if difference.theirs is not None else None,
                "path": relative_to(place.path, work.folder),
                "line": place.line,
                "column": place.column,
                "message": _words(difference, one.side),
            }
            for one in found
            for difference, place in zip(one.compared.different, one.places, strict=True)
        ],
        "summary": {
            one.side: {
                "agreed": one.compared.agreed,
                "different": len(one.compared.different),
                "unknown": len(one.compared.unknown),
            }
            for one in found
        },
    }
