"""The evaluator, for those who are made before it: it is made with the host that they belong to.

Example: `runner = LateRunner()`, then `evaluator = Evaluator(modules, ModelsHost(script, runner))`, then
`runner.bind(evaluator)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Annotation, Symbol, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from driftline.models.core import Runner

_TOO_EARLY = "nothing is evaluated yet"


class LateRunner:
    """Runs with the evaluator that it is bound to; until then, nothing is known."""

    def __init__(self) -> None:
        """Be bound to none yet."""
        self._runner: Runner | None = None

    def bind(self, runner: Runner) -> None:
        """Run with `runner` from now on."""
        self._runner = runner

    def call(
        self,
        function: Value,
        args: Sequence[Value] = (),
        kwargs: Mapping[str, Value] | None = None,
        origin: Origin = NOWHERE,
    ) -> Value:
        """Run a function over values."""
        return Unknown(_TOO_EARLY) if self._runner is None else self._runner.call(function, args, kwargs or {}, origin)

    def get(self, value: Value, name: str) -> Value:
        """Give `value.name`."""
        return Unknown(_TOO_EARLY) if self._runner is None else self._runner.get(value, name)

    def annotation(self, annotation: Annotation) -> Value:
        """Evaluate an annotation."""
        return Unknown(_TOO_EARLY) if self._runner is None else self._runner.annotation(annotation)

    def library(self, path: str) -> Value:
        """Give what a dotted path of a library stands for; a `Symbol` where it was not found."""
        return Symbol(path) if self._runner is None else self._runner.library(path)
