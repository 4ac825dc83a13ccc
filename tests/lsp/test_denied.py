"""Files and folders that may not be read: what they hold is unknown, and nothing is said to be missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lsp.capabilities import neovim
from tests.lsp.conftest import Launch
from tests.lsp.editor import Editor, rules
from tests.lsp.shop import RULES, Shop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="root's privileges are taken by Linux's prctl(2)")

UNPRIVILEGED = """
import ctypes, os, sys
for capability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: root is then as any other owner of its files
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.executable, [sys.executable, "-P", "-m", "driftline", "lsp"])
"""

PLACES = ["migrations/versions", "migrations/versions/0001_first.py", "migrations", "shop", "shop/users.py"]


@dataclass(frozen=True, slots=True)
class Denied:
    """A place that may not be read. `shown`: the file in which an editor is told."""

    path: Path
    mode: int
    shown: Path

    def allow(self) -> None:
        """Let it be read."""
        self.path.chmod(self.mode)


@pytest.fixture(params=PLACES)
def denied(request: pytest.FixtureRequest, shop: Shop) -> Iterator[Denied]:
    """One of the places; nothing stays closed after the test."""
    path = shop.folder / request.param
    one = Denied(path, path.stat().st_mode, shop.ini if path.is_dir() else path)
    path.chmod(0)
    yield one
    one.allow()


async def begun(launch: Launch, shop: Shop) -> Editor:
    """An editor with a server that has no privileges."""
    editor = await launch(sys.executable, "-P", "-c", UNPRIVILEGED)
    editor.set_configuration({}, section="driftline")
    await editor.begin(neovim(), [shop.folder])
    return editor


async def test_nothing_is_said_of_what_may_not_be_read(launch: Launch, shop: Shop, denied: Denied) -> None:
    """It is named, in a file that can be shown, and that is all; once it may be read, all is as ever."""
    other = shop.folder / "driftline.toml"
    other.write_text("")
    editor = await begun(launch, shop)
    await editor.open(other)
    await editor.settle(other)
    shown = {
        one.uri: rules(one.diagnostics)
        for method, one in editor.sent
        if method == "textDocument/publishDiagnostics" and one.diagnostics
    }
    (problem,) = editor.shown(denied.shown)
    audit = await editor.audit(shop.folder)

    denied.allow()
    editor.save(other)
    await editor.open(shop.orders)
    allowed = await editor.rules(shop.orders)

    said = f"`{denied.path.relative_to(shop.folder)}` cannot be read"
    assert {denied.shown.as_uri(): ["configuration"]} == shown
    assert problem.message.startswith(said)
    assert said in audit
    assert RULES == allowed
    assert 0 == await editor.end()


async def test_what_is_open_is_read(launch: Launch, shop: Shop) -> None:
    """A file that an editor has open says what it says there, readable on disk or not."""
    text = shop.orders.read_text()
    shop.orders.chmod(0)
    editor = await begun(launch, shop)
    await editor.open(shop.orders, text)

    assert RULES == await editor.rules(shop.orders)
    assert 0 == await editor.end()
