"""Source text of models: strings, SQL and types, and the names that they need, imported in the file's own style.

Example: `type_text(writing, Type("VARCHAR(20)", call=TypeCall("sqlalchemy.String", (20,))), "postgresql")` is
`String(20)`, and `writing.edits` imports `String` where the file does not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from driftline.dataclass import replace
from driftline.fixes.differing import differing
from driftline.fixes.names import ANYWHERE, Use, bound_names, is_for_types, name_in
from driftline.python.syntax import Syntax, parse
from driftline.regex import regex
from driftline.schema import ServerDefault, Type, TypeCall
from driftline.schema.rendering import WITH_VARIANT, resolve_type
from driftline.text import TextEdit, apply_edits


class Writing:
    """Writes for one file. `prefix`: what the code around has before SQLAlchemy's names (`sa`, `db`), None without.

    `owner`: the class or call around, above which names must be imported. Names that are asked for one after the other
    share one import statement.
    """

    def __init__(self, syntax: Syntax, prefix: str | None, owner: ast.AST | None = None) -> None:
        """Write for the file of `syntax`."""
        self.syntax = syntax
        self.prefix = prefix
        self._use = ANYWHERE if owner is None else Use.within(owner)
        self.quote = quote_of(syntax.text)
        self._imported = syntax

    def name(self, module: str, name: str, *, prefixed: bool = True) -> str | None:
        """Give the expression for `module.name`; None where the file uses that name for something else.

        `prefixed`: the prefix holds the names of this module, too.
        """
        made = name_in(self._imported, module, name, prefix=self.prefix if prefixed else None, use=self._moved())
        if made is None:
            return None
        if made.edits:
            self._imported = parse(self.syntax.path, apply_edits(self._imported.text, made.edits))
        return made.expression

    def knows(self, name: str) -> bool:
        """Whether `name` can be used without more ado."""
        line, hidden = self._use.line, self._use.hidden
        above = [one for one in self.syntax.tree.body if line is None or one.lineno < line]
        return name in bound_names([one for one in above if not is_for_types(one)]) - hidden

    def _moved(self) -> Use:
        """Give the use as seen in the text with its new imports, which all stand above it."""
        more = self._imported.index.line_count - self.syntax.index.line_count
        return self._use if self._use.line is None else replace(self._use, line=self._use.line + more)

    def string(self, value: str) -> str:
        """Write a string as Python."""
        return string(value, self.quote)

    @property
    def edits(self) -> tuple[TextEdit, ...]:
        """The edits that import what was named."""
        if self._imported is self.syntax:
            return ()
        return differing(self.syntax.text, self._imported.text)


def quote_of(text: str) -> str:
    """Give the quotation mark that most strings of a source text use; `"` where there are none."""
    return "'" if len(re.findall(r"(?<!')'(?!')", text)) > len(re.findall(r'(?<!")"(?!")', text)) else '"'


def string(value: str, quote: str) -> str:
    """Write a string as Python, in `quote` where it holds none of them."""
    plain = repr(value)
    if quote in value or "\\" in plain:
        other = "'" if quote == '"' else '"'
        return plain if other in value or "\\" in plain else f"{other}{value}{other}"
    return f"{quote}{value}{quote}"


def constant(value: object, quote: str) -> str:
    """Write a constant, or a container of constants, as Python."""
    if isinstance(value, str):
        return string(value, quote)
    if isinstance(value, tuple | list):
        return f"[{', '.join(constant(one, quote) for one in value)}]"
    return repr(value)


def sql_text(writing: Writing, sql: str) -> str | None:
    """Write SQL as `text("…")`; None where nothing can be called so."""
    name = writing.name("sqlalchemy", "text")
    return None if name is None else f"{name}({writing.string(sql)})"


_LITERAL = regex(r"'((?:[^']|'')*)'")


def default_text(writing: Writing, default: ServerDefault) -> str | None:
    """Write a server default as people do: a string for a literal, `func.now()` where the file has `func`, else SQL."""
    if default.fetched or not isinstance(default.sql, str):
        return None
    literal = _LITERAL.fullmatch(default.sql)
    if literal is not None:
        return writing.string(literal[1].replace("''", "'"))
    call = re.fullmatch(r"(\w+)\(\)", default.sql)
    if call is not None and writing.knows("func"):
        return f"func.{call[1]}()"
    return sql_text(writing, default.sql)


_GENERIC = {
    "VARCHAR": "String",
    "CHAR": "CHAR",
    "TEXT": "Text",
    "INTEGER": "Integer",
    "BIGINT": "BigInteger",
    "SMALLINT": "SmallInteger",
    "BOOLEAN": "Boolean",
    "NUMERIC": "Numeric",
    "TIMESTAMP": "DateTime",
    "DATETIME": "DateTime",
    "DATE": "Date",
    "TIME": "Time",
    "FLOAT": "Float",
    "UUID": "Uuid",
}
"""What models call the types that DDL (and reflection) writes in capitals."""
_DDL = regex(r"(?P<name>[A-Z][A-Z ]*?)\s*(?:\((?P<arguments>[\d ,]*)\))?(?P<zone> WITH(?:OUT)? TIME ZONE)?")


def type_text(writing: Writing, type_: Type, dialect: str, *, called: bool = False) -> str | None:
    """Write a type by SQLAlchemy's names; None where none of them certainly makes that type.

    `called`: as a call, also without arguments (`Integer()`), as revisions do.
    """
    if type_.unknown is not None:
        return None
    call = next((one for one in _calls(type_) if resolve_type(one, dialect).ddl == type_.ddl), None)
    text = None if call is None else _call_text(writing, call)
    return f"{text}()" if called and text is not None and not text.endswith(")") else text


def _calls(type_: Type) -> Iterator[TypeCall]:
    """Give the ways to write a type, the one that models prefer first."""
    call = type_.call
    if call is not None:
        call = _without_words(call)
        module, _, name = call.path.rpartition(".")
        if module == "sqlalchemy" and name in _GENERIC:
            yield TypeCall(f"sqlalchemy.{_GENERIC[name]}", call.args, call.kwargs)
        if call.path.startswith("sqlalchemy.") and call.path != WITH_VARIANT:
            yield call
        return
    match = _DDL.fullmatch(type_.ddl)
    if match is not None and match["name"] in _GENERIC:
        arguments = tuple(int(one) for one in (match["arguments"] or "").split(",") if one.strip())
        words = (("timezone", True),) if (match["zone"] or "").startswith(" WITH ") else ()
        yield TypeCall(f"sqlalchemy.{_GENERIC[match['name']]}", arguments, words)


_WORDS = (("length",), ("precision", "scale"))
"""Keywords that Alembic writes where people write arguments: `String(length=80)`."""


def _without_words(call: TypeCall) -> TypeCall:
    """Give the call with its only keywords as arguments, where they are those that come first."""
    said = dict(call.kwargs)
    order = next((words[: len(said)] for words in _WORDS if said and {*words[: len(said)]} == said.keys()), None)
    if order is None or call.args:
        return call
    return TypeCall(call.path, tuple(said[word] for word in order))


def _call_text(writing: Writing, call: TypeCall) -> str | None:
    module, _, name = call.path.rpartition(".")
    if call.path == WITH_VARIANT or not module.startswith("sqlalchemy"):
        return None
    named = writing.name(module, name, prefixed=module == "sqlalchemy")
    if named is None:
        return None
    arguments: list[str] = []
    for word, value in (*(("", one) for one in call.args), *call.kwargs):
        if isinstance(value, TypeCall):
            said = _call_text(writing, value)
        else:
            said = constant(value, writing.quote) if _is_constant(value) else None
        if said is None:
            return None
        arguments.append(f"{word}={said}" if word else said)
    return f"{named}({', '.join(arguments)})" if arguments else named


def _is_constant(value: object) -> bool:
    if isinstance(value, tuple):
        return all(_is_constant(one) for one in value)
    return value is None or isinstance(value, str | int | float | bool)
