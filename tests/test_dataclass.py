"""Our `dataclass` makes what the standard library's makes, and compiles nothing that nobody calls."""

from __future__ import annotations

import ast
import copy
import dataclasses
import pickle
import pprint
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import pytest

from driftline import dataclass as ours
from driftline.text import Span

SERVER = Path(__file__).parent.parent / "server" / "driftline"

Field: TypeAlias = Callable[..., Any]
"""Ours, or the library's."""


def plain(field: Field) -> type:
    """A class with fields of each kind."""

    class Plain:
        kind: ClassVar[str] = "plain"
        name: str
        size: int = 3
        parts: list[int] = field(default_factory=list)
        where: str = field(default="", compare=False)
        quiet: str = field(default="s", repr=False, kw_only=True)

    return Plain


def checked(_field: Field) -> type:
    """A class that refuses what is upside down."""

    class Checked:
        low: int
        high: int = 9

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError

    return Checked


def own(_field: Field) -> type:
    """A class that has methods of its own, and so no hash."""

    class Own:  # noqa: PLW1641 - that is the point
        key: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __repr__(self) -> str:
            return "…"

    return Own


def hashed(_field: Field) -> type:
    """A class that has a hash of its own."""

    class Hashed:
        key: int

        def __hash__(self) -> int:
            return 7

    return Hashed


def empty(_field: Field) -> type:
    """A class without fields."""

    class Empty:
        pass

    return Empty


ACTIONS: dict[str, Callable[[Any], Any]] = {
    "none": lambda cls: repr(cls()),
    "one": lambda cls: repr(cls(1)),
    "two": lambda cls: repr(cls(1, 2)),
    "upside down": lambda cls: repr(cls(10)),
    "many": lambda cls: repr(cls(1, 2, 3, 4, 5)),
    "named": lambda cls: repr(cls(name=1, size=2, quiet="t")),
    "unheard of": lambda cls: repr(cls(1, colour=2)),
    "quiet": lambda cls: cls(1, quiet="t").quiet,
    "lists": lambda cls: cls(1).parts is cls(1).parts,
    "equal": lambda cls: (cls(1) == cls(1), cls(1) == cls(2), cls(1) == 1, cls(1) != cls(1)),
    "empty": lambda cls: cls() == cls(),
    "unseen": lambda cls: cls(1, 2, [], "a") == cls(1, 2, [], "b"),
    "hash": lambda cls: hash(cls(1)),
    "hash of two": lambda cls: hash(cls(1, 2)),
    "order": lambda cls: (cls(1) < cls(2), cls(1) <= cls(1), cls(1) > cls(2), cls(1) >= cls(1)),
    "order of others": lambda cls: cls(1) < 1,
    "set": lambda cls: setattr(cls(1), dataclasses.fields(cls)[0].name, 2),
    "delete": lambda cls: delattr(cls(1), dataclasses.fields(cls)[0].name),
    "replace": lambda cls: repr(dataclasses.replace(cls(1), low=2)),
    "copy": lambda cls: repr(copy.copy(cls(1))),
    "deep copy": lambda cls: repr(copy.deepcopy(cls([1]))),
    "fields": lambda cls: [one.name for one in dataclasses.fields(cls)],
    "match": lambda cls: cls.__match_args__,
    "slots": lambda cls: cls.__slots__,
    "told": lambda cls: [(one.name, one.type, one.repr, one.compare, one.kw_only) for one in dataclasses.fields(cls)],
    "as a dict": lambda cls: dataclasses.asdict(cls(1)),
    "printed": lambda cls: pprint.pformat(cls(1)),
    "own name": lambda cls: (cls.__name__, cls.__qualname__, cls.__module__),
    "hashable": lambda cls: cls.__hash__ is None,
}

CHANGES = {"set", "delete"}
"""The actions that a guard is against."""

OPTIONS: tuple[dict[str, bool], ...] = (
    {"frozen": True},
    {"frozen": True, "eq": False},
    {"frozen": True, "order": True},
    {"frozen": True, "kw_only": True},
    {},
    {"eq": False},
)


def outcome(action: Callable[[Any], Any], cls: type) -> object:
    """What an action gives, or the kind of its exception; hashes of identities are no outcome."""
    try:
        given = action(cls)
    except Exception as error:  # noqa: BLE001 - any is an outcome
        return type(error)
    return "an identity's" if "hash" in action.__code__.co_names and _of_identity(cls) else given


