"""The tree of a rewritten text as that of the text as it stands: its positions, its f-strings, its aliases.

Invariant: works without recursion over the tree, which may be deeper than Python's stack.

Example: the tuple that stands for `f"{x["a"]}"` becomes an `ast.JoinedStr` of one `ast.FormattedValue`.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator

from driftline.python.newer_syntax.places import Places, Position
from driftline.python.newer_syntax.rewriting import Parameters, Rewriting, Run
from driftline.python.newer_syntax.scan import Field, Text
from driftline.regex import regex

_BARE_QUOTE = regex(r"\\.|[\"']", re.DOTALL)
_CONVERSIONS = {"s": ord("s"), "r": ord("r"), "a": ord("a")}


def restore(tree: ast.Module, rewriting: Rewriting) -> ast.Module:
    """Change `tree`, that of the rewritten text, into that of the text as it stands, and give it.

    Raises:
        SyntaxError: what was rewritten turns out not to be what it looked like.

    """
    places = rewriting.places
    if places.shifted:
        _move(tree, places)
    if rewriting.aliases or rewriting.lazy:
        _statements(tree, rewriting)
    if rewriting.parameters:
        _type_parameters(tree, rewriting)
    if rewriting.runs:
        _strings(tree, rewriting)
    return tree


def _move(tree: ast.Module, places: Places) -> None:
    """Take back what the characters that were put in did to the positions."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.expr, ast.stmt, ast.excepthandler, ast.arg, ast.keyword, ast.alias, ast.pattern)):
            node.col_offset = places.original(node.lineno, node.col_offset)
            if node.end_lineno is not None and node.end_col_offset is not None:
                node.end_col_offset = places.original(node.end_lineno, node.end_col_offset)


def _statements(tree: ast.Module, rewriting: Rewriting) -> None:
    """Make aliases of the assignments to `type`, and one statement of `lazy` and the import behind it."""
    aliases = {rewriting.places.position(offset) for offset in rewriting.aliases}
    lazy = {rewriting.places.position(offset) for offset in rewriting.lazy}
    for body in _bodies(tree):
        dropped: list[int] = []
        for index, statement in enumerate(body):
            at = (statement.lineno, statement.col_offset)
            if isinstance(statement, ast.Assign) and at in aliases:
                _alias(statement)
            elif isinstance(statement, ast.Expr) and at in lazy:
                body[index + 1].lineno, body[index + 1].col_offset = at
                dropped.append(index)
        for index in reversed(dropped):
            del body[index]


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Give each list of statements."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                yield body


def _alias(statement: ast.Assign) -> None:
    """Drop the `type` before the target, and the type parameters behind it."""
    if len(statement.targets) != 2:  # noqa: PLR2004 - `type = X = …` is what it was written as
        message = "invalid syntax"
        raise SyntaxError(message, ("<unknown>", statement.lineno, statement.col_offset + 1, None))
    target = statement.targets[1]
    if isinstance(target, ast.Subscript):
        target = target.value
        if isinstance(target, ast.Name):
            target.ctx = ast.Store()
    statement.targets = [target]
    statement.type_comment = "TypeAlias"


