"""Evaluating a revision: its `upgrade()` is followed, and what it does is recorded as operations.

Example: `evaluate_revision(revision, evaluator, recorder, work).operations` are the operations of the revision, in
order.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from driftline.dataclass import dataclass
from driftline.migrations.graph import Revision
from driftline.migrations.operation import Opaque, Operation
from driftline.migrations.operation_reader import SIGNATURES
from driftline.migrations.recorder import Recorder
from driftline.migrations.unparsed import place_of_problem, unparsed
from driftline.migrations.working import Working
from driftline.python.evaluator import Evaluator
from driftline.python.nodes import nodes
from driftline.python.values import (
    Attribute,
    BoundMethod,
    Call,
    Function,
    Module,
    Operator,
    Partial,
    Symbol,
    Unknown,
)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What evaluating one revision gave.

    `introspected`: the operations depend on the state that the revision met, not only on the files in `reads`.
    `unknown`: what could not be worked out and may have done something to the schema. `reads`: other than its own.
    """

    operations: tuple[Operation, ...]
    introspected: bool
    unknown: tuple[Unknown, ...] = ()
    reads: frozenset[str] = frozenset()


def evaluate_revision(
    revision: Revision,
    evaluator: Evaluator,
    recorder: Recorder,
    work: Working,
    engines: Sequence[str] = (),
    *,
    function: str = "upgrade",
) -> Evaluated:
    """Follow the `upgrade()` of `revision`, or its `downgrade()`; its operations are performed on `work`.

    `engines`: the names of the databases of a `multidb` environment, whose `upgrade` takes one.
    """
    recorder.begin(work)
    module = evaluator.run_file(revision.path, _module_name(revision.path))
    # What was cut out of a file that does not parse could stand before what is left of it, or after.
    cut = _cut_out(module)
    for what, text in cut:
        recorder.lose(what, text)
    upgrade = module.names.get(function)
    if isinstance(upgrade, Function):
        if engines and _takes_an_engine(upgrade):
            for engine in engines:
                evaluator.call(upgrade, (engine,))
        else:
            evaluator.call(upgrade)
    elif isinstance(upgrade, BoundMethod | Partial):
        evaluator.call(upgrade)
    elif isinstance(upgrade, Symbol | Attribute | Call | Unknown | Operator):
        recorder.lose_upgrade(upgrade, module.origins.get(function, revision.origin))
    elif upgrade is None and module.stars:
        recorder.lose_upgrade(Symbol(f"{module.stars[-1]}.{function}"), revision.origin)
    for what, text in cut:
        recorder.lose(what, text)
    unknown = []
    for one in evaluator.unknowns:
        lost = _lost(one, module, revision)
        if lost is not None:
            unknown.append(one)
            recorder.operations.append(lost)
    evaluator.modules_loaded.pop(module.name, None)  # nobody imports it, and there are thousands
    return Evaluated(recorder.end(), recorder.introspected, tuple(unknown), reads=evaluator.reads - {revision.path})


def evaluate_unapplied(what: Unknown, path: str, evaluator: Evaluator, recorder: Recorder, work: Working) -> Evaluated:
    """Record that the revision file at `path` is not applied, for the reason `what`: what it does is not known.

    It is not known of the tables whose names occur in the file; where none does, of any.
    """
    evaluator.modules.source.read(path)  # its text counts, not only its tree
    recorder.begin(work)
    with evaluator.only_for_now():
        module = evaluator.run_file(path, _module_name(path))
        reads = evaluator.reads - {path}
    recorder.begin(work)
    recorder.lose(what, module.syntax.text if module.syntax is not None else "")
    return Evaluated(recorder.end(), introspected=True, reads=reads)


def _cut_out(module: Module) -> list[tuple[Unknown, str]]:
    """Give why a revision is not known as a whole, and in what text it says which tables that is about.

    It, or a module whose functions it imports, does not parse.
    """
    used = [one.module if isinstance(one, Function) else one for one in module.names.values()]
    own = module.syntax.text if module.syntax is not None else ""
    found: dict[str, tuple[Unknown, str]] = {}
    for one in (module, *(other for other in used if isinstance(other, Module))):
        reason = unparsed(one.syntax) if one.syntax is not None else None
        if one.syntax is not None and reason is not None:
            text = own if one.path == module.path else f"{own}\n{one.syntax.text}"
            found.setdefault(one.path, (Unknown(reason, place_of_problem(one.syntax)), text))
    return list(found.values())


