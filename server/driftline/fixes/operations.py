"""Changes as Alembic's operations, and these as the code of a revision, by Alembic's own renderer.

Alembic is imported inside of the functions: only the user's wish for a revision, or an audit, brings it in.

Example: `render((Create("audit_logs", None, check),), project).upgrade` is
`op.create_check_constraint(op.f("ck_audit_logs_valid_actor_type"), "audit_logs", "actor_type IN (…)")`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from driftline.fixes.alchemy import (
    Unrenderable,
    dialect_options,
    expression,
    final,
    real_column,
    real_element,
    real_table,
    real_type,
    server_default,
)
from driftline.fixes.change import Alter, Change, Create, CreateEnum, Drop, DropEnum, Named, Rename, TableChange, undo
from driftline.fixes.layout import lay_out
from driftline.fixes.project import Project
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    UniqueConstraint,
    table_key,
)
from driftline.schema.rendering import quote_identifier, sqlalchemy_dialect

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_MARGIN = 4
"""How far the statements of `upgrade()` are indented."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a revision does: the bodies of its two functions, not indented; and import lines, sorted."""

    upgrade: str
    downgrade: str
    imports: tuple[str, ...] = ()


def render(changes: Sequence[Change], project: Project, *, quote: str = '"') -> Code | Unknown:
    """Render what makes the changes and what takes them back; Unknown where something in them has no operation."""
    try:
        renderer = _Renderer(project, quote)
        upgrade = renderer.body(changes)
        downgrade = renderer.body(undo(changes))
    except Unrenderable as stop:
        return Unknown(str(stop))
    except Exception as error:  # noqa: BLE001 -- arguments come from the user's source: whatever SQLAlchemy says to them
        return Unknown(f"it could not be written as operations: {(str(error) or type(error).__name__).splitlines()[0]}")
    return Code(upgrade, downgrade, tuple(sorted(renderer.imports)))


