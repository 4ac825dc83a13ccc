"""Values as text: `str`, `repr`, `format`, f-strings and `%`, guarded against fields that are wide."""

from __future__ import annotations

import ast
import string
from pathlib import PurePath
from typing import TYPE_CHECKING

from driftline.python.attributes import get_attribute
from driftline.python.budget import TOO_BIG
from driftline.python.calls import call
from driftline.python.exceptions import raised, raised_from
from driftline.python.operators import (
    ATOMS,
    first_unreadable,
    get_item,
    mixes_in_data,
    plain,
    unreadable_part,
    wide,
)
from driftline.python.values import EnumMember, Instance, Symbol, Unknown, Value

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

_LEVELS = 30


def str_of(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> Value:
    """Give `str(value)`, or why it is not known."""
    kind = type(value)
    if kind is str:
        return value
    if kind is EnumMember:
        return _str_of_member(run, value, node, scope)
    if kind is Instance:
        found = value.cls.lookup("__str__") or value.cls.lookup("__repr__")
        if found is not None:
            return call(run, get_attribute(run, value, found[1].name, node, scope), [], {}, node, scope)
        if value.base_call is None and any(getattr(one, "name", "") == "Exception" for one in value.cls.mro()):
            return ""
        return unreadable_part(run, value, node, scope)
    if isinstance(value, PurePath):
        return str(value)
    return repr_of(run, value, node, scope)


def _str_of_member(run: Interpreter, value: EnumMember, node: ast.AST, scope: Scope) -> Value:
    found = value.cls.lookup("__str__")
    if found is not None:
        return call(run, get_attribute(run, value, "__str__", node, scope), [], {}, node, scope)
    paths = {one.path for one in value.cls.mro() if isinstance(one, Symbol)}
    if paths & {"enum.StrEnum", "enum.IntEnum", "enum.IntFlag", "enum.ReprEnum"}:
        return str(value.value) if type(value.value) in ATOMS else unreadable_part(run, value, node, scope)
    return f"{value.cls.name}.{value.name}"


def repr_of(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> Value:
    """Give `repr(value)`, or why it is not known."""
    kind = type(value)
    if kind is Instance and value.cls.lookup("__repr__") is not None:
        return call(run, get_attribute(run, value, "__repr__", node, scope), [], {}, node, scope)
    if kind is EnumMember and type(value.value) in ATOMS:
        paths = {one.path for one in value.cls.mro() if isinstance(one, Symbol)}
        if value.cls.lookup("__repr__") is None and "enum.IntFlag" not in paths and "enum.Flag" not in paths:
            return f"<{value.cls.name}.{value.name}: {value.value!r}>"
    unreadable = first_unreadable(value)
    if unreadable is not None:
        return unreadable_part(run, unreadable, node, scope)
    if hasattr(value, "__len__"):
        run.charge(len(value))
    try:
        text = repr(value)
    except (RecursionError, ValueError) as error:
        raise raised_from(error) from error
    if len(text) > run.size:
        return run.unknown(TOO_BIG, node, scope)
    run.charge(len(text) >> 3)
    return text


def format_value(run: Interpreter, value: Value, conversion: str, spec: str, node: ast.AST, scope: Scope) -> Value:
    """Give what a replacement field with `conversion` ("", "s", "r", "a") and `spec` comes to, or why it is unknown."""
    if conversion:
        value = str_of(run, value, node, scope) if conversion == "s" else repr_of(run, value, node, scope)
        if conversion == "a" and type(value) is str:
            value = ascii(value)[1:-1]
    kind = type(value)
    if kind is str and not spec:
        return value
    if kind is Unknown:
        return value
    if kind is Instance and value.cls.lookup("__format__") is not None:
        return call(run, get_attribute(run, value, "__format__", node, scope), [spec], {}, node, scope)
    if kind is EnumMember and mixes_in_data(value.cls) and spec and value.cls.lookup("__str__") is None:
        value = plain(value) if type(plain(value)) is int else str_of(run, value, node, scope)
    elif kind not in ATOMS:
        value = str_of(run, value, node, scope)
    if type(value) not in ATOMS:
        return unreadable_part(run, value, node, scope)
    if wide(spec):
        return run.unknown(TOO_BIG, node, scope)
    try:
        text = format(value, spec)
    except (ValueError, TypeError, OverflowError) as error:
        raise raised_from(error) from error
    run.charge(len(text) >> 3)
    return text


def format_string(
    run: Interpreter, template: str, args: list[Value], kwargs: dict[Value, Value], node: ast.AST, scope: Scope
) -> Value:
    """Give `template.format(*args, **kwargs)`, or why it is not known."""
    return _format_fields(run, template, (args, kwargs), [0], (node, scope), _LEVELS)


def _format_fields(
    run: Interpreter,
    template: str,
    values: tuple[list[Value], dict[Value, Value]],
    counter: list[int],
    where: tuple[ast.AST, Scope],
    levels: int,
) -> Value:
    if levels == 0:
        raise raised(ValueError, "Max string recursion exceeded")
    parts: list[str] = []
    unknown: Value = None
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError as error:
        raise raised_from(error) from error
    run.charge(len(fields))
    for literal, field, spec, conversion in fields:
        parts.append(literal)
        if field is None:
            continue
        inner = _format_fields(run, spec or "", values, counter, where, levels - 1) if spec else ""
        value = _field(run, field, values, counter, where)
        part = format_value(run, value, conversion or "", inner, *where) if type(inner) is str else inner
        if type(part) is str:
            parts.append(part)
        elif unknown is None:
            unknown = part
    if unknown is not None:
        return unknown
    if sum(map(len, parts)) > run.size:
        return run.unknown(TOO_BIG, *where)
    return "".join(parts)


def _field(
    run: Interpreter,
    field: str,
    values: tuple[list[Value], dict[Value, Value]],
    counter: list[int],
    where: tuple[ast.AST, Scope],
) -> Value:
    args, kwargs = values
    try:
        first, rest = string._string.formatter_field_name_split(field)  # type: ignore[attr-defined]  # noqa: SLF001
        steps = list(rest)
    except ValueError as error:
        raise raised_from(error) from error
    if first == "":
        first = counter[0]
        counter[0] += 1
    if type(first) is int:
        if first >= len(args):
            raise raised(IndexError, "Replacement index out of range for positional args tuple")
        value = args[first]
    elif first in kwargs:
        value = kwargs[first]
    else:
        raise raised(KeyError, repr(first))
    for is_attribute, key in steps:
        value = get_attribute(run, value, key, *where) if is_attribute else get_item(run, value, key, *where)
    return value
