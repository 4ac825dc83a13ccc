"""Revisions as users name them: an id or its beginning, `head`, `heads`, `base`, a branch label, a relative step.

Example: `at_revision("0005", work)` is the same `Work`, its migrations counting up to revision 0005.
"""

from __future__ import annotations

from driftline.cli.failure import Failure
from driftline.dataclass import replace
from driftline.engine.analyse import Work, graph


def at_revision(name: str, work: Work) -> Work:
    """Give `work` with its migrations counting up to what `name` means; raises `Failure` where that is nothing."""
    from difflib import get_close_matches

    from driftline.migrations.revision_name import Unresolved, resolve

    revisions = graph(work)
    found = resolve(revisions, name)
    if isinstance(found, Unresolved):
        begun = any(one.startswith(name) for one in revisions.revisions)
        near = [] if begun else get_close_matches(name, revisions.revisions, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        msg = f"{found.message}{hint} ({work.environment.label} has {len(revisions.revisions)} revisions)"
        raise Failure(msg)
    return replace(work, at=name)
