"""Revisions in messages.

Example: `nearest(context, "0021")` is `` " (the nearest is `0012`)" `` where there is a revision 0012.
"""

from __future__ import annotations

from driftline.rules.rule import Context


def nearest(context: Context, name: str) -> str:
    """Name the revision or branch label that looks most like `name`, in brackets; nothing where none does."""
    from difflib import get_close_matches

    labels = [label for one in context.graph.revisions.values() for label in one.branch_labels]
    near = get_close_matches(name, [*context.graph.revisions, *labels], n=1, cutoff=0.6)
    return f" (the nearest is `{near[0]}`)" if near else ""
