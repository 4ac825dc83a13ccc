"""Completion in driftline.toml, and in pyproject.toml below `[tool.driftline]`: settings, tables, and their values.

What may be written is what the settings' JSON schema says; where the cursor stands is found out in text that need not
be valid yet.

Example: in `dialect = "` the completions are `"postgresql"`, `"sqlite"` and the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from driftline.dataclass import dataclass, field
from driftline.engine.settings_schema import settings_schema
from driftline.regex import regex
from driftline.sources.settings_file import is_settings_file, table_path
from driftline.text import Span

Kind = Literal["setting", "table", "value"]

_TOKEN = regex(
    r"#[^\n]*"
    r'|"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\[^\n]|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|[A-Za-z0-9_+:-]+"
    r"|\n"
    r"|[^\S\n]+"
    r"|.",
    re.DOTALL,
)
_BARE = regex(r"[A-Za-z0-9_-]+")
_ITEM = "[]"
"""What stands for any item of a list in the names that lead to a value."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Something to write. `span` (code points): what it replaces. `detail`: a few words; `text`: Markdown, or ""."""

    label: str
    kind: Kind
    new_text: str
    span: Span
    detail: str = ""
    text: str = ""


def completions_at(path: str, text: str, offset: int) -> tuple[Completion, ...]:
    """Give what may be written at `offset` (code points) in the file at `path`; () for any other file."""
    if not is_settings_file(path):
        return ()
    spot = _spot(text, offset)
    if spot is None:
        return ()
    prefix = table_path(path)
    schema = settings_schema()
    if spot.kind == "table":
        return tuple(_tables(prefix, spot, schema))
    if spot.names[: len(prefix)] != prefix:
        return ()
    found = _within(spot.names[len(prefix) :], schema)
    if found is None:
        return ()
    return tuple(_keys(found, spot, schema) if spot.kind == "setting" else _values(found, spot))


# ---------------------------------------------------------------------------------------------------------------------
# Where the cursor stands


@dataclass(frozen=True, slots=True)
class _Spot:
    """`kind`: what is being written there. `names`: what leads to it. `span`: what has been written of it.

    `there`: keys that the same table has before it.
    """

    kind: Kind
    names: tuple[str, ...]
    span: Span
    there: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Container:
    """A table or list that is open.

    `parts`: of the key that is being read; `in_value`: its `=` has come; `done`: its value, or the list's item, too.
    """

    kind: Literal["table", "inline", "list"]
    names: tuple[str, ...]
    parts: list[str] = field(default_factory=list)
    in_value: bool = False
    done: bool = False
    keys: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Begin a new key, or a new item."""
        self.parts, self.in_value, self.done = [], False, False

    def take(self, said: str) -> None:
        """Take in a word or a string: a part of a key, or a value."""
        if self.in_value or self.kind == "list":
            self.done = True
        else:
            self.parts.append(said.strip("\"'"))


def _spot(text: str, offset: int) -> _Spot | None:
    """Where `offset` stands; None in comments, in strings of several lines, and behind a value."""
    text = text.replace("\r", " ")  # as long as before
    open_ = [_Container("table", ())]
    header: list[str] | None = None
    last = ""
    for token in _TOKEN.finditer(text):
        said, start, end = token[0], token.start(), token.end()
        if start >= offset:
            break
        inside = end >= offset
        if said[0] == "#" or said.startswith(('"""', "'''")):
            if inside and said[0] == "#":
                return None
            if inside and (end > offset or not said.endswith(said[:3]) or len(said) == len("'''")):
                return None
            if said[0] != "#":
                open_[-1].take(said)
        elif said[0] in "\"'" or _BARE.match(said):
            if inside and _is_open(said, end, offset):
                return _at(open_, header, Span(start, end))
            if header is not None:
                header.append(said.strip("\"'"))
            else:
                open_[-1].take(said)
        elif said == "\n":
            header = None
            while open_[-1].kind == "inline":  # it was never closed: a new line begins another setting
                open_.pop()
            if open_[-1].kind == "table":
                open_[-1].begin()
        elif said == "[" and not open_[-1].in_value and open_[-1].kind == "table" and not open_[-1].parts:
            header = []
        elif said == "]" and header is not None:
            open_, header = [_Container("table", tuple(header))], None
            last = said
            continue
        else:
            _punctuate(said, open_)
        last = said if said.strip() else last
    closed = header is None and open_[-1].kind == "table" and last == "]" and not _line_is_empty(text, offset)
    return None if closed else _at(open_, header, Span(offset, offset))


