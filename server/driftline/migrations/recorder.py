"""The host under which a revision is evaluated: records what it does to the schema, and answers what it asks.

Operations are recorded in the order in which Alembic would run them. Only when the revision asks about the database (an
Inspector, a `try` around an operation) is the state looked at: `introspected` says so, and what was recorded then
depends on the state.

Invariant: one recorder serves one replay; `begin` and `end` frame each revision.

Example: `recorder.begin(work)`, then the evaluator runs `upgrade()`, then `recorder.end()` gives the operations.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from driftline.migrations import foreign_calls, introspection
from driftline.migrations.apply import attempt, perform
from driftline.migrations.custom_operations import CustomOperations
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.introspection import Introspected
from driftline.migrations.operation import (
    Batch,
    CreateEnum,
    CreateIndex,
    CreateSchema,
    CreateTable,
    DropConstraint,
    DropEnum,
    DropIndex,
    DropSchema,
    DropTable,
    Execute,
    Opaque,
    Operation,
)
from driftline.migrations.operation_reader import (
    BATCH_SIGNATURES,
    SIGNATURES,
    WITHOUT_EFFECT,
    Given,
    Stating,
    batch_constraints,
    bind_arguments,
    enum_of,
    enums_of,
    in_ddl_order,
    read_operation,
    with_schema,
)
from driftline.migrations.own_models import OwnModels
from driftline.migrations.partial_sql import read_partial_sql, text_with_gaps
from driftline.migrations.raw_sql import read_raw_sql
from driftline.migrations.working import Working
from driftline.models.core import (
    CoreContext,
    attribute_of_column,
    callee,
    plain,
    read_column,
    read_constraint,
    read_name,
    read_table,
    read_type,
    unescape_text,
)
from driftline.models.declared import Declared
from driftline.python.host import UNANSWERED, Branch, Host, RaisedError, Taken
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Annotation, Attribute, Call, Class, Function, Symbol, Unknown, Value, dotted
from driftline.schema import Column, Index, Table, TypeCall, table_key
from driftline.schema.naming import NamingConvention


class Evaluation(Protocol):
    """What the recorder needs of the evaluator."""

    def call(
        self, function: Value, args: Sequence[Value] = (), kwargs: Mapping[str, Value] = ..., origin: Origin = NOWHERE
    ) -> Value:
        """Run a function that was read."""
        ...

    def get(self, value: Value, name: str) -> Value:
        """Give `value.name`."""
        ...

    def annotation(self, annotation: Annotation) -> Value:
        """Evaluate an annotation."""
        ...

    def library(self, path: str) -> Value:
        """Give what a dotted path of a library stands for; a `Symbol` where it was not found."""
        ...

    def node_of(self, origin: Origin) -> tuple[ast.AST | None, ast.AST | None]:
        """Find the node that `origin` is about, and the innermost function around it."""
        ...

    def awaits(self, error: RaisedError) -> bool:
        """Whether a `try` around the call at hand would catch `error`."""
        ...

    def files_loaded(self) -> set[str]:
        """Give the paths of the modules that stay loaded."""
        ...


@dataclass(slots=True)
class _OpenBatch:
    """A `batch_alter_table` block that has not ended."""

    table: str
    schema: str | None
    batch: Batch
    operations: list[Operation] = field(default_factory=list)


MOST_OPERATIONS = 3_000
"""So many operations of one revision are followed: nobody writes more, but a loop without end would."""

_HARMLESS_COSTS = 0.1
"""What a statement counts that changes nothing: a dump of a database has thousands."""

_OP = re.compile(r"(?:alembic\.op|alembic\.operations\.(?:base\.)?Operations(?:\.context)?\(\))\.(\w+)")
"""A call on the operations proxy, by its dotted path."""

_CONTEXT = r"(?:alembic\.(?:op|context)\.get_context\(\)|alembic\.op\.(?:migration_context|impl))"
_BIND = re.compile(
    rf"(?:alembic\.op\.get_bind\(\)|alembic\.context\.get_bind\(\)|{_CONTEXT}\.(?:bind|connection)|{_CONTEXT}\.impl\.(?:bind|connection)"
    r"|sqlalchemy\.orm\.(?:session\.)?(?:Session|sessionmaker|scoped_session)\(\)(?:\(\))?|sqlmodel\.Session\(\)|sqlmodel\.orm\.session\.Session\(\))"
    r"(?:\.(?:connect\(\)|engine|bind|execution_options\(\)|begin\(\)|begin_nested\(\)|connection\(\)|get_bind\(\)|sync_connection|connection))*"
)
"""What stands for the database connection, by its dotted path: the bind, what is made of it, a Session."""

_INSPECTOR = re.compile(
    r"sqlalchemy\.(?:inspect|inspection\.inspect)\(\)"
    r"|sqlalchemy\.(?:engine\.(?:reflection\.)?)?(?:reflection\.)?Inspector(?:\.from_engine)?\(\)"
)
_DIALECT_CLASS = re.compile(r"sqlalchemy\.dialects\.(\w+)\.(?:\w+\.)?\w*[Dd]ialect\w*")
"""A dialect's class, or `dialect`, its module's name for it."""

_COLUMNS = "sqlalchemy.sql.base.ReadOnlyColumnCollection"
"""The columns of a table that the revision reflects."""

_EXECUTING = frozenset({"execute", "exec_driver_sql", "scalar", "scalars", "exec"})
_ENUMS = frozenset({"sqlalchemy.Enum", "sqlalchemy.dialects.postgresql.ENUM"})
_DATABASE_ERRORS = (
    "OperationalError",
    "InternalError",
    "IntegrityError",
    "DatabaseError",
    "DBAPIError",
    "StatementError",
    "SQLAlchemyError",
    "ValueError",
    "KeyError",
    "NotImplementedError",
)
"""What a database, its driver or Alembic raises for an operation that is impossible: not worth telling apart."""


class Recorder(Host):
    """Records the operations of one revision after the other."""

    follow_untaken = True

    def __init__(self, dialect: str, convention: NamingConvention, version_table: str = "alembic_version") -> None:
        """Read for `dialect`, naming constraints by `convention`; `version_table`: the key of Alembic's own table."""
        self.dialect = dialect
        self.convention = convention
        self.version_table = version_table
        self.evaluator: Evaluation | None = None
        self.custom = CustomOperations()
        self.models = OwnModels(dialect)
        self.declared: Declared | None = None
        self.assumed_schema: str | None = None
        self.asked_models = False
        """Whether the revision asked for what the models declare."""
        self.operations: list[Operation] = []
        self.introspected = False
        self._work: Working | None = None
        self._performed = 0
        self._recorded = 0.0
        self._branches: list[Branch] = []
        self._batches: list[tuple[Call, _OpenBatch]] = []
        self._answers: dict[tuple[int, str, str], Value] = {}
        self._kept: list[Call] = []

    # Revisions -------------------------------------------------------------------------------------------------------

    def begin(self, work: Working) -> None:
        """Start a revision whose questions are answered from `work`; its operations are performed there in time."""
        self.operations = []
        self.introspected = False
        self.asked_models = False
        self._work = work
        self._performed = 0
        self._recorded = 0.0
        self._branches.clear()
        self._batches.clear()
        self._answers.clear()
        self._kept.clear()

    def end(self) -> tuple[Operation, ...]:
        """End the revision: its operations, all of them performed."""
        self._catch_up()
        self.models.forget(self.evaluator.files_loaded() if self.evaluator is not None else ())
        return tuple(self.operations)

    def _catch_up(self) -> Working:
        """Perform what was recorded and not performed yet, and give the state."""
        work = self._work
        if work is None:
            msg = "no revision has begun"
            raise AssertionError(msg)
        while self._performed < len(self.operations):
            self._performed += 1
            perform(work, self.operations[self._performed - 1])
        return work

    def lose(self, what: Unknown, text: str) -> None:
        """Record something that was not understood, about the tables whose names occur in `text`: any where none do."""
        self._lose_about(frozenset(re.findall(r"\w+", text)), what)

    def lose_upgrade(self, upgrade: Value, origin: Origin) -> None:
        """Record that what `upgrade` is set to was not read."""
        what = Unknown(f"`upgrade` is `{dotted(upgrade) or 'something'}`, which was not read", origin)
        self._lose_about(foreign_calls.named(upgrade), what)

    def _lose_about(self, names: frozenset[str], what: Unknown, stating: Stating | None = None) -> None:
        """Record what was not understood and could touch the tables called by `names`: any where none is.

        A name that is no table's could be that of one which it makes.
        """
        work = self._asked()
        tables = frozenset(key for key, one in work.tables.items() if key in names or one.name in names)
        waiting, self._batches = self._batches, []
        self._record(
            stating.opaque(what, *tables, creates=True)
            if stating is not None
            else Opaque(what, tables or None, creates=True, origin=what.origin)
        )
        self._batches = waiting

    def _asked(self) -> Working:
        self.introspected = True
        return self._catch_up()

    # What the evaluator asks -----------------------------------------------------------------------------------------

    def wants(self, callee: str) -> bool:  # noqa: D102 -- as the base says
        match = _OP.fullmatch(callee)
        if match is not None:
            known = ("execute", "batch_alter_table", "invoke", "run_async")
            return match[1] in SIGNATURES or match[1] in known or self.custom.maker(match[1]) is not None
        if callee.startswith("alembic.op.batch_alter_table()."):
            return True
        owner, _, method = callee.rpartition(".")
        if method in _EXECUTING:
            return _BIND.fullmatch(owner) is not None
        if method in ("create", "drop"):
            return owner.startswith("sqlalchemy.") and owner.endswith("()")
        return method in ("create_all", "drop_all")

    @contextmanager
    def branch(self, branch: Branch) -> Iterator[None]:  # noqa: D102 -- as the base says
        self._branches.append(branch)
        try:
            yield
        finally:
            self._branches.pop()

    def get_attribute(self, value: Value, name: str) -> Value:  # noqa: D102 -- as the base says
        path = dotted(value)
        if name == "name" and (path.endswith(".dialect") or _BIND.fullmatch(path)):
            return self.dialect if self._is_database(path.removesuffix(".dialect")) else UNANSWERED
        if name == "as_sql" and re.fullmatch(rf"{_CONTEXT}(?:\.impl)?", path):
            return False
        if name == "default_schema_name" and (path.endswith(".dialect") or _INSPECTOR.fullmatch(path)):
            return {"postgresql": "public", "sqlite": "main"}.get(self.dialect, UNANSWERED)
        if name == "is_mariadb" and path.endswith(".dialect"):
            return self.dialect == "mariadb"
        if isinstance(value, Call) and callee(value) == "sqlalchemy.Column":
            return attribute_of_column(value, name)
        if name in ("columns", "c") and isinstance(value, Call) and _autoloads(value):
            return self._reflected_columns(value)
        if name == "foreign_key_constraints" and isinstance(value, Call) and _autoloads(value):
            return self._reflected_foreign_keys(value)
        if name == "metadata" or (name in _OF_MODELS and isinstance(value, Class)):
            return self._own_models().attribute(value, name)
        return UNANSWERED

    def _own_models(self) -> OwnModels:
        self.models.runner = self.evaluator
        return self.models

    def truth(self, value: Value) -> bool | Unknown | None:
        """A connection, an Inspector and a migration context are true (`if _inspector:`)."""
        return True if isinstance(value, Call) and self._is_database(dotted(value)) else None

    def is_instance(self, value: Value, kind: Value) -> bool | None:
        """Tell `isinstance(bind.dialect, PGDialect)` by the dialect."""
        path, wanted = dotted(value), _DIALECT_CLASS.match(dotted(kind))
        if wanted is None or not path.endswith(".dialect") or not self._is_database(path.removesuffix(".dialect")):
            return None
        return wanted[1] == self.dialect or (wanted[1] == "mysql" and self.dialect == "mariadb")

    def _is_database(self, path: str) -> bool:
        return (
            _BIND.fullmatch(path) is not None
            or re.fullmatch(rf"{_CONTEXT}(?:\.impl)?", path) is not None
            or _INSPECTOR.fullmatch(path) is not None
        )

    def call(self, call: Call) -> Value:  # noqa: D102 -- as the base says; one kind of call a line
        if self._recorded > MOST_OPERATIONS:
            return UNANSWERED
        path = call.callee
        match = _OP.fullmatch(path)
        if match is not None:
            return self._call_op(match[1], call)
        if path == "alembic.context.is_offline_mode":
            return False
        function = call.function
        if isinstance(function, Attribute):
            answer = self._call_method(call, function)
        elif path.endswith(".Table") and callee(call) == "sqlalchemy.Table":
            answer = self._call_table(call)
        else:
            answer = UNANSWERED
        if answer is UNANSWERED and foreign_calls.is_foreign(call):
            session = foreign_calls.session_of(call)
            if session is not None:
                return session
            self._call_foreign(call)
        return answer

    def call_unknown(self, call: Call) -> None:  # noqa: D102 -- as the base says
        if isinstance(call.function, Unknown):
            self._call_foreign(call, f"what is called here is not known ({call.function.reason})")

    def _call_foreign(self, call: Call, what: str | None = None) -> None:
        """Record a call of something that was not read, where it is handed a way to change the schema."""
        handles = foreign_calls.handles(call)
        if not handles:
            return
        stating = self._stating(call)
        if what is None:
            what = f"{f'`{call.callee}`' if call.callee else 'what is called here'} was not read"
        reason = f"{what}, and is given a way to change the schema"
        batches = [foreign_calls.batch_of(one) for one in handles]
        opened = [one for value, one in self._batches if any(value is batch for batch in batches)]
        if len(opened) == len(handles) and all(one.table for one in opened):
            for one in opened:
                self._record(stating.opaque(reason, one.batch.table))
            return
        self._lose_about(foreign_calls.named(call), Unknown(reason, stating.origin), stating)

    def class_created(self, cls: Class) -> None:  # noqa: D102 -- as the base says
        self.custom.note_class(cls)
        self.models.note(cls)

    def function_created(self, function: Function) -> None:  # noqa: D102 -- as the base says
        self.custom.note_function(function)

    def enter(self, value: Value) -> Value:  # noqa: D102 -- as the base says
        if isinstance(value, Call) and self._is_batch(value):
            self._open_batch(value)
        return UNANSWERED

    def exit(self, value: Value) -> None:  # noqa: D102 -- as the base says
        if isinstance(value, Call) and self._batches and self._batches[-1][0] is value:
            _, opened = self._batches.pop()
            # The end of a `with` block cannot raise in what is read: a batch that a `try` would see fail is left out.
            with suppress(RaisedError):
                self._record(replace(opened.batch, operations=tuple(opened.operations)))

    # op --------------------------------------------------------------------------------------------------------------

    def _call_op(self, name: str, call: Call) -> Value:
        maker = self.custom.maker(name)
        if maker is not None and self.evaluator is not None and not call.unpacked:
            method = self.evaluator.get(*maker)
            return self.evaluator.call(method, (_PROXY, *call.args), dict(call.kwargs), call.origin)
        if name in SIGNATURES or name in WITHOUT_EFFECT:
            given = bind_arguments(call, SIGNATURES.get(name, ()))
            self._record_all(name, given, call)
            return UNANSWERED
        if name == "execute":
            self._execute(call.args[0] if call.args else call.kwargs.get("sqltext"), call)
            return None
        if name == "run_async":
            function = call.args[0] if call.args else None
            if self.evaluator is not None:
                bind = Call(Symbol("alembic.op.get_bind"), (), {}, call.origin)
                return self.evaluator.call(function, (bind, *call.args[1:]), dict(call.kwargs), call.origin)
            return UNANSWERED
        if name == "invoke":
            return self._invoke(call)
        if name in _READ_ONLY:
            return UNANSWERED
        stating = self._stating(call)
        self._record(stating.opaque(f"`op.{name}` is an operation that is not known here", creates=True))
        return UNANSWERED

    def _record_all(self, name: str, given: Given, call: Call) -> None:
        for operation in read_operation(name, given, call, self._stating(call)):
            self._record(operation)

    def _stating(self, call: Call) -> Stating:
        branch = next((one for one in reversed(self._branches) if one.taken is Taken.UNTAKEN), None)
        if branch is None and self._branches:
            branch = self._branches[-1]
        guarded = self.evaluator is not None and self.evaluator.awaits(_refused(""))
        return Stating(self._context(), call.origin, branch, guarded, self.assumed_schema)

    def _context(self) -> CoreContext:
        return CoreContext(self.dialect, self.convention, runner=self.evaluator)

    def _is_full(self, operation: Operation) -> bool:
        """Count an operation; whether it is one too many. That there are more is recorded once."""
        was_full = self._recorded > MOST_OPERATIONS
        self._recorded += _HARMLESS_COSTS if isinstance(operation, Execute) else 1
        full = self._recorded > MOST_OPERATIONS
        if full and not was_full:
            reason = f"the revision does more than {MOST_OPERATIONS:,} things, and what comes after is not followed"
            self.operations.append(Opaque(Unknown(reason, operation.origin), creates=True, origin=operation.origin))
        return full

    def _record(self, operation: Operation) -> None:
        """Record an operation; where a `try` waits for its failure, find out whether it fails."""
        if self._is_full(operation):
            return
        if self._batches and not isinstance(operation, Batch):
            self._batches[-1][1].operations.append(operation)
            return
        untaken = operation.branch is not None and operation.branch.taken is Taken.UNTAKEN
        if operation.guarded and not untaken and _is_nameless(operation, self.dialect):
            reason = "a constraint without a name is dropped"  # SQLAlchemy's compiler refuses that
            raise _refused(reason)
        if operation.guarded and not operation.raw and not untaken:
            problems = attempt(self._asked(), _unguarded(operation))
            sure = [one for one in problems if not one.conditional]
            if sure:
                raise _refused(sure[0].message)
        self.operations.append(operation)

    def _invoke(self, call: Call) -> Value:
        """Read `op.invoke(ops.AddColumnOp(…))`: the class's name is the operation's, or a function implements it."""
        inner = call.args[0] if call.args else None
        implementation = self.custom.implementation(inner)
        if implementation is not None and self.evaluator is not None:
            return self.evaluator.call(implementation, (_PROXY, inner), {}, call.origin)
        name = inner.callee.rpartition(".")[2] if isinstance(inner, Call) else ""
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Op")).lower()
        if isinstance(inner, Call) and snake in SIGNATURES:
            self._record_all(snake, bind_arguments(inner, SIGNATURES[snake]), inner)
        elif isinstance(inner, Call) and name == "ExecuteSQLOp":
            self._execute(inner.args[0] if inner.args else None, call)
        else:
            self._record(self._stating(call).opaque("`op.invoke` of an operation that is not known here", creates=True))
        return UNANSWERED

    # Batches ---------------------------------------------------------------------------------------------------------

    def _is_batch(self, call: Call) -> bool:
        match = _OP.fullmatch(call.callee)
        return match is not None and match[1] == "batch_alter_table"

    def _open_batch(self, call: Call) -> None:
        given = bind_arguments(
            call, ("table_name", "schema", "recreate", "partial_reordering", "copy_from", "table_args")
        )
        stating = self._stating(call)
        given, assumed = with_schema(given, stating)
        self.operations += assumed
        name, schema = plain(given.get("table_name")), plain(given.get("schema"))
        known = isinstance(name, str) and (schema is None or isinstance(schema, str))
        table = str(name) if known else ""
        written = str(schema) if known and schema is not None else None
        convention = given.get("naming_convention")
        naming = tuple(
            (str(key), template if isinstance(template, str) else Unknown("a template of the batch could not be read"))
            for key, template in (convention.items() if isinstance(convention, dict) else ())
        )
        recreate = plain(given.get("recreate", "auto"))
        batch = Batch(
            table_key(stating.context.schema_key(written), table),
            (),
            recreate=recreate if recreate in ("always", "never") else "auto",
            naming=naming,
            extra=batch_constraints(given.get("table_args"), table, written, stating),
            reflected=_columns(given.get("reflect_args"), stating),
            copy_from=self._read_table(given.get("copy_from"), stating),
            **stating.marks,
        )
        self._batches.append((call, _OpenBatch(table, written, batch)))

    def _call_batch(self, name: str, call: Call, batch: Call) -> Value:
        opened = next((one for value, one in reversed(self._batches) if value is batch), None)
        if name == "execute":
            waiting, self._batches = self._batches, []
            self._execute(call.args[0] if call.args else call.kwargs.get("sqltext"), call)
            self._batches = waiting
            return None
        if name == "f" or name in _READ_ONLY or opened is None:
            return UNANSWERED
        stating = self._stating(call)
        if name not in BATCH_SIGNATURES:
            self._record(
                stating.opaque(f"`batch_op.{name}` is an operation that is not known here", opened.batch.table)
            )
            return UNANSWERED
        if not opened.table:
            self._record(stating.opaque("the table of the batch is not known"))
            return UNANSWERED
        given = bind_arguments(call, BATCH_SIGNATURES[name])
        if name == "create_foreign_key":
            given |= {"source_table": opened.table, "source_schema": opened.schema}
            given.setdefault("referent_schema", opened.schema)
        else:
            given |= {"table_name": opened.table, "schema": opened.schema}
        self._record_all(name, given, call)
        return UNANSWERED

    # Methods ---------------------------------------------------------------------------------------------------------

    def _call_method(self, call: Call, function: Attribute) -> Value:
        receiver, name = function.value, function.name
        if isinstance(receiver, Call) and self._is_batch(receiver):
            return self._call_batch(name, call, receiver)
        path = dotted(receiver)
        if isinstance(receiver, Call) and _INSPECTOR.fullmatch(path):
            return self._introspect(receiver, name, call)
        if _BIND.fullmatch(path) is not None or (re.fullmatch(_CONTEXT, path) and name == "execute"):
            return self._call_bind(name, call)
        if (
            name in ("has_table", "has_index")
            and path.endswith(".dialect")
            and self._is_database(path.removesuffix(".dialect"))
        ):
            return self._answer(name, call.args[1:], call.kwargs)
        kind = callee(receiver)
        if kind in _ENUMS and name in ("create", "drop"):
            return self._call_enum(name, call, receiver)
        if kind == "sqlalchemy.Table" and name in ("create", "drop"):
            return self._call_on_table(name, call, receiver)
        if kind == "sqlalchemy.Index" and name in ("create", "drop"):
            return self._call_on_index(name, call, receiver)
        if name in ("create_all", "drop_all") and self._passes_bind(call):
            return self._call_metadata(name, call, receiver)
        return UNANSWERED

    def _call_bind(self, name: str, call: Call) -> Value:
        if name in _EXECUTING:
            statement = call.args[0] if call.args else call.kwargs.get("statement", call.kwargs.get("sqltext"))
            self._execute(statement, call)
            return Unknown("what a statement returns depends on the rows in the database", call.origin)
        if name == "has_table":
            return self._answer(name, call.args, call.kwargs)
        if name in ("run_callable", "run_sync") and self.evaluator is not None and call.args:
            bind = call.function.value if isinstance(call.function, Attribute) else None
            return self.evaluator.call(call.args[0], (bind, *call.args[1:]), dict(call.kwargs), call.origin)
        if name in ("query", "get", "fetchall", "fetchone", "first", "all"):
            return Unknown("what a query returns depends on the rows in the database", call.origin)
        if name == "in_transaction":
            return True
        return UNANSWERED

    def _passes_bind(self, call: Call) -> bool:
        bind = call.args[0] if call.args else call.kwargs.get("bind")
        return self._is_database(dotted(bind))

    # Introspection ---------------------------------------------------------------------------------------------------

    def _introspect(self, inspector: Call, method: str, call: Call) -> Value:
        """Answer an Inspector's method; one Inspector gives the same answer again, whatever happened in between."""
        if method == "clear_cache":
            self._answers = {key: value for key, value in self._answers.items() if key[0] != id(inspector)}
            return None
        if method in (
            "get_view_names",
            "get_materialized_view_names",
            "get_sequence_names",
            "get_temp_table_names",
            "has_sequence",
        ):
            return Unknown("views and sequences are not followed", call.origin)
        asked = (id(inspector), method, repr((call.args, sorted(call.kwargs.items(), key=lambda one: one[0]))))
        if asked in self._answers:
            return self._answers[asked]
        answer = self._answer(method, call.args, call.kwargs)
        if not any(one.taken is Taken.UNTAKEN for one in self._branches):
            self._kept.append(inspector)
            self._answers[asked] = answer
        return answer

    def _answer(self, method: str, args: tuple[Value, ...], kwargs: Mapping[str, Value]) -> Value:
        untaken = next((one for one in self._branches if one.taken is Taken.UNTAKEN), None)
        supposed = (
            Unknown(f"it is asked only if `{untaken.condition}`", untaken.origin) if untaken is not None else None
        )
        about = Introspected(self._asked(), self.version_table, supposed)
        return introspection.answer(method, args, kwargs, about)

    def _reflected_columns(self, table: Call) -> Value:
        """Give the columns of a `Table(…, autoload_with=bind)` by name; UNANSWERED where they are not known."""
        name = plain(table.args[0]) if table.args else None
        if not isinstance(name, str):
            return UNANSWERED
        found = self._answer("get_columns", (name, table.kwargs.get("schema")), {})
        if isinstance(found, Unknown):
            return found
        columns: dict[str, Value] = {
            one["name"]: Call(
                Symbol("sqlalchemy.Column"), (one["name"], one["type"]), {"nullable": one["nullable"]}, table.origin
            )
            for one in found
        }
        return Call(Symbol(_COLUMNS), tuple(columns.values()), {}, table.origin, attributes=columns)

    def _reflected_foreign_keys(self, table: Call) -> Value:
        """Give the foreign keys of a `Table(…, autoload_with=bind)`; UNANSWERED where they are not known."""
        name = plain(table.args[0]) if table.args else None
        if not isinstance(name, str):
            return UNANSWERED
        found = self._answer("get_foreign_keys", (name, table.kwargs.get("schema")), {})
        return found if isinstance(found, Unknown) else [_foreign_key_constraint(one, table.origin) for one in found]

    def get_item(self, value: Value, key: Value) -> Value:
        """Answer `table.c["id"]` of a reflected table."""
        if isinstance(value, Call) and value.callee == _COLUMNS and isinstance(key, str):
            return value.attributes.get(key, UNANSWERED)
        return UNANSWERED

    def iterate(self, value: Value) -> list[Value] | None:
        """Give the columns of a reflected table."""
        return list(value.args) if isinstance(value, Call) and value.callee == _COLUMNS else None

    def _call_table(self, call: Call) -> Value:
        """Note the table; reflecting one that is not there fails."""
        self.models.note(call)
        if _autoloads(call) and call.args and isinstance(plain(call.args[0]), str):
            self._answer("get_columns", (plain(call.args[0]), call.kwargs.get("schema")), {})
        return UNANSWERED

    # Objects that create themselves ----------------------------------------------------------------------------------

    def _call_enum(self, name: str, call: Call, receiver: Call) -> Value:
        stating = self._stating(call)
        if self.dialect != "postgresql":
            return None
        made = read_type(receiver, stating.context)
        enum = enum_of(made, call.origin)
        checkfirst = (
            call.args[1] if len(call.args) > 1 else call.kwargs.get("checkfirst", callee(receiver) != "sqlalchemy.Enum")
        )
        if enum is None:
            self._record(stating.opaque(made.unknown or "an enum type could not be read"))
        elif name == "create":
            self._record(CreateEnum(enum, if_not_exists=checkfirst is not False, **stating.marks))
        else:
            self._record(DropEnum(enum.key, if_exists=checkfirst is not False, **stating.marks))
        return None

    def _own_context(self, table: Call) -> CoreContext:
        """Give the context of a table that the revision declares: names come from its own metadata's convention."""
        metadata = table.args[1] if len(table.args) > 1 else table.kwargs.get("metadata")
        given = metadata.kwargs.get("naming_convention") if isinstance(metadata, Call) else None
        templates = (
            {str(key): one for key, one in given.items() if isinstance(one, str)} if isinstance(given, dict) else None
        )
        convention = NamingConvention(templates) if templates else NamingConvention()
        schema = plain(metadata.kwargs.get("schema")) if isinstance(metadata, Call) else None
        context = replace(self._context(), convention=convention)
        return replace(context, metadata_schema=schema) if isinstance(schema, str) else context

    def _read_table(self, table: Value, stating: Stating) -> Table | None:
        if not isinstance(table, Call) or callee(table) != "sqlalchemy.Table" or not table.args:
            return None
        name = plain(table.args[0])
        if not isinstance(name, str) or table.unpacked:
            return None
        context = self._own_context(table)
        schema = plain(table.kwargs.get("schema", context.metadata_schema))
        written = schema if isinstance(schema, str) else None
        return read_table(name, written, table.args[2:], table.kwargs, context, stating.origin)

    def _create_operation(self, table: Call, stating: Stating, *, checkfirst: bool) -> Operation:
        mapped = self._own_models().table(table)
        if mapped is not None:
            return _creation(mapped, stating, checkfirst=checkfirst)
        made = self._read_table(table, stating)
        if made is None:
            return stating.opaque("a table that creates itself could not be read", creates=True)
        enums = enums_of(made, table.args[2:], stating)
        return CreateTable(
            in_ddl_order(made), enums, if_not_exists=checkfirst, checkfirst_enums=checkfirst, **stating.marks
        )

    def _call_on_table(self, name: str, call: Call, receiver: Call) -> Value:
        stating = self._stating(call)
        checkfirst = call.args[1] if len(call.args) > 1 else call.kwargs.get("checkfirst", False)
        if name == "create":
            self._record(self._create_operation(receiver, stating, checkfirst=bool(checkfirst)))
            return None
        made = self._read_table(receiver, stating)
        if made is None:
            self._record(stating.opaque("a table that drops itself could not be read"))
        else:
            self._record(DropTable(made.key, if_exists=bool(checkfirst), **stating.marks))
        return None

    def _call_on_index(self, name: str, call: Call, receiver: Call) -> Value:
        stating = self._stating(call)
        checkfirst = bool(call.kwargs.get("checkfirst", False))
        place = next((found for one in receiver.args[1:] if (found := stating.context.locate(one)) is not None), None)
        if place is None or place.table is None:
            self._record(stating.opaque("the table of an index could not be read"))
            return None
        made = read_constraint(receiver, place.table, place.schema, stating.context)
        key = table_key(stating.context.schema_key(place.schema), place.table)
        if isinstance(made, Index) and name == "create":
            self._record(CreateIndex(key, made, if_not_exists=checkfirst, **stating.marks))
        elif isinstance(made, Index):
            self._record(
                DropIndex(
                    key, made.name, stating.context.schema_key(place.schema), if_exists=checkfirst, **stating.marks
                )
            )
        elif made is not None:
            self._record(stating.opaque("an index could not be read", key))
        return None

    def _call_metadata(self, name: str, call: Call, receiver: Value) -> Value:
        """Create or drop the tables on a metadata: the revision's own, or the one that env.py compares with."""
        stating = self._stating(call)
        checkfirst = call.kwargs.get("checkfirst", True) is not False
        own, missing = self._own_models().tables_on(receiver)
        tables = call.kwargs.get("tables")
        listed = tables if isinstance(tables, list | tuple) else None
        everything = [_creation(made, stating, checkfirst=checkfirst) for _, made in own]
        created = [
            operation
            for (handle, _), operation in zip(own, everything, strict=True)
            if listed is None or any(handle is one for one in listed)
        ]
        declared = self._declared_on(receiver, created) if tables is None else None
        if declared is not None:
            self.introspected = True  # it depends on more than files
            created = [_creation(one, stating, checkfirst=checkfirst) for one in declared.schema.tables.values()]
            everything, missing = created, declared.schema.incomplete
        # Types are the metadata's, whichever of its tables are meant.
        enums = {enum.key: enum for one in everything for enum in one.enums}
        if name == "create_all":
            for enum in enums.values():
                self._record(CreateEnum(enum, if_not_exists=True, **stating.marks))
        ordered = list(in_dependency_order(created))
        for one in ordered if name == "create_all" else reversed(ordered):
            if name == "create_all":
                self._record(replace(one, enums=()))
            else:
                self._record(DropTable(one.table, if_exists=checkfirst, **stating.marks))
        if name == "drop_all" and self.dialect == "postgresql":
            for enum in enums.values():
                self._record(DropEnum(enum.key, if_exists=True, **stating.marks))
        if not created or missing or (tables is not None and (listed is None or len(created) != len(listed))):
            self._record(stating.opaque(f"`metadata.{name}` of tables that were not read here", creates=True))
        return None

    def _declared_on(self, metadata: Value, found: Sequence[CreateTable]) -> Declared | None:
        """Give the declared schema where `metadata` is the one that env.py compares with.

        It is where all the tables `found` on it are declared tables, or where none was found (the revision imports
        nothing but the base) and env.py's imports make it.
        """
        declared = self.declared
        if declared is None or not isinstance(metadata, Call):
            return None
        if found:
            sites = [one.made.origin.site for one in found]
            known = all(one.table in declared.schema.tables for one in found)
            return declared if known and all(one is None or one.path in declared.reads for one in sites) else None
        site = metadata.origin.site
        return declared if site is not None and site.path in declared.reads else None

    # SQL -------------------------------------------------------------------------------------------------------------

    def _execute(self, statement: Value, call: Call) -> None:
        """Record what a statement does: a string, `text(…)`, a construct, or something of these."""
        stating = self._stating(call)
        statement = plain(statement)
        while isinstance(statement, Call) and isinstance(statement.function, Attribute) and _wraps(statement.function):
            statement = statement.function.value
        if isinstance(statement, Call) and callee(statement) in ("sqlalchemy.text", "sqlalchemy.DDL"):
            inner = plain(
                statement.args[0] if statement.args else statement.kwargs.get("text", statement.kwargs.get("statement"))
            )
            if isinstance(inner, str):
                inner = inner % {} if callee(statement) == "sqlalchemy.DDL" and "%%" in inner else unescape_text(inner)
            statement = inner
        if isinstance(statement, str):
            for operation in read_raw_sql(
                unescape_text(statement),
                self.dialect,
                origin=stating.origin,
                branch=stating.branch,
                guarded=stating.guarded,
            ):
                self._record(operation)
        elif isinstance(statement, Unknown):
            self._execute_unknown(statement, stating)
        elif isinstance(statement, list | tuple):
            for one in statement:
                self._execute(one, call)
        else:
            self._execute_construct(statement, stating, call)

    def _execute_unknown(self, statement: Unknown, stating: Stating) -> None:
        """Record what is known of a statement that is not known as a whole: its source may say most of it."""
        what = Unknown(f"an SQL text that is not known: {statement.reason}", stating.origin)
        node, function = self.evaluator.node_of(stating.origin) if self.evaluator is not None else (None, None)
        argument = next(iter(node.args), None) if isinstance(node, ast.Call) else None
        text = text_with_gaps(argument, function) if argument is not None else None
        if text is None:
            self._record(stating.opaque(what, creates=True))
            return
        for operation in read_partial_sql(
            text, self.dialect, what, origin=stating.origin, branch=stating.branch, guarded=stating.guarded
        ):
            self._record(operation)

    def _execute_construct(self, statement: Value, stating: Stating, call: Call) -> None:
        path = callee(statement)
        argument = statement.args[0] if isinstance(statement, Call) and statement.args else None
        kind = path.rpartition(".")[2]
        if kind == "CreateTable" and isinstance(argument, Call):
            self._record(
                self._create_operation(argument, stating, checkfirst=statement.kwargs.get("if_not_exists") is True)
            )
        elif kind == "DropTable" and isinstance(argument, Call):
            made = self._read_table(argument, stating)
            self._record(
                DropTable(made.key, **stating.marks)
                if made is not None
                else stating.opaque("a table could not be read")
            )
        elif kind in ("CreateIndex", "DropIndex") and isinstance(argument, Call):
            self._call_on_index("create" if kind == "CreateIndex" else "drop", call, argument)
        elif kind in ("CreateSchema", "DropSchema"):
            name = read_name(argument)
            if isinstance(name, str):
                self._record(
                    CreateSchema(name, **stating.marks) if kind == "CreateSchema" else DropSchema(name, **stating.marks)
                )
        elif kind in ("AddConstraint", "DropConstraint", "CreateColumn", "SetColumnComment"):
            self._record(stating.opaque(f"`{kind}` is not followed"))
        else:
            # insert(), update(), delete(), select(), sequences, comments: whatever they are built of, no table changes.
            self._record(Execute(path or "a statement", **stating.marks))


