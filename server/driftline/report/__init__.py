"""The audit: computed as data (`audit`), told in a format (`markdown`).

Invariant: everything it says is in the analysis; nothing presumes a project.

Example: `render(build_audit(analysis))`.
"""

from __future__ import annotations