class _Renderer:
    """Holds Alembic's context while changes are rendered; collects the imports that they need."""

    def __init__(self, project: Project, quote: str) -> None:
        from alembic.autogenerate.api import AutogenContext
        from alembic.runtime.migration import MigrationContext

        dialect = sqlalchemy_dialect(project.dialect)
        if isinstance(dialect, Unknown):
            raise Unrenderable(dialect.reason)
        context = MigrationContext.configure(dialect=dialect, opts={})
        # Every clause is a TextClause made in `alchemy`: its text is what the source says, and goes into the source as
        # it is. Alembic would compile it, which doubles the per cent signs and takes the backslashes away that guard
        # colons.
        context.impl.render_ddl_sql_expr = _verbatim  # type: ignore[method-assign, assignment]
        self.batch = project.declared.options.render_as_batch or project.dialect == "sqlite"
        self.project = project
        self.quote = quote
        opts = {
            "sqlalchemy_module_prefix": "sa.",
            "alembic_module_prefix": "op.",
            "render_item": None,
            "render_as_batch": self.batch,
            "user_module_prefix": None,
        }
        self.autogen: AutogenContext = AutogenContext(context, opts=opts)
        self.imports: set[str] = set()
        self.autogen.imports = self.imports

    def body(self, changes: Sequence[Change]) -> str:
        """Render changes in their order; neighbours on one table share a batch."""
        lines: list[str] = []
        for key, group in groupby(changes, key=_table_of):
            members = list(group)
            if key is not None and self.batch:
                lines += self._batch([change for change in members if isinstance(change, TableChange)])
            else:
                for change in members:
                    lines += self._plain(change)
        return "\n".join(lines)

    def _plain(self, change: Change) -> Iterator[str]:
        yield from _comments(change)
        for operation in self._operations(change):
            yield from self._code(operation, change)

    def _code(self, operation: Any, change: Change) -> Iterator[str]:  # noqa: ANN401 -- an Alembic operation, or a statement
        text = operation if isinstance(operation, str) else self._render(operation)
        if isinstance(change, Alter):
            text = _with_using(text, change, self.project.dialect)
        yield from lay_out(text, quote=self.quote, margin=_MARGIN)

    def _batch(self, changes: Sequence[TableChange]) -> Iterator[str]:
        """Render changes of one table inside of `batch_alter_table`.

        On SQLite a batch makes the table anew from what reflection sees; a CHECK without a name is not among that, and
        is passed on.
        """
        first = changes[0]
        inside: list[str] = []
        with self.autogen._within_batch():  # noqa: SLF001 -- as Alembic renders ModifyTableOps: no public way in
            for change in changes:
                inside += _comments(change)
                for operation in self._operations(change):
                    text = operation if isinstance(operation, str) else self._render(operation)
                    inside += lay_out(text, quote=self.quote, margin=_MARGIN * 2)
        arguments = [repr(first.table), f"schema={first.schema!r}"]
        checks = self._nameless_checks(first) if self.project.dialect == "sqlite" else []
        if checks:
            arguments.append(f"table_args=({''.join(f'{check}, ' for check in checks)})")
        head = f"op.batch_alter_table({', '.join(arguments)})"
        lines = list(lay_out(head, quote=self.quote, margin=_MARGIN + len("with  as batch_op:")))
        lines[0] = f"with {lines[0]}"
        lines[-1] = f"{lines[-1]} as batch_op:"
        yield from lines
        yield from (f"    {line}" for line in inside)

    def _nameless_checks(self, change: TableChange) -> list[str]:
        """Give the CHECK constraints without a name of the table, as code."""
        migrated = self.project.migrated.schema.tables.get(table_key(change.schema, change.table))
        checks = [one for one in migrated.check_constraints if one.name is None] if migrated is not None else []
        return [f"sa.CheckConstraint({expression(one.sql).text!r})" for one in checks]

    def _render(self, operation: Any) -> str:  # noqa: ANN401 -- an Alembic operation
        from alembic.autogenerate.render import render_op_text

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Alembic would warn of is not offered
            try:
                return render_op_text(self.autogen, operation)
            except NotImplementedError as error:  # an Alembic that renders no CHECK constraints yet
                raise Unrenderable(str(error) or "this Alembic has no renderer for it") from error

    def _operations(self, change: Change) -> Iterable[Any]:
        """Give the Alembic operations (or whole statements, as text) that make a change."""
        if isinstance(change, CreateEnum | DropEnum):
            return (_enum_statement(change, self.project.dialect),)
        if isinstance(change, Alter):
            return (_alter(change, self.project.dialect),)
        if isinstance(change, Rename):
            return self._rename(change)
        if isinstance(change.part, Table):
            return _of_table(change, change.part, self.project.dialect)
        if isinstance(change, Create):
            return (_create(change.table, change.schema, change.part, self.project.dialect),)
        return (_drop(change.table, change.schema, change.part),)

    def _rename(self, change: Rename) -> Iterable[Any]:
        """Rename in place where the database can, else drop and make again."""
        dialect = self.project.dialect
        before, after = str(change.before.name), str(change.after.name)
        old, new = quote_identifier(before, dialect), quote_identifier(after, dialect)
        table = ".".join(quote_identifier(part, dialect) for part in (change.schema, change.table) if part)
        if dialect == "postgresql":
            if isinstance(change.before, Index):
                owner = f"{quote_identifier(change.schema, dialect)}." if change.schema else ""
                return (f"op.execute({f'ALTER INDEX {owner}{old} RENAME TO {new}'!r})",)
            return (f"op.execute({f'ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}'!r})",)
        if isinstance(change.before, PrimaryKey):
            msg = "the name of a primary key cannot be changed here"
            raise Unrenderable(msg)
        return (
            _drop(change.table, change.schema, change.before),
            _create(change.table, change.schema, change.after, dialect),
        )


def _verbatim(clause: Any, is_server_default: bool = False, is_index: bool = False, **_words: object) -> str:  # noqa: ANN401, FBT001, FBT002 -- Alembic's signature
    text = str(clause.text)
    # What stands for an index element is written as a `literal_column`, whose text is nowhere searched for parameters.
    return text.replace("\\:", ":") if is_index and not is_server_default else text


