"""How operations on constraints and indexes change a table, and what the database adds on its own.

Every function takes the state (`Working`), whose operation at hand is the one being applied, and puts changed tables
into it.

Invariant: knows databases, not files: how an operation came to be stated is nobody's concern here.

Example: on PostgreSQL, `add_constraint` of an unnamed UNIQUE on `users(email)` makes one that is called
`users_email_key`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from driftline.dataclass import replace
from driftline.migrations.database_names import (
    MYSQL_FAMILY,
    choose,
    foreign_key_addition,
    index_addition,
    mysql_key_name,
    numbered,
)
from driftline.migrations.needed_keys import begins_key, drop_needing, is_unique, note_needed
from driftline.migrations.operation import CreateConstraint
from driftline.migrations.sql_text import columns_in
from driftline.migrations.working import (
    HERE,
    Working,
    constraint_names,
    constraints_of,
    darkened,
    doubted,
    key_constraint_names,
    shaken,
    unread_name,
)
from driftline.models.core import text_element
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKey,
    Index,
    IndexElement,
    Name,
    PrimaryKey,
    Table,
    UniqueConstraint,
)

_POSTGRESQL = "postgresql"


def add_constraint(work: Working, key: str, constraint: Constraint) -> None:
    """Add `constraint` to the table with the key `key`, which must be in the state."""
    table = _without_namesake(work, work.tables[key], constraint.name)
    if isinstance(constraint, ForeignKey):
        _add_foreign_key(work, table, constraint)
    elif isinstance(constraint, UniqueConstraint):
        _check_columns(work, table, constraint.columns, _subject(constraint))
        table = _without_generated(table, constraint.columns)
        name = _unique_name(work, table, constraint)
        _check_new_relation(work, table, name)
        made = replace(constraint, name=name, conditional=constraint.conditional or work.assumed)
        work.put(replace(table, unique_constraints=(*table.unique_constraints, made)))
    elif isinstance(constraint, CheckConstraint):
        _add_check(work, table, constraint)
    elif isinstance(constraint, PrimaryKey):
        set_primary_key(work, key, constraint)
    else:
        name = constraint.name
        if name is None and work.dialect == _POSTGRESQL:
            addition = index_addition(expression for expression, _ in constraint.elements)
            name = choose(table.name, addition, "excl", _constraint_index_taken(work, table))
        _check_new_relation(work, table, name)
        made_exclude = replace(constraint, name=name, conditional=constraint.conditional or work.assumed)
        work.put(replace(table, exclude_constraints=(*table.exclude_constraints, made_exclude)))


def _without_namesake(work: Working, table: Table, name: Name) -> Table:
    """Give `table` without the constraint `name`, where something that was not understood must have dropped it.

    Databases refuse a second one of that name; SQLite does not.
    """
    if not isinstance(name, str) or work.dialect == "sqlite":
        return table
    without = without_constraint(work.dialect, table, name)
    if without is None or not (table.incomplete or _is_doubtful(table, name)):
        return table
    work.put(without)
    return without


def _is_doubtful(table: Table, name: str) -> bool:
    """Whether a constraint may not be there: something of an unknown name was dropped."""
    found = next((one for one in constraints_of(table) if one.name == name), None)
    return found is not None and not isinstance(found, PrimaryKey) and found.conditional


def set_primary_key(work: Working, key: str, constraint: PrimaryKey) -> None:
    """Give the table a primary key: its columns become NOT NULL. Impossible where it has one."""
    table = work.tables[key]
    _check_columns(work, table, constraint.columns, _subject(constraint))
    if table.primary_key.columns and not table.incomplete:
        work.problem(
            "constraint-exists",
            f"{_subject(constraint)} is created on `{key}`, which has one on "
            f"{_listed(table.primary_key.columns)} already.",
            about=_text(constraint.name),
            sure=not table.conditional,
        )
    name = constraint.name
    if work.dialect in MYSQL_FAMILY:
        name = None
    elif name is None and work.dialect == _POSTGRESQL:
        name = choose(table.name, None, "pkey", _constraint_index_taken(work, table))
    else:
        _check_new_relation(work, table, name)
    columns = table.columns
    if work.dialect != "sqlite":  # SQLite lets NULL into a primary key, unless the column says NOT NULL
        columns = tuple(replace(one, nullable=False) if one.name in constraint.columns else one for one in columns)
    table = _without_generated(table, constraint.columns)
    work.put(replace(table, primary_key=replace(constraint, name=name), columns=columns))


def _unique_name(work: Working, table: Table, constraint: UniqueConstraint) -> Name:
    if constraint.name is None and work.dialect == _POSTGRESQL:
        named = index_addition((*constraint.columns, *_included(constraint.options)))
        return choose(table.name, named, "key", _constraint_index_taken(work, table))
    if constraint.name is None and work.dialect in MYSQL_FAMILY:
        return mysql_key_name(constraint.columns, _key_taken(table))
    return constraint.name


def _included(options: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """Give the columns that an index carries along (INCLUDE)."""
    included = dict(options).get("include")
    return tuple(one for one in included if isinstance(one, str)) if isinstance(included, list | tuple) else ()


def _add_check(work: Working, table: Table, constraint: CheckConstraint) -> None:
    name = constraint.name
    if name is None and work.dialect == _POSTGRESQL:
        columns = columns_in(constraint.sql, _names(table.columns)) if isinstance(constraint.sql, str) else ()
        column = columns[0] if len(columns) == 1 else None
        name = choose(table.name, column, "check", lambda one: work.constraint_taken(table.schema, one))
    elif name is None and work.dialect == "mysql":
        name = numbered(f"{table.name}_chk_", lambda one: work.constraint_taken(table.schema, one))
    elif work.dialect == "mariadb" and constraint.of_column is not None:
        name = constraint.of_column
    elif name is None and work.dialect == "mariadb":
        name = numbered("CONSTRAINT_", lambda one: any(check.name == one for check in table.check_constraints))
    elif isinstance(name, str):
        _check_new_constraint(work, table, name)
    made = replace(constraint, name=name, conditional=constraint.conditional or work.assumed)
    work.put(replace(table, check_constraints=(*table.check_constraints, made)))


def _add_foreign_key(work: Working, table: Table, constraint: ForeignKey) -> None:
    _check_columns(work, table, constraint.columns, _subject(constraint))
    constraint = _with_target_columns(work, table, constraint)
    refused = _check_target(work, table, constraint)
    if refused and isinstance(work.operation, CreateConstraint):
        return
    name = constraint.name
    if name is None and work.dialect == _POSTGRESQL:
        addition = foreign_key_addition(constraint.columns)
        name = choose(table.name, addition, "fkey", lambda one: work.constraint_taken(table.schema, one))
    elif name is None and work.dialect in MYSQL_FAMILY:
        start = 1 + max((_ibfk_number(table, one.name) for one in table.foreign_keys), default=0)
        name = numbered(f"{table.name}_ibfk_", lambda one: work.constraint_taken(table.schema, one), start)
    elif isinstance(name, str):
        _check_new_constraint(work, table, name)
    made = replace(constraint, name=name, conditional=constraint.conditional or work.assumed)
    made = replace(
        made, ondelete=_kept_action(work.dialect, made.ondelete), onupdate=_kept_action(work.dialect, made.onupdate)
    )
    if work.dialect in MYSQL_FAMILY:
        table = _with_generated(table, constraint.name, made)
    work.put(replace(table, foreign_keys=(*table.foreign_keys, made)))


def _kept_action(dialect: str, action: str | Unknown | None) -> str | Unknown | None:
    """Give an action as the database tells of it: NO ACTION is what there is without one.

    InnoDB of MariaDB keeps no word for RESTRICT either, which is what it does anyway; MySQL 8 says it
    (`SHOW CREATE TABLE`).
    """
    return None if action == "NO ACTION" or (dialect == "mariadb" and action == "RESTRICT") else action


def _with_target_columns(work: Working, table: Table, constraint: ForeignKey) -> ForeignKey:
    """Fill in the target's primary key where the source names only the table."""
    if constraint.referred_columns or not isinstance(constraint.referred_table, str):
        return constraint
    target = table if constraint.referred_table == table.key else work.tables.get(constraint.referred_table)
    return replace(constraint, referred_columns=target.primary_key.columns) if target is not None else constraint


