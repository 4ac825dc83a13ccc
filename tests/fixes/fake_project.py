"""A project in memory for the tests of `fixes`: facts built by hand, texts really parsed.

Example: `project({"/p/models.py": "class User(Base): …"})` declares the table of each class that has a `__tablename__`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from driftline.compare.difference import Difference
from driftline.migrations.downgrades import Downgrade
from driftline.migrations.graph import Graph, Revision
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared, EnvironmentOptions, MappedClass
from driftline.python.origin import Origin
from driftline.python.syntax import Syntax, parse
from driftline.schema import Column, Schema, Table, Type
from driftline.schema.naming import NamingConvention
from driftline.sources.environment import Environment
from driftline.sources.memory import MemorySource

CONVENTION = NamingConvention(
    {
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
ENVIRONMENT = Environment(
    name="alembic",
    label="alembic",
    root="/p",
    script_location="/p/alembic",
    env_path="/p/alembic/env.py",
    config_path="/p/alembic.ini",
    import_roots=("/p",),
    version_locations=("/p/alembic/versions",),
)


@dataclass(frozen=True)
class FakeProject:
    """What `fixes.Project` asks for."""

    declared: Declared
    migrated: Migrated
    graph: Graph
    source: MemorySource
    dialect: str = "postgresql"
    environment: Environment = ENVIRONMENT
    parsed: dict[str, Syntax] = field(default_factory=dict)
    downgrades: Mapping[str, Downgrade] = field(default_factory=dict)
    differences: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)

    def syntax(self, path: str) -> Syntax | None:
        """The parsed file, once for each path."""
        if path not in self.parsed and self.source.is_file(path):
            self.parsed[path] = parse(path, self.source.read(path).text)
        return self.parsed.get(path)


def project(  # noqa: PLR0913 -- one word a fact that a test is about
    files: Mapping[str, str] | None = None,
    *,
    declared: Mapping[str, Table] | None = None,
    migrated: Mapping[str, Table] | None = None,
    graph: Graph | None = None,
    dialect: str = "postgresql",
    batch: bool = False,
    convention: NamingConvention = CONVENTION,
    environment: Environment = ENVIRONMENT,
) -> FakeProject:
    """Make a project of files, whose models declare their tables, beside those that are given."""
    files = dict(files or {})
    source = MemorySource(files)
    tables: dict[str, Table] = {}
    classes: list[MappedClass] = []
    for path, text in files.items():
        syntax = parse(path, text)
        for table, mapped in _declared_in(syntax):
            tables[table.key] = table
            classes += [mapped] if mapped is not None else []
    stated = Declared(
        Schema(dialect, {**tables, **(declared or {})}),
        tuple(classes),
        convention=convention,
        options=EnvironmentOptions(render_as_batch=batch),
    )
    made = Migrated(Schema(dialect, migrated or {}))
    return FakeProject(stated, made, graph or numbered("0001"), source, dialect, environment)


def numbered(*ids: str, folder: str = "/p/alembic/versions", name: str = "{}_made.py") -> Graph:
    """Make a straight history of these revisions."""
    revisions = {
        one: Revision(one, f"{folder}/{name.format(one)}", tuple(ids[index - 1 : index]) if index else ())
        for index, one in enumerate(ids)
    }
    return Graph(revisions, tuple(ids), tuple(ids[-1:]), tuple(ids[:1]))


def _declared_in(syntax: Syntax) -> list[tuple[Table, MappedClass | None]]:
    """Read just enough of the models of a test: names, and where they are written."""
    found: list[tuple[Table, MappedClass | None]] = []
    for node in syntax.tree.body:
        if isinstance(node, ast.ClassDef):
            names = {_name(one): one for one in node.body if _name(one)}
            tablename = names.get("__tablename__")
            if tablename is None:
                continue
            columns = [
                Column(name, Type("UUID"), origin=Origin((syntax.site(one),)), attribute=name)
                for name, one in names.items()
                if not name.startswith("__")
            ]
            table = Table(tablename.value.value, None, tuple(columns), origin=Origin((syntax.site(node),)))
            found.append((table, MappedClass(node.name, node.name, syntax.path, table.key)))
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Call) and ast.unparse(value.func).endswith("Table"):
            columns = [
                Column(one.args[0].value, Type("UUID"), origin=Origin((syntax.site(one),)))
                for one in value.args
                if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("Column")
            ]
            found.append((Table(value.args[0].value, None, tuple(columns)), None))
    return found


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.AnnAssign):
        return node.target.id
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""
