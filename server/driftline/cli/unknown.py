"""Places of what could not be read, as they are printed.

Example: `shown_from(unknown_places(…), folder)` for `driftline schema models`.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftline.dataclass import replace
from driftline.schema.document import UnknownPlace
from driftline.sources.paths import relative_to


def shown_from(places: Iterable[UnknownPlace], folder: str) -> tuple[UnknownPlace, ...]:
    """Give the places with their paths relative to `folder`."""
    return tuple(replace(one, path=relative_to(one.path, folder)) for one in places)
