r"""Insert an item into a comma-separated list of a source text, in the layout that the list has.

Calls, imports and tuples are all lists of items between brackets (an import's may be missing). The item is put where a
careful author would put it: on a line of its own where items have their own lines, behind the comment that belongs to
its neighbour, with a trailing comma only where there was one.

Example: inserting `C` at 1 into `f(\n    a,  # why\n    b,\n)` gives `f(\n    a,  # why\n    C,\n    b,\n)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from driftline.dataclass import dataclass
from driftline.python.syntax import Syntax
from driftline.regex import regex
from driftline.text import Span, TextEdit

_INDENT = "    "
_BLOCK = regex(
    r"^(?:class|def|async|if|for|with|try|else|\))[^\r\n]*:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)([ \t]+)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Items:
    """A list in `text`: offsets right behind the opening and of the closing bracket, and the items' spans, in order.

    Both offsets are None where there are no brackets (`from a import b, c`), `spans` then has at least one item.
    """

    text: str
    opening: int | None
    closing: int | None
    spans: tuple[Span, ...]


def call_items(syntax: Syntax, call: ast.Call) -> Items | None:
    """Give the arguments of a call, positional and keyword, in the order of the text."""
    spans = sorted(syntax.span(node) for node in (*call.args, *call.keywords))
    end = syntax.span(call).end
    behind = syntax.span(call.func).end
    opening = next(
        (at for char, at in _marks(syntax.text, behind, spans[0].start if spans else end) if char == "("), None
    )
    return None if opening is None else Items(syntax.text, opening + 1, end - 1, tuple(spans))


def tuple_items(syntax: Syntax, node: ast.Tuple | ast.List) -> Items | None:
    """Give the elements of a tuple or list that stands in brackets; None where it has none."""
    span = syntax.span(node)
    spans = tuple(syntax.span(element) for element in node.elts)
    if syntax.text[span.start : span.start + 1] not in ("(", "[") or (spans and spans[0].start == span.start):
        return None
    return Items(syntax.text, span.start + 1, span.end - 1, spans)


def import_items(syntax: Syntax, node: ast.ImportFrom) -> Items:
    """Give the names of a `from … import …`."""
    span = syntax.span(node)
    spans = tuple(syntax.span(alias) for alias in node.names)
    if syntax.text[span.end - 1] == ")":
        opening = syntax.text.rindex("(", span.start, spans[0].start)
        return Items(syntax.text, opening + 1, span.end - 1, spans)
    return Items(syntax.text, None, None, spans)


def insert_item(items: Items, index: int, new: str) -> tuple[TextEdit, ...]:
    """Give the edits that make `new` the item at `index` (0 to the number of items).

    Nothing else is moved, unless the line would get longer than any in the file: then the list is broken as the usual
    formatter breaks it.
    """
    spread = _spread(items, index, new)
    if spread is not None:
        return (spread,)
    if items.opening is None or items.closing is None:
        return (_into_bare(items, index, new),)
    if not items.spans:
        return _into_empty(items, items.opening, items.closing, new)
    if index < len(items.spans):
        return (_before(items, items.opening, index, new),)
    return _behind(items, items.opening, items.closing, new)


def newline_of(text: str) -> str:
    r"""Give the line end that a text uses: that of its first line, `\n` where there is none."""
    match = re.search(r"\r\n|\r|\n", text)
    return match.group() if match else "\n"


def indent_at(text: str, offset: int) -> str:
    """Give the white space that the line of `offset` begins with."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    match = re.compile(r"[ \t]*").match(text, start)
    return match.group() if match else ""


def step_of(text: str) -> str:
    """Give the white space by which a text indents: that of its first block, four spaces where there is none."""
    match = _BLOCK.search(text)
    return match.group(1) if match else _INDENT


def line_end(text: str, offset: int) -> int:
    """Give the offset of the line end at or behind `offset`."""
    match = re.compile(r"[\r\n]").search(text, offset)
    return match.start() if match else len(text)


def without_line(text: str, span: Span) -> TextEdit:
    """Give the edit that takes a statement away with its lines, and the comment behind it."""
    start = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    end = line_end(text, span.end)
    end += 2 if text[end : end + 2] == "\r\n" else 1
    return TextEdit(Span(start, min(end, len(text))), "")


