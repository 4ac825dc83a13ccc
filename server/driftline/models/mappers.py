"""What stands for the mapper of a class: `User.__mapper__`, `inspect(User)`, and what event hooks of mappers are given.

Knows nothing of how a class came to be mapped.

Example: `mapper_of(records.mapped[id(cls)])` has the attributes `class_` and `local_table`.
"""

from __future__ import annotations

from typing import Final

from driftline.models.records import MappedRecord
from driftline.python.values import Attribute, Call, Symbol

MAPPERS: Final = frozenset({"sqlalchemy.orm.Mapper", "sqlalchemy.orm.mapper"})
INSPECTING: Final = frozenset({"sqlalchemy.inspect", "sqlalchemy.orm.class_mapper"})
"""What gives the mapper of a class."""
_TABLES: Final = ("local_table", "mapped_table", "persist_selectable", "selectable")


def mapper_of(mapped: MappedRecord) -> Call | None:
    """Give what stands for the mapper of a class that has a table."""
    if mapped.table is None:
        return None
    handle = mapped.table.handle
    mapper = Call(Symbol("sqlalchemy.orm.Mapper"), (mapped.cls, handle), {}, mapped.cls.origin)
    columns = Attribute(handle, "c")
    mapper.attributes = {"class_": mapped.cls, "c": columns, "columns": columns, **dict.fromkeys(_TABLES, handle)}
    return mapper
