"""Starts servers, and holds each to account when its test is over."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.lsp.capabilities import CLIENTS
from tests.lsp.editor import Editor
from tests.lsp.shop import Shop, make_shop

if TYPE_CHECKING:
    from lsprotocol import types

Start = Callable[..., Awaitable[Editor]]
Launch = Callable[..., Awaitable[Editor]]

SERVER = (sys.executable, "-P", "-m", "driftline", "lsp")


@pytest.fixture(params=list(CLIENTS))
def capabilities(request: pytest.FixtureRequest) -> types.ClientCapabilities:
    """What each editor can do: a test that takes this runs once for each of them."""
    return CLIENTS[request.param]()


@pytest.fixture(params=["vscode", "neovim"])
def either_way(request: pytest.FixtureRequest) -> types.ClientCapabilities:
    """A client that pulls diagnostics and one that is sent them, where it makes no other difference who asks."""
    return CLIENTS[request.param]()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path / "shop")


@pytest.fixture
async def launch(request: pytest.FixtureRequest) -> AsyncIterator[Callable[..., Awaitable[Editor]]]:
    """Gives editors with a server that is not greeted yet. Whatever becomes of them, no process stays."""
    editors: list[Editor] = []

    async def one(*command: str) -> Editor:
        editor = Editor()
        editor._pytest_item = request.node
        editors.append(editor)
        await editor.start(*(command or SERVER), env=dict(os.environ))
        return editor

    yield one
    for editor in editors:
        await editor.kill()


@pytest.fixture
async def start(launch: Callable[..., Awaitable[Editor]]) -> AsyncIterator[Start]:
    """Gives editors whose server is greeted; each must end well, and must not have logged an error."""
    editors: list[Editor] = []

    async def one(
        capabilities: types.ClientCapabilities, folders: Sequence[Path], settings: dict[str, Any] | None = None
    ) -> Editor:
        editor = await launch()
        editor.set_configuration(settings or {}, section="driftline")
        await editor.begin(capabilities, folders)
        editors.append(editor)
        return editor

    yield one
    for editor in editors:
        code = await editor.end()
        errors = [line for line in editor.complaints if line.startswith(("ERROR", "CRITICAL", "Traceback"))]
        assert (0, []) == (code, errors), "\n".join(editor.complaints)
