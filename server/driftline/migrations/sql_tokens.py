"""SQL text as tokens, and a cursor that reads along them.

Tells apart what DDL needs told apart: words, quoted names, strings (also `$tag$ … $tag$`), numbers and punctuation;
comments are left out. It is our own because sqlglot's takes a quarter of a second to import and swallows what it does
not know (`DO`, much of `ALTER`) as one token.

Example: `statements("DROP TABLE a; DROP TABLE b", "postgresql")` are two statements of three tokens each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from driftline.dataclass import dataclass
from driftline.regex import regex

Kind = Literal["word", "name", "string", "number", "mark"]

_MYSQL = frozenset({"mysql", "mariadb"})
_NESTED_COMMENT = regex(r"/\*|\*/")
_SPACE = regex(r"(?:\s+|--[^\n]*)+")
_SPACE_MYSQL = regex(r"(?:\s+|--(?=\s)[^\n]*|\#[^\n]*)+")
_WORD = regex(r"[^\W\d][\w$]*")
_NUMBER = regex(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?")
_STRING = regex(r"'(?:[^']|'')*(?:'|\Z)")
_ESCAPED_STRING = regex(r"'(?:[^'\\]|''|\\.)*(?:'|\Z)", re.DOTALL)
_PREFIXED_STRING = regex(r"(?:[eE])'(?:[^'\\]|''|\\.)*(?:'|\Z)|(?:[bBxXnN]|[uU]&)'(?:[^']|'')*(?:'|\Z)", re.DOTALL)
_DOLLAR = regex(r"\$([^\W\d]\w*)?\$")
_DOUBLE_QUOTED_STRING = regex(r'"(?:[^"\\]|""|\\.)*(?:"|\Z)', re.DOTALL)
_CONDITIONAL_COMMENT = regex(r"/\*M?!\d*")
_QUOTED = {'"': regex(r'"(?:[^"]|"")*(?:"|\Z)'), "`": regex(r"`(?:[^`]|``)*(?:`|\Z)")}
_BRACKETED = regex(r"\[[^\]]*(?:\]|\Z)")
_MARK = regex(r"::|:=|<=|>=|<>|!=|\|\||->>|->|.", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token. `start` and `end` are offsets (code points) in the text.

    `value`: a word as written, a name or a string without its quotes, anything else as it is.
    """

    kind: Kind
    value: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The upper-case word, "" of anything else."""
        return self.value.upper() if self.kind == "word" else ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: the whole text that it stands in, and its tokens, without the semicolon."""

    text: str
    tokens: tuple[Token, ...]

    @property
    def sql(self) -> str:
        """Its own text."""
        return self.text[self.tokens[0].start : self.tokens[-1].end] if self.tokens else ""


def statements(text: str, dialect: str) -> list[Statement]:
    """Split SQL into its statements; total: what is not closed ends with the text."""
    found: list[Statement] = []
    current: list[Token] = []
    depth = 0
    for token in tokenize(text, dialect):
        depth += _opens(current[-1] if current else None, token)
        if token.kind == "mark" and token.value == ";" and not (depth > 0 and _has_body(current)):
            if current:
                found.append(Statement(text, tuple(current)))
            current, depth = [], 0
        else:
            current.append(token)
    if current:
        found.append(Statement(text, tuple(current)))
    return found


_WITH_BODY = frozenset({"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"})


def _has_body(tokens: list[Token]) -> bool:
    """Whether the statement is a CREATE of something whose semicolons, between BEGIN and END, end nothing."""
    return bool(tokens) and tokens[0].word == "CREATE" and any(one.word in _WITH_BODY for one in tokens[:6])


def _opens(before: Token | None, token: Token) -> int:
    """Give how many more blocks are open after `token`; an END counts when it is seen not to be END IF and the like."""
    closed = before is not None and before.word == "END" and token.word not in ("IF", "LOOP", "WHILE", "REPEAT")
    return (token.word in ("BEGIN", "CASE")) - closed


