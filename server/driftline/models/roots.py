"""Declarative bases: which class is a base, which classes are mapped below it, and on which MetaData.

Example: below `class Base(DeclarativeBase): ...`, `class User(Base)` has the root `Base`, whose MetaData is
`Base.metadata`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, cast

from driftline.dataclass import dataclass, field
from driftline.models.core import Runner, callee, path_of, plain
from driftline.models.metadata import Metadata, read_metadata
from driftline.models.records import Records
from driftline.python.values import Attribute, Call, Class, Instance, Symbol, Unknown, Value


class Kind(Enum):
    """Which library's rules a base follows."""

    DECLARATIVE = "declarative"
    SQLMODEL = "sqlmodel"
    FLASK = "flask"


@dataclass(eq=False, slots=True)
class Root:
    """A declarative base.

    `value` is what the classes below it inherit from; `model_class`: a class whose attributes they get besides.

    `metadata` and `type_map` are the registry's; a class may name another MetaData itself.
    """

    value: Value
    kind: Kind
    metadata: Metadata
    type_map: Mapping[Value, Value] = field(default_factory=dict)
    model_class: Value = None


_BASES = frozenset({"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta"})
_METACLASS = "sqlalchemy.orm.DeclarativeMeta"
_MAPPING = _BASES | {_METACLASS, "flask_sqlalchemy.model.DefaultMeta", "flask_sqlalchemy.DefaultMeta"}
_BASE_CALLS = frozenset({"sqlalchemy.orm.declarative_base", "sqlalchemy.orm.registry().generate_base"})
_SQLMODEL = "sqlmodel.SQLModel"
_METADATA, _VALUE, _PATH = "metadata", "value", "path"
"""What is known of bases, by what: the call of a MetaData, the value that a base is, the dotted path of one."""
_FLASK_MODELS = frozenset({"flask_sqlalchemy.SQLAlchemy().Model", "flask_sqlalchemy.extension.SQLAlchemy().Model"})
_APPBUILDER_MODELS = frozenset(
    {"flask_appbuilder.Model", "flask_appbuilder.models.sqla.Model", "flask_appbuilder.models.sqla.base.SQLA().Model"}
)