_PROXY = Symbol("alembic.op")
"""What registered operations are handed as `operations`."""

_READ_ONLY = frozenset(
    {
        "get_bind",
        "get_context",
        "f",
        "batch_alter_table",
        "register_operation",
        "implementation_for",
        "inline_literal",
        "context",
        "migration_context",
        "impl",
        "opts",
    }
)
"""Attributes of the operations proxy that do nothing to the schema."""


_OF_MODELS = ("metadata", "registry", "__table__", "__tablename__")
"""Attributes of classes that SQLAlchemy gives to mapped ones."""


def _columns(items: Value, stating: Stating) -> tuple[Column, ...]:
    """Read the columns of a list."""
    calls = items if isinstance(items, list | tuple) else ()
    return tuple(read_column(one, stating.context).column for one in calls if callee(one) == "sqlalchemy.Column")


def _refuses(call: object) -> bool:
    """Whether a type is an enum that says `create_type=False`, or an array of one."""
    if not isinstance(call, TypeCall):
        return False
    return dict(call.kwargs).get("create_type") is False or any(_refuses(one) for one in call.args)


def _creation(made: Table, stating: Stating, *, checkfirst: bool) -> CreateTable:
    """Make the operation that creates a table of a model, with the enums that come along."""
    enums = [enum_of(column.type, stating.origin) for column in made.columns if not _refuses(column.type.call)]
    return CreateTable(
        in_ddl_order(replace(made, origin=made.origin if made.origin.sites else stating.origin)),
        tuple({one.key: one for one in enums if one is not None}.values()),
        if_not_exists=checkfirst,
        checkfirst_enums=checkfirst,
        **stating.marks,
    )