def _table_of(change: Change) -> tuple[str | None, str] | None:
    """Give what a batch is about: the table of a change in an existing table."""
    if isinstance(change, CreateEnum | DropEnum) or (
        isinstance(change, Create | Drop) and isinstance(change.part, Table)
    ):
        return None
    return (change.schema, change.table)


def _comments(change: Change) -> list[str]:
    """Give what the author of the revision must still think of."""
    if isinstance(change, Create) and isinstance(change.part, Column):
        column = change.part
        given = column.server_default or column.computed or column.identity or column.serial
        if column.nullable is False and not given:
            return ["# Rows that exist need a value: add it as nullable, fill it in, then set nullable=False."]
    if isinstance(change, Alter) and change.before.nullable is True and change.after.nullable is False:
        return [f"# Fails while {change.after.name} is NULL in any row: fill these in first."]
    return []


# ---------------------------------------------------------------------------------------------------------------------
# Alembic's operations


def _of_table(change: Create | Drop, table: Table, dialect: str) -> Iterable[Any]:
    from alembic.operations import ops

    if isinstance(change, Create):
        yield ops.CreateTableOp.from_table(real_table(table, dialect))
        for index in table.indexes:
            yield _create_index(table.name, table.schema, index, dialect)
        return
    for index in reversed(table.indexes):
        yield _drop(table.name, table.schema, index)
    yield ops.DropTableOp(table.name, schema=table.schema)


def _create(table: str, schema: str | None, part: Column | Named, dialect: str) -> Any:  # noqa: ANN401 -- an Alembic operation, or a statement
    from alembic.operations import ops

    if isinstance(part, Column):
        return ops.AddColumnOp(table, real_column(part, dialect), schema=schema)
    if isinstance(part, Index):
        return _create_index(table, schema, part, dialect)
    if isinstance(part, UniqueConstraint):
        words = dialect_options(part.options, dialect)
        return ops.CreateUniqueConstraintOp(final(part.name), table, list(part.columns), schema=schema, **words)
    if isinstance(part, CheckConstraint):
        return ops.CreateCheckConstraintOp(final(part.name), table, expression(part.sql), schema=schema)
    if isinstance(part, ForeignKey):
        return _create_foreign_key(table, schema, part)
    if isinstance(part, PrimaryKey):
        where = f", schema={schema!r}" if schema else ""
        return f"op.create_primary_key(op.f({part.name!r}), {table!r}, {list(part.columns)!r}{where})"
    return _create_exclude(table, schema, part, dialect)


def _create_index(table: str, schema: str | None, index: Index, dialect: str) -> Any:  # noqa: ANN401
    from alembic.operations import ops

    return ops.CreateIndexOp(
        final(index.name),
        table,
        [real_element(one) for one in index.elements],
        schema=schema,
        unique=index.unique is True,
        **dialect_options(index.options, dialect),
    )


def _create_foreign_key(table: str, schema: str | None, key: ForeignKey) -> Any:  # noqa: ANN401
    from alembic.operations import ops

    if not isinstance(key.referred_table, str):
        raise Unrenderable(key.referred_table.reason)
    referred_schema, _, referred = key.referred_table.rpartition(".")
    words = {
        "ondelete": key.ondelete,
        "onupdate": key.onupdate,
        "deferrable": key.deferrable,
        "initially": key.initially,
        "match": key.match,
        "source_schema": schema,
        "referent_schema": referred_schema or None,
    }
    return ops.CreateForeignKeyOp(
        final(key.name),
        table,
        referred,
        list(key.columns),
        list(key.referred_columns),
        **{word: value for word, value in words.items() if value is not None},
    )


