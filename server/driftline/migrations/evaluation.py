"""Evaluating a revision: its `upgrade()` is followed, and what it does is recorded as operations.

Example: `evaluate_revision(revision, evaluator, recorder, work).operations` are the operations of the revision, in
order.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driftline.migrations.graph import Revision
from driftline.migrations.operation import Opaque, Operation
from driftline.migrations.operation_reader import SIGNATURES
from driftline.migrations.recorder import Recorder
from driftline.migrations.working import Working
from driftline.python.branches import is_awaited
from driftline.python.evaluator import Evaluator
from driftline.python.exceptions import raised_by_host
from driftline.python.host import RaisedError
from driftline.python.origin import NOWHERE, Origin
from driftline.python.syntax import Syntax
from driftline.python.values import Annotation, Function, Module, Unknown, Value


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What evaluating one revision gave.

    `introspected`: the operations depend on the state that the revision met, not only on the files in `reads`.
    `unknown`: what could not be worked out and may have done something to the schema.
    """

    operations: tuple[Operation, ...]
    introspected: bool
    unknown: tuple[Unknown, ...] = ()
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Running:
    """The evaluator, as the recorder sees it."""

    evaluator: Evaluator

    def call(
        self, function: Value, args: Sequence[Value] = (), kwargs: Mapping[str, Value] | None = None, origin: Origin = NOWHERE
    ) -> Value:
        """Run a function that was read."""
        return self.evaluator.call(function, args, kwargs, origin)

    def get(self, value: Value, name: str) -> Value:
        """Give `value.name`."""
        return self.evaluator.get(value, name)

    def annotation(self, annotation: Annotation) -> Value:
        """Evaluate an annotation."""
        return self.evaluator.annotation(annotation)

    def node_of(self, origin: Origin) -> tuple[ast.AST | None, ast.AST | None]:
        """Find the node that `origin` is about, and the innermost function around it."""
        site = origin.site
        loaded = self.evaluator.modules_loaded.values()
        syntax = next((one.syntax for one in loaded if site is not None and one.path == site.path), None)
        node = syntax.node_of(site) if syntax is not None and site is not None else None
        if syntax is None or node is None:
            return None, None
        around = [
            one
            for one in ast.walk(syntax.tree)
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and any(inner is node for inner in ast.walk(one))
        ]
        return node, around[-1] if around else None

    def awaits(self, error: RaisedError) -> bool:
        """Whether a `try` around the call at hand would catch `error`."""
        return is_awaited(self.evaluator._run, raised_by_host(error))  # noqa: SLF001 -- nobody else asks


def evaluate_revision(
    revision: Revision, evaluator: Evaluator, recorder: Recorder, work: Working, engines: Sequence[str] = ()
) -> Evaluated:
    """Follow the `upgrade()` of `revision`; its operations are performed on `work`.

    `engines`: the names of the databases of a `multidb` environment, whose `upgrade` takes one.
    """
    known = len(evaluator.unknowns)
    recorder.begin(work)
    module = evaluator.run_file(revision.path, _module_name(revision.path))
    upgrade = module.names.get("upgrade")
    if isinstance(upgrade, Function):
        if engines and _takes_an_engine(upgrade):
            for engine in engines:
                evaluator.call(upgrade, (engine,), origin=upgrade.origin)
        else:
            evaluator.call(upgrade, (), origin=upgrade.origin)
    unknown = tuple(one for one in evaluator.unknowns[known:] if _hides_operations(one, module, revision))
    for one in unknown:
        recorder.operations.append(Opaque(one, creates=True, origin=one.origin))
    return Evaluated(recorder.end(), recorder.introspected, unknown, frozenset({revision.path, *evaluator.reads}))


def _module_name(path: str) -> str:
    """Give the name under which Alembic loads a revision file."""
    return re.sub(r"\W", "_", path.rpartition("/")[2].removesuffix(".py")) + "_py"


def _takes_an_engine(function: Function) -> bool:
    arguments = function.node.args
    return len(arguments.args) > len(function.defaults)


_STATEMENTS = tuple(
    one.__name__
    for one in (ast.Expr, ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Assign, ast.AnnAssign, ast.Return)
)


def _hides_operations(unknown: Unknown, module: Module, revision: Revision) -> bool:
    """Whether a statement was given up that may have called operations: those are lost then, and nothing is sure any more."""
    site = unknown.origin.within(revision.path)
    if site is None or site.says.partition(":")[0] not in _STATEMENTS or module.syntax is None:
        return False
    return _calls_operations(site_node(module.syntax, unknown.origin, revision.path))


def site_node(syntax: Syntax, origin: Origin, path: str) -> ast.AST | None:
    """Find the node in the file `path` that `origin` is about."""
    site = origin.within(path)
    return syntax.node_of(site) if site is not None else None


def _calls_operations(node: ast.AST | None) -> bool:
    if node is None:
        return False
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            function = one.func
            if isinstance(function, ast.Attribute) and (function.attr in SIGNATURES or function.attr in _DOING):
                return True
    return False


_DOING = frozenset({"execute", "create_all", "drop_all", "invoke", "run_async", "batch_alter_table"})
