r"""The last line of a report that was written to a file: by it, an older report is told from everything else.

A file is only ever replaced while its seal is whole: remarks that somebody has put into a report break it.

Example: `is_sealed(sealed("# Driftline audit: alembic\n"))`; a character more anywhere, and it is not.
"""

from __future__ import annotations

import hashlib

_BEGIN = "\n<!-- written by driftline audit, "
_END = " -->\n"


def sealed(report: str) -> str:
    """Give `report`, which ends with a line end, with a seal behind it: a comment, which Markdown does not show."""
    return f"{report}{_BEGIN}{_digest(report)}{_END}"


def is_sealed(text: str) -> bool:
    """Whether `text` is what `sealed` gave, unchanged; line ends may have become those of another system."""
    text = text.replace("\r\n", "\n")
    report, mark, digest = text.rpartition(_BEGIN)
    return bool(mark) and digest == f"{_digest(report)}{_END}"


def _digest(report: str) -> str:
    return hashlib.blake2b(report.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
