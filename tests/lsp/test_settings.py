"""Settings: from the client, however it hands them over, and from the project's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.capabilities import neovim, plain, vscode
from tests.lsp.conftest import Launch, Start
from tests.lsp.editor import rules
from tests.lsp.shop import RULES, Shop, make_shop


def changed(settings: object) -> types.DidChangeConfigurationParams:
    """The notification that settings have changed."""
    return types.DidChangeConfigurationParams(settings=settings)


async def test_settings_of_the_client_count_from_the_start(
    start: Start, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """The first diagnostics know them already."""
    editor = await start(capabilities, [shop.folder], {"ignore": ["missing-check"]})
    await editor.open(shop.orders)

    assert ["extra-foreign-key"] == await editor.rules(shop.orders)


async def test_a_change_is_asked_for(start: Start, shop: Shop, either_way: types.ClientCapabilities) -> None:
    """A client that answers `workspace/configuration` only says that something has changed."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    assert RULES == await editor.rules(shop.orders)

    editor.set_configuration({"severity": {"missing-check": "off", "extra-foreign-key": "hint"}}, section="driftline")
    editor.workspace_did_change_configuration(changed(None))
    await editor.comes_to(shop.orders, ["extra-foreign-key"])
    levels = {one.severity for one in await editor.findings(shop.orders)}
    editor.set_configuration({}, section="driftline")
    editor.workspace_did_change_configuration(changed(None))
    await editor.comes_to(shop.orders, RULES)

    assert {types.DiagnosticSeverity.Hint} == levels


async def test_a_change_that_is_pushed(start: Start, shop: Shop) -> None:
    """A client that answers no questions sends the settings along."""
    editor = await start(plain(), [shop.folder])
    await editor.open(shop.orders)
    assert RULES == await editor.rules(shop.orders)

    editor.workspace_did_change_configuration(changed({"driftline": {"select": ["missing-check"]}}))

    assert ["missing-check"] == await editor.rules(shop.orders)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ignore": "missing-check"},
        {"ignore": ["no-such-rule"]},
        {"severity": {"missing-check": "loud"}},
        {"no-such-setting": 1},
        {"path": "", "interpreter": "", "trace": {"server": "off"}},
        None,
        [],
        "text",
    ],
)
async def test_wrong_settings_break_nothing(start: Start, shop: Shop, wrong: object) -> None:
    """A wrong one counts as not given, and so does what is the editor's own."""
    editor = await start(vscode(), [shop.folder])
    editor.set_configuration(wrong, section="driftline")
    editor.workspace_did_change_configuration(changed(None))
    await editor.open(shop.orders)

    assert RULES == await editor.rules(shop.orders)


async def test_settings_of_the_project(start: Start, shop: Shop, either_way: types.ClientCapabilities) -> None:
    """`[tool.driftline]` counts, as on the command line, also when it comes later; the client's settings count more."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.users)
    assert RULES == await editor.rules(shop.orders)

    editor.write(shop.folder / "pyproject.toml", '[tool.driftline]\nignore = ["extra-foreign-key"]\n')
    editor.save(shop.users)
    assert ["missing-check"] == await editor.rules(shop.orders)
    editor.set_configuration({"ignore": ["missing-check"]}, section="driftline")
    editor.workspace_did_change_configuration(changed(None))

    await editor.comes_to(shop.orders, ["extra-foreign-key"])


async def test_a_suppression_in_the_text(start: Start, shop: Shop, either_way: types.ClientCapabilities) -> None:
    """`# driftline: ignore[…]` on the line takes a finding away as it is typed."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    assert RULES == await editor.rules(shop.orders)

    editor.change(shop.orders, ("mapped_column()\n", "mapped_column()  # driftline: ignore[extra-foreign-key]\n"))

    await editor.comes_to(shop.orders, ["missing-check"])


async def test_nothing_is_shown_that_settings_turn_off(
    start: Start, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """Not even for a moment: the first set of diagnostics waits for the client's settings."""
    editor = await start(capabilities, [shop.folder], {"ignore": ["missing-check"]})
    await editor.open(shop.orders)
    await editor.settle(shop.orders)
    sets = [[one.code for one in params.diagnostics] for params in editor.published(shop.orders)]

    assert ["extra-foreign-key"] == await editor.rules(shop.orders)
    assert [] == [codes for codes in sets if "missing-check" in codes]
    assert editor.pulls or sets


async def test_settings_for_a_file_that_brings_its_own_project(start: Start, shop: Shop) -> None:
    """Without a folder, too, the client is asked for its settings before anything is shown."""
    editor = await start(neovim(), [], {"ignore": ["missing-check"]})
    await editor.open(shop.orders)
    await editor.until("findings", lambda: editor.published(shop.orders))

    assert [["extra-foreign-key"]] == [rules(params.diagnostics) for params in editor.published(shop.orders)]


async def test_settings_of_a_folder_that_is_added(start: Start, shop: Shop, tmp_path: Path) -> None:
    """It is asked for by its own name, as VS Code has settings of each folder."""
    other = make_shop(tmp_path / "other")
    editor = await start(neovim(), [shop.folder])
    editor.set_configuration({"ignore": ["extra-foreign-key"]}, section="driftline", scope_uri=other.folder.as_uri())
    await editor.open(shop.orders)
    added = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(other.folder.as_uri(), "other")], [])
    editor.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(added))
    await editor.open(other.orders)

    await editor.comes_to(other.orders, ["missing-check"])
    assert RULES == await editor.rules(shop.orders)


async def test_a_client_that_answers_with_errors_is_served(launch: Launch, shop: Shop) -> None:
    """It says that it has settings and watches files, and then knows nothing of either."""
    editor = await launch()
    editor.refuse(types.WORKSPACE_CONFIGURATION, types.CLIENT_REGISTER_CAPABILITY)
    await editor.begin(vscode(), [shop.folder])
    await editor.open(shop.orders)

    assert RULES == await editor.rules(shop.orders)
    assert 0 == await editor.end()


@pytest.mark.parametrize("client", [plain, neovim])
async def test_settings_in_the_initialization_options(
    launch: Launch, shop: Shop, client: Callable[[], types.ClientCapabilities]
) -> None:
    """As several editors hand them over; what the client says when it is asked counts more."""
    editor = await launch()
    await editor.begin(client(), [shop.folder], options={"ignore": ["missing-check"], "path": "/opt/driftline"})
    await editor.open(shop.orders)
    first = await editor.rules(shop.orders)
    if client is neovim:
        editor.set_configuration({"ignore": ["extra-foreign-key"]}, section="driftline")
    editor.workspace_did_change_configuration(changed({"driftline": {"ignore": ["extra-foreign-key"]}}))
    await editor.comes_to(shop.orders, ["missing-check"])

    assert ["extra-foreign-key"] == first
    assert 0 == await editor.end()
