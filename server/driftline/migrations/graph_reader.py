"""From the files in the version locations to the revision graph.

Files are found as Alembic's `ScriptDirectory` finds them (1.20): `*.py` that start neither with `__init__` nor with
`.#`, sorted, folder by folder where the locations are recursive. Identifiers are read from the module's top-level
assignments, without evaluating the module; only where they are computed from something that is not written there is the
evaluator asked.

Example: `revision: str = "0002"` and `down_revision = ("0001", "000a")` make a merge of two revisions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.graph import Graph, Revision, build_graph
from driftline.migrations.library_revisions import library_folders, may_lie_elsewhere, named_by_program
from driftline.migrations.unparsed import place_of_problem, unparsed
from driftline.python.origin import NOWHERE
from driftline.python.same import same
from driftline.python.syntax import Syntax
from driftline.python.trace import Trace
from driftline.python.values import Unknown, Value
from driftline.regex import regex
from driftline.sources.environment import Environment
from driftline.sources.source import FileText, Source, Unreadable, changed_since, read_program, untraced

_REVISION_FILE = regex(r"(?!\.#|__init__).*\.py$")
_LEGACY_NAME = regex(r"([a-f0-9]+)\.py$")
"""Alembic takes the id from the file's name where the file states none."""
_CREATE_DATE = regex(r"^\s*Create Date:\s*(.+?)\s*$", re.MULTILINE)
_IDENTIFIERS = ("revision", "down_revision", "branch_labels", "depends_on")

Evaluate = Callable[[str], Mapping[str, Value]]
"""Runs the file at a path and gives its names: asked only where an identifier is computed."""


