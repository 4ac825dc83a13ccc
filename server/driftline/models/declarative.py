"""Declarative: from a class that was made to its table, as SQLAlchemy's `_DeclarativeMapperConfig` does it.

The order in which classes and attributes are looked at is SQLAlchemy's (`sqlalchemy/orm/decl_base.py`), because the
order of columns and what overrides what follow from it.

Example: `class User(Base)` with `id: Mapped[int] = mapped_column(primary_key=True)` makes a `TableRecord` with one
`DraftColumn`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from driftline.dataclass import dataclass, field, replace
from driftline.models.annotations import MappedAnnotation, mapped_annotation, read_inner, type_of
from driftline.models.core import Runner, callee, canonical, merged_column, path_of, plain
from driftline.models.library_bases import may_bring_columns
from driftline.models.records import DraftColumn, MappedRecord, Records, TableRecord
from driftline.models.roots import Kind, Root, Roots, scanned_classes, stated_metadata
from driftline.models.sqlmodel import sqlmodel_columns
from driftline.models.validators import read_validator
from driftline.python.last_name import last_name
from driftline.python.nodes import nodes
from driftline.python.origin import Origin
from driftline.python.values import Annotation, Call, Class, Function, Symbol, Unknown, Value, dotted

_COLUMNS = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlalchemy.orm.unmapped_column"})
_MAPPED_COLUMNS = frozenset({"sqlalchemy.orm.mapped_column", "sqlalchemy.orm.unmapped_column"})
_COLUMN_PROPERTIES = frozenset(
    {"sqlalchemy.orm.column_property", "sqlalchemy.orm.deferred", "sqlalchemy.orm.composite"}
)
_RELATIONSHIPS = frozenset(
    {"sqlalchemy.orm.relationship", "sqlalchemy.orm.relation", "sqlalchemy.orm.dynamic_loader", "sqlmodel.Relationship"}
)
_MAKES_ATTRIBUTES = ("sqlalchemy.orm.", "sqlalchemy.ext.", "sqlmodel.")
_SPECIAL = frozenset({"__tablename__", "__table_args__", "__table__", "__mapper_args__"})
_CONCRETE = frozenset(
    {"sqlalchemy.ext.declarative.AbstractConcreteBase", "sqlalchemy.ext.declarative.DeferredReflection"}
)


@dataclass(slots=True)
class _Collected:
    """An attribute that Declarative has collected: its value, and its annotation as evaluated.

    `declared`: a `declared_attr` made it.
    """

    value: Value
    annotation: MappedAnnotation | None
    origin: Origin
    declared: bool = False


@dataclass(slots=True)
class _Scan:
    """What the scan of one class has found."""

    attributes: dict[str, _Collected] = field(default_factory=dict)
    tablename: Value = None
    table_args: Value = None
    table: Value = None
    inherited_args: bool = False


def is_declared_attr(value: Value) -> bool:
    """Whether a value is a `declared_attr`: a function decorated with it, or a call of it."""
    if isinstance(value, Function):
        return any(_names_declared_attr(dotted(one)) for one in value.decorators)
    return isinstance(value, Call) and _names_declared_attr(value.callee)


def _names_declared_attr(path: str) -> bool:
    return "declared_attr" in path.split(".")


def _is_cascading(value: Value) -> bool:
    return isinstance(value, Function) and any(
        dotted(one).endswith("declared_attr.cascading") for one in value.decorators
    )


class Declarative:
    """Maps classes: told of each class that is made, it adds to the records what SQLAlchemy would have made of it."""

    def __init__(self, records: Records, roots: Roots, reader: Runner, is_first: Callable[[str], bool]) -> None:
        """Add to `records`; run what the user wrote with `reader`.

        `is_first`: whether a library is of its first major version; SQLAlchemy 1.4 ignores `Mapped[…]`.
        """
        self.records = records
        self.roots = roots
        self.reader = reader
        self._is_first = cache(is_first)  # files are read for it

    def map_class(self, cls: Class, *, conditional: bool) -> None:
        """Map a class that was just made, if it is one that Declarative maps."""
        if id(cls) in self.records.mapped:
            return  # while it was being made
        root = self.roots.of_class(cls)
        if root is None:
            self._note_unread_base(cls)
            return
        if self.roots.is_base(cls) or cls.names.get("__abstract__") is True:
            return
        if any(path_of(base) in _CONCRETE for base in cls.bases):
            return
        if root.kind is Kind.SQLMODEL and (
            cls.keywords.get("table") is not True or self._mapped_base(cls, root) is not None
        ):
            return
        self._map(cls, root, conditional=conditional)

    def _note_unread_base(self, cls: Class) -> None:
        """A class with a table's name and a base that was not read may be a table that is missing."""
        unread = next((base for base in cls.mro() if isinstance(base, Unknown)), None)
        if unread is not None and "__tablename__" in cls.names:
            why = Unknown(f"a base class of `{cls.name}` could not be read: {unread.reason}", cls.origin)
            self.records.missing.append(why)

    # ------------------------------------------------------------------------------------------------------------------
    # One class

    def _map(self, cls: Class, root: Root, *, conditional: bool) -> None:
        inherits = self._mapped_base(cls, root)
        record = MappedRecord(cls, None, inherits=inherits, conditional=conditional or cls.conditional)
        if root.kind is Kind.SQLMODEL:
            self._set_sqlmodel_columns(cls, root)
        # A class is known as mapped from here on, so that what its `declared_attr`s ask of it is answered.
        self.records.mapped[id(cls)] = record
        scan = self._scan(cls, root)
        drafts = self._drafts(cls, scan, root, record)
        self._name_attributes(scan, drafts, record)
        if isinstance(scan.table, Call):
            self._use_table(scan.table, record)
        else:
            self._make_table(cls, root, scan, drafts, record)
        for base in scanned_classes(cls, root):
            record.validators += [
                made
                for made in (read_validator(value, self.reader) for value in base.names.values())
                if made is not None
            ]

    def _mapped_base(self, cls: Class, root: Root) -> MappedRecord | None:
        """Give the mapped class that a class inherits from."""
        bases = (base for base in scanned_classes(cls, root) if base is not cls)
        return next((self.records.mapped[id(base)] for base in bases if id(base) in self.records.mapped), None)

    def _set_sqlmodel_columns(self, cls: Class, root: Root) -> None:
        for name, (value, origin) in sqlmodel_columns(cls, root, self.reader, self._is_first).items():
            cls.names[name] = value
            # The metaclass sets the columns one after the other: their order is that of the fields, inherited ones
            # first.
            cls.origins[name] = cls.origins.pop(name, origin)

    # ------------------------------------------------------------------------------------------------------------------
    # Scanning

    def _scan(self, cls: Class, root: Root) -> _Scan:
        scan = _Scan()
        bases = list(scanned_classes(cls, root))
        copies: dict[int, dict[str, _Collected]] = {}
        # A copy of a mixin's column is no attribute of the class's own.
        own = set(cls.names)
        for base in bases:
            mapped = base is not cls and id(base) in self.records.mapped
            copies[id(base)] = {} if mapped or base is cls else self._copied_columns(cls, base, bases, root)
        for base in bases:
            mapped = base is not cls and id(base) in self.records.mapped
            for name, one in copies[id(base)].items():
                scan.attributes[name] = one
            for name in _in_order(base, root):
                if name in _SPECIAL:
                    self._scan_special(cls, base, name, scan, mapped=mapped)
                elif base is cls and name in cls.names and name not in own:
                    continue
                elif not mapped and not name.startswith(("_sa_", "__")):
                    self._scan_attribute(cls, base, name, scan, bases)
        if root.kind is Kind.FLASK and scan.tablename is None and scan.table is None:
            scan.tablename = flask_tablename(cls, root, self.records)
        if root.kind is Kind.SQLMODEL and scan.tablename is None:
            scan.tablename = cls.name.lower()
        if scan.inherited_args and scan.tablename is None:
            scan.table_args = None
        return scan

    def _scan_special(self, cls: Class, base: Class, name: str, scan: _Scan, *, mapped: bool) -> None:
        raw = base.names.get(name)
        if (mapped and not is_declared_attr(raw)) or name not in base.names:
            return
        if name == "__tablename__" and scan.tablename is None:
            scan.tablename = plain(self._get(cls, name))
        elif name == "__table_args__" and not scan.table_args:
            scan.table_args = self._get(cls, name)
            scan.inherited_args = base is not cls
        elif name == "__table__" and scan.table is None:
            scan.table = self._get(cls, name)

    def _scan_attribute(self, cls: Class, base: Class, name: str, scan: _Scan, bases: Sequence[Class]) -> None:
        value = base.names.get(name)
        if base is not cls:
            if is_column(value) or not is_declared_attr(value):
                # Columns were copied already; anything else on a mixin is not mapped.
                return
            found = self._declared(cls, name, value, bases)
            if found is not None:
                nearer = scan.attributes.get(name)
                annotation = nearer.annotation if nearer is not None else None
                if annotation is None and isinstance(value, Function):
                    annotation = self._return_annotation(value)
                scan.attributes[name] = _Collected(found, annotation, base.origins[name], declared=True)
                if not isinstance(found, Unknown):
                    cls.names[name] = found
            return
        annotation = self._annotation(base, name)
        if isinstance(value, Call) and callee(value) == "dataclasses.field":
            value = self._column_of_field(cls, value)
        if name not in base.names:
            if annotation is not None:
                made = Call(Symbol("sqlalchemy.orm.mapped_column"), (), {}, base.origins[name])
                cls.names[name] = made
                scan.attributes[name] = _Collected(made, annotation, base.origins[name])
            return
        declared = is_declared_attr(value)
        if declared:
            annotation = self._return_annotation(value) if isinstance(value, Function) else None
            value = self._call_declared(cls, value)
        scan.attributes[name] = _Collected(value, annotation, base.origins.get(name, cls.origin), declared=declared)

    def _column_of_field(self, cls: Class, call: Call) -> Value:
        """Give what `dataclasses.field(metadata={"sa": …})` has under the class's `__sa_dataclass_metadata_key__`."""
        key = cls.lookup("__sa_dataclass_metadata_key__")
        metadata = call.kwargs.get("metadata")
        if key is None or not isinstance(metadata, Mapping):
            return call
        stated = metadata.get(key[1])
        return self.reader.call(stated, (), {}) if isinstance(stated, Function) else stated

    def _copied_columns(self, cls: Class, base: Class, bases: Sequence[Class], root: Root) -> dict[str, _Collected]:
        """Copy the columns of a mixin to the class, unless something nearer has their name."""
        found: dict[str, _Collected] = {}
        for name in _in_order(base, root):
            if name.startswith(("_sa_", "__")):
                continue
            value = base.names.get(name)
            holder = self._holder(name, bases)
            if name not in base.names:
                annotation = self._annotation(base, name)
                if annotation is None or holder is not None:
                    continue
                made = Call(Symbol("sqlalchemy.orm.mapped_column"), (), {}, base.origins[name])
            elif isinstance(value, Call) and is_column(value):
                if holder is not base:
                    continue
                annotation = self._annotation(base, name)
                made = Call(
                    value.function,
                    value.args,
                    value.kwargs,
                    value.origin,
                    dict(value.attributes),
                    unpacked=value.unpacked,
                )
                self.records.copied_column(value, made)
            elif isinstance(value, Unknown) and holder is base and _looks_like_column(base, name):
                found[name] = _Collected(value, self._annotation(base, name), base.origins[name])
                continue
            else:
                continue
            cls.names[name] = made
            found[name] = _Collected(made, annotation, base.origins[name])
        return found

    def _holder(self, name: str, bases: Sequence[Class]) -> Class | None:
        """Give the first class that has an attribute of this name, set or mapped."""
        return next((base for base in bases if name in base.names), None)

    def _declared(self, cls: Class, name: str, value: Value, bases: Sequence[Class]) -> Value:
        """Give what a mixin's `declared_attr` makes for a class; None where something nearer is there instead."""
        if _is_cascading(value):
            return self._call_declared(cls, value)
        holder = self._holder(name, bases)
        if holder is None:
            return None
        if id(holder) in self.records.mapped and holder is not cls:
            return None
        found = holder.names[name]
        return self._call_declared(cls, found) if is_declared_attr(found) else found

    def _call_declared(self, cls: Class, value: Value) -> Value:
        if isinstance(value, Call):
            # `declared_attr(lambda cls: …)`
            value = value.args[0] if value.args else None
        return self.reader.call(value, (cls,), {})

    def _get(self, cls: Class, name: str) -> Value:
        found = next((one.names[name] for one in self._scanned(cls) if name in one.names), None)
        return self._call_declared(cls, found) if is_declared_attr(found) else self.reader.get(cls, name)

    def _scanned(self, cls: Class) -> Iterator[Class]:
        root = self.roots.of_class(cls)
        return scanned_classes(cls, root) if root is not None else iter(())

    # ------------------------------------------------------------------------------------------------------------------
    # Annotations

    def _annotation(self, base: Class, name: str) -> MappedAnnotation | None:
        annotation = base.annotations.get(name)
        return self._mapped(annotation) if annotation is not None else None

    def _mapped(self, annotation: Annotation) -> MappedAnnotation | None:
        mapped = mapped_annotation(self.reader.annotation(annotation))
        return mapped if mapped is not None and not self._is_first("sqlalchemy") else None

    def _return_annotation(self, function: Function) -> MappedAnnotation | None:
        returns = getattr(function.node, "returns", None)
        if returns is None:
            return None
        return self._mapped(Annotation(returns, function.module, function.scope, function.origin))

    # ------------------------------------------------------------------------------------------------------------------
    # Columns

    def _drafts(self, cls: Class, scan: _Scan, root: Root, record: MappedRecord) -> list[DraftColumn]:
        drafts: list[DraftColumn] = []
        for name, one in scan.attributes.items():
            value: Value = _unread_mapping(one) or one.value
            if isinstance(value, tuple) and len(value) == 1 and is_column(value[0]):
                continue
            path = callee(value)
            if path in _COLUMNS:
                drafts.append(_draft(name, value, one, root))
            elif path in _COLUMN_PROPERTIES:
                own = {id(other.value) for other in scan.attributes.values()}
                drafts += self._columns_of_property(name, value, one, root, own)
            elif path in _RELATIONSHIPS:
                record.relationships.append(name)
            elif isinstance(value, Unknown) and _may_be_column(cls, name, one):
                self.records.unknown.append(
                    Unknown(f"the attribute `{name}` of `{cls.name}` could not be read: {value.reason}", one.origin)
                )
                scan.attributes[name] = replace(one, value=value)
        return drafts

    def _columns_of_property(
        self, name: str, call: Call, one: _Collected, root: Root, own: set[int]
    ) -> list[DraftColumn]:
        """`column_property(Column(…))`, `deferred(Column(…))` and `composite(…)` bring columns of no table yet.

        `own`: the identities of what are attributes of the class themselves, whose columns are no new ones.
        """
        if callee(call) == "sqlalchemy.orm.composite":
            return self._columns_of_composite(call, one, root, own)
        fresh = [
            arg for arg in call.args if is_column(arg) and id(arg) not in own and self.records.attached(arg) is None
        ]
        return [_draft(name, arg, replace(one, annotation=None), root) for arg in fresh]

    def _columns_of_composite(self, call: Call, one: _Collected, root: Root, own: set[int]) -> list[DraftColumn]:
        """Each column of a composite has the annotation of the data class's field at its place.

        One that is named, or is an attribute of its own, is not the composite's.
        """
        if any(isinstance(arg, str) for arg in call.args):
            return []
        columns = [arg for arg in call.args if is_column(arg)]
        stated = one.annotation.matched[-1] if one.annotation is not None else None
        cls = stated if isinstance(stated, Class) else next((arg for arg in call.args if isinstance(arg, Class)), None)
        fields = list(cls.annotations.items()) if cls is not None else []
        self.records.looked_around = self.records.looked_around or bool(fields)
        if not columns:
            columns = [Call(Symbol("sqlalchemy.orm.mapped_column"), (), {}, call.origin) for _ in fields]
        drafts: list[DraftColumn] = []
        for at, column in enumerate(columns):
            if id(column) in own:
                continue
            key, kind = fields[at] if at < len(fields) else ("", None)
            annotation = read_inner(self.reader.annotation(kind)) if kind is not None else None
            drafts.append(_draft(key, column, replace(one, annotation=annotation), root))
        return drafts

    def _name_attributes(self, scan: _Scan, drafts: Sequence[DraftColumn], record: MappedRecord) -> None:
        if record.inherits is not None:
            record.attributes.update(record.inherits.attributes)
            record.relationships[:0] = record.inherits.relationships
        order = {id(draft): place for place, draft in enumerate(drafts)}
        for draft in sorted(drafts, key=lambda one: (one.sort_order, order[id(one)])):
            if draft.key in scan.attributes:
                record.attributes[draft.key] = draft.name

    # ------------------------------------------------------------------------------------------------------------------
    # Tables

    def _use_table(self, table: Call, record: MappedRecord) -> None:
        """`__table__ = Table(…)`: the class is mapped to a table that is there."""
        found = self.records.table_of_handle(table)
        record.table = found
        if found is not None:
            for name in found.column_names():
                record.attributes.setdefault(name, name)

    def _make_table(self, cls: Class, root: Root, scan: _Scan, drafts: list[DraftColumn], record: MappedRecord) -> None:
        ordered = self._ordered(drafts)
        if scan.tablename is None:
            self._add_to_parent(cls, ordered, record)
            return
        if not isinstance(scan.tablename, str):
            reason = scan.tablename.reason if isinstance(scan.tablename, Unknown) else "it is no string"
            self.records.missing.append(
                Unknown(f"the table name of `{cls.name}` could not be read: {reason}", cls.origin)
            )
            return
        args, kwargs, unknown = _table_args(scan.table_args)
        if root.kind is Kind.FLASK and record.inherits is not None and not _has_primary_key(ordered, args):
            # Flask-SQLAlchemy takes a model without a primary key below another model for one of the same table.
            self._add_to_parent(cls, ordered, record)
            return
        metadata = stated_metadata(cls, root, self.roots)
        schema = _schema(kwargs, metadata.schema)
        if isinstance(schema, Unknown):
            self.records.missing.append(
                Unknown(f"the schema of the table of `{cls.name}` could not be read: {schema.reason}", cls.origin)
            )
            return
        incomplete = [Unknown(unknown.reason, cls.origin)] if unknown is not None else []
        incomplete += _unread_ancestors(cls, root)
        for name, one in scan.attributes.items():
            if isinstance(one.value, Unknown) and _may_be_column(cls, name, one):
                incomplete.append(Unknown(one.value.reason, one.origin))
        there = self.records.existing(metadata, schema, scan.tablename)
        if there is not None and kwargs.get("extend_existing") is True and not record.conditional:
            there.incomplete += incomplete
            for draft in ordered:
                self._set_column(there, draft)
            for item in args:
                self.records.add_item(there, item)
            record.table = there
            return
        table = TableRecord(
            scan.tablename,
            schema,
            metadata,
            metadata.convention,
            Call(Symbol("sqlalchemy.Table"), (scan.tablename, metadata.value), {}, cls.origin),
            [*ordered, *args],
            kwargs,
            cls.origin,
            cls.module.path,
            conditional=record.conditional,
            incomplete=incomplete,
        )
        record.table = table
        if there is None or not record.conditional:
            self.records.add_table(table)

    def _ordered(self, drafts: Sequence[DraftColumn]) -> list[DraftColumn]:
        """Give the columns in the order of the table: as they were collected, and as they were made in SQLAlchemy 1."""
        as_made = len(drafts) > 1 and self._is_first("sqlalchemy")
        made = self.records.made_at if as_made else lambda _call: 0
        return sorted(drafts, key=lambda one: (one.sort_order, made(one.call)))

    def _add_to_parent(self, cls: Class, drafts: Sequence[DraftColumn], record: MappedRecord) -> None:
        """Single-table inheritance: the columns land on the parent's table."""
        if record.inherits is None:
            self.records.missing.append(Unknown(f"the table name of `{cls.name}` could not be found", cls.origin))
            return
        table = record.table = record.inherits.table
        if table is None:
            return
        there = set(table.column_names())
        for draft in drafts:
            if draft.name not in there:
                self.records.add_item(table, draft)

    def add_attribute(self, cls: Class, name: str, value: Value, origin: Origin) -> None:
        """Map a column that is set on a class that is mapped already."""
        record = self.records.mapped.get(id(cls))
        if record is None or record.table is None or callee(value) not in _COLUMNS:
            if record is not None and callee(value) in _RELATIONSHIPS:
                record.relationships.append(name)
            return
        there = self.records.attached(value)
        if there is not None:  # an attribute of a mapped class: SQLAlchemy makes a synonym of it, and no column
            record.attributes[name] = there[1]
            return
        draft = DraftColumn(name, value, origin=origin)
        self._set_column(record.table, draft)
        record.attributes[name] = draft.name

    def _set_column(self, table: TableRecord, draft: DraftColumn) -> None:
        """Add a column to a table, at the place of one of its name."""
        names = [one.name if isinstance(one, DraftColumn) else None for one in table.items]
        self.records.add_item(table, draft)
        if draft.name in names:
            table.items[names.index(draft.name)] = table.items.pop()


