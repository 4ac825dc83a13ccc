"""What static evaluation yields: the values of Python source that was read, not run.

Python's own `None`, `bool`, `int`, `float`, `complex`, `str`, `bytes`, `tuple`, `list`, `dict`, `set`, `frozenset`,
`slice`, `range` and `Ellipsis` stand for themselves (containers hold values; lists, dicts and sets are mutable and have
identity, as in Python), and so do `pathlib.PurePath`s and compiled patterns. The classes below stand for everything
else. A builtin is a `Symbol` too: `int` is `Symbol("builtins.int")`.

Invariant: knows Python, nothing of SQLAlchemy or Alembic.

Example: `sa.Column("id", sa.Integer())` evaluates to
`Call(Symbol("sqlalchemy.Column"), ("id", Call(Symbol("sqlalchemy.Integer"), (), {}, …)), {}, …)`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from driftline.dataclass import dataclass, field
from driftline.python.origin import NOWHERE, Origin

if TYPE_CHECKING:
    from driftline.python.syntax import Syntax

Value: TypeAlias = Any
"""One of the Python values named above, or an instance of a class of this module."""

DEFAULTS = frozenset({str, int, float, bool})
"""Kinds of values by which a program says what holds where a variable of the environment is not set."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that could not be worked out, and why; never equal to anything, never different from anything.

    `reason` is a clause for the user ("`settings.SCHEMA` is read from the environment"). Two Unknowns compare equal as
    Python objects when their reasons do (so that facts can be memoised); whoever compares *schemas* asks `isinstance`
    first.
    """

    reason: str
    origin: Origin = field(default=NOWHERE, compare=False)
    unset: bool = field(default=False, compare=False)
    """Whether it may as well be nothing: a variable of the environment, for which `or` names what it is then."""
    looked: bool = field(default=False, compare=False)
    """Whether it is what a look at the database's catalog found: what a program asks before it changes something."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something imported from outside of what is read, by its dotted path: `sqlalchemy.dialects.postgresql.UUID`."""

    path: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


@dataclass(eq=False, slots=True)
class Call:
    """A call of something that is not read but named: `sa.Column(...)`, `db.Model`'s `db.Table(...)`, `func.now()`.

    `function` is a `Symbol`, an `Attribute` of another symbolic value, or a symbolic value that is called again.
    `attributes` holds what was assigned to the result afterwards (`table.info = ...`). Compared by identity.
    """

    function: Value
    args: tuple[Value, ...]
    kwargs: Mapping[str, Value]
    origin: Origin = NOWHERE
    attributes: dict[str, Value] = field(default_factory=dict)
    unpacked: bool = False
    """Whether a `*args` or `**kwargs` of unknown content was passed too: arguments may be missing."""
    nesting: int = 0
    """How deep symbolic values hang on each other below this one; the evaluator keeps it within bounds."""

    @property
    def callee(self) -> str:
        """The dotted path of what is called ("" where it has none): `sqlalchemy.Column`, `sqlalchemy.func.now`."""
        function = self.function
        return function.path if function.__class__ is Symbol else dotted(function)


@dataclass(frozen=True, eq=False, slots=True)
class Attribute:
    """An attribute of a symbolic value that is no `Symbol`.

    `db.Model` where `db` is `Call(Symbol("…SQLAlchemy"), …)`.
    """

    value: Value
    name: str
    origin: Origin = NOWHERE
    nesting: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Operator:
    """An operator over symbolic values that was not worked out: `table.c.price > 0`, `col.desc()` is a `Call` instead.

    `op` is Python's token (`"+"`, `"=="`, `"not"`, `"[]"`, `"and"`, `"<"`, `"-"` also when unary …), `operands` are one
    or more values.
    """

    op: str
    operands: tuple[Value, ...]
    origin: Origin = NOWHERE
    nesting: int = 0


@dataclass(eq=False, slots=True)
class Module:
    """A module that was read: its names so far.

    `path` is absolute; `package` is true of an `__init__.py` (or a bare folder).
    """

    name: str
    path: str
    package: bool
    syntax: Syntax | None
    names: dict[str, Value] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    """Where each name was last bound."""
    complete: bool = False
    """Whether the body was run to its end (false while a cyclic import still looks at it)."""
    stars: list[str] = field(default_factory=list)
    """What is not read and was imported with `from … import *`: dotted paths, in order.

    A name that nothing binds may come from there.
    """
    typing_only: dict[str, ast.stmt] = field(default_factory=dict)
    """Names bound under `if TYPE_CHECKING:` only, with the statement that would bind them."""


@dataclass(eq=False, slots=True)
class Function:
    """A function, lambda or method written in source that was read."""

    name: str
    qualname: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    scope: Any
    """The evaluator's scope around the definition (its closure)."""
    defaults: tuple[Value, ...] = ()
    kw_defaults: Mapping[str, Value] = field(default_factory=dict)
    decorators: tuple[Value, ...] = ()
    """The decorators that are symbolic (`sqlalchemy.orm.declared_attr`, `validates("x")`), outermost first.

    A decorator that was read has been applied.
    """
    origin: Origin = NOWHERE
    attributes: dict[str, Value] = field(default_factory=dict)
    owner: Class | None = None
    """The class in whose body it was defined."""


@dataclass(frozen=True, eq=False, slots=True)
class BoundMethod:
    """A function together with its first argument."""

    function: Function
    receiver: Value


@dataclass(frozen=True, eq=False, slots=True)
class Partial:
    """`functools.partial(function, *args, **kwargs)`."""

    function: Value
    args: tuple[Value, ...]
    kwargs: Mapping[str, Value]


