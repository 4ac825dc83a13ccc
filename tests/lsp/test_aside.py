"""Who parses what is asked about: never the event loop, and nobody waits for a run."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from driftline.lsp.state import DriftlineServer
from driftline.python import pieces
from driftline.python.parsing import parse_text
from tests.lsp.shop import Shop
from tests.lsp.test_protocol import Sent, send, served, thresholds

__all__ = ["thresholds"]

BROKEN = '    note = """open\n'


@pytest.fixture
def parsing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that have parsed something, by their names."""
    threads: list[str] = []

    def noting(text: str, *, newer: bool = True) -> object:
        threads.append(threading.current_thread().name)
        return parse_text(text, newer=newer)

    monkeypatch.setattr(pieces, "parse_text", noting)
    return threads


@pytest.fixture
def held_up() -> Iterator[threading.Event]:
    """What a run waits for that does not end by itself."""
    event = threading.Event()
    yield event
    event.set()


async def opened(shop: Shop) -> tuple[DriftlineServer, Sent, str]:
    """A server that has read the shop and then been told that its user is in the midst of a word; the text of that."""
    server, sent = served(shop.folder)
    send(server, "initialized", {})
    folder = server.add_folder(str(shop.folder))
    await folder.first()
    text = shop.orders.read_text(encoding="utf-8").replace("    user_id", f"{BROKEN}    user_id")
    send(
        server,
        "textDocument/didOpen",
        {"textDocument": {"uri": shop.orders.as_uri(), "languageId": "python", "version": 1, "text": text}},
    )
    return server, sent, text


def about(shop: Shop, text: str, what: str) -> dict[str, object]:
    """What a request says that asks about a place in the text."""
    before = text[: text.index(what)]
    place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
    return {
        "textDocument": {"uri": shop.orders.as_uri()},
        "position": place,
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }


@pytest.mark.usefixtures("thresholds")
@pytest.mark.parametrize("method", ["hover", "codeAction"])
@pytest.mark.parametrize("what", ["note", "import"], ids=["typed", "elsewhere"])
async def test_the_event_loop_parses_nothing(
    shop: Shop, parsing: list[str], held_up: threading.Event, method: str, what: str
) -> None:
    """A request about a text that does not parse is answered while a run is under way, beside the event loop."""
    server, sent, text = await opened(shop)
    server.worker.submit(held_up.wait)
    parsing.clear()

    params = about(shop, text, what)
    params.pop("position" if method == "codeAction" else "range")
    if method == "hover":
        params.pop("context")
    send(server, f"textDocument/{method}", params, 7)
    answer = await sent.answer(7)
    server.stop()

    assert "error" not in answer
    assert parsing or what != "note"
    assert all(one.startswith("driftline-answer") for one in parsing)
