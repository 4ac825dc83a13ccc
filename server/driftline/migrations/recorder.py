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
from functools import lru_cache

from driftline.migrations import foreign_calls, introspection, reflected_tables
from driftline.migrations.apply import perform
from driftline.migrations.batches import Batches, read_batch
from driftline.migrations.custom_operations import CustomOperations
from driftline.migrations.database_handles import (
    attribute_of,
    executes,
    is_connection,
    is_context,
    is_database,
    is_dialect,
    is_inspector,
    is_migration_context,
    is_of_dialect,
    is_session,
    quoted,
)
from driftline.migrations.hooked_tables import Hooked
from driftline.migrations.inspectors import Inspectors, question_of
from driftline.migrations.introspection import Introspected
from driftline.migrations.operation import Batch, CreateTable, Execute, Opaque, Operation
from driftline.migrations.operation_reader import (
    BATCH_SIGNATURES,
    INVOKED_WITHOUT_EFFECT,
    REST,
    SIGNATURES,
    WITHOUT_EFFECT,
    Given,
    Stating,
    bind_arguments,
    read_added,
    read_operation,
)
from driftline.migrations.own_models import OwnModels
from driftline.migrations.reflected_tables import is_collection, is_reflected, names_of_columns
from driftline.migrations.refusals import refusal, refused
from driftline.migrations.running import Running
from driftline.migrations.working import Working, split_key
from driftline.models.core import CoreContext, attribute_of_column, callee, path_of, plain
from driftline.models.core.context import locate_core_column
from driftline.models.declared import Declared
from driftline.models.environment_script import EnvironmentScript
from driftline.python.budget import Exhausted
from driftline.python.host import UNANSWERED, Branch, Host, RaisedError, Taken
from driftline.python.origin import Origin
from driftline.python.values import Attribute, Call, Class, Function, Operator, Symbol, Unknown, Value, dotted
from driftline.regex import regex
from driftline.schema import table_key
from driftline.schema.naming import NamingConvention
from driftline.schema.rendering import is_kind
from driftline.sources.environment import Environment

MOST_OPERATIONS = 3_000
"""So many operations of one revision are followed: nobody writes more, but a loop without end would."""

_HARMLESS_COSTS = 0.1
"""What a statement counts that changes nothing, and a question: a dump of a database has thousands."""

_TOO_MUCH = f"the revision does more than {MOST_OPERATIONS:,} things, and what comes after is not followed"

_OP = regex(r"(?:alembic\.op|alembic\.operations\.(?:base\.)?Operations(?:\.context)?\(\))\.(\w+)")
"""A call on the operations proxy, by its dotted path."""


@lru_cache(maxsize=4096)
def _operation(path: str) -> str | None:
    """Give the operation that a dotted path calls; None where it calls something else."""
    match = _OP.fullmatch(path)
    return None if match is None else match[1]