def _check_target(work: Working, table: Table, constraint: ForeignKey) -> bool:
    """Report a foreign key that the database refuses because of what it refers to, where it looks at that.

    Gives whether it surely refers to what is not there, so that the database never had it.
    """
    key = constraint.referred_table
    if not isinstance(key, str) or not work.checks_keys:
        return False
    target = table if key == table.key else work.tables.get(key)
    about = _text(constraint.name) or ",".join(constraint.columns)
    if target is None:
        work.presume(key)
        absent = work.absence(key) is None
        if absent:
            work.problem(
                "unknown-fk-target",
                f"{_subject(constraint)} on {_listed(constraint.columns)} refers to the table `{key}`, "
                f"which does not exist {HERE}.",
                table=table.key,
                about=about,
            )
        return absent and not work.assumed
    sure = not (table.conditional or target.conditional or any(one.conditional for one in target.columns))
    missing = [one for one in constraint.referred_columns if target.column(one) is None]
    if target.incomplete:
        return False
    if missing:
        work.problem(
            "unknown-fk-target",
            f"{_subject(constraint)} on {_listed(constraint.columns)} refers to "
            f"{_listed(f'{key}.{one}' for one in missing)}, "
            f"which does not exist {HERE}.",
            table=table.key,
            about=about,
            sure=sure,
        )
    elif (
        work.dialect == _POSTGRESQL
        and constraint.referred_columns
        and not is_unique(target, constraint.referred_columns)
    ):
        work.problem(
            "unknown-fk-target",
            f"{_subject(constraint)} on {_listed(constraint.columns)} refers to "
            f"{_listed(f'{key}.{one}' for one in constraint.referred_columns)}, "
            f"which is neither the primary key nor unique {HERE}.",
            table=table.key,
            about=about,
            sure=sure,
        )
    return bool(missing) and sure and not work.assumed


