"""What a client shows of a result: by file, its diagnostics as they are sent, and a digest that stands for them.

Of a file whose diagnostics and texts are those from the last time, it is what it was.

Example: `shown(view, converter, related=True)["/p/models.py"].items`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping

from lsprotocol import types

from driftline.dataclass import dataclass, field, replace
from driftline.ide.diagnostics import Diagnostic, diagnostics
from driftline.ide.view import Place, View
from driftline.lsp.convert import Converter
from driftline.lsp.json_form import JSON


@dataclass(frozen=True, slots=True)
class Shown:
    """The diagnostics of one file. `digest`: of them as the client sees them, the result id of a pull.

    `of`: what they were made of: the diagnostics in offsets, and the texts that these are in, by path.
    """

    items: list[types.Diagnostic]
    digest: str
    of: tuple[tuple[Diagnostic, ...], Mapping[str, str | None]] = field(default=((), {}), compare=False, repr=False)


def shown(
    view: View, converter: Converter, before: Mapping[str, Shown] | None = None, *, related: bool
) -> dict[str, Shown]:
    """Give what is shown of each file that has something.

    `before`: what was shown the last time, to this client. `related`: whether it shows related information.
    """
    made: dict[str, Shown] = {}
    for path, ones in diagnostics(view).items():
        of = ones, {place.path: _text(converter, place.path) for one in ones for place in _places(one)}
        kept = (before or {}).get(path)
        if kept is not None and kept.of == of:
            made[path] = kept
        else:
            made[path] = replace(_shown(converter.diagnostics(ones, related=related)), of=of)
    return made


def _places(one: Diagnostic) -> Iterator[Place]:
    yield one.mark
    yield from (half.place for half in one.related)


def _text(converter: Converter, path: str) -> str | None:
    index = converter.index(path)
    return None if index is None else index.text


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
