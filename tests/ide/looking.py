"""A project in memory, looked at as an editor does: `$0` marks the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from driftline.ide.view import View
from driftline.lsp.texts import Texts
from tests.support.project import ROOT, analyses, files_of

CURSOR = "$0"


@dataclass(frozen=True, slots=True)
class Looking:
    """A view, and where the cursor is in it: the absolute path, and the offset in code points."""

    view: View
    path: str
    offset: int
    files: Mapping[str, str]


def look(text: str, buffers: Mapping[str, str] | None = None) -> Looking:
    """Analyse the project in `text` (files begin at `#- path`), without its one `$0`.

    `buffers`: texts by relative path that were typed after the analysis.
    """
    files = files_of(text)
    marked = {name: one.index(CURSOR) for name, one in files.items() if CURSOR in one}
    assert len(marked) == 1, "a project has exactly one cursor"
    ((name, offset),) = marked.items()
    files = {one: content.replace(CURSOR, "") for one, content in files.items()}
    (analysis,) = analyses(files)
    typed = {f"{ROOT}/{one}": content for one, content in (buffers or {}).items()}
    texts = Texts(analysis.syntax, typed)
    return Looking(View((analysis,), texts.syntax, texts.span_of), f"{ROOT}/{name}", offset, files)