class Roots:
    """The bases met so far.

    What a base is made of is read once, when the first class below it (or its `metadata`) is asked for.
    """

    def __init__(self, records: Records, runner: Runner) -> None:
        """Register MetaData objects in `records`; run functions of naming conventions with `runner`."""
        self.records = records
        self.runner = runner
        self._by_identity: dict[int, tuple[Value, Root]] = {}
        self._by_path: dict[str, Root] = {}
        self._places: dict[str, dict[Any, Any]] = {
            _METADATA: records.metadatas,
            _VALUE: self._by_identity,
            _PATH: self._by_path,
        }

    def metadata_of(self, call: Call) -> Metadata:
        """Give the MetaData that a `MetaData(…)` call makes."""
        key = _METADATA, id(call)
        found = self.records.metadatas.get(id(call))
        if found is None:
            found = self.records.earlier.get(key) or read_metadata(call, self.runner)
            self.records.metadatas[id(call)] = found
        self.records.asked[key] = found
        return found

    def known(self) -> list[Root]:
        """Give the roots met so far."""
        return [*(root for _, root in self._by_identity.values()), *self._by_path.values()]

    def of_class(self, cls: Class) -> Root | None:
        """Give the root that a class belongs to; None for a class that Declarative has nothing to do with."""
        for decorator in cls.decorators:
            registry = _mapping_registry(decorator)
            if registry is not None:
                return self._of_registry(registry)
        for base in cls.mro():
            if isinstance(base, Class):
                made = self._as_declarative(base)
                if made is not None:
                    return made
                continue
            root = self._of_base(base, cls)
            if root is not None:
                return root
        return None

    def is_base(self, cls: Class) -> bool:
        """Whether a class is a declarative base itself: nothing is mapped on it."""
        if any(path_of(base) in _BASES for base in cls.bases):
            return True
        if any(path_of(one) == "sqlalchemy.orm.as_declarative()" or _is_base_decorator(one) for one in cls.decorators):
            return True
        return _is_declarative_meta(cls) and not any(
            isinstance(base, Class) and self.of_class(base) is not None for base in cls.bases
        )

    def of_value(self, value: Value) -> Root | None:
        """Give the root that a value is: `declarative_base()`, `db.Model`, `SQLModel`, a base class."""
        if isinstance(value, Class):
            return self.of_class(value)
        return self._of_base(value, None)

    def of_database(self, value: Value) -> Root | None:
        """Give the root of a Flask-SQLAlchemy object (`db`): that of its `Model`."""
        call = value.base_call if isinstance(value, Instance) else value
        if isinstance(call, Call) and _is_flask_object(call):
            return self._of_flask(call)
        return None

    def bound_metadata(self, root: Root, bind_key: Value) -> Metadata:
        """Give the MetaData of a root: with Flask-SQLAlchemy, each other bind than the default one has its own."""
        if root.kind is not Kind.FLASK or not isinstance(bind_key, str):
            return root.metadata
        attributes = root.metadata.value.attributes
        key = f"{_BOUND}.{bind_key}"
        if key not in attributes:
            attributes[key] = Call(Symbol("sqlalchemy.MetaData"), (), {})
        return self.metadata_of(attributes[key])

    def metaclass_of(self, base: Value) -> Value:
        """Give the metaclass that `declarative_base(metaclass=…)`, or a `db.Model` made of one, has; else None."""
        if isinstance(base, Attribute) and base.name == "Model":
            call = base.value.base_call if isinstance(base.value, Instance) else base.value
            model = call.kwargs.get("model_class") if isinstance(call, Call) else None
            return model.metaclass if isinstance(model, Class) else self.metaclass_of(model) if model else None
        if isinstance(base, Call) and path_of(base).removesuffix("()") in _BASE_CALLS:
            return base.kwargs.get("metaclass")
        return None

    def _of_base(self, base: Value, cls: Class | None) -> Root | None:
        path = path_of(base)
        if path in _BASES:
            return self._declarative(cls) if cls is not None else None
        if path.removesuffix("()") in _BASE_CALLS and isinstance(base, Call):
            return self._made_base(base)
        if path == _SQLMODEL:
            return self._named(_SQLMODEL, Kind.SQLMODEL, base)
        if path in _APPBUILDER_MODELS:
            return self._named("flask_appbuilder.Model", Kind.FLASK, base)
        if isinstance(base, Attribute) and base.name == "Model":
            return self.of_database(base.value)
        if path in _FLASK_MODELS and isinstance(base, Attribute):
            return self.of_database(base.value)
        return None

    def _named(self, key: str, kind: Kind, base: Value) -> Root:
        """Give the root that a library makes at import time."""
        if key not in self._by_path:
            self._by_path[key] = self.records.earlier.get((_PATH, key)) or Root(base, kind, self._new_metadata())
        root = self.records.asked[_PATH, key] = self._by_path[key]
        self._take_over(root.metadata)
        return root

    def _take_over(self, metadata: Metadata) -> None:
        """Know the MetaData of a root, which may be known from an earlier evaluation, by its value as well."""
        key = id(metadata.value)
        self.records.metadatas[key] = self.records.asked[_METADATA, key] = metadata

    def _new_metadata(self) -> Metadata:
        return self.metadata_of(Call(Symbol("sqlalchemy.MetaData"), (), {}))

    def _remember(self, value: Value, root: Root) -> Root:
        self.records.asked[_VALUE, id(value)] = self._by_identity[id(value)] = (value, root)
        return root

    def _known(self, value: Value) -> Root | None:
        key = _VALUE, id(value)
        found = self._by_identity.get(id(value)) or self.records.earlier.get(key)
        if found is None:
            return None
        self.records.asked[key] = self._by_identity[id(value)] = found
        root = cast("Root", found[1])
        self._take_over(root.metadata)
        return root

    def agrees(self, asked: Mapping[Any, Any]) -> bool:
        """Whether nothing else is known of what somebody was told about in an earlier evaluation."""
        return all(self._places[kind].get(key, found) is found for (kind, key), found in asked.items())

    def recall(self, asked: Mapping[Any, Any]) -> None:
        """Know that from now on, as if it had been asked for."""
        for (kind, key), found in asked.items():
            self._places[kind][key] = found
        self.records.asked |= asked

    # ------------------------------------------------------------------------------------------------------------------

    def _declarative(self, cls: Class) -> Root:
        """Give the root of a class below `DeclarativeBase`: the last in its order that inherits from it directly."""
        bases = [
            one for one in cls.mro() if isinstance(one, Class) and any(path_of(base) in _BASES for base in one.bases)
        ]
        top = bases[-1] if bases else cls
        known = self._known(top)
        if known is not None:
            return known
        return self._remember(top, self._with_registry(top, Kind.DECLARATIVE))

    def _with_registry(self, top: Class, kind: Kind) -> Root:
        registry = top.lookup("registry")
        stated = top.lookup("metadata")
        type_map = top.lookup("type_annotation_map")
        made = self._of_registry(registry[1]) if registry is not None and isinstance(registry[1], Call) else None
        if stated is not None and isinstance(stated[1], Call):
            metadata = self.metadata_of(stated[1])
        elif stated is not None and isinstance(stated[1], Unknown):
            metadata = self._new_metadata()
            metadata.unknown = stated[1]
        elif made is not None:
            metadata = made.metadata
        else:
            metadata = self._new_metadata()
        types = dict(made.type_map) if made is not None else {}
        types.update(_type_map(type_map[1] if type_map is not None else None))
        return Root(top, kind, metadata, types)

    def _made_base(self, call: Call) -> Root:
        """Give the root that `declarative_base(…)` or `registry.generate_base(…)` makes."""
        known = self._known(call)
        if known is not None:
            return known
        if isinstance(call.function, Attribute):
            registry = self._of_registry(call.function.value)
            return self._remember(
                call,
                Root(
                    call,
                    Kind.DECLARATIVE,
                    registry.metadata,
                    registry.type_map,
                    call.kwargs.get("cls"),
                ),
            )
        stated = call.kwargs.get("metadata")
        metadata = self.metadata_of(stated) if isinstance(stated, Call) else self._new_metadata()
        if isinstance(stated, Unknown):
            metadata.unknown = stated
        types = _type_map(call.kwargs.get("type_annotation_map"))
        return self._remember(call, Root(call, Kind.DECLARATIVE, metadata, types, call.kwargs.get("cls")))

    def _of_registry(self, registry: Value) -> Root:
        """Give the root that a `registry(…)` stands for."""
        known = self._known(registry)
        if known is not None:
            return known
        kwargs = registry.kwargs if isinstance(registry, Call) else {}
        stated = kwargs.get("metadata")
        metadata = self.metadata_of(stated) if isinstance(stated, Call) else self._new_metadata()
        root = Root(registry, Kind.DECLARATIVE, metadata, _type_map(kwargs.get("type_annotation_map")))
        return self._remember(registry, root)

    def registry_metadata(self, registry: Call) -> Metadata:
        """Give the MetaData of a `registry(…)`."""
        return self._of_registry(registry).metadata

    def update_type_map(self, registry: Call, more: Value) -> None:
        """Add to the `type_annotation_map` of a registry, which the bases made with it share."""
        metadata = self.registry_metadata(registry)
        for _, root in self._by_identity.values():
            if root.metadata is metadata and isinstance(root.type_map, dict):
                root.type_map.update(_type_map(more))

    def _as_declarative(self, cls: Class) -> Root | None:
        """Give the root of a base that a decorator or `metaclass=DeclarativeMeta` makes one."""
        known = self._known(cls)
        if known is not None:
            return known
        for decorator in cls.decorators:
            if path_of(decorator) == "sqlalchemy.orm.as_declarative()" and isinstance(decorator, Call):
                stated = decorator.kwargs.get("metadata")
                metadata = (
                    self.metadata_of(stated)
                    if isinstance(stated, Call)
                    else self._with_registry(cls, Kind.DECLARATIVE).metadata
                )
                return self._remember(cls, Root(cls, Kind.DECLARATIVE, metadata))
            if _is_base_decorator(decorator):
                registry = self._of_registry(decorator.function.value)
                return self._remember(cls, Root(cls, Kind.DECLARATIVE, registry.metadata, registry.type_map))
        stated_registry = cls.keywords.get("registry")
        if isinstance(stated_registry, Call) and cls.is_a(_SQLMODEL):
            metadata = self._of_registry(stated_registry).metadata
            return self._remember(cls, Root(cls, Kind.SQLMODEL, metadata))
        if _is_declarative_meta(cls):
            return self._remember(cls, self._with_registry(cls, Kind.DECLARATIVE))
        return None

    def _of_flask(self, call: Call) -> Root:
        known = self._known(call)
        if known is not None:
            return known
        model = call.kwargs.get("model_class")
        inner = self.of_value(model) if isinstance(model, Class | Call) else None
        stated = call.kwargs.get("metadata")
        if inner is not None:
            metadata, types = inner.metadata, inner.type_map
        else:
            metadata, types = (self.metadata_of(stated) if isinstance(stated, Call) else self._new_metadata()), {}
        model_class = inner.model_class if inner is not None and not isinstance(model, Class) else model
        return self._remember(call, Root(call, Kind.FLASK, metadata, types, model_class))


