"""Reads small projects in memory.

Example: `read({"models.py": "…"}, env="from models import Base; target_metadata = Base.metadata")`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace

from driftline.models.declared import Declared
from driftline.models.reader import ModelSettings, read_models
from driftline.python.modules import Modules
from driftline.sources.disk import DiskSource
from driftline.sources.environment import Environment
from driftline.sources.memory import MemorySource
from driftline.sources.overlay import OverlaySource
from driftline.sources.source import FileText

ROOT = "/p"
SITE_PACKAGES = "/venv/lib/python3.11/site-packages"

ENV = """
from alembic import context
from models import Base

target_metadata = Base.metadata


def run_migrations_offline():
    context.configure(url="postgresql://localhost/x", target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    with engine_from_config(context.config.get_section("alembic")).connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"""


ENVIRONMENT = Environment(
    name="alembic",
    label="migrations",
    root=ROOT,
    script_location=f"{ROOT}/migrations",
    env_path=f"{ROOT}/migrations/env.py",
    config_path=f"{ROOT}/alembic.ini",
    import_roots=(ROOT,),
    version_locations=(f"{ROOT}/migrations/versions",),
)
"""The environment of a project in memory."""


POSTGRESQL = ModelSettings("postgresql")


def read(
    files: Mapping[str, str],
    env: str = ENV,
    settings: ModelSettings = POSTGRESQL,
    options: Mapping[str, str] | None = None,
    packages: Mapping[str, str] | None = None,
    installed: str | None = None,
) -> Declared:
    """Read a project of these files (paths below its root), with this env.py; `options` are those of its ini.

    `packages`: the files of installed libraries, by their paths below site-packages. `installed`: a real site-packages.
    """
    source = MemorySource({f"{ROOT}/{path}": textwrap.dedent(text) for path, text in files.items()})
    source.write(f"{ROOT}/migrations/env.py", textwrap.dedent(env))
    where = replace(ENVIRONMENT, options=dict(options or {}), sqlalchemy_url=(options or {}).get("sqlalchemy.url"))
    for path, text in (packages or {}).items():
        source.write(f"{SITE_PACKAGES}/{path}", textwrap.dedent(text))
    if installed is not None:
        texts = {path: file.text for path in source.paths if isinstance(file := source.read(path), FileText)}
        modules = Modules(OverlaySource(DiskSource(), texts), where.import_roots, site_packages=(installed,))
        return read_models(where, modules, settings)
    site_packages = (SITE_PACKAGES,) if packages else ()
    return read_models(where, Modules(source, where.import_roots, site_packages=site_packages), settings)
