"""What databases are called by people.

Example: `database_name("postgresql")` is `"PostgreSQL"`.
"""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "postgresql": "PostgreSQL",
    "sqlite": "SQLite",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "oracle": "Oracle",
    "mssql": "SQL Server",
}


def database_name(dialect: str) -> str:
    """Give the name of the database of a dialect of SQLAlchemy's, for messages."""
    return _NAMES.get(dialect, dialect)