def is_mapping(base: Value) -> bool:
    """Whether a base's `__init_subclass__`, or a metaclass's `__init__`, maps the class that it is told of."""
    return path_of(base) in _MAPPING


def _is_declarative_meta(cls: Class) -> bool:
    """Whether a class statement names SQLAlchemy's metaclass, or one of the project's own made of it."""
    named = cls.keywords.get("metaclass")
    above = named.mro() if isinstance(named, Class) else (named,)
    return any(path_of(one) == _METACLASS for one in above if not isinstance(one, Class))


def _mapping_registry(decorator: Value) -> Value:
    """Give the registry of `@registry.mapped` and `@registry.mapped_as_dataclass`, with or without arguments.

    None for other decorators.
    """
    function = decorator.function if isinstance(decorator, Call) else decorator
    if isinstance(function, Attribute) and function.name in ("mapped", "mapped_as_dataclass"):
        return function.value
    if callee(decorator) in ("sqlalchemy.orm.mapped_as_dataclass", "sqlalchemy.orm.mapped") and isinstance(
        decorator, Call
    ):
        return decorator.args[0] if decorator.args else decorator.kwargs.get("registry")
    return None


def _is_base_decorator(decorator: Value) -> bool:
    return (
        isinstance(decorator, Call)
        and isinstance(decorator.function, Attribute)
        and decorator.function.name == "as_declarative_base"
    )


