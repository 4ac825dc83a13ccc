"""Histories in memory, replayed, and the same histories run by real Alembic."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import BatchOperations, Operations

from driftline.migrations.graph import Graph
from driftline.migrations.graph_reader import read_graph
from driftline.migrations.history import Migrated
from driftline.migrations.replay import replay
from driftline.models.declared import Declared, EnvironmentOptions
from driftline.python.modules import Modules
from driftline.python.syntax import Syntax, parse
from driftline.schema import Schema
from driftline.schema.naming import NamingConvention
from driftline.sources.environment import Environment
from driftline.sources.memory import MemorySource
from driftline.sources.source import FileText

ROOT = "/project"
VERSIONS = f"{ROOT}/alembic/versions"

HEADER = "from alembic import context, op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n"


def environment(**options: Any) -> Environment:  # noqa: ANN401
    """Give the plainest environment."""
    return Environment(
        name="alembic",
        label="alembic",
        root=ROOT,
        script_location=f"{ROOT}/alembic",
        env_path=f"{ROOT}/alembic/env.py",
        config_path=f"{ROOT}/alembic.ini",
        import_roots=(ROOT,),
        version_locations=(VERSIONS,),
        **options,
    )


def chained(bodies: Sequence[str]) -> dict[str, str]:
    """Give revision files 0001, 0002 … one on top of the other, whose `upgrade()` has these bodies."""
    files = {}
    for at, body in enumerate(bodies, 1):
        down = f'"{at - 1:04d}"' if at > 1 else "None"
        files[f"{VERSIONS}/{at:04d}_step.py"] = (
            f'"""Step {at}"""\n{HEADER}\nrevision = "{at:04d}"\ndown_revision = {down}\n\n\ndef upgrade():\n'
            + textwrap.indent(textwrap.dedent(body).strip() or "pass", "    ")
            + "\n"
        )
    return files


def parsed(text: FileText) -> Syntax:
    """Parse a file of a source."""
    return parse(text.path, text.text)


def graph_of(files: Mapping[str, str], **options: Any) -> Graph:  # noqa: ANN401
    """Read the graph of these files."""
    return read_graph(environment(**options), MemorySource(files), parsed)


def replayed(
    *bodies: str,
    dialect: str = "postgresql",
    convention: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    at: str | None = None,
    declared: Schema | None = None,
    **options: Any,  # noqa: ANN401
) -> Migrated:
    """Replay a chain of revisions with these bodies; `files`: more files, by absolute path."""
    source = MemorySource({**chained(bodies), **(files or {})})
    return replay(
        read_graph(environment(**options), source, parsed),
        environment(**options),
        Modules(source, (ROOT,)),
        dialect,
        Declared(
            declared or Schema(dialect),
            convention=NamingConvention(dict(convention)) if convention else NamingConvention(),
            options=EnvironmentOptions(),
        ),
        at=at,
    )


def sql(*statements: str) -> str:
    """Give the body that executes these statements, one after the other."""
    return "\n".join(f"op.execute({one!r})" for one in statements)


@contextmanager
def own_operations() -> Iterator[None]:
    """Take back the operations that bodies register: Alembic keeps them for the process, and other tests are in it."""
    before = {kind: set(vars(kind)) for kind in (Operations, BatchOperations, op)}
    try:
        yield
    finally:
        for kind, names in before.items():
            for name in set(vars(kind)) - names:
                delattr(kind, name)


def run_for_real(
    connection: sa.Connection,
    *bodies: str,
    convention: Mapping[str, str] | None = None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Run the bodies by real Alembic, in one context, as one `alembic upgrade head` does."""
    context = MigrationContext.configure(
        connection,
        opts={"target_metadata": sa.MetaData(naming_convention=dict(convention) if convention else None), **options},
    )
    with own_operations(), Operations.context(context), context.begin_transaction():
        for body in bodies:
            names: dict[str, Any] = {}
            exec(HEADER, names)  # noqa: S102 -- the bodies are this test's own
            exec(textwrap.dedent(body), names)  # noqa: S102