def _with_generated(table: Table, name: Name, made: ForeignKey) -> Table:
    """Add the index that MySQL makes for a foreign key, unless a key that starts with its columns is there.

    As MySQL's mysql_prepare_create_table does it: of two that it made for the same columns, the newer one stays.
    """
    columns = made.columns
    if begins_key(table, columns, generated=False):
        return table
    table = _without_generated(table, columns)
    chosen = name if isinstance(name, str) else mysql_key_name(columns, _key_taken(table))
    elements = tuple(IndexElement(one, one) for one in columns)
    index = Index(chosen, elements, generated=True, conditional=made.conditional)
    return replace(table, indexes=(*table.indexes, index))


def _without_generated(table: Table, columns: tuple[str | None, ...]) -> Table:
    """Take away the indexes that MySQL made for foreign keys, and that a new key over `columns` serves for."""
    if not any(one.generated for one in table.indexes):
        return table
    kept = (one for one in table.indexes if not one.generated or one.columns != columns[: len(one.columns)])
    return replace(table, indexes=tuple(kept))


# Indexes -------------------------------------------------------------------------------------------------------------


def add_index(work: Working, key: str, index: Index, *, if_not_exists: bool = False) -> None:
    """Add `index` to the table with the key `key`, which must be in the state."""
    table = work.tables[key]
    index = with_columns_seen(index, table)
    name = index.name
    if not if_not_exists and any(one.name == name and one.conditional for one in table.indexes):
        table = replace(table, indexes=tuple(one for one in table.indexes if one.name != name))
        work.put(table)  # something of an unknown name was dropped, and it was this
    left = table if if_not_exists else _without_generated(table, index.columns)
    if isinstance(name, str) and _index_exists(work, left, name):
        if not if_not_exists and not table.incomplete:
            work.problem(
                "index-exists",
                f"The index `{name}` is created, but something of that name exists {HERE}.",
                about=name,
                sure=not table.conditional,
            )
        if if_not_exists or any(one.name == name for one in table.indexes):
            return
    _check_columns(work, table, [one for one in index.columns if one is not None], _subject(index))
    if name is None and work.dialect == _POSTGRESQL:
        named = index_addition((*index.elements, *_included(index.options)))
        name = choose(table.name, named, "idx", lambda one: work.relation_taken(table.schema, one))
    elif name is None and work.dialect in MYSQL_FAMILY:
        name = mysql_key_name([one for one in index.columns if one is not None], _key_taken(table))
    made = replace(index, name=name, conditional=index.conditional or work.assumed)
    table = _without_generated(table, made.columns)
    work.put(replace(table, indexes=(*table.indexes, made)))