_EXECUTING = frozenset({"execute", "exec_driver_sql", "scalar", "scalars", "exec"})


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
        self.models = OwnModels(dialect, self)
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
        self._batches = Batches()
        self._inspectors = Inspectors()
        self._appended: list[tuple[Value, Value]] = []
        """Constraints with the tables that they were appended to."""
        self._reflected: list[tuple[Call, dict[str, Call]]] = []
        """MetaData objects with the tables that they have reflected, in the order of their dependencies."""

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
        self._inspectors.clear()
        self._appended.clear()
        self._reflected.clear()
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
        with self._batches.set_aside():
            self._record(
                stating.opaque(what, *tables, creates=True)
                if stating is not None
                else Opaque(what, tables or None, creates=True, origin=what.origin)
            )

    def _asked(self) -> Working:
        self.introspected = True
        return self._catch_up()

    # What the evaluator asks -----------------------------------------------------------------------------------------

    def wants(self, callee: str) -> bool:  # noqa: D102 -- as the base says
        operation = _operation(callee)
        if operation is not None:
            known = ("execute", "batch_alter_table", "invoke", "run_async")
            return operation in SIGNATURES or operation in known or self.custom.maker(operation) is not None
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
        answer = attribute_of(path, name, self.dialect)
        if answer is not UNANSWERED:
            return answer
        if name == "config" and is_migration_context(path):
            return Symbol(CONFIGURATION)
        if path == CONFIGURATION:
            return self._script.get_attribute(value, name) if self._script is not None else UNANSWERED
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
            if name == "constraints":
                return reflected_tables.constraints_of(value, self._answer)
            if name == "indexes":
                return reflected_tables.indexes_of(value, self._answer)
            if name == "name" and value.args:
                return value.args[0]
        if name == "metadata" or (name in _OF_MODELS and isinstance(value, Class)):
            return self._own_models().attribute(value, name)
        if name in ("tables", "sorted_tables") and callee(value) == "sqlalchemy.MetaData":
            reflected = next((tables for one, tables in self._reflected if one is value), None)
            if reflected is not None:
                return dict(reflected) if name == "tables" else list(reflected.values())
            from driftline.migrations import own_objects

            return own_objects.tables_of(value, name, self._own_models())
        return UNANSWERED

    def set_attribute(self, value: Value, name: str, new: Value, origin: Origin) -> None:
        """A MetaData of the revision's own may get a naming convention."""
        if name == "naming_convention" and isinstance(value, Call) and callee(value) == "sqlalchemy.MetaData":
            self.models.note_convention(value, new, origin)

    def _own_models(self) -> OwnModels:
        self.models.runner = self.models.hooks.runner = self.evaluator
        return self.models

    def truth(self, value: Value) -> bool | Unknown | None:
        """A connection, an Inspector and a migration context are true (`if _inspector:`)."""
        return True if isinstance(value, Call) and is_database(dotted(value)) else None

    def is_instance(self, value: Value, kind: Value) -> bool | None:
        """Tell `isinstance(bind.dialect, PGDialect)` by the dialect, and `isinstance(column["type"], DateTime)`."""
        if isinstance(value, Call) and isinstance(kind, Symbol) and callee(value).startswith("sqlalchemy."):
            of_constraints = reflected_tables.is_constraint_kind(callee(value), path_of(kind))
            return is_kind(callee(value), path_of(kind)) if of_constraints is None else of_constraints
        return is_of_dialect(dotted(value), dotted(kind), self.dialect)

    def call(self, call: Call) -> Value:  # noqa: D102 -- as the base says; one kind of call a line
        if self._recorded > MOST_OPERATIONS:
            raise Exhausted(_TOO_MUCH)
        path = call.callee
        operation = _operation(path)
        if operation is not None:
            return self._call_op(operation, call)
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
        opened = self._batches.among([foreign_calls.batch_of(one) for one in handles])
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
        if isinstance(value, Call) and _is_batch(value):
            self._open_batch(value)
        return UNANSWERED

    def exit(self, value: Value) -> None:  # noqa: D102 -- as the base says
        for batch in self._batches.ended(value):
            # The end of a `with` block cannot raise in what is read: a batch that a `try` would see fail is left out.
            with suppress(RaisedError):
                self._record(batch)

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
        created = self.models.hooks.take_created()
        if created is not None:
            self._tell_done("after_drop" if name.startswith("drop") else "after_create", created, call)

    def _tell_done(self, event: str, hooked: Hooked, call: Call) -> None:
        """Call what listens to a table's having been created by Alembic, or dropped, and record what that adds to it.

        Alembic makes the indexes afterwards.
        """
        added, doubts = self.models.hooks.tell_event(event, hooked)
        record = hooked.host.records.table_of_handle(hooked.handle)
        if record is None or event != "after_create":
            return
        stating = self._stating(call)
        key = table_key(stating.context.schema_key(record.schema), record.name)
        for operation in (
            *read_added(added, record.name, record.schema, stating),
            *(stating.opaque(one, key) for one in doubts),
        ):
            self._record(operation)

    @contextmanager
    def _telling(self, verb: str, receiver: Value, call: Call) -> Iterator[None]:
        """Call what listens to the creation, or the drop, of what creates or drops itself, before that and after."""
        untaken = any(one.taken is Taken.UNTAKEN for one in self._branches)
        hooked = self.models.hooks.are_of_creation and not untaken
        created = self._hooked_by(verb, receiver, call) if hooked else []
        verb = verb.removesuffix("_all")
        for one in created:
            self.models.hooks.tell_event(f"before_{verb}", one)
        yield
        for one in (*created[1:], *created[:1]):  # a MetaData stands before its tables, and ends after them
            self.models.hooks.tell_event(f"after_{verb}", one)  # SQLAlchemy has made the indexes by then

    def _hooked_by(self, verb: str, receiver: Value, call: Call) -> list[Hooked]:
        """Give the MetaData and the tables that `create`, `create_all` and their like create or drop."""
        models, handles, checks = self._own_models(), [receiver], bool(call.kwargs.get("checkfirst", False))
        if verb.endswith("_all"):
            listed, checks = call.kwargs.get("tables"), call.kwargs.get("checkfirst", True) is not False
            on = [one for one, _ in models.tables_on(receiver)[0]]
            handles += [one for one in on if not isinstance(listed, list | tuple) or any(one is it for it in listed)]
        found = []
        for one in handles:
            hooked, made = models.hooked(one), models.table(one)
            there = made is not None and made.key in self._asked().tables
            if hooked is not None and (made is None or not checks or there is verb.startswith("drop")):
                found.append(hooked)
        return found

    def _stating(self, call: Call) -> Stating:
        branch = next((one for one in reversed(self._branches) if one.taken is Taken.UNTAKEN), None)
        if branch is None and self._branches:
            branch = self._branches[-1]
        guarded = self.evaluator is not None and self.evaluator.awaits(refused(""))
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
        opened = self._batches.innermost
        if opened is not None and not isinstance(operation, Batch):
            opened.operations.append(operation)
            return
        untaken = operation.branch is not None and operation.branch.taken is Taken.UNTAKEN
        if operation.guarded and not untaken:
            raised = refusal(operation, self.dialect, self._asked)
            if raised is not None:
                raise raised
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

    def _open_batch(self, call: Call, stack: Value = None) -> None:
        opened, assumed = read_batch(call, self._stating(call), self._own_models())
        self.operations += assumed
        self._batches.enter(opened, stack)

    def _call_batch(self, name: str, call: Call, batch: Call) -> Value:
        opened = self._batches.of(batch)
        if name == "execute":
            with self._batches.set_aside():
                self._execute(call.args[0] if call.args else call.kwargs.get("sqltext"), call)
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
        if isinstance(receiver, Call) and _is_batch(receiver):
            return self._call_batch(name, call, receiver)
        path = dotted(receiver)
        if path == "contextlib.ExitStack()" and name == "enter_context" and call.args:
            entered = call.args[0]
            if isinstance(entered, Call) and _is_batch(entered):
                self._open_batch(entered, receiver)
            return entered
        if isinstance(receiver, Call) and is_inspector(path):
            return self._introspect(receiver, name, call)
        if is_connection(path) or is_session(path) or (is_context(path) and name == "execute"):
            return self._call_bind(name, call)
        if name in ("has_table", "has_index") and is_dialect(path):
            return self._answer(name, call.args[1:], call.kwargs)
        quoted_name = quoted(path, name, plain(call.args[0]) if call.args else None, self.dialect)
        if quoted_name is not UNANSWERED:
            return quoted_name
        if name in ("copy", "_copy") and isinstance(receiver, Call) and callee(receiver) == "sqlalchemy.Column":
            return Call(receiver.function, receiver.args, {**receiver.kwargs, **call.kwargs}, call.origin)
        if name == "keys" and isinstance(receiver, Attribute) and (names := _columns_written_out(receiver)) is not None:
            return list(names)
        if name == "reflect" and isinstance(receiver, Call) and callee(receiver) == "sqlalchemy.MetaData":
            return self._reflect(receiver, call)
        if name == "append_constraint" and callee(receiver) == "sqlalchemy.Table" and call.args:
            self._appended.append((call.args[0], receiver))
            return None
        return self._call_on_object(name, call, receiver)

    def _call_on_object(self, verb: str, call: Call, receiver: Value) -> Value:
        """Record what an object of SQLAlchemy's does that creates or drops itself; UNANSWERED where it is none."""
        found: tuple[Operation, ...] | None = None
        creates = verb in ("create", "drop") and isinstance(receiver, Call)
        if not creates and not (verb in ("create_all", "drop_all") and self._passes_bind(call)):
            return UNANSWERED
        with self._telling(verb, receiver, call):
            if creates and isinstance(receiver, Call):
                from driftline.migrations import own_objects

                found = own_objects.operations_of_object(verb, call, receiver, self._stating(call), self._own_models())
            else:
                found = self._operations_of_metadata(verb, call, receiver)
            for operation in found or ():
                self._record(operation)
        return UNANSWERED if found is None else None

    def _operations_of_metadata(self, verb: str, call: Call, metadata: Value) -> tuple[Operation, ...]:
        from driftline.migrations import own_objects

        models = self._own_models()
        declared = None
        if "tables" not in call.kwargs:
            self.asked_models = True
            declared = own_objects.declared_on(metadata, models, self.declared)
            if models.hooks.are_of_creation and models.tables_on(metadata)[0]:
                declared = None  # hooks are called for what is read here
        self.introspected = self.introspected or declared is not None  # it depends on more than files
        stating = self._stating(call)
        found = own_objects.operations_of_metadata(verb, call, metadata, stating, models, declared)
        if declared is None or not models.hooks.are_of_creation:
            return found
        reason = "what event hooks of their creation do to tables that env.py alone imports is not worked out"
        return (*found, stating.opaque(reason, *(one.table for one in found if isinstance(one, CreateTable))))

    def _call_bind(self, name: str, call: Call) -> Value:
        if name in _EXECUTING:
            statement = call.args[0] if call.args else call.kwargs.get("statement", call.kwargs.get("sqltext"))
            self._execute(statement, call)
            from driftline.migrations.executed import asks_catalog

            reason = "what a statement returns depends on the rows in the database"
            return Unknown(reason, call.origin, looked=asks_catalog(statement, call.origin, self.evaluator))
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
        """Answer an Inspector's method."""
        if method == "clear_cache":
            self._inspectors.clear_cache(inspector)
            return None
        if method in _OF_VIEWS_AND_SEQUENCES:
            return Unknown("views and sequences are not followed", call.origin)
        if self._is_full(_HARMLESS_COSTS, call.origin):
            raise Exhausted(_TOO_MUCH)
        question = question_of(method, call)
        answer = self._inspectors.recall(inspector, question)
        if answer is not UNANSWERED:
            return answer
        answer = self._answer(method, call.args, call.kwargs)
        if not any(one.taken is Taken.UNTAKEN for one in self._branches):
            self._inspectors.keep(inspector, question, answer)
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
        """Give the columns of a table that is reflected, or that is written out."""
        if isinstance(value, Attribute):
            names = _columns_written_out(value)
            return None if names is None else [Attribute(value, one, value.origin) for one in names]
        return list(value.args) if isinstance(value, Call) and is_collection(value) else None

    def _reflect(self, metadata: Call, call: Call) -> Value:
        """Take note of the tables that `metadata.reflect(bind)` finds; those that others refer to come before these."""
        schema = plain(call.kwargs.get("schema"))
        names = self._answer("get_table_names", (schema,), {}) if self._passes_bind(call) else UNANSWERED
        if not isinstance(names, list) or call.kwargs.keys() - {"bind", "schema", "only"} or len(call.args) > 1:
            return UNANSWERED
        keys = [table_key(schema if isinstance(schema, str) else None, one) for one in names]
        only = call.kwargs.get("only")
        if only is not None:
            if not isinstance(only, list | tuple) or not all(one in names for one in only):
                return UNANSWERED
            keys = self._with_referred([keys[names.index(one)] for one in only])
        from driftline.migrations import own_objects  # only where it is needed: a start is quicker

        tables = self._asked().tables
        known = own_objects.in_dependency_order([CreateTable(tables[one]) for one in keys if one in tables])
        ordered = [*(one for one in keys if one not in tables), *(one.table for one in known)]
        self._reflected.append((metadata, {one: self._reflected_table(one, metadata, call) for one in ordered}))
        return None

    def _with_referred(self, keys: list[str]) -> list[str]:
        """Give tables with those that they refer to, and so on: reflection follows foreign keys."""
        for key in keys:  # grows while it is gone through
            table = self._asked().tables.get(key)
            referred = [one.referred_table for one in table.foreign_keys] if table is not None else []
            keys += [one for one in dict.fromkeys(referred) if isinstance(one, str) and one not in keys]
        return keys

    def _reflected_table(self, key: str, metadata: Call, call: Call) -> Call:
        schema, name = split_key(key)
        given: dict[str, Value] = {"autoload_with": True, "schema": schema}
        return Call(Symbol("sqlalchemy.Table"), (name, metadata), given, call.origin, {"name": name, "schema": schema})

    def _call_table(self, call: Call) -> Value:
        """Note the table; reflecting one that is not there fails."""
        self.models.note(call)
        if is_reflected(call) and call.args and isinstance(plain(call.args[0]), str):
            self._answer("get_columns", (plain(call.args[0]), call.kwargs.get("schema")), {})
        return UNANSWERED

    # SQL -------------------------------------------------------------------------------------------------------------

    def _execute(self, statement: Value, call: Call) -> None:
        """Record what a statement does: a string, `text(…)`, a DDL element, or several of these."""
        from driftline.migrations.executed import operations_of_statement  # SQL is read by a dozen modules

        for operation in operations_of_statement(
            statement, self._stating(call), self._own_models(), self.evaluator, self._table_of
        ):
            self._record(operation)

    def _table_of(self, constraint: Value) -> Value:
        """Give the table that a constraint was appended to; None where to none."""
        return next((table for one, table in self._appended if one is constraint), None)