def _in_order(cls: Class, root: Root) -> list[str]:
    """Give the names of a class body in the order in which they are looked at: with SQLModel, that of its fields."""
    if root.kind is Kind.SQLMODEL or not cls.annotations:
        return list(cls.origins)
    return [name for name in _merged(list(cls.names), list(cls.annotations)) if name in cls.origins]


def _merged(names: list[str], annotated: list[str]) -> list[str]:
    """Merge what a class body assigns and what it annotates in the order in which SQLAlchemy looks at both.

    Its `util.merge_lists_w_ordering`: what only one of them has stays behind what it follows there.
    """
    both = set(names).intersection(annotated)
    merged: list[str] = []
    current, other = iter(names), iter(annotated)
    while True:
        for one in current:
            if one in both:
                # It comes where the other list has it, behind what stands before it there.
                both.discard(one)
                current, other = other, current
                break
            merged.append(one)
        else:
            return [*merged, *other]


def _unread_ancestors(cls: Class, root: Root) -> Iterator[Unknown]:
    """Say what may bring more columns to a table than were read.

    Classes of libraries that are not there to be read, also behind the class that the base was made with
    (`declarative_base(cls=…)`), and metaclasses that were not followed.
    """
    made_with = root.model_class
    for base in (*cls.mro(), *(made_with.mro() if isinstance(made_with, Class) else (made_with,))):
        if isinstance(base, Class) and base.unread is not None:
            yield base.unread
        elif isinstance(base, Unknown):
            yield Unknown(f"a base class of `{cls.name}` could not be read: {base.reason}", cls.origin)
        elif isinstance(base, Symbol) and may_bring_columns(base.path):
            why = f"`{base.path}`, which `{cls.name}` inherits from, is not installed and may have columns"
            yield Unknown(why, cls.origin)