def with_columns_seen(index: Index, table: Table) -> Index:
    """Give `index` with each element that is SQL text naming a column (`text("created_at DESC")`) as that column's."""
    if None not in index.columns:
        return index
    elements = tuple(
        text_element(one.sql, lambda name: table.column(name) is not None, one.modifiers)
        if one.column is None and isinstance(one.sql, str)
        else one
        for one in index.elements
    )
    return replace(index, elements=elements)


def _index_exists(work: Working, table: Table, name: str) -> bool:
    if work.dialect in (_POSTGRESQL, "sqlite"):
        return work.relation_taken(table.schema, name)
    return _key_taken(table)(name)


def drop_index(
    work: Working, key: str | None, name: Name, schema: str | None, *, if_exists: bool, cascade: bool = False
) -> None:
    """Drop the index `name`: of the table `key` on MySQL, wherever it is in the schema elsewhere."""
    if not isinstance(name, str):
        for table in _suspects(work, key, name):
            work.put(replace(table, indexes=doubted(table.indexes)))  # none comes of a drop: what is absent stays so
        return
    own = (
        work.find(key, f"The index `{name}` is dropped from the table")
        if key is not None and work.dialect in MYSQL_FAMILY
        else None
    )
    for table in (own,) if own is not None else _in_schema(work, key, schema):
        found = next((one for one in table.indexes if one.name == name), None)
        if found is not None:
            without = replace(table, indexes=tuple(one for one in table.indexes if one is not found))
            what = f"The index `{name}` of `{table.key}` is dropped"
            _put_without_key(work, table, without, what, cascade=cascade)
            note_conditional_drop(work, table.key, f"the index `{name}`")
            return
    if work.dialect in MYSQL_FAMILY and own is not None and any(one.name == name for one in own.unique_constraints):
        kept = tuple(one for one in own.unique_constraints if one.name != name)
        what = f"The index `{name}` of `{own.key}` is dropped"
        _put_without_key(work, own, replace(own, unique_constraints=kept), what, cascade=cascade)
        return
    if if_exists or (work.dialect in MYSQL_FAMILY and own is None):
        return
    candidates = [own] if own is not None else list(_in_schema(work, key, schema))
    for table in [one for one in candidates if one.key == key] or candidates:
        doubt = unread_name(table.indexes)
        if doubt is not None:
            work.put(replace(shaken(table, doubt), indexes=doubted(table.indexes)))
    candidates = [work.tables[one.key] for one in candidates]
    holder = next((one for one in candidates if _constraint_with_index(one, name)), None)
    known = _known_table(work, key, schema)
    if holder is not None:
        work.problem(
            "unknown-index",
            f"`{name}` is no index of its own: it belongs to a constraint of `{holder.key}`, "
            "and is dropped along with that.",
            table=holder.key,
            about=name,
            sure=not holder.conditional,
        )
    elif known:
        work.problem(
            "unknown-index",
            f"The index `{name}` is dropped, but there is none of that name {HERE}.",
            about=name,
            sure=key is None or not work.tables[key].conditional if key in work.tables or key is None else True,
        )


def rename_index(work: Working, name: str, new: str, schema: str | None, *, if_exists: bool) -> None:
    """Rename an index, or a constraint by its index."""
    for table in _in_schema(work, None, schema):
        if any(one.name == name for one in table.indexes):
            work.put(
                replace(
                    table, indexes=tuple(replace(one, name=new) if one.name == name else one for one in table.indexes)
                )
            )
            return
        if _constraint_with_index(table, name):
            rename_constraint(work, table.key, name, new)
            return
    if not if_exists and _known_table(work, None, schema):
        work.problem(
            "unknown-index",
            f"The index `{name}` is renamed, but there is none of that name {HERE}.",
            about=name,
        )


def _in_schema(work: Working, key: str | None, schema: str | None) -> Iterator[Table]:
    """Give the tables whose indexes a bare name can mean, the one that the operation names first.

    Nearly always that is the one, and the others are not looked at.
    """
    named = work.tables.get(key) if key is not None else None
    if named is not None:
        yield named
    wanted = named.schema if named is not None and schema is None else schema
    yield from (one for one in work.tables.values() if one.schema == wanted and one is not named)


def _known_table(work: Working, key: str | None, schema: str | None) -> bool:
    """Whether nothing that was not read could hold the index: the table is known, or, where none is named, all are."""
    if key is not None:
        table = work.tables.get(key)
        if table is not None:
            return table.known_in_full
        return work.find(key, "An index is dropped from the table") is not None and work.tables[key].known_in_full
    return (
        work.absence_in(schema) is None
        and not work.views
        and all(table.known_in_full for table in work.tables.values())
    )