class RevisionFiles:
    """What revision files say of themselves, by path and digest, kept from one reading of a graph to the next."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self.known: dict[str, tuple[bytes, Revision | Unknown]] = {}
        self._last: tuple[Environment, Source, Graph] | None = None

    def take(self, environment: Environment, source: Source, parse: Callable[[FileText], Syntax]) -> Graph | None:
        """Give the graph of the last reading, if what changed since says the same of itself; None where it may not."""
        last, self._last = self._last, None
        if last is None or last[0] != environment:
            return None
        among = changed_since(source, last[1])
        if among is None or not all(self._says_the_same(path, source, parse) for path in among):
            return None
        self.keep(environment, source, last[2])
        return last[2]

    def keep(self, environment: Environment, source: Source, graph: Graph) -> None:
        """Keep the graph that was made of the files as `source` has them."""
        self._last = environment, untraced(source), graph

    def _says_the_same(self, path: str, source: Source, parse: Callable[[FileText], Syntax]) -> bool:
        kept = self.known.get(path)
        if kept is None:
            return not _REVISION_FILE.match(_name(path))  # one that could not be read before, perhaps
        text = read_program(source, path)
        if isinstance(text, Unreadable) or not same(kept[1], read_revision(parse(text))):
            return False
        self.known[path] = text.digest, kept[1]
        return True


def read_graph(
    environment: Environment,
    source: Source,
    parse: Callable[[FileText], Syntax],
    evaluate: Evaluate | None = None,
    files: RevisionFiles | None = None,
    packages: Sequence[str] = (),
) -> Graph:
    """Give the graph of all revision files of `environment`. Total: what cannot be read is listed as unknown.

    `files`: what earlier readings kept, where nothing is evaluated. `packages`: the folders of installed packages
    (absolute), whose libraries may bring revisions.
    """
    if files is not None and evaluate is None:
        graph = files.take(environment, source, parse)
        if graph is not None:
            return graph
    read = _Reading(source, parse, evaluate, files.known if files is not None and evaluate is None else {})
    read.take(find_revision_files(environment, source))
    if environment.options.get("sourceless") == "true":
        read.unknown += [
            Unknown(f"the revision file `{name}` is compiled, and there is no source of it to read")
            for name in _compiled_only(environment, source)
        ]
    graph = _completed(build_graph(read.revisions, read.unknown), read, environment, packages)
    if files is not None:
        files.known = read.now
    if files is not None and evaluate is None:
        files.keep(environment, source, graph)
    return graph


@dataclass(slots=True)
class _Reading:
    """Revision files being read. `known`: those of earlier readings; `now`: those of this one."""

    source: Source
    parse: Callable[[FileText], Syntax]
    evaluate: Evaluate | None
    known: Mapping[str, tuple[bytes, Revision | Unknown]]
    now: dict[str, tuple[bytes, Revision | Unknown]] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)

    def take(self, paths: Iterable[str]) -> None:
        """Read the files at `paths`, those that are read already excepted."""
        for path in dict.fromkeys(paths):
            if path in self.now:
                continue
            text = read_program(self.source, path)
            if isinstance(text, Unreadable):
                self.unknown.append(Unknown(f"the revision file `{_name(path)}` could not be read: {text.reason}"))
                continue
            kept = self.known.get(path)
            read = kept[1] if kept is not None and kept[0] == text.digest else None
            read = read if read is not None else read_revision(self.parse(text), self.evaluate)
            self.now[path] = text.digest, read
            if isinstance(read, Revision):
                self.revisions.append(read)
            else:
                self.unknown.append(read)


def _completed(graph: Graph, read: _Reading, environment: Environment, packages: Sequence[str]) -> Graph:
    """Add the revisions of libraries on which those of the project build; say where others may lie."""
    groups = library_folders(packages, environment.import_roots, read.source) if _missing(graph) else ()
    while missing := _missing(graph):
        more = next((one for one in groups if not missing.isdisjoint(_names_in(one, read))), None)
        if more is None:
            break
        groups = tuple(one for one in groups if one is not more)
        read.take(path for folder in more for path in revision_files(folder, read.source))
        graph = build_graph(read.revisions, read.unknown)
    program = named_by_program(environment, read.source) if missing and not graph.unknown else None
    text = read_program(read.source, program) if program is not None else None
    if isinstance(text, FileText):
        graph = replace(graph, unknown=(may_lie_elsewhere(min(missing), read.parse(text)),))
    return graph


def _missing(graph: Graph) -> frozenset[str]:
    return frozenset(name for _, name in (*graph.missing, *graph.missing_dependencies))


def _names_in(folders: Iterable[str], read: _Reading) -> frozenset[str]:
    """Give the ids and the branch labels of the revisions in `folders`."""
    inside = _Reading(read.source, read.parse, None, read.known)
    inside.take(path for folder in folders for path in revision_files(folder, read.source))
    return frozenset(name for one in inside.revisions for name in (one.id, *one.branch_labels))


def find_revision_files(environment: Environment, source: Source) -> Iterator[str]:
    """Give the paths of all revision files, in the order in which Alembic loads them."""
    todo = list(reversed(environment.version_locations))
    while todo:
        folder = todo.pop()
        yield from revision_files(folder, source)
        if environment.recursive:
            names = source.list_dir(folder)
            paths = [f"{folder.rstrip('/')}/{name}" for name in names if not name.endswith("__pycache__")]
            todo += [path for path in reversed(paths) if source.is_dir(path)]


def revision_files(folder: str, source: Source) -> Iterator[str]:
    """Give the paths of the revision files in one folder."""
    for name in source.list_dir(folder):
        path = f"{folder.rstrip('/')}/{name}"
        if _REVISION_FILE.match(name) and source.is_file(path):
            yield path


_COMPILED = regex(r"((?!\.#|__init__).+?)(?:\.cpython-\d+(?:\.opt-\d)?)?\.py[co]$")


def _compiled_only(environment: Environment, source: Source) -> Iterator[str]:
    """Give the names of compiled revisions without source, which Alembic runs where the option `sourceless` is set."""
    for folder in environment.version_locations:
        names = source.list_dir(folder)
        for name in (*names, *source.list_dir(f"{folder.rstrip('/')}/__pycache__")):
            match = _COMPILED.match(name)
            if match is not None and f"{match[1]}.py" not in names:
                yield name


def read_revision(syntax: Syntax, evaluate: Evaluate | None = None) -> Revision | Unknown:
    """Read what one revision file says of itself; Unknown where not even its id can be told."""
    bound = _assignments(syntax.tree)
    found = {name: value for name, (value, _) in bound.items()}
    constants = dict(found)
    values = {name: _constant(found[name], constants) for name in _IDENTIFIERS if name in found}
    if evaluate is not None and (
        any(isinstance(value, Unknown) for value in values.values())
        or ("revision" not in found and not _legacy(syntax))
    ):
        names = evaluate(syntax.path)
        values |= {name: names[name] for name in _IDENTIFIERS if name in names}
    origin = Trace(syntax, bound["revision"][1]) if "revision" in bound else NOWHERE
    identifier = values.get("revision", _legacy(syntax))
    if not isinstance(identifier, str) or not identifier:
        reason = identifier.reason if isinstance(identifier, Unknown) else "it states no `revision`"
        reason = unparsed(syntax) or reason
        origin = origin if origin.sites else place_of_problem(syntax)
        return Unknown(f"`{_name(syntax.path)}` lies among the revisions, and {reason}", origin)
    doc = (ast.get_docstring(syntax.tree, clean=False) or "").expandtabs()  # to clean it, `ast` imports `inspect`
    date = _CREATE_DATE.search(doc)
    down = _names(values.get("down_revision"))
    depends = _names(values.get("depends_on"))
    labels = _names(values.get("branch_labels"))
    # A label that is not known leaves the order of the revisions as it is.
    unclear = next((one for one in (down, depends) if isinstance(one, Unknown)), None)
    if unclear is None and "down_revision" not in values:
        unclear = Unknown(unparsed(syntax) or f"`{_name(syntax.path)}` states no `down_revision`")
    if unclear is not None and not unclear.origin.sites:
        unclear = replace(unclear, origin=place_of_problem(syntax) if syntax.problem is not None else origin)
    return Revision(
        id=identifier,
        path=syntax.path,
        down_revisions=() if isinstance(down, Unknown) else down,
        depends_on=() if isinstance(depends, Unknown) else depends,
        branch_labels=() if isinstance(labels, Unknown) else labels,
        message=doc.strip().partition("\n")[0].strip(),
        create_date=date[1] if date else None,
        unknown=unclear,
        origin=origin,
        down_revision_origin=(Trace(syntax, bound["down_revision"][1]) if "down_revision" in bound else NOWHERE),
    )


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _legacy(syntax: Syntax) -> str | None:
    match = _LEGACY_NAME.match(_name(syntax.path))
    return match[1] if match else None


def _targets(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Give the names that a top-level statement binds, each with its expression."""
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value is not None:
        yield statement.target.id, statement.value
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name):
                yield target.id, statement.value
            elif (
                isinstance(target, ast.Tuple)
                and isinstance(statement.value, ast.Tuple)
                and len(target.elts) == len(statement.value.elts)
            ):
                for element, value in zip(target.elts, statement.value.elts, strict=True):
                    if isinstance(element, ast.Name):
                        yield element.id, value


