"""What a client shows of a result: by file, its diagnostics as they are sent, and a digest that stands for them.

Example: `shown(view, converter, related=True)["/p/models.py"].items`.
"""

from __future__ import annotations

import hashlib
import json

from lsprotocol import converters, types

from driftline.dataclass import dataclass
from driftline.ide.diagnostics import diagnostics
from driftline.ide.view import View
from driftline.lsp.convert import Converter

_CONVERTER = converters.get_converter()


@dataclass(frozen=True, slots=True)
class Shown:
    """The diagnostics of one file. `digest`: of them as the client sees them, the result id of a pull."""

    items: list[types.Diagnostic]
    digest: str


def shown(view: View, converter: Converter, *, related: bool) -> dict[str, Shown]:
    """Give what is shown of each file that has something; `related`: whether the client shows related information."""
    return {path: _shown(converter.diagnostics(ones, related=related)) for path, ones in diagnostics(view).items()}


def _shown(items: list[types.Diagnostic]) -> Shown:
    text = json.dumps([_CONVERTER.unstructure(one) for one in items], sort_keys=True)
    return Shown(items, hashlib.blake2b(text.encode(), digest_size=12).hexdigest())


NOTHING = _shown([])
"""What is shown of a file that has nothing."""
