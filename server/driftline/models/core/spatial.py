"""The index that GeoAlchemy2 makes for each spatial column, in models and in migrations alike.

Its hook on `Column` (`geoalchemy2/admin/__init__.py`, `after_parent_attach`) puts `idx_<table>_<column>` on the table.

Example: `Column("area", Geometry("POLYGON"))` of the table `parks` has the GiST index `idx_parks_area`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from driftline.models.core.constraint import TableShape, index_of
from driftline.python.values import Call, Symbol, Unknown, Value
from driftline.schema.rendering import WITH_VARIANT, keyword
from driftline.schema.type import TypeCall

if TYPE_CHECKING:
    from driftline.models.core.context import CoreContext
    from driftline.models.core.parts import ColumnParts
    from driftline.schema import Index

_SPATIAL: Final = frozenset({"Geometry", "Geography", "Raster"})
_PLACE_OF_SPATIAL_INDEX: Final = 3
"""Its place among a type's arguments; the shape, the reference system and the dimension stand before it."""


def spatial_index(parts: ColumnParts, table: TableShape, context: CoreContext) -> Index | Unknown | None:
    """Give the index that a spatial column brings along on PostgreSQL; Unknown where nobody can say whether it does."""
    call = parts.type_call
    if call is not None and call.path == WITH_VARIANT and isinstance(call.args[0], TypeCall):
        call = call.args[0]
    library, _, name = call.path.rpartition(".") if call is not None else ("", "", "")
    if call is None or context.dialect != "postgresql" or name not in _SPATIAL or not library.startswith("geoalchemy2"):
        return None
    place = 0 if name == "Raster" else _PLACE_OF_SPATIAL_INDEX
    wanted = keyword(call, "spatial_index", default=call.args[place] if len(call.args) > place else True)
    if not isinstance(wanted, bool):
        return Unknown("whether a spatial column has an index could not be read", parts.column.origin)
    if not wanted:
        return None
    column = parts.column.name
    key: Value = parts.key or column
    options: dict[str, Value] = {"postgresql_using": "gist"}
    if name == "Raster":
        key = Call(Symbol("sqlalchemy.func.ST_ConvexHull"), (Call(Symbol("sqlalchemy.column"), (column,), {}),), {})
    elif keyword(call, "use_N_D_index") is True:
        options["postgresql_ops"] = {column: "gist_geometry_ops_nd"}
    made = Call(None, (), options, parts.column.origin)
    unique = False
    return index_of(f"idx_{table.name}_{column}", [key], unique, table, context, made)
