"""How a session begins and ends, and what the server does with messages that are none of its business."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.capabilities import neovim, plain, vscode
from tests.lsp.conftest import SERVER, Launch, Start
from tests.lsp.editor import error_code
from tests.lsp.shop import RULES, Shop

AUDITED = Path(__file__).parent.parent / "support" / "audited.py"


def is_own_method(event: list[str]) -> bool:
    """Whether an event of the audit is a method of one of Driftline's classes being written: names of fields."""
    return event == ["executed", "<string>", "driftline.dataclass"]


async def test_initialize_is_answered_before_anything_is_read(launch: Launch, shop: Shop, tmp_path: Path) -> None:
    """Up to its answer to `initialize` the server has not looked at a single file of the project."""
    trace = tmp_path / "trace.json"
    editor = await launch(sys.executable, "-P", str(AUDITED), str(shop.folder), str(trace), "driftline", *SERVER[4:])

    await editor.begin(vscode(), [shop.folder], initialized=False)
    await editor.end()
    events = json.loads(trace.read_text(encoding="utf-8"))

    assert [] == [event for event in events if event[0] != "imported" and not is_own_method(event)]
    assert [] == editor.sent


async def test_a_session_runs_nothing_and_changes_nothing(launch: Launch, shop: Shop, tmp_path: Path) -> None:
    """Opening, hovering, listing fixes and auditing run none of the project's code and write none of its files."""
    trace = tmp_path / "trace.json"
    editor = await launch(sys.executable, "-P", str(AUDITED), str(shop.folder), str(trace), "driftline", *SERVER[4:])

    await editor.begin(vscode(), [shop.folder])
    await editor.open(shop.orders)
    findings = await editor.findings(shop.orders)
    await editor.hover(shop.orders, "user_id")
    actions = [action for one in findings for action in await editor.actions(shop.orders, one.range)]
    await editor.audit(shop.folder)
    await editor.end()
    events = json.loads(trace.read_text(encoding="utf-8"))

    assert actions
    assert {"read"} == {event[0] for event in events if not is_own_method(event)}
    assert [] == list(shop.marks.iterdir())


