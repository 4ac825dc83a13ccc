"""Declared × migrated → differences, table by table.

What was not read is never different: a table of which something is unknown lacks nothing, and no table is absent from a
schema that is incomplete. A model that is mapped to a view has what it needs: Alembic, which reflects no views, would
create a table of that name, and fail.

Example: `compare(declared, migrated, "postgresql")["users"]`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from driftline.compare.difference import Difference
from driftline.compare.enums import compare_enums
from driftline.compare.left_out import included, kept, looked_at, version_table
from driftline.compare.options import Options, options_of
from driftline.compare.renames import with_renames
from driftline.compare.tables import added_table, compare_tables, in_order_of_creation, removed_table
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared
from driftline.schema import Table


class Pairs:
    """What comparing the two halves of a table gave, kept from one comparison of the schemas to the next.

    `compared` is told of each table that is compared, not taken from here.
    """

    def __init__(self) -> None:
        """Start with nothing kept."""
        self.compared: Callable[[str], None] = lambda _table: None
        self._kept: dict[str, tuple[Table, Table, Options, tuple[Difference, ...]]] = {}

    def compare(self, declared: Table, migrated: Table, options: Options) -> tuple[Difference, ...]:
        """Compare the two halves of a table, unless they are the very ones of before."""
        kept = self._kept.get(declared.key)
        if kept is not None and kept[0] is declared and kept[1] is migrated and kept[2] == options:
            return kept[3]
        self.compared(declared.key)
        found = compare_tables(declared, migrated, options)
        self._kept[declared.key] = declared, migrated, options, found
        return found

    def keep_only(self, tables: Collection[str]) -> None:
        """Forget the tables that are not there any more."""
        for key in self._kept.keys() - tables:
            del self._kept[key]


def compare(
    declared: Declared, migrated: Migrated, dialect: str, pairs: Pairs | None = None, *, renames: bool = True
) -> Mapping[str, tuple[Difference, ...]]:
    """Give all differences by table key, in Alembic's order: added tables, removed ones, then the others by name.

    `pairs`: what earlier comparisons kept. `renames`: take what goes and something like it that comes for one thing.
    """
    pairs = pairs if pairs is not None else Pairs()
    pairs.keep_only(declared.schema.tables.keys())
    options = options_of(declared.options, dialect)
    found: dict[str, list[Difference]] = {}
    everything = (
        *_added(declared, migrated, options),
        *_removed(declared, migrated, options),
        *_altered(declared, migrated, options, pairs),
        *compare_enums(declared.schema, migrated.schema),
    )
    if renames:
        everything = with_renames(everything, declared.schema, migrated.schema, options)
    for difference in everything:
        found.setdefault(difference.table, []).append(difference)
    return {key: tuple(differences) for key, differences in found.items()}


def _added(declared: Declared, migrated: Migrated, options: Options) -> Iterator[Difference]:
    if migrated.schema.incomplete or migrated.incomplete is not None:
        return
    there = {*migrated.schema.tables, *migrated.unseen, *migrated.views, version_table(declared.options)}
    missing = {key: table for key, table in declared.schema.tables.items() if key not in there}
    for table in in_order_of_creation(missing):
        if included(table, declared.options, reflected=False) is not False:
            yield added_table(table, options)


def _removed(declared: Declared, migrated: Migrated, options: Options) -> Iterator[Difference]:
    if declared.schema.incomplete or not declared.options.target_metadata:
        return
    for key, table in migrated.schema.tables.items():
        if key in declared.schema.tables or not looked_at(table, declared):
            continue
        if included(table, declared.options, reflected=True) is True:
            yield removed_table(table, options)


def _altered(declared: Declared, migrated: Migrated, options: Options, pairs: Pairs) -> Iterator[Difference]:
    for key in sorted(declared.schema.tables, key=lambda key: _by_schema(declared.schema.tables[key])):
        other = migrated.schema.tables.get(key)
        if other is None or key == version_table(declared.options):
            continue
        table = declared.schema.tables[key]
        found = pairs.compare(table, other, options)
        if not found or included(table, declared.options, reflected=False, compared=True) is False:
            continue
        for difference in found:
            left = kept(difference, table, declared.options)
            if left is not None:
                yield left


def _by_schema(table: Table) -> tuple[str, str]:
    return (table.schema or "", table.name)
