"""`driftline revision`: writes the revision that closes the drift: Alembic's autogenerate, with no database.

Example: `driftline revision -m "add avatars" --table users backend` prints the path of the new file.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from driftline.cli.failure import Failure
from driftline.cli.workspace import (
    add_environment_arguments,
    add_path_argument,
    ensure_readable,
    one_environment,
    shown,
    warn,
)

if TYPE_CHECKING:
    from driftline.engine.analyse import Work
    from driftline.engine.analysis import Analysis
    from driftline.fixes.whole import Closing
    from driftline.python.values import Unknown
    from driftline.rules.finding import Finding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline revision`."""
    parser.add_argument("-m", "--message", metavar="MESSAGE", help="what it is called (default: what it does)")
    parser.add_argument("--table", metavar="TABLE", help="close the drift of this table alone")
    parser.add_argument(
        "--drop-tables", action="store_true", help="also drop the tables that have no model, with what they hold"
    )
    parser.add_argument("--head", metavar="REVISION", help="the head that it follows, where there are several")
    parser.add_argument("--rev-id", metavar="ID", help="its id (default: the next number, or one made up)")
    parser.add_argument("--dry-run", action="store_true", help="print the revision, and write nothing")
    parser.add_argument("--diff", action="store_true", help="print it as a diff, and write nothing")
    add_path_argument(parser)
    add_environment_arguments(parser)
    parser.epilog = (
        "The file is rendered by the project's script.py.mako, which is code: it runs because you ask for it.\n"
        "Prints the path of the new file. Exits 0, also where there is nothing to close; 2 where it could not run."
    )


def run(arguments: argparse.Namespace) -> int:
    """Write (or print) the revision."""
    from driftline.cli.not_run import tell_what_was_not_run
    from driftline.cli.writing import create_file
    from driftline.engine.analyse import analysis
    from driftline.fixes.differing import unified
    from driftline.fixes.fix import Unbuildable
    from driftline.fixes.scaffold import Wish
    from driftline.fixes.whole import closing, closing_fix
    from driftline.sources.paths import relative_to

    work = one_environment(arguments)
    ensure_readable(work)
    one = analysis(work)
    head = _head(arguments.head, work)
    _ensure_new(arguments.rev_id, one)
    # Who names a table means it, also where it is to go.
    drop_tables = arguments.drop_tables or arguments.table is not None
    found = closing(_meant(arguments.table, one), one, drop_tables=drop_tables)
    _warn_of_what_is_left(found)
    if not found.changes:
        _ensure_whole(one)
        warn("there is no drift that a revision could close")
        return 0
    wish = Wish(message=arguments.message, head=head, id=arguments.rev_id)
    try:
        fix = closing_fix(found, one, title="", wish=wish)
    except Unbuildable as why:
        raise Failure(str(why)) from why
    if fix is None:
        raise Failure(_why(found, one, head))
    ((path, text),) = fix.creates.items()
    _warn_of_losses(found)
    tell_what_was_not_run(one)
    if arguments.diff:
        print(unified("", text, relative_to(path, work.folder)), end="")
        return 0
    if arguments.dry_run:
        print(text, end="")
        return 0
    refused = create_file(path, text)
    if refused is not None:
        msg = f"{shown(path)} is not written: {refused}"
        raise Failure(msg)
    print(shown(path))
    return 0


def _head(name: str | None, work: Work) -> str | None:
    """Give the id of the head that the user names; raises `Failure` where it is none."""
    from driftline.engine.analyse import graph
    from driftline.migrations.revision_name import Unresolved, resolve

    if name is None:
        return None
    revisions = graph(work)
    heads = ", ".join(f"`{one}`" for one in revisions.heads)
    if name in ("head", "heads") and len(revisions.heads) > 1:
        msg = f"there are several heads; a revision follows one of them: {heads}"
        raise Failure(msg)
    found = resolve(revisions, name)
    if isinstance(found, Unresolved):
        msg = f"{found.message}; the heads are {heads}"
        raise Failure(msg)
    if len(found) != 1 or found[0] not in revisions.heads:
        msg = f"`{name}` is not a head: a revision that follows it would make another one. The heads are {heads}"
        raise Failure(msg)
    return found[0]


_NO_IDS = frozenset({"base", "head", "heads"})
"""What Alembic takes for something else than an id."""


def _ensure_new(identifier: str | None, one: Analysis) -> None:
    """Raise `Failure` where no new revision can have the id, which is also a part of its file's name."""
    if identifier is None:
        return
    if re.fullmatch(r"\w[\w.]*", identifier) is None or identifier in _NO_IDS:
        msg = f"`{identifier}` cannot be the id of a revision: use letters, digits and underscores"
        raise Failure(msg)
    if identifier in one.graph.revisions:
        msg = f"there is a revision `{identifier}` already: {shown(one.graph.revisions[identifier].path)}"
        raise Failure(msg)


def _ensure_whole(one: Analysis) -> None:
    """Raise `Failure` where a broken history leaves open whether there is drift."""
    from driftline.migrations.graph import broken

    problem = broken(one.graph)
    if problem is not None:
        msg = f"what the migrations add up to is not known: {_stated(problem)}"
        raise Failure(msg)


def _stated(problem: Unknown) -> str:
    """Say why something is not known, and in which file."""
    path = problem.origin.path
    return problem.reason if path is None else f"{shown(path)}: {problem.reason}"


def _meant(table: str | None, one: Analysis) -> list[Finding]:
    """Give the findings that are meant; raises `Failure` where nobody knows the table."""
    if table is None:
        return list(one.findings)
    known = {*one.declared.schema.tables, *one.migrated.schema.tables}
    if table not in known:
        from difflib import get_close_matches

        near = get_close_matches(table, sorted(known), n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        msg = f"there is no table `{table}`, neither in the models nor in the migrations{hint}"
        raise Failure(msg)
    return [finding for finding in one.findings if finding.table == table]


def _why(found: Closing, one: Analysis, head: str | None) -> str:
    """Say why no revision could be made."""
    from driftline.fixes.scaffold import parent_of
    from driftline.migrations.graph import broken
    from driftline.python.values import Unknown

    parent = head if head is not None else parent_of(found.changes, one)
    if isinstance(parent, Unknown):
        if broken(one.graph) is not None:
            return f"it is not known which revision it follows: {_stated(parent)}"
        heads = ", ".join(f"`{each}`" for each in one.graph.heads)
        return f"it is not clear which revision it follows: {parent.reason}\nName one with --head: {heads}"
    return "there is a file of the new revision's name already; give another --message or --rev-id"


def _warn_of_what_is_left(found: Closing) -> None:
    """Say which findings the revision does not close, those of one rule and reason together."""
    together: dict[tuple[str, str], list[str]] = {}
    for finding, reason in found.left:
        name = f"{finding.table}.{finding.object}" if finding.object else finding.table or ""
        together.setdefault((finding.rule, reason), []).append(name)
    for (rule, reason), names in together.items():
        way = ": --drop-tables drops those too" if rule == "extra-table" else ""
        warn(f"not in it: {', '.join(names)} [{rule}], as {reason}{way}")


def _warn_of_losses(found: Closing) -> None:
    if found.lost:
        print(f"driftline: what these hold is lost: {', '.join(found.lost)}", file=sys.stderr)