def is_column(value: Value) -> bool:
    """Whether a value is the call of a column."""
    return callee(value) in _COLUMNS


def _draft(name: str, call: Call, one: _Collected, root: Root) -> DraftColumn:
    """Make the draft of one column.

    What `Annotated` brings is merged, and the annotation says type and nullability where the call does not.
    """
    annotation = one.annotation if callee(call) in _MAPPED_COLUMNS else None
    whole = call
    type_value: Value = None
    nullable: bool | None = None
    if annotation is not None:
        if annotation.columns:
            whole = merged_column(call, annotation.columns[0])
        nullable = None if whole.kwargs.get("nullable") is not None else annotation.nullable
        type_value = _annotated_type(annotation, root.type_map)
    order = plain(whole.kwargs.get("sort_order"))
    return DraftColumn(
        name,
        whole,
        type_value,
        nullable,
        order if isinstance(order, int) else 0,
        one.origin,
        values=(call,) if whole is not call else (),
    )


def _annotated_type(annotation: MappedAnnotation, type_map: Mapping[Value, Value]) -> Value:
    for matched in annotation.matched:
        found = type_of(matched, type_map)
        if found is not None:
            return found
    return Unknown("no type is known for the annotation")


def _unread_mapping(one: _Collected) -> Unknown | None:
    """Say what is not known of an attribute with `Mapped[…]` whose value a function that was not read makes."""
    path = callee(one.value)
    if one.annotation is None or not path or path.startswith(_MAKES_ATTRIBUTES) or path in _COLUMNS:
        return None
    return Unknown(f"what `{path}` makes was not read", one.origin)