def _is_flask_object(call: Call) -> bool:
    path = call.callee
    return path.startswith(("flask_sqlalchemy.", "flask_appbuilder.", "quart_sqlalchemy.")) and path.rpartition(".")[
        2
    ] in (
        "SQLAlchemy",
        "SQLA",
    )


def _type_map(value: Value) -> dict[Value, Value]:
    return dict(value) if isinstance(value, Mapping) else {}


def scanned_classes(cls: Class, root: Root) -> Iterator[Class]:
    """Give the classes that Declarative looks for attributes in.

    The method resolution order, and the root's own model class behind it.
    """
    seen: set[int] = set()
    for one in (*cls.mro(), *(root.model_class.mro() if isinstance(root.model_class, Class) else ())):
        if isinstance(one, Class) and id(one) not in seen:
            seen.add(id(one))
            yield one


def stated_metadata(cls: Class, root: Root, roots: Roots) -> Metadata:
    """Give the MetaData of a class: the nearest `metadata` it inherits, else the registry's."""
    for one in scanned_classes(cls, root):
        value = one.names.get("metadata")
        if isinstance(value, Call) and callee(value) == "sqlalchemy.MetaData":
            return roots.metadata_of(value)
    bind_key = plain(
        next((one.names["__bind_key__"] for one in scanned_classes(cls, root) if "__bind_key__" in one.names), None)
    )
    return roots.bound_metadata(root, bind_key)


_BOUND: str = "flask_sqlalchemy.bound_metadata"
