"""Changes as the code of a revision, by Alembic's own renderer.

Alembic is imported inside of the functions: only the user's wish for a revision, or an audit, brings it in.

Example: `render((Create("audit_logs", None, check),), project).upgrade` is
`op.create_check_constraint(op.f("ck_audit_logs_valid_actor_type"), "audit_logs", "actor_type IN (…)")`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import TYPE_CHECKING, Any

from driftline.dataclass import dataclass
from driftline.fixes.alchemy import Unrenderable, expression
from driftline.fixes.change import Alter, Change, Create, Drop, Named, TableChange, is_of_expression, undo
from driftline.fixes.change_order import spelled_out
from driftline.fixes.footprint import footprint
from driftline.fixes.generated import copies
from driftline.fixes.layout import lay_out
from driftline.fixes.project import Halves
from driftline.fixes.steps import Execute, Invoke, Operation, Remark, Step, steps
from driftline.fixes.wanted import stands_on
from driftline.python.values import Unknown
from driftline.schema import CheckConstraint, Column, Index, Table, table_key
from driftline.schema.rendering import sqlalchemy_dialect

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


def render(changes: Sequence[Change], project: Halves, *, quote: str = '"') -> Code | Unknown:
    """Render what makes the changes and what takes them back; Unknown where something in them has no operation."""
    changes = spelled_out(changes)
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

    def __init__(self, project: Halves, quote: str) -> None:
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
            "render_item": self._item,
            "render_as_batch": self.batch,
            "user_module_prefix": None,
        }
        self.autogen: AutogenContext = AutogenContext(context, opts=opts)
        self.imports: set[str] = set()
        self.autogen.imports = self.imports

    def body(self, changes: Sequence[Change]) -> str:
        """Render changes in their order; those on one table share a batch where they can; others share blocks."""
        lines: list[str] = []
        for key, group in self._grouped(changes):
            for several in _by_new_names(group):
                made = [step for change in several for step in self._steps(change)]
                lines += self._batches(key, made) if key is not None and self.batch else self._plain(made)
        return "\n".join(lines)

    def _grouped(self, changes: Sequence[Change]) -> list[tuple[tuple[str | None, str] | None, list[Change]]]:
        """Put neighbours together; for batches, each of which may copy its table, also what can be moved to others.

        That is up or down, where none of the changes in between has to do with it.
        """
        groups: list[tuple[tuple[str | None, str] | None, list[Change]]] = []
        for key, several in groupby(changes, key=self._table_of):
            group = list(several)
            at = next((at for at in reversed(range(len(groups))) if key is not None and groups[at][0] == key), None)
            if at is None or not self.batch:
                groups.append((key, group))
                continue
            between = [footprint(one, self.project) for _, one in groups[at + 1 :]]
            if not any(footprint(group, self.project).meets(one) for one in between):
                groups[at][1].extend(group)
            elif not any(footprint(groups[at][1], self.project).meets(one) for one in between):
                groups.append((key, [*groups.pop(at)[1], *group]))
            else:
                groups.append((key, group))
        return groups

    def _table_of(self, change: Change) -> tuple[str | None, str] | None:
        """Give what a batch is about: the table of a change in an existing table.

        On SQLite no batch can drop an index of an expression, as reflection does not tell of it.
        """
        if not isinstance(change, TableChange):
            return None
        part = change.part if isinstance(change, Create | Drop) else None
        hidden = self.project.dialect == "sqlite" and isinstance(part, Index) and is_of_expression(part)
        return None if isinstance(part, Table) or hidden else (change.schema, change.table)

    def _steps(self, change: Change) -> Iterator[Step]:
        return steps(change, self.project.dialect, copies=self.project.dialect == "sqlite")

    def _plain(self, made: Sequence[Step]) -> Iterator[str]:
        """Give the statements one after the other; those that commit by themselves in a block of their own."""
        for autocommit, group in groupby(made, key=_commits):
            if autocommit:
                yield "with op.get_context().autocommit_block():"
            for step in group:
                for line in self._lines(step, _MARGIN * 2 if autocommit else _MARGIN):
                    yield f"    {line}" if autocommit else line

    def _lines(self, step: Step, margin: int, *, batch: bool = False) -> Iterator[str]:
        match step:
            case Remark():
                yield from step.lines
            case Execute():
                yield from lay_out(f"op.execute({expression(step.sql).text!r})", quote=self.quote, margin=margin)
            case Invoke():
                yield from lay_out(_invocation(step, batch=batch), quote=self.quote, margin=margin)
            case Operation():
                text = _as_newest(self._render(step.made))
                if step.words:
                    more = ", ".join(f"{name}={value}" for name, value in step.words)
                    text = f"{text.rstrip().removesuffix(')')}, {more})"
                yield from lay_out(text, quote=self.quote, margin=margin)

    def _batches(self, key: tuple[str | None, str], made: Sequence[Step]) -> Iterator[str]:
        """Give the steps on one table inside of `batch_alter_table`; what must stand apart divides them."""
        inside: list[Step] = []
        for step in made:
            if isinstance(step, Execute) or (isinstance(step, Remark) and step.apart):
                yield from self._batch(key, inside)
                inside = []
                yield from self._plain([step])
            else:
                inside.append(step)
        yield from self._batch(key, inside)

    def _batch(self, key: tuple[str | None, str], made: Sequence[Step]) -> Iterator[str]:
        """Render steps inside of one `batch_alter_table`.

        On SQLite a batch makes the table anew from what reflection sees; a CHECK without a name is not among that, and
        is passed on.
        """
        if not made:
            return
        schema, table = key
        with self.autogen._within_batch():  # noqa: SLF001 -- as Alembic renders ModifyTableOps: no public way in
            inside = [line for step in made for line in self._lines(step, _MARGIN * 2, batch=True)]
        arguments = [repr(table), f"schema={schema!r}"]
        checks = self._nameless_checks(key) if self.project.dialect == "sqlite" else []
        if checks:
            arguments.append(f"table_args=({''.join(f'{check}, ' for check in checks)})")
        head = f"op.batch_alter_table({', '.join(arguments)})"
        lines = list(lay_out(head, quote=self.quote, margin=_MARGIN + len("with  as batch_op:")))
        lines[0] = f"with {lines[0]}"
        lines[-1] = f"{lines[-1]} as batch_op:"
        yield from lines
        yield from (f"    {line}" for line in inside)

    def _nameless_checks(self, key: tuple[str | None, str]) -> list[str]:
        """Give the CHECK constraints without a name of the table, as code."""
        migrated = self.project.migrated.schema.tables.get(table_key(*key))
        checks = [one for one in migrated.check_constraints if one.name is None] if migrated is not None else []
        return [f"sa.CheckConstraint({expression(one.sql).text!r})" for one in checks]

    def _item(self, kind: str, item: Any, _context: object) -> str | bool:  # noqa: ANN401 -- Alembic's hook
        """Write a native enum, whose type a change of its own makes: SQLAlchemy 2.0 does not say so. Else False."""
        from sqlalchemy.dialects.postgresql import ENUM

        if kind != "type" or not isinstance(item, ENUM) or self.project.dialect != "postgresql":
            return False
        self.imports.add("from sqlalchemy.dialects import postgresql")
        words = {"name": item.name, "create_type": False, "schema": item.schema}
        given = [f"{word}={value!r}" for word, value in words.items() if value is not None]
        return f"postgresql.ENUM({', '.join((*map(repr, item.enums), *given))})"

    def _render(self, operation: Any) -> str:  # noqa: ANN401 -- an Alembic operation
        from alembic.autogenerate.render import render_op_text

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Alembic would warn of is not offered
            try:
                return render_op_text(self.autogen, operation)
            except NotImplementedError as error:
                raise Unrenderable(str(error) or "this Alembic has no renderer for it") from error


def _by_new_names(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Leave to a second batch what is made on a column that was renamed: the same batch does not have it.

    Where that one copies the table, columns that are generated are added in it, too, as none can be copied.
    """
    renamed = {one.after.name for one in changes if isinstance(one, Alter) and one.before.name != one.after.name}
    late = [one for one in changes if _is_made_on(one, renamed) and not _is_check(one)]
    if any(copies(one) for one in late):
        generated = {name for one in changes if (name := _adds_generated(one)) is not None}
        late = [one for one in changes if one in late or _adds_generated(one) or _is_made_on(one, generated)]
    yield [one for one in changes if one not in late]
    if late:
        yield late