def _may_be_column(cls: Class, name: str, one: _Collected) -> bool:
    """Whether an attribute whose value could not be worked out could be a column."""
    return one.annotation is not None or one.declared or _looks_like_column(cls, name)


def _looks_like_column(cls: Class, name: str) -> bool:
    """Whether an attribute that could not be read is written as if it made, or copied, a column.

    As a call of a function of the module that makes one is, too. It may be a base's, and stand under a condition.
    """
    owner = next((one for one in cls.mro() if isinstance(one, Class) and name in one.names), cls)
    functions = (
        [one for one in owner.module.syntax.tree.body if isinstance(one, ast.FunctionDef)]
        if owner.module.syntax is not None
        else []
    )
    for statement in _own_statements(owner.node.body):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                written = {last_name(one) for one in nodes(statement.value)}
                if _speaks_of_columns(written) or any(
                    one.name in written and _speaks_of_columns(map(last_name, nodes(one))) for one in functions
                ):
                    return True
    return False


def _own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements of a block and of those in it, functions and classes left out."""
    for one in body:
        yield one
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for inner in ("body", "orelse", "finalbody"):
                yield from _own_statements(getattr(one, inner, ()))
            for handler in getattr(one, "handlers", ()):
                yield from _own_statements(handler.body)


def _speaks_of_columns(names: Iterable[str]) -> bool:
    return any("column" in one.lower() or one in ("copy", "_copy") for one in names)


def _table_args(value: Value) -> tuple[list[Value], dict[str, Value], Unknown | None]:
    """Take `__table_args__` apart: a tuple that may end in a dictionary, or a dictionary."""
    if isinstance(value, dict):
        return [], {str(key): one for key, one in value.items()}, None
    if isinstance(value, tuple | list):
        if value and isinstance(value[-1], dict):
            return list(value[:-1]), {str(key): one for key, one in value[-1].items()}, None
        return list(value), {}, None
    if value is None:
        return [], {}, None
    return [], {}, value if isinstance(value, Unknown) else Unknown("`__table_args__` could not be read")


def _schema(kwargs: Mapping[str, Value], default: str | None) -> str | Unknown | None:
    value = plain(kwargs.get("schema"))
    if value is None:
        return default
    if path_of(value) == "sqlalchemy.BLANK_SCHEMA" or canonical(dotted(value)).endswith("BLANK_SCHEMA"):
        return None
    return value if isinstance(value, str | Unknown) else Unknown("it is no string")


def _has_primary_key(drafts: Sequence[DraftColumn], args: Sequence[Value]) -> bool:
    return any(draft.call.kwargs.get("primary_key") is True for draft in drafts) or any(
        callee(one) == "sqlalchemy.PrimaryKeyConstraint" for one in args
    )


def flask_tablename(cls: Class, root: Root, records: Records) -> str | None:
    """Give the name that Flask-SQLAlchemy makes for a model that says none: `UserProfile` becomes `user_profile`.

    None for one of a parent's table.
    """
    for base in scanned_classes(cls, root):
        if "__tablename__" in base.names:
            # A name of a parent model's is its own; the child gets one, too.
            if base is cls or base.names.get("__abstract__") is True or id(base) not in records.mapped:
                return None
            break
    return re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", cls.name).lower().lstrip("_")