def _constraint_with_index(table: Table, name: str) -> bool:
    return name in key_constraint_names(table)


# Dropping and renaming constraints -----------------------------------------------------------------------------------


def drop_constraint(work: Working, key: str, name: Name, type_: str | None, *, if_exists: bool, cascade: bool) -> None:
    """Drop the constraint `name` of the table with the key `key`, which must be in the state."""
    table = work.tables[key]
    if type_ == "primary" and (work.dialect in MYSQL_FAMILY or (name is None and table.primary_key.name is None)):
        without = replace(table, primary_key=PrimaryKey(None, ()))
        _put_without_key(work, table, without, f"The primary key of `{key}` is dropped", cascade=cascade)
        return
    if not isinstance(name, str):
        for suspect in _suspects(work, key, name):
            work.put(_with_doubted_constraints(suspect, type_))
        return
    changed = without_constraint(work.dialect, table, name)
    if changed is None:
        doubt = unread_name(constraints_of(table), type_)
        if doubt is not None:
            work.put(_with_doubted_constraints(shaken(table, doubt), type_))
        elif not if_exists and not table.incomplete:
            index = any(one.name == name for one in table.indexes)
            hint = " It is an index, which `drop_index` drops." if index else ""
            work.problem(
                "unknown-constraint",
                f"The constraint `{name}` of `{key}` is dropped, but there is none of that name {HERE}.{hint}",
                about=name,
                sure=not table.conditional,
            )
        return
    _put_without_key(work, table, changed, f"The constraint `{name}` of `{key}` is dropped", cascade=cascade)
    note_conditional_drop(work, key, f"the constraint `{name}`")


def _put_without_key(work: Working, table: Table, changed: Table, what: str, *, cascade: bool) -> None:
    """Put a table that has lost a key or an index; CASCADE takes the foreign keys that needed it."""
    if cascade:
        changed = drop_needing(work, table, changed)
    else:
        note_needed(work, table, changed, what)
    work.put(changed)


def without_constraint(dialect: str, table: Table, name: str) -> Table | None:
    """Give `table` without its constraint `name`, of whatever kind; None where it has none."""
    if any(one.name == name for one in table.foreign_keys):
        return replace(table, foreign_keys=tuple(one for one in table.foreign_keys if one.name != name))
    if any(one.name == name for one in table.unique_constraints):
        return replace(table, unique_constraints=tuple(one for one in table.unique_constraints if one.name != name))
    checks = tuple(one for one in table.check_constraints if one.name != name or _is_of_column(one, dialect))
    if len(checks) < len(table.check_constraints):
        return replace(table, check_constraints=checks)
    if any(one.name == name for one in table.exclude_constraints):
        return replace(table, exclude_constraints=tuple(one for one in table.exclude_constraints if one.name != name))
    if table.primary_key.columns and table.primary_key.name == name:
        return replace(table, primary_key=PrimaryKey(None, ()))
    if dialect in MYSQL_FAMILY and any(one.name == name and one.unique is True for one in table.indexes):
        return replace(table, indexes=tuple(one for one in table.indexes if one.name != name))
    return None


def _is_of_column(check: CheckConstraint, dialect: str) -> bool:
    """Whether a CHECK is a part of its column, which alone can be altered: MariaDB does not find it by its name."""
    return dialect == "mariadb" and check.of_column is not None


def rename_constraint(work: Working, key: str, name: str, new: str) -> None:
    """Rename a constraint of any kind of the table with the key `key`, which must be in the state."""
    table = work.tables[key]
    if without_constraint(work.dialect, table, name) is None:
        doubt = unread_name(constraints_of(table))
        if doubt is not None:
            work.put(darkened(table, doubt))
        elif not table.incomplete:
            work.problem(
                "unknown-constraint",
                f"The constraint `{name}` of `{key}` is renamed, but there is none of that name {HERE}.",
                about=name,
                sure=not table.conditional,
            )
        return
    primary = table.primary_key
    work.put(
        replace(
            table,
            primary_key=replace(primary, name=new) if primary.name == name else primary,
            foreign_keys=tuple(replace(one, name=new) if one.name == name else one for one in table.foreign_keys),
            unique_constraints=tuple(
                replace(one, name=new) if one.name == name else one for one in table.unique_constraints
            ),
            check_constraints=tuple(
                replace(one, name=new) if one.name == name else one for one in table.check_constraints
            ),
            exclude_constraints=tuple(
                replace(one, name=new) if one.name == name else one for one in table.exclude_constraints
            ),
        )
    )


