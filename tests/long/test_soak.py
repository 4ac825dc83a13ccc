"""One server, thousands of edits: what it holds does not grow with their number.

Memory is compared between two moments of one run, at which the documents say the same; what comes before the first has
filled what is bounded by a count. Nothing here is a time.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from driftline.lsp.garbage import GROWTH
from tests.long.copies import on_disk
from tests.long.effort import times
from tests.lsp.capabilities import neovim, vscode
from tests.lsp.conftest import Launch
from tests.lsp.editor import PATIENCE

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from Linux's /proc"),
]

EDITS = 600
"""Edits before the first look; there are three times as many before the second."""
MEMORY = 1 + GROWTH
"""How much larger the server's memory may be at a later look: garbage is put aside until it has grown by that much."""
BLOCKS = 1.03
"""How many more blocks of it may be in use once all garbage is gone."""

WATCHED = """
import gc, os, signal, sys, threading, asyncio
def tell(*_):
    gc.unfreeze(); gc.collect(); gc.freeze()
    text = " ".join(map(str, (sys.getallocatedblocks(), threading.active_count(), len(asyncio.all_tasks()))))
    with open(sys.argv[1] + ".part", "w") as file:
        file.write(text)
    os.replace(sys.argv[1] + ".part", sys.argv[1])
signal.signal(signal.SIGUSR1, tell)
from driftline.cli import main
sys.exit(main(["lsp"]))
"""
"""A server that says what it holds when it is sent a signal."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a process holds: blocks of memory that are in use, threads, tasks, open files, KiB of its own memory."""

    blocks: int
    threads: int
    tasks: int
    files: int
    memory: int


def _outside(process: int) -> tuple[int, int]:
    """Give the number of a process's open files, and the KiB that are its own."""
    place = Path(f"/proc/{process}")
    lines = (place / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    memory = next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))
    return len(list((place / "fd").iterdir())), memory


@pytest.mark.parametrize("client", [vscode, neovim], ids=lambda one: one.__name__)
async def test_thousands_of_edits(launch: Launch, tmp_path: Path, client: object) -> None:
    """Models, revisions, env.py and a base class are edited by turns, broken and mended, opened, saved and closed."""
    folder, told = on_disk("kitsu", tmp_path), tmp_path / "told"
    backend = folder / "backend"
    editor = await launch(sys.executable, "-P", "-c", WATCHED, str(told))
    await editor.begin(client(), [folder])  # type: ignore[operator]
    assert editor._server is not None
    process = editor._server.pid
    edits = [
        (backend / "app/models/user.py", "String(255)", "String(254)"),
        (backend / "app/models/base.py", "class Base", "class Bas e"),
        (backend / "alembic/versions/0001_create_users_table.py", "nullable=False", "nullable=True"),
        (backend / "alembic/env.py", "target_metadata", "target_metadat"),
        (backend / "alembic/versions/0013_add_admin_core_ownership_locks.py", "def upgrade", "def upgrad("),
        (backend / "app/models/mixins.py", "class ", "# more\nclass "),
    ]

    async def some(count: int) -> None:
        for number in range(0, count, 2):
            path, old, new = edits[number // 2 % len(edits)]
            await editor.open(path)
            sound = editor.text(path)
            assert old in sound, path
            # Each time another text: nothing that is kept by what a text says can be found again.
            editor.retype(path, f"{sound.replace(old, new)}\n# {number} {count}\n")
            await editor.findings(path)
            await editor.hover(path, old[:3])
            await editor.actions(path, editor.range(path, 0, len(sound)))
            editor.retype(path, sound)
            await editor.findings(path)
            if number % 10 == 0:
                editor.save(path)
            editor.close(path)
            editor.sent.clear()
            editor.diagnostics.clear()

    async def look() -> Look:
        """Look at it when it has come to rest: one task is left then, which waits for the next message."""
        async with asyncio.timeout(PATIENCE):
            while (found := await looked()).tasks != 1:  # noqa: ASYNC110 - it is asked, and tells of nothing
                await asyncio.sleep(0.1)
        return found

    async def looked() -> Look:
        told.unlink(missing_ok=True)
        os.kill(process, signal.SIGUSR1)
        async with asyncio.timeout(PATIENCE):
            while not told.exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.1)
        blocks, threads, tasks = map(int, told.read_text().split())
        return Look(blocks, threads, tasks, *_outside(process))

    await some(times(EDITS))
    before = await look()
    await some(times(3 * EDITS))
    after = await look()
    assert 0 == await editor.end()

    print(before, after)  # noqa: T201 - shown with a failure
    assert (before.threads, before.files) == (after.threads, after.files)
    assert after.blocks <= before.blocks * BLOCKS
    assert after.memory <= before.memory * MEMORY
