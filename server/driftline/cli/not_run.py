"""What of a project would have had its say in a new revision, but is code, and so was not run.

Example: `tell_what_was_not_run(analysis)` says that the post-write hook `ruff` was not run on what was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from driftline.cli.workspace import warn

if TYPE_CHECKING:
    from driftline.engine.analysis import Analysis


def tell_what_was_not_run(one: Analysis) -> None:
    """Tell the user on stderr."""
    for hook in one.declared.options.hooks:
        warn(f"`{hook}` of env.py is code, and was not run: see whether the revision is as it would make it")
    for hook in one.environment.write_hooks:
        warn(f"the post-write hook `{hook}` is a program, and was not run: run it yourself on the new revision")
