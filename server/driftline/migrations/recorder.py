"""The host under which a revision is evaluated: records what it does to the schema, and answers what it asks.

Operations are recorded in the order in which Alembic would run them. Only when the revision asks about the database (an
Inspector, a `try` around an operation) is the state looked at: `introspected` says so, and what was recorded then
depends on the state.

Invariant: one recorder serves one replay; `begin` and `end` frame each revision.

Example: `recorder.begin(work)`, then the evaluator runs `upgrade()`, then `recorder.end()` gives the operations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from driftline.dataclass import dataclass, field, replace
from driftline.migrations import foreign_calls, introspection, own_objects, reflected_tables
from driftline.migrations.apply import attempt, perform
from driftline.migrations.custom_operations import CustomOperations
from driftline.migrations.database_handles import (
    executes,
    is_connection,
    is_context,
    is_database,
    is_dialect,
    is_inspector,
    is_migration_context,
    is_session,
)
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.executed import operations_of_statement
from driftline.migrations.introspection import Introspected
from driftline.migrations.operation import Batch, CreateTable, DropConstraint, Execute, Opaque, Operation
from driftline.migrations.operation_reader import (
    BATCH_SIGNATURES,
    INVOKED_WITHOUT_EFFECT,
    REST,
    SIGNATURES,
    WITHOUT_EFFECT,
    Given,
    Stating,
    batch_constraints,
    bind_arguments,
    read_operation,
    with_schema,
)
from driftline.migrations.own_models import OwnModels
from driftline.migrations.own_objects import in_dependency_order, read_own_table
from driftline.migrations.reflected_tables import is_collection, is_reflected
from driftline.migrations.running import Running
from driftline.migrations.working import Working
from driftline.models.core import CoreContext, attribute_of_column, callee, path_of, plain, read_column
from driftline.models.core.context import locate_core_column
from driftline.models.declared import Declared
from driftline.models.environment_script import EnvironmentScript
from driftline.python.budget import Exhausted
from driftline.python.host import UNANSWERED, Branch, Host, RaisedError, Taken
from driftline.python.origin import Origin
from driftline.python.values import Attribute, Call, Class, Function, Operator, Symbol, Unknown, Value, dotted
from driftline.schema import Column, table_key
from driftline.schema.naming import NamingConvention
from driftline.schema.rendering import is_kind
from driftline.sources.environment import Environment


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
"""What a statement counts that changes nothing, and a question: a dump of a database has thousands."""

_TOO_MUCH = f"the revision does more than {MOST_OPERATIONS:,} things, and what comes after is not followed"

_OP = re.compile(r"(?:alembic\.op|alembic\.operations\.(?:base\.)?Operations(?:\.context)?\(\))\.(\w+)")
"""A call on the operations proxy, by its dotted path."""

_DIALECT_CLASS = re.compile(r"sqlalchemy\.dialects\.(\w+)\.(?:\w+\.)?\w*[Dd]ialect\w*")
"""A dialect's class, or `dialect`, its module's name for it."""

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
        self.evaluator: Running | None = None
        self.custom = CustomOperations()
        self.models = OwnModels(dialect)
        self.declared: Declared | None = None
        self.assumed_schema: str | None = None
        self.environment: Environment | None = None
        """Whose configuration revisions ask about."""
        self._script: EnvironmentScript | None = None
        self.asked_models = False
        """Whether the revision asked for what the models declare."""
        self.operations: list[Operation] = []
        self.introspected = False
        self._work: Working | None = None
        self._performed = 0
        self._recorded = 0.0
        self._branches: list[Branch] = []
        self._batches: list[tuple[Call, _OpenBatch]] = []
        self._stacked: list[tuple[Value, Call]] = []
        """Batches with the ExitStack that each was entered by."""
        self._answers: dict[tuple[int, str, str], Value] = {}
        self._kept: list[Call] = []
        self._appended: list[tuple[Value, Value]] = []
        """Constraints with the tables that they were appended to."""

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
        self._stacked.clear()
        self._answers.clear()
        self._kept.clear()
        self._appended.clear()
        self._script = EnvironmentScript(self.environment) if self.environment is not None else None

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
            return executes(owner)
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
        if name == "name" and (is_dialect(path) or is_connection(path)):
            return self.dialect
        if name == "as_sql" and is_context(path):
            return False
        if name == "config" and is_migration_context(path):
            return Symbol(CONFIGURATION)
        if path == CONFIGURATION:
            return self._script.get_attribute(value, name) if self._script is not None else UNANSWERED
        if name == "default_schema_name" and (path.endswith(".dialect") or is_inspector(path)):
            return {"postgresql": "public", "sqlite": "main"}.get(self.dialect, UNANSWERED)
        if name == "is_mariadb" and path.endswith(".dialect"):
            return self.dialect == "mariadb"
        return self._attribute_of_model(value, name)

    def _attribute_of_model(self, value: Value, name: str) -> Value:
        """Answer attributes of columns, of tables (those that are reflected included), of models and of metadata."""
        if isinstance(value, Call) and callee(value) == "sqlalchemy.Column":
            return attribute_of_column(value, name)
        if name in ("name", "key") and isinstance(value, Attribute | Operator):
            place = locate_core_column(value)
            return place.column if place is not None and place.table is not None else UNANSWERED
        if isinstance(value, Call) and is_reflected(value):
            if name in ("columns", "c"):
                return reflected_tables.columns_of(value, self._answer)
            if name == "foreign_key_constraints":
                return reflected_tables.foreign_keys_of(value, self._answer)
        if name == "metadata" or (name in _OF_MODELS and isinstance(value, Class)):
            return self._own_models().attribute(value, name)
        if name in ("tables", "sorted_tables") and callee(value) == "sqlalchemy.MetaData":
            return self._tables_on(value, name)
        return UNANSWERED

    def _tables_on(self, metadata: Value, name: str) -> Value:
        """Give `metadata.tables` and `metadata.sorted_tables`, where all of them were declared in what was read."""
        found, missing = self._own_models().tables_on(metadata)
        if not found or missing:
            return UNANSWERED
        handles = {made.key: handle for handle, made in found}
        if name == "tables":
            return dict(handles)
        return [handles[one.table] for one in in_dependency_order([CreateTable(made) for _, made in found])]

    def _own_models(self) -> OwnModels:
        self.models.runner = self.evaluator
        return self.models

    def truth(self, value: Value) -> bool | Unknown | None:
        """A connection, an Inspector and a migration context are true (`if _inspector:`)."""
        return True if isinstance(value, Call) and is_database(dotted(value)) else None

    def is_instance(self, value: Value, kind: Value) -> bool | None:
        """Tell `isinstance(bind.dialect, PGDialect)` by the dialect, and `isinstance(column["type"], DateTime)`."""
        if isinstance(value, Call) and isinstance(kind, Symbol) and callee(value).startswith("sqlalchemy."):
            return is_kind(callee(value), path_of(kind))
        path, wanted = dotted(value), _DIALECT_CLASS.match(dotted(kind))
        if wanted is None or not is_dialect(path):
            return None
        return wanted[1] == self.dialect or (wanted[1] == "mysql" and self.dialect == "mariadb")

    def call(self, call: Call) -> Value:  # noqa: D102 -- as the base says; one kind of call a line
        if self._recorded > MOST_OPERATIONS:
            raise Exhausted(_TOO_MUCH)
        path = call.callee
        match = _OP.fullmatch(path)
        if match is not None:
            return self._call_op(match[1], call)
        if path.startswith(_ANSWERED_BY_SCRIPT) and self._script is not None:
            return self._script.call(call)
        function = call.function
        if isinstance(function, Attribute):
            answer = self._call_method(call, function)
        elif path.endswith(".Table") and callee(call) == "sqlalchemy.Table":
            answer = self._call_table(call)
        elif path.endswith(".listen") and callee(call) == "sqlalchemy.event.listen":
            self.models.hooks.note_call(call)
            return UNANSWERED
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
        self.models.hooks.note_function(function)

    def enter(self, value: Value) -> Value:  # noqa: D102 -- as the base says
        if isinstance(value, Call) and self._is_batch(value):
            self._open_batch(value)
        return UNANSWERED

    def exit(self, value: Value) -> None:  # noqa: D102 -- as the base says
        for stack, batch in reversed(self._stacked):
            if stack is value:
                self._close_batch(batch)
        self._close_batch(value)

    def _close_batch(self, value: Value) -> None:
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
            return _created(call, given) if name == "create_table" else UNANSWERED
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
        self.models.hooks.runner = self.evaluator
        return Stating(self._context(), call.origin, branch, guarded, self.assumed_schema, self.models.hooks.items)

    def _context(self) -> CoreContext:
        return CoreContext(self.dialect, self.convention, runner=self.evaluator)

    def _is_full(self, costs: float, origin: Origin) -> bool:
        """Count an operation or a question; whether it is one too many. That there are more is recorded once."""
        was_full = self._recorded > MOST_OPERATIONS
        self._recorded += costs
        full = self._recorded > MOST_OPERATIONS
        if full and not was_full:
            self.operations.append(Opaque(Unknown(_TOO_MUCH, origin), creates=True, origin=origin))
        return full

    def _record(self, operation: Operation) -> None:
        """Record an operation; where a `try` waits for its failure, find out whether it fails."""
        if self._is_full(_HARMLESS_COSTS if isinstance(operation, Execute) else 1, operation.origin):
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
        elif isinstance(inner, Call) and callee(inner) in INVOKED_WITHOUT_EFFECT:
            self._record_all(INVOKED_WITHOUT_EFFECT[callee(inner)], {}, inner)
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
            copy_from=read_own_table(given.get("copy_from"), stating),
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
        if path == "contextlib.ExitStack()" and name == "enter_context" and call.args:
            entered = call.args[0]
            if isinstance(entered, Call) and self._is_batch(entered):
                self._open_batch(entered)
                self._stacked.append((receiver, entered))
            return entered
        if isinstance(receiver, Call) and is_inspector(path):
            return self._introspect(receiver, name, call)
        if is_connection(path) or is_session(path) or (is_context(path) and name == "execute"):
            return self._call_bind(name, call)
        if name in ("has_table", "has_index") and is_dialect(path):
            return self._answer(name, call.args[1:], call.kwargs)
        if name == "append_constraint" and callee(receiver) == "sqlalchemy.Table" and call.args:
            self._appended.append((call.args[0], receiver))
            return None
        return self._call_on_object(name, call, receiver)

    def _call_on_object(self, verb: str, call: Call, receiver: Value) -> Value:
        """Record what an object of SQLAlchemy's does that creates or drops itself; UNANSWERED where it is none."""
        kind, stating, models = callee(receiver), self._stating(call), self._own_models()
        if verb in ("create_all", "drop_all") and self._passes_bind(call):
            declared = None
            if "tables" not in call.kwargs:
                self.asked_models = True
                declared = own_objects.declared_on(receiver, models, self.declared)
            self.introspected = self.introspected or declared is not None  # it depends on more than files
            found = own_objects.operations_of_metadata(verb, call, receiver, stating, models, declared)
        elif verb not in ("create", "drop") or not isinstance(receiver, Call):
            return UNANSWERED
        elif kind in _ENUMS:
            found = own_objects.operations_of_enum(verb, call, receiver, stating)
        elif kind == "sqlalchemy.Table":
            checkfirst = call.args[1] if len(call.args) > 1 else call.kwargs.get("checkfirst", False)
            make = own_objects.creation_of if verb == "create" else own_objects.drop_of
            found = (make(receiver, stating, models, checkfirst=bool(checkfirst)),)
        elif kind == "sqlalchemy.Index":
            checkfirst = bool(call.kwargs.get("checkfirst", False))
            found = own_objects.operations_of_index(verb, receiver, stating, checkfirst=checkfirst)
        else:
            return UNANSWERED
        for operation in found:
            self._record(operation)
        return None

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
        return is_database(dotted(bind))

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
        if self._is_full(_HARMLESS_COSTS, call.origin):
            raise Exhausted(_TOO_MUCH)
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

    def get_item(self, value: Value, key: Value) -> Value:
        """Answer `table.c["id"]` of a reflected table."""
        if isinstance(value, Call) and is_collection(value) and isinstance(key, str):
            return value.attributes.get(key, UNANSWERED)
        return UNANSWERED

    def iterate(self, value: Value) -> list[Value] | None:
        """Give the columns of a reflected table."""
        return list(value.args) if isinstance(value, Call) and is_collection(value) else None

    def _call_table(self, call: Call) -> Value:
        """Note the table; reflecting one that is not there fails."""
        self.models.note(call)
        if is_reflected(call) and call.args and isinstance(plain(call.args[0]), str):
            self._answer("get_columns", (plain(call.args[0]), call.kwargs.get("schema")), {})
        return UNANSWERED

    # SQL -------------------------------------------------------------------------------------------------------------

    def _execute(self, statement: Value, call: Call) -> None:
        """Record what a statement does: a string, `text(…)`, a DDL element, or several of these."""
        for operation in operations_of_statement(
            statement, self._stating(call), self._own_models(), self.evaluator, self._table_of
        ):
            self._record(operation)

    def _table_of(self, constraint: Value) -> Value:
        """Give the table that a constraint was appended to; None where to none."""
        return next((table for one, table in self._appended if one is constraint), None)


CONFIGURATION = "alembic.context.config"
_ANSWERED_BY_SCRIPT = (f"{CONFIGURATION}.", "alembic.context.is_offline_mode", "alembic.context.get_x_argument")

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


def _created(call: Call, given: Given) -> Value:
    """Give the `Table` that `op.create_table` returns; UNANSWERED where its arguments are not all known."""
    name = plain(given.get("table_name"))
    if not isinstance(name, str) or call.unpacked:
        return UNANSWERED
    schema = given.get("schema")
    attributes = {"name": name, "schema": schema}
    return Call(Symbol("sqlalchemy.Table"), (name, None, *given[REST]), {"schema": schema}, call.origin, attributes)


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
