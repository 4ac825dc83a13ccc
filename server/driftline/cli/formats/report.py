"""What the formats are made from: the findings with their places, and what identifies each.

Example: `Report(found, "/p", failing=1)` where findings at warning level and above fail.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from driftline.cli.findings import Placed
from driftline.dataclass import dataclass
from driftline.engine.baseline import Fingerprint, fingerprint
from driftline.sources.paths import relative_to


@dataclass(frozen=True, slots=True)
class Report:
    """`found`: what is told, in order. `folder`: what paths are relative to (absolute).

    `failing`: the rank of the mildest level that fails.
    """

    found: Sequence[Placed]
    folder: str
    failing: int = 0

    def path(self, one: Placed) -> str:
        """Give the path of a finding's file: relative, with forward slashes, or absolute where it lies outside."""
        return relative_to(one.place.path, self.folder)

    def fails(self, one: Placed) -> bool:
        """Whether a finding makes the command fail."""
        return one.finding.level.rank <= self.failing

    def marks(self) -> Iterator[str]:
        """Give what identifies each finding, also after its file was edited or renamed; no two are the same."""
        seen: Counter[Fingerprint] = Counter()
        for one in self.found:
            mark = fingerprint(one.finding, one.analysis.environment.label)
            parts = (mark.environment, mark.rule, mark.table, mark.object, mark.revision, str(seen[mark]))
            seen[mark] += 1
            yield hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def message(one: Placed) -> str:
    """Give the message of a finding in one line."""
    return " ".join(one.finding.message.split())