CONFIGURATION = "alembic.context.config"
_ANSWERED_BY_SCRIPT = (f"{CONFIGURATION}.", "alembic.context.is_offline_mode", "alembic.context.get_x_argument")

_OF_VIEWS_AND_SEQUENCES = frozenset(
    {"get_view_names", "get_materialized_view_names", "get_sequence_names", "get_temp_table_names", "has_sequence"}
)

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


def _columns_written_out(columns: Attribute) -> list[str] | None:
    """Give the names in `table.c`, where the table is written out; None where it is not, or may have more."""
    table = columns.value
    if columns.name not in ("c", "columns") or not isinstance(table, Call) or callee(table) != "sqlalchemy.Table":
        return None
    return None if is_reflected(table) else names_of_columns(table)


def _is_batch(call: Call) -> bool:
    return _operation(call.callee) == "batch_alter_table"


def _created(call: Call, given: Given) -> Value:
    """Give the `Table` that `op.create_table` returns; UNANSWERED where its arguments are not all known."""
    name = plain(given.get("table_name"))
    if not isinstance(name, str) or call.unpacked:
        return UNANSWERED
    schema = given.get("schema")
    attributes = {"name": name, "schema": schema}
    return Call(Symbol("sqlalchemy.Table"), (name, None, *given[REST]), {"schema": schema}, call.origin, attributes)
