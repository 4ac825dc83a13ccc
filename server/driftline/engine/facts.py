"""Facts as text, and back: what one revision does, what a file says, what the models declare.

Facts are frozen values of known classes (`_CLASSES`). They are written as one JSON array: each entry is a scalar, or a
list that says what it is and where its parts stand, further to the front. What occurs twice is written once, and is one
object again. An origin is written by the place of its node (`recalled.py`), its file by path and digest.

Invariant: reading makes values of these classes and nothing else, whatever the text says; nothing in it is ever run.

Example: `decode(encode(evaluated), files)` is an `Evaluated` that is the same, as long as the files have the same text.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from driftline.dataclass import fields
from driftline.engine.tracing import SameText
from driftline.migrations import operation
from driftline.migrations.contents import Body, Contents, Imported
from driftline.migrations.evaluation import Evaluated
from driftline.migrations.evaluations import Setting
from driftline.migrations.graph import Revision
from driftline.models.assumed_schema import schemas_named
from driftline.models.declared import Declared, EnvironmentOptions, MappedClass, Validator
from driftline.models.dialect import imported_dialects, said_of_dialects
from driftline.models.object_filter import Asked
from driftline.models.reader import ModelSettings
from driftline.models.unreached import Declares
from driftline.python.host import Branch, Taken
from driftline.python.modules import FoundModule
from driftline.python.node_place import is_ambiguous, place_of
from driftline.python.origin import NOWHERE, Origin, Site
from driftline.python.recalled import Recalled, RecalledFile
from driftline.python.syntax import Syntax
from driftline.python.trace import Trace
from driftline.python.values import Symbol, Unknown
from driftline.schema import Column, Computed, Enum, Identity, Index, Schema, ServerDefault, Table, Type, constraint
from driftline.schema.naming import FinalName, NamingConvention
from driftline.schema.type import TypeCall
from driftline.sources.decoding import digest
from driftline.sources.environment import ConfigProblem, Environment

_CLASSES: tuple[type, ...] = (
    Site,
    Unknown,
    Symbol,
    Branch,
    FoundModule,
    TypeCall,
    Type,
    ServerDefault,
    Computed,
    Identity,
    Column,
    Index,
    *(
        getattr(constraint, name)
        for name in (
            "CheckConstraint",
            "ExcludeConstraint",
            "ForeignKey",
            "IndexElement",
            "PrimaryKey",
            "UniqueConstraint",
        )
    ),
    Table,
    Enum,
    Schema,
    NamingConvention,
    *(one for _, one in sorted(vars(operation).items()) if isinstance(one, type) and issubclass(one, operation.Stated)),
    operation.Like,
    Evaluated,
    Revision,
    Imported,
    Contents,
    Validator,
    MappedClass,
    EnvironmentOptions,
    Asked,
    Declared,
    ConfigProblem,
    Environment,
    ModelSettings,
    Declares,
    SameText,
    Setting,
)
_ENUMS: tuple[Any, ...] = (Taken, Body)
_FUNCTIONS: tuple[Callable[[str | None], object], ...] = (imported_dialects, said_of_dialects, schemas_named)
"""Questions that are asked of texts: a trace holds them, and they are told by their number."""

_TUPLE, _LIST, _SET, _DICT, _BYTES, _FINAL_NAME, _NOWHERE, _ORIGIN, _FILE, _TRACE, _FUNCTION = range(11)
_FIRST_ENUM = 11
_FIRST_CLASS = _FIRST_ENUM + len(_ENUMS)
_FIELDS = {one: tuple(each.name for each in fields(one)) for one in _CLASSES}
_NUMBERS = {one: _FIRST_CLASS + at for at, one in enumerate(_CLASSES)}
_ENUM_NUMBERS = {one: _FIRST_ENUM + at for at, one in enumerate(_ENUMS)}
_TABLES = 8
"""How many tables between nodes and sites are held: a large project would be full of them."""
_SCALARS = frozenset({type(None), bool, int, float, str})

Files = Callable[[str, bytes], RecalledFile]
"""Gives the file at a path if its text has a digest; raises `Stale` where it has another."""


class NotPlain(Exception):  # noqa: N818 -- it is no error: such a fact is worked out anew each time
    """Raised where a fact holds something that cannot be written: a function, an object with an identity."""


class Stale(Exception):  # noqa: N818 -- it is no error: the fact is worked out anew
    """Raised where a fact was worked out from another text than there is now."""


def encode(value: object, texts: dict[tuple[str, bytes], str] | None = None) -> bytes:
    """Write a fact, as one line of ASCII. Raises `NotPlain`.

    `texts`: where to note the texts that its origins are places in, by path and digest.
    """
    writing = _Writing(texts)
    writing.add(value)
    return f"[{','.join(writing.rows)}]".encode("ascii")


def is_plain_question(question: object) -> bool:
    """Whether a question that was asked of a text can be written."""
    return isinstance(question, Declares | SameText) or question in _FUNCTIONS


def decode(data: bytes, files: Files) -> Any:  # noqa: ANN401 -- what was written
    """Read a fact. Raises `Stale`, and `ValueError` where `data` is none."""
    made: list[Any] = []
    get, append = made.__getitem__, made.append
    makers = {**_MAKERS, _FILE: files}
    try:
        for row in json.loads(data):
            if type(row) is list:
                append(makers[row[0]](*map(get, row[1:])))
            else:
                append(row)
        return made[-1]
    except (TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        msg = "it is no fact"
        raise ValueError(msg) from error


class _Writing:
    """The rows so far as they are written, and which value stands where."""

    def __init__(self, texts: dict[tuple[str, bytes], str] | None) -> None:
        self.rows: list[str] = []
        self._texts = texts
        self._scalars: dict[tuple[type, object], int] = {}
        self._known: dict[int, int] = {}
        """By identity."""
        self._held: list[object] = []
        """What is known by its identity, so that this stays its own."""
        self._traces: set[int] = set()
        self._tabled: deque[Syntax] = deque()
        self._ambiguous: dict[int, bool] = {}
        """Of each file whether several expressions of it could stand at one place."""

    def add(self, value: object) -> int:
        """Write a value behind its parts, and give where it stands."""
        kind = type(value)
        if kind in _SCALARS:
            return self._scalar(kind, value)
        known = self._known.get(id(value))
        if known is not None:
            return known
        row = self._row(kind, value)
        at = self._put(value, row)
        if row[0] == _TRACE:
            self._traces.add(at)
        return at

    def _put(self, value: object, row: list[int]) -> int:
        at = self._known[id(value)] = len(self.rows)
        self.rows.append(f"[{','.join(map(str, row))}]")
        self._held.append(value)
        return at

    def _scalar(self, kind: type, value: object) -> int:
        key = kind, (repr(value) if kind is float else value)
        at = self._scalars.get(key)
        if at is None:
            try:
                self.rows.append(json.dumps(value))
            except ValueError as error:  # Python writes no integer of more than some thousand digits
                raise NotPlain from error
            at = self._scalars[key] = len(self.rows) - 1
        return at

    def _row(self, kind: type, value: Any) -> list[int]:  # noqa: ANN401 -- of any kind
        number = _NUMBERS.get(kind)
        if number is not None:
            return [number, *[self.add(getattr(value, name)) for name in _FIELDS[kind]]]
        if isinstance(value, Origin):
            return self._origin(value)
        if kind in _SEQUENCES:
            parts = sorted(value, key=repr) if kind in (set, frozenset) else value
            return [_SEQUENCES[kind], *[self.add(one) for one in parts]]
        if kind is dict or isinstance(value, Mapping):
            return [_DICT, *[self.add(part) for item in value.items() for part in item]]
        if kind in _ENUM_NUMBERS:
            return [_ENUM_NUMBERS[kind], self.add(value.name)]
        if kind is bytes:
            return [_BYTES, self.add(value.hex())]
        if kind is FinalName:
            return [_FINAL_NAME, self.add(str(value))]
        if value in _FUNCTIONS:
            return [_FUNCTION, self.add(_FUNCTIONS.index(value))]
        raise NotPlain(kind.__name__)

    def _origin(self, origin: Origin) -> list[int]:
        if origin is NOWHERE or not isinstance(origin, Trace):
            return [_NOWHERE] if origin.path is None else [_ORIGIN, self.add(origin.sites)]
        if isinstance(origin, Recalled):
            place, caller, sites = origin.place, origin.caller, origin.known_sites
            file = self._file(origin.file, origin.path, origin.file.file.digest)
        else:
            syntax, at, caller, sites = origin.parts
            file = self._file(syntax, syntax.path, None)
            found = at if isinstance(at, tuple) else place_of(at, ambiguous=self._ambiguous[file])
            if found is None:
                return [_ORIGIN, self.add(self._sites_of(origin, syntax))]
            place = found
        above = self.add(caller)
        if caller is not None and above not in self._traces:
            return [_ORIGIN, self.add(origin.sites)]
        return [_TRACE, file, above, self.add(sites), *[self.add(part) for part in place]]

    def _sites_of(self, origin: Trace, syntax: Syntax) -> tuple[Site, ...]:
        """Give the sites of an origin; the tables that were made for them go when there are too many."""
        sites = origin.sites
        if syntax not in self._tabled:
            self._tabled.append(syntax)
            if len(self._tabled) > _TABLES:
                self._tabled.popleft().forget_sites()
        return sites

    def _file(self, key: Syntax | RecalledFile, path: str, said: bytes | None) -> int:
        known = self._known.get(id(key))
        if known is None:
            text = key.text if isinstance(key, Syntax) else key.file.text
            said = digest(text) if said is None else said
            if self._texts is not None:
                self._texts[path, said] = text
            known = self._put(key, [_FILE, self.add(path), self.add(said)])
            if isinstance(key, Syntax):
                self._ambiguous[known] = is_ambiguous(text)
        return known


_SEQUENCES: dict[type, int] = {tuple: _TUPLE, list: _LIST, frozenset: _SET, set: _SET}


def _recalled(file: Any, caller: Any, sites: Any, *place: Any) -> Recalled:  # noqa: ANN401 -- they are checked
    if not isinstance(file, RecalledFile) or not isinstance(caller, Recalled | None) or not isinstance(place[0], str):
        raise TypeError
    return Recalled(file, place, caller, sites)


def _maker(cls: Any) -> Callable[..., object]:  # noqa: ANN401 -- one of _CLASSES
    """Give what makes an object of a frozen class of its fields; its own `__init__` takes several times as long."""
    new, number = cls.__new__, len(_FIELDS[cls])
    setters = [getattr(cls, name).__set__ for name in _FIELDS[cls]]

    def make(*values: object) -> object:
        if len(values) != number:
            raise TypeError
        made = new(cls)
        for put, value in zip(setters, values, strict=True):
            put(made, value)
        return made

    return make


def _dict(*parts: Any) -> dict[Any, Any]:  # noqa: ANN401 -- of any kind
    return dict(zip(parts[::2], parts[1::2], strict=True))


_MAKERS: dict[int, Callable[..., Any]] = {
    _TUPLE: lambda *parts: parts,
    _LIST: lambda *parts: list(parts),
    _SET: lambda *parts: frozenset(parts),
    _DICT: _dict,
    _BYTES: bytes.fromhex,
    _FINAL_NAME: FinalName,
    _NOWHERE: lambda: NOWHERE,
    _ORIGIN: Origin,
    _TRACE: _recalled,
    _FUNCTION: _FUNCTIONS.__getitem__,
    **{number: one.__getitem__ for one, number in _ENUM_NUMBERS.items()},
    **{number: _maker(one) for one, number in _NUMBERS.items()},
}
