"""What stands for the database in a revision: the connection, a Session, the migration context, an Inspector.

There is one notion of each, by the dotted paths of values: whoever asks whether a value reaches the database asks here.

Example: `op.get_bind()`, `op.get_context().connection` and `Session(bind=bind).connection()` are connections.
"""

from __future__ import annotations

from driftline.models.core.context import DEFAULT_SCHEMAS
from driftline.python.host import UNANSWERED
from driftline.python.values import Value
from driftline.regex import regex

_CONTEXT = (
    r"(?:alembic\.(?:op|context)\.get_context\(\)|alembic\.op\.migration_context"
    r"|alembic\.(?:runtime\.)?migration\.MigrationContext(?:\.configure)?\(\))"
)
_IMPLEMENTATION = rf"(?:{_CONTEXT}\.impl|alembic\.op\.(?:impl|get_impl\(\)))"
_STEPS = (
    r"(?:\.(?:connect\(\)|engine|bind|execution_options\(\)|begin\(\)|begin_nested\(\)|connection\(\)|get_bind\(\)"
    r"|sync_connection|sync_engine|connection))*"
)
"""What is made of a connection and is one again, or an engine that gives one."""
_SESSION = (
    r"(?:sqlalchemy\.orm\.(?:session\.)?(?:Session|sessionmaker|scoped_session)\(\)(?:\(\))?"
    r"|sqlmodel\.(?:orm\.session\.)?Session\(\))(?:\.(?:begin|begin_nested)\(\))*"
)
_BIND = (
    rf"(?:alembic\.(?:op|context)\.get_bind\(\)|(?:{_CONTEXT}|{_IMPLEMENTATION})\.(?:bind|connection)"
    rf"|{_SESSION}\.(?:connection\(\)|get_bind\(\)|bind))"
)

_CONNECTIONS = regex(rf"{_BIND}{_STEPS}")
_SESSIONS = regex(_SESSION)
_CONTEXTS = regex(rf"{_CONTEXT}|{_IMPLEMENTATION}")
_PLAIN_CONTEXTS = regex(_CONTEXT)
_INSPECTORS = regex(
    r"sqlalchemy\.(?:inspect|inspection\.inspect)\(\)"
    r"|sqlalchemy\.(?:engine\.(?:reflection\.)?)?(?:reflection\.)?Inspector(?:\.from_engine)?\(\)"
)
_DIALECT_CLASS = regex(r"sqlalchemy\.dialects\.(\w+)\.(?:\w+\.)?\w*[Dd]ialect\w*")
"""A dialect's class, or `dialect`, its module's name for it."""


def is_connection(path: str) -> bool:
    """Whether `path` is that of a connection, or of an engine."""
    return _CONNECTIONS.fullmatch(path) is not None


def is_session(path: str) -> bool:
    """Whether `path` is that of a Session, which is there for rows, and executes all the same."""
    return _SESSIONS.fullmatch(path) is not None


def executes(path: str) -> bool:
    """Whether statements can be handed to what `path` stands for."""
    return is_connection(path) or is_session(path) or is_context(path)


def is_context(path: str) -> bool:
    """Whether `path` is that of Alembic's migration context, or of its implementation for the dialect."""
    return _CONTEXTS.fullmatch(path) is not None


def is_migration_context(path: str) -> bool:
    """Whether `path` is that of Alembic's migration context itself."""
    return _PLAIN_CONTEXTS.fullmatch(path) is not None


def is_inspector(path: str) -> bool:
    """Whether `path` is that of an Inspector."""
    return _INSPECTORS.fullmatch(path) is not None


def is_database(path: str) -> bool:
    """Whether `path` stands for the database in any of these ways."""
    return executes(path) or is_inspector(path)


def is_dialect(path: str) -> bool:
    """Whether `path` is that of the database's dialect."""
    return path.endswith(".dialect") and is_database(path.removesuffix(".dialect"))


def is_of_dialect(path: str, kind: str, dialect: str) -> bool | None:
    """Whether what `path` stands for is of the dialect's class `kind`; None where one is no dialect, or no such class.

    `dialect`: the name of the database's.
    """
    wanted = _DIALECT_CLASS.match(kind)
    if wanted is None or not is_dialect(path):
        return None
    return wanted[1] == dialect or (wanted[1] == "mysql" and dialect == "mariadb")


_PREPARER = ".identifier_preparer"
_QUOTING = frozenset({"quote", "quote_identifier"})


def quoted(path: str, method: str, name: Value, dialect: str) -> Value:
    """Answer `dialect.identifier_preparer.quote(name)`, the name with quotes; UNANSWERED if it is none."""
    if method not in _QUOTING or not path.endswith(_PREPARER) or not is_dialect(path.removesuffix(_PREPARER)):
        return UNANSWERED
    mark = "`" if dialect in ("mysql", "mariadb") else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}" if isinstance(name, str) else UNANSWERED


def attribute_of(path: str, name: str, dialect: str) -> Value:
    """Answer the attribute `name` of what `path` stands for, with a database of `dialect`; UNANSWERED if it is none."""
    if name == "name" and (is_dialect(path) or is_connection(path)):
        return dialect
    if name == "as_sql" and is_context(path):
        return False
    if name == "default_schema_name" and (path.endswith(".dialect") or is_inspector(path)):
        return DEFAULT_SCHEMAS.get(dialect, UNANSWERED)
    if name == "is_mariadb" and path.endswith(".dialect"):
        return dialect == "mariadb"
    return UNANSWERED
