"""What a client shows of a result: by file, its diagnostics as they are sent, and a digest that stands for them.

Example: `Showing().show(view, converter, None, related=True)["/p/models.py"].items`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from operator import is_not

from lsprotocol import types

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis
from driftline.ide.diagnostics import Diagnostic, by_file, in_order, of_finding
from driftline.ide.view import View
from driftline.lsp.convert import Converter
from driftline.lsp.json_form import JSON
from driftline.rules.finding import Finding


@dataclass(frozen=True, slots=True)
class Shown:
    """The diagnostics of one file. `digest`: of them as the client sees them, the result id of a pull."""

    items: list[types.Diagnostic]
    digest: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What a finding gave. `paths`: the files in whose texts its places are."""

    finding: Finding
    diagnostics: tuple[Diagnostic, ...]
    paths: frozenset[str]


class Showing:
    """What is shown to a client, kept from one result to the next: what no edit has touched is as it was."""

    def __init__(self) -> None:
        """Begin with nothing shown."""
        self._said: dict[tuple[int, str, str], _Said] = {}
        """By the identity of each finding, and the key and the label of its environment."""
        self._files: dict[str, tuple[list[Diagnostic], Shown]] = {}

    def show(
        self, view: View, converter: Converter, changed: Collection[str] | None, *, related: bool
    ) -> dict[str, Shown]:
        """Give what is shown of each file that has something.

        `changed`: the files whose texts may be others than the last time; None: any. `related`: whether the client
        shows related information, which is the same each time.
        """
        before = self._said if changed is not None else {}
        if changed:
            before = {key: one for key, one in before.items() if one.paths.isdisjoint(changed)}
        said: dict[tuple[int, str, str], _Said] = {}

        def of(view: View, analysis: Analysis, finding: Finding) -> tuple[Diagnostic, ...]:
            key = id(finding), analysis.environment.key, analysis.environment.label
            one = said[key] = before.get(key) or _said(finding, tuple(of_finding(view, analysis, finding)))
            return one.diagnostics

        shown: dict[str, Shown] = {}
        files: dict[str, tuple[list[Diagnostic], Shown]] = {}
        for path, ones in by_file(view, of).items():
            known = self._files.get(path)
            if known is None or len(known[0]) != len(ones) or any(map(is_not, known[0], ones)):
                known = ones, _shown(converter.diagnostics(in_order(ones), related=related))
            files[path], shown[path] = known, known[1]
        self._said, self._files = said, files
        return shown


def _said(finding: Finding, found: tuple[Diagnostic, ...]) -> _Said:
    places = (place for one in found for place in (one.mark, *(half.place for half in one.related)))
    stated = (path for one in (finding.origin, *(one.origin for one in finding.related)) for path in one.paths)
    return _Said(finding, found, frozenset((*(place.path for place in places), *stated)))


def digests(found: Mapping[str, Shown]) -> dict[str, str]:
    """Give what stands for all that is shown, by file."""
    return {path: one.digest for path, one in found.items() if one.items}


def together(ones: Iterable[Shown]) -> Shown:
    """Give what is shown of one file where several folders have something to say of it: each thing once."""
    found = [one for one in ones if one.items]
    if len(found) < 2:  # noqa: PLR2004 - nothing to put together
        return found[0] if found else NOTHING
    items: list[types.Diagnostic] = []
    for one in found:
        items += [item for item in one.items if item not in items]
    return _shown(items)


def _shown(items: list[types.Diagnostic]) -> Shown:
    text = json.dumps([JSON.unstructure(one) for one in items], sort_keys=True)
    return Shown(items, hashlib.blake2b(text.encode(), digest_size=12).hexdigest())


NOTHING = _shown([])
"""What is shown of a file that has nothing."""
