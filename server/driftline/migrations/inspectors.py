"""What each Inspector has answered: it gives the same answer again, whatever was done to the schema in between.

So does SQLAlchemy's, which has an `info_cache`, until `clear_cache()` is called.

Example: `get_columns("users")` before and after `op.add_column("users", …)` is one list, with one Inspector.
"""

from __future__ import annotations

from driftline.python.host import UNANSWERED
from driftline.python.values import Call, Value


class Inspectors:
    """The answers, by Inspector."""

    def __init__(self) -> None:
        """Hold none yet."""
        self._answers: dict[int, tuple[Call, dict[str, Value]]] = {}
        """By the identity of the Inspector, which is kept alive by its being here."""

    def clear(self) -> None:
        """Forget all."""
        self._answers.clear()

    def clear_cache(self, inspector: Call) -> None:
        """Forget what one has answered."""
        self._answers.pop(id(inspector), None)

    def recall(self, inspector: Call, question: str) -> Value:
        """Give what was answered to a question before; UNANSWERED where it was not asked."""
        _, answers = self._answers.get(id(inspector), (inspector, {}))
        return answers.get(question, UNANSWERED)

    def keep(self, inspector: Call, question: str, answer: Value) -> None:
        """Keep an answer."""
        self._answers.setdefault(id(inspector), (inspector, {}))[1][question] = answer


def question_of(method: str, call: Call) -> str:
    """Give what a call asks an Inspector, as text: the same for the same arguments."""
    return f"{method}{(call.args, sorted(call.kwargs.items(), key=lambda one: one[0]))!r}"
