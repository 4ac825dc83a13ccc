"""What comparing depends on besides the two schemas: the dialect, and what env.py tells Alembic to compare.

Example: `Options("sqlite").comments` is False, since SQLite keeps no comments.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from driftline.dataclass import dataclass
from driftline.models.declared import EnvironmentOptions

_CHECKS = "alembic.ext.checkconstraint_byname"
"""Alembic's plugin that compares CHECK constraints, by name alone; off unless env.py asks for it (since 1.19.2)."""


@dataclass(frozen=True, slots=True)
class Options:
    """`types`, `server_defaults`, `checks`: whether Alembic would compare these. `dialect`: SQLAlchemy's name of it.

    We compare all of them anyway; it decides only which differences Alembic would report too.
    """

    dialect: str
    types: bool = True
    server_defaults: bool = False
    checks: bool = False

    @property
    def comments(self) -> bool:
        """Whether the database keeps comments (SQLAlchemy's `supports_comments`)."""
        return self.dialect not in {"sqlite", "mssql"}


def options_of(environment: EnvironmentOptions, dialect: str) -> Options:
    """Give what env.py asks for.

    A `compare_type` of the user's own is taken to fall back on Alembic's, as Alembic's documentation advises; what a
    `compare_server_default` of the user's own says is not known, so Alembic is taken to be silent.
    """
    return Options(
        dialect,
        types=environment.compare_type is not False,
        server_defaults=environment.compare_server_default is True,
        checks=any(fnmatchcase(_CHECKS, pattern) for pattern in environment.plugins),
    )