def in_dependency_order(operations: Sequence[CreateTable]) -> list[CreateTable]:
    """Give creations so that a table comes after those it refers to, as `create_all` does; circles stay as they are."""
    waiting = {one.table: one for one in operations}
    ordered: list[CreateTable] = []
    while waiting:
        free = [
            one
            for one in waiting.values()
            if not any(
                key.referred_table in waiting and key.referred_table != one.table for key in one.made.foreign_keys
            )
        ]
        for one in free or list(waiting.values()):
            ordered.append(one)
            del waiting[one.table]
    return ordered


def _wraps(function: Attribute) -> bool:
    """Whether a method gives the same statement with something added that is no schema's business."""
    return function.name in ("bindparams", "execution_options", "columns", "execute_if", "params")


def _foreign_key_constraint(reflected: Mapping[str, Value], origin: Origin) -> Call:
    """Give the constraint of a reflected table that an Inspector tells of in this way."""
    local, target = reflected["constrained_columns"], reflected["referred_table"]
    remote = [f"{target}.{one}" for one in reflected["referred_columns"]]
    referred = Call(
        Symbol("sqlalchemy.Table"), (target,), {}, origin, {"name": target, "schema": reflected["referred_schema"]}
    )
    attributes = {
        "name": reflected["name"],
        "column_keys": list(local),
        "referred_table": referred,
        **{key: (reflected.get("options") or {}).get(key) for key in ("ondelete", "onupdate")},
    }
    given = {"name": reflected["name"]}
    return Call(Symbol("sqlalchemy.ForeignKeyConstraint"), (list(local), remote), given, origin, attributes)


def _autoloads(table: Call) -> bool:
    return callee(table) == "sqlalchemy.Table" and any(
        table.kwargs.get(one) not in (None, False) for one in ("autoload_with", "autoload")
    )


def _is_nameless(operation: Operation, dialect: str) -> bool:
    """Whether a constraint is dropped that no name is given for; only MySQL's primary key needs none."""
    if not isinstance(operation, DropConstraint) or operation.name is not None:
        return False
    return operation.type_ != "primary" or dialect not in MYSQL_FAMILY


def _refused(reason: str) -> RaisedError:
    return RaisedError("ProgrammingError", reason, _DATABASE_ERRORS)


def _unguarded(operation: Operation) -> Operation:
    if isinstance(operation, Batch):
        return replace(
            operation, guarded=False, operations=tuple(replace(one, guarded=False) for one in operation.operations)
        )
    return replace(operation, guarded=False)
