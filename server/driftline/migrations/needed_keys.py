"""What a foreign key needs on both of its sides, and what a database does where a drop would take that away.

PostgreSQL: a unique index on what is referred to, without which it refuses the drop; CASCADE takes the foreign key.
MySQL: an index on either side that begins with the columns; what several actions of one ALTER come to together counts
there. SQLite looks at none of this before rows are written.

Sources: PostgreSQL's manual, "Dependency Tracking"; MySQL's, "FOREIGN KEY Constraints" ("Conditions and Restrictions",
`foreign_key_checks`). Programs of the tests have it from PostgreSQL, MySQL and MariaDB.

Example: `ALTER TABLE users DROP CONSTRAINT users_pkey` is refused while `posts` refers to `users(id)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from driftline.dataclass import replace
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.working import HERE, Working
from driftline.schema import ForeignKey, Table


def is_unique(table: Table, columns: Iterable[str]) -> bool:
    """Whether the columns, in any order, are the primary key or unique."""
    wanted = set(columns)
    if set(table.primary_key.columns) == wanted or any(set(one.columns) == wanted for one in table.unique_constraints):
        return True
    return any(
        one.unique is not False and set(one.columns) == wanted and "where" not in dict(one.options)
        for one in table.indexes
    )


def begins_key(table: Table, columns: tuple[str, ...], *, generated: bool = True) -> bool:
    """Whether a key or an index begins with the columns, in their order.

    With `generated` False, an index over just these does not count that MySQL made of its own.
    """
    keys: list[tuple[str | None, ...]] = [table.primary_key.columns]
    keys += [one.columns for one in table.unique_constraints]
    keys += [one.columns for one in table.indexes if generated or not one.generated or one.columns != columns]
    return any(key[: len(columns)] == columns for key in keys)


def note_referring(
    work: Working, table: Table, column: str | None, what: str, spared: frozenset[str] = frozenset()
) -> None:
    """Report the foreign keys of other tables that a drop would leave without a target: databases refuse that.

    `column`: the one that is dropped; None for the whole table. `spared`: tables whose foreign keys do not count.
    """
    if work.checks_keys and not table.conditional:
        needy = (
            (holder, one)
            for holder, one in work.referring(table.key)
            if holder.key != table.key and holder.key not in spared
            if column is None or column in one.referred_columns
        )
        _note_first(work, table, needy, what, "refers to", column)


def note_needed(work: Working, before: Table, after: Table, what: str) -> None:
    """Report that a key or an index is dropped which a foreign key needs: databases refuse that.

    `before`, `after`: the table it is dropped from. Silent where one of the tables is not known in full.
    """
    if _is_looked_at(work, after):
        _note_first(work, after, _left_needy(work, before, after), what)


def note_column_needed(work: Working, table: Table, column: str) -> None:
    """Report that a column is dropped which a foreign key of its own table stands on: MySQL refuses that."""
    if work.dialect in MYSQL_FAMILY and _is_looked_at(work, table):
        needy = ((table, one) for one in table.foreign_keys if column in one.columns)
        _note_first(work, table, needy, f"The column `{column}` of `{table.key}` is dropped")


def _is_looked_at(work: Working, table: Table) -> bool:
    operation = work.operation
    if operation is None or (work.dialect in MYSQL_FAMILY and operation.together):
        return False
    return work.checks_keys and not (table.incomplete or table.conditional)


def _note_first(
    work: Working,
    table: Table,
    needy: Iterable[tuple[Table, ForeignKey]],
    what: str,
    does: str = "needs",
    column: str | None = None,
) -> None:
    """Report the first of the foreign keys that are known in full. `does`: what it does with what is dropped."""
    for holder, one in needy:
        if not (holder.incomplete or holder.conditional or one.conditional):
            columns = ", ".join(f"`{name}`" for name in one.columns)
            work.problem(
                "drop-referenced",
                f"{what}, while the foreign key of `{holder.key}` ({columns}) {does} it {HERE}: the database refuses. "
                "Drop that key first.",
                table=table.key,
                about=column,
            )
            return


def drop_needing(work: Working, before: Table, after: Table) -> Table:
    """Drop the foreign keys of other tables to columns that are no key any more (CASCADE); give `after` without its."""
    needy = list(_left_needy(work, before, after))
    for holder, one in needy:
        if holder.key != before.key:
            work.put(_without(work.tables[holder.key], one))
        else:
            after = _without(after, one)
    return after


def _without(table: Table, key: ForeignKey) -> Table:
    return replace(table, foreign_keys=tuple(one for one in table.foreign_keys if one is not key))


def _left_needy(work: Working, before: Table, after: Table) -> Iterator[tuple[Table, ForeignKey]]:
    """Give the foreign keys that had what they need in `before` and have it no more, with the tables they stand on."""
    if work.dialect in MYSQL_FAMILY:
        for one in after.foreign_keys:
            if begins_key(before, one.columns) and not begins_key(after, one.columns):
                yield after, one
        for holder, one in work.referring(before.key):
            if begins_key(before, one.referred_columns) and not begins_key(after, one.referred_columns):
                yield holder, one
    elif work.dialect == "postgresql":
        for holder, one in work.referring(before.key):
            if is_unique(before, one.referred_columns) and not is_unique(after, one.referred_columns):
                yield holder, one
