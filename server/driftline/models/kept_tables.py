"""Tables and mapped classes as they were built the last time, kept for as long as their records are the same objects.

A record is the same object only where its module was not run again, and nobody has changed it (`python/kept`).
What building a table reads of modules besides is noted, and looked at again.

Example: `tables.of(record, "postgresql", build)` calls `build` the first time, and after an edit of its module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from driftline.models.declared import MappedClass
    from driftline.models.records import MappedRecord, Records, TableRecord
    from driftline.python.kept.modules import KeptModules
    from driftline.python.kept.unit import Noted
    from driftline.schema import Table

_Built = tuple["TableRecord", str, "Table", "Noted"]
_Mapped = tuple["MappedRecord", str, bool, "MappedClass"]


class KeptTables:
    """What was built in the last evaluation, and what is built in this one."""

    def __init__(self) -> None:
        """Start with nothing built."""
        self._modules: KeptModules | None = None
        self._built: dict[int, _Built] = {}
        self._mapped: dict[int, _Mapped] = {}
        self._before: tuple[dict[int, _Built], dict[int, _Mapped]] = {}, {}

    def begin(self, modules: KeptModules) -> None:
        """Begin an evaluation, which takes over from the last one."""
        self._modules = modules
        self._before = self._built, self._mapped
        self._built, self._mapped = {}, {}

    def of(self, record: TableRecord, dialect: str, records: Records, build: Callable[[], Table]) -> Table:
        """Give the table of a record."""
        if self._modules is None:
            return build()
        known = self._before[0].get(id(record))
        if known is not None and known[1] == dialect and self._modules.still_reads(known[3]):
            self._built[id(record)] = known
            return known[2]
        told = len(records.unknown), len(records.missing)
        with self._modules.reading() as reads:
            table = build()
        if reads.alone and told == (len(records.unknown), len(records.missing)):
            self._built[id(record)] = (record, dialect, table, reads)
        return table

    def mapped(
        self, record: MappedRecord, dialect: str, *, reached: bool, make: Callable[..., MappedClass]
    ) -> MappedClass:
        """Give a mapped class as data."""
        known = self._before[1].get(id(record))
        if known is None or known[1:3] != (dialect, reached):
            known = (record, dialect, reached, make(record, dialect, reached=reached))
        self._mapped[id(record)] = known
        return known[3]