async def test_the_server_says_what_it_can_do(
    launch: Launch, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """Incremental changes, hover, quick fixes and their commands; positions as the client likes them best."""
    editor = await launch()
    result = await editor.begin(capabilities, [shop.folder])
    wanted = (capabilities.general.position_encodings or ())[0] if capabilities.general else None
    can = result.capabilities

    assert isinstance(can.text_document_sync, types.TextDocumentSyncOptions)
    assert types.TextDocumentSyncKind.Incremental == can.text_document_sync.change
    assert can.text_document_sync.open_close
    assert can.text_document_sync.save
    assert wanted == can.position_encoding
    assert can.hover_provider
    assert isinstance(can.code_action_provider, types.CodeActionOptions)
    kinds = list(can.code_action_provider.code_action_kinds or ())
    assert [types.CodeActionKind.QuickFix, "source.fixAll.driftline"] == kinds
    assert can.execute_command_provider is not None
    assert {"driftline.audit", "driftline.applyFix"} <= set(can.execute_command_provider.commands)
    assert can.workspace is not None
    assert can.workspace.workspace_folders is not None
    assert can.workspace.workspace_folders.supported
    assert 0 == await editor.end()


async def test_who_pulls_is_asked_and_who_cannot_be_refreshed_is_sent(launch: Launch, shop: Shop) -> None:
    """Diagnostics are pulled where the client can be told to pull again; else they are pushed."""
    pulling = await launch()
    pushed = await launch()
    await pulling.begin(vscode(), [shop.folder])
    await pushed.begin(neovim(), [shop.folder])

    provider = pulling.server_capabilities.diagnostic_provider

    assert provider is not None
    assert provider.inter_file_dependencies
    assert provider.workspace_diagnostics
    assert None is pushed.server_capabilities.diagnostic_provider
    assert (0, 0) == (await pulling.end(), await pushed.end())


async def test_shutdown_exits_with_zero_also_in_the_midst_of_the_first_index(
    launch: Launch, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """`shutdown` and `exit` end the server at once and in peace, whatever it is doing."""
    editor = await launch()
    await editor.begin(capabilities, [shop.folder])
    await editor.open(shop.orders)

    assert 0 == await editor.end()
    assert [] == [line for line in editor.complaints if "Traceback" in line]


async def test_exit_without_shutdown_is_an_error(launch: Launch, shop: Shop) -> None:
    """The protocol asks for exit code 1 then."""
    editor = await launch()
    await editor.begin(neovim(), [shop.folder])
    editor.exit(None)

    assert 1 == await editor.gone()


async def test_the_server_ends_with_its_client(launch: Launch, shop: Shop) -> None:
    """A client that is gone leaves no server behind: the end of its input is the end of the server."""
    editor = await launch()
    await editor.begin(neovim(), [shop.folder])
    await editor.open(shop.orders)
    assert RULES == await editor.rules(shop.orders)
    assert editor._server is not None
    assert editor._server.stdin is not None
    editor._server.stdin.close()

    await editor.gone()


@pytest.mark.filterwarnings("ignore::pytest_lsp.LspSpecificationWarning")
async def test_unknown_methods_break_nothing(start: Start, shop: Shop, capabilities: types.ClientCapabilities) -> None:
    """An unknown request is answered with an error, an unknown notification is passed over, and life goes on."""
    editor = await start(capabilities, [shop.folder])
    editor.protocol.notify("$/somethingNew", {"a": 1})
    editor.protocol.notify("driftline/somethingNew", None)
    with pytest.raises(JsonRpcException) as raised:
        await editor.asked(editor.protocol.send_request_async("driftline/askSomethingNew", {"a": 1}))
    await editor.open(shop.orders)

    assert -32601 == error_code(raised.value)
    assert RULES == await editor.rules(shop.orders)


async def test_requests_about_files_that_are_none_of_its_business(start: Start, shop: Shop, tmp_path: Path) -> None:
    """A file outside of every folder, one that is not there and one that is no file have no findings and no errors."""
    editor = await start(vscode(), [shop.folder])
    outside = tmp_path / "outside.py"
    outside.write_text("x = 1\n", encoding="utf-8")
    await editor.open(outside)
    untitled = types.TextDocumentItem("untitled:Untitled-1", "python", 1, "y = 2\n")
    editor.text_document_did_open(types.DidOpenTextDocumentParams(untitled))
    report = await editor.asked(
        editor.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(types.TextDocumentIdentifier("untitled:Untitled-1"))
        )
    )

    assert [] == await editor.rules(outside)
    assert [] == list(report.items)
    assert None is await editor.hover(outside, "x")
    assert [] == await editor.actions(outside, editor.range(outside, 0, 1))


async def test_without_a_folder_a_file_brings_its_own_project(start: Start, shop: Shop) -> None:
    """An editor that opens a single file, and no folder, sees what is wrong in it."""
    editor = await start(neovim(), [])
    await editor.open(shop.orders)

    found = await editor.until("findings", lambda: editor.shown(shop.orders))

    assert {"extra-foreign-key", "missing-check"} <= {one.code for one in found}


async def test_a_client_that_can_next_to_nothing(start: Start, shop: Shop) -> None:
    """Nothing is asked of a client that does not say that it can: no progress, no settings, no watching, no refresh."""
    editor = await start(plain(), [shop.folder])
    await editor.open(shop.orders)

    assert RULES == await editor.rules(shop.orders)
    sent = {types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, types.WINDOW_LOG_MESSAGE}
    assert sent == {method for method, _ in editor.sent}
    assert {None} == {tuple(one.related_information or ()) or None for one in editor.shown(shop.orders)}


async def test_cancelling_answers(launch: Launch, shop: Shop) -> None:
    """A request that the first index holds up can be cancelled: it is answered at once, and the next one properly."""
    editor = await launch()
    await editor.begin(vscode(), [shop.folder])
    await editor.open(shop.orders)
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(shop.orders.as_uri()))
    answer = editor.protocol.send_request_async(types.TEXT_DOCUMENT_DIAGNOSTIC, params, msg_id="slow")
    task = asyncio.ensure_future(answer)
    await asyncio.sleep(0)  # the request leaves before its cancellation does
    editor.protocol.notify(types.CANCEL_REQUEST, types.CancelParams(id="slow"))

    with pytest.raises(JsonRpcException) as raised:
        await editor.asked(task)

    assert -32800 == error_code(raised.value)
    assert RULES == await editor.rules(shop.orders)
    assert 0 == await editor.end()


async def test_the_first_index_shows_progress(start: Start, shop: Shop, capabilities: types.ClientCapabilities) -> None:
    """A client that shows progress is told when the first index begins and when it ends, once."""
    editor = await start(capabilities, [shop.folder])
    await editor.open(shop.orders)
    await editor.rules(shop.orders)
    shows = bool(capabilities.window and capabilities.window.work_done_progress)

    if shows:
        await editor.until(
            "the end of the progress",
            lambda: any(
                isinstance(one, types.WorkDoneProgressEnd) for ones in editor.progress_reports.values() for one in ones
            ),
        )
    kinds = [[type(one) for one in ones] for ones in editor.progress_reports.values()]

    assert kinds == ([[types.WorkDoneProgressBegin, types.WorkDoneProgressEnd]] if shows else [])


async def test_the_console_script_serves_too(launch: Launch, shop: Shop) -> None:
    """`driftline lsp` is the same server as `python -P -m driftline lsp`, and says which version it is."""
    editor = await launch(
        str(Path(sys.executable).parent / ("driftline.exe" if os.name == "nt" else "driftline")), "lsp"
    )
    result = await editor.begin(neovim(), [shop.folder])

    assert result.server_info is not None
    assert "driftline" == result.server_info.name
    assert result.server_info.version
    assert 0 == await editor.end()
