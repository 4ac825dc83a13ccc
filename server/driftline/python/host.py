"""What the evaluator asks of those who know what symbolic calls mean.

`models/` and `migrations/` each implement a `Host`. The evaluator runs user code over values; whenever that code calls,
reads or changes something symbolic, the host is told, in the order in which Python would have done it, and may answer.

Invariant: a host never raises on what users write; it records a problem and answers `Unknown` or `UNANSWERED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Any, Final

from driftline.dataclass import dataclass
from driftline.python.origin import Origin
from driftline.python.values import Call, Class, Function, Unknown, Value


class _Unanswered(Enum):
    UNANSWERED = "unanswered"


UNANSWERED: Final = _Unanswered.UNANSWERED
"""Given back by a host that has nothing to say: the evaluator goes on with its own answer."""


class Taken(Enum):
    """How a branch is being followed."""

    ASSUMED = "assumed"
    """The condition is Unknown, and this is the branch that does the work: what it states is conditional."""
    UNTAKEN = "untaken"
    """Python would not come here (or the other branch is assumed).

    What it states is history that did not happen, never applied.
    """


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a program whose condition is Unknown or false.

    `condition` is its source, as the user wrote it (negated with `not (…)`). `looked`: it rests on a look at the
    database's catalog, so what could not be done there is what the program has made sure of.
    """

    taken: Taken
    condition: str
    origin: Origin
    looked: bool = False


class RaisedError(Exception):
    """Raised by a host to say: this call would raise `name`.

    A Python exception class's name for real, so `except` clauses apply.

    Used for what a database or an inspector would refuse (`NoSuchTableError`). Never leaves the evaluator.
    """

    def __init__(
        self, name: str, reason: str, bases: tuple[str, ...] = (), *, translated: bool = False, if_awaited: bool = False
    ) -> None:
        """Keep the exception's class `name`, a `reason` for the user, and the names of the classes it inherits from.

        All are last parts of names: `except` clauses are matched by these. `Exception` need not be given.
        `translated`: a library may raise one of its own instead (SQLAlchemy's event `handle_error`, as oslo.db does).
        `if_awaited`: where nothing in the code that is read waits for it, the host has not answered.
        """
        super().__init__(reason)
        self.name = name
        self.reason = reason
        self.bases = bases
        self.translated = translated
        self.if_awaited = if_awaited


