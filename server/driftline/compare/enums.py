"""The labels of native enum types. Alembic does not compare them.

Example: `Enum("new", "done", name="status")` in a model, where the revisions made a type `status` of `new` alone, gives
one `modify_enum`; the same labels in another order are a `modify_enum_order`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import Difference, uncertainty
from driftline.schema import Schema


def compare_enums(declared: Schema, migrated: Schema) -> Iterator[Difference]:
    """Compare the enum types that both schemas have: one difference for each, at the first column of that type.

    `declared` and `migrated` of the difference are the two `Enum`s.
    """
    if not declared.enums:
        return
    users: dict[str, tuple[str, str]] = {}
    for key, table in declared.tables.items():
        for column in table.columns:
            made = migrated.tables[key].column(column.name) if key in migrated.tables else None
            if column.type.enum is not None and made is not None and made.type.enum == column.type.enum:
                users.setdefault(column.type.enum, (key, column.name))
    for key, stated in declared.enums.items():
        enum, user = migrated.enums.get(key), users.get(key)
        if enum is None or user is None or stated.unknown is not None or enum.unknown is not None:
            continue
        if set(stated.labels) != set(enum.labels):
            yield Difference("modify_enum", user[0], user[1], stated, enum, uncertain=uncertainty(stated, enum))
        elif stated.labels != enum.labels:
            yield Difference("modify_enum_order", user[0], user[1], stated, enum, uncertain=uncertainty(stated, enum))
