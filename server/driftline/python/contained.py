"""What a value holds: the values in lists, tuples, sets and dictionaries.

Example: `[*contained([users, {"name": (op,)}])]` is `[users, "name", op]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from driftline.python.values import Value

_SEQUENCES: Final = (list, tuple, set, frozenset)
_DEPTH: Final = 3
"""How deep is looked: lists of lists of what matters are nobody's habit."""


def contained(value: Value, depth: int = 0) -> Iterator[Value]:
    """Give what a container holds, keys included; what is none itself, and what is too deep in one, as it is."""
    if isinstance(value, _SEQUENCES) and depth < _DEPTH:
        for one in value:
            yield from contained(one, depth + 1)
    elif isinstance(value, dict) and depth < _DEPTH:
        for one in (*value, *value.values()):
            yield from contained(one, depth + 1)
    else:
        yield value
