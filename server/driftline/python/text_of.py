"""Short, source-like text for values, for messages. Never raises, never long.

Example: `text_of(Call(Symbol("sqlalchemy.String"), (50,), {}))` is `String(50)`.
"""

from __future__ import annotations

from pathlib import PurePath

from driftline.python.values import (
    Annotation,
    Attribute,
    BoundMethod,
    Call,
    Class,
    EnumMember,
    Function,
    Instance,
    Module,
    Operator,
    Partial,
    Symbol,
    Unknown,
    Value,
)

_LENGTH = 80
_ITEMS = 6
_LEVELS = 6

_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("{", "}"),
}


def text_of(value: Value) -> str:
    """Render `value` on one line of at most 80 characters."""
    text = _text(value, _LEVELS)
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"


def _text(value: Value, levels: int) -> str:
    if levels == 0:
        return "…"
    kind = type(value)
    if kind in (str, bytes):
        return repr(value[:_LENGTH])
    if kind is int:
        return repr(value) if value.bit_length() < 256 else "a very long number"  # noqa: PLR2004
    if kind in _BRACKETS:
        left, right = _BRACKETS[kind]
        items = [_text(item, levels - 1) for item, _ in zip(value, range(_ITEMS), strict=False)]
        if len(value) > _ITEMS:
            items.append("…")
        return left + ", ".join(items) + ("," if kind is tuple and len(items) == 1 else "") + right
    if kind is dict:
        pairs = [
            f"{_text(key, levels - 1)}: {_text(item, levels - 1)}"
            for (key, item), _ in zip(value.items(), range(_ITEMS), strict=False)
        ]
        return "{" + ", ".join(pairs) + (", …" if len(value) > _ITEMS else "") + "}"
    return _text_of_object(value, levels)


def _operand(value: Value, levels: int) -> str:
    text = _text(value, levels)
    return f"({text})" if isinstance(value, Operator) and value.op not in ("[]", "|") else text


def _text_of_object(value: Value, levels: int) -> str:  # noqa: C901, PLR0911 - one for each kind of value
    match value:
        case Unknown():
            return "?"
        case Symbol():
            return value.name
        case Call():
            args = [_text(arg, levels - 1) for arg in value.args[:_ITEMS]]
            args += [f"{key}={_text(arg, levels - 1)}" for key, arg in list(value.kwargs.items())[:_ITEMS]]
            return f"{_text(value.function, levels - 1)}({', '.join(args)})"
        case Attribute():
            return f"{_text(value.value, levels - 1)}.{value.name}"
        case Operator():
            operands = [_operand(operand, levels - 1) for operand in value.operands]
            if value.op == "[]":
                return f"{operands[0]}[{', '.join(operands[1:])}]"
            if len(operands) == 1:
                return f"{value.op}{' ' if value.op.isalpha() else ''}{operands[0]}"
            return f" {value.op} ".join(operands)
        case Class() | Function() | Module():
            return value.name
        case BoundMethod():
            return f"{_text(value.receiver, levels - 1)}.{value.function.name}"
        case EnumMember():
            return f"{value.cls.name}.{value.name}"
        case Instance():
            return f"{value.cls.name}(…)"
        case Partial():
            return f"partial({_text(value.function, levels - 1)}, …)"
        case PurePath():
            return repr(str(value))
        case Annotation():
            return "an annotation"
        case None | bool() | float() | complex() | range() | slice():
            return repr(value)
        case _:
            return "..." if value is ... else type(value).__name__.lower()
