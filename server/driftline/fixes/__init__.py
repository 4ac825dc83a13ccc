"""From findings to cures, as data: edits of a model, or a scaffolded revision. Nothing is applied, or written, in here.

Example: `fixes_for(finding, analysis)[0].build()` is a `Fix` with the edits of a file.
"""

from __future__ import annotations

from driftline.fixes.fix import Applicability, Fix, FixOffer
from driftline.fixes.offers import fixes_for
from driftline.fixes.project import Project

__all__ = ["Applicability", "Fix", "FixOffer", "Project", "fixes_for"]
