"""Newer constructs as older ones, in their places: the text that the running Python can parse, and what to restore.

Most is written over, byte for byte, so that everything else keeps its position: `def f[T](x)` becomes `def f(   x)`,
`class C[T]:` becomes `class C( ):`, `type X = int` becomes `type=X = int`. Where that is not enough, characters are put
in, and `Places` takes them out again: `except A, B:` becomes `except (A, B):`, and `f"a{x!r}b"` the tuple of its
fields, `(   (x),   )`. Lines stay the same lines.

Invariant: knows tokens, no trees. A text that needs nothing comes out as None, so that what is wrong with it is what
the running Python says.
"""

from __future__ import annotations

import ast
import keyword
import warnings
from collections.abc import Sequence

from driftline.dataclass import dataclass, field
from driftline.python.newer_syntax.places import Places
from driftline.python.newer_syntax.scan import Field, Template, Token, scan
from driftline.regex import regex

_LINE_BREAKS = regex(r"[\r\n]")
_LONGEST = 1000
"""How many tokens type parameters may have; many brackets that nothing closes would each be looked for to the end."""
_KINDS = {"": "TypeVar", "*": "TypeVarTuple", "**": "ParamSpec"}


@dataclass(frozen=True, slots=True)
class Run:
    """String literals side by side, which are one expression, written as the tuple of their fields."""

    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Parameters:
    """The type parameters of one definition: each name, and the class of `typing` that makes it."""

    names: dict[str, str]


@dataclass(slots=True)
class Rewriting:
    """A text, rewritten, and what its tree has to be told about. Keys are offsets in the text as it stands."""

    text: str
    places: Places
    runs: dict[tuple[int, int], Run] = field(default_factory=dict)
    aliases: set[int] = field(default_factory=set)
    """Where a `type` begins that begins an alias."""
    lazy: set[int] = field(default_factory=set)
    """Where a `lazy` begins that begins an import."""
    parameters: dict[int, Parameters] = field(default_factory=dict)
    """By where the name of the class, function or alias begins."""


def rewrite(text: str) -> Rewriting | None:
    """Rewrite what is newer than Python 3.11 in `text`, or (f-strings) than what the running Python reads.

    None where there is nothing.
    """
    tokens = scan(text)
    work = _Work(text)
    work.statements(tokens)
    if not work.edits:
        return None
    work.edits.sort(key=lambda edit: edit[:2])
    pieces: list[str] = []
    insertions: list[tuple[int, int]] = []
    done = 0
    for start, end, new in work.edits:
        pieces += text[done:start], new
        if start == end:
            insertions.append((start, len(new)))
        done = end
    pieces.append(text[done:])
    rewritten = "".join(pieces)
    places = Places(text, rewritten, insertions)
    return Rewriting(rewritten, places, work.runs, work.aliases, work.lazy, work.parameters)