def tokenize(text: str, dialect: str) -> list[Token]:
    """Give the tokens of `text` in order."""
    tokens: list[Token] = []
    space = _SPACE_MYSQL if dialect in _MYSQL else _SPACE
    at = 0
    conditional = False
    while at < len(text):
        skipped = space.match(text, at)
        if skipped is not None:
            at = skipped.end()
        elif dialect in _MYSQL and (opening := _CONDITIONAL_COMMENT.match(text, at)) is not None:
            at, conditional = opening.end(), True  # what stands in it is run
        elif conditional and text.startswith("*/", at):
            at, conditional = at + 2, False
        elif text.startswith("/*", at):
            at = _comment_end(text, at, nested=dialect == "postgresql")
        else:
            token = _token(text, at, dialect)
            tokens.append(token)
            at = token.end
    return tokens


def _comment_end(text: str, at: int, *, nested: bool) -> int:
    if not nested:
        end = text.find("*/", at + 2)
        return len(text) if end < 0 else end + 2
    depth = 0
    for match in _NESTED_COMMENT.finditer(text, at):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    return len(text)


def _token(text: str, at: int, dialect: str) -> Token:
    char = text[at]
    if char == "'":
        match = (_ESCAPED_STRING if dialect in _MYSQL else _STRING).match(text, at)
        return _string(match, _unescape if dialect in _MYSQL else _undouble)
    if dialect not in _MYSQL and (match := _PREFIXED_STRING.match(text, at)) is not None:
        return _string(match, _unescape if char in "eE" else _undouble)
    if char == "$" and dialect == "postgresql" and (match := _DOLLAR.match(text, at)) is not None:
        end = text.find(match[0], match.end())
        stop = len(text) if end < 0 else end
        return Token("string", text[match.end() : stop], at, min(stop + len(match[0]), len(text)))
    if char == '"' and dialect in _MYSQL and (match := _DOUBLE_QUOTED_STRING.match(text, at)) is not None:
        return Token("string", _unescape(match[0][1:].removesuffix('"'), '"'), at, match.end())
    if char in _QUOTED and (match := _QUOTED[char].match(text, at)) is not None:
        return Token("name", match[0][1:].removesuffix(char).replace(char * 2, char), at, match.end())
    if char == "[" and dialect in ("sqlite", "mssql") and (match := _BRACKETED.match(text, at)) is not None:
        return Token("name", match[0].strip("[]"), at, match.end())
    if (match := _WORD.match(text, at)) is not None:
        return Token("word", match[0], at, match.end())
    if (match := _NUMBER.match(text, at)) is not None:
        return Token("number", match[0], at, match.end())
    match = _MARK.match(text, at)
    end = match.end() if match is not None else at + 1
    return Token("mark", text[at:end], at, end)


def _string(match: re.Match[str] | None, decode: Callable[[str], str]) -> Token:
    if match is None:  # cannot be: the pattern matches any text that starts with a quote
        return Token("string", "", 0, 1)
    written = match[0]
    inner = written[written.index("'") + 1 :].removesuffix("'")
    return Token("string", decode(inner), match.start(), match.end())


def _undouble(inner: str) -> str:
    return inner.replace("''", "'")


def _unescape(inner: str, quote: str = "'") -> str:
    return re.sub(
        rf"{quote}{quote}|\\(.)", lambda one: _ESCAPES.get(one[1], one[1]) if one[1] else quote, inner, flags=re.DOTALL
    )


class Unreadable(Exception):  # noqa: N818 -- no error: the way out of a statement that is not understood
    """What the cursor met is not what a reader expected."""