def _type_parameters(tree: ast.Module, rewriting: Rewriting) -> None:
    """Put what makes a type parameter where one is named."""
    of = {rewriting.places.position(offset): names for offset, names in rewriting.parameters.items()}
    names = sorted(of)
    found: list[tuple[ast.stmt, Parameters]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and node.type_comment == "TypeAlias":
            target = node.targets[0]
            parameters = of.get((target.lineno, target.col_offset))
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            parameters = of.get(_name_position(node, names))
        else:
            continue
        if parameters is not None:
            found.append((node, parameters))
    for node, parameters in reversed(found):  # The inner ones first: their names hide those further out.
        _substitute(node, parameters)


def _name_position(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, names: list[Position]) -> Position:
    """Give the first of the `names` behind the beginning of a definition: its own, if it is one of those."""
    at = bisect_right(names, (node.lineno, node.col_offset))
    if at < len(names) and names[at] < (node.body[0].lineno, node.body[0].col_offset):
        return names[at]
    return (0, 0)


def _substitute(definition: ast.stmt, parameters: Parameters) -> None:
    """Write `__import__("typing").TypeVar("T")` for each `T` in a definition, if it binds nothing else to that."""
    holders: list[tuple[ast.AST, tuple[str, ...]]] = [(definition, ("bases", "keywords", "returns", "body", "value"))]
    if isinstance(
        definition, (ast.FunctionDef, ast.AsyncFunctionDef)
    ):  # Defaults and decorators are evaluated outside.
        every = definition.args
        holders += [(one, ("annotation",)) for one in (*every.posonlyargs, *every.args, *every.kwonlyargs)]
        holders += [(one, ("annotation",)) for one in (every.vararg, every.kwarg) if one is not None]
    hidden = _bound(definition) & parameters.names.keys()
    while holders:
        node, among = holders.pop()
        for name in among:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for index, one in enumerate(value):
                    value[index] = _instead(one, parameters, hidden)
                    if isinstance(value[index], ast.AST):
                        holders.append((value[index], value[index]._fields))
            elif isinstance(value, ast.AST):
                new = _instead(value, parameters, hidden)
                setattr(node, name, new)
                holders.append((new, new._fields))


def _bound(definition: ast.stmt) -> set[str]:
    """Give the names that something within a definition binds anew: a variable, a parameter, a function, a class."""
    names: set[str] = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif node is not definition and isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
    return names


def _instead(node: ast.AST, parameters: Parameters, hidden: set[str]) -> ast.AST:
    """Give what stands in the place of `node`, if it names a type parameter; else `node`."""
    if not isinstance(node, ast.Name) or node.id in hidden or not isinstance(node.ctx, ast.Load):
        return node
    kind = parameters.names.get(node.id)
    if kind is None:
        return node
    at = _At((node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset))
    return at.call(at.imported("typing", kind), [at.constant(node.id)])


class _At:
    """Makes nodes at one place."""

    def __init__(self, start: Position, end: Position) -> None:
        self.place = {
            "lineno": start[0],
            "col_offset": start[1],
            "end_lineno": end[0],
            "end_col_offset": end[1],
        }

    def constant(self, value: object) -> ast.Constant:
        return ast.Constant(value=value, kind=None, **self.place)  # type: ignore[arg-type]

    def call(self, function: ast.expr, arguments: list[ast.expr]) -> ast.Call:
        return ast.Call(func=function, args=arguments, keywords=[], **self.place)

    def imported(self, module: str, name: str) -> ast.expr:
        """Write `__import__(module).name`, with a list of names for a module in a package, as Python wants it."""
        arguments: list[ast.expr] = [self.constant(module)]
        if "." in module:
            names = ast.List(elts=[self.constant(name)], ctx=ast.Load(), **self.place)
            arguments += [self.constant(None), self.constant(None), names]
        function = ast.Name(id="__import__", ctx=ast.Load(), **self.place)
        return ast.Attribute(value=self.call(function, arguments), attr=name, ctx=ast.Load(), **self.place)


def _strings(tree: ast.Module, rewriting: Rewriting) -> None:
    """Put the f-strings and t-strings where tuples of their fields stand."""
    position = rewriting.places.position
    runs = {(*position(start), *position(end)): run for (start, end), run in rewriting.runs.items()}

    def instead(node: object) -> object:
        if isinstance(node, ast.Tuple):
            run = runs.get((node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0))
            if run is not None:
                return _Strings(rewriting.places, list(node.elts)).expression(run, node)
        return node

    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                for index, one in enumerate(value):
                    value[index] = instead(one)
                stack += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST):
                new = instead(value)
                setattr(node, name, new)
                stack.append(new)  # type: ignore[arg-type]


