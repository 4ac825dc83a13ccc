"""What a folder showed when it was last looked at: where all is as it was then, that is shown at once.

A start works out much before it knows that nothing has changed; the diagnostics need not wait for it. They rest on all
that was looked at on disk, and on buffers only that say what the disk does. Where anything is in doubt there are none.

Example: `find(answers, buffers)["/p/models.py"].items`, after `keep(answers, result)` in an earlier process.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from driftline.engine.answers import Answers
from driftline.lsp.json_form import JSON
from driftline.lsp.shown import Shown
from driftline.sources.decoding import digest
from driftline.sources.disk import DiskSource
from driftline.sources.overlay import OverlaySource
from driftline.sources.source import FileText

if TYPE_CHECKING:
    from driftline.lsp.folder import Result

log = logging.getLogger(__name__)


def answers_of(folder: str, settings: Mapping[str, object], client: Mapping[str, object], asked: int) -> Answers | None:
    """Give where it is kept what `folder` (absolute) shows with these settings of the client.

    `client`: what else of it bears on what it is shown. `asked`: when the first file was looked at (nanoseconds). None
    where the client's settings are no plain data.
    """
    try:
        return Answers({"shown": folder, "settings": settings, "client": client}, asked)
    except (TypeError, ValueError, RecursionError):
        return None


def find(answers: Answers, buffers: Mapping[str, str]) -> Mapping[str, Shown] | None:
    """Give what is shown of files as they are on disk; None where that is not known, or a buffer says otherwise."""
    # The buffers first: what rests on the disk is then looked at later, and changes in between are seen.
    return answers.find(_read) if _are_saved(buffers) else None


def keep(answers: Answers, result: Result) -> None:
    """Keep what a result shows, if it rests on nothing but the disk, and that is still as it was then."""
    source = result.source
    if result.broken or not isinstance(source, OverlaySource) or not isinstance(source.under, DiskSource):
        return
    for path in source.buffers:
        # What a buffer says was never asked of the disk: it is now one of the looks that the answer rests on.
        file, saved = source.read(path), source.under.read(path)
        if not isinstance(saved, FileText) or not isinstance(file, FileText) or saved.digest != file.digest:
            return
    shown = {path: [one.digest, [JSON.unstructure(item) for item in one.items]] for path, one in result.shown.items()}
    answers.keep(shown, source.under.looks())


def _are_saved(buffers: Mapping[str, str]) -> bool:
    disk = DiskSource()
    for path, text in buffers.items():
        file = disk.read(path)
        if not isinstance(file, FileText) or file.digest != digest(text.removeprefix("\ufeff")):
            return False
    return True


def _read(answer: Any) -> Mapping[str, Shown]:  # noqa: ANN401 - JSON
    return {
        str(path): Shown([JSON.structure(item, types.Diagnostic) for item in items], str(said))
        for path, (said, items) in answer.items()
    }