@dataclass(slots=True)
class Cursor:
    """A place in a statement. Reading methods move on; `is_` and `at_` methods only look."""

    text: str
    tokens: tuple[Token, ...]
    dialect: str
    at: int = 0

    @property
    def done(self) -> bool:
        """Whether the statement has ended."""
        return self.at >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token | None:
        """Give the token `ahead` places on, None behind the end."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else None

    def is_words(self, *words: str) -> bool:
        """Whether these keywords come next."""
        return all((token := self.peek(ahead)) is not None and token.word == word for ahead, word in enumerate(words))

    def is_mark(self, mark: str) -> bool:
        """Whether this punctuation comes next."""
        token = self.peek()
        return token is not None and token.kind == "mark" and token.value == mark

    def take(self, *words: str) -> bool:
        """Move over these keywords where they come next."""
        if self.is_words(*words):
            self.at += len(words)
            return True
        return False

    def take_any(self, *words: str) -> str | None:
        """Move over the first of these single keywords that comes next."""
        token = self.peek()
        if token is not None and token.word in words:
            self.at += 1
            return token.word
        return None

    def take_mark(self, mark: str) -> bool:
        """Move over this punctuation where it comes next."""
        if self.is_mark(mark):
            self.at += 1
            return True
        return False

    def need(self, *words: str) -> None:
        """Move over these keywords; raises `Unreadable` where something else comes."""
        if not self.take(*words):
            raise Unreadable

    def next(self) -> Token:
        """Give the next token and move over it; raises `Unreadable` at the end."""
        token = self.peek()
        if token is None:
            raise Unreadable
        self.at += 1
        return token

    def name(self) -> str:
        """Read an identifier, folded as the dialect folds it; raises `Unreadable` where there is none."""
        token = self.next()
        if token.kind == "name" or (token.kind == "string" and self.dialect == "sqlite"):
            return token.value
        if token.kind == "word":
            return token.value.lower() if self.dialect == "postgresql" else token.value
        raise Unreadable

    def dotted(self) -> tuple[str | None, str]:
        """Read a name with or without its schema (a database before that is left out)."""
        parts = [self.name()]
        while self.take_mark("."):
            parts.append(self.name())
        return (parts[-2] if len(parts) > 1 else None), parts[-1]

    def string(self) -> str:
        """Read a string; raises `Unreadable` where there is none."""
        token = self.next()
        if token.kind != "string":
            raise Unreadable
        return token.value

    def group(self) -> Cursor:
        """Read what stands in parentheses, as a cursor of its own; raises `Unreadable` where there are none."""
        if not self.take_mark("("):
            raise Unreadable
        start, depth = self.at, 1
        while depth:
            token = self.next()
            if token.kind == "mark":
                depth += {"(": 1, ")": -1}.get(token.value, 0)
        return Cursor(self.text, self.tokens[start : self.at - 1], self.dialect)

    def skip_group(self) -> None:
        """Move over parentheses where they open here."""
        if self.is_mark("("):
            self.group()

    def split(self, mark: str = ",") -> list[Cursor]:
        """Give the rest in parts, parted by `mark` outside of parentheses and brackets."""
        parts: list[Cursor] = []
        start, depth = self.at, 0
        while not self.done:
            token = self.next()
            if token.kind == "mark":
                depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.value, 0)
                if token.value == mark and depth == 0:
                    parts.append(Cursor(self.text, self.tokens[start : self.at - 1], self.dialect))
                    start = self.at
        if start < self.at:
            parts.append(Cursor(self.text, self.tokens[start : self.at], self.dialect))
        return parts

    def until(self, stops: Callable[[Cursor], bool]) -> str:
        """Read at least one token, and on to where `stops` says so outside of parentheses; give the text."""
        first = self.next()
        depth = 1 if first.value in ("(", "[") and first.kind == "mark" else 0
        last = first
        while not self.done and (depth > 0 or not stops(self)):
            last = self.next()
            if last.kind == "mark":
                depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(last.value, 0)
        return self.text[first.start : last.end]

    def rest(self) -> str:
        """Give the text from here to the end."""
        return self.text[self.tokens[self.at].start : self.tokens[-1].end] if not self.done else ""

    def all(self) -> str:
        """Give the whole text."""
        return self.text[self.tokens[0].start : self.tokens[-1].end] if self.tokens else ""
