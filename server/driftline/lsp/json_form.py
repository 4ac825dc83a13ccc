"""The protocol's values as JSON has them, and back: one converter for all, as making one takes as long as a hover.

Example: `JSON.unstructure(types.Position(0, 4))` is `{"line": 0, "character": 4}`.
"""

from __future__ import annotations

from lsprotocol import converters

JSON = converters.get_converter()
