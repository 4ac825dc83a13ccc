"""What SQLAlchemy's modules export, for those who import it with a star.

Example: after `from sqlalchemy import *`, `Integer` is bound and `DeclarativeBase` is not.
"""

from __future__ import annotations

from functools import lru_cache


def is_exported(module: str, name: str) -> bool | None:
    """Whether `from module import *` binds a name; None for a module that is not known here."""
    exported = _exports().get(module)
    return None if exported is None else name in exported


@lru_cache(maxsize=1)
def _exports() -> dict[str, frozenset[str]]:
    """Give the names that each module exports, of those that people import with a star."""
    import sqlalchemy
    from sqlalchemy import orm, schema, types
    from sqlalchemy.dialects import mysql, postgresql, sqlite

    modules = (sqlalchemy, orm, schema, types, mysql, postgresql, sqlite)
    return {one.__name__: frozenset(getattr(one, "__all__", None) or vars(one)) for one in modules}