def _of_identity(cls: Any) -> bool:  # noqa: ANN401 - whichever of the classes
    return cls.__hash__ is object.__hash__


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("body", [plain, checked, own, hashed, empty])
def test_a_class_is_as_the_library_makes_it(
    body: Callable[[Field], type], options: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is done with it comes to the same: when methods are written, and afterwards."""
    monkeypatch.setattr(ours, "_GUARDED", True)
    mine = ours._dataclass(**options, slots=True)(body(ours.field))
    its: type = dataclasses.dataclass(**options, slots=True)(body(dataclasses.field))

    for _ in range(2):
        told = {name: outcome(action, mine) for name, action in ACTIONS.items()}

        assert told == {name: outcome(action, its) for name, action in ACTIONS.items()}


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("body", [plain, checked, own, hashed, empty])
def test_without_a_guard_only_changes_come_to_something_else(
    body: Callable[[Field], type], options: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen instance that does not refuse to be changed is as one that does in all else."""
    made = {}
    for guarded in (True, False):
        monkeypatch.setattr(ours, "_GUARDED", guarded)
        cls = ours._dataclass(**options, slots=True)(body(ours.field))
        made[guarded] = {name: outcome(action, cls) for name, action in ACTIONS.items() if name not in CHANGES}

    assert made[False] == made[True]


def test_a_class_that_inherits_has_the_fields_of_both() -> None:
    """The base's methods are its own, and those of what inherits are written for that."""

    @ours.dataclass(frozen=True, slots=True)
    class Base:
        key: int

    @ours.dataclass(frozen=True, slots=True)
    class Derived(Base):
        name: str = "n"

    assert (Base(1), Derived(1), Derived(1) == Base(1)) == (Base(1), Derived(1, "n"), False)
    assert repr(Derived(2, "m")).endswith("Derived(key=2, name='m')")


def test_a_default_that_all_instances_would_share_is_refused() -> None:
    """As by the library."""

    class Shared:
        parts: list[int] = []  # noqa: RUF012 - that is the point

    for decorate in (ours.dataclass, dataclasses.dataclass):
        with pytest.raises(ValueError, match="default_factory"):
            decorate(Shared)


def test_the_library_is_not_imported_to_define_a_class() -> None:
    """Neither it nor `inspect`, which it imports, nor `typing`; a class that refuses to be changed asks for it."""
    script = """
from __future__ import annotations
import sys
from driftline.dataclass import dataclass, field, replace
@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = field(default=0, compare=False)
assert replace(Point(1), x=2) == Point(2, 5)
assert repr(Point(1)) == "Point(x=1, y=0)"
assert hash(Point(1))
print([name for name in ("dataclasses", "inspect", "typing") if name in sys.modules])
import dataclasses
print(dataclasses.is_dataclass(Point), [one.name for one in dataclasses.fields(Point)])
"""
    ran = subprocess.run(
        [sys.executable, "-P", "-S", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(SERVER.parent)},
    )

    assert ran.stdout.splitlines() == ["[]", "True ['x', 'y']"]


def test_replace_makes_another_of_the_same_class() -> None:
    """It takes what it is not told of from the old one; a field that there is not is an error."""
    assert ours.replace(Span(1, 2), end=3) == Span(1, 3)
    with pytest.raises(TypeError):
        ours.replace(Span(1, 2), middle=3)  # type: ignore[call-arg]


def test_a_frozen_one_can_be_pickled() -> None:
    """As one that the library made can."""
    assert pickle.loads(pickle.dumps(Span(1, 2))) == Span(1, 2)  # noqa: S301 - our own


def test_a_method_is_compiled_when_it_is_called() -> None:
    """Defining a class compiles nothing; what was compiled is the method from then on."""

    @ours.dataclass(frozen=True, slots=True)
    class Point:
        x: int

    names = ("__init__", "__eq__", "__hash__")
    assert {getattr(Point, name).__code__.co_filename for name in names} == {ours.__file__}

    assert Point(1) == Point(1)

    compiled = {name for name in names if getattr(Point, name).__code__.co_filename == "<string>"}
    assert compiled == {"__init__", "__eq__"}


def test_what_is_compiled_for_a_class_serves_those_like_it() -> None:
    """A second class with as many fields compiles nothing, and its methods speak of its own fields."""

    @ours.dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2

    @ours.dataclass(slots=True)
    class Size:
        width: int
        height: int = 3

    assert repr(ours.replace(Point(1), y=5)) == repr(Point(y=5, x=1))
    compiled = ours._code.cache_info().misses

    assert repr(ours.replace(Size(1), height=5)).endswith("Size(width=1, height=5)")
    assert compiled == ours._code.cache_info().misses
    with pytest.raises(TypeError, match=r"Size\.__init__\(\) got an unexpected keyword argument 'x'"):
        Size(x=1)  # type: ignore[call-arg]


def test_development_mode_guards_what_is_frozen() -> None:
    """There, a frozen instance of ours refuses to be changed, and a check of a project finds what it always does."""
    project = SERVER.parent.parent / "fixtures" / "batch-sqlite"
    script = """
import os, sys
from driftline.text import Span
try:
    Span(1, 2).end = 3
except AttributeError:
    print("refused")
from driftline.cli import main
os.chdir(sys.argv[1])
main(["check", "--no-cache", "--exit-zero", "--statistics"])
"""
    told = {}
    for mode in ("dev", "utf8"):
        ran = subprocess.run(
            [sys.executable, "-P", "-X", mode, "-c", script, str(project)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": str(SERVER.parent)},
        )
        told[mode] = ran.stdout.splitlines()

    assert told["dev"] == ["refused", *told["utf8"]]
    assert len(told["utf8"]) > 1


def test_every_dataclass_of_the_package_is_ours() -> None:
    """None is defined by the library's decorator: a start would pay for it."""
    importing = [
        path.relative_to(SERVER).as_posix()
        for path in sorted(SERVER.rglob("*.py"))
        if path != SERVER / "dataclass.py"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        for name in node.names
        if name.name in ours.__all__
    ]

    assert importing == []
