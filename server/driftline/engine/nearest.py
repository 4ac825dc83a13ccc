"""The nearest right name to a wrong one, for messages.

Example: `unknown("rule", "missing-tabel", names)` is "there is no rule `missing-tabel`; did you mean `missing-table`?".
"""

from __future__ import annotations

from collections.abc import Iterable


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Give the sentence that says that there is no such thing, with the nearest right name where one is near."""
    from difflib import get_close_matches

    names = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
    listed = "; `driftline rule` lists them" if what == "rule" else ""
    return f"there is no {what} `{name}`" + (f"; did you mean `{names[near[0]]}`?" if near else listed)