def _marks(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Give the characters between two items that are neither white space nor in a comment, with their offsets."""
    at = start
    while at < end:
        if text[at] == "#":
            at = line_end(text, at)
            continue
        if not text[at].isspace() and text[at] != "\\":
            yield text[at], at
        at += 1


def _end_and_comma(items: Items, index: int) -> tuple[int, int | None]:
    """Give where the item ends (its own parentheses included), and the offset of the comma behind it, if any."""
    end = items.spans[index].end
    limit = items.spans[index + 1].start if index + 1 < len(items.spans) else items.closing or end
    for char, at in _marks(items.text, end, limit):
        if char == ",":
            return end, at
        end = at + 1
    return end, None


def _start(items: Items, index: int, behind: int) -> int:
    """Give where the item starts, its own parentheses included; `behind`: the offset where what precedes it ends."""
    start = items.spans[index].start
    return next((at for _, at in _marks(items.text, behind, start)), start)


def _breaks(text: str, start: int, end: int) -> bool:
    return bool(re.search(r"[\r\n]", text[start:end]))


def _shared_lines(items: Items) -> bool:
    """Whether some two neighbours stand on one line: but for the first ones (a table's name), where others do not."""
    pairs = zip(items.spans, items.spans[1:], strict=False)
    apart = [_breaks(items.text, one.end, other.start) for one, other in pairs]
    head = apart.index(True) if sum(apart) >= 2 else 0  # noqa: PLR2004 -- two lines make a pattern
    return not all(apart[head:])


_WIDTH = 88
"""So long may a line get in any file."""


def too_long(text: str, start: int, end: int, added: int) -> bool:
    """Whether the line of `start` to `end` gets longer than the file's lines are, with so many characters more."""
    before = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return line_end(text, end) - before + added > max(_WIDTH, *map(len, re.split(r"[\r\n]+", text)))


def _spread(items: Items, index: int, new: str) -> TextEdit | None:
    """Break a list that stands on one line, where that would get too long; None where it would not."""
    text = items.text
    if not items.spans:
        return None
    start, end = items.spans[0].start, items.spans[-1].end
    if _breaks(text, start, end) or "#" in text[start : line_end(text, end)]:
        return None
    if not too_long(text, start, end, len(new) + len(", ")):
        return None
    members = members_of(items)
    members.insert(index, new)
    newline, indent = newline_of(text), indent_at(text, start)
    if items.opening is None or items.closing is None:
        return TextEdit(Span(start, end), broken(members, indent, text, brackets="()"))
    if _breaks(text, items.opening, start):  # on an inner line of their own
        outer = indent_at(text, items.closing) if _breaks(text, end, items.closing) else indent_at(text, items.opening)
        lines = "".join(f"{indent}{one},{newline}" for one in members)
        return TextEdit(Span(items.opening, items.closing), f"{newline}{lines}{outer}")
    if _open_before(text, items.opening - 1):
        return None
    joined = f"{indent}{step_of(text)}{', '.join(members)}"
    if len(joined) <= max(_WIDTH, *map(len, re.split(r"[\r\n]+", text))):
        return TextEdit(Span(items.opening, items.closing), f"{newline}{joined}{newline}{indent}")
    return TextEdit(Span(items.opening, items.closing), broken(members, indent, text))


def broken(members: Sequence[str], indent: str, text: str, *, brackets: str = "") -> str:
    """Write a list with an item a line, below a line that is indented by `indent`; within `brackets`, if any.

    `text`: the file that it is for, whose line ends and indentation it takes.
    """
    opening, closing = (brackets[0], brackets[1]) if brackets else ("", "")
    newline, step = newline_of(text), step_of(text)
    lines = "".join(f"{indent}{step}{one},{newline}" for one in members)
    return f"{opening}{newline}{lines}{indent}{closing}"


def members_of(items: Items) -> list[str]:
    """Give the source of each item of a list, with its own parentheses."""
    found: list[str] = []
    behind = items.opening if items.opening is not None else items.spans[0].start
    for index in range(len(items.spans)):
        start = _start(items, index, behind)
        end, comma = _end_and_comma(items, index)
        found.append(items.text[start:end])
        behind = end if comma is None else comma + 1
    return found


def _open_before(text: str, offset: int) -> bool:
    """Whether a bracket is open already on the line before `offset`: then it is that one which should be broken."""
    line = text[max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1 : offset]
    return sum(line.count(one) for one in "([{") > sum(line.count(one) for one in ")]}")


def _into_bare(items: Items, index: int, new: str) -> TextEdit:
    if index < len(items.spans):
        at = items.spans[index].start
        return TextEdit(Span(at, at), f"{new}, ")
    at = items.spans[-1].end
    return TextEdit(Span(at, at), f", {new}")


def _into_empty(items: Items, opening: int, closing: int, new: str) -> tuple[TextEdit, ...]:
    if not _breaks(items.text, opening, closing):
        return (TextEdit(Span(opening, opening), new),)
    at = line_end(items.text, opening)
    lead = newline_of(items.text) + indent_at(items.text, opening) + step_of(items.text)
    return (TextEdit(Span(at, at), f"{lead}{new},"),)


def _before(items: Items, opening: int, index: int, new: str) -> TextEdit:
    if index:
        end, comma = _end_and_comma(items, index - 1)
        behind = (comma if comma is not None else end) + 1
    else:
        behind = opening
    start = _start(items, index, behind)
    if not _breaks(items.text, behind, start):
        return TextEdit(Span(start, start), f"{new}, ")
    if _shared_lines(items):  # the list is filled line by line
        return TextEdit(Span(behind, behind), f" {new},") if index else TextEdit(Span(start, start), f"{new}, ")
    at = line_end(items.text, behind)
    lead = newline_of(items.text) + indent_at(items.text, start)
    return TextEdit(Span(at, at), f"{lead}{new},")


def _behind(items: Items, opening: int, closing: int, new: str) -> tuple[TextEdit, ...]:
    last = len(items.spans) - 1
    end, comma = _end_and_comma(items, last)
    behind = end if comma is None else comma + 1
    start = items.spans[last].start
    before = items.spans[last - 1].end if last else opening
    own_line = _breaks(items.text, before, start) and not _shared_lines(items)
    if not own_line:
        if comma is None:
            return (TextEdit(Span(end, end), f", {new}"),)
        kept = "," if _breaks(items.text, behind, closing) else ""
        return (TextEdit(Span(behind, behind), f" {new}{kept}"),)
    lead = newline_of(items.text) + indent_at(items.text, start)
    if not _breaks(items.text, behind, closing):  # the bracket closes right behind the last item
        return (TextEdit(Span(behind, behind), f"{',' if comma is None else ''}{lead}{new}"),)
    at = line_end(items.text, behind)
    if comma is not None:
        return (TextEdit(Span(at, at), f"{lead}{new},"),)
    if at == end:
        return (TextEdit(Span(end, end), f",{lead}{new}"),)
    return (TextEdit(Span(end, end), ","), TextEdit(Span(at, at), f"{lead}{new}"))


def remove_item(items: Items, index: int, *, is_tuple: bool = False) -> tuple[TextEdit, ...]:
    """Give the edits that take the item at `index` away, with its line where it has one of its own.

    `is_tuple`: one item that is left keeps a comma behind it.
    """
    text, spans = items.text, items.spans
    before = items.opening if items.opening is not None else spans[0].start
    if index:
        previous_end, previous_comma = _end_and_comma(items, index - 1)
        before = previous_end if previous_comma is None else previous_comma + 1
    start = _start(items, index, before)
    end, comma = _end_and_comma(items, index)
    behind = end if comma is None else comma + 1
    if len(spans) == 1:
        if items.opening is None or items.closing is None:
            return (TextEdit(Span(start, behind), ""),)
        comments = "#" in text[items.opening : start] or "#" in text[behind : items.closing]
        return (TextEdit(Span(start, behind) if comments else Span(items.opening, items.closing), ""),)
    keeps = is_tuple and len(spans) == 2  # noqa: PLR2004 -- one is left
    limit = spans[index + 1].start if index + 1 < len(spans) else items.closing or end
    if _breaks(text, before, start) and _breaks(text, behind, limit):  # lines of its own, a comment behind it included
        first = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
        last = line_end(text, behind)
        last += 2 if text[last : last + 2] == "\r\n" else 1
        return (TextEdit(Span(first, last), ""), *_comma_behind(items, 1 - index if keeps else 0, needed=keeps))
    if index + 1 < len(spans):
        following = _start(items, index + 1, behind)
        return (TextEdit(Span(start, following), ""), *_comma_behind(items, 1, needed=keeps and index == 0))
    kept_from = before if keeps else _end_and_comma(items, index - 1)[0]
    return (TextEdit(Span(kept_from, behind if keeps else end), ""),)


def _comma_behind(items: Items, index: int, *, needed: bool) -> tuple[TextEdit, ...]:
    end, comma = _end_and_comma(items, index)
    return (TextEdit(Span(end, end), ","),) if needed and comma is None else ()
