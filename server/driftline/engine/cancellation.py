"""Stopping work that nobody waits for any more.

Example: the worker is given `Token()`; whoever starts newer work calls `token.cancel()`, and the next `token.check()`
raises.
"""

from __future__ import annotations


class Cancelled(BaseException):
    """Raised by `Token.check` once the token is cancelled; caught by whoever started the work.

    Like asyncio's it is no `Exception`: nobody's `except Exception` swallows it.
    """


class Token:
    """Says whether work is still wanted. Setting and reading it is one attribute, so threads may share it."""

    __slots__ = ("cancelled",)

    def __init__(self) -> None:
        """Start wanted."""
        self.cancelled = False

    def cancel(self) -> None:
        """Say that the work is not wanted any more."""
        self.cancelled = True

    def check(self) -> None:
        """Raise `Cancelled` if the work is not wanted any more. Called between files, revisions and stages."""
        if self.cancelled:
            raise Cancelled


NEVER = Token()
"""A token that nobody cancels."""
