"""What the log says of a folder when it has been read for the first time: what there is, or why there is nothing.

Example: "/p: backend/alembic (postgresql): 12 models, 13 revisions; 2 errors, 5 warnings; read in 0.3 s".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from driftline.engine.analysis import Analysis
from driftline.lsp.folder import Result
from driftline.rules.finding import Level

_NOUNS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFORMATION: "note", Level.HINT: "hint"}


def introduction(folder: str, result: Result) -> Iterator[str]:
    """Give a line for each Alembic environment in `folder` (absolute), or say what was looked for or read in vain."""
    if not result.analyses:
        yield from (f"{one.path}:{one.line}: {one.message}" for one in result.problems)
    if result.elsewhere:
        belong = _many(result.elsewhere, "environment belongs", "environments belong")
        yield f"{folder}: {belong} to another open folder"
    elif not result.analyses and not result.problems:
        yield (
            f"{folder}: no Alembic environment (looked for alembic.ini, [tool.alembic] in pyproject.toml, and a "
            "script directory with env.py)"
        )
    for one in result.analyses:
        yield f"{folder}: {one.environment.label} ({one.dialect}): {_counts(one)}; read in {result.seconds:.1f} s"


def _counts(analysis: Analysis) -> str:
    models = _many(len(analysis.declared.schema.tables), "table in models", "tables in models")
    revisions = _many(len(analysis.graph.revisions), "revision", "revisions")
    levels = Counter(one.level for one in analysis.findings)
    findings = [_many(levels[level], noun, f"{noun}s") for level, noun in _NOUNS.items() if levels[level]]
    unknown = [f"{len(analysis.unknown)} not understood"] if analysis.unknown else []
    return f"{models}, {revisions}; {', '.join([*findings, *unknown]) or 'no findings'}"


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
