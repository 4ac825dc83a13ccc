"""Places of what could not be read, and tables that could not be compared: counted once, for all that tell of them.

Example: `unknown_places(declared.unknown, environment, locate)` for `driftline schema models`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from driftline.engine.analysis import Analysis, Location
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.schema.document import UnknownPlace
from driftline.sources.environment import Environment


def uncompared(analysis: Analysis) -> tuple[str, ...]:
    """Give the declared tables of which nobody knows whether a revision creates them."""
    made, differing = analysis.migrated.schema.tables, analysis.differences
    return tuple(key for key in analysis.declared.schema.tables if key not in made and key not in differing)


def unknown_places(
    unknown: Iterable[Unknown], environment: Environment, locate: Callable[[Origin], Location | None]
) -> tuple[UnknownPlace, ...]:
    """Give a place (its path absolute) for each Unknown, and for what is odd in the configuration; each once, ordered.

    What has no place of its own is said of env.py, or of the configuration.
    """
    fallback = environment.env_path or environment.config_path or environment.script_location
    found = {UnknownPlace(one.path, one.line, one.message) for one in environment.problems}
    for one in unknown:
        place = locate(one.origin)
        found.add(UnknownPlace(place.path, place.line, one.reason) if place else UnknownPlace(fallback, 1, one.reason))
    return tuple(sorted(found, key=where))


def where(one: UnknownPlace) -> tuple[str, int, str]:
    """Order places by path and line."""
    return one.path, one.line, one.reason
