"""The tokens of a text, as far as newer constructs are told by them: names, operators, strings, ends of statements.

f-strings and t-strings are read by the grammar of PEP 701, into `Template`s. Offsets are code points of the text.

Invariant: never fails, whatever the text. What is no string to its end is taken character by character; nesting and the
number of futile attempts are bounded, so the time is linear in the text.

Example: the tokens of `x = f"{y}"` are a name, an operator and a template with one field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from driftline.dataclass import dataclass
from driftline.regex import regex

_DEEPEST = 40
"""How deep templates are read within templates: the rewritten text has two brackets for each, and CPython reads 200."""
_ATTEMPTS = 10
"""How many templates without an end are looked at to their end before the rest is taken for plain strings."""

Kind: TypeAlias = Literal["name", "op", "string", "newline"]


class Token(NamedTuple):
    """A token: `text[start:end]`. A number counts as a name. A `newline` is one that ends a statement."""

    kind: Kind
    value: str
    """The text of a name or operator; of a string, its prefix in lower case."""
    start: int
    end: int
    depth: int
    """How many brackets are open around it (those of a template's field count from that field)."""
    template: Template | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a template that stands for itself, as source: escapes are not decoded yet."""

    start: int
    end: int
    source: str
    """The piece, its doubled braces made single."""


@dataclass(frozen=True, slots=True)
class Field:
    """A replacement field, from its `{` to after its `}`."""

    start: int
    end: int
    tokens: tuple[Token, ...]
    """Those of the expression; at least one."""
    closed: int
    """Where the expression is over: at the `=`, `!`, `:` or `}` behind it."""
    debug: str | None
    """With a `=`, what is shown of the source: that up to `shown`, without comments."""
    shown: int
    conversion: str | None
    spec: tuple[Text | Field, ...] | None
    spec_start: int
    """Where the `:` stands, if there is a `spec`."""


@dataclass(frozen=True, slots=True)
class Template:
    """An f-string or t-string token."""

    start: int
    end: int
    prefix: str
    """In lower case."""
    quote: str
    parts: tuple[Text | Field, ...]

    def fields(self) -> Iterator[Field]:
        """Give the fields in the order of the text, those of format specifications behind the one they belong to."""
        yield from fields(self.parts)


def fields(parts: tuple[Text | Field, ...]) -> Iterator[Field]:
    """Give the fields among `parts`, those of format specifications behind the one they belong to."""
    for part in parts:
        if isinstance(part, Field):
            yield part
            if part.spec is not None:
                yield from fields(part.spec)


def scan(text: str) -> list[Token]:
    """Give the tokens of `text` in order; comments and blanks are left out."""
    return _Scanner(text).module()


class _NoTemplate(Exception):  # noqa: N818 - not an error: the scanner then takes the characters for something else
    """What began as a template is none."""


_TOKEN = regex(
    r"""
      (?P<skip> [ \t\f\v\ufeff]+ | \\(?:\r\n|[\r\n]) | \#[^\r\n]* )
    | (?P<newline> \r\n | [\r\n] )
    | (?P<template> (?:[fFtT][rR]?|[rR][fFtT]) (?= ["'] ) )
    | (?P<string> (?:[bB][rR]?|[rR][bB]?|[uU])? (?= ["'] ) )
    | (?P<name> \w+ )
    | (?P<op> [!=<>]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_STRINGS = {
    '"""': regex(r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"""', re.DOTALL),
    "'''": regex(r"'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''", re.DOTALL),
    '"': regex(r'"[^"\\\r\n]*+(?:\\(?:\r\n|.)[^"\\\r\n]*+)*+"', re.DOTALL),
    "'": regex(r"'[^'\\\r\n]*+(?:\\(?:\r\n|.)[^'\\\r\n]*+)*+'", re.DOTALL),
}
_PLAIN = regex(r"""[^{}\\"'\r\n]+""")
_NAMED_CHARACTER = regex(r"\\N\{[^{}\r\n'\"]*\}")
_BLANK = regex(r"[ \t\f\r\n]+|#[^\r\n]*")
_CONVERSION = regex(r"!([A-Za-z_]\w*)")


class _Scanner:
    """Where the scanner is in one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.nesting = 0
        self.attempts = _ATTEMPTS
        self.comments: list[tuple[int, int]] = []

    def module(self) -> list[Token]:
        tokens: list[Token] = []
        depth = 0
        while self.at < len(self.text):
            token = self.token(depth)
            if token is None or (token.kind == "newline" and depth):
                continue
            depth = _deeper(token, depth)
            tokens.append(token)
        return tokens

    def token(self, depth: int) -> Token | None:
        """Read one token; None where it is nothing but blank."""
        start = self.at
        match = _TOKEN.match(self.text, start)
        if match is None:  # Never: the pattern has an alternative for each character.
            self.at += 1
            return None
        kind = match.lastgroup
        self.at = match.end()
        if kind == "skip":
            if self.nesting and match.group().startswith("#"):
                self.comments.append(match.span())
            return None
        if kind == "template":
            template = self.template(start, match.group().lower())
            if template is not None:
                return Token("string", template.prefix, start, self.at, depth, template)
        if kind in {"template", "string"}:
            return self.string(start, match, depth)
        return Token(kind, match.group(), start, self.at, depth)  # type: ignore[arg-type]

    def string(self, start: int, match: re.Match[str], depth: int) -> Token:
        """Read a string without fields; what has no end is an operator of one quote, or a name before one."""
        whole = _STRINGS[self.quote()].match(self.text, self.at)
        if whole is not None:
            self.at = whole.end()
            return Token("string", match.group().lower(), start, self.at, depth)
        kind: Kind = "name"
        if not match.group():
            self.at += 1
            kind = "op"
        return Token(kind, self.text[start : self.at], start, self.at, depth)

    def quote(self) -> str:
        three = self.text[self.at : self.at + 3]
        return three if three in {'"""', "'''"} else three[0]

    def template(self, start: int, prefix: str) -> Template | None:
        """Read a template whose prefix has been read; None, and nothing more read, where it is none."""
        opened = self.at
        if self.attempts <= 0 or self.nesting >= _DEEPEST:
            return None
        quote = self.quote()
        outer = self.nesting
        self.at += len(quote)
        self.nesting += 1
        try:
            parts = self.parts(prefix, quote, within=False)
            self.at += len(quote)
            if not outer:
                self.comments.clear()
            return Template(start, self.at, prefix, quote, parts)
        except _NoTemplate:
            if outer:  # Then the one around it is none either, and says so once.
                raise
            self.attempts -= 1
            self.at = opened
            self.comments.clear()
            return None
        finally:
            self.nesting = outer

    def parts(self, prefix: str, quote: str, *, within: bool) -> tuple[Text | Field, ...]:
        """Read to the closing quote, or, `within` a format specification, to the closing brace; neither is read."""
        text = self.text
        found: list[Text | Field] = []
        pieces: list[str] = []
        begun = self.at

        def flush() -> None:
            if pieces:
                found.append(Text(begun, self.at, "".join(pieces)))
                pieces.clear()

        while True:
            if self.at >= len(text):
                raise _NoTemplate
            char = text[self.at]
            if plain := _PLAIN.match(text, self.at):
                pieces.append(plain.group())
                self.at = plain.end()
            elif text.startswith(quote, self.at) or (char == "}" and within):
                if within and char != "}":
                    raise _NoTemplate
                flush()
                return tuple(found)
            elif char in "{}" and not within and text.startswith(char * 2, self.at):
                pieces.append(char)
                self.at += 2
            elif char == "{":
                flush()
                found.append(self.field(prefix, quote, within=within))
                begun = self.at
            elif char == "}" or (char in "\r\n" and len(quote) == 1):
                raise _NoTemplate
            elif char == "\\":
                pieces.append(self.escape(prefix))
            else:
                pieces.append(char)
                self.at += 1

    def escape(self, prefix: str) -> str:
        """Read a backslash and what belongs to it: never a brace, but for those of a named character."""
        named = _NAMED_CHARACTER.match(self.text, self.at)
        if named is not None and "r" not in prefix:
            piece = named.group()
        else:
            piece = self.text[self.at : self.at + 2]
            if piece.endswith(("{", "}")):
                piece = "\\" if "r" in prefix else "\\\\"
                self.at += 1
                return piece
            if self.text.startswith("\r\n", self.at + 1):
                piece = "\\\r\n"
        self.at += len(piece)
        return piece

    def field(self, prefix: str, quote: str, *, within: bool) -> Field:
        """Read a field at its opening brace."""
        if within:
            self.nesting += 1
            if self.nesting > _DEEPEST:
                raise _NoTemplate
        text = self.text
        start = self.at
        self.at += 1
        tokens = tuple(self.expression())
        closed = self.at
        if not tokens:
            raise _NoTemplate
        debug = conversion = spec = None
        shown = spec_start = closed
        if text.startswith("=", self.at):
            self.at += 1
            self.blank()
            shown = self.at
            debug = self.without_comments(start + 1, shown)
        if match := _CONVERSION.match(text, self.at):
            conversion = match[1]
            self.at = match.end()
            self.blank()
        if text.startswith(":", self.at):
            spec_start = self.at
            self.at += 1
            spec = self.parts(prefix, quote, within=True)
        if not text.startswith("}", self.at):
            raise _NoTemplate
        self.at += 1
        if within:
            self.nesting -= 1
        return Field(start, self.at, tokens, closed, debug, shown, conversion, spec, spec_start)

    def blank(self) -> None:
        """Skip blanks, line breaks and comments."""
        while (match := _BLANK.match(self.text, self.at)) is not None:
            self.at = match.end()
            if match.group().startswith("#"):
                self.comments.append(match.span())

    def without_comments(self, start: int, end: int) -> str:
        """Give the text between two offsets as a field with a `=` shows it."""
        pieces: list[str] = []
        done = start
        for begun, over in self.comments:
            if begun >= start:
                pieces.append(self.text[done:begun])
                done = over
        pieces.append(self.text[done:end])
        return "".join(pieces).replace("\r\n", "\n").replace("\r", "\n")

    def expression(self) -> Iterator[Token]:
        """Read the tokens of a field's expression, up to what closes it."""
        depth = 0
        while self.at < len(self.text):
            before = self.at
            token = self.token(depth)
            if token is None or token.kind == "newline":
                continue
            if token.kind == "op":
                if depth == 0 and token.value in {"=", "!", ":", "}"}:
                    self.at = before
                    return
                if depth == 0 and token.value in {")", "]"}:
                    raise _NoTemplate
                depth = _deeper(token, depth)
            yield token
        raise _NoTemplate


def _deeper(token: Token, depth: int) -> int:
    """Say how many brackets are open behind `token`."""
    if token.kind == "op":
        if token.value in {"(", "[", "{"}:
            return depth + 1
        if token.value in {")", "]", "}"}:
            return max(0, depth - 1)
    return depth
