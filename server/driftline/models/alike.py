"""Whether two readings of the same models say the same, origins and what is not known included.

Example: `are_alike(declared, read_models(environment, modules))`.
"""

from __future__ import annotations

from driftline.dataclass import replace
from driftline.models.declared import Declared
from driftline.models.object_filter import Filter
from driftline.python.same import same


def are_alike(one: Declared, other: Declared) -> bool:
    """Whether all that stages ask of them is the same."""
    return same(_without_filters(one), _without_filters(other)) and _filter_alike(
        one.options.filters, other.options.filters
    )


def _without_filters(declared: Declared) -> Declared:
    return replace(declared, options=replace(declared.options, filters=None))


def _filter_alike(one: Filter | None, other: Filter | None) -> bool:
    """Whether a filter gives the answers that another one has given: what it is made of has an identity of its own."""
    if one is None or other is None:
        return one is other
    return same(one.origin, other.origin) and all(
        same(answer, other.includes(asked)) for asked, answer in tuple(one.answers.items())
    )