class Host:
    """Answers nothing: the base of real hosts, and the host for reading constants."""

    follow_untaken: bool = False
    """Whether branches that Python would not take are followed in shadow, where they hold calls that the host `wants`.

    They are followed within `Taken.UNTAKEN`, and whatever they did to names and objects is undone afterwards.
    """

    def wants(self, callee: str) -> bool:
        """Whether a call of what has the dotted path `callee` (`alembic.op.add_column`) is work that the host records.

        Where a condition is Unknown, the branch that does such work is the one assumed. Asked from the source, before
        anything is run.
        """
        return False

    def sounds_like_work(self, name: str) -> bool:
        """Whether a call of what has this last name is followed in a comprehension over what is not known."""
        return False

    def wants_source(self, path: str) -> bool:
        """Whether what has the dotted `path` is to be read, if it is in the project's site-packages.

        Asked for symbolic base classes; refused, or found nowhere, they stay a `Symbol`.
        """
        return False

    def wants_module(self, name: str, text: str) -> bool:
        """Whether the module `name` of a library, with this source `text`, is run where the workspace imports it.

        Without that, and for what it imports itself, modules in site-packages stay symbols.
        """
        return False

    def has_name(self, module: str, name: str) -> bool | None:
        """Whether a module that is not read, imported with `from module import *`, binds `name`; None: not known."""
        return None

    def get_decorated(self, value: Value, name: str, function: Function) -> Value:
        """Answer `value.name` of a `Class` or `Instance`, found to be a function with symbolic decorators.

        `declared_attr` is one. UNANSWERED: it is a function, or a property where a decorator's name ends in "property".
        """
        return UNANSWERED

    def function_created(self, function: Function) -> None:
        """Be told that a function with symbolic decorators was defined (`@Operations.implementation_for(...)`)."""

    def call(self, call: Call) -> Value:
        """Be told of a symbolic call, right when it happens; answer its result, or UNANSWERED for the `Call` itself."""
        return UNANSWERED

    def call_unknown(self, call: Call) -> None:
        """Be told of a call whose `function` is Unknown, with arguments: what is called may do something to them."""

    def get_attribute(self, value: Value, name: str) -> Value:
        """Answer `value.name` for a symbolic `value`.

        Symbol, Call, Attribute or a `Class`/`Instance` that has no such name; or UNANSWERED.
        """
        return UNANSWERED

    def set_attribute(self, value: Value, name: str, new: Value, origin: Origin) -> None:
        """Be told that `value.name = new` was run for a symbolic value or a `Class`.

        The evaluator has already stored it.
        """

    def get_item(self, value: Value, key: Value) -> Value:
        """Answer `value[key]` for a symbolic value; or UNANSWERED."""
        return UNANSWERED

    def iterate(self, value: Value) -> list[Value] | None:
        """Give what iterating a symbolic value yields (rows of an inspector's answer).

        Or None where that is unknown.
        """
        return None

    def contains(self, value: Value, item: Value) -> bool | None:
        """Whether `item in value` for a symbolic `value`; None to leave it to what iterating it yields."""
        return None

    def truth(self, value: Value) -> bool | Unknown | None:
        """Give the truth of a symbolic value; None to leave it to the evaluator."""
        return None

    def is_instance(self, value: Value, kind: Value) -> bool | None:
        """Whether a symbolic value is an instance of a symbolic class; None where that is not known."""
        return None

    def enter(self, value: Value) -> Value:
        """Answer `value.__enter__()` for a symbolic context manager (`op.batch_alter_table(...)`).

        UNANSWERED means the value itself.
        """
        return UNANSWERED

    def exit(self, value: Value) -> None:
        """Be told that the `with` block over a symbolic context manager has ended."""

    def class_created(self, cls: Class) -> None:
        """Be told that a class statement was run: after its body, and before decorators that were read work on it."""

    def class_behind(self, base: Value) -> Class | None:
        """Give the class that was read of which a symbolic base is made: `Shared` of `declarative_base(cls=Shared)`."""
        return None

    def metaclass_of(self, base: Value) -> Value:
        """Give the metaclass of a symbolic base (`declarative_base(metaclass=Meta)`); None where it is not said."""
        return None

    def base_told(self, cls: Class, base: Value) -> None:
        """Be told that `base`, which is not read, has got to know of the class `cls` before it was all made.

        A read `__init_subclass__`, or `__init__` of a metaclass, has called the one of `base`.
        """

    def either(self, reason: Unknown) -> AbstractContextManager[None]:
        """Follow two blocks of which one is run, and for this `reason` it is not known which."""
        return nullcontext()

    def branch(self, branch: Branch) -> AbstractContextManager[None]:
        """Give the context within which a branch that is assumed or not taken is followed."""
        return nullcontext()

    # -- what is kept from one evaluation to the next (`kept`) ---------------------------------------------------------

    def growing(self) -> tuple[list[Any] | dict[Any, Any], ...]:
        """Give the collections in which it writes down what it is told; while modules are run they only grow."""
        return ()

    def standing(self) -> tuple[tuple[object, ...], ...] | None:
        """Give what else its answers depend on, each compared by identity; None in the middle of something.

        First what a module may not change that is not to be run every time, then what it may add to in `growing`.
        """
        return ((),)

    def kinds(self) -> frozenset[type]:
        """Give the classes of its own objects that can change."""
        return frozenset()

    def asked_for(self) -> dict[object, Any]:
        """Give what it worked out, or knew already, of values that it was asked about since this was last called."""
        return {}

    def expect(self, asked: Mapping[object, Any]) -> None:
        """Be told what was worked out the last time, of the values that are still there."""

    def agrees(self, asked: Mapping[object, Any]) -> bool:
        """Whether none of that is known to be otherwise now."""
        return True

    def recall(self, asked: Mapping[object, Any]) -> None:
        """Know it from now on, as if it had been asked for."""

    def looked_around(self) -> bool:
        """Whether an answer depended on all that was written down, since this was last called."""
        return False