def _line_is_empty(text: str, offset: int) -> bool:
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip()


def _is_open(said: str, end: int, offset: int) -> bool:
    """Whether the cursor is still within a word or a string, rather than behind its closing quote."""
    return said[0] not in "\"'" or end > offset or len(said) == 1 or said[-1] != said[0]


def _punctuate(said: str, open_: list[_Container]) -> None:
    """Take in a token that is neither word nor string."""
    inner = open_[-1]
    if said == "=" and inner.kind != "list":
        inner.in_value = True
        inner.keys.add(inner.parts[0] if inner.parts else "")
    elif said == "[" and (inner.in_value or inner.kind == "list"):
        open_.append(_Container("list", _names(inner)))
    elif said == "{" and (inner.in_value or inner.kind == "list"):
        open_.append(_Container("inline", _names(inner)))
    elif said in "]}" and inner.kind != "table":
        open_.pop()
        open_[-1].done = True
    elif said == "," and inner.kind != "table":
        inner.begin()


def _names(container: _Container) -> tuple[str, ...]:
    """The names that lead to the value that is being written in a container."""
    return (*container.names, _ITEM) if container.kind == "list" else (*container.names, *container.parts)


def _at(open_: list[_Container], header: list[str] | None, span: Span) -> _Spot | None:
    inner = open_[-1]
    if header is not None:
        return _Spot("table", tuple(header), span)
    if inner.done:
        return None
    if inner.in_value or inner.kind == "list":
        return _Spot("value", _names(inner), span)
    there = frozenset() if inner.parts else frozenset(inner.keys)
    return _Spot("setting", (*inner.names, *inner.parts), span, there)


# ---------------------------------------------------------------------------------------------------------------------
# What may be written there


def _within(names: tuple[str, ...], schema: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of what `names` lead to."""
    found: Any = schema
    for name in names:
        if name == _ITEM:
            found = found.get("items")
        else:
            known = found.get("properties", {})
            found = known[name] if name in known else found.get("additionalProperties")
        if not isinstance(found, dict):
            return None
        found = _resolved(found, schema)
    return dict(found)


def _resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["definitions"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    return found


def _tables(prefix: tuple[str, ...], spot: _Spot, schema: dict[str, Any]) -> Iterator[Completion]:
    """The headers of tables, from the part on that is being written."""
    rules = schema["properties"]["rules"]["properties"]
    tables: dict[tuple[str, ...], str] = {
        (): schema["title"],
        **{(name,): one["description"] for name, one in schema["properties"].items() if one.get("type") == "object"},
        **{("rules", name): one["description"] for name, one in rules.items()},
    }
    for names, text in tables.items():
        whole = (*prefix, *names)
        begun = len(spot.names)
        if whole[:begun] == spot.names and len(whole) > begun:
            label = ".".join(whole[begun:])
            yield Completion(label, "table", label, spot.span, text=text)


def _keys(found: dict[str, Any], spot: _Spot, schema: dict[str, Any]) -> Iterator[Completion]:
    for name, one in found.get("properties", {}).items():
        if name not in spot.there:
            yield Completion(name, "setting", name, spot.span, _shape(one), one.get("description", ""))
    names = _resolved(found.get("propertyNames", {}), schema)
    for name, text in zip(names.get("enum", ()), names.get("enumDescriptions", ()), strict=False):
        if name not in spot.there:
            yield Completion(name, "setting", name, spot.span, text=text)


def _values(found: dict[str, Any], spot: _Spot) -> Iterator[Completion]:
    if found.get("type") == "boolean":
        yield from (Completion(word, "value", word, spot.span) for word in ("true", "false"))
    said = found.get("enumDescriptions", ())
    for at, word in enumerate(found.get("enum", ())):
        yield Completion(word, "value", f'"{word}"', spot.span, text=said[at] if at < len(said) else "")


def _shape(schema: dict[str, Any]) -> str:
    words = {"array": "list", "object": "table"}
    kind = str(schema.get("type", "string"))
    return words.get(kind, kind)