def _create_exclude(table: str, schema: str | None, constraint: ExcludeConstraint, dialect: str) -> Any:  # noqa: ANN401
    if dialect != "postgresql" or not isinstance(constraint.name, str):
        msg = "only PostgreSQL has EXCLUDE constraints"
        raise Unrenderable(msg)
    elements = "".join(f", ({sql!r}, {operator!r})" for sql, operator in constraint.elements)
    options = "".join(f", {word}={value!r}" for word, value in constraint.options)
    where = f", schema={schema!r}" if schema else ""
    return f"op.create_exclude_constraint({constraint.name!r}, {table!r}{elements}{options}{where})"


_TYPE_WORDS: dict[type, str] = {
    ForeignKey: "foreignkey",
    UniqueConstraint: "unique",
    CheckConstraint: "check",
    PrimaryKey: "primary",
    ExcludeConstraint: "check",  # Alembic has no word for it; what is dropped by name alone is dropped alike
}


def _drop(table: str, schema: str | None, part: Column | Named) -> Any:  # noqa: ANN401
    from alembic.operations import ops

    if isinstance(part, Column):
        return ops.DropColumnOp(table, part.name, schema=schema)
    if not isinstance(part.name, str):
        msg = "what has no name cannot be dropped"
        raise Unrenderable(msg)
    if isinstance(part, Index):
        return ops.DropIndexOp(final(part.name), table, schema=schema)
    return ops.DropConstraintOp(final(part.name), table, type_=_TYPE_WORDS[type(part)], schema=schema)


def _alter(change: Alter, dialect: str) -> Any:  # noqa: ANN401
    from alembic.operations import ops

    before, after = change.before, change.after
    words: dict[str, Any] = {}
    if before.type != after.type:
        words["modify_type"] = real_type(after.type, dialect)
    if before.nullable != after.nullable:
        words["modify_nullable"] = after.nullable
    if before.server_default != after.server_default:
        words["modify_server_default"] = server_default(after)
    if before.comment != after.comment:
        words |= {"modify_comment": after.comment, "existing_comment": before.comment}
    if before.name != after.name:
        words["modify_name"] = after.name
    if before.server_default is not None and "modify_server_default" not in words:
        words["existing_server_default"] = server_default(before)
    return ops.AlterColumnOp(
        change.table,
        before.name,
        schema=change.schema,
        existing_type=real_type(before.type, dialect),
        existing_nullable=before.nullable if isinstance(before.nullable, bool) else None,
        **words,
    )


def _with_using(text: str, change: Alter, dialect: str) -> str:
    """Say how PostgreSQL is to convert the values, where it does not do so by itself."""
    if dialect != "postgresql" or change.before.type == change.after.type:
        return text
    if _family(change.before.type.ddl) == _family(change.after.type.ddl):
        return text
    cast = f"{quote_identifier(change.after.name, dialect)}::{change.after.type.ddl}"
    return f"{text.rstrip().removesuffix(')')}, postgresql_using={cast!r})"


_FAMILIES = {
    "VARCHAR": "text",
    "CHAR": "text",
    "TEXT": "text",
    "SMALLINT": "number",
    "INTEGER": "number",
    "BIGINT": "number",
    "NUMERIC": "number",
    "REAL": "number",
    "DOUBLE": "number",
    "FLOAT": "number",
    "TIMESTAMP": "moment",
    "DATE": "moment",
}
"""Types that PostgreSQL converts into each other by itself when a column is altered."""


def _family(ddl: str) -> str:
    word = ddl.replace("(", " ").split()[0] if ddl.split() else ddl
    return ddl if ddl.endswith("[]") else _FAMILIES.get(word, ddl)


def _enum_statement(change: CreateEnum | DropEnum, dialect: str) -> str:
    enum = change.enum
    name = ".".join(quote_identifier(part, dialect) for part in (enum.schema, enum.name) if part)
    if isinstance(change, DropEnum):
        return f"op.execute({f'DROP TYPE {name}'!r})"
    labels = ", ".join("'" + label.replace("'", "''") + "'" for label in enum.labels)
    return f"op.execute({f'CREATE TYPE {name} AS ENUM ({labels})'!r})"
