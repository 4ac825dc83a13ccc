"""A start shows at once what was shown earlier, where nothing has changed since; in any doubt it waits."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

from tests.lsp.capabilities import emacs, neovim
from tests.lsp.conftest import Launch, Start
from tests.lsp.editor import Editor, rules
from tests.lsp.shop import RULES, SECOND_REVISION, Shop

if TYPE_CHECKING:
    from typing import Any

ANALYSED = types.WINDOW_LOG_MESSAGE
"""What a server sends when its first analysis is complete, before it shows anything of it."""

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@asynccontextmanager
async def session(launch: Launch, shop: Shop, capabilities: types.ClientCapabilities) -> AsyncIterator[Editor]:
    """A session that has shown all there is, and ends well."""
    editor = await launch()
    editor.set_configuration({}, section="driftline")
    await editor.begin(capabilities, [shop.folder])
    await analysed(editor)
    yield editor
    await editor.settle(shop.orders)
    assert 0 == await editor.end()


async def last_time(launch: Launch, shop: Shop, capabilities: types.ClientCapabilities, *, opens: bool = True) -> None:
    """A session in which nothing is changed."""
    async with session(launch, shop, capabilities) as editor:
        assert not shows_first(editor)
        if opens:
            await editor.open(shop.orders)


def list_files(folder: Path) -> list[Path]:
    """The files in a folder, however deep."""
    return [path for path in folder.rglob("*") if path.is_file()]


async def analysed(editor: Editor) -> None:
    """Wait for the first complete analysis."""
    await editor.until("the first analysis", lambda: ANALYSED in dict(editor.sent))


def shows_first(editor: Editor) -> bool:
    """Whether something was shown before the analysis was complete; for who pulls, whether it was told to."""
    shows = types.WORKSPACE_DIAGNOSTIC_REFRESH if editor.pulls else types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
    found = [method for method, _ in editor.sent if method in (shows, ANALYSED)]
    return found[0] == shows


async def test_a_start_shows_what_was_shown_before_it_has_analysed_anything(
    start: Start, launch: Launch, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """When it has, nothing is shown anew, and hover and quick fixes are there."""
    await last_time(launch, shop, either_way)
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    early = await editor.findings(shop.orders)
    await analysed(editor)

    assert shows_first(editor)
    assert RULES == rules(early)
    assert list(early) == list(await editor.findings(shop.orders))
    await editor.settle(shop.orders)
    if editor.pulls:
        assert 1 == editor.diagnostic_refresh_count
    else:
        assert 1 == len(editor.published(shop.orders))
    assert await editor.hover(shop.orders, "user_id") is not None
    assert await editor.actions(shop.orders, early[0].range)


def a_revision_comes(shop: Shop) -> None:
    """One that closes the drift."""
    (shop.versions / "0002_check.py").write_text(SECOND_REVISION, encoding="utf-8")


def a_model_changes(shop: Shop) -> None:
    """By a comment only."""
    shop.orders.write_text(shop.orders.read_text(encoding="utf-8") + "\n# a comment\n", encoding="utf-8")


def settings_come(shop: Shop) -> None:
    """Where there were none."""
    (shop.folder / "driftline.toml").write_text('ignore = ["missing-check"]\n', encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "opens", "expected"),
    [
        (a_revision_comes, False, ["extra-foreign-key"]),
        (a_model_changes, False, RULES),
        (a_model_changes, True, RULES),
        (settings_come, False, ["extra-foreign-key"]),
    ],
)
async def test_what_changed_on_disk_since_is_waited_for(
    start: Start, launch: Launch, shop: Shop, change: Callable[[Shop], None], expected: list[str], *, opens: bool
) -> None:
    """Whatever it is, and whether the file was open the last time or not."""
    await last_time(launch, shop, neovim(), opens=opens)
    change(shop)
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.settle(shop.orders)

    assert not shows_first(editor)
    assert expected == rules(editor.shown(shop.orders))


async def test_a_buffer_that_is_not_saved_is_waited_for(start: Start, launch: Launch, shop: Shop) -> None:
    """Nothing is shown that is not of the text that the user sees."""
    await last_time(launch, shop, neovim())
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders, "\n" + editor.text(shop.orders))
    await editor.settle(shop.orders)

    assert not shows_first(editor)
    text = editor.text(shop.orders).splitlines()
    assert RULES == rules(editor.shown(shop.orders))
    assert all(text[one.range.start.line].strip() for one in editor.shown(shop.orders))


@pytest.mark.parametrize(
    ("settings", "capabilities", "expected"),
    [
        ({"ignore": ["missing-check"]}, neovim, ["extra-foreign-key"]),
        ({}, emacs, RULES),
    ],
    ids=["settings", "encoding"],
)
async def test_another_client_is_another_question(
    start: Start,
    launch: Launch,
    shop: Shop,
    settings: dict[str, Any],
    capabilities: Callable[[], types.ClientCapabilities],
    expected: list[str],
) -> None:
    """Its settings, and how it counts characters."""
    await last_time(launch, shop, neovim())
    editor = await start(capabilities(), [shop.folder], settings)
    await editor.open(shop.orders)
    await editor.settle(shop.orders)

    assert not shows_first(editor)
    assert expected == rules(editor.shown(shop.orders))


@pytest.mark.parametrize("harm", [bytes, lambda data: data[: len(data) // 2], lambda data: data[:-1] + b"?"])
async def test_a_damaged_cache_is_as_none(
    start: Start, launch: Launch, shop: Shop, cache: Path, harm: Callable[[bytes], bytes]
) -> None:
    """Emptied, cut off or scribbled on."""
    await last_time(launch, shop, neovim())
    files = list_files(cache)
    for path in files:
        path.write_bytes(harm(path.read_bytes()) if harm is not bytes else b"")
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.settle(shop.orders)

    assert files
    assert not shows_first(editor)
    assert RULES == rules(editor.shown(shop.orders))


async def test_what_is_typed_and_not_saved_is_not_shown_next_time(start: Start, launch: Launch, shop: Shop) -> None:
    """The disk is as it was: so is what was shown of it, before a letter was typed."""
    async with session(launch, shop, neovim()) as editor:
        await editor.open(shop.orders)
        editor.retype(shop.orders, "\n" * 7 + editor.text(shop.orders))
        await editor.settle(shop.orders)
        moved = [one.range.start.line for one in editor.shown(shop.orders)]

    again = await start(neovim(), [shop.folder])
    await again.open(shop.orders)
    await analysed(again)
    await again.settle(shop.orders)

    assert shows_first(again)
    assert [line - 7 for line in moved] == [one.range.start.line for one in again.shown(shop.orders)]


async def test_what_was_edited_and_saved_is_shown_at_once(start: Start, launch: Launch, shop: Shop) -> None:
    """A session leaves what it showed last, with what was saved in it."""
    async with session(launch, shop, neovim()) as editor:
        await editor.open(shop.orders)
        editor.retype(shop.orders, "\n" * 7 + editor.text(shop.orders))
        editor.save(shop.orders)
        await editor.settle(shop.orders)
        shown = list(editor.shown(shop.orders))

    again = await start(neovim(), [shop.folder])
    await analysed(again)
    await again.settle(shop.orders)

    assert shows_first(again)
    assert shown == list(again.shown(shop.orders))


async def test_without_a_cache_nothing_is_kept_or_shown(
    start: Start, launch: Launch, shop: Shop, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `DRIFTLINE_NO_CACHE` says."""
    monkeypatch.setitem(os.environ, "DRIFTLINE_NO_CACHE", "1")
    await last_time(launch, shop, neovim())
    editor = await start(neovim(), [shop.folder])
    await analysed(editor)
    await editor.settle(shop.orders)

    assert [] == list_files(cache)
    assert not shows_first(editor)


async def test_settings_that_no_run_was_of_are_asked_again(launch: Launch, shop: Shop) -> None:
    """Who changes them and leaves at once has been shown nothing with them: that is no answer to keep."""
    editor = await launch()
    editor.set_configuration({}, section="driftline")
    await editor.begin(neovim(), [shop.folder])
    await analysed(editor)
    wanted = {"ignore": ["missing-check"]}
    editor.set_configuration(wanted, section="driftline")
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings={"driftline": wanted}))
    assert 0 == await editor.end()

    again = await launch()
    again.set_configuration(wanted, section="driftline")
    await again.begin(neovim(), [shop.folder])
    await again.open(shop.orders)
    await again.settle(shop.orders)

    assert {("extra-foreign-key",)} == {tuple(rules(one.diagnostics)) for one in again.published(shop.orders)}