def _suspects(work: Working, key: str | None, name: Name) -> Iterator[Table]:
    """Give the tables that something of an unknown name is dropped from, which they say; no name drops nothing."""
    if isinstance(name, Unknown):
        for table in [work.tables[key]] if key in work.tables else list(work.tables.values()):
            yield shaken(table, name)


def _with_doubted_constraints(table: Table, type_: str | None) -> Table:
    return replace(
        table,
        foreign_keys=doubted(table.foreign_keys, type_),
        unique_constraints=doubted(table.unique_constraints, type_),
        check_constraints=doubted(table.check_constraints, type_),
        exclude_constraints=doubted(table.exclude_constraints, type_),
    )


def note_conditional_drop(work: Working, key: str, what: str) -> None:
    """Where the drop is only assumed to happen, its absence proves nothing."""
    if work.assumed and work.operation is not None:
        reason = Unknown(
            f"whether {what} is dropped depends on a condition that could not be worked out", work.operation.origin
        )
        work.put(darkened(work.tables[key], reason))


# Checks --------------------------------------------------------------------------------------------------------------


def _check_columns(work: Working, table: Table, columns: Iterable[str], what: str) -> None:
    if table.incomplete:
        return
    missing = [one for one in columns if table.column(one) is None]
    if missing:
        work.problem(
            "unknown-column",
            f"{what} names {_listed(missing)}, but `{table.key}` has no such column {HERE}.",
            table=table.key,
            about=missing[0],
            sure=not table.conditional,
        )


def _check_new_relation(work: Working, table: Table, name: Name) -> None:
    """Report a constraint whose index would have a name that is taken."""
    if not isinstance(name, str):
        return
    if work.dialect == _POSTGRESQL:
        taken = work.relation_taken(table.schema, name)
    elif work.dialect in MYSQL_FAMILY:
        taken = _key_taken(table)(name)
    else:
        return
    if taken or _own_constraint(table, name):
        _report_existing(work, table, name)


def _check_new_constraint(work: Working, table: Table, name: str) -> None:
    """Report a constraint without an index whose name is taken; SQLite takes any."""
    if (work.dialect == _POSTGRESQL and _own_constraint(table, name)) or (
        work.dialect in MYSQL_FAMILY
        and any(one.name == name for other in work.tables.values() for one in other.foreign_keys)
    ):
        _report_existing(work, table, name)


def _own_constraint(table: Table, name: str) -> bool:
    return name in constraint_names(table)


def _report_existing(work: Working, table: Table, name: str) -> None:
    work.problem(
        "constraint-exists",
        f"The constraint `{name}` of `{table.key}` is created, but something of that name exists {HERE}.",
        table=table.key,
        about=name,
        sure=not table.conditional and not table.incomplete,
    )


def _constraint_index_taken(work: Working, table: Table) -> Callable[[str], bool]:
    return lambda one: work.relation_taken(table.schema, one) or work.constraint_taken(table.schema, one)


def _key_taken(table: Table) -> Callable[[str], bool]:
    names = {*(one.name for one in table.indexes), *(one.name for one in table.unique_constraints)}
    return names.__contains__


def _ibfk_number(table: Table, name: Name) -> int:
    prefix = f"{table.name}_ibfk_"
    rest = name[len(prefix) :] if isinstance(name, str) and name.startswith(prefix) else ""
    return int(rest) if rest.isdigit() else 0


def _names(columns: Iterable[Column]) -> list[str]:
    return [one.name for one in columns]


def _text(name: Name) -> str | None:
    return name if isinstance(name, str) else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in names)


def _subject(one: Constraint | Index) -> str:
    """Begin a sentence about a constraint or an index: "The foreign key `fk_posts_users`"."""
    kind = _KINDS.get(type(one), "constraint")
    return f"The {kind} `{one.name}`" if isinstance(one.name, str) else f"The {kind}"


_KINDS = {ForeignKey: "foreign key", UniqueConstraint: "unique constraint", Index: "index", PrimaryKey: "primary key"}