def _assignments(tree: ast.Module) -> dict[str, tuple[ast.expr, ast.stmt]]:
    """Give what the names that a file binds at its top are bound to last, and by which statement."""
    return {name: (value, statement) for statement in tree.body for name, value in _targets(statement)}


def _constant(node: ast.expr, names: Mapping[str, ast.expr], depth: int = 0) -> Value:
    """Fold literals, sequences, concatenations and names of the same module; anything else is Unknown."""
    if isinstance(node, ast.Constant):
        return node.value
    if depth < 20:  # a chain of names in a file of identifiers is never longer, a cycle of them is  # noqa: PLR2004
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return tuple(_constant(one, names, depth + 1) for one in node.elts)
        if isinstance(node, ast.Name) and node.id in names:
            return _constant(names[node.id], names, depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = _constant(node.left, names, depth + 1), _constant(node.right, names, depth + 1)
            if (isinstance(left, str) and isinstance(right, str)) or (
                isinstance(left, tuple) and isinstance(right, tuple)
            ):
                return left + right  # type: ignore[operator]
    return Unknown(f"`{ast.unparse(node)}` could not be worked out")


def _names(value: Value) -> tuple[str, ...] | Unknown:
    """Turn what an identifier is set to into names, as Alembic's `to_tuple` does."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, tuple | list | set | frozenset):
        unknown = next((one for one in value if isinstance(one, Unknown)), None)
        if unknown is not None:
            return unknown
        if all(isinstance(one, str) for one in value):
            return tuple(value)
    return Unknown("it is no string and no sequence of strings")