@dataclass(frozen=True, eq=False, slots=True)
class Annotation:
    """An annotation, kept as syntax until somebody asks: `evaluator.annotation(it)` evaluates it, strings included."""

    node: ast.expr
    module: Module
    scope: Any
    origin: Origin = NOWHERE


@dataclass(eq=False, slots=True)
class Class:
    """A class written in source that was read.

    `names` is its namespace in the order of assignment, `annotations` its annotated names in order (also those without
    a value), `bases` are values (a `Class`, a `Symbol`, a `Call` such as `declarative_base()`, an `Attribute` such as
    `db.Model`, an `Unknown`), `keywords` are the class keywords (`table=True`). `origins` has the names in the order in
    which they came up, annotated or assigned.
    """

    name: str
    qualname: str
    module: Module
    bases: tuple[Value, ...]
    keywords: Mapping[str, Value]
    node: ast.ClassDef
    names: dict[str, Value] = field(default_factory=dict)
    annotations: dict[str, Annotation] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    """Where each name of the body was last bound or annotated: the statement."""
    decorators: tuple[Value, ...] = ()
    origin: Origin = NOWHERE
    conditional: bool = False
    """Whether it was made in a branch that is only assumed to be taken."""
    original_bases: tuple[Value, ...] = ()
    """The bases as written: `Operator("[]", (Class, int))` for `Base[int]`, which is `Class` in `bases`."""
    metaclass: Class | None = None
    """The metaclass, named or inherited, where it was read."""
    unread: Unknown | None = None
    """Why it may be another class than its body says: what its metaclass makes of it is not known."""
    linear: tuple[Value, ...] = field(default=(), repr=False)
    """The method resolution order, once it was asked for (`bases` never change after that)."""

    def mro(self) -> Iterator[Value]:
        """Give this class and its bases in method resolution order.

        A base that is not a `Class` is yielded as it is, once.
        """
        if not self.linear:
            self.linear = tuple({_key(one): one for one in _linearise(self)}.values())
        return iter(self.linear)

    def lookup(self, name: str) -> tuple[Class, Value] | None:
        """Find `name` along the method resolution order: the class that holds it, and the value.

        None where no class that was read has it.
        """
        for one in self.mro():
            if isinstance(one, Class) and name in one.names:
                return one, one.names[name]
        return None

    def is_a(self, path: str) -> bool:
        """Whether a symbol with the dotted `path` is among its ancestors."""
        return any(isinstance(one, Symbol) and one.path == path for one in self.mro())


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class that was read: its class, and the attributes that were set on it."""

    cls: Class
    attributes: dict[str, Value] = field(default_factory=dict)
    origin: Origin = NOWHERE
    base_call: Call | None = None
    """What was passed to the symbolic base; None where no base is symbolic, or none was called.

    With `class Db(SQLAlchemy)`, `Db(metadata=m)` has `Call(Symbol("…SQLAlchemy"), (), {"metadata": m})` here, as has an
    `__init__` that was read and calls `super().__init__(metadata=m)`.
    """


@dataclass(frozen=True, eq=False, slots=True)
class EnumMember:
    """A member of a Python enum that was read."""

    cls: Class
    name: str
    value: Value
    attributes: dict[str, Value] = field(default_factory=dict)
    """What the enum's own `__init__` set on it."""


def dotted(value: Value) -> str:
    """Give the dotted path of a symbolic value: a `Symbol`'s own.

    An `Attribute`'s or a `Call`'s by way of what it hangs on, an `Instance`'s by what was passed to its symbolic base;
    else "".

    Example: of `Attribute(Call(Symbol("flask_sqlalchemy.SQLAlchemy"), …), "Column")` it is
    `flask_sqlalchemy.SQLAlchemy().Column`.
    """
    parts: list[str] = []
    while True:
        kind = value.__class__
        if kind is Symbol:
            return "".join((value.path, *reversed(parts))) if parts else value.path
        if kind is Attribute:
            parts.append(f".{value.name}")
            value = value.value
        elif kind is Call:
            parts.append("()")
            value = value.function
        elif kind is Instance and value.base_call is not None:
            value = value.base_call
        else:
            return ""


def _linearise(cls: Class) -> list[Value]:
    """C3, in time linear in its result; where the bases are inconsistent, which Python would refuse, in their order."""
    sequences = [list(base.mro()) if isinstance(base, Class) else [base] for base in cls.bases]
    if len(sequences) <= 1:
        return [cls, *(one for sequence in sequences for one in sequence)]
    sequences.append(list(cls.bases))
    merged: list[Value] = [cls]
    while sequences := [sequence for sequence in sequences if sequence]:
        later = Counter(_key(one) for sequence in sequences for one in sequence[1:])
        at = [0] * len(sequences)
        while True:
            heads = [sequence[index] for sequence, index in zip(sequences, at, strict=True) if index < len(sequence)]
            head = next((one for one in heads if not later[_key(one)]), None)
            if head is None:
                break
            merged.append(head)
            key = _key(head)
            for number, sequence in enumerate(sequences):
                if at[number] < len(sequence) and _key(sequence[at[number]]) == key:
                    at[number] += 1
                    if at[number] < len(sequence):
                        later[_key(sequence[at[number]])] -= 1
        sequences = [sequence[index:] for sequence, index in zip(sequences, at, strict=True) if index < len(sequence)]
        if sequences:
            first = _key(sequences[0][0])
            merged.append(sequences[0][0])
            sequences = [[one for one in sequence if _key(one) != first] for sequence in sequences]
    return merged


def _key(value: Value) -> object:
    return value.path if isinstance(value, Symbol) else id(value)
