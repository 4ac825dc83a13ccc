"""Cures of the history: which rule has which.

Each is an edit of revision files, but for a merge, which is a new one.

Example: for two heads there are a merge revision, and `down_revision = "0002a"` in the first revision of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from driftline.fixes import downgrade_edit, graph_edit, imported_model, operation_edit
from driftline.fixes.fix import FixOffer
from driftline.fixes.project import Project
from driftline.rules.finding import Finding

_CURES: Mapping[str, Callable[[Finding, Project], Iterator[FixOffer]]] = {
    "multiple-heads": graph_edit.offers_for_heads,
    "unknown-down-revision": graph_edit.offers_of_parents,
    "unknown-depends-on": graph_edit.offers_of_dependencies,
    "duplicate-revision": graph_edit.offers_of_ids,
    "null-constraint-name": operation_edit.offers_of_names,
    "existing-mismatch": operation_edit.offers_of_existing,
    "redundant-operation": operation_edit.offers_of_removal,
    "batch-required": operation_edit.offers_of_batches,
    "empty-downgrade": downgrade_edit.offers_of_filling,
    "downgrade-not-inverse": downgrade_edit.offers_of_mending,
    "enum-leaked": downgrade_edit.offers_of_dropping,
    "model-import-in-migration": imported_model.offers_of_tables,
}


def history_offers(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Give the fixes of a finding about the history; none where none is certain to help."""
    cure = _CURES.get(finding.rule)
    if cure is not None:
        yield from cure(finding, project)
