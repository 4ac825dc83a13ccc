"""Small schema documents for the tests of the scorer.

Example: `document(users=table(columns={"id": column("INTEGER", nullable=False)}))`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]


def document(dialect: str = "postgresql", enums: Mapping[str, Sequence[str]] | None = None, **tables: Json) -> Json:
    """A document of `tables`, with all the keys that a document always has."""
    return {"dialect": dialect, "tables": tables, "enums": dict(enums or {}), "unknown": []}


def column(ddl: str, *, nullable: bool = True, **more: object) -> Json:
    """A column; `more` goes over the values that it has by itself."""
    plain = {"default": False, "computed": False, "identity": False, "serial": False, "comment": None}
    return {"type": ddl, "nullable": nullable, **plain, **more}


def table(columns: Mapping[str, Json], **more: object) -> Json:
    """A table without keys, indexes and checks, unless `more` has them."""
    lists: Json = {name: [] for name in ("foreign_keys", "unique_constraints", "indexes", "check_constraints")}
    return {"columns": dict(columns), "primary_key": {"name": None, "columns": []}, **lists, **more}


def shop() -> Json:
    """A document that has a fact of each kind."""
    users = table(
        {
            "id": column("INTEGER", nullable=False, serial=True, default=True),
            "email": column("VARCHAR(255)", nullable=False, comment="where to write to"),
            "mood": column("mood", default=True),
            "initial": column("VARCHAR(1)", computed=True),
        },
        primary_key={"name": "users_pkey", "columns": ["id"]},
        unique_constraints=[{"name": "users_email_key", "columns": ["email"]}],
        indexes=[
            {"name": "ix_users_mood", "columns": ["mood"], "unique": False},
            {"name": "ix_users_lower", "columns": [None, "id"], "unique": True},
        ],
        check_constraints=[{"name": "users_email_check", "sqltext": "email <> ''"}],
    )
    orders = table(
        {"id": column("UUID", nullable=False, identity=False), "user_id": column("INTEGER")},
        primary_key={"name": "orders_pkey", "columns": ["id"]},
        foreign_keys=[
            {
                "name": "orders_user_id_fkey",
                "columns": ["user_id"],
                "referred_table": "users",
                "referred_columns": ["id"],
                "ondelete": "CASCADE",
                "onupdate": None,
            }
        ],
    )
    return document(enums={"mood": ["sad", "ok"]}, users=users, orders=orders)


def finding(rule: str, level: str = "error", *operations: tuple[str, str, str | None], **more: object) -> Json:
    """A finding of the findings contract, with what the scorer looks at."""
    stands_for = [{"op": op, "table": name, "name": subject} for op, name, subject in operations]
    said = {"table": "users", "object": None, "revision": None}
    return {"rule": rule, "level": level, "operations": stands_for, **said, **more}