class _Work:
    """The edits to one text, as (start, end, new text); none overlap."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.edits: list[tuple[int, int, str]] = []
        self.runs: dict[tuple[int, int], Run] = {}
        self.aliases: set[int] = set()
        self.lazy: set[int] = set()
        self.parameters: dict[int, Parameters] = {}

    def blank(self, start: int, end: int) -> None:
        """Write spaces over all but line breaks, as many as there were bytes."""
        if start < end:
            self.edits.append((start, end, _blanked(self.text[start:end])))

    def put(self, offset: int, new: str) -> None:
        """Put in characters."""
        self.edits.append((offset, offset, new))

    def over(self, offset: int, new: str) -> None:
        """Write over one ASCII character."""
        self.edits.append((offset, offset + 1, new))

    def statements(self, tokens: Sequence[Token]) -> None:
        """Rewrite a module."""
        at = 0
        beginning = True
        while at < len(tokens):
            token = tokens[at]
            if token.kind == "string":
                at = self.strings(tokens, at)
                beginning = False
                continue
            following = at
            if token.kind == "name":
                if token.value in {"def", "class"}:
                    following = self.definition(tokens, at)
                elif beginning:
                    following = self.statement(tokens, at)
            beginning = token.depth == 0 and (token.kind == "newline" or token.value in {";", ":"})
            at = max(following, at + 1)

    def statement(self, tokens: Sequence[Token], at: int) -> int:
        """Rewrite a statement that one of the newer words begins; give where to go on."""
        word = tokens[at].value
        if word == "except":
            self.handler(tokens, at)
        elif word == "lazy" and _value(tokens, at + 1) in {"import", "from"}:
            self.separate(tokens[at], ";")
            self.lazy.add(tokens[at].start)
        elif word == "type" and _is_name(tokens, at + 1):
            return self.alias(tokens, at)
        return at

    def separate(self, word: Token, new: str) -> None:
        """Put `new` behind a word, over the blank there if it is one."""
        if self.text[word.end] in " \t\f":
            self.over(word.end, new)
        else:
            self.put(word.end, new)

    def handler(self, tokens: Sequence[Token], at: int) -> None:
        """Put the classes that an `except` names in brackets, if there are several and they stand without."""
        first = at + 2 if _value(tokens, at + 1) == "*" else at + 1
        last = first
        comma = False
        while last < len(tokens):
            token = tokens[last]
            if token.depth == 0:
                if token.kind == "newline" or token.value in {"as", ";"}:
                    return
                if token.kind == "op" and token.value == ":":
                    break
                comma = comma or (token.kind == "op" and token.value == ",")
            last += 1
        if comma and first < last < len(tokens):
            self.put(tokens[first].start, "(")
            self.put(tokens[last - 1].end, ")")

    def definition(self, tokens: Sequence[Token], at: int) -> int:
        """Take the type parameters out of a `def` or `class`; give where to go on."""
        close = _closing(tokens, at + 2)
        if not _is_name(tokens, at + 1) or close is None:
            return at
        calls = _value(tokens, close + 1) == "("
        if tokens[at].value == "def" and not calls:
            return at
        opened, closed = tokens[at + 2], tokens[close]
        self.over(opened.start, "(")
        self.blank(opened.end, closed.start)
        self.over(closed.start, " " if calls else ")")
        if calls:
            self.over(tokens[close + 1].start, " ")
        self.parameters[tokens[at + 1].start] = _parameters(tokens[at + 3 : close])
        return close + 1

    def alias(self, tokens: Sequence[Token], at: int) -> int:
        """Make a `type X[…] = …` an assignment; give where to go on."""
        close = _closing(tokens, at + 2)
        if _value(tokens, (at + 1 if close is None else close) + 1) != "=":
            return at
        self.separate(tokens[at], "=")
        self.aliases.add(tokens[at].start)
        if close is None:
            return at + 3
        opened, closed = tokens[at + 2], tokens[close]
        if closed.start > opened.end:
            self.put(opened.end, "0")
            self.blank(opened.end, closed.start)
        self.parameters[tokens[at + 1].start] = _parameters(tokens[at + 3 : close])
        return close + 2

    def strings(self, tokens: Sequence[Token], at: int) -> int:
        """Rewrite the string literals side by side from `at` on, if they need it; give where to go on."""
        end = at
        while end < len(tokens) and tokens[end].kind == "string":
            end += 1
        run = tuple(tokens[at:end])
        if not _needs_rewriting(self.text, run):
            return end
        first, last = run[0], run[-1]
        self.runs[first.start, last.end] = Run(run)
        self.over(first.start, "(")
        done = first.start + 1
        for template in (token.template for token in run if token.template is not None):
            for one in template.fields():
                self.blank(done, one.start + 1)
                self.field(one)
                done = one.closed + 1
        self.blank(done, last.end - 1)
        self.over(last.end - 1, ")")
        return end

    def field(self, one: Field) -> None:
        """Put the expression of a field in brackets, with a comma over what closes it."""
        self.put(one.tokens[0].start, "(")
        at = 0
        while at < len(one.tokens):
            at = self.strings(one.tokens, at) if one.tokens[at].kind == "string" else at + 1
        self.put(one.tokens[-1].end, ")")
        self.over(one.closed, ",")


def _blanked(text: str) -> str:
    if text.isascii():
        return "".join(char if char in "\r\n" else " " for char in text)
    return "".join(char if char in "\r\n" else " " * len(char.encode("utf-8", "surrogatepass")) for char in text)


def _value(tokens: Sequence[Token], at: int) -> str | None:
    """Give the name or operator at a place; None where there is neither."""
    return tokens[at].value if at < len(tokens) and tokens[at].kind in {"name", "op"} else None


def _is_name(tokens: Sequence[Token], at: int) -> bool:
    value = _value(tokens, at)
    return value is not None and value.isidentifier() and not keyword.iskeyword(value)


def _closing(tokens: Sequence[Token], at: int) -> int | None:
    """Find the bracket that closes the `[` at a place; None where none stands there, or nothing closes it."""
    if _value(tokens, at) != "[":
        return None
    depth = tokens[at].depth
    for index in range(at + 1, min(at + _LONGEST, len(tokens))):
        if tokens[index].kind == "op" and tokens[index].depth == depth + 1 and tokens[index].value in {")", "]", "}"}:
            return index if tokens[index].value == "]" else None
    return None


def _parameters(tokens: Sequence[Token]) -> Parameters:
    """Read the names among type parameters: `T: int = str, *Ts, **P`."""
    names: dict[str, str] = {}
    stars = ""
    expected = True
    outer = tokens[0].depth if tokens else 0
    for token in tokens:
        if token.depth != outer or token.kind == "string":
            expected = False
        elif token.value == ",":
            expected, stars = True, ""
        elif expected and token.value == "*":
            stars += "*"
        elif expected and token.kind == "name":
            names[token.value] = _KINDS.get(stars, "TypeVar")
            expected = False
    return Parameters(names)


def _needs_rewriting(text: str, run: tuple[Token, ...]) -> bool:
    """Whether string literals side by side are what the running Python cannot read, or has no common node for."""
    if any(token.value.startswith("b") or token.value.endswith("b") for token in run):
        return False
    templates = [token.template for token in run if token.template is not None]
    if not templates:
        return False
    if any(_holds_template_string(template) for template in templates):
        return True
    return any(_is_newer(text, template) for template in templates) and not _is_read(text[run[0].start : run[-1].end])


def _holds_template_string(template: Template) -> bool:
    if "t" in template.prefix:
        return True
    return any(
        token.template is not None and _holds_template_string(token.template)
        for one in template.fields()
        for token in one.tokens
    )


def _is_newer(text: str, template: Template) -> bool:
    """Whether something stands in a field that could not stand there before PEP 701: a quick look."""
    for one in template.fields():
        inside = text[one.start : one.end]
        if template.quote[0] in inside or "\\" in inside or "#" in inside or _LINE_BREAKS.search(inside):
            return True
        if any(token.kind == "string" for token in one.tokens):
            return True
    return False


def _is_read(source: str) -> bool:
    """Whether the running Python reads the expression `source`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(f"({source}\n)")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