def _module_name(path: str) -> str:
    """Give the name under which Alembic loads a revision file."""
    return re.sub(r"\W", "_", path.rpartition("/")[2].removesuffix(".py")) + "_py"


def _takes_an_engine(function: Function) -> bool:
    arguments = function.node.args
    return len(arguments.args) > len(function.defaults)


_STATEMENTS = frozenset({"Expr", "If", "For", "While", "With", "Try", "Assign", "AnnAssign", "Return", "Match"})


def _lost(unknown: Unknown, module: Module, revision: Revision) -> Opaque | None:
    """Give what was lost where evaluation gave a statement up; None where nothing was.

    `unknown` is then about the statement. What gave up without a place is the whole of `upgrade()`, or the file.
    """
    if unknown.origin.path is None:
        return Opaque(unknown, creates=True, origin=revision.origin)
    node = unknown.origin.node_within(revision.path, module.syntax) if module.syntax is not None else None
    if type(node).__name__ not in _STATEMENTS or node is None:
        return None
    calls = [one for one in nodes(node) if isinstance(one, ast.Call)]
    operations = [one for one in _with_helpers(calls, module) if _does_something(one)]
    if not operations:
        return None
    tables = [_named_table(one, module) for one in operations]
    known = frozenset(table for table in tables if table is not None) if None not in tables else None
    creates = known is None or any(_called(one).startswith("create_table") for one in operations)
    return Opaque(unknown, known, creates, origin=unknown.origin)


def _with_helpers(calls: list[ast.Call], module: Module) -> list[ast.Call]:
    """Give `calls` with those of the functions that they call by name, and so on."""
    found: list[ast.Call] = []
    seen: set[str] = set()
    pending = list(calls)
    while pending:
        call = pending.pop()
        found.append(call)
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        function = module.names.get(name)
        if name not in seen and isinstance(function, Function):
            seen.add(name)
            pending += [one for one in nodes(function.node) if isinstance(one, ast.Call)]
    return found


_EXECUTING = frozenset({"execute", "exec_driver_sql"})
_DOING = frozenset({*SIGNATURES, *_EXECUTING, "create_all", "drop_all", "invoke", "run_async"}) - {"bulk_insert"}


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _does_something(call: ast.Call) -> bool:
    """Whether a call could change the schema, as far as its name and, for SQL, the beginning of its text tell."""
    name = _called(call)
    if name in _EXECUTING and call.args:
        from driftline.migrations.partial_sql import text_with_gaps  # SQL is read by a dozen modules
        from driftline.migrations.raw_sql import could_be_ddl

        text = text_with_gaps(call.args[0], None)
        return not _is_about_rows(call.args[0]) if text is None else could_be_ddl(text)
    return name in _DOING


_ROWS = frozenset({"select", "insert", "update", "delete"})


def _is_about_rows(statement: ast.expr) -> bool:
    """Whether a statement is built from `sa.select(…)` and its like, by methods: DDL is not made so."""
    while isinstance(statement, ast.Call):
        function = statement.func
        if (function.id if isinstance(function, ast.Name) else _called(statement)) in _ROWS:
            return True
        statement = function.value if isinstance(function, ast.Attribute) else function
    return False


def _named_table(call: ast.Call, module: Module) -> str | None:
    """Give the table that a call of an operation names by a plain string, or by a constant of the module's."""
    names = SIGNATURES.get(_called(call), ())
    at = next((at for at, name in enumerate(names) if name in ("table_name", "source_table")), None)
    keyword = next((one.value for one in call.keywords if one.arg in ("table_name", "source_table")), None)
    node = call.args[at] if at is not None and at < len(call.args) else keyword
    has_schema = any(one.arg in ("schema", "source_schema") for one in call.keywords)
    if isinstance(node, ast.Name):
        named: object = module.names.get(node.id)
    else:
        named = node.value if isinstance(node, ast.Constant) else None
    return named if isinstance(named, str) and not has_schema else None
