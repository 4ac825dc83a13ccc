"""Why a command could not run.

Example: `raise Failure("there is no folder /p")` ends the command with exit code 2 and that sentence on stderr.
"""

from __future__ import annotations

COULD_NOT_RUN = 2
"""The exit code of a command that could not do its work, or not all of it."""


class Failure(Exception):  # noqa: N818 - it is the user's situation, not the program's error
    """Raised by a command that cannot do its work. The message is for the user: plain sentences, a line each."""
