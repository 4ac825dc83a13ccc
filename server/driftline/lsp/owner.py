"""Which of the open folders a project belongs to: one of them reads it, so that each thing is shown once.

Folders may lie in each other, and a folder's project may be found from another one: a search goes up as well as down.

Example: `owner(environment, ["/p", "/p/backend"])` is `"/p/backend"` where its script folder is in there.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftline.sources.environment import Environment
from driftline.sources.paths import is_within


def owner(environment: Environment, folders: Iterable[str]) -> str | None:
    """Give which of `folders` (absolute) an environment belongs to; None where any that finds it may have it.

    It is the innermost one around its migrations; else the first of those in its root, from which it is found above.
    """
    folders = sorted(folders)
    around = [one for one in folders if is_within(environment.script_location, one)]
    if around:
        return max(around, key=len)
    return next((one for one in folders if is_within(one, environment.root)), None)
