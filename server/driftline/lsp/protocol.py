"""pygls' protocol, with what a server that runs for days needs of it.

Example: `LanguageServer("driftline", "1", protocol_cls=Protocol)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidRequest
from pygls.protocol import LanguageServerProtocol, lsp_method

from driftline.regex import regex


class Protocol(LanguageServerProtocol):
    """pygls' protocol, but for its own copies of documents: `Documents` has them.

    pygls splits lines at U+2028 and the like: an edit behind one fails there, and our handler is not called.
    """

    def handle_message(self, message: Any) -> None:  # noqa: ANN401 - one of many classes that pygls makes
        """Hand a message on. A request after `shutdown` is refused: pygls leaves its sender waiting."""
        method, asked = getattr(message, "method", None), getattr(message, "id", None)
        if self._shutdown and method not in (None, types.EXIT) and asked is not None:
            refusal = JsonRpcInvalidRequest("the server has been told to shut down")
            self._send_response(asked, error=refusal.to_response_error())
        else:
            super().handle_message(message)

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Have a message handled. What pygls notes of it goes when it is done: of notifications pygls keeps it."""

        def done(future: Future[Any]) -> None:
            self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, done, args, kwargs)

    def _run_generator(
        self, future: Future[Any] | None, *, gen: Generator[Any, Any, Any], result_future: Future[Any]
    ) -> None:
        """Go on with a message of pygls' own once our handler is done; a cancelled one would never be answered."""
        if future is not None and future.cancelled():
            gen.close()
            result_future.cancel()
        else:
            super()._run_generator(future, gen=gen, result_future=result_future)

    def set_writer(self, writer: Any, include_headers: bool = True) -> None:  # noqa: ANN401, FBT001, FBT002 - pygls' signature
        """Write there, by way of `Whole`."""
        super().set_writer(_Whole(writer), include_headers)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:  # noqa: ANN401 - pygls' signature
        """End what is under way, and answer.

        pygls walks over its table of requests while those that it cancels take themselves out of it, and fails.
        """
        handler = self.fm.features.get(types.SHUTDOWN)
        if handler is not None:
            yield handler, args, None
        own = self.msg_id
        for asked, future in tuple(self._request_futures.items()):
            if asked != own:
                future.cancel()
        self._shutdown = True

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Hand a change to our handler."""
        handler = self.fm.features.get(types.TEXT_DOCUMENT_DID_CHANGE)
        if handler is not None:
            yield handler, (params,), None

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:  # noqa: ANN401 - pygls' signature
        """End the server: on a socket by leaving its loop, else as pygls does."""
        server: Any = self._server
        if server.leave is not None:
            server.leave()
        else:
            yield from super().lsp_exit(*args)


class _Whole:
    """A writer of messages whose texts can be read everywhere.

    A name on disk that is no UTF-8 has halves of characters in it. JSON can write them, in as many letters as what is
    written instead; not every editor can read them, and one that cannot loses the whole message.
    """

    def __init__(self, writer: Any) -> None:  # noqa: ANN401 - one of pygls' kinds of writers
        """Write to `writer`."""
        self._writer = writer

    def write(self, data: bytes) -> Any:  # noqa: ANN401 - None, or what is to be awaited
        """Write a message."""
        return self._writer.write(_ESCAPES.sub(_whole, data) if _HALF in data else data)

    def close(self) -> Any:  # noqa: ANN401 - None, or what is to be awaited
        """Close it."""
        return self._writer.close()


_HALF = rb"\ud"
_ESCAPES = regex(rb"\\(?:ud[89ab]..\\ud[c-f]..|(ud[89a-f]..)|.)")
"""What JSON escapes: a character in two halves, one half, or anything else."""


def _whole(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[1] is not None else escape[0]