def _is_check(change: Change) -> bool:
    return isinstance(change, Create) and isinstance(change.part, CheckConstraint)


def _adds_generated(change: Change) -> str | None:
    """Give the name of the generated column that it adds."""
    part = change.part if isinstance(change, Create) else None
    return part.name if isinstance(part, Column) and part.computed is not None else None


def _is_made_on(change: Change, columns: AbstractSet[str]) -> bool:
    """Whether it makes a constraint or an index on one of the columns."""
    if not isinstance(change, Create) or not isinstance(change.part, Named):
        return False
    return any(stands_on(change.part, name) for name in columns)


def _commits(step: Step) -> bool:
    return isinstance(step, Execute) and step.autocommit


def _invocation(step: Invoke, *, batch: bool) -> str:
    """Write a call whose table, where it has one, comes behind the first argument; a batch knows its table."""
    if batch:
        arguments = [one.replace("op.f(", "batch_op.f(") for one in step.arguments[:1]]
        return f"batch_op.{step.method}({', '.join((*arguments, *step.arguments[1:]))})"
    first, *others = step.arguments
    where = [repr(step.table)] if step.table else []
    schema = [f"schema={step.schema!r}"] if step.schema else []
    return f"op.{step.method}({', '.join((first, *where, *others, *schema))})"


def _as_newest(code: str) -> str:
    """Give an operation as Alembic 1.18 writes it: older ones made an index's SQL a `text`, and True a string."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "deferrable":
            node.value = ast.Constant(ast.literal_eval(node.value) in (True, "True"))
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(".create_index"):
            continue
        for element in (one for given in node.args if isinstance(given, ast.List) for one in given.elts):
            if isinstance(element, ast.Call) and isinstance(element.func, ast.Attribute):
                element.func.attr = "literal_column"
    return ast.unparse(tree)


def _verbatim(clause: Any, is_server_default: bool = False, is_index: bool = False, **_words: object) -> str:  # noqa: ANN401, FBT001, FBT002 -- Alembic's signature
    text = str(clause.text)
    # What stands for an index element is written as a `literal_column`, whose text is nowhere searched for parameters.
    return text.replace("\\:", ":") if is_index and not is_server_default else text
