"""Comments that silence nothing.

What silences which finding is known when all rules have run: the engine looks for such comments then
(`engine.shown`), and this module words what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from driftline.python.origin import Origin
from driftline.rules.finding import Finding, Level
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "unused-ignore"


def check(_context: Context) -> Iterable[Finding]:
    """Find nothing yet: see above."""
    return ()


def found(
    comment: str, origin: Origin, level: Level, unused: tuple[str, ...], strange: Mapping[str, str] | None = None
) -> Finding:
    """Word a finding about `comment`. `unused`: the names in it that silence nothing ("all" where it names none).

    `strange`: sentences about those among them that name no rule at all. The finding's `object` holds the names.
    """
    strange = strange or {}
    known = [f"`{name}`" for name in unused if name not in strange]
    nothing = "nothing" if unused == ("all",) else f"no {' and no '.join(known)}"
    parts = [f"`{comment}` silences nothing: {nothing} is found here, and the next one would pass."] if known else []
    parts += [one[:1].upper() + one[1:] + ("" if one.endswith("?") else ".") for one in strange.values()]
    message = f"{' '.join(parts)} Remove {'it' if len(unused) == 1 else 'them'}."
    return Finding(NAME, Group.HISTORY.value, level, message, origin, object=",".join(unused))


RULE = Rule(
    NAME,
    "a comment that silences nothing",
    Group.HISTORY,
    Level.HINT,
    check,
    fix=Fixable.ALWAYS,
    sources=("squawk:unused-ignore",),
)
