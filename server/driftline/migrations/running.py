"""The evaluator, as far as those who record need it while a revision is followed.

Example: `Running(evaluator).node_of(call.origin)` is the call in the source, and the function that it stands in.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from driftline.dataclass import dataclass
from driftline.python.branches import is_awaited
from driftline.python.evaluator import Evaluator
from driftline.python.exceptions import raised_by_host
from driftline.python.host import Host, RaisedError
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Annotation, Value


@dataclass(frozen=True, slots=True)
class Running:
    """The evaluator, as the recorder sees it."""

    evaluator: Evaluator

    def call(
        self,
        function: Value,
        args: Sequence[Value] = (),
        kwargs: Mapping[str, Value] | None = None,
        origin: Origin = NOWHERE,
    ) -> Value:
        """Run a function that was read."""
        return self.evaluator.call(function, args, kwargs, origin)

    def get(self, value: Value, name: str) -> Value:
        """Give `value.name`."""
        return self.evaluator.get(value, name)

    def annotation(self, annotation: Annotation) -> Value:
        """Evaluate an annotation."""
        return self.evaluator.annotation(annotation)

    def library(self, path: str) -> Value:
        """Give what a dotted path of a library stands for; a `Symbol` where it was not found."""
        return self.evaluator.library(path)

    def hosted_by(self, host: Host) -> AbstractContextManager[None]:
        """Tell `host` instead, in there."""
        return self.evaluator.hosted_by(host)

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

    def files_loaded(self) -> set[str]:
        """Give the paths of the modules that stay loaded."""
        return {one.path for one in self.evaluator.modules_loaded.values()}

    def awaits(self, error: RaisedError) -> bool:
        """Whether a `try` around the call at hand would catch `error`."""
        return is_awaited(self.evaluator._run, raised_by_host(error))  # noqa: SLF001 -- nobody else asks
