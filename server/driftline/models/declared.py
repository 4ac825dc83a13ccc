"""What the models stage yields: the declared schema, the mapped classes behind it, and what env.py says.

Example: `Declared(...).schema.tables["users"]` is the table that `class User` declares, as the naming convention names
it.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftline.dataclass import dataclass, field
from driftline.models.object_filter import Filter
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.schema import Schema, Table
from driftline.schema.naming import NamingConvention


@dataclass(frozen=True, slots=True)
class Validator:
    """An `@validates(...)` method of a mapped class.

    `columns`: the attribute names it guards. `allowed`: the fixed set of values it lets through, in source order, where
    that could be read (`if value not in {...}: raise`); None where it enforces something else.
    """

    columns: tuple[str, ...]
    allowed: tuple[object, ...] | None
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MappedClass:
    """A mapped class: its name, the file it is written in, and the key of the table it maps (None.

    Abstract or not read).

    `attributes`: mapped attribute name → column name, in order. `relationships`: names of its relationships.
    """

    name: str
    qualname: str
    path: str
    table: str | None
    attributes: tuple[tuple[str, str], ...] = ()
    relationships: tuple[str, ...] = ()
    validators: tuple[Validator, ...] = ()
    reached: bool = True
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class EnvironmentOptions:
    """What env.py passes to `context.configure`, as far as comparing and replaying depend on it.

    `compare_type` and `compare_server_default`: True, False, or Unknown where a callable or an unreadable value
    decides. `filtered`: Unknown where env.py leaves things out in a way that was not read; `filters`: the functions by
    which it does, where they were.
    """

    target_metadata: bool = True
    """Whether env.py names a metadata at all (None there means that autogenerate is not used)."""
    compare_type: bool | Unknown = True
    compare_server_default: bool | Unknown = False
    render_as_batch: bool = False
    alembic_module_prefix: str = "op."
    sqlalchemy_module_prefix: str = "sa."
    """What autogenerate writes before the names of either module; the project's template imports them so."""
    hooks: tuple[str, ...] = ()
    """Arguments by which env.py has its own code shape what autogenerate writes: it is not run for a new revision."""
    include_schemas: bool | Unknown = False
    filtered: Unknown | None = None
    filters: Filter | None = None
    version_table: str = "alembic_version"
    version_table_schema: str | None = None
    operations: tuple[str, ...] = ()
    """Modules that env.py's imports reach and that change what operations do.

    They add some to Alembic (`Operations.register_operation`), or listen to tables that come up.
    """
    plugins: tuple[str, ...] = ()
    """Modules that env.py imports and that change what autogenerate does, and what `autogenerate_plugins` names.

    `alembic_postgresql_enum`, `alembic_utils`, `alembic.ext.checkconstraint_byname` ….
    """


@dataclass(frozen=True, slots=True)
class Declared:
    """The declared schema and its context.

    `schema`: what env.py reaches (its `target_metadata`). `unreached`: tables on the same metadata in modules that
    env.py's imports never reach, by key. `convention`: the target metadata's naming convention.
    `unknown`: everything that could not be read, with places. `reads`: the files it depends on.
    """

    schema: Schema
    classes: tuple[MappedClass, ...] = ()
    unreached: Mapping[str, Table] = field(default_factory=dict)
    convention: NamingConvention = field(default_factory=NamingConvention)
    options: EnvironmentOptions = EnvironmentOptions()
    unknown: tuple[Unknown, ...] = ()
    reads: frozenset[str] = frozenset()
    dialect_reason: str = ""
    """What says that `schema.dialect` is the project's: "the URL that env.py uses", "the settings" …"""
    assume: Mapping[str, object] = field(default_factory=dict)
    """What the settings say of names that cannot be read; it holds for the revisions, too."""

    def class_of(self, table: str) -> MappedClass | None:
        """Give the (first) class that maps the table with the key `table`."""
        return next((one for one in self.classes if one.table == table), None)
