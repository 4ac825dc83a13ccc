"""What Driftline takes for granted of pygls that pygls promises nobody. An update that changes it is told of here."""

from __future__ import annotations

import importlib.metadata
import inspect
from typing import Any

import pytest
from pygls import io_
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from driftline.lsp.protocol import Protocol
from driftline.lsp.state import DriftlineServer

WHERE = (
    f"pygls {importlib.metadata.version('pygls')} is another one in this: see lsp/{{}}.py, whether what is overridden "
    "is still called, and still needed; then bring it and this test up to date"
)

OVERRIDDEN = [
    (ours, ours.__bases__[0], name)
    for ours in (Protocol, DriftlineServer)
    for name, one in vars(ours).items()
    if inspect.isfunction(one) and name != "__init__" and hasattr(ours.__bases__[0], name)
]
"""Our class, the one of pygls', and the method."""

EXPECTED = {
    "handle_message": ["self", "message"],
    "_execute_handler": ["self", "msg_id", "handler", "callback", "args", "kwargs"],
    "_run_generator": ["self", "future", "gen", "result_future"],
    "set_writer": ["self", "writer", "include_headers"],
    "lsp_shutdown": ["self", "args"],
    "lsp_text_document__did_change": ["self", "params"],
    "lsp_exit": ["self", "args"],
    "report_server_error": ["self", "error", "source"],
}
"""The methods that are overridden, by what they are called with."""

CALLED = {
    "_execute_handler": {"_handle_request", "_handle_notification"},
    "_run_generator": {"_execute_handler"},
}
"""The private ones among them, by the methods of pygls' that call them."""

RELIED_ON = ["fm", "msg_id", "_request_futures", "_shutdown", "_send_response", "_server", "structure_message"]


@pytest.mark.parametrize(("ours", "theirs", "name"), OVERRIDDEN, ids=lambda one: getattr(one, "__name__", one))
def test_what_is_overridden_is_called_as_it_was(ours: type[Any], theirs: type[Any], name: str) -> None:
    """A method of pygls' that we override takes what it took, by the names that it took it by."""
    where = WHERE.format("protocol" if ours is Protocol else "state")

    assert EXPECTED.get(name) == list(inspect.signature(getattr(theirs, name)).parameters), where


def test_nothing_that_was_overridden_has_gone() -> None:
    """A method that pygls has no more would be one of ours that nobody calls."""
    assert sorted(EXPECTED) == sorted(name for _, _, name in OVERRIDDEN), WHERE.format("protocol")


@pytest.mark.parametrize("name", CALLED)
def test_what_is_overridden_is_called(name: str) -> None:
    """The private methods that we override are where pygls' own messages pass through."""
    callers = {
        one
        for kind in LanguageServerProtocol.__mro__
        for one, method in vars(kind).items()
        if inspect.isfunction(method) and one != name and name in inspect.unwrap(method).__code__.co_names
    }

    assert callers >= CALLED[name], WHERE.format("protocol")


@pytest.mark.parametrize("name", RELIED_ON)
def test_what_is_looked_at_is_there(name: str) -> None:
    """What our overriding methods look at is where it was."""
    protocol = LanguageServer("test", "1").protocol

    assert hasattr(protocol, name), WHERE.format("protocol")


@pytest.mark.parametrize("name", ["stop_event", "protocol", "logger", "error_handler"])
@pytest.mark.parametrize("loop", [io_.run_async, io_.run_websocket], ids=lambda one: one.__name__)
def test_the_loops_are_started_as_they_were(loop: Any, name: str) -> None:  # noqa: ANN401 - functions of two kinds
    """The loops over messages, which are no documented part of it, take what we give them."""
    assert name in inspect.signature(loop).parameters, WHERE.format("listening")