class _Strings:
    """Makes one expression of string literals side by side and of the expressions in their fields."""

    def __init__(self, places: Places, expressions: list[ast.expr]) -> None:
        self.places = places
        self.expressions = iter(expressions)
        self.text = places.text

    def at(self, start: int, end: int) -> _At:
        return _At(self.places.position(start), self.places.position(end))

    def expression(self, run: Run, node: ast.Tuple) -> ast.expr:
        """Give an `ast.JoinedStr`, or the call that makes a template."""
        start, end = run.tokens[0].start, run.tokens[-1].end
        template = any("t" in token.value for token in run.tokens)
        values: list[ast.expr] = []
        for token in run.tokens:
            if token.template is None:
                values.append(self.plain(token.start, token.end))
            elif "t" in token.value:
                values += self.values(token.template.parts, token.value, interpolate=True)
            else:
                values += self.values(token.template.parts, token.value, interpolate=False)
        values = _merged(values)
        at = self.at(start, end)
        if template:
            return at.call(at.imported("string.templatelib", "Template"), values)
        return ast.JoinedStr(values=values, **at.place)

    def plain(self, start: int, end: int) -> ast.Constant:
        source = self.text[start:end]
        constant = self.at(start, end).constant(_literal(source))
        if source[0] in "uU":
            constant.kind = "u"
        return constant

    def values(self, parts: tuple[Text | Field, ...], prefix: str, *, interpolate: bool) -> list[ast.expr]:
        """Give the strings and the replaced values of a template, or of a format specification."""
        found: list[ast.expr] = []
        for part in parts:
            if isinstance(part, Text):
                found.append(self.at(part.start, part.end).constant(_decoded(part.source, prefix)))
                continue
            if part.debug is not None:
                found.append(self.at(part.start + 1, part.shown).constant(part.debug))
            found.append(self.interpolation(part, prefix) if interpolate else self.formatted(part, prefix))
        return found

    def formatted(self, part: Field, prefix: str) -> ast.FormattedValue:
        value = next(self.expressions)
        spec = self.spec(part, prefix)
        place = self.at(part.start, part.end).place
        conversion = _conversion(part)
        code = -1 if conversion is None else _CONVERSIONS[conversion]
        return ast.FormattedValue(value=value, conversion=code, format_spec=spec, **place)

    def interpolation(self, part: Field, prefix: str) -> ast.expr:
        """Give the call of `Interpolation(value, expression, conversion, format_spec)`."""
        value = next(self.expressions)
        at = self.at(part.start, part.end)
        source = self.text[part.tokens[0].start : part.tokens[-1].end]
        spec = self.spec(part, prefix) or at.constant("")
        arguments = [value, at.constant(source), at.constant(_conversion(part)), spec]
        return at.call(at.imported("string.templatelib", "Interpolation"), arguments)

    def spec(self, part: Field, prefix: str) -> ast.JoinedStr | None:
        if part.spec is None:
            return None
        values = _merged(self.values(part.spec, prefix, interpolate=False))
        return ast.JoinedStr(values=values, **self.at(part.spec_start, part.end - 1).place)


def _conversion(part: Field) -> str | None:
    """Give the conversion; with a `=` and nothing else, it is that of `repr`."""
    if part.debug is not None and part.conversion is None and part.spec is None:
        return "r"
    if part.conversion is not None and part.conversion not in _CONVERSIONS:
        message = f"f-string: invalid conversion character {part.conversion!r}: expected 's', 'r', or 'a'"
        raise SyntaxError(message)
    return part.conversion


def _merged(values: list[ast.expr]) -> list[ast.expr]:
    """Join strings side by side, and drop empty ones."""
    merged: list[ast.expr] = []
    for value in values:
        last = merged[-1] if merged else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            if not value.value:
                continue
            if isinstance(last, ast.Constant) and isinstance(last.value, str):
                last.value += value.value
                last.end_lineno, last.end_col_offset = value.end_lineno, value.end_col_offset
                continue
        merged.append(value)
    return merged


def _decoded(source: str, prefix: str) -> str:
    """Give what a piece of a template says."""
    if "r" in prefix or "\\" not in source:
        return source.replace("\r\n", "\n").replace("\r", "\n")
    quoted = _BARE_QUOTE.sub(lambda match: {'"': r"\x22", "'": r"\x27"}.get(match[0], match[0]), source)
    return str(_literal(f'"""{quoted}"""'))


def _literal(source: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.literal_eval(source)
