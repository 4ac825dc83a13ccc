r"""A regular expression that is compiled when it is first asked: a start defines a hundred of them, and asks few.

Example: `_NAME = regex(r"\w+")`, then `_NAME.match(text)` as with `re.compile`.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # nothing here needs `typing`
if TYPE_CHECKING:
    from typing import AnyStr


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Give what `re.compile(text, flags)` does, but compiled (and where it is none, refused) when it is first asked."""
    return _Later(text, flags)  # type: ignore[return-value]  # it does as the pattern does


class _Later:
    """The pattern, whose attributes are its own from the first time that they are asked for."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        value = self.__dict__[name] = getattr(re.compile(self.pattern, self._flags), name)
        return value
