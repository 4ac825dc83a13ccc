r"""Taking away comments that silence nothing.

Example: of `x = 1  # driftline: ignore[a]  # noqa` it leaves `x = 1  # noqa`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftline.fixes.fix import Fix, FixOffer
from driftline.fixes.project import Project
from driftline.regex import regex
from driftline.rules.finding import Finding
from driftline.sources.paths import relative_to
from driftline.text import Span, TextEdit

_NAMES = regex(r"\[([^\]]*)\]$")
_LINE_END = regex(r"\r\n|\r|\n")


def removal_offers(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer to remove the names of an `unused-ignore` from its comment, and the comment where none is left."""
    site = finding.origin.site
    syntax = project.syntax(site.path) if site is not None else None
    span = syntax.span_of(site) if syntax is not None and site is not None else None
    if syntax is None or span is None:
        return
    path, names = syntax.path, (finding.object or "").split(",")
    edit = _removal(syntax.text, span, names)
    what = "the comment" if edit.new_text in {"", "#", ";"} else f"{' and '.join(names)} from the comment"
    place = f"{relative_to(path, project.environment.root)}, line {syntax.index.line_of(span.start) + 1}"
    title = f"Remove {what} that silences nothing ({place})"
    yield FixOffer(title, "safe", lambda: Fix(title, "safe", {path: (edit,)}))


def _removal(text: str, span: Span, names: Sequence[str]) -> TextEdit:
    """The edit that takes `names` out of the comment at `span`, which ends with its bracket."""
    said = text[span.start : span.end]
    bracket = _NAMES.search(said)
    written = [one.strip() for one in bracket[1].split(",") if one.strip()] if bracket else []
    left = [one for one in written if one not in names]
    if bracket and left:
        start = span.start + bracket.start(1)
        return TextEdit(Span(start, span.start + bracket.end(1)), ", ".join(left))
    end_of_line = _LINE_END.search(text, span.end)
    line_end, next_line = end_of_line.span() if end_of_line else (len(text), len(text))
    before = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    rest = text[span.end : line_end]
    if rest.strip():  # another comment, or a remark: it stays one
        end = line_end - len(rest.lstrip())
        return TextEdit(Span(span.start, end), "") if rest.lstrip()[0] == said[0] else TextEdit(span, said[0])
    code = text[before : span.start].rstrip()
    return TextEdit(Span(before + len(code), line_end), "") if code else TextEdit(Span(before, next_line), "")
