"""`driftline schema models|migrations`: a schema as the document of DESIGN.md's contract.

Example: `driftline schema migrations --at 0005 fixtures/kitsu`.
"""

from __future__ import annotations

import argparse
import json
import sys

from driftline.cli.failure import Failure
from driftline.cli.workspace import (
    add_environment_arguments,
    add_path_argument,
    ensure_readable,
    no_models,
    one_environment,
)
from driftline.dataclass import replace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline schema`."""
    parser.add_argument("side", choices=("models", "migrations"), metavar="models|migrations", help="whose schema")
    add_path_argument(parser)
    parser.add_argument("--at", metavar="REVISION", help="migrations: up to this revision (default: the heads)")
    parser.add_argument("--all", action="store_true", help="models: those that env.py does not reach, too")
    parser.add_argument("--format", choices=("json",), default="json", metavar="FORMAT", help="json (default)")
    add_environment_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the document."""
    from driftline.cli.revisions import at_revision
    from driftline.cli.unknown import shown_from
    from driftline.engine import analyse
    from driftline.engine.not_understood import unknown_places
    from driftline.engine.places import Places
    from driftline.schema.document import schema_document

    models = arguments.side == "models"
    if models and arguments.at is not None:
        msg = "--at names a revision, and models have none"
        raise Failure(msg)
    if arguments.all and not models:
        msg = "--all is about models; of migrations all are read"
        raise Failure(msg)
    work = one_environment(arguments)
    ensure_readable(work, revisions=not models)
    if models:
        declared = analyse.declared(work)
        schema, unknown = declared.schema, declared.unknown
        if arguments.all:
            schema = replace(schema, tables={**schema.tables, **declared.unreached})
        if not schema.tables:
            places = Places(work.session.source, work.session.parse)
            raise Failure(no_models(work.environment, declared, places.locate))
    else:
        work = at_revision(arguments.at, work) if arguments.at is not None else work
        migrated = analyse.migrated(work)
        schema, unknown = migrated.schema, (*migrated.unknown, *analyse.graph(work).unknown)
    places = Places(work.session.source, work.session.parse)
    found = unknown_places(unknown, work.environment, places.locate)
    document = schema_document(schema, shown_from(found, work.folder), declared=models)
    json.dump(document, sys.stdout, indent=2, sort_keys=True, ensure_ascii=False)
    print()
    return 0
